-- recipe: Add a foreign key to a table that has data
--
-- The start keeps wrong rows from being written; the finish reads those that
-- there are, while others read and write.
--
-- relation: table  the table
-- value: column    its column, or columns with commas between
-- relation: referenced  the table that it refers to
-- value: constraint  the name of the foreign key
-- default: :name
-- value: key       the column, or columns, that it refers to
-- query: SELECT string_agg(quote_ident(attname), ', ' ORDER BY place)
--    FROM (SELECT * FROM pg_index WHERE indrelid = :'referenced'::regclass
--              AND indisprimary) AS i,
--         unnest(indkey) WITH ORDINALITY AS k (attnum, place)
--    JOIN pg_attribute AS a USING (attnum)
--    WHERE attrelid = :'referenced'::regclass
--    HAVING count(*) > 0
-- default: id
-- value: action    such as ON DELETE CASCADE
-- default:
--
-- refuse: SELECT format('table %s has no column "%s"', c.oid::regclass, w.name)
--    FROM pg_class AS c, regexp_matches(:'column',
--            '("(?:[^"]|"")+"|[^,"\s]+)', 'g') AS m,
--        LATERAL (SELECT (parse_ident(m[1]))[1]) AS w (name)
--    WHERE c.oid = :'table'::regclass AND w.name NOT IN (
--        SELECT attname FROM pg_attribute WHERE attrelid = c.oid
--            AND attnum > 0 AND NOT attisdropped) LIMIT 1
--
-- refuse: SELECT format('table %s has no column "%s"', c.oid::regclass, w.name)
--    FROM pg_class AS c, regexp_matches(:'key',
--            '("(?:[^"]|"")+"|[^,"\s]+)', 'g') AS m,
--        LATERAL (SELECT (parse_ident(m[1]))[1]) AS w (name)
--    WHERE c.oid = :'referenced'::regclass AND w.name NOT IN (
--        SELECT attname FROM pg_attribute WHERE attrelid = c.oid
--            AND attnum > 0 AND NOT attisdropped) LIMIT 1
--
-- refuse: SELECT format('%s is partitioned: before release 18, no foreign key '
--        'of it can be NOT VALID', oid::regclass)
--    FROM pg_class WHERE oid = :'table'::regclass AND relkind = 'p'
--        AND current_setting('server_version_num')::int < 180000

-- patch: start

-- Rows of :table that are written from now on must have theirs in :referenced,
-- and must have them as long as they are there. Both tables are locked against
-- writing for a moment.

BEGIN;
SELECT _v.register_patch(:'start', :requirements, NULL);

ALTER TABLE :table ADD CONSTRAINT :"constraint"
    FOREIGN KEY (:column) REFERENCES :referenced (:key)
    :action
    NOT VALID;

COMMIT;

-- rollback: start

BEGIN;
SELECT _v.unregister_patch(:'start');

ALTER TABLE :table DROP CONSTRAINT :"constraint";

COMMIT;

-- patch: finish

-- All rows are read, while others read and write. If this fails, there are rows
-- without theirs in :referenced, which must be mended first:
--
-- SELECT * FROM :table
--  WHERE (:column) NOT IN (SELECT :key FROM :referenced);

BEGIN;
SELECT _v.register_patch(:'finish', :requirements, NULL);

ALTER TABLE :table VALIDATE CONSTRAINT :"constraint";

COMMIT;

-- rollback: finish

BEGIN;
SELECT _v.unregister_patch(:'finish');

ALTER TABLE :table DROP CONSTRAINT :"constraint";
ALTER TABLE :table ADD CONSTRAINT :"constraint"
    FOREIGN KEY (:column) REFERENCES :referenced (:key)
    :action
    NOT VALID;

COMMIT;
