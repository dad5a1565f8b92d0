-- recipe: Keep NULL out of a column that has data
--
-- From the start on, a trigger puts a value where an application writes NULL,
-- or nothing; a job does so in the rows that there are. Nobody waits while all
-- rows are read.
--
-- relation: table  the table
-- value: column    the column
-- value: value     what is to be there instead of NULL
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
--        WHEN a.attnotnull THEN format('column "%s" is NOT NULL already',
--            a.attname)
--        WHEN a.attgenerated <> '' THEN format('column "%s" is generated',
--            a.attname) END
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
-- refuse: SELECT format('column "%s" is generated when the trigger has been '
--        'fired: no value can be made of it', attname)
--    FROM pg_attribute WHERE attrelid = :'table'::regclass
--        AND attgenerated <> '' AND :'value'
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
-- value: constraint  what a constraint that is not valid yet says: from release
--    18 on that can be NOT NULL itself
-- query: SELECT CASE WHEN current_setting('server_version_num')::int < 180000
--            THEN format('CHECK (%I IS NOT NULL)', :'column')
--            ELSE format('NOT NULL %I', :'column') END
-- default: CHECK (:"column" IS NOT NULL)
-- value: name_of_constraint
-- query: SELECT CASE WHEN current_setting('server_version_num')::int < 180000
--            THEN :'trigger'
--            ELSE concat_ws('_', left(relname, 25), left(:'column', 25),
--                           'not_null') END
--    FROM pg_class WHERE oid = :'table'::regclass
-- default: :trigger
-- value: sets      how the constraint becomes NOT NULL, if it is not
-- query: SELECT CASE WHEN current_setting('server_version_num')::int < 180000
--        THEN format(E'ALTER TABLE %s ALTER COLUMN %I SET NOT NULL;\n'
--            'ALTER TABLE %s DROP CONSTRAINT %I;', :'table', :'column',
--            :'table', :'trigger') ELSE '' END
-- default: ALTER TABLE :table ALTER COLUMN :"column" SET NOT NULL;
--    ALTER TABLE :table DROP CONSTRAINT :trigger;
-- value: unsets
-- query: SELECT CASE WHEN current_setting('server_version_num')::int < 180000
--        THEN format(E'ALTER TABLE %s ADD CONSTRAINT %I '
--            'CHECK (%I IS NOT NULL);\n'
--            'ALTER TABLE %s ALTER COLUMN %I DROP NOT NULL;',
--            :'table', :'trigger', :'column', :'table', :'column') ELSE '' END
-- default: ALTER TABLE :table ADD CONSTRAINT :trigger
--    CHECK (:"column" IS NOT NULL);
--    ALTER TABLE :table ALTER COLUMN :"column" DROP NOT NULL;

-- patch: start

-- No row that is written from now on has NULL in :column.

BEGIN;
SELECT _v.register_patch(:'start', :requirements, NULL);

CREATE FUNCTION :function() RETURNS trigger LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    NEW.:"column" := (SELECT :value FROM (SELECT NEW.*) AS t);
    RETURN NEW;
END $$;

ALTER TABLE :table ADD CONSTRAINT :"name_of_constraint" :constraint NOT VALID;

-- Its name makes it the last one of its kind to be fired, so it sees what
-- others have made of the row. ALWAYS: for what replication writes, too.
CREATE TRIGGER :trigger BEFORE INSERT OR UPDATE ON :table
    FOR EACH ROW WHEN (NEW.:"column" IS NULL) EXECUTE FUNCTION :function();
ALTER TABLE :table ENABLE ALWAYS TRIGGER :trigger;

SELECT _v.register_job(:'name', :'table', $$
    UPDATE :table AS t SET :"column" = :value
     WHERE EXISTS (SELECT FROM batch AS b WHERE :match)
       AND :"column" IS NULL $$,
    $$ SELECT count(*) FROM :table WHERE :"column" IS NULL $$);

COMMIT;

-- rollback: start

-- What was written instead of NULL stays.

BEGIN;
SELECT _v.unregister_patch(:'start');

DROP TRIGGER :trigger ON :table;
DROP FUNCTION :function();
ALTER TABLE :table DROP CONSTRAINT :"name_of_constraint";

COMMIT;

-- patch: validated

-- All rows are read, while others read and write.

BEGIN;
SELECT _v.register_patch(:'validated', :requirements, NULL);
SELECT _v.assert_job_is_done(:'name');

ALTER TABLE :table VALIDATE CONSTRAINT :"name_of_constraint";

COMMIT;

-- rollback: validated

BEGIN;
SELECT _v.unregister_patch(:'validated');

ALTER TABLE :table DROP CONSTRAINT :"name_of_constraint";
ALTER TABLE :table ADD CONSTRAINT :"name_of_constraint" :constraint NOT VALID;

COMMIT;

-- patch: finish

-- An application that still writes NULL gets an error from now on. All rows are
-- known to be right, so they are not read.

BEGIN;
SELECT _v.register_patch(:'finish', :requirements, NULL);

DROP TRIGGER :trigger ON :table;
DROP FUNCTION :function();
:sets

COMMIT;

-- rollback: finish

-- As it was before the finish. Before release 18, all rows are read for that,
-- and everyone waits.

BEGIN;
SELECT _v.unregister_patch(:'finish');

CREATE FUNCTION :function() RETURNS trigger LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    NEW.:"column" := (SELECT :value FROM (SELECT NEW.*) AS t);
    RETURN NEW;
END $$;

:unsets
CREATE TRIGGER :trigger BEFORE INSERT OR UPDATE ON :table
    FOR EACH ROW WHEN (NEW.:"column" IS NULL) EXECUTE FUNCTION :function();
ALTER TABLE :table ENABLE ALWAYS TRIGGER :trigger;

COMMIT;
