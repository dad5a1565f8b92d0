-- The patch that a session is in: whoever registers it, however it is called,
-- and whatever is rolled back.

BEGIN;
SELECT plan(32);

SELECT is(_v.current_patch(), NULL, 'at the beginning there is none');

-- In one statement

SET LOCAL client_min_messages = error;
SELECT is(patches, ARRAY['a', 'b', NULL], 'each call is seen by the next')
  FROM (SELECT ARRAY[CASE WHEN _v.try_register_patch('a')
                          THEN _v.current_patch() END,
                     CASE WHEN _v.try_register_patch('b')
                          THEN _v.current_patch() END,
                     CASE WHEN NOT _v.try_register_patch('c', '{missing}')
                          THEN nullif(_v.current_patch(), 'b') END]) AS s (patches);
RESET client_min_messages;
SELECT is(_v.current_patch(), 'b', 'a refusal is not a patch');

-- By other names

SELECT ok(_v.try_register_patch(repeat('long ', 100)));
SELECT is(_v.current_patch(), repeat('long ', 100), 'a long name');
SELECT ok(_v.try_register_patch(E'odd "name" \\ %s \t '));
SELECT is(_v.current_patch(), E'odd "name" \\ %s \t ', 'an odd name');

-- A prepared statement, a cursor, a function

PREPARE registers AS SELECT _v.try_register_patch($1);
EXECUTE registers('prepared') \gset
SELECT is(_v.current_patch(), 'prepared', 'a prepared statement');

DECLARE rows CURSOR FOR
    SELECT _v.try_register_patch('row ' || i) FROM generate_series(1, 3) AS i;
FETCH rows \gset
SELECT is(_v.current_patch(), 'row 1', 'the first row of a cursor');
FETCH rows \gset
SELECT is(_v.current_patch(), 'row 2', 'and the second');
CLOSE rows;

CREATE FUNCTION pg_temp.sql_function() RETURNS text LANGUAGE sql
    AS $$SELECT _v.try_register_patch('in SQL'); SELECT _v.current_patch()$$;
SELECT is(pg_temp.sql_function(), 'in SQL', 'a function in SQL');

-- In the triggers of the registration itself it is not yet that patch

CREATE FUNCTION pg_temp.see() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('test.seen', _v.current_patch(), true);
    RETURN NULL;
END
$$;
CREATE TRIGGER see AFTER INSERT ON _v.patches
    FOR EACH ROW EXECUTE FUNCTION pg_temp.see();
SELECT ok(_v.try_register_patch('seen'));
SELECT is(current_setting('test.seen'), 'in SQL',
          'triggers on the register run before');
SELECT is(_v.current_patch(), 'seen', 'the patch, after them');
DROP TRIGGER see ON _v.patches;

-- Subtransactions

CREATE FUNCTION pg_temp.nested(depth int, fails int) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    inner_patch text;
BEGIN
    IF depth = 0 THEN
        RETURN _v.current_patch();
    END IF;
    BEGIN
        PERFORM _v.register_patch('depth ' || depth);
        inner_patch := pg_temp.nested(depth - 1, fails);
        IF depth = fails THEN
            RAISE EXCEPTION 'rolled back';
        END IF;
    EXCEPTION WHEN raise_exception THEN
        NULL;
    END;
    RETURN inner_patch;
END
$$;
SAVEPOINT s;
SELECT is(pg_temp.nested(5, 0), 'depth 1', 'blocks in blocks');
SELECT is(_v.current_patch(), 'depth 1', 'and after them');
ROLLBACK TO s;
SELECT is(_v.current_patch(), 'seen', 'rolled back');
SELECT is(pg_temp.nested(5, 3), 'depth 1', 'the third of them fails');
SELECT is(_v.current_patch(), 'depth 4', 'the fourth is back');
ROLLBACK TO s;
SELECT is(pg_temp.nested(5, 5), 'depth 1', 'the outermost of them fails');
SELECT is(_v.current_patch(), 'seen', 'the one before is back');

SAVEPOINT a;
SELECT ok(_v.try_register_patch('in a'));
SAVEPOINT a;
SELECT ok(_v.try_register_patch('in the second a'));
RELEASE a;
SELECT is(_v.current_patch(), 'in the second a', 'RELEASE keeps it');
ROLLBACK TO a;
SELECT is(_v.current_patch(), 'seen', 'and ROLLBACK TO takes both');

SAVEPOINT error;
SELECT throws_ok($$SELECT _v.register_patch('x'), 1 / 0$$, '22012');
SELECT is(_v.current_patch(), 'seen',
          'a statement that fails has registered nothing');
ROLLBACK TO error;

-- Nobody can say that he is in a patch

SET LOCAL versioning.source_file = 'mine';
SET LOCAL session.current_patch = 'mine';
CREATE TEMPORARY TABLE patches AS SELECT 'mine' AS patch_name;
SET LOCAL search_path = pg_temp, public;
SELECT is(_v.current_patch(), 'seen', 'settings and tables do not matter');
SET LOCAL ROLE pg_monitor;
SELECT is(_v.current_patch(), 'seen', 'nor does the role');
RESET ROLE;
INSERT INTO _v.patches (patch_name, applied_by) VALUES ('by hand', 'me');
SELECT is(_v.current_patch(), 'seen', 'nor does a row that is put in by hand');
SET LOCAL session_replication_role = replica;
INSERT INTO _v.history (event, patch_name, happened_at)
VALUES ('applied', 'by hand', now());
RESET session_replication_role;
SELECT is(_v.current_patch(), 'seen', 'not even a superuser''s in history');

SELECT is((SELECT count(*) FROM _v.history
            WHERE patch_name IN ('x', 'in a', 'depth 1')), 0::bigint,
          'what was rolled back is not in history');

SELECT * FROM finish();
ROLLBACK;
