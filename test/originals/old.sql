-- What the install script of depesz's Versioning left behind in its first
-- years, written anew from the description: a table, three arities of
-- register_patch, and unregister_patch, in PL/pgSQL and SQL.
--
-- For the tests of CREATE EXTENSION on such a database, and for the benchmark.

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
COMMENT ON TABLE _v.patches IS 'The patches that were applied.';

CREATE FUNCTION _v.register_patch(
    IN in_patch_name TEXT,
    IN in_requirements TEXT[],
    IN in_conflicts TEXT[],
    OUT versioning INT4
) RETURNS SETOF INT4 AS $$
DECLARE
    found_names TEXT[];
    missing TEXT[] := '{}';
    requirement TEXT;
BEGIN
    -- One registration at a time.
    LOCK TABLE _v.patches IN EXCLUSIVE MODE;

    PERFORM 1 FROM _v.patches WHERE patch_name = in_patch_name;
    IF FOUND THEN
        RAISE EXCEPTION 'Patch % is already applied!', in_patch_name;
    END IF;

    found_names := ARRAY(SELECT patch_name FROM _v.patches
                          WHERE patch_name = ANY (in_conflicts));
    IF array_upper(found_names, 1) > 0 THEN
        RAISE EXCEPTION
            'Versioning patches conflict. Conflicting patche(s) installed: %.',
            array_to_string(found_names, ', ');
    END IF;

    IF array_upper(in_requirements, 1) > 0 THEN
        FOR i IN array_lower(in_requirements, 1)
              .. array_upper(in_requirements, 1) LOOP
            requirement := in_requirements[i];
            PERFORM 1 FROM _v.patches WHERE patch_name = requirement;
            IF NOT FOUND THEN
                missing := missing || requirement;
            END IF;
        END LOOP;
        IF array_upper(missing, 1) > 0 THEN
            RAISE EXCEPTION 'Missing prerequisite(s): %.',
                array_to_string(missing, ', ');
        END IF;
    END IF;

    INSERT INTO _v.patches
           (patch_name, applied_tsz, applied_by, requires, conflicts)
    VALUES (in_patch_name, now(), current_user,
            coalesce(in_requirements, '{}'), coalesce(in_conflicts, '{}'));
    RETURN;
END
$$ LANGUAGE plpgsql;
COMMENT ON FUNCTION _v.register_patch(TEXT, TEXT[], TEXT[]) IS
'Registers a patch, if nothing speaks against it.';

CREATE FUNCTION _v.register_patch(TEXT, TEXT[]) RETURNS SETOF INT4 AS $$
    SELECT _v.register_patch($1, $2, NULL)
$$ LANGUAGE sql;

CREATE FUNCTION _v.register_patch(TEXT) RETURNS SETOF INT4 AS $$
    SELECT _v.register_patch($1, NULL, NULL)
$$ LANGUAGE sql;

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
    IF array_upper(dependents, 1) > 0 THEN
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
COMMENT ON FUNCTION _v.unregister_patch(TEXT) IS 'Takes a patch out.';

COMMIT;
