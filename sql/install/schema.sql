-- The register of the patches applied to this database.
--
-- CREATE EXTENSION runs this file as a superuser when the user who asks for it
-- is not one (the extension is trusted). So nothing in it may run code, or
-- hand out objects, that somebody else has prepared: its search_path is
-- pg_catalog alone, a schema _v that is there already is taken over only if
-- all of it belongs to that user, and no query reads the table in it, for to
-- plan one is to evaluate what its owner has put on the table.
--
-- It is the concatenation of the parts in sql/install, in the order that the
-- Makefile says.

\echo Use "CREATE EXTENSION versioning" to load this file. \quit

-- Names that are compared here are not to depend on what the session has set.
SET LOCAL quote_all_identifiers = off;

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
    PERFORM set_config('_v.adopts_schema',
                       (to_regnamespace('_v') IS NOT NULL)::text, true);
    IF to_regnamespace('_v') IS NULL THEN
        CREATE SCHEMA _v;
        RETURN;
    END IF;

    -- All of it must belong to the user who runs CREATE EXTENSION. And so must
    -- what the table would run, unless it is a superuser's: the functions,
    -- operators and types that its triggers, rules, policies, constraints,
    -- indexes, statistics, defaults and columns depend on.
    WITH RECURSIVE owned (class, object, owner, schema) AS (
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
        UNION ALL
        SELECT 'pg_opclass'::regclass, oid, opcowner, opcnamespace
          FROM pg_opclass
        UNION ALL
        SELECT 'pg_opfamily'::regclass, oid, opfowner, opfnamespace
          FROM pg_opfamily
        UNION ALL
        SELECT 'pg_collation'::regclass, oid, collowner, collnamespace
          FROM pg_collation
        UNION ALL
        SELECT 'pg_statistic_ext'::regclass, oid, stxowner, stxnamespace
          FROM pg_statistic_ext
        UNION ALL
        SELECT 'pg_language'::regclass, oid, lanowner, 0
          FROM pg_language
    ), parts (class, object) AS (
        SELECT 'pg_class'::regclass::oid, to_regclass('_v.patches')::oid
        UNION
        SELECT d.classid, d.objid
          FROM parts p JOIN pg_depend d
            ON (d.refclassid, d.refobjid) = (p.class, p.object)
         WHERE d.classid IN ('pg_class'::regclass, 'pg_attrdef'::regclass,
                             'pg_constraint'::regclass,
                             'pg_trigger'::regclass, 'pg_rewrite'::regclass,
                             'pg_policy'::regclass,
                             'pg_statistic_ext'::regclass)
           AND (d.classid <> 'pg_class'::regclass OR
                (SELECT relkind FROM pg_class WHERE oid = d.objid) = 'i')
           AND (d.classid <> 'pg_rewrite'::regclass OR
                (SELECT ev_class FROM pg_rewrite WHERE oid = d.objid) =
                to_regclass('_v.patches'))
           AND (d.classid <> 'pg_constraint'::regclass OR
                (SELECT conrelid FROM pg_constraint WHERE oid = d.objid) =
                to_regclass('_v.patches'))
    ), needed (class, object) AS (
        SELECT class, object FROM parts
        UNION
        SELECT next.class, next.object
          FROM needed n, LATERAL (
                SELECT d.refclassid, d.refobjid
                  FROM pg_depend d
                 WHERE (d.classid, d.objid) = (n.class, n.object)
                   AND (d.refclassid IN ('pg_proc'::regclass,
                                         'pg_type'::regclass,
                                         'pg_operator'::regclass,
                                         'pg_opclass'::regclass,
                                         'pg_opfamily'::regclass,
                                         'pg_collation'::regclass,
                                         'pg_language'::regclass) OR
                        d.refclassid = 'pg_class'::regclass AND
                        n.class = 'pg_type'::regclass)
                UNION ALL
                SELECT d.classid, d.objid
                  FROM pg_depend d
                 WHERE (d.refclassid, d.refobjid) = (n.class, n.object)
                   AND n.class IN ('pg_type'::regclass,
                                   'pg_opfamily'::regclass)
                   AND (d.classid IN ('pg_constraint'::regclass,
                                      'pg_amop'::regclass,
                                      'pg_amproc'::regclass) OR
                        d.classid = 'pg_class'::regclass AND
                        d.deptype = 'i')
               ) AS next (class, object)
    ), found (class, object, owner) AS (
        SELECT 'pg_namespace'::regclass, oid, nspowner
          FROM pg_namespace WHERE nspname = '_v'
        UNION
        SELECT class, object, owner
          FROM owned WHERE schema = '_v'::regnamespace
        UNION
        SELECT o.class, o.object, o.owner
          FROM needed n
          JOIN owned o ON (o.class, o.object) = (n.class, n.object)
          JOIN pg_roles r ON r.oid = o.owner
         WHERE NOT r.rolsuper
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

    -- The schema, and with it the name of each function, is a superuser's from
    -- now on; the user who had it goes on creating in it.
    EXECUTE format('ALTER SCHEMA _v OWNER TO %I', pg_get_userbyid(10));
    IF installer <> 10 THEN
        EXECUTE format('GRANT ALL ON SCHEMA _v TO %I WITH GRANT OPTION',
                       pg_get_userbyid(installer));
    END IF;
    IF (SELECT nspacl FROM pg_namespace WHERE nspname = '_v') IS NULL THEN
        EXECUTE format('GRANT ALL ON SCHEMA _v TO %I', pg_get_userbyid(10));
    END IF;
    ALTER EXTENSION versioning ADD SCHEMA _v;
    UPDATE pg_init_privs
       SET initprivs = acldefault('n', 10::oid) ||
                       makeaclitem(0, 10::oid, 'USAGE', false) ||
                       CASE WHEN installer = 10 THEN '{}'
                            ELSE ARRAY[format('%I=U*C*/%I',
                                              pg_get_userbyid(installer),
                                              pg_get_userbyid(10))::aclitem]
                       END
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
