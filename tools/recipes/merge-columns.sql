-- recipe: Make one column of two
--
-- Until the finish, the table has all three, and a trigger that keeps them in
-- step.
--
-- relation: table  the table
-- value: first     the first of the two columns
-- value: second    the second one
-- value: new       the one that is to take their place
-- value: type      its type
-- default: text
-- value: value     its value, from the columns of the row
-- value: first_value   the first one's value, from the columns of the row
-- value: second_value  the second one's
--
-- refuse: SELECT CASE
--        WHEN c.relkind NOT IN ('r', 'p')
--            THEN format('%s is not a table', c.oid::regclass)
--        WHEN a.attnum IS NULL
--            THEN format('table %s has no column "%s"', c.oid::regclass,
--                        w.name)
--        WHEN a.attinhcount > 0 OR c.relkind = 'r' AND EXISTS (
--                SELECT FROM pg_inherits WHERE inhparent = c.oid)
--            THEN format('table %s has parents or children: this recipe is '
--                        'for others', c.oid::regclass)
--        WHEN a.attgenerated <> '' OR a.attidentity <> ''
--            THEN format('column "%s" is generated: this recipe is for others',
--                        a.attname)
--        WHEN a.attnum = ANY (p.partattrs)
--            THEN format('column "%s" says which partition a row is in: no '
--                        'trigger can change it', a.attname)
--        WHEN EXISTS (SELECT FROM pg_index WHERE indrelid = c.oid
--                        AND indisprimary AND a.attnum = ANY (indkey))
--            OR EXISTS (SELECT FROM pg_constraint WHERE confrelid = c.oid
--                          AND a.attnum = ANY (confkey))
--            THEN format('column "%s" is in a key that other tables may refer '
--                        'to: this recipe is for other columns', a.attname)
--        ELSE format('table %s has a column "%s" already', c.oid::regclass,
--                    (SELECT attname FROM pg_attribute WHERE attrelid = c.oid
--                        AND attname IN (:'new') LIMIT 1)) END
--    FROM unnest(ARRAY[:'first', :'second']) AS w (name)
--    JOIN pg_class AS c ON c.oid = :'table'::regclass
--    LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
--        AND NOT a.attisdropped AND a.attname = w.name
--    LEFT JOIN pg_partitioned_table AS p ON p.partrelid = c.oid
--    WHERE c.relkind NOT IN ('r', 'p') OR a.attnum IS NULL
--        OR a.attgenerated <> '' OR a.attidentity <> ''
--        OR a.attnum = ANY (p.partattrs) OR a.attinhcount > 0
--        OR c.relkind = 'r' AND EXISTS (SELECT FROM pg_inherits
--                                       WHERE inhparent = c.oid)
--        OR EXISTS (SELECT FROM pg_index WHERE indrelid = c.oid
--                      AND indisprimary AND a.attnum = ANY (indkey))
--        OR EXISTS (SELECT FROM pg_constraint WHERE confrelid = c.oid
--                      AND a.attnum = ANY (confkey))
--        OR EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid
--                      AND attname IN (:'new'))
--
-- refuse: SELECT format('type %s is a domain: adding a column of it can write '
--        'the whole table. The type below it is for this', oid::regtype)
--    FROM pg_type WHERE typtype = 'd' AND oid IN (to_regtype(:'type')) LIMIT 1
--
-- refuse: SELECT format('another recipe is at work on column "%s", by trigger '
--        '"%s": finish that first', w.name, tgname)
--    FROM unnest(ARRAY[:'first', :'second']) AS w (name),
--        pg_trigger JOIN pg_proc AS p ON p.oid = tgfoid
--    WHERE tgrelid = :'table'::regclass AND tgname LIKE 'zz\_%'
--        AND prosrc ~ format('NEW\.%s(\W|$)', regexp_replace(
--                quote_ident(w.name), '(\W)', '\\\1', 'g')) LIMIT 1
--
-- refuse: SELECT format('column "%s" is of a domain that is NOT NULL: no row '
--        'could be written without it', attname)
--    FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid
--    WHERE attrelid = :'table'::regclass AND typnotnull
--        AND attname IN (:'first', :'second') LIMIT 1
--
-- refuse: SELECT format('column "%s" is generated when the trigger has been '
--        'fired: no value can be made of it', attname)
--    FROM pg_attribute WHERE attrelid = :'table'::regclass
--        AND attgenerated <> ''
--        AND concat_ws(' ', :'value', :'first_value', :'second_value')
--            ~ format('(^|\W)%s(?!\w|\s*\()', regexp_replace(
--                quote_ident(attname), '(\W)', '\\\1', 'g')) LIMIT 1
--
-- value: first_type    the type that the first one has
-- query: SELECT format_type(atttypid, atttypmod)
--            || CASE WHEN attcollation <> typcollation THEN
--                   format(' COLLATE %s', attcollation::regcollation)
--               ELSE '' END
--    FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid
--    WHERE attrelid = :'table'::regclass AND attname = :'first'
-- value: second_type   the second one's
-- query: SELECT format_type(atttypid, atttypmod)
--            || CASE WHEN attcollation <> typcollation THEN
--                   format(' COLLATE %s', attcollation::regcollation)
--               ELSE '' END
--    FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid
--    WHERE attrelid = :'table'::regclass AND attname = :'second'
--
-- value: match     how a row t of the table is found by its key in the batch b:
--    if that is no primary key, it has to be said, as t.id = b.id
-- query: SELECT string_agg(format('t.%1$I = b.%1$I', attname), ' AND '
--                          ORDER BY place)
--    FROM (SELECT * FROM pg_index WHERE indrelid = :'table'::regclass
--              AND indisprimary) AS i,
--         unnest(indkey) WITH ORDINALITY AS k (attnum, place)
--    JOIN pg_attribute AS a USING (attnum)
--    WHERE attrelid = :'table'::regclass
--    HAVING count(*) > 0
-- default: t.id = b.id
--
-- value: grants    what is granted on both of the columns
-- query: SELECT string_agg(format('GRANT %s (%I) ON %s TO %s%s;',
--                privilege_type, :'new', :'table', CASE grantee WHEN 0
--                THEN 'PUBLIC' ELSE grantee::regrole::text END,
--                CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END),
--                E'\n' ORDER BY grantee, privilege_type)
--    FROM (SELECT privilege_type, grantee, is_grantable
--          FROM pg_attribute, aclexplode(attacl)
--          WHERE attrelid = :'table'::regclass AND attname = :'first'
--          INTERSECT SELECT privilege_type, grantee, is_grantable
--          FROM pg_attribute, aclexplode(attacl)
--          WHERE attrelid = :'table'::regclass AND attname = :'second') AS a
-- default:
--
-- value: restores  what is dropped with it, to be made again
-- query: WITH a AS (SELECT * FROM pg_attribute
--            WHERE attrelid = :'table'::regclass
--                AND attname IN (:'first', :'second'))
--    SELECT concat_ws(E'\n',
--        (SELECT string_agg(format('ALTER TABLE %s ALTER COLUMN %I '
--                'SET DEFAULT %s;', :'table', attname,
--                pg_get_expr(adbin, adrelid)), E'\n' ORDER BY attnum)
--         FROM a JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum),
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
--        AND attname IN (:'first', :'second') AND deptype = 'n'
--        AND NOT EXISTS (SELECT FROM pg_constraint WHERE oid = objid
--            AND classid = 'pg_constraint'::regclass AND conrelid = refobjid)
--    HAVING count(*) > 0
--    UNION ALL SELECT '' LIMIT 1
-- default:

-- patch: start

-- From now on, column :new of :table is there beside :first and :second:
-- whatever is written to one side is on the other as well.

BEGIN;
SELECT _v.register_patch(:'start', :requirements, NULL);

CREATE FUNCTION :function() RETURNS trigger LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    is_written boolean;         -- the new one; if all three are, it counts
BEGIN
    IF TG_OP = 'INSERT' THEN
        is_written := NEW.:"new" IS NOT NULL;
    ELSE
        is_written := NEW.:"new"::text IS DISTINCT FROM OLD.:"new"::text;
    END IF;

    IF NOT is_written THEN
        IF TG_OP = 'INSERT' OR NEW.:"new" IS NULL OR
            NEW.:"first"::text IS DISTINCT FROM OLD.:"first"::text OR
            NEW.:"second"::text IS DISTINCT FROM OLD.:"second"::text
        THEN
            NEW.:"new" := (SELECT :value FROM (SELECT NEW.*) AS t);
        END IF;

    -- The job, too, writes the new one: then the two say the same.
    ELSIF NEW.:"new"::text IS DISTINCT FROM
        (SELECT CAST(:value AS :type)::text FROM (SELECT NEW.*) AS t)
    THEN
        SELECT :first_value, :second_value
          INTO NEW.:"first", NEW.:"second" FROM (SELECT NEW.*) AS t;
    END IF;
    RETURN NEW;
END $$;

-- Without a default: the trigger could not tell it from what was written.
ALTER TABLE :table ADD COLUMN :"new" :type;
:grants

-- Its name makes it the last one of its kind to be fired, so it sees what
-- others have made of the row. ALWAYS: for what replication writes, too.
CREATE TRIGGER :trigger BEFORE INSERT OR UPDATE ON :table
    FOR EACH ROW EXECUTE FUNCTION :function();
ALTER TABLE :table ENABLE ALWAYS TRIGGER :trigger;

SELECT _v.register_job(:'name', :'table', $$
    UPDATE :table AS t SET :"new" = :value
     WHERE EXISTS (SELECT FROM batch AS b WHERE :match)
       AND :"new" IS NULL AND num_nonnulls(:"first", :"second") > 0 $$,
    $$ SELECT count(*) FROM :table
        WHERE :"new" IS NULL AND :value IS NOT NULL $$);

COMMIT;

-- rollback: start

-- Columns :first and :second of :table have all that was written to :new.

BEGIN;
SELECT _v.unregister_patch(:'start');

DROP TRIGGER :trigger ON :table;
DROP FUNCTION :function();
ALTER TABLE :table DROP COLUMN :"new";

COMMIT;

-- patch: finish

-- No application uses columns :first and :second of :table any more.
-- :by_hand

BEGIN;
SELECT _v.register_patch(:'finish', :requirements, NULL);
SELECT _v.assert_job_is_done(:'name');

DROP TRIGGER :trigger ON :table;
DROP FUNCTION :function();
ALTER TABLE :table DROP COLUMN :"first", DROP COLUMN :"second";

COMMIT;

-- rollback: finish

-- As it was between start and finish. The UPDATE writes all rows, and everyone
-- waits for it: with a large table, this is an outage.

BEGIN;
SELECT _v.unregister_patch(:'finish');

CREATE FUNCTION :function() RETURNS trigger LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    is_written boolean;         -- the new one; if all three are, it counts
BEGIN
    IF TG_OP = 'INSERT' THEN
        is_written := NEW.:"new" IS NOT NULL;
    ELSE
        is_written := NEW.:"new"::text IS DISTINCT FROM OLD.:"new"::text;
    END IF;

    IF NOT is_written THEN
        IF TG_OP = 'INSERT' OR NEW.:"new" IS NULL OR
            NEW.:"first"::text IS DISTINCT FROM OLD.:"first"::text OR
            NEW.:"second"::text IS DISTINCT FROM OLD.:"second"::text
        THEN
            NEW.:"new" := (SELECT :value FROM (SELECT NEW.*) AS t);
        END IF;

    -- The job, too, writes the new one: then the two say the same.
    ELSIF NEW.:"new"::text IS DISTINCT FROM
        (SELECT CAST(:value AS :type)::text FROM (SELECT NEW.*) AS t)
    THEN
        SELECT :first_value, :second_value
          INTO NEW.:"first", NEW.:"second" FROM (SELECT NEW.*) AS t;
    END IF;
    RETURN NEW;
END $$;

ALTER TABLE :table
    ADD COLUMN :"first" :first_type,
    ADD COLUMN :"second" :second_type;
UPDATE :table SET :"first" = :first_value, :"second" = :second_value;
:restores

CREATE TRIGGER :trigger BEFORE INSERT OR UPDATE ON :table
    FOR EACH ROW EXECUTE FUNCTION :function();
ALTER TABLE :table ENABLE ALWAYS TRIGGER :trigger;

COMMIT;
