-- What was registered since a savepoint is gone with it; the session goes on.
BEGIN;
SELECT _v.register_patch('kept');
SAVEPOINT before;
SELECT _v.register_patch('gone', ARRAY['kept']);
ROLLBACK TO before;
SELECT _v.register_patch('after', ARRAY['gone']);       -- fails
ROLLBACK TO before;
SELECT _v.register_patch('after', ARRAY['kept']);
COMMIT;
SELECT patch_name FROM _v.patches ORDER BY patch_name;

-- An exception handler takes a registration back, too.
DO $$
BEGIN
    PERFORM _v.register_patch('gone');
    RAISE EXCEPTION 'something else fails';
EXCEPTION WHEN raise_exception THEN
    RAISE NOTICE 'handled: %', SQLERRM;
END
$$;
SELECT patch_name FROM _v.patches ORDER BY patch_name;

-- Several in one statement see one another.
SELECT _v.register_patch('p1'), _v.register_patch('p2', '{p1}');
SELECT _v.unregister_patch('p2'), _v.unregister_patch('p1');
BEGIN;
SELECT _v.register_patch('p1');
SELECT _v.unregister_patch('p1');
SELECT _v.register_patch('p1');
ROLLBACK;

-- In a read-only transaction, as INSERT and DELETE.
BEGIN READ ONLY;
SELECT _v.register_patch('p3');                         -- fails
ROLLBACK;
BEGIN READ ONLY;
SELECT _v.unregister_patch('after');                    -- fails
ROLLBACK;
BEGIN READ ONLY;
SELECT _v.assert_patch_is_applied('after');
ROLLBACK;

-- Nothing of a session is left behind in the next: DISCARD ALL, and the
-- extension dropped and created again.
DISCARD ALL;
SELECT _v.unregister_patch('after');
DROP EXTENSION versioning;
SELECT to_regnamespace('_v') IS NULL AS gone;
CREATE EXTENSION versioning;
SELECT _v.register_patch('new');
SELECT _v.unregister_patch('new');
