-- The register follows the transaction: savepoints, exceptions, several calls
-- in one statement, prepared statements, cursors.

BEGIN;
SELECT plan(40);

DELETE FROM _v.patches;

CREATE FUNCTION pg_temp.installed() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(patch_name, ' ' ORDER BY patch_name COLLATE "C")
      FROM _v.patches
$$;

-- The lock: not for who may not register, nor for who only looks

CREATE FUNCTION pg_temp.locked() RETURNS boolean LANGUAGE sql AS $$
    SELECT EXISTS (SELECT FROM pg_locks
                    WHERE relation = '_v.patches'::regclass AND granted
                      AND pid = pg_backend_pid() AND mode = 'ExclusiveLock')
$$;
CREATE ROLE versioning_test_nobody;
SET LOCAL ROLE versioning_test_nobody;
SELECT throws_ok($$SELECT _v.register_patch('a')$$, '42501');
SELECT throws_ok($$SELECT _v.unregister_patch('a')$$, '42501');
SELECT throws_ok($$SELECT _v.assert_patch_is_applied('a')$$, 'P0001');
RESET ROLE;
SELECT ok(NOT pg_temp.locked(), 'the register is not locked');
SELECT _v.register_patch('a');
SELECT ok(pg_temp.locked(),
          'a registration locks the register to the end of the transaction');

-- Savepoints

SAVEPOINT s;
SELECT _v.register_patch('b', '{a}');
SELECT pg_temp.installed() AS before_rollback \gset
ROLLBACK TO s;
SELECT is(:'before_rollback'::text, 'a b');
SELECT is(pg_temp.installed(), 'a',
          'what was registered after the savepoint is gone');
SELECT throws_ok($$SELECT _v.register_patch('c', '{b}')$$, 'P0001',
                 'Missing prerequisite(s): b.');
SELECT lives_ok($$SELECT _v.register_patch('b')$$, 'it can be registered again');
RELEASE s;
SAVEPOINT s;
SELECT _v.unregister_patch('a');
SELECT pg_temp.installed() AS before_rollback \gset
ROLLBACK TO s;
SELECT is(:'before_rollback'::text, 'b');
SELECT is(pg_temp.installed(), 'a b',
          'what was unregistered after the savepoint is there again');
SELECT throws_ok($$SELECT _v.register_patch('a')$$, 'P0001',
                 'Patch a is already applied!');
SELECT lives_ok($$SELECT _v.register_patch('c', '{b}')$$);
SELECT throws_ok($$SELECT _v.unregister_patch('b')$$, 'P0001',
                 'Cannot uninstall b, as it is required by: c.',
                 'the dependent was registered in this transaction');

-- Exceptions

SELECT lives_ok($code$DO $$
BEGIN
    BEGIN
        PERFORM _v.register_patch('lost');
        RAISE EXCEPTION 'no';
    EXCEPTION WHEN raise_exception THEN
        PERFORM _v.register_patch('kept');
    END;
    BEGIN
        PERFORM _v.register_patch('a');
    EXCEPTION WHEN raise_exception THEN
        IF SQLERRM <> 'Patch a is already applied!' THEN
            RAISE;
        END IF;
    END;
    FOR i IN 1..100 LOOP
        BEGIN
            PERFORM _v.unregister_patch('b');
        EXCEPTION WHEN raise_exception THEN
            NULL;
        END;
    END LOOP;
END $$$code$, 'refusals can be caught, also many of them');
SELECT is(pg_temp.installed(), 'a b c kept');

-- One statement

SELECT lives_ok($$SELECT _v.register_patch('d'), _v.register_patch('e', '{d}')$$,
                'two registrations in one statement, one needs the other');
SELECT throws_ok($$SELECT _v.register_patch('f'), _v.register_patch('f')$$,
                 'P0001', 'Patch f is already applied!',
                 'the second sees the first');
SELECT lives_ok($$SELECT _v.register_patch('n' || i) FROM generate_series(1, 3) i$$);
SELECT lives_ok($$SELECT _v.register_patch('o'), _v.unregister_patch('o')$$);
SELECT lives_ok($$SELECT _v.unregister_patch(patch_name) FROM _v.patches
                   WHERE patch_name IN ('n1', 'n2', 'n3')$$,
                'rows of the register as arguments');
SELECT is_empty($$SELECT _v.register_patch('p') LIMIT 1$$);
SELECT is_empty($$SELECT _v.register_patch('never') WHERE false$$);
SELECT is(pg_temp.installed(), 'a b c d e kept p');
SELECT lives_ok($$WITH r AS (SELECT _v.register_patch('q'))
                  SELECT count(*) FROM r$$, 'in a WITH that is used');
SELECT is(_v.assert_patch_is_applied('q'), 'Patch q is applied.');
SELECT is((SELECT concat(_v.try_register_patch('r'),
                         _v.try_register_patch('s', '{r}'),
                         _v.assert_patch_is_applied('s'))),
          'ttPatch s is applied.', 'later calls see the earlier ones');

-- Register, unregister, register in one transaction

SELECT lives_ok($$SELECT _v.unregister_patch('kept')$$);
SELECT lives_ok($$SELECT _v.register_patch('kept', '{a}')$$);
UPDATE _v.patches SET applied_by = 'someone' WHERE patch_name = 'kept';
SELECT throws_ok($$SELECT _v.unregister_patch('a')$$, 'P0001',
                 'Cannot uninstall a, as it is required by: kept.',
                 'a row that was updated is one row');
UPDATE _v.patches SET requires = '{b}' WHERE patch_name = 'kept';
SELECT lives_ok($$SELECT _v.unregister_patch('a')$$,
                'a requirement that was taken out by hand counts no more');
SELECT lives_ok($$SELECT _v.unregister_patch('kept')$$);

-- Prepared statements and cursors

PREPARE register (text, text[]) AS SELECT _v.register_patch($1, $2);
SET LOCAL plan_cache_mode = force_generic_plan;
EXECUTE register ('x1', NULL);
EXECUTE register ('x2', '{x1}');
SELECT is(pg_temp.installed(), 'b c d e p q r s x1 x2');
DEALLOCATE register;
DECLARE never CURSOR FOR SELECT _v.register_patch('y');
CLOSE never;
SELECT throws_ok($$SELECT _v.assert_patch_is_applied('y')$$, 'P0001', NULL,
                 'a cursor that is never fetched from registers nothing');
DECLARE once CURSOR FOR SELECT _v.register_patch('y');
FETCH once;
FETCH once;
CLOSE once;
SELECT is(_v.assert_patch_is_applied('y'), 'Patch y is applied.',
          'one that is, registers once');
DECLARE list CURSOR FOR SELECT patch_name FROM _v.patches ORDER BY patch_name;
MOVE 2 IN list;
SELECT lives_ok($$SELECT _v.unregister_patch('x2')$$,
                'with a cursor open on the table');
CLOSE list;

-- Read only

SELECT _v.unregister_patch('x1');
SET LOCAL transaction_read_only = on;
SELECT throws_ok($$SELECT _v.register_patch('z')$$, '25006',
                 'cannot execute INSERT in a read-only transaction');
SELECT throws_ok($$SELECT _v.try_register_patch('z')$$, '25006',
                 'cannot execute INSERT in a read-only transaction');
SELECT throws_ok($$SELECT _v.unregister_patch('y')$$, '25006',
                 'cannot execute DELETE in a read-only transaction');
SELECT is(_v.assert_patch_is_applied('y'), 'Patch y is applied.');

SELECT * FROM finish();
ROLLBACK;
