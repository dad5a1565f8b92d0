SELECT _v.register_patch('one');
SELECT _v.assert_patch_is_applied('one');
SELECT _v.assert_patch_is_applied('two');       -- fails
SELECT _v.assert_patch_is_applied(NULL);        -- fails
SELECT _v.assert_patch_is_applied('');          -- fails

CREATE ROLE regress_versioning_super SUPERUSER;
CREATE ROLE regress_versioning_plain;

SET ROLE regress_versioning_super;
SELECT _v.assert_user_is_superuser();
SELECT _v.assert_user_is_not_superuser();       -- fails

SET ROLE regress_versioning_plain;
SELECT _v.assert_user_is_superuser();           -- fails
SELECT _v.assert_user_is_not_superuser();
SELECT _v.assert_patch_is_applied('one');

SELECT _v.assert_user_is_one_of('someone', 'regress_versioning_plain');
SELECT _v.assert_user_is_one_of(VARIADIC '{regress_versioning_plain}');
SELECT _v.assert_user_is_one_of('a', 'b');      -- fails
SELECT _v.assert_user_is_one_of('a b', 'c,d');  -- fails
SELECT _v.assert_user_is_one_of(VARIADIC '{}'); -- fails
SELECT _v.assert_user_is_one_of(VARIADIC NULL); -- fails

RESET ROLE;
DROP ROLE regress_versioning_super, regress_versioning_plain;
DELETE FROM _v.patches;
