-- True, and the patch is registered.
SELECT _v.try_register_patch('one');
SELECT _v.try_register_patch('two', '{one}', '{never}');

-- False, and a warning with the text of the error.
\set VERBOSITY terse
SELECT _v.try_register_patch('one');
\set VERBOSITY default
SELECT _v.try_register_patch('three', '{x,y}');
SELECT _v.try_register_patch('never');
SELECT patch_name, requires, conflicts FROM _v.patches ORDER BY patch_name;

-- The transaction goes on.
BEGIN;
SELECT _v.try_register_patch('three', '{x}');
SELECT _v.try_register_patch('four');
COMMIT;

-- In a patch that says what it does when it is applied already.
\set VERBOSITY terse
DO $$
BEGIN
    IF NOT _v.try_register_patch('two') THEN
        RAISE NOTICE 'nothing to do';
    END IF;
END
$$;
\set VERBOSITY default

-- What is a mistake in any case is raised.
SELECT _v.try_register_patch(NULL);     -- fails
DELETE FROM _v.patches;
