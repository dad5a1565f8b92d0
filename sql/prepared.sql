-- PREPARE TRANSACTION ends the patch that the session is in. By default a server
-- refuses it, which prepared_1.out expects.
\set VERBOSITY terse
CREATE FUNCTION shown() RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(string_agg(concat_ws(' ', event, patch_name), ', '), 'none')
      FROM _v.in_progress WHERE pid = pg_backend_pid()
$$;

-- A patch in a transaction.
BEGIN;
SELECT _v.register_patch('one');
PREPARE TRANSACTION 'versioning';
SELECT _v.current_patch();
COMMIT PREPARED 'versioning';
SELECT _v.current_patch();

-- One that was registered outside a block stays, unless one is in it.
SELECT _v.register_patch('outside');
BEGIN;
PREPARE TRANSACTION 'versioning';
ROLLBACK PREPARED 'versioning';
SELECT _v.current_patch(), shown();
BEGIN;
SELECT _v.register_patch('two');
PREPARE TRANSACTION 'versioning';
SELECT _v.current_patch(), shown();
ROLLBACK PREPARED 'versioning';

-- So it is when that is committed, too.
SELECT _v.register_patch('before');
BEGIN;
SELECT _v.register_patch('three');
PREPARE TRANSACTION 'versioning';
SELECT _v.current_patch(), shown();
COMMIT PREPARED 'versioning';
SELECT _v.current_patch(), shown();
SELECT patch_name FROM _v.patches ORDER BY patch_name;
DISCARD ALL;

SELECT _v.unregister_patch(patch_name) FROM _v.patches \g /dev/null
DROP FUNCTION shown();
