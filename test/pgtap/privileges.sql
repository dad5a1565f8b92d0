-- Anyone lists; INSERT lets register, DELETE unregister, and no more is
-- needed; who lacks one is told which.

BEGIN;
SELECT plan(39);

DELETE FROM _v.patches;
SELECT _v.register_patch('base');

-- What a statement raises.
CREATE FUNCTION raised(statement text, OUT state text,
                       OUT message text, OUT detail text, OUT hint text)
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE statement;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE,
        message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL,
        hint = PG_EXCEPTION_HINT;
END
$$;

CREATE ROLE versioning_test_nobody;
CREATE ROLE versioning_test_inserter;
CREATE ROLE versioning_test_deleter;
CREATE ROLE versioning_test_columns;
CREATE ROLE versioning_test_column;
CREATE ROLE "versioning test ""quoted""";
CREATE ROLE versioning_test_updater;
GRANT INSERT ON _v.patches TO versioning_test_inserter;
GRANT DELETE ON _v.patches TO versioning_test_deleter;
GRANT INSERT (patch_name, applied_tsz, applied_by, requires, conflicts)
   ON _v.patches TO versioning_test_columns;
GRANT INSERT (patch_name) ON _v.patches TO versioning_test_column;
GRANT UPDATE, TRUNCATE, REFERENCES, TRIGGER ON _v.patches
   TO versioning_test_updater;

-- With SELECT for PUBLIC, and without: it takes no part in it.

SET LOCAL ROLE versioning_test_nobody;
SELECT is((SELECT array_agg(patch_name) FROM _v.patches), '{base}',
          'an ordinary role lists the register');
SELECT is(_v.assert_patch_is_applied('base'), 'Patch base is applied.');
SELECT throws_ok($$SELECT _v.register_patch('a')$$, '42501',
                 'permission denied for table patches',
                 'without INSERT no registration');
SELECT throws_ok($$SELECT _v.register_patch('base')$$, '42501',
                 'permission denied for table patches',
                 'and no look at what is there');
SELECT throws_ok($$SELECT _v.try_register_patch('a')$$, '42501',
                 'permission denied for table patches',
                 'try_register_patch does not swallow that');
SELECT throws_ok($$SELECT _v.unregister_patch('base')$$, '42501',
                 'permission denied for table patches',
                 'without DELETE no un-registration');
SELECT throws_ok($$SELECT _v.unregister_patch('nope')$$, '42501',
                 'permission denied for table patches');
SELECT matches(detail, 'INSERT.*versioning_test_nobody',
               'the detail says which privilege who lacks')
  FROM raised($$SELECT _v.register_patch('a')$$);
SELECT matches(hint, 'GRANT INSERT ON _v.patches TO versioning_test_nobody;',
               'the hint says how to get it')
  FROM raised($$SELECT _v.register_patch('a')$$);
SELECT matches(detail, 'DELETE.*versioning_test_nobody')
  FROM raised($$SELECT _v.unregister_patch('base')$$);
SELECT matches(hint, 'GRANT DELETE ON _v.patches TO versioning_test_nobody;')
  FROM raised($$SELECT _v.unregister_patch('base')$$);
SET LOCAL ROLE "versioning test ""quoted""";
SELECT matches(hint, 'TO "versioning test ""quoted""";',
               'the hint quotes a role name that needs it')
  FROM raised($$SELECT _v.register_patch('a')$$);

SET LOCAL ROLE versioning_test_updater;
SELECT throws_ok($$SELECT _v.register_patch('a')$$, '42501', NULL,
                 'other privileges than INSERT do not count');
SELECT throws_ok($$SELECT _v.unregister_patch('base')$$, '42501', NULL,
                 'nor do they for DELETE');
RESET ROLE;

REVOKE SELECT ON _v.patches FROM PUBLIC;

SET LOCAL ROLE versioning_test_inserter;
SELECT throws_ok($$TABLE _v.patches$$, '42501', NULL,
                 'SELECT can be revoked');
SELECT lives_ok($$SELECT _v.register_patch('a', '{base}', '{x}')$$,
                'INSERT is enough to register');
SELECT lives_ok($$SELECT _v.try_register_patch('a2')$$);
SELECT throws_ok($$SELECT _v.register_patch('a')$$, 'P0001',
                 'Patch a is already applied!');
SELECT throws_ok($$SELECT _v.unregister_patch('a')$$, '42501', NULL,
                 'but not to unregister');
SELECT throws_ok($$SELECT _v.assert_patch_is_applied('a')$$, '42501', NULL,
                 'nor to look up');
SELECT matches(detail, 'SELECT.*versioning_test_inserter')
  FROM raised($$SELECT _v.assert_patch_is_applied('a')$$);

SET LOCAL ROLE versioning_test_deleter;
SELECT throws_ok($$SELECT _v.unregister_patch('base')$$, 'P0001',
                 'Cannot uninstall base, as it is required by: a.');
SELECT lives_ok($$SELECT _v.unregister_patch('a')$$,
                'DELETE is enough to unregister');
SELECT lives_ok($$SELECT _v.unregister_patch('base')$$);
SELECT throws_ok($$SELECT _v.register_patch('b')$$, '42501', NULL,
                 'but not to register');

SET LOCAL ROLE versioning_test_columns;
SELECT lives_ok($$SELECT _v.register_patch('c')$$,
                'INSERT on each of the columns is enough, too');
SET LOCAL ROLE versioning_test_column;
SELECT throws_ok($$SELECT _v.register_patch('d')$$, '42501', NULL,
                 'INSERT on one column is not');
RESET ROLE;
SELECT is((SELECT array_agg(patch_name || '/' || applied_by ORDER BY patch_name)
             FROM _v.patches),
          '{a2/versioning_test_inserter,c/versioning_test_columns}',
          'what they did is what the register holds');

-- Who may not execute a function, may not; the schema has a say, too.

REVOKE EXECUTE ON FUNCTION _v.register_patch(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION _v.register_patch(text) TO versioning_test_inserter;
SET LOCAL ROLE versioning_test_columns;
SELECT throws_ok($$SELECT _v.register_patch('e')$$, '42501',
                 'permission denied for function register_patch');
SELECT lives_ok($$SELECT _v.register_patch('e', NULL)$$,
                'EXECUTE is granted for each arity');
SET LOCAL ROLE versioning_test_inserter;
SELECT lives_ok($$SELECT _v.register_patch('f')$$);
RESET ROLE;
REVOKE USAGE ON SCHEMA _v FROM PUBLIC;
SET LOCAL ROLE versioning_test_inserter;
SELECT throws_ok($$SELECT _v.register_patch('g')$$, '42501',
                 'permission denied for schema _v');
RESET ROLE;
GRANT USAGE ON SCHEMA _v TO PUBLIC;

-- A function that runs as its owner lends the privilege, and the name.

CREATE FUNCTION versioning_test_lend(name text) RETURNS SETOF integer
LANGUAGE sql SECURITY DEFINER AS 'SELECT _v.register_patch(name)';
ALTER FUNCTION versioning_test_lend OWNER TO versioning_test_inserter;
SET LOCAL ROLE versioning_test_nobody;
SELECT lives_ok($$SELECT versioning_test_lend('h')$$,
                'a SECURITY DEFINER function registers as its owner');
RESET ROLE;
SELECT is(applied_by, 'versioning_test_inserter') FROM _v.patches
 WHERE patch_name = 'h';

-- Row-level security is not for C code to circumvent: nothing is written,
-- nothing shown.

CREATE POLICY nothing ON _v.patches USING (false);
ALTER TABLE _v.patches ENABLE ROW LEVEL SECURITY;
SET LOCAL ROLE versioning_test_inserter;
SELECT throws_ok($$SELECT _v.register_patch('i')$$, '0A000');
SET LOCAL ROLE versioning_test_deleter;
SELECT throws_ok($$SELECT _v.unregister_patch('h')$$, '0A000');
RESET ROLE;
GRANT SELECT ON _v.patches TO versioning_test_nobody;
SET LOCAL ROLE versioning_test_nobody;
SELECT is((SELECT count(*) FROM _v.patches WHERE patch_name IS NOT NULL),
          0::bigint, 'a policy hides the rows');
SELECT isnt(state, NULL, 'and assert_patch_is_applied does not show one')
  FROM raised($$SELECT _v.assert_patch_is_applied('h')$$);
RESET ROLE;
SELECT lives_ok($$SELECT _v.unregister_patch('h')$$,
                'the owner is not subject to it');

SELECT * FROM finish();
ROLLBACK;
