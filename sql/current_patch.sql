\set VERBOSITY terse

-- In a transaction it is the patch that was registered or taken back last.
SELECT _v.current_patch();
BEGIN;
SELECT _v.current_patch();
SELECT _v.register_patch('one');
SELECT _v.current_patch();
SELECT _v.register_patch('two', '{one}');
SELECT _v.current_patch();
SELECT _v.unregister_patch('two');
SELECT _v.current_patch();
SELECT _v.try_register_patch('one');
SELECT _v.current_patch();
COMMIT;
SELECT _v.current_patch();

-- What was rolled back to a savepoint is forgotten, the one before is back.
BEGIN;
SAVEPOINT a;
SELECT _v.register_patch('two');
SAVEPOINT b;
SELECT _v.register_patch('three');
SAVEPOINT c;
SELECT _v.unregister_patch('one');
RELEASE c;
SELECT _v.current_patch();
ROLLBACK TO b;
SELECT _v.current_patch();
SELECT _v.register_patch('one');                        -- fails
ROLLBACK TO b;
SELECT _v.current_patch();
ROLLBACK TO a;
SELECT _v.current_patch();
COMMIT;

-- So it is in blocks with EXCEPTION.
CREATE FUNCTION note(text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    BEGIN
        PERFORM _v.register_patch($1);
        RAISE NOTICE 'inside: %', _v.current_patch();
        IF $1 LIKE 'bad%' THEN
            RAISE EXCEPTION 'bad';
        END IF;
    EXCEPTION WHEN raise_exception THEN
        RAISE NOTICE 'handled: %', coalesce(_v.current_patch(), 'none');
    END;
    RETURN coalesce(_v.current_patch(), 'none');
END
$$;
BEGIN;
SELECT note('bad one');
SELECT note('good one');
SELECT note('bad two');
ROLLBACK;
SELECT _v.current_patch();
BEGIN;
SELECT note('in a block');
COMMIT;
SELECT _v.current_patch();

-- It ends with ROLLBACK, with an error, and does not come over COMMIT AND CHAIN.
BEGIN;
SELECT _v.register_patch('two');
SELECT 1 / 0;                                           -- fails
COMMIT;
SELECT _v.current_patch();
BEGIN;
SELECT _v.register_patch('three');
COMMIT AND CHAIN;
SELECT _v.current_patch();
COMMIT;

-- Outside of a transaction block it stays, until the next one is committed.
SELECT _v.register_patch('four');
SELECT _v.current_patch();
BEGIN;
SELECT _v.current_patch();
COMMIT;
SELECT 1 / 0;                                           -- fails
SELECT _v.register_patch('four');                       -- fails
SELECT _v.current_patch();
BEGIN;
SELECT _v.register_patch('five');
SELECT _v.current_patch();
ROLLBACK;
SELECT _v.current_patch();
SELECT _v.unregister_patch('four');
SELECT _v.current_patch();
SELECT note('six');
SELECT _v.current_patch();
SELECT note('bad seven');
SELECT _v.current_patch();
BEGIN;
SELECT _v.register_patch('five');
COMMIT;
SELECT _v.current_patch();

-- A transaction that fails at its end leaves the one before.
CREATE TABLE late (a int UNIQUE DEFERRABLE INITIALLY DEFERRED);
SELECT _v.register_patch('early');
BEGIN;
SELECT _v.register_patch('late');
INSERT INTO late VALUES (1), (1);
COMMIT;                                                 -- fails
SELECT _v.current_patch();
DROP TABLE late;

-- Statements that are sent together are a transaction block.
DO $$BEGIN PERFORM _v.register_patch('eight'); END$$ \; SELECT _v.current_patch();
SELECT _v.current_patch();

-- A procedure that commits goes on in its patch.
CREATE PROCEDURE commits() LANGUAGE plpgsql AS $$
BEGIN
    PERFORM _v.register_patch('nine');
    COMMIT;
    RAISE NOTICE 'after COMMIT: %', _v.current_patch();
    PERFORM _v.register_patch('ten');
    ROLLBACK;
    RAISE NOTICE 'after ROLLBACK: %', _v.current_patch();
END
$$;
CALL commits();
SELECT _v.current_patch();

-- DISCARD ALL ends it, and no other DISCARD.
DISCARD PLANS;
DISCARD TEMP;
DISCARD SEQUENCES;
RESET ALL;
RESET SESSION AUTHORIZATION;
SELECT _v.current_patch();
DISCARD ALL;
SELECT _v.current_patch();

-- Many of them.
BEGIN;
SELECT count(_v.try_register_patch('many ' || i)) FROM generate_series(1, 1000) AS i;
SELECT _v.current_patch();
SAVEPOINT s;
SELECT count(_v.try_register_patch('more ' || i)) FROM generate_series(1, 1000) AS i;
SELECT _v.current_patch();
ROLLBACK TO s;
SELECT _v.current_patch();
ROLLBACK;
SELECT _v.current_patch();

-- As long as it stays, _v.in_progress shows it, to whoever looks.
CREATE FUNCTION shown() RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(string_agg(concat_ws(' ', event, patch_name), ', '), 'none')
      FROM _v.in_progress WHERE pid = pg_backend_pid()
$$;
SELECT shown();
BEGIN;
SELECT _v.register_patch('in one');
SELECT shown();
SAVEPOINT s;
SELECT note('in one, in a subtransaction');
SELECT shown();
COMMIT;
SELECT shown();
SELECT _v.register_patch('outside');
SELECT shown();
SELECT 1 / 0;                                           -- fails
SELECT shown();
BEGIN;
SELECT 1 / 0;                                           -- fails
COMMIT;
SELECT shown();
SELECT _v.register_patch('outside');                    -- fails
SELECT note('bad outside');
SELECT shown();
BEGIN;
SELECT _v.register_patch('another');
SELECT shown();
ROLLBACK;
SELECT shown();
SELECT _v.register_patch('another'), _v.unregister_patch('outside');
SELECT shown();
SELECT note('outside');
SELECT shown();
SELECT pg_advisory_unlock_all();
DO $$BEGIN RAISE NOTICE '%', shown(); END$$;
BEGIN;
SELECT _v.register_patch('the end');
SELECT shown();
COMMIT;
SELECT shown();
SELECT _v.register_patch('thirteen');
DISCARD ALL;
SELECT shown();
CREATE PROCEDURE commits_and_looks() LANGUAGE plpgsql AS $$
BEGIN
    PERFORM _v.register_patch('fourteen');
    RAISE NOTICE 'before COMMIT: %', shown();
    COMMIT;
    RAISE NOTICE 'after COMMIT: %', shown();
    PERFORM _v.register_patch('fifteen');
    ROLLBACK;
    RAISE NOTICE 'after ROLLBACK: %', shown();
    PERFORM _v.register_patch('fifteen');
    COMMIT;
    RAISE NOTICE 'after COMMIT: %', shown();
END
$$;
CALL commits_and_looks();
SELECT p.patch_name, p.event, pid = pg_backend_pid() AS pid,
       p.role_name = current_user AS role_name,
       p.application_name = current_setting('application_name')
           AS application_name,
       since = happened_at AS since, h.patch_name AS from_history
  FROM _v.in_progress AS p JOIN _v.history AS h ON h.id = history_id;
DISCARD ALL;

-- It is that one whatever its number, and the lock of nobody else.
SELECT max(id) % 4294967296 + 4294967296 AS above FROM _v.history \gset
ALTER SEQUENCE _v.history_id_seq RESTART WITH :above;
SELECT _v.register_patch('four billion');
SELECT patch_name, history_id = :above AS history_id FROM _v.in_progress;
DISCARD ALL;
SELECT pg_advisory_lock('_v.history'::regclass::oid::int, id::int)
  FROM _v.history WHERE patch_name = 'fifteen' \g /dev/null
BEGIN;
LOCK TABLE _v.history;
SELECT shown();
COMMIT;
SELECT pg_advisory_unlock_all();

-- A new register has not got the patches of the one before.
SELECT _v.register_patch('old');
CREATE EXTENSION IF NOT EXISTS versioning;
SELECT _v.current_patch();
DROP EXTENSION versioning;
CREATE EXTENSION versioning;
SELECT _v.current_patch();

DROP PROCEDURE commits_and_looks();
DROP FUNCTION shown();
DROP PROCEDURE commits();
DROP FUNCTION note(text);
