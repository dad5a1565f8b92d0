-- recipe: Drop a table that may still be used
--
-- The start takes its name away, so that whoever still uses it is found, and
-- can be helped at once by taking that back. The finish drops it.
--
-- relation: table  the table
-- value: dropped   its name until the finish, without a schema
-- query: SELECT left('dropped_' || relname, 63)
--    FROM pg_class WHERE oid = :'table'::regclass
-- default: dropped_:table
--
-- refuse: SELECT CASE
--        WHEN relkind NOT IN ('r', 'p') THEN format('%s is not a table',
--            c.oid::regclass)
--        WHEN relkind = 'p' OR relispartition OR EXISTS (
--                SELECT FROM pg_inherits WHERE oid IN (inhrelid, inhparent))
--            THEN 'this recipe is for tables without partitions or children'
--        END
--    FROM pg_class AS c WHERE c.oid = :'table'::regclass
--
-- value: old       its name, without its schema
-- query: SELECT relname FROM pg_class WHERE oid = :'table'::regclass
-- default: :table
-- value: dropped_table  the table's name until the finish, with its schema
-- query: SELECT format('%I.%I', nspname, :'dropped')
--    FROM pg_class JOIN pg_namespace AS n ON n.oid = relnamespace
--    WHERE pg_class.oid = :'table'::regclass
-- default: :dropped
--
-- value: definition  what makes the table again
-- query: WITH t AS (SELECT :'table'::regclass AS t),
--         a AS (SELECT pg_attribute.* FROM t, pg_attribute
--               WHERE attrelid = t AND attnum > 0 AND NOT attisdropped),
--         owned AS (SELECT objid AS sequence, refobjsubid AS attnum
--                   FROM t, pg_depend WHERE classid = 'pg_class'::regclass
--                       AND refclassid = classid AND refobjid = t
--                       AND deptype = 'a' AND objsubid = 0)
--    SELECT concat_ws(E'\n',
--        (SELECT string_agg(format('CREATE SEQUENCE %s AS %s INCREMENT %s '
--                'MINVALUE %s MAXVALUE %s START %s CACHE %s%s;',
--                seqrelid::regclass, seqtypid::regtype, seqincrement, seqmin,
--                seqmax, seqstart, seqcache, CASE WHEN seqcycle
--                THEN ' CYCLE' ELSE '' END), E'\n' ORDER BY seqrelid)
--         FROM owned JOIN pg_sequence ON seqrelid = sequence),
--        (SELECT format(E'CREATE TABLE %s (\n%s\n);', :'table',
--            string_agg(format('    %I %s', attname, concat(
--                format_type(atttypid, atttypmod),
--                CASE WHEN attcollation <> typcollation THEN
--                    format(' COLLATE %s', attcollation::regcollation) END,
--                CASE WHEN attgenerated <> '' THEN format(
--                    ' GENERATED ALWAYS AS (%s) %s',
--                    pg_get_expr(adbin, adrelid), CASE attgenerated
--                    WHEN 's' THEN 'STORED' ELSE 'VIRTUAL' END)
--                WHEN attidentity <> '' THEN format(
--                    ' GENERATED %s AS IDENTITY', CASE attidentity
--                    WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END)
--                ELSE ' DEFAULT ' || pg_get_expr(adbin, adrelid) END,
--                CASE WHEN attnotnull THEN ' NOT NULL' END)), E',\n'
--                ORDER BY attnum))
--         FROM a JOIN pg_type ON pg_type.oid = atttypid
--         LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum),
--        (SELECT string_agg(format('ALTER SEQUENCE %s OWNED BY %s.%I;',
--                sequence::regclass, :'table', attname), E'\n'
--                ORDER BY sequence)
--         FROM a JOIN owned USING (attnum) JOIN pg_sequence
--             ON seqrelid = sequence),
--        (SELECT format('ALTER TABLE %s SET (%s);', :'table',
--                array_to_string(reloptions, ', '))
--         FROM t, pg_class AS c WHERE c.oid = t AND reloptions IS NOT NULL),
--        (SELECT format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY;', :'table')
--         FROM t, pg_class AS c WHERE c.oid = t AND relrowsecurity),
--        (SELECT format('ALTER TABLE %s FORCE ROW LEVEL SECURITY;', :'table')
--         FROM t, pg_class AS c WHERE c.oid = t AND relforcerowsecurity),
--        (SELECT string_agg(format('ALTER TABLE %s ADD CONSTRAINT %I %s;',
--                :'table', conname, pg_get_constraintdef(oid)), E'\n'
--                ORDER BY contype = 'f', conname)
--         FROM pg_constraint, t WHERE conrelid = t AND contype <> 'n'),
--        (SELECT string_agg(pg_get_indexdef(indexrelid) || ';', E'\n'
--                ORDER BY indexrelid)
--         FROM pg_index, t WHERE indrelid = t
--             AND NOT EXISTS (SELECT FROM pg_constraint
--                             WHERE conindid = indexrelid AND conrelid = t)),
--        (SELECT string_agg(format('COMMENT ON %s IS %L;', CASE objsubid
--                WHEN 0 THEN 'TABLE ' || :'table'
--                ELSE format('COLUMN %s.%I', :'table', attname) END,
--                description), E'\n' ORDER BY objsubid)
--         FROM pg_description, t LEFT JOIN a ON true
--         WHERE objoid = t AND classoid = 'pg_class'::regclass
--             AND (objsubid = attnum OR objsubid = 0 AND attnum = 1)),
--        (SELECT format('ALTER TABLE %s OWNER TO %s;', :'table',
--                       relowner::regrole)
--         FROM t, pg_class AS c WHERE c.oid = t
--             AND relowner <> (SELECT oid FROM pg_roles
--                              WHERE rolname = current_user)),
--        (SELECT string_agg(format('GRANT %s ON %s TO %s%s;', privilege_type,
--                :'table', CASE grantee WHEN 0 THEN 'PUBLIC'
--                ELSE grantee::regrole::text END, CASE WHEN is_grantable
--                THEN ' WITH GRANT OPTION' ELSE '' END), E'\n'
--                ORDER BY grantee, privilege_type)
--         FROM t, pg_class AS c, aclexplode(relacl)
--         WHERE c.oid = t AND grantee <> relowner),
--        (SELECT string_agg(format('GRANT %s (%I) ON %s TO %s%s;',
--                privilege_type, attname, :'table', CASE grantee
--                WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END,
--                CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END),
--                E'\n' ORDER BY attnum, grantee, privilege_type)
--         FROM a, aclexplode(attacl)))
--
-- value: by_hand   what else is dropped, or keeps it from being dropped
-- query: SELECT E'These depend on it, and need a look:\n'
--        || string_agg(DISTINCT '    ' || translate(CASE classid
--            WHEN 'pg_rewrite'::regclass THEN pg_describe_object(
--                'pg_class'::regclass, (SELECT ev_class FROM pg_rewrite
--                                       WHERE oid = d.objid), 0)
--            ELSE pg_describe_object(classid, objid, objsubid) END,
--            E'\r\n', '??'), E'\n')
--    FROM pg_depend AS d
--    WHERE refclassid = 'pg_class'::regclass AND refobjid = :'table'::regclass
--        AND (deptype = 'n' OR classid IN ('pg_trigger'::regclass,
--                 'pg_policy'::regclass, 'pg_statistic_ext'::regclass)
--             AND deptype = 'a')
--        AND NOT EXISTS (SELECT FROM pg_constraint WHERE oid = objid
--            AND classid = 'pg_constraint'::regclass AND conrelid = refobjid)
--    HAVING count(*) > 0
--    UNION ALL SELECT '' LIMIT 1
-- default:

-- patch: start

-- Whoever uses :table from now on gets an error.

BEGIN;
SELECT _v.register_patch(:'start', :requirements, NULL);

ALTER TABLE :table RENAME TO :"dropped";

COMMIT;

-- rollback: start

BEGIN;
SELECT _v.unregister_patch(:'start');

ALTER TABLE :dropped_table RENAME TO :"old";

COMMIT;

-- patch: finish

-- Nobody has missed it. What is in it is lost.
-- :by_hand

BEGIN;
SELECT _v.register_patch(:'finish', :requirements, NULL);

DROP TABLE :dropped_table;

COMMIT;

-- rollback: finish

-- The table is there again. What was in it is not.

BEGIN;
SELECT _v.unregister_patch(:'finish');

:definition
ALTER TABLE :table RENAME TO :"dropped";

COMMIT;
