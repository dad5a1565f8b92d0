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
