-- What the install script of depesz's Versioning leaves behind in its later
-- years, written anew from the description: one register_patch with defaults,
-- try_register_patch and assertions, in PL/pgSQL.
--
-- For the tests of CREATE EXTENSION on such a database.

BEGIN;

CREATE SCHEMA _v;
COMMENT ON SCHEMA _v IS 'Schema for versioning data and functionality.';

CREATE TABLE _v.patches (
    patch_name  TEXT        PRIMARY KEY,
    applied_tsz TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_by  TEXT        NOT NULL,
    requires    TEXT[],
    conflicts   TEXT[]
);

CREATE FUNCTION _v.register_patch(
    IN in_patch_name TEXT,
    IN in_requirements TEXT[] DEFAULT NULL,
    IN in_conflicts TEXT[] DEFAULT NULL,
    OUT versioning INT4
) RETURNS SETOF INT4 AS $$
DECLARE
    found_names TEXT[];
BEGIN
    -- One registration at a time.
    LOCK TABLE _v.patches IN EXCLUSIVE MODE;

    PERFORM 1 FROM _v.patches WHERE patch_name = in_patch_name;
    IF FOUND THEN
        RAISE EXCEPTION 'Patch % is already applied!', in_patch_name;
    END IF;

    found_names := ARRAY(SELECT patch_name FROM _v.patches
                          WHERE patch_name = ANY (in_conflicts));
    IF cardinality(found_names) > 0 THEN
        RAISE EXCEPTION
            'Versioning patches conflict. Conflicting patche(s) installed: %.',
            array_to_string(found_names, ', ');
    END IF;

    found_names := ARRAY(SELECT requirement
                           FROM unnest(in_requirements) requirement
                          WHERE NOT EXISTS (SELECT FROM _v.patches
                                             WHERE patch_name = requirement));
    IF cardinality(found_names) > 0 THEN
        RAISE EXCEPTION 'Missing prerequisite(s): %.',
            array_to_string(found_names, ', ');
    END IF;

    INSERT INTO _v.patches
           (patch_name, applied_tsz, applied_by, requires, conflicts)
    VALUES (in_patch_name, now(), current_user,
            coalesce(in_requirements, '{}'), coalesce(in_conflicts, '{}'));
    RETURN;
END
$$ LANGUAGE plpgsql;

CREATE FUNCTION _v.try_register_patch(
    IN in_patch_name TEXT,
    IN in_requirements TEXT[] DEFAULT NULL,
    IN in_conflicts TEXT[] DEFAULT NULL
) RETURNS BOOLEAN AS $$
BEGIN
    PERFORM _v.register_patch(in_patch_name, in_requirements, in_conflicts);
    RETURN true;
EXCEPTION WHEN raise_exception THEN
    RAISE WARNING '%', SQLERRM;
    RETURN false;
END
$$ LANGUAGE plpgsql;

CREATE FUNCTION _v.unregister_patch(
    IN in_patch_name TEXT,
    OUT versioning INT4
) RETURNS SETOF INT4 AS $$
DECLARE
    dependents TEXT[];
BEGIN
    LOCK TABLE _v.patches IN EXCLUSIVE MODE;

    dependents := ARRAY(SELECT patch_name FROM _v.patches
                         WHERE in_patch_name = ANY (requires));
    IF cardinality(dependents) > 0 THEN
        RAISE EXCEPTION 'Cannot uninstall %, as it is required by: %.',
            in_patch_name, array_to_string(dependents, ', ');
    END IF;

    DELETE FROM _v.patches WHERE patch_name = in_patch_name;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Patch % is not installed, so it can''t be uninstalled!',
            in_patch_name;
    END IF;
    RETURN;
END
$$ LANGUAGE plpgsql;

CREATE FUNCTION _v.assert_patch_is_applied(IN in_patch_name TEXT)
RETURNS TEXT AS $$
BEGIN
    PERFORM 1 FROM _v.patches WHERE patch_name = in_patch_name;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Patch % is not applied!', in_patch_name;
    END IF;
    RETURN format('Patch %s is applied.', in_patch_name);
END
$$ LANGUAGE plpgsql;

CREATE FUNCTION _v.assert_user_is_superuser() RETURNS TEXT AS $$
BEGIN
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        RAISE EXCEPTION 'Current user is not superuser - cannot continue.';
    END IF;
    RETURN 'assert_user_is_superuser: OK';
END
$$ LANGUAGE plpgsql;

CREATE FUNCTION _v.assert_user_is_not_superuser() RETURNS TEXT AS $$
BEGIN
    IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        RAISE EXCEPTION 'Current user is superuser - cannot continue.';
    END IF;
    RETURN 'assert_user_is_not_superuser: OK';
END
$$ LANGUAGE plpgsql;

CREATE FUNCTION _v.assert_user_is_one_of(VARIADIC p_acceptable_users TEXT[])
RETURNS TEXT AS $$
BEGIN
    IF current_user <> ALL (p_acceptable_users) THEN
        RAISE EXCEPTION 'User is not one of: % - cannot continue.',
            p_acceptable_users;
    END IF;
    RETURN 'assert_user_is_one_of: OK';
END
$$ LANGUAGE plpgsql;

COMMIT;
