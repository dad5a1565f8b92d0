-- The register of the patches applied to this database.
--
-- CREATE EXTENSION runs this file as a superuser when the user who asks for it
-- is not one (the extension is trusted). So nothing in it may run code, or
-- hand out objects, that somebody else has prepared: its search_path is
-- pg_catalog alone, and a schema _v that is there already is taken over only
-- if all of it belongs to that user.
--
-- It is the concatenation of the parts in sql/install, in the order that the
-- Makefile says.

\echo Use "CREATE EXTENSION versioning" to load this file. \quit

-- The schema, and what depesz's scripts may have installed in it.
--
-- His table is taken over as it is, with its rows, grants, triggers and added
-- columns. His functions are put aside under another name, so that their
-- grants can be given to ours below.
--
-- Where something with grants joins an extension, PostgreSQL keeps them as the
-- initial privileges, and pg_dump writes those only that differ from these: it
-- would lose all that people have granted. So the initial privileges are set
-- to what CREATE EXTENSION makes in a new database.

DO $$
DECLARE
    installer oid := (SELECT extowner FROM pg_extension
                       WHERE extname = 'versioning');
    foreign_objects text;
    signature regprocedure;
BEGIN
    IF to_regnamespace('_v') IS NULL THEN
        EXECUTE format('CREATE SCHEMA _v AUTHORIZATION %I',
                       pg_get_userbyid(installer));
        GRANT USAGE ON SCHEMA _v TO PUBLIC;
        RETURN;
    END IF;

    -- All of it must belong to the user who runs CREATE EXTENSION, and so must
    -- what triggers on the table run, unless it is a superuser's.
    WITH objects (class, object, owner, schema) AS (
        SELECT 'pg_class'::regclass, oid, relowner, relnamespace
          FROM pg_class WHERE relkind NOT IN ('i', 'I')
        UNION ALL
        SELECT 'pg_proc'::regclass, oid, proowner, pronamespace
          FROM pg_proc
        UNION ALL
        SELECT 'pg_type'::regclass, oid, typowner, typnamespace
          FROM pg_type WHERE typrelid = 0 AND typelem = 0
        UNION ALL
        SELECT 'pg_operator'::regclass, oid, oprowner, oprnamespace
          FROM pg_operator
    ), found (class, object, owner) AS (
        SELECT 'pg_namespace'::regclass, oid, nspowner
          FROM pg_namespace WHERE nspname = '_v'
        UNION
        SELECT class, object, owner
          FROM objects WHERE schema = '_v'::regnamespace
        UNION
        SELECT class, object, owner
          FROM pg_trigger t
          JOIN pg_depend d ON d.classid = 'pg_trigger'::regclass
                          AND d.objid = t.oid
          JOIN objects ON (class, object) = (d.refclassid, d.refobjid)
          JOIN pg_roles r ON r.oid = owner
         WHERE t.tgrelid = to_regclass('_v.patches')
           AND NOT t.tgisinternal AND NOT r.rolsuper
    )
    SELECT string_agg(format('%s belongs to %I',
                             pg_describe_object(class, object, 0),
                             pg_get_userbyid(owner)),
                      E'\n' ORDER BY class, object)
      INTO foreign_objects
      FROM found WHERE owner <> installer;
    IF foreign_objects IS NOT NULL THEN
        RAISE EXCEPTION 'schema _v holds what belongs to another user'
              USING ERRCODE = 'insufficient_privilege',
                    DETAIL = foreign_objects,
                    HINT = format('Run CREATE EXTENSION as the user who owns all of it. Or look at each of these, and drop it, or make it yours: ALTER ... OWNER TO %I;',
                                  pg_get_userbyid(installer));
    END IF;

    IF (SELECT nspacl FROM pg_namespace WHERE nspname = '_v') IS NULL THEN
        EXECUTE format('GRANT ALL ON SCHEMA _v TO %I',
                       pg_get_userbyid(installer));
    END IF;
    ALTER EXTENSION versioning ADD SCHEMA _v;
    UPDATE pg_init_privs
       SET initprivs = acldefault('n', installer) ||
                       makeaclitem(0, installer, 'USAGE', false)
     WHERE classoid = 'pg_namespace'::regclass
       AND objoid = '_v'::regnamespace;
    DELETE FROM pg_shdepend
     WHERE dbid = (SELECT oid FROM pg_database
                    WHERE datname = current_database())
       AND classid = 'pg_namespace'::regclass
       AND objid = '_v'::regnamespace
       AND deptype = 'i' AND refobjid <> installer;

    FOR signature IN
        SELECT to_regprocedure('_v.' || s)
          FROM unnest(ARRAY['register_patch(text)',
                            'register_patch(text, text[])',
                            'register_patch(text, text[], text[])',
                            'try_register_patch(text, text[], text[])',
                            'unregister_patch(text)',
                            'assert_patch_is_applied(text)',
                            'assert_user_is_superuser()',
                            'assert_user_is_not_superuser()',
                            'assert_user_is_one_of(text[])']) AS s
         WHERE to_regprocedure('_v.' || s) IS NOT NULL
    LOOP
        EXECUTE format('ALTER FUNCTION %s RENAME TO %I', signature,
                       'replaced ' || (SELECT proname FROM pg_proc
                                        WHERE oid = signature));
    END LOOP;
END
$$;

-- The table, his or a new one.

DO $$
DECLARE
    installer oid := (SELECT extowner FROM pg_extension
                       WHERE extname = 'versioning');
    relation regclass := to_regclass('_v.patches');
    index regclass;
    wrong text;
BEGIN
    IF relation IS NULL THEN
        CREATE TABLE _v.patches (
            patch_name  text        PRIMARY KEY,
            applied_tsz timestamptz NOT NULL DEFAULT now(),
            applied_by  text        NOT NULL,
            requires    text[],
            conflicts   text[]
        );
        EXECUTE format('ALTER TABLE _v.patches OWNER TO %I',
                       pg_get_userbyid(installer));
        GRANT SELECT ON _v.patches TO PUBLIC;
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
'Names of the patches that must be there before it and as long as it is.';
COMMENT ON COLUMN _v.patches.conflicts IS
'Names of the patches that must not be there together with it.';
COMMENT ON INDEX _v.patches_requires_idx IS
'Finds the patches that require a given one, for _v.unregister_patch.';
COMMENT ON INDEX _v.patches_conflicts_idx IS
'Finds the patches that declare a conflict with a given one, for _v.register_patch.';

-- The functions. The first one has no defaults but two short forms beside it,
-- since people grant EXECUTE on each by its signature.

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
    in_patch_name text,
    in_requirements text[] DEFAULT NULL,
    in_conflicts text[] DEFAULT NULL
) RETURNS boolean
LANGUAGE c AS 'MODULE_PATHNAME', 'versioning_try_register_patch';

CREATE FUNCTION _v.unregister_patch(
    in_patch_name text,
    OUT versioning int4
) RETURNS SETOF int4
LANGUAGE c AS 'MODULE_PATHNAME', 'versioning_unregister_patch';

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
INSERT raises, among that 25006, 42501, and 54000 for a name too long.
Locks _v.patches in EXCLUSIVE mode until the transaction ends: one patch
at a time. Needs INSERT on _v.patches.
After https://www.depesz.com/2010/08/22/versioning/';
COMMENT ON FUNCTION _v.register_patch(text, text[]) IS
'Registers a patch that conflicts with none.
Short for register_patch(in_patch_name, in_requirements, NULL).';
COMMENT ON FUNCTION _v.register_patch(text) IS
'Registers a patch that requires none and conflicts with none.
Short for register_patch(in_patch_name, NULL, NULL).';
COMMENT ON FUNCTION _v.try_register_patch(text, text[], text[]) IS
'Registers a patch if it may be applied.
Takes what register_patch takes. Returns true; or, where register_patch
raises P0001, gives a WARNING with the same text and returns false.
Raises, locks and needs otherwise what register_patch does.';
COMMENT ON FUNCTION _v.unregister_patch(text) IS
'Takes a patch out of the register, in the transaction that takes it back.
Takes its name. Returns no rows.
Raises P0001 if an applied patch requires it, or if it is not applied;
22004 or 22023 for a null or empty name; and what DELETE raises, among
that 25006 and 42501.
Locks _v.patches in EXCLUSIVE mode until the transaction ends. Needs
DELETE on _v.patches.
After https://www.depesz.com/2010/08/22/versioning/';
COMMENT ON FUNCTION _v.assert_patch_is_applied(text) IS
'Makes sure that a patch is applied.
Takes its name. Returns "Patch NAME is applied.", or raises P0001.
Locks _v.patches in ACCESS SHARE mode, as SELECT does, and needs SELECT.';
COMMENT ON FUNCTION _v.assert_user_is_superuser() IS
'Makes sure that current_user is a superuser.
Returns "assert_user_is_superuser: OK", or raises P0001.';
COMMENT ON FUNCTION _v.assert_user_is_not_superuser() IS
'Makes sure that current_user is not a superuser.
Returns "assert_user_is_not_superuser: OK", or raises P0001.';
COMMENT ON FUNCTION _v.assert_user_is_one_of(text[]) IS
'Makes sure that current_user is one of those named.
Takes role names. Returns "assert_user_is_one_of: OK", or raises P0001.';

-- What happened to the register: a row for each patch that was applied or taken
-- back. See history.c.

CREATE TABLE _v.history (
    id                bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event             text        NOT NULL,
    patch_name        text,
    requires          text[],
    conflicts         text[],
    happened_at       timestamptz NOT NULL,
    role_name         text        NOT NULL,
    session_role_name text,
    transaction_id    xid8,
    application_name  text,
    client_address    inet,
    source_file       text,
    source_sha256     text,
    command           text
);

-- Nobody changes what happened, not by mistake, and not the owner.

CREATE FUNCTION _v.refuse_to_forget() RETURNS trigger
LANGUAGE c AS 'MODULE_PATHNAME', 'versioning_refuse_to_forget';

CREATE TRIGGER append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON _v.history
    FOR EACH STATEMENT EXECUTE FUNCTION _v.refuse_to_forget();
ALTER TABLE _v.history ENABLE ALWAYS TRIGGER append_only;

-- The grants come after the owner, for they are kept as the initial privileges
-- as they are at the end of each statement.

DO $$
BEGIN
    EXECUTE format('ALTER TABLE _v.history OWNER TO %I',
                   (SELECT pg_get_userbyid(extowner) FROM pg_extension
                     WHERE extname = 'versioning'));
END
$$;
GRANT SELECT ON _v.history TO PUBLIC;

-- The sequence, too, so that a restored database goes on with the next id.

SELECT pg_extension_config_dump('_v.history', '');
SELECT pg_extension_config_dump('_v.history_id_seq', '');

-- The patches of a register that is taken over.

INSERT INTO _v.history (event, patch_name, requires, conflicts, happened_at,
                        role_name, session_role_name, transaction_id,
                        application_name, client_address)
SELECT 'adopted', patch_name, requires, conflicts, clock_timestamp(),
       applied_by, session_user, pg_current_xact_id(),
       nullif(current_setting('application_name'), ''), inet_client_addr()
  FROM _v.patches
 ORDER BY applied_tsz, patch_name;

COMMENT ON TABLE _v.history IS
'What happened to the register of patches, a row for each event, in the transaction in which it happened. Rows are only added, by the functions of the extension, which pass over triggers and row-level security here; who may register a patch cannot write any by hand.';
COMMENT ON COLUMN _v.history.id IS
'Number of the event, in the order in which patches were registered; there are gaps where that was rolled back.';
COMMENT ON COLUMN _v.history.event IS
'What happened: ''applied'', ''taken back'', ''adopted'' (found in the register when CREATE EXTENSION took it over), or ''guard bypassed''.';
COMMENT ON COLUMN _v.history.patch_name IS
'Name of the patch. NULL where the guard was bypassed.';
COMMENT ON COLUMN _v.history.requires IS
'Names of the patches that it required.';
COMMENT ON COLUMN _v.history.conflicts IS
'Names of the patches that it conflicted with.';
COMMENT ON COLUMN _v.history.happened_at IS
'Clock time of the event. For an adopted patch, the time of the adoption; when it was applied is in _v.patches.';
COMMENT ON COLUMN _v.history.role_name IS
'Role that did it (current_user). For an adopted patch, the one that the register names.';
COMMENT ON COLUMN _v.history.session_role_name IS
'Role that the session had logged in as (session_user).';
COMMENT ON COLUMN _v.history.transaction_id IS
'Transaction that did it, by the count of the cluster in which it ran.';
COMMENT ON COLUMN _v.history.application_name IS
'application_name of the session.';
COMMENT ON COLUMN _v.history.client_address IS
'Address of the client. NULL for a Unix-domain socket.';
COMMENT ON COLUMN _v.history.source_file IS
'File that the session was running, if it said so with SET versioning.source_file.';
COMMENT ON COLUMN _v.history.source_sha256 IS
'SHA-256 of that file, if the session said so with SET versioning.source_sha256.';
COMMENT ON COLUMN _v.history.command IS
'Statement that bypassed the guard.';
COMMENT ON FUNCTION _v.refuse_to_forget() IS
'Trigger function that keeps the rows of _v.history and the like as they are.
Raises 42501 on UPDATE, DELETE and TRUNCATE.';

-- The patch that a session is in. See current_patch.c.

CREATE FUNCTION _v.current_patch() RETURNS text
LANGUAGE c PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'versioning_current_patch';

COMMENT ON FUNCTION _v.current_patch() IS
'The patch that this session is in.
Returns its name from when it is registered or unregistered until the
transaction ends or that is rolled back; NULL else. Outside of a
transaction block it stays until the next one, or DISCARD ALL.
Raises nothing, locks nothing.';

-- What each command changed, and with which patch.

-- No change without a patch. See guard.c.

CREATE FUNCTION _v.require_patch() RETURNS event_trigger
LANGUAGE c AS 'MODULE_PATHNAME', 'versioning_require_patch';

CREATE FUNCTION _v.warn_without_patch() RETURNS event_trigger
LANGUAGE c AS 'MODULE_PATHNAME', 'versioning_warn_without_patch';

COMMENT ON FUNCTION _v.require_patch() IS
'Refuses changes outside of a patch. For CREATE EVENT TRIGGER versioning_guard
ON ddl_command_end EXECUTE FUNCTION _v.require_patch();
Raises VP001 for a command that ran while _v.current_patch() is NULL. What
concerns temporary objects alone passes, what the script of an extension
does, and REFRESH and REINDEX. So does all under versioning.bypass_guard,
which a superuser may set; it is written to _v.history.
Locks nothing of its own, but for a bypass _v.history in ROW EXCLUSIVE mode.';
COMMENT ON FUNCTION _v.warn_without_patch() IS
'Warns of changes outside of a patch. For CREATE EVENT TRIGGER versioning_guard
ON ddl_command_end EXECUTE FUNCTION _v.warn_without_patch();
Gives a WARNING with SQLSTATE VP001 where require_patch raises.';

-- All of it belongs to the user who ran CREATE EXTENSION. The grants on the
-- functions that were put aside are given to ours, and the old ones go. His one
-- register_patch with defaults stands for our three arities.

DO $$
DECLARE
    installer name := (SELECT pg_get_userbyid(extowner) FROM pg_extension
                        WHERE extname = 'versioning');
    ours regprocedure;
    his regprocedure;
    replaced regprocedure[];
    privilege record;
    dependents text;
BEGIN
    FOR ours, his IN
        SELECT n.oid,
               coalesce(to_regprocedure(format('_v."replaced %s"(%s)',
                                               n.proname, arguments)),
                        CASE WHEN n.proname = 'register_patch' THEN
                             to_regprocedure('_v."replaced register_patch"(text, text[], text[])')
                        END)
          FROM pg_depend d JOIN pg_proc n ON n.oid = d.objid,
               oidvectortypes(n.proargtypes) AS arguments
         WHERE d.classid = 'pg_proc'::regclass AND d.deptype = 'e'
           AND d.refclassid = 'pg_extension'::regclass
           AND d.refobjid = (SELECT oid FROM pg_extension
                              WHERE extname = 'versioning')
    LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO %I', ours, installer);
        CONTINUE WHEN his IS NULL;
        replaced := replaced || his;
        CONTINUE WHEN (SELECT proacl FROM pg_proc WHERE oid = his) IS NULL;

        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', ours);
        FOR privilege IN
            SELECT CASE WHEN a.grantee = 0 THEN 'PUBLIC'
                        ELSE quote_ident(r.rolname) END AS grantee,
                   a.is_grantable
              FROM pg_proc, aclexplode(proacl) a
              LEFT JOIN pg_roles r ON r.oid = a.grantee
             WHERE pg_proc.oid = his
               AND (a.grantee = 0 OR r.oid IS NOT NULL)
        LOOP
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %s %s',
                           ours, privilege.grantee,
                           CASE WHEN privilege.is_grantable
                                THEN 'WITH GRANT OPTION' END);
        END LOOP;
        DELETE FROM pg_init_privs
         WHERE classoid = 'pg_proc'::regclass AND objoid = ours;
        DELETE FROM pg_shdepend
         WHERE dbid = (SELECT oid FROM pg_database
                        WHERE datname = current_database())
           AND classid = 'pg_proc'::regclass AND objid = ours
           AND deptype = 'i';
    END LOOP;

    FOR his IN SELECT DISTINCT unnest(replaced) LOOP
        EXECUTE format('DROP FUNCTION %s', his);
    END LOOP;
EXCEPTION
    WHEN dependent_objects_still_exist THEN
        GET STACKED DIAGNOSTICS dependents = PG_EXCEPTION_DETAIL;
        RAISE EXCEPTION 'cannot replace the functions in schema _v because other objects depend on them'
              USING ERRCODE = 'dependent_objects_still_exist',
                    DETAIL = regexp_replace(dependents, '"replaced (\w+)"',
                                            '\1', 'g'),
                    HINT = 'Drop these objects, and create them again after CREATE EXTENSION.';
END
$$;
