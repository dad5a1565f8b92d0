-- Who owns what, and who may do what: all of it is said here, whatever ALTER
-- DEFAULT PRIVILEGES has said before.
--
-- The register, a table and the functions that depesz's has, with what is noted
-- of unfinished patches, belongs to the user who ran CREATE EXTENSION. All else
-- belongs to the bootstrap superuser, for superusers run or trust it: the event
-- trigger functions run with the privileges of whoever changes something, and the
-- journals say what everybody did. The user may create in the schema, indexes on
-- the table for example, and INSERT is for restoring a dump.
--
-- The owner comes before the grants, for these are kept as the initial
-- privileges, which pg_dump leaves out, as they are at the end of each statement.

DO $$
DECLARE
    extension oid;
    installer oid;
    member record;
    grantee text;
BEGIN
    SELECT oid, extowner INTO extension, installer
      FROM pg_extension WHERE extname = 'versioning';
    FOR member IN
        WITH members (object, kind, owner, acl, is_register) AS (
            SELECT d.objid::regclass::text,
                   CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'S' THEN 'SEQUENCE'
                                ELSE 'TABLE' END,
                   relowner, relacl, relname IN ('patches', 'progress')
              FROM pg_depend d JOIN pg_class c ON c.oid = d.objid
             WHERE d.classid = 'pg_class'::regclass AND deptype = 'e'
               AND refclassid = 'pg_extension'::regclass
               AND refobjid = extension
            UNION ALL
            SELECT d.objid::regprocedure::text,
                   CASE prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END,
                   proowner, proacl,
                   proname ~ '^((try_|un)?register_patch|assert_(patch|user)_.*|note_progress|resume_patch)$'
              FROM pg_depend d JOIN pg_proc p ON p.oid = d.objid
             WHERE d.classid = 'pg_proc'::regclass AND deptype = 'e'
               AND refclassid = 'pg_extension'::regclass
               AND refobjid = extension
            UNION ALL
            SELECT '_v', 'SCHEMA', nspowner, nspacl, false
              FROM pg_namespace WHERE nspname = '_v'
        )
        SELECT object, kind, owner, acl,
               CASE WHEN is_register THEN installer ELSE 10 END AS new_owner
          FROM members
         WHERE NOT (object = '_v' AND
                    current_setting('_v.adopts_schema')::boolean)
           AND NOT (object = '_v.patches' AND
                    current_setting('_v.adopts_patches')::boolean)
    LOOP
        -- The sequence of an identity column goes with its table.
        IF member.kind <> 'SEQUENCE' THEN
            EXECUTE format('ALTER %s %s OWNER TO %I', member.kind,
                           member.object,
                           pg_get_userbyid(member.new_owner));
        END IF;
        FOR grantee IN
            SELECT DISTINCT CASE WHEN a.grantee = 0 THEN 'PUBLIC'
                                 ELSE quote_ident(rolname) END
              FROM aclexplode(member.acl) AS a
              LEFT JOIN pg_roles r ON r.oid = a.grantee
             WHERE a.grantee NOT IN (member.owner, member.new_owner)
        LOOP
            EXECUTE format('REVOKE ALL ON %s %s FROM %s',
                           replace(member.kind, 'VIEW', 'TABLE'),
                           member.object, grantee);
        END LOOP;
        CASE member.kind
            WHEN 'SCHEMA' THEN
                GRANT USAGE ON SCHEMA _v TO PUBLIC;
            WHEN 'FUNCTION', 'PROCEDURE' THEN
                IF member.acl IS NOT NULL THEN
                    EXECUTE format('GRANT EXECUTE ON %s %s TO PUBLIC',
                                   member.kind, member.object);
                END IF;
            WHEN 'SEQUENCE' THEN
                NULL;
            ELSE
                EXECUTE format('GRANT SELECT ON TABLE %s TO PUBLIC',
                               member.object);
        END CASE;
    END LOOP;

    IF installer <> 10 THEN
        IF NOT current_setting('_v.adopts_schema')::boolean THEN
            EXECUTE format('GRANT ALL ON SCHEMA _v TO %I WITH GRANT OPTION',
                           pg_get_userbyid(installer));
        END IF;
        EXECUTE format('GRANT INSERT ON _v.history, _v.attempts, _v.changes, _v.job_list, _v.job_pieces, _v.job_moved TO %I',
                       pg_get_userbyid(installer));
    END IF;
END
$$;

-- The grants on the functions that were put aside are given to ours, and the
-- old ones go. His one register_patch with defaults stands for our three arities.

DO $$
DECLARE
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
                    DETAIL = regexp_replace(dependents, E'"replaced (\\w+)"',
                                            E'\\1', 'g'),
                    HINT = 'Drop these objects, and create them again after CREATE EXTENSION.';
END
$$;
