-- All of it belongs to the user who ran CREATE EXTENSION, but for the event
-- trigger functions: those run with the privileges of whoever changes something,
-- superusers too, and their owner could put other ones in their place. The
-- grants on the functions that were put aside are given to ours, and the old ones
-- go. His one register_patch with defaults stands for our three arities.

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
           AND n.prorettype <> 'event_trigger'::regtype
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
