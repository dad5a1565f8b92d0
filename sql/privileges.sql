CREATE ROLE regress_versioning_reader;
CREATE ROLE regress_versioning_registrar;
CREATE ROLE regress_versioning_remover;
GRANT INSERT ON _v.patches TO regress_versioning_registrar;
GRANT DELETE ON _v.patches TO regress_versioning_remover;

-- Anyone lists, and is told what is missing for more.
SET ROLE regress_versioning_reader;
SELECT count(*) FROM _v.patches;
SELECT _v.register_patch('one');        -- fails
SELECT _v.unregister_patch('one');      -- fails

-- INSERT registers, and does no more.
SET ROLE regress_versioning_registrar;
SELECT _v.register_patch('one');
SELECT _v.try_register_patch('two', '{one}');
SELECT _v.unregister_patch('two');      -- fails
SELECT patch_name, applied_by FROM _v.patches ORDER BY patch_name;

-- DELETE unregisters, and does no more, even without SELECT.
RESET ROLE;
REVOKE SELECT ON _v.patches FROM PUBLIC;
SET ROLE regress_versioning_remover;
SELECT _v.unregister_patch('two');
SELECT _v.register_patch('two');        -- fails
SELECT _v.assert_patch_is_applied('one');       -- fails

RESET ROLE;
GRANT SELECT ON _v.patches TO PUBLIC;
REVOKE ALL ON _v.patches FROM regress_versioning_registrar,
                              regress_versioning_remover;
DROP ROLE regress_versioning_reader, regress_versioning_registrar,
          regress_versioning_remover;
SELECT _v.unregister_patch('one');
DROP EXTENSION versioning;
