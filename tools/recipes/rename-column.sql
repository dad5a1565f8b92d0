-- recipe: Give a column another name
--
-- Until the finish, the table has a column of each name, and a trigger that
-- keeps them in step. The finish drops the second one and renames the first: so
-- indexes, constraints, grants and everything else that the column has stay.
--
-- relation: table  the table
-- value: column    the column
-- value: new       its new name
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
--        WHEN a.attgenerated <> ''
--            THEN format('column "%s" is generated: add a second one that is '
--                        'generated in the same way instead', a.attname)
--        WHEN a.attnum = ANY (p.partattrs)
--            THEN format('column "%s" says which partition a row is in: no '
--                        'trigger can change it', a.attname)
--        WHEN n.attnum IS NOT NULL
--            THEN format('table %s has a column "%s" already', c.oid::regclass,
--                        n.attname) END
--    FROM pg_class AS c
--    LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
--        AND NOT a.attisdropped AND a.attname = :'column'
--    LEFT JOIN pg_attribute AS n ON n.attrelid = c.oid AND n.attname = :'new'
--    LEFT JOIN pg_partitioned_table AS p ON p.partrelid = c.oid
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
-- refuse: SELECT format('column "%s" is of a domain that is NOT NULL: no row '
--        'could be written without it', attname)
--    FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid
--    WHERE attrelid = :'table'::regclass AND typnotnull
--        AND attname IN (:'column') LIMIT 1
--
-- value: type      the type of the column; of a domain, the type below it, for
--    to add a column of a domain with constraints writes the whole table
-- query: WITH RECURSIVE b AS (
--            SELECT atttypid AS type, atttypmod AS modifier, attcollation
--            FROM pg_attribute
--            WHERE attrelid = :'table'::regclass AND attname = :'column'
--            UNION ALL
--            SELECT typbasetype, typtypmod, attcollation
--            FROM b JOIN pg_type ON pg_type.oid = type WHERE typtype = 'd')
--    SELECT format_type(type, modifier)
--            || CASE WHEN attcollation <> typcollation THEN
--                   format(' COLLATE %s', attcollation::regcollation)
--               ELSE '' END
--    FROM b JOIN pg_type ON pg_type.oid = type WHERE typtype <> 'd'
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

-- patch: start

-- From now on, column :new of :table is there beside :column: whatever is
-- written to one of the two is in the other as well. Applications that know the
-- new name can be started when the job is done.
--
-- If they search by it, it needs an index of its own until the finish:
-- CREATE INDEX CONCURRENTLY, in a patch between the two.

BEGIN;
SELECT _v.register_patch(:'start', :requirements, NULL);

CREATE FUNCTION :function() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Which of the two was written? If both were, the new one counts.
    IF TG_OP = 'INSERT' THEN
        IF NEW.:"new" IS NULL THEN
            NEW.:"new" := NEW.:"column";
        ELSE
            NEW.:"column" := NEW.:"new";
        END IF;
    ELSIF NEW.:"new"::text IS DISTINCT FROM OLD.:"new"::text THEN
        NEW.:"column" := NEW.:"new";
    ELSE
        NEW.:"new" := NEW.:"column";
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
    UPDATE :table AS t SET :"new" = t.:"column"
      FROM batch AS b
     WHERE :match
       AND t.:"new" IS NULL AND t.:"column" IS NOT NULL $$,
    $$ SELECT count(*) FROM :table
        WHERE :"new"::text IS DISTINCT FROM :"column"::text $$);

COMMIT;

-- rollback: start

-- Column :column of :table has all that was written to :new.

BEGIN;
SELECT _v.unregister_patch(:'start');

DROP TRIGGER :trigger ON :table;
DROP FUNCTION :function();
ALTER TABLE :table DROP COLUMN :"new";

COMMIT;

-- patch: finish

-- No application uses the old name any more. Column :column of :table has all
-- that was written to :new, so it is the one that stays, under the new name.

BEGIN;
SELECT _v.register_patch(:'finish', :requirements, NULL);
SELECT _v.assert_job_is_done(:'name');

DROP TRIGGER :trigger ON :table;
DROP FUNCTION :function();
ALTER TABLE :table DROP COLUMN :"new";
ALTER TABLE :table RENAME COLUMN :"column" TO :"new";

COMMIT;

-- rollback: finish

-- As it was between start and finish. The UPDATE writes all rows, and everyone
-- waits for it. If the start is taken back as well, it can be left out.

BEGIN;
SELECT _v.unregister_patch(:'finish');

CREATE FUNCTION :function() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Which of the two was written? If both were, the new one counts.
    IF TG_OP = 'INSERT' THEN
        IF NEW.:"new" IS NULL THEN
            NEW.:"new" := NEW.:"column";
        ELSE
            NEW.:"column" := NEW.:"new";
        END IF;
    ELSIF NEW.:"new"::text IS DISTINCT FROM OLD.:"new"::text THEN
        NEW.:"column" := NEW.:"new";
    ELSE
        NEW.:"new" := NEW.:"column";
    END IF;
    RETURN NEW;
END $$;

ALTER TABLE :table RENAME COLUMN :"new" TO :"column";
ALTER TABLE :table ADD COLUMN :"new" :type;
:grants

CREATE TRIGGER :trigger BEFORE INSERT OR UPDATE ON :table
    FOR EACH ROW EXECUTE FUNCTION :function();
ALTER TABLE :table ENABLE ALWAYS TRIGGER :trigger;

UPDATE :table SET :"new" = :"column";

COMMIT;
