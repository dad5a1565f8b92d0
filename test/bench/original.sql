-- What the benchmark compares the extension with: a register in PL/pgSQL, as
-- Versioning has been since 2010. Written for the benchmark, to do the same
-- work in the same way: lock the table, look up what is there one query after
-- the other, search the whole table for what requires a patch.

CREATE SCHEMA _v;

CREATE TABLE _v.patches (
    patch_name  text PRIMARY KEY,
    applied_tsz timestamptz NOT NULL DEFAULT now(),
    applied_by  text NOT NULL,
    requires    text[],
    conflicts   text[]
);

CREATE FUNCTION _v.register_patch(
    in_patch_name text,
    in_requirements text[],
    in_conflicts text[],
    OUT versioning int4
) RETURNS SETOF int4
LANGUAGE plpgsql AS $$
DECLARE
    found_name text;
    found_names text[];
    requirement text;
BEGIN
    LOCK TABLE _v.patches IN EXCLUSIVE MODE;

    SELECT patch_name INTO found_name
      FROM _v.patches WHERE patch_name = in_patch_name;
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

    found_names := '{}';
    FOREACH requirement IN ARRAY coalesce(in_requirements, '{}') LOOP
        SELECT patch_name INTO found_name
          FROM _v.patches WHERE patch_name = requirement;
        IF NOT FOUND THEN
            found_names := found_names || requirement;
        END IF;
    END LOOP;
    IF cardinality(found_names) > 0 THEN
        RAISE EXCEPTION 'Missing prerequisite(s): %.',
            array_to_string(found_names, ', ');
    END IF;

    INSERT INTO _v.patches
        (patch_name, applied_tsz, applied_by, requires, conflicts)
    VALUES
        (in_patch_name, now(), current_user,
         coalesce(in_requirements, '{}'), coalesce(in_conflicts, '{}'));
    RETURN;
END
$$;

CREATE FUNCTION _v.unregister_patch(in_patch_name text, OUT versioning int4)
RETURNS SETOF int4
LANGUAGE plpgsql AS $$
DECLARE
    dependents text[];
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
        RAISE EXCEPTION
            'Patch % is not installed, so it can''t be uninstalled!',
            in_patch_name;
    END IF;
    RETURN;
END
$$;
