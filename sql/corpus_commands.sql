-- DDL statements of many kinds, each with the rows that it makes: those that
-- come from within others, those that change nothing, and those of which no
-- event trigger is told.
\set VERBOSITY terse
\pset tuples_only on
\pset format unaligned
SELECT _v.register_patch('corpus_commands');
SET client_min_messages = error;

-- Tables from queries
CREATE TABLE ctas AS SELECT 1 AS a, 'x' AS b; SELECT attributed();
CREATE TABLE ctas2 (x, y) AS SELECT * FROM ctas WITH NO DATA; SELECT attributed();
SELECT a INTO selected FROM ctas; SELECT attributed();
PREPARE q AS SELECT 1 AS one; SELECT nothing();
CREATE TABLE executed AS EXECUTE q; SELECT attributed();

-- From within others
DO $$BEGIN CREATE TABLE in_do (a int); ALTER TABLE in_do ADD b int; END$$; SELECT attributed();
CREATE FUNCTION make(name text) RETURNS void LANGUAGE plpgsql AS $$BEGIN EXECUTE format('CREATE TABLE %I (a int)', name); END$$; SELECT attributed();
SELECT make('by_function'); SELECT attributed();
CREATE PROCEDURE make_two() LANGUAGE plpgsql AS $$BEGIN CREATE TABLE one (a int); COMMIT; CREATE TABLE two (a int); END$$; SELECT attributed();
CALL make_two(); SELECT attributed();
CREATE FUNCTION definer() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = corpus AS 'CREATE TABLE by_definer (a int)'; SELECT attributed();
SELECT definer(); SELECT attributed();
DO $$BEGIN BEGIN CREATE TABLE undone (a int); RAISE EXCEPTION 'no'; EXCEPTION WHEN raise_exception THEN CREATE TABLE done (a int); END; END$$; SELECT attributed();
BEGIN; SAVEPOINT s; CREATE TABLE undone (a int); ROLLBACK TO s; COMMIT; SELECT nothing();
BEGIN; CREATE TABLE undone (a int); ROLLBACK; SELECT nothing();
BEGIN; CREATE TABLE twice (a int); ALTER TABLE twice RENAME TO once; COMMIT; SELECT attributed();
CREATE TABLE made_and_dropped (a int)\; DROP TABLE made_and_dropped; SELECT attributed();
EXPLAIN (COSTS OFF) CREATE TABLE explained AS SELECT 1; SELECT nothing();

-- What was there
CREATE TABLE IF NOT EXISTS ctas (a int); SELECT nothing();
CREATE TABLE IF NOT EXISTS ctas AS SELECT 1; SELECT nothing();
CREATE TABLE IF NOT EXISTS fresh (a int); SELECT attributed();
CREATE INDEX IF NOT EXISTS fresh_a ON fresh (a); SELECT attributed();
CREATE INDEX IF NOT EXISTS fresh_a ON fresh (a); SELECT nothing();
ALTER TABLE fresh ADD COLUMN IF NOT EXISTS a int; SELECT nothing();
ALTER TABLE fresh ADD COLUMN IF NOT EXISTS b int; SELECT attributed();
ALTER TABLE fresh ADD COLUMN IF NOT EXISTS b int, ADD COLUMN c int; SELECT attributed();
ALTER TABLE fresh DROP COLUMN IF EXISTS z; SELECT nothing();
ALTER TABLE IF EXISTS nowhere ADD COLUMN a int; SELECT nothing();
DROP VIEW IF EXISTS nowhere; SELECT nothing();
DROP FUNCTION IF EXISTS nowhere(int); SELECT nothing();

-- Temporary objects
CREATE TEMPORARY TABLE tmp (id serial PRIMARY KEY, a int CHECK (a > 0)); SELECT nothing();
CREATE TEMPORARY TABLE tmp2 ON COMMIT DROP AS SELECT 1; SELECT nothing();
SELECT 1 AS a INTO TEMPORARY tmp3; SELECT nothing();
CREATE INDEX ON tmp (a); SELECT nothing();
ALTER TABLE tmp ADD COLUMN b int REFERENCES tmp; SELECT nothing();
ALTER TABLE tmp RENAME b TO c; SELECT nothing();
CREATE TRIGGER tr AFTER INSERT ON tmp FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger(); SELECT nothing();
COMMENT ON COLUMN tmp.a IS 'x'; SELECT nothing();
GRANT SELECT (a), INSERT ON tmp TO PUBLIC; SELECT nothing();
CREATE VIEW on_tmp AS SELECT a FROM tmp; SELECT nothing();
CREATE RULE r AS ON DELETE TO tmp DO ALSO NOTIFY x; SELECT nothing();
CREATE POLICY p ON tmp; SELECT nothing();
ALTER TABLE tmp RENAME TO renamed_tmp; SELECT nothing();
CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS 'SELECT 1'; SELECT nothing();
CREATE TYPE pg_temp.pair AS (a int); SELECT nothing();
DROP TABLE tmp2, renamed_tmp CASCADE; SELECT failed();
DROP TRIGGER tr ON renamed_tmp; SELECT nothing();
DROP TABLE renamed_tmp CASCADE; SELECT nothing();

-- What no definition is changed by
TRUNCATE ctas; SELECT nothing();
VACUUM ctas; SELECT nothing();
ANALYZE ctas; SELECT nothing();
SET search_path = public; SELECT nothing();
DISCARD PLANS; SELECT nothing();
INSERT INTO ctas VALUES (1); SELECT nothing();

-- DROP ... CASCADE, and DROP OWNED
CREATE SCHEMA doomed; SELECT attributed();
CREATE TABLE doomed.parent (id int PRIMARY KEY); SELECT attributed();
CREATE TABLE outside (id int REFERENCES doomed.parent); SELECT attributed();
CREATE VIEW outer_view AS SELECT * FROM doomed.parent; SELECT attributed();
CREATE DOMAIN doomed.d AS int CHECK (VALUE > 0); SELECT attributed();
CREATE TABLE with_domain (a int, d doomed.d); SELECT attributed();
DROP SCHEMA doomed CASCADE; SELECT attributed();

-- Of these no event trigger is told: most are about objects that databases
-- share, or event triggers themselves.
DO $$BEGIN EXECUTE 'EXPLAIN ANALYZE CREATE TABLE explained AS SELECT 1'; END$$; SELECT lost();
CREATE ROLE regress_versioning_lost; SELECT lost();
ALTER ROLE regress_versioning_lost NOLOGIN; SELECT lost();
GRANT regress_versioning_owner TO regress_versioning_lost; SELECT lost();
COMMENT ON ROLE regress_versioning_lost IS 'x'; SELECT lost();
GRANT CREATE ON DATABASE :DBNAME TO regress_versioning_lost; SELECT lost();
REVOKE CREATE ON DATABASE :DBNAME FROM regress_versioning_lost; SELECT lost();
ALTER DATABASE :DBNAME SET work_mem = '5MB'; SELECT lost();
ALTER DATABASE :DBNAME RESET work_mem; SELECT lost();
COMMENT ON DATABASE :DBNAME IS 'x'; SELECT lost();
COMMENT ON DATABASE :DBNAME IS NULL; SELECT lost();
ALTER ROLE regress_versioning_lost IN DATABASE :DBNAME SET work_mem = '5MB'; SELECT lost();
CREATE EVENT TRIGGER lost ON table_rewrite EXECUTE FUNCTION _v.record_changes(); SELECT lost();
DROP EVENT TRIGGER lost; SELECT lost();
ALTER EVENT TRIGGER versioning_drops ENABLE REPLICA; SELECT lost();
ALTER EVENT TRIGGER versioning_drops ENABLE; SELECT lost();
COMMENT ON EVENT TRIGGER versioning_drops IS 'x'; SELECT lost();
SELECT lo_create(4711); SELECT lost();
GRANT SELECT ON LARGE OBJECT 4711 TO PUBLIC; SELECT attributed();
COMMENT ON LARGE OBJECT 4711 IS 'x'; SELECT attributed();
SELECT lo_unlink(4711); SELECT lost();
CREATE TABLE given (a int); SELECT attributed();
ALTER TABLE given OWNER TO regress_versioning_lost; SELECT attributed();
REASSIGN OWNED BY regress_versioning_lost TO CURRENT_USER; SELECT lost();
DROP ROLE regress_versioning_lost; SELECT lost();

DROP TABLE by_function, corpus.by_definer, ctas, ctas2, done, executed, explained, fresh, given, in_do, once, one, outside, selected, two, with_domain; SELECT attributed();
DROP FUNCTION make(text), definer(); SELECT attributed();
DROP PROCEDURE make_two(); SELECT attributed();
