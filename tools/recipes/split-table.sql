-- recipe: Move columns to a table of their own
--
-- Until the finish, both tables have them, and triggers keep these in step. The
-- new table has a row for each row of the old one in which one of the columns
-- is not NULL. The recipe needs a database (-d).
--
-- relation: table  the table
-- value: columns   the columns that move, with commas between
-- value: new       the name of their table, without a schema
--
-- value: names
-- query: SELECT array_agg((parse_ident(m[1]))[1])
--    FROM regexp_matches(:'columns', '("(?:[^"]|"")+"|[^,"\s]+)', 'g') AS m
--
-- refuse: SELECT CASE
--        WHEN relkind <> 'r' THEN format('%s is not a table', c.oid::regclass)
--        WHEN EXISTS (SELECT FROM pg_inherits
--                     WHERE c.oid IN (inhrelid, inhparent))
--            THEN format('table %s has parents or children: this recipe is '
--                        'for others', c.oid::regclass)
--        WHEN relrowsecurity
--            THEN format('table %s has row-level security, and policies do '
--                        'not move: the new table would show all rows',
--                        c.oid::regclass)
--        WHEN to_regclass(format('%I.%I', nspname, :'new')) IS NOT NULL
--            THEN format('there is a relation "%s" already', :'new')
--        WHEN NOT EXISTS (SELECT FROM pg_index WHERE indrelid = c.oid
--                            AND indisprimary)
--            THEN format('table %s has no primary key', c.oid::regclass)
--        WHEN w.name IS NULL THEN NULL
--        WHEN a.attnum IS NULL THEN format('table %s has no column "%s"',
--            c.oid::regclass, w.name)
--        WHEN attnotnull OR typnotnull OR atthasdef OR attidentity <> ''
--            THEN format('column "%s" is NOT NULL or has a default: rows of '
--                        'the table could not be written without it',
--                        w.name) END
--    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace
--    LEFT JOIN unnest(CAST(:'names' AS text[])) AS w (name) ON true
--    LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
--        AND NOT a.attisdropped AND a.attname = w.name
--    LEFT JOIN pg_type AS t ON t.oid = atttypid
--    WHERE c.oid = :'table'::regclass
--    ORDER BY a.attnum IS NULL OR attnotnull OR typnotnull OR atthasdef DESC
--    LIMIT 1
--
-- refuse: SELECT format('another recipe is at work on column "%s", by trigger '
--        '"%s": finish that first', w.name, tgname)
--    FROM unnest(CAST(:'names' AS text[])) AS w (name),
--        pg_trigger JOIN pg_proc AS p ON p.oid = tgfoid
--    WHERE tgrelid = :'table'::regclass AND tgname LIKE 'zz\_%'
--        AND prosrc ~ format('NEW\.%s(\W|$)', regexp_replace(
--                quote_ident(w.name), '(\W)', '\\\1', 'g')) LIMIT 1
--
-- value: new_table its name with its schema
-- query: SELECT format('%I.%I', nspname, :'new')
--    FROM pg_class JOIN pg_namespace AS n ON n.oid = relnamespace
--    WHERE pg_class.oid = :'table'::regclass
-- value: back_function  the function of the second trigger
-- query: SELECT format('%I.%I', nspname, :'trigger' || '_back')
--    FROM pg_class JOIN pg_namespace AS n ON n.oid = relnamespace
--    WHERE pg_class.oid = :'table'::regclass
--
-- value: keys
-- query: SELECT array_agg(attname ORDER BY place)
--    FROM (SELECT * FROM pg_index WHERE indrelid = :'table'::regclass
--              AND indisprimary) AS i,
--         unnest(indkey) WITH ORDINALITY AS k (attnum, place)
--    JOIN pg_attribute AS a USING (attnum)
--    WHERE attrelid = :'table'::regclass
-- value: key
-- query: SELECT string_agg(quote_ident(k), ', ') FROM unnest(CAST(:'keys'
--        AS text[])) AS k
-- value: new_key
-- query: SELECT string_agg(format('NEW.%I', k), ', ') FROM unnest(CAST(:'keys'
--        AS text[])) AS k
-- value: old_key
-- query: SELECT string_agg(format('OLD.%I', k), ', ') FROM unnest(CAST(:'keys'
--        AS text[])) AS k
-- value: match
-- query: SELECT string_agg(format('t.%1$I = b.%1$I', k), ' AND ')
--    FROM unnest(CAST(:'keys' AS text[])) AS k
-- value: same      rows t of the table and n of the new one that are a pair
-- query: SELECT string_agg(format('t.%1$I = n.%1$I', k), ' AND ')
--    FROM unnest(CAST(:'keys' AS text[])) AS k
-- value: key_of_t
-- query: SELECT string_agg(format('t.%I', k), ', ') FROM unnest(CAST(:'keys'
--        AS text[])) AS k
-- value: t_values
-- query: SELECT string_agg(format('t.%I', c), ', ') FROM unnest(CAST(:'names'
--        AS text[])) AS c
-- value: n_values
-- query: SELECT string_agg(format('n.%I', c), ', ') FROM unnest(CAST(:'names'
--        AS text[])) AS c
-- value: new_values
-- query: SELECT string_agg(format('NEW.%I', c), ', ') FROM unnest(CAST(:'names'
--        AS text[])) AS c
-- value: old_values
-- query: SELECT string_agg(format('OLD.%I', c), ', ') FROM unnest(CAST(:'names'
--        AS text[])) AS c
-- value: excluded
-- query: SELECT string_agg(format('EXCLUDED.%I', c), ', ')
--    FROM unnest(CAST(:'names' AS text[])) AS c
-- value: nulls
-- query: SELECT string_agg('NULL', ', ') FROM unnest(CAST(:'names' AS text[]))
--
-- value: definitions  the columns of the new table
-- query: SELECT string_agg(format('%I %s%s', attname,
--            format_type(atttypid, atttypmod),
--            CASE WHEN attcollation <> typcollation THEN
--                format(' COLLATE %s', attcollation::regcollation)
--            ELSE '' END), E',\n' ORDER BY place)
--    FROM unnest(CAST(:'keys' AS text[]) || CAST(:'names' AS text[]))
--        WITH ORDINALITY AS k (attname, place)
--    JOIN pg_attribute AS a USING (attname)
--    JOIN pg_type ON pg_type.oid = atttypid
--    WHERE attrelid = :'table'::regclass
-- value: adds      what adds the columns to the old one
-- query: SELECT 'ALTER TABLE ' || :'table' || E'\n'
--        || string_agg(format('    ADD COLUMN %I %s%s', attname,
--            format_type(atttypid, atttypmod),
--            CASE WHEN attcollation <> typcollation THEN
--                format(' COLLATE %s', attcollation::regcollation)
--            ELSE '' END), E',\n' ORDER BY attnum) || ';'
--    FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid
--    WHERE attrelid = :'table'::regclass AND attname = ANY (:'names')
-- value: drops     what drops them
-- query: SELECT 'ALTER TABLE ' || :'table' || E'\n'
--        || string_agg(format('    DROP COLUMN %I', c), E',\n') || ';'
--    FROM unnest(CAST(:'names' AS text[])) AS c
--
-- value: grants    what is granted on the old one, for the new one
-- query: SELECT concat_ws(E'\n',
--        (SELECT string_agg(format('GRANT %s ON %s TO %s%s;', privilege_type,
--                :'new_table', CASE grantee WHEN 0 THEN 'PUBLIC'
--                ELSE grantee::regrole::text END, CASE WHEN is_grantable
--                THEN ' WITH GRANT OPTION' ELSE '' END), E'\n'
--                ORDER BY grantee, privilege_type)
--         FROM pg_class, aclexplode(relacl)
--         WHERE pg_class.oid = :'table'::regclass AND grantee <> relowner
--             AND privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')),
--        (SELECT string_agg(format('GRANT %s (%I) ON %s TO %s%s;',
--                privilege_type, attname, :'new_table', CASE grantee
--                WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END,
--                CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END),
--                E'\n' ORDER BY attnum, grantee, privilege_type)
--         FROM pg_attribute, aclexplode(attacl)
--         WHERE attrelid = :'table'::regclass
--             AND attname = ANY (CAST(:'names' AS text[])
--                                || CAST(:'keys' AS text[]))))
--
-- value: carried   the indexes and constraints that can move, for all of their
--    columns do
-- query: SELECT coalesce(array_agg(objid), '{}')
--    FROM (SELECT classid, objid, array_agg(attname::text) AS columns
--          FROM pg_depend JOIN pg_attribute ON attrelid = refobjid
--              AND attnum = refobjsubid
--          WHERE refclassid = 'pg_class'::regclass
--              AND refobjid = :'table'::regclass
--          GROUP BY classid, objid) AS d
--    WHERE columns && CAST(:'names' AS text[])
--        AND columns <@ (CAST(:'names' AS text[]) || CAST(:'keys' AS text[]))
--        AND CASE classid WHEN 'pg_class'::regclass
--            THEN EXISTS (SELECT FROM pg_index WHERE indexrelid = objid)
--                AND NOT EXISTS (SELECT FROM pg_constraint
--                                WHERE conindid = objid)
--            WHEN 'pg_constraint'::regclass
--            THEN EXISTS (SELECT FROM pg_constraint WHERE oid = objid
--                    AND conrelid = :'table'::regclass
--                    AND contype IN ('c', 'f', 'u', 'x') AND 0 <> ALL (conkey))
--            END
-- value: carries   what makes these
-- query: SELECT concat_ws(E'\n',
--        (SELECT string_agg(format('ALTER TABLE %s ADD %s%s;', :'new_table',
--                CASE WHEN contype IN ('c', 'f')
--                THEN format('CONSTRAINT %I ', conname) END,
--                pg_get_constraintdef(oid)), E'\n' ORDER BY conname)
--         FROM pg_constraint WHERE oid = ANY (:'carried')),
--        (SELECT string_agg(format('CREATE %sINDEX ON %s%s;', is_unique,
--                :'new_table', substr(pg_get_indexdef(indexrelid), 1 +
--                length(format('CREATE %sINDEX %I ON %s', is_unique, relname,
--                              :'table')))), E'\n' ORDER BY relname)
--         FROM pg_index JOIN pg_class AS i ON i.oid = indexrelid,
--             LATERAL (SELECT CASE WHEN indisunique THEN 'UNIQUE ' END)
--                 AS u (is_unique)
--         WHERE indexrelid = ANY (:'carried')),
--        (SELECT string_agg(format('COMMENT ON COLUMN %s.%I IS %L;',
--                :'new_table', attname, description), E'\n' ORDER BY attnum)
--         FROM pg_description JOIN pg_attribute ON attrelid = objoid
--             AND attnum = objsubid
--         WHERE objoid = :'table'::regclass AND classoid = 'pg_class'::regclass
--             AND attname = ANY (:'names')))
--
-- value: restores  what is dropped with it, to be made again
-- query: WITH a AS (SELECT * FROM pg_attribute
--            WHERE attrelid = :'table'::regclass
--                AND attname = ANY (:'names'))
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
-- value: by_hand   what keeps it from being dropped, or is dropped with it
-- query: SELECT E'These depend on them, do not move, and need a look:\n'
--        || string_agg(DISTINCT '    ' || translate(CASE classid
--            WHEN 'pg_rewrite'::regclass THEN pg_describe_object(
--                'pg_class'::regclass, (SELECT ev_class FROM pg_rewrite
--                                       WHERE oid = d.objid), 0)
--            ELSE pg_describe_object(classid, objid, objsubid) END,
--            E'\r\n', '??'), E'\n')
--    FROM pg_depend AS d JOIN pg_attribute AS a ON a.attrelid = refobjid
--        AND a.attnum = refobjsubid
--    WHERE refclassid = 'pg_class'::regclass AND refobjid = :'table'::regclass
--        AND attname = ANY (:'names') AND deptype IN ('n', 'a')
--        AND objid <> ALL (:'carried')
--    HAVING count(*) > 0
--    UNION ALL SELECT '' LIMIT 1
-- default:

-- patch: start

-- From now on, what is written to columns :columns of :table is in table
-- :new_table as well, and the other way round. Before the job is done, a
-- row of the new table may not be there yet: INSERT ... ON CONFLICT DO UPDATE.
--
-- The old application locks the old row first, the new one the new row. If both
-- change the same one at the same moment, that is a deadlock, and one of them
-- has to try again.

BEGIN;
SELECT _v.register_patch(:'start', :requirements, NULL);

CREATE TABLE :new_table (
    :definitions,
    PRIMARY KEY (:key),
    FOREIGN KEY (:key) REFERENCES :table ON UPDATE CASCADE ON DELETE CASCADE
);
:carries
:grants

-- Each of the two writes only what is different, so they do not go on for ever.
-- They have the rights of their owner: not all who may write to the one table
-- may write to the other. What logical replication writes to one of the tables
-- is left alone: it should write the other one, too.
CREATE FUNCTION :function() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    IF current_setting('session_replication_role') = 'replica' AND
        EXISTS (SELECT FROM pg_stat_subscription WHERE pid = pg_backend_pid())
    THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF ROW(:new_values)::text = ROW(:old_values)::text THEN
            RETURN NULL;
        END IF;
    END IF;
    IF num_nonnulls(:new_values) > 0 THEN
        INSERT INTO :new_table AS n (:key, :columns)
        VALUES (:new_key, :new_values)
        ON CONFLICT (:key) DO UPDATE SET (:columns) = ROW(:excluded)
        WHERE ROW(:n_values)::text IS DISTINCT FROM ROW(:excluded)::text;
    ELSE
        UPDATE :new_table AS n SET (:columns) = ROW(:nulls)
         WHERE (:key) = (:new_key) AND num_nonnulls(:n_values) > 0;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION :back_function() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    IF current_setting('session_replication_role') = 'replica' AND
        EXISTS (SELECT FROM pg_stat_subscription WHERE pid = pg_backend_pid())
    THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' THEN
        UPDATE :table AS t SET (:columns) = ROW(:nulls)
         WHERE (:key) = (:old_key) AND num_nonnulls(:t_values) > 0;
    ELSE
        UPDATE :table AS t SET (:columns) = ROW(:new_values)
         WHERE (:key) = (:new_key)
           AND ROW(:t_values)::text IS DISTINCT FROM ROW(:new_values)::text;
    END IF;
    RETURN NULL;
END $$;

-- Else anyone could have a trigger of a table of their own call them.
REVOKE EXECUTE ON FUNCTION :function(), :back_function() FROM PUBLIC;

-- Whoever applies this may have more rights than the owner of the table, whose
-- triggers are fired by what the functions write.
DO $$
DECLARE
    owner regrole := (SELECT relowner FROM pg_class
                       WHERE oid = CAST(:'table' AS regclass));
BEGIN
    EXECUTE format('ALTER TABLE %s OWNER TO %s', :'new_table', owner);
    EXECUTE format('ALTER FUNCTION %s() OWNER TO %s', :'function', owner);
    EXECUTE format('ALTER FUNCTION %s() OWNER TO %s', :'back_function', owner);
END $$;

CREATE TRIGGER :trigger AFTER INSERT OR UPDATE ON :table
    FOR EACH ROW EXECUTE FUNCTION :function();
CREATE TRIGGER :trigger AFTER INSERT OR UPDATE OR DELETE ON :new_table
    FOR EACH ROW EXECUTE FUNCTION :back_function();
ALTER TABLE :table ENABLE ALWAYS TRIGGER :trigger;
ALTER TABLE :new_table ENABLE ALWAYS TRIGGER :trigger;

SELECT _v.register_job(:'name', :'table', $$
    INSERT INTO :new_table (:key, :columns)
    SELECT :key_of_t, :t_values
      FROM :table AS t JOIN batch AS b ON :match
     WHERE num_nonnulls(:t_values) > 0
    ON CONFLICT (:key) DO NOTHING $$,
    $$ SELECT count(*) FROM :table AS t LEFT JOIN :new_table AS n ON :same
        WHERE ROW(:t_values)::text IS DISTINCT FROM ROW(:n_values)::text $$);

COMMIT;

-- rollback: start

-- Columns :columns of :table have all that was written to the new table.

BEGIN;
SELECT _v.unregister_patch(:'start');

DROP TRIGGER :trigger ON :table;
DROP TABLE :new_table;
DROP FUNCTION :function();
DROP FUNCTION :back_function();

COMMIT;

-- patch: finish

-- No application uses columns :columns of :table any more.
-- :by_hand

BEGIN;
SELECT _v.register_patch(:'finish', :requirements, NULL);
SELECT _v.assert_job_is_done(:'name');

DROP TRIGGER :trigger ON :table;
DROP TRIGGER :trigger ON :new_table;
DROP FUNCTION :function();
DROP FUNCTION :back_function();
:drops

COMMIT;

-- rollback: finish

-- As it was between start and finish. The UPDATE writes all rows, and everyone
-- waits for it: with a large table, this is an outage.

BEGIN;
SELECT _v.unregister_patch(:'finish');

CREATE FUNCTION :function() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    IF current_setting('session_replication_role') = 'replica' AND
        EXISTS (SELECT FROM pg_stat_subscription WHERE pid = pg_backend_pid())
    THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF ROW(:new_values)::text = ROW(:old_values)::text THEN
            RETURN NULL;
        END IF;
    END IF;
    IF num_nonnulls(:new_values) > 0 THEN
        INSERT INTO :new_table AS n (:key, :columns)
        VALUES (:new_key, :new_values)
        ON CONFLICT (:key) DO UPDATE SET (:columns) = ROW(:excluded)
        WHERE ROW(:n_values)::text IS DISTINCT FROM ROW(:excluded)::text;
    ELSE
        UPDATE :new_table AS n SET (:columns) = ROW(:nulls)
         WHERE (:key) = (:new_key) AND num_nonnulls(:n_values) > 0;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION :back_function() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    IF current_setting('session_replication_role') = 'replica' AND
        EXISTS (SELECT FROM pg_stat_subscription WHERE pid = pg_backend_pid())
    THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' THEN
        UPDATE :table AS t SET (:columns) = ROW(:nulls)
         WHERE (:key) = (:old_key) AND num_nonnulls(:t_values) > 0;
    ELSE
        UPDATE :table AS t SET (:columns) = ROW(:new_values)
         WHERE (:key) = (:new_key)
           AND ROW(:t_values)::text IS DISTINCT FROM ROW(:new_values)::text;
    END IF;
    RETURN NULL;
END $$;

REVOKE EXECUTE ON FUNCTION :function(), :back_function() FROM PUBLIC;

DO $$
DECLARE
    owner regrole := (SELECT relowner FROM pg_class
                       WHERE oid = CAST(:'table' AS regclass));
BEGIN
    EXECUTE format('ALTER FUNCTION %s() OWNER TO %s', :'function', owner);
    EXECUTE format('ALTER FUNCTION %s() OWNER TO %s', :'back_function', owner);
END $$;

:adds
UPDATE :table AS t SET (:columns) = ROW(:n_values)
  FROM :new_table AS n WHERE :same;
:restores

CREATE TRIGGER :trigger AFTER INSERT OR UPDATE ON :table
    FOR EACH ROW EXECUTE FUNCTION :function();
CREATE TRIGGER :trigger AFTER INSERT OR UPDATE OR DELETE ON :new_table
    FOR EACH ROW EXECUTE FUNCTION :back_function();
ALTER TABLE :table ENABLE ALWAYS TRIGGER :trigger;
ALTER TABLE :new_table ENABLE ALWAYS TRIGGER :trigger;

COMMIT;
