-- recipe: Give a column another type
--
-- Until the finish, the table has a second column, with the new type, and a
-- trigger that keeps the two in step. The finish drops the first one and gives
-- the second one its name.
--
-- Neither conversion may fail for any value that there is, or comes to be.
--
-- relation: table  the table
-- value: column    the column
-- value: type      its new type
-- value: new       the name of the second column until the finish
-- default: new_:column
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
--        WHEN n.attnum IS NOT NULL
--            THEN format('table %s has a column "%s" already', c.oid::regclass,
--                        n.attname)
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
--                        'to: this recipe is for other columns', a.attname) END
--    FROM pg_class AS c
--    LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
--        AND NOT a.attisdropped AND a.attname = :'column'
--    LEFT JOIN pg_attribute AS n ON n.attrelid = c.oid AND n.attname = :'new'
--    LEFT JOIN pg_partitioned_table AS p ON p.partrelid = c.oid
--    WHERE c.oid = :'table'::regclass
--
-- refuse: SELECT format('type %s is a domain: adding a column of it can write '
--        'the whole table. The type below it is for this', oid::regtype)
--    FROM pg_type WHERE typtype = 'd' AND oid IN (to_regtype(:'type')) LIMIT 1
--
-- refuse: SELECT format('another recipe is at work on column "%s", by trigger '
--        '"%s": finish that first', w.name, tgname)
--    FROM unnest(ARRAY[:'column']) AS w (name),
--        pg_trigger JOIN pg_proc AS p ON p.oid = tgfoid
--    WHERE tgrelid = :'table'::regclass AND tgname LIKE 'zz\_%'
--        AND prosrc ~ format('NEW\.%s(\W|$)', regexp_replace(
--                quote_ident(w.name), '(\W)', '\\\1', 'g')) LIMIT 1
--
-- refuse: SELECT format('column "%s" is of a domain that is NOT NULL: no row '
--        'could be written without it', attname)
--    FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid
--    WHERE attrelid = :'table'::regclass AND typnotnull
--        AND attname IN (:'column') LIMIT 1
--
-- value: old_type  the type that it has
-- query: SELECT format_type(atttypid, atttypmod) FROM pg_attribute
--    WHERE attrelid = :'table'::regclass AND attname = :'column'
-- value: definition  the same with its collation
-- query: SELECT format_type(atttypid, atttypmod)
--            || CASE WHEN attcollation <> typcollation THEN
--                   format(' COLLATE %s', attcollation::regcollation)
--               ELSE '' END
--    FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid
--    WHERE attrelid = :'table'::regclass AND attname = :'column'
-- default: :old_type
--
-- value: forward   the new value, from the columns of the row
-- default: CAST(:"column" AS :type)
-- value: back      the old value, from the columns of the row
-- default: CAST(:"new" AS :old_type)
--
-- refuse: SELECT format('column "%s" is generated when the trigger has been '
--        'fired: no value can be made of it', attname)
--    FROM pg_attribute WHERE attrelid = :'table'::regclass
--        AND attgenerated <> '' AND concat_ws(' ', :'forward', :'back')
--            ~ format('(^|\W)%s(?!\w|\s*\()', regexp_replace(
--                quote_ident(attname), '(\W)', '\\\1', 'g')) LIMIT 1
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
-- value: grants    what is granted on the column
-- query: SELECT string_agg(format('GRANT %s (%I) ON %s TO %s%s;',
--                privilege_type, :'new', :'table', CASE grantee WHEN 0
--                THEN 'PUBLIC' ELSE grantee::regrole::text END,
--                CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END),
--                E'\n' ORDER BY grantee, privilege_type)
--    FROM pg_attribute, aclexplode(attacl)
--    WHERE attrelid = :'table'::regclass AND attname = :'column'
-- default:
--
-- value: not_null  what keeps NULL out of the second column
-- query: SELECT format('ALTER TABLE %s ADD CONSTRAINT %I '
--                      'CHECK (%I IS NOT NULL) NOT VALID;', :'table',
--                      :'trigger', :'new')
--    FROM pg_attribute WHERE attrelid = :'table'::regclass
--        AND attname = :'column' AND attnotnull
--    UNION ALL SELECT '' LIMIT 1
-- default:
--
-- value: new_default  the default of the new type; empty for none. If it is not
--    the old one converted by a cast, it has to be said
-- query: SELECT CASE WHEN adbin IS NULL THEN '' WHEN is_like
--            THEN pg_get_expr(adbin, adrelid)
--            ELSE format('CAST(%s AS %s)', pg_get_expr(adbin, adrelid),
--                        :'type') END
--    FROM pg_attribute LEFT JOIN pg_attrdef ON attrelid = adrelid
--            AND attnum = adnum,
--        LATERAL (SELECT count(DISTINCT typcategory) = 1 AS is_like
--                 FROM pg_type
--                 WHERE pg_type.oid IN (atttypid, to_regtype(:'type'))) AS t
--    WHERE attrelid = :'table'::regclass AND attname = :'column'
--        AND (adbin IS NULL
--             OR :'forward' = format('CAST(%I AS %s)', :'column', :'type'))
-- default:
--
-- value: carried   the indexes that the second column gets: not those with
--    expressions, collations or operator classes, those whose conditions read
--    it, nor those of a partitioned table, which need a look
-- query: SELECT coalesce(array_agg(indexrelid), '{}')
--    FROM pg_index JOIN pg_attribute ON attrelid = indrelid
--        AND attname = :'column'
--    WHERE indrelid = :'table'::regclass AND attnum = ANY (indkey)
--        AND indexprs IS NULL AND NOT indisexclusion
--        AND coalesce(indpred::text, '') !~ format('varattno %s ', attnum)
--        AND (SELECT relkind FROM pg_class WHERE oid = indrelid) = 'r'
--        AND pg_get_indexdef(indexrelid) !~ ' COLLATE '
--        AND (SELECT bool_and(opcdefault)
--             FROM pg_opclass WHERE oid = ANY (indclass))
-- default: {}
--
-- value: rebuilt   how those are made, each by its name
-- query: SELECT coalesce(json_object_agg(relname, format('%I ON %s USING %s '
--                '(%s)%s%s%s', left('new_' || relname, 63), :'table', amname,
--                keys, included, substring(split_part(
--                    pg_get_indexdef(indexrelid), ' WHERE ', 1) FROM
--                    '\)((?: NULLS NOT DISTINCT)?(?: WITH \([^()]*\))?)$'),
--                ' WHERE ' || pg_get_expr(indpred, indrelid))), '{}')
--    FROM pg_index
--    JOIN pg_class AS i ON i.oid = indexrelid
--    JOIN pg_am AS m ON m.oid = i.relam,
--    LATERAL (SELECT string_agg(name || CASE indoption[place - 1] & 3
--                    WHEN 1 THEN ' DESC NULLS LAST' WHEN 2 THEN ' NULLS FIRST'
--                    WHEN 3 THEN ' DESC' ELSE '' END, ', ' ORDER BY place)
--                    FILTER (WHERE place <= indnkeyatts) AS keys,
--                ' INCLUDE (' || string_agg(name, ', ' ORDER BY place)
--                    FILTER (WHERE place > indnkeyatts) || ')' AS included
--             FROM (SELECT place, quote_ident(CASE attname WHEN :'column'
--                          THEN :'new' ELSE attname END) AS name
--                   FROM unnest(indkey) WITH ORDINALITY AS k (attnum, place)
--                   JOIN pg_attribute AS a USING (attnum)
--                   WHERE attrelid = indrelid) AS k) AS k
--    WHERE indexrelid = ANY (:'carried')
-- default:
--
-- value: indexes   what makes them
-- query: SELECT string_agg(format('CREATE %sINDEX CONCURRENTLY %s;',
--                CASE WHEN indisunique THEN 'UNIQUE ' ELSE '' END,
--                CAST(:'rebuilt' AS json) ->> relname), E'\n'
--                ORDER BY relname)
--    FROM pg_index JOIN pg_class AS i ON i.oid = indexrelid
--    WHERE indexrelid = ANY (:'carried')
-- default:
--
-- value: constraints  the foreign keys and checks that fit the new type
-- query: SELECT coalesce(array_agg(oid), '{}') FROM pg_constraint,
--        LATERAL (SELECT attnum, (SELECT count(DISTINCT typcategory) = 1
--                                     AND min(typcategory) NOT IN ('A', 'U')
--                     FROM pg_type WHERE pg_type.oid IN (atttypid,
--                                                  to_regtype(:'type')))
--                 FROM pg_attribute WHERE attrelid = conrelid
--                     AND attname = :'column') AS a (attnum, is_like)
--    WHERE conrelid = :'table'::regclass AND contype IN ('c', 'f')
--        AND attnum = ANY (conkey) AND is_like
--        AND (contype = 'c' OR (SELECT relkind FROM pg_class
--                               WHERE oid = conrelid) = 'r')
-- default: {}
--
-- value: validates  what reads all rows for them
-- query: SELECT string_agg(format('ALTER TABLE %s VALIDATE CONSTRAINT %I;',
--                                 :'table', conname), E'\n' ORDER BY conname)
--    FROM pg_constraint WHERE oid = ANY (:'constraints') AND convalidated
-- default:
--
-- value: prepares  what is done before the finish, without a lock on writing
-- query: SELECT concat_ws(E'\n', nullif(:'indexes', ''),
--            CASE WHEN :'not_null' <> '' THEN
--                format('ALTER TABLE %s VALIDATE CONSTRAINT %I;', :'table',
--                       :'trigger') END)
-- default:
--
-- value: unprepares
-- query: SELECT concat_ws(E'\n', (SELECT string_agg(format('DROP INDEX '
--                'CONCURRENTLY %s%I;', left(:'function',
--                length(:'function') - length(:'trigger')),
--                left('new_' || relname, 63)), E'\n' ORDER BY relname)
--            FROM pg_class WHERE oid = ANY (:'carried')),
--            CASE WHEN :'not_null' <> '' THEN
--                format(E'ALTER TABLE %s DROP CONSTRAINT %I;\n', :'table',
--                       :'trigger') || :'not_null' END)
-- default:
--
-- value: owned     sequences that would be dropped with the column
-- query: SELECT string_agg(format('ALTER SEQUENCE %s OWNED BY %s.%I;',
--                          d.objid::regclass, :'table', :'new'), E'\n')
--    FROM pg_depend AS d JOIN pg_attribute AS a ON a.attrelid = d.refobjid
--        AND a.attnum = d.refobjsubid
--    WHERE classid = 'pg_class'::regclass AND refclassid = classid
--        AND deptype = 'a' AND refobjid = :'table'::regclass
--        AND attname = :'column'
--        AND (SELECT relkind FROM pg_class WHERE oid = d.objid) = 'S'
-- default:
--
-- value: finishes  what the column had, given to the second one
-- query: SELECT concat_ws(E'\n',
--        CASE WHEN :'not_null' <> '' THEN
--            format(E'ALTER TABLE %s ALTER COLUMN %I SET NOT NULL;\n'
--                   'ALTER TABLE %s DROP CONSTRAINT %I;', :'table', :'column',
--                   :'table', :'trigger') END,
--        CASE WHEN :'new_default' <> '' THEN
--            format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT %s;', :'table',
--                   :'column', :'new_default') END,
--        (SELECT string_agg(CASE WHEN conname IS NOT NULL THEN
--                    format('ALTER TABLE %s ADD CONSTRAINT %I UNIQUE USING '
--                           'INDEX %I%s;', :'table', conname,
--                           left('new_' || relname, 63),
--                           CASE WHEN condeferred
--                               THEN ' DEFERRABLE INITIALLY DEFERRED'
--                               WHEN condeferrable THEN ' DEFERRABLE'
--                               ELSE '' END)
--                    ELSE format('ALTER INDEX %s%I RENAME TO %I;',
--                         left(:'function',
--                              length(:'function') - length(:'trigger')),
--                         left('new_' || relname, 63), relname) END,
--                    E'\n' ORDER BY relname)
--         FROM pg_class AS i LEFT JOIN pg_constraint ON conindid = i.oid
--             AND conrelid = :'table'::regclass
--         WHERE i.oid = ANY (:'carried')),
--        (SELECT format('ALTER TABLE %s REPLICA IDENTITY USING INDEX %I;',
--                       :'table', relname)
--         FROM pg_index JOIN pg_class AS i ON i.oid = indexrelid
--         WHERE i.oid = ANY (:'carried') AND indisreplident),
--        (SELECT string_agg(format('ALTER TABLE %s ADD CONSTRAINT %I %s%s;',
--                :'table', conname, pg_get_constraintdef(oid),
--                CASE WHEN convalidated THEN ' NOT VALID' END), E'\n'
--                ORDER BY conname)
--         FROM pg_constraint WHERE oid = ANY (:'constraints')),
--        (SELECT format('COMMENT ON COLUMN %s.%I IS %L;', :'table', :'column',
--                       description)
--         FROM pg_description JOIN pg_attribute ON attrelid = objoid
--             AND attnum = objsubid
--         WHERE objoid = :'table'::regclass AND attname = :'column'
--             AND classoid = 'pg_class'::regclass))
-- default:
--
-- value: unfinishes
-- query: SELECT concat_ws(E'\n',
--        (SELECT format('ALTER TABLE %s REPLICA IDENTITY DEFAULT;', :'table')
--         FROM pg_index
--         WHERE indexrelid = ANY (:'carried') AND indisreplident),
--        CASE WHEN :'new_default' <> '' THEN
--            format('ALTER TABLE %s ALTER COLUMN %I DROP DEFAULT;', :'table',
--                   :'new') END,
--        CASE WHEN :'not_null' <> '' THEN
--            format(E'ALTER TABLE %s ADD CONSTRAINT %I CHECK (%I IS NOT NULL);'
--                   '\nALTER TABLE %s ALTER COLUMN %I DROP NOT NULL;',
--                   :'table', :'trigger', :'new', :'table', :'new') END,
--        (SELECT string_agg(format('ALTER TABLE %s DROP CONSTRAINT %I;',
--                :'table', conname), E'\n' ORDER BY conname)
--         FROM pg_constraint WHERE oid = ANY (:'constraints')),
--        (SELECT string_agg(CASE WHEN conname IS NOT NULL THEN
--                    format(E'ALTER TABLE %s DROP CONSTRAINT %I;\n'
--                           'CREATE UNIQUE INDEX %s;', :'table', conname,
--                           CAST(:'rebuilt' AS json) ->> relname)
--                    ELSE format('ALTER INDEX %s RENAME TO %I;',
--                         i.oid::regclass, left('new_' || relname, 63)) END,
--                    E'\n' ORDER BY relname)
--         FROM pg_class AS i LEFT JOIN pg_constraint ON conindid = i.oid
--             AND conrelid = :'table'::regclass
--         WHERE i.oid = ANY (:'carried')))
-- default:
--
-- value: unowned
-- query: SELECT replace(:'owned', format('.%I;', :'new'),
--                       format('.%I;', :'column'))
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
--        (SELECT format('ALTER TABLE %s REPLICA IDENTITY USING INDEX %I;',
--                       :'table', relname)
--         FROM pg_index JOIN pg_class AS i ON i.oid = indexrelid
--         WHERE i.oid = ANY (:'carried') AND indisreplident),
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
-- value: by_hand   what else depends on the column
-- query: SELECT E'These depend on the old column, and need a look. Between\n'
--        || '_v.drop_dependents() and _v.restore_dependents(), views can stay '
--        || E'as they are:\n'
--        || string_agg(DISTINCT '    ' || translate(CASE classid
--            WHEN 'pg_rewrite'::regclass THEN pg_describe_object(
--                'pg_class'::regclass, (SELECT ev_class FROM pg_rewrite
--                                       WHERE oid = d.objid), 0)
--            ELSE pg_describe_object(classid, objid, objsubid) END,
--            E'\r\n', '??'), E'\n')
--    FROM pg_depend AS d JOIN pg_attribute AS a ON a.attrelid = refobjid
--        AND a.attnum = refobjsubid
--    WHERE refclassid = 'pg_class'::regclass AND refobjid = :'table'::regclass
--        AND attname = :'column' AND deptype IN ('n', 'a')
--        AND NOT EXISTS (SELECT FROM pg_attrdef WHERE pg_attrdef.oid = objid
--                           AND adrelid = attrelid AND adnum = attnum)
--        AND objid <> ALL (:'carried') AND objid <> ALL (:'constraints')
--        AND NOT EXISTS (SELECT FROM pg_constraint WHERE oid = objid
--                           AND conindid = ANY (:'carried'))
--        AND NOT EXISTS (SELECT FROM pg_class WHERE oid = objid
--                           AND relkind = 'S')
--    HAVING count(*) > 0
--    UNION ALL SELECT '' LIMIT 1
-- default:

-- patch: start

-- From now on, column :new of :table is there beside :column, with the
-- new type: whatever is written to one of the two is in the other as well.

BEGIN;
SELECT _v.register_patch(:'start', :requirements, NULL);

CREATE FUNCTION :function() RETURNS trigger LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    is_written boolean;         -- the new one; if both are, it counts
BEGIN
    IF TG_OP = 'INSERT' THEN
        is_written := NEW.:"new" IS NOT NULL;
    ELSE
        is_written := NEW.:"new"::text IS DISTINCT FROM OLD.:"new"::text;
    END IF;

    IF NOT is_written THEN
        IF TG_OP = 'INSERT' OR NEW.:"new" IS NULL OR
            NEW.:"column"::text IS DISTINCT FROM OLD.:"column"::text
        THEN
            NEW.:"new" := (SELECT :forward FROM (SELECT NEW.*) AS t);
        END IF;

    -- The job, too, writes the new one: then the old one says the same.
    ELSIF NEW.:"new"::text IS DISTINCT FROM
        (SELECT CAST(:forward AS :type)::text FROM (SELECT NEW.*) AS t)
    THEN
        NEW.:"column" := (SELECT :back FROM (SELECT NEW.*) AS t);
    END IF;
    RETURN NEW;
END $$;

-- Without a default: the trigger could not tell it from what was written.
ALTER TABLE :table ADD COLUMN :"new" :type;
:not_null
:grants

-- Its name makes it the last one of its kind to be fired, so it sees what
-- others have made of the row. ALWAYS: for what replication writes, too.
CREATE TRIGGER :trigger BEFORE INSERT OR UPDATE ON :table
    FOR EACH ROW EXECUTE FUNCTION :function();
ALTER TABLE :table ENABLE ALWAYS TRIGGER :trigger;

SELECT _v.register_job(:'name', :'table', $$
    UPDATE :table AS t SET :"new" = :forward
     WHERE EXISTS (SELECT FROM batch AS b WHERE :match)
       AND :"new" IS NULL AND :"column" IS NOT NULL $$,
    $$ SELECT count(*) FROM :table
        WHERE :"new" IS NULL AND :forward IS NOT NULL $$);

COMMIT;

-- rollback: start

-- Column :column of :table has all that was written to :new.

BEGIN;
SELECT _v.unregister_patch(:'start');

DROP TRIGGER :trigger ON :table;
DROP FUNCTION :function();
ALTER TABLE :table DROP COLUMN :"new";

COMMIT;

-- patch: prepared if prepares
-- versioning: no-transaction
-- versioning: disable several-statements

-- What the finish needs and what takes long, while others read and write.

SELECT _v.register_patch(:'prepared', :requirements, NULL);
SELECT _v.assert_job_is_done(:'name');
:prepares

-- rollback: prepared if prepares
-- versioning: no-transaction
-- versioning: disable several-statements

SELECT _v.unregister_patch(:'prepared');
:unprepares

-- patch: finish

-- The second column takes the place of the first one, which is dropped.
-- :by_hand

BEGIN;
SELECT _v.register_patch(:'finish', :requirements, NULL);
SELECT _v.assert_job_is_done(:'name');

DROP TRIGGER :trigger ON :table;
DROP FUNCTION :function();
:owned
ALTER TABLE :table DROP COLUMN :"column";
ALTER TABLE :table RENAME COLUMN :"new" TO :"column";
:finishes

COMMIT;

-- rollback: finish

-- As it was between start and finish. The UPDATE writes all rows, indexes are
-- built, and everyone waits for it: with a large table, this is an outage.

BEGIN;
SELECT _v.unregister_patch(:'finish');

CREATE FUNCTION :function() RETURNS trigger LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    is_written boolean;         -- the new one; if both are, it counts
BEGIN
    IF TG_OP = 'INSERT' THEN
        is_written := NEW.:"new" IS NOT NULL;
    ELSE
        is_written := NEW.:"new"::text IS DISTINCT FROM OLD.:"new"::text;
    END IF;

    IF NOT is_written THEN
        IF TG_OP = 'INSERT' OR NEW.:"new" IS NULL OR
            NEW.:"column"::text IS DISTINCT FROM OLD.:"column"::text
        THEN
            NEW.:"new" := (SELECT :forward FROM (SELECT NEW.*) AS t);
        END IF;

    -- The job, too, writes the new one: then the old one says the same.
    ELSIF NEW.:"new"::text IS DISTINCT FROM
        (SELECT CAST(:forward AS :type)::text FROM (SELECT NEW.*) AS t)
    THEN
        NEW.:"column" := (SELECT :back FROM (SELECT NEW.*) AS t);
    END IF;
    RETURN NEW;
END $$;

ALTER TABLE :table RENAME COLUMN :"column" TO :"new";
:unfinishes
ALTER TABLE :table ADD COLUMN :"column" :definition;
:unowned

-- Without the trigger: it would take this for what was written.
UPDATE :table SET :"column" = :back;
:restores

CREATE TRIGGER :trigger BEFORE INSERT OR UPDATE ON :table
    FOR EACH ROW EXECUTE FUNCTION :function();
ALTER TABLE :table ENABLE ALWAYS TRIGGER :trigger;

COMMIT;

-- patch: validated if validates

-- What the finish has made NOT VALID. All rows are read, while others read and
-- write.

BEGIN;
SELECT _v.register_patch(:'validated', :requirements, NULL);

:validates

COMMIT;

-- rollback: validated if validates

-- What is known to be valid can stay so.

BEGIN;
SELECT _v.unregister_patch(:'validated');
COMMIT;
