-- recipe: Drop a column that applications still know
--
-- The start makes it possible not to know it, the finish drops it.
--
-- relation: table  the table
-- value: column    the column
--
-- refuse: SELECT CASE
--        WHEN c.relkind NOT IN ('r', 'p')
--            THEN format('%s is not a table', c.oid::regclass)
--        WHEN a.attnum IS NULL
--            THEN format('table %s has no column "%s"', c.oid::regclass,
--                        :'column')
--        WHEN a.attinhcount > 0 OR c.relkind = 'r' AND EXISTS (
--                SELECT FROM pg_inherits WHERE inhparent = c.oid)
--            THEN format('table %s has parents or children: this recipe is '
--                        'for others', c.oid::regclass)
--        WHEN a.attidentity <> ''
--            THEN format('column "%s" is an identity column: this recipe is '
--                        'for others', a.attname) END
--    FROM pg_class AS c
--    LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
--        AND NOT a.attisdropped AND a.attname = :'column'
--    WHERE c.oid = :'table'::regclass
--
-- refuse: SELECT format('another recipe is at work on column "%s", by trigger '
--        '"%s": finish that first', w.name, tgname)
--    FROM unnest(ARRAY[:'column']) AS w (name),
--        pg_trigger JOIN pg_proc AS p ON p.oid = tgfoid
--    WHERE tgrelid = :'table'::regclass AND tgname LIKE 'zz\_%'
--        AND prosrc ~ format('NEW\.%s(\W|$)', regexp_replace(
--                quote_ident(w.name), '(\W)', '\\\1', 'g')) LIMIT 1
--
-- value: fill      what rows get that do not say: needed if the column is NOT
--    NULL and has no default
-- query: SELECT '' FROM pg_attribute WHERE attrelid = :'table'::regclass
--        AND attname = :'column' AND (atthasdef OR NOT attnotnull)
-- default:
--
-- value: definition  the type of the column, and its default
-- query: SELECT format_type(atttypid, atttypmod)
--        || CASE WHEN attcollation <> typcollation THEN
--               format(' COLLATE %s', attcollation::regcollation)
--           ELSE '' END
--        || CASE WHEN attgenerated <> '' THEN
--               format(' GENERATED ALWAYS AS (%s) %s',
--                      pg_get_expr(adbin, adrelid), CASE attgenerated
--                      WHEN 's' THEN 'STORED' ELSE 'VIRTUAL' END)
--           ELSE coalesce(' DEFAULT ' || coalesce(nullif(:'fill', ''),
--                         pg_get_expr(adbin, adrelid)), '') END
--    FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid
--    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
--    WHERE attrelid = :'table'::regclass AND attname = :'column'
--
-- value: sequences  the column's own, which its default needs
-- query: SELECT string_agg(format('CREATE SEQUENCE %s AS %s INCREMENT %s '
--            'MINVALUE %s MAXVALUE %s START %s CACHE %s%s;',
--            seqrelid::regclass, seqtypid::regtype, seqincrement, seqmin,
--            seqmax, seqstart, seqcache, CASE WHEN seqcycle
--            THEN ' CYCLE' ELSE '' END), E'\n' ORDER BY seqrelid)
--    FROM pg_attribute JOIN pg_depend ON refobjid = attrelid
--        AND refobjsubid = attnum AND classid = 'pg_class'::regclass
--        AND refclassid = classid AND deptype = 'a'
--    JOIN pg_sequence ON seqrelid = objid
--    WHERE attrelid = :'table'::regclass AND attname = :'column'
-- default:
-- value: owned
-- query: SELECT string_agg(format('ALTER SEQUENCE %s OWNED BY %s.%I;',
--            seqrelid::regclass, :'table', attname), E'\n' ORDER BY seqrelid)
--    FROM pg_attribute JOIN pg_depend ON refobjid = attrelid
--        AND refobjsubid = attnum AND classid = 'pg_class'::regclass
--        AND refclassid = classid AND deptype = 'a'
--    JOIN pg_sequence ON seqrelid = objid
--    WHERE attrelid = :'table'::regclass AND attname = :'column'
-- default:
--
-- value: restores  what is dropped with it, to be made again
-- query: WITH a AS (SELECT * FROM pg_attribute
--            WHERE attrelid = :'table'::regclass
--                AND attname IN (:'column'))
--    SELECT concat_ws(E'\n',
--        (SELECT string_agg(format('ALTER TABLE %s ALTER COLUMN %I '
--                'SET DEFAULT %s;', :'table', attname,
--                pg_get_expr(adbin, adrelid)), E'\n' ORDER BY attnum)
--         FROM a JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
--         WHERE attgenerated = ''),
--        (SELECT string_agg(format('ALTER TABLE %s ALTER COLUMN %I SET NOT '
--                'NULL;', :'table', attname), E'\n' ORDER BY attnum)
--         FROM a WHERE attnotnull),
--        (SELECT string_agg(format('ALTER TABLE %s ADD CONSTRAINT %I %s;',
--                :'table', conname, pg_get_constraintdef(oid)), E'\n'
--                ORDER BY conname)
--         FROM pg_constraint WHERE conrelid = :'table'::regclass
--             AND contype <> 'n' AND conkey && ARRAY(SELECT attnum FROM a)),
--        (SELECT string_agg(replace(pg_get_indexdef(indexrelid),
--                ' ON ONLY ' || :'table', ' ON ' || :'table') || ';', E'\n'
--                ORDER BY indexrelid)
--         FROM pg_index WHERE indrelid = :'table'::regclass
--             AND EXISTS (SELECT FROM pg_depend JOIN a ON attrelid = refobjid
--                             AND attnum = refobjsubid
--                         WHERE classid = 'pg_class'::regclass
--                             AND objid = indexrelid)
--             AND NOT EXISTS (SELECT FROM pg_constraint
--                             WHERE conindid = indexrelid
--                                 AND conrelid = indrelid)),
--        (SELECT string_agg(pg_get_statisticsobjdef(oid) || ';', E'\n'
--                ORDER BY oid)
--         FROM pg_statistic_ext WHERE stxrelid = :'table'::regclass
--             AND EXISTS (SELECT FROM a WHERE attnum = ANY (stxkeys))),
--        (SELECT string_agg(format('COMMENT ON COLUMN %s.%I IS %L;', :'table',
--                attname, description), E'\n' ORDER BY attnum)
--         FROM a JOIN pg_description ON objoid = attrelid AND objsubid = attnum
--             AND classoid = 'pg_class'::regclass),
--        (SELECT string_agg(format('GRANT %s (%I) ON %s TO %s%s;',
--                privilege_type, attname, :'table', CASE grantee WHEN 0
--                THEN 'PUBLIC' ELSE grantee::regrole::text END,
--                CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END),
--                E'\n' ORDER BY attnum, grantee, privilege_type)
--         FROM a, aclexplode(attacl)))
-- default:
--
-- value: by_hand   what keeps it from being dropped
-- query: SELECT E'These depend on it, and need a look:\n'
--        || string_agg(DISTINCT '    ' || translate(CASE classid
--            WHEN 'pg_rewrite'::regclass THEN pg_describe_object(
--                'pg_class'::regclass, (SELECT ev_class FROM pg_rewrite
--                                       WHERE oid = d.objid), 0)
--            ELSE pg_describe_object(classid, objid, objsubid) END,
--            E'\r\n', '??'), E'\n')
--    FROM pg_depend AS d JOIN pg_attribute AS a ON a.attrelid = refobjid
--        AND a.attnum = refobjsubid
--    WHERE refclassid = 'pg_class'::regclass AND refobjid = :'table'::regclass
--        AND attname IN (:'column') AND deptype = 'n'
--        AND NOT EXISTS (SELECT FROM pg_constraint WHERE oid = objid
--            AND classid = 'pg_constraint'::regclass AND conrelid = refobjid)
--    HAVING count(*) > 0
--    UNION ALL SELECT '' LIMIT 1
-- default:

-- patch: start if fill

-- Rows can be written without :column from now on.

BEGIN;
SELECT _v.register_patch(:'start', :requirements, NULL);

ALTER TABLE :table ALTER COLUMN :"column" SET DEFAULT :fill;

COMMIT;

-- rollback: start if fill

BEGIN;
SELECT _v.unregister_patch(:'start');

ALTER TABLE :table ALTER COLUMN :"column" DROP DEFAULT;

COMMIT;

-- patch: finish

-- No application knows :column of :table any more. What is in it is lost.
-- :by_hand

BEGIN;
SELECT _v.register_patch(:'finish', :requirements, NULL);

ALTER TABLE :table DROP COLUMN :"column";

COMMIT;

-- rollback: finish

-- The column is there again. What was in it is not.

BEGIN;
SELECT _v.unregister_patch(:'finish');

:sequences
ALTER TABLE :table ADD COLUMN :"column" :definition;
:owned
:restores

COMMIT;
