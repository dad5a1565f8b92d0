-- recipe: Add a unique constraint to a table that has data
--
-- The index is built first, while others read and write.
--
-- relation: table  the table
-- value: column    its column, or columns with commas between
-- value: constraint  the name of the constraint
-- default: :name
--
-- refuse: SELECT format('table %s has no column "%s"', c.oid::regclass, w.name)
--    FROM pg_class AS c, regexp_matches(:'column',
--            '("(?:[^"]|"")+"|[^,"\s]+)', 'g') AS m,
--        LATERAL (SELECT (parse_ident(m[1]))[1]) AS w (name)
--    WHERE c.oid = :'table'::regclass AND w.name NOT IN (
--        SELECT attname FROM pg_attribute WHERE attrelid = c.oid
--            AND attnum > 0 AND NOT attisdropped) LIMIT 1
--
-- refuse: SELECT format('%s is partitioned: no index can be built '
--        'concurrently there', oid::regclass)
--    FROM pg_class WHERE oid = :'table'::regclass AND relkind = 'p'
--
-- value: drops     how the index is dropped
-- query: SELECT format('DROP INDEX CONCURRENTLY %I.%I;', nspname,
--                      :'constraint')
--    FROM pg_class JOIN pg_namespace AS n ON n.oid = relnamespace
--    WHERE pg_class.oid = :'table'::regclass
-- default: DROP INDEX CONCURRENTLY :"constraint";

-- patch: start
-- versioning: no-transaction

-- From now on, no two rows of :table can be written that are the same there. If
-- this fails, two rows that are there are: they must be mended first. The next
-- "versioning apply" drops what is left of the index, and builds it again.

SELECT _v.register_patch(:'start', :requirements, NULL);
CREATE UNIQUE INDEX CONCURRENTLY :"constraint" ON :table (:column);

-- rollback: start
-- versioning: no-transaction

SELECT _v.unregister_patch(:'start');
:drops

-- patch: finish

BEGIN;
SELECT _v.register_patch(:'finish', :requirements, NULL);

ALTER TABLE :table
    ADD CONSTRAINT :"constraint" UNIQUE USING INDEX :"constraint";

COMMIT;

-- rollback: finish

-- A constraint takes its index along. So the index is built anew, and nobody
-- can write meanwhile.

BEGIN;
SELECT _v.unregister_patch(:'finish');

ALTER TABLE :table DROP CONSTRAINT :"constraint";
CREATE UNIQUE INDEX :"constraint" ON :table (:column);

COMMIT;
