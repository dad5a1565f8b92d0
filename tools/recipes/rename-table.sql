-- recipe: Give a table another name
--
-- Until the finish, there is a view with the old name, which can be read and
-- written as the table could: INSERT, UPDATE, DELETE, ON CONFLICT, RETURNING.
-- COPY ... FROM, TRUNCATE, ON CONFLICT ON CONSTRAINT, xmin and ctid and, before
-- release 17, MERGE do not work on a view: an application that uses these must
-- be changed before.
--
-- relation: table  the table
-- value: new       its new name, without a schema
--
-- refuse: SELECT CASE
--        WHEN relkind NOT IN ('r', 'p') THEN format('%s is not a table',
--            c.oid::regclass)
--        WHEN EXISTS (SELECT FROM pg_class AS o WHERE relname = :'new'
--                        AND o.relnamespace = c.relnamespace)
--            THEN format('there is a relation "%s" already', :'new')
--        WHEN relrowsecurity AND current_setting('server_version_num')::int
--                < 150000
--            THEN 'before release 15, a view would not obey the policies of '
--                'the table' END
--    FROM pg_class AS c WHERE c.oid = :'table'::regclass
--
-- value: old       its name, without its schema
-- query: SELECT relname FROM pg_class WHERE oid = :'table'::regclass
-- default: :table
-- value: new_table the table's new name, with its schema
-- query: SELECT format('%I.%I', nspname, :'new')
--    FROM pg_class JOIN pg_namespace AS n ON n.oid = relnamespace
--    WHERE pg_class.oid = :'table'::regclass
-- default: :new
--
-- value: columns   its columns
-- query: SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum)
--    FROM pg_attribute
--    WHERE attrelid = :'table'::regclass AND attnum > 0 AND NOT attisdropped
-- default: *
--
-- value: options   what makes the view check the rights of who uses it
-- query: SELECT CASE WHEN current_setting('server_version_num')::int >= 150000
--        THEN 'WITH (security_invoker)' ELSE '' END
-- default: WITH (security_invoker)
--
-- value: grants    what is granted on the table, for the view
-- query: SELECT concat_ws(E'\n',
--        (SELECT format('ALTER VIEW %s OWNER TO %s;', :'table',
--                       relowner::regrole)
--         FROM pg_class WHERE oid = :'table'::regclass
--             AND relowner <> (SELECT oid FROM pg_roles
--                              WHERE rolname = current_user)),
--        (SELECT string_agg(format('GRANT %s ON %s TO %s%s;', privilege_type,
--                :'table', CASE grantee WHEN 0 THEN 'PUBLIC'
--                ELSE grantee::regrole::text END, CASE WHEN is_grantable
--                THEN ' WITH GRANT OPTION' ELSE '' END), E'\n'
--                ORDER BY grantee, privilege_type)
--         FROM pg_class, aclexplode(relacl)
--         WHERE pg_class.oid = :'table'::regclass AND grantee <> relowner
--             AND privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')),
--        (SELECT string_agg(format('GRANT %s (%I) ON %s TO %s%s;',
--                privilege_type, attname, :'table', CASE grantee WHEN 0
--                THEN 'PUBLIC' ELSE grantee::regrole::text END,
--                CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END),
--                E'\n' ORDER BY attnum, grantee, privilege_type)
--         FROM pg_attribute, aclexplode(attacl)
--         WHERE attrelid = :'table'::regclass
--             AND privilege_type <> 'REFERENCES'))
-- default:

-- patch: start

-- Both names work from now on. Everything that belongs to the table, or refers
-- to it, follows it.

BEGIN;
SELECT _v.register_patch(:'start', :requirements, NULL);

ALTER TABLE :table RENAME TO :"new";
CREATE VIEW :table :options AS
    SELECT :columns FROM :new_table;
:grants

COMMIT;

-- rollback: start

BEGIN;
SELECT _v.unregister_patch(:'start');

DROP VIEW :table;
ALTER TABLE :new_table RENAME TO :"old";

COMMIT;

-- patch: finish

-- No application uses the old name any more.

BEGIN;
SELECT _v.register_patch(:'finish', :requirements, NULL);

DROP VIEW :table;

COMMIT;

-- rollback: finish

BEGIN;
SELECT _v.unregister_patch(:'finish');

CREATE VIEW :table :options AS
    SELECT :columns FROM :new_table;
:grants

COMMIT;
