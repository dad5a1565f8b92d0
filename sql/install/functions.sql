-- The functions. The first one has no defaults but two short forms beside it,
-- since people grant EXECUTE on each by its signature.
--
-- try_register_patch and unregister_patch have a default for the name, too,
-- though NULL is refused there. PostgreSQL does not let CREATE OR REPLACE
-- FUNCTION take a default away. So depesz's installer, which some run at every
-- start, and which would replace these functions by his, fails here even for a
-- superuser. It is one transaction, and changes nothing.

CREATE FUNCTION _v.register_patch(
    in_patch_name text,
    in_requirements text[],
    in_conflicts text[],
    OUT versioning int4
) RETURNS SETOF int4
LANGUAGE c AS 'MODULE_PATHNAME', 'versioning_register_patch';

CREATE FUNCTION _v.register_patch(
    in_patch_name text,
    in_requirements text[]
) RETURNS SETOF int4
LANGUAGE c AS 'MODULE_PATHNAME', 'versioning_register_patch';

CREATE FUNCTION _v.register_patch(
    in_patch_name text
) RETURNS SETOF int4
LANGUAGE c AS 'MODULE_PATHNAME', 'versioning_register_patch';

CREATE FUNCTION _v.try_register_patch(
    in_patch_name text DEFAULT NULL,
    in_requirements text[] DEFAULT NULL,
    in_conflicts text[] DEFAULT NULL
) RETURNS boolean
LANGUAGE c AS 'MODULE_PATHNAME', 'versioning_try_register_patch';

CREATE FUNCTION _v.unregister_patch(
    in_patch_name text DEFAULT NULL,
    OUT versioning int4
) RETURNS SETOF int4
LANGUAGE c AS 'MODULE_PATHNAME', 'versioning_unregister_patch';

-- For what was done without a patch. They are not depesz's.

CREATE FUNCTION _v.mark_patch(
    in_patch_name text,
    in_requirements text[] DEFAULT NULL,
    in_conflicts text[] DEFAULT NULL
) RETURNS void
LANGUAGE c AS 'MODULE_PATHNAME', 'versioning_mark_patch';

CREATE FUNCTION _v.unmark_patch(
    in_patch_name text
) RETURNS void
LANGUAGE c AS 'MODULE_PATHNAME', 'versioning_unmark_patch';

CREATE FUNCTION _v.accept_patch(
    in_patch_name text
) RETURNS void
LANGUAGE c AS 'MODULE_PATHNAME', 'versioning_accept_patch';

CREATE FUNCTION _v.assert_patch_is_applied(
    in_patch_name text
) RETURNS text
LANGUAGE c AS 'MODULE_PATHNAME', 'versioning_assert_patch_is_applied';

CREATE FUNCTION _v.assert_user_is_superuser() RETURNS text
LANGUAGE c AS 'MODULE_PATHNAME', 'versioning_assert_user_is_superuser';

CREATE FUNCTION _v.assert_user_is_not_superuser() RETURNS text
LANGUAGE c AS 'MODULE_PATHNAME', 'versioning_assert_user_is_not_superuser';

CREATE FUNCTION _v.assert_user_is_one_of(
    VARIADIC p_acceptable_users text[]
) RETURNS text
LANGUAGE c AS 'MODULE_PATHNAME', 'versioning_assert_user_is_one_of';

COMMENT ON FUNCTION _v.register_patch(text, text[], text[]) IS
'Registers a patch, in the transaction that applies it.
Takes its name, the names of the patches that it requires and of those
that it conflicts with (NULL: none). Returns no rows.
Raises P0001 if it is applied already, if it conflicts with an applied
patch, whichever of the two says so, or if a required one is not applied;
22004, 22023 or 2202E for a null or empty name or a nested array; and what
INSERT raises, such as 25006, 42501, and 54000 for a name too long.
Locks _v.patches in EXCLUSIVE mode until the transaction ends: one patch
at a time. Needs INSERT on _v.patches.
After https://www.depesz.com/2010/08/22/versioning/';
COMMENT ON FUNCTION _v.register_patch(text, text[]) IS
'Registers a patch that conflicts with no other one.
Short for register_patch(in_patch_name, in_requirements, NULL).';
COMMENT ON FUNCTION _v.register_patch(text) IS
'Registers a patch that requires no other one and conflicts with none.
Short for register_patch(in_patch_name, NULL, NULL).';
COMMENT ON FUNCTION _v.try_register_patch(text, text[], text[]) IS
'Registers a patch if it may be applied.
Takes what register_patch takes. Returns true; or, where register_patch
raises P0001, gives a WARNING with the same text and returns false.
Otherwise raises, locks and needs what register_patch does.';
COMMENT ON FUNCTION _v.unregister_patch(text) IS
'Takes a patch out of the register, in the transaction that takes it back.
Takes its name. Returns no rows.
Raises P0001 if an applied patch requires it, or if it is not applied;
22004 or 22023 for a null or empty name; and what DELETE raises, such as
25006 and 42501.
Locks _v.patches in EXCLUSIVE mode until the transaction ends. Needs
DELETE on _v.patches.
After https://www.depesz.com/2010/08/22/versioning/';
COMMENT ON FUNCTION _v.mark_patch(text, text[], text[]) IS
'Registers a patch without running it, for what it does is there already.
Takes what register_patch takes. The session is in no patch by that. What
_v.unfinished says of the patch is forgotten. _v.history says ''marked''.
Raises, locks and needs what register_patch does; and 55000 if the session
is in that patch.';
COMMENT ON FUNCTION _v.unmark_patch(text) IS
'Takes a patch out of the register and leaves what it did as it is.
Takes its name. The session is in no patch by that. Jobs of the patch are
canceled, as by unregister_patch. _v.history says ''unmarked''.
Raises, locks and needs what unregister_patch does; and 55000 if the
session is in that patch.';
COMMENT ON FUNCTION _v.accept_patch(text) IS
'Notes that the file of an applied patch has changed, and that this is fine.
Takes its name; versioning.source_sha256 must be set to the digest of the
file. A row of _v.history with ''accepted'' is all that is written.
Raises P0001 if the patch is not applied; 55000 without a digest; 22004 or
22023 for a null or empty name; and what INSERT raises, such as 25006 and
42501. Locks and needs what register_patch does.';
COMMENT ON FUNCTION _v.assert_patch_is_applied(text) IS
'Checks that a patch is applied.
Takes its name. Returns "Patch NAME is applied.", or raises P0001.
Locks _v.patches in ACCESS SHARE mode, as SELECT does, and needs SELECT.';
COMMENT ON FUNCTION _v.assert_user_is_superuser() IS
'Checks that current_user is a superuser.
Returns "assert_user_is_superuser: OK", or raises P0001.';
COMMENT ON FUNCTION _v.assert_user_is_not_superuser() IS
'Checks that current_user is not a superuser.
Returns "assert_user_is_not_superuser: OK", or raises P0001.';
COMMENT ON FUNCTION _v.assert_user_is_one_of(text[]) IS
'Checks that current_user is one of those named.
Takes role names. Returns "assert_user_is_one_of: OK", or raises P0001.';
