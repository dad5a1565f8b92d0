-- The table, his or a new one.

DO $$
DECLARE
    installer oid := (SELECT extowner FROM pg_extension
                       WHERE extname = 'versioning');
    relation regclass := to_regclass('_v.patches');
    index regclass;
    wrong text;
BEGIN
    PERFORM set_config('_v.adopts_patches', (relation IS NOT NULL)::text,
                       true);
    IF relation IS NULL THEN
        CREATE TABLE _v.patches (
            patch_name  text        PRIMARY KEY,
            applied_tsz timestamptz NOT NULL DEFAULT now(),
            applied_by  text        NOT NULL,
            requires    text[],
            conflicts   text[]
        );
        RETURN;
    END IF;

    IF NOT EXISTS (SELECT FROM pg_class
                    WHERE oid = relation
                      AND relowner = installer
                      AND relkind = 'r' AND relpersistence = 'p'
                      AND NOT relispartition AND NOT relhassubclass) THEN
        wrong := format('It is not an ordinary table of %I.',
                        pg_get_userbyid(installer));
    END IF;
    wrong := coalesce(wrong,
        (SELECT format('Its column %s should be there, with type %s.',
                       name, type)
           FROM (VALUES (1, 'patch_name',  'text'::regtype),
                        (2, 'applied_tsz', 'timestamptz'::regtype),
                        (3, 'applied_by',  'text'::regtype),
                        (4, 'requires',    'text[]'::regtype),
                        (5, 'conflicts',   'text[]'::regtype))
                AS expected (number, name, type)
          WHERE NOT EXISTS (SELECT FROM pg_attribute
                             WHERE attrelid = relation
                               AND attname = name AND atttypid = type
                               AND attnum > 0 AND NOT attisdropped
                               AND attgenerated = '')
          ORDER BY number LIMIT 1));
    IF wrong IS NULL AND
       NOT EXISTS (SELECT FROM pg_index
                    WHERE indrelid = relation AND indisprimary
                      AND indimmediate AND indisvalid AND indnkeyatts = 1
                      AND indkey[0] = (SELECT attnum FROM pg_attribute
                                        WHERE attrelid = relation
                                          AND attname = 'patch_name')) THEN
        wrong := 'Its primary key should be its column patch_name.';
    END IF;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'relation _v.patches is not the table of Versioning'
              USING ERRCODE = 'object_not_in_prerequisite_state',
                    DETAIL = wrong,
                    HINT = 'Rename it or alter it, then try again.';
    END IF;

    -- An earlier life of the extension may have left its indexes.
    FOR index IN
        SELECT indexrelid FROM pg_index
         WHERE indrelid = relation
           AND indexrelid IN (to_regclass('_v.patches_requires_idx'),
                              to_regclass('_v.patches_conflicts_idx'))
    LOOP
        EXECUTE format('DROP INDEX %s', index);
    END LOOP;

    IF (SELECT relacl FROM pg_class WHERE oid = relation) IS NULL THEN
        EXECUTE format('GRANT ALL ON _v.patches TO %I',
                       pg_get_userbyid(installer));
    END IF;
    ALTER EXTENSION versioning ADD TABLE _v.patches;
    UPDATE pg_init_privs
       SET initprivs = acldefault('r', installer) ||
                       makeaclitem(0, installer, 'SELECT', false)
     WHERE classoid = 'pg_class'::regclass AND objoid = relation
       AND objsubid = 0;
    DELETE FROM pg_init_privs
     WHERE classoid = 'pg_class'::regclass AND objoid = relation
       AND objsubid <> 0;
    DELETE FROM pg_shdepend
     WHERE dbid = (SELECT oid FROM pg_database
                    WHERE datname = current_database())
       AND classid = 'pg_class'::regclass AND objid = relation
       AND deptype = 'i' AND (refobjid <> installer OR objsubid <> 0);
END
$$;

SELECT pg_extension_config_dump('_v.patches', '');

-- What unregister_patch and register_patch look up the other way round: see
-- reverse_lookup.c.
CREATE INDEX patches_requires_idx ON _v.patches
    USING gin (requires)
    WHERE requires <> '{}';
CREATE INDEX patches_conflicts_idx ON _v.patches
    USING gin (conflicts) WITH (fastupdate = off)
    WHERE conflicts <> '{}';

COMMENT ON SCHEMA _v IS
'Versioning: which patches were applied to this database.';
COMMENT ON TABLE _v.patches IS
'The patches applied to this database, one a row. Written by _v.register_patch and _v.unregister_patch in the transaction of the patch.';
COMMENT ON COLUMN _v.patches.patch_name IS
'Name of the patch.';
COMMENT ON COLUMN _v.patches.applied_tsz IS
'Start of the transaction that applied it.';
COMMENT ON COLUMN _v.patches.applied_by IS
'Role that applied it (current_user).';
COMMENT ON COLUMN _v.patches.requires IS
'Names of the patches that must be applied before it, and as long as it is.';
COMMENT ON COLUMN _v.patches.conflicts IS
'Names of the patches that must not be applied together with it.';
COMMENT ON INDEX _v.patches_requires_idx IS
'Finds the patches that require a given one, for _v.unregister_patch.';
COMMENT ON INDEX _v.patches_conflicts_idx IS
'Finds the patches that declare a conflict with a given one, for _v.register_patch.';
