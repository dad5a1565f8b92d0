CREATE TABLE there (a int PRIMARY KEY, b text);
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE TYPE kind AS (a int);
CREATE SCHEMA "a schema";
CREATE TABLE "a schema".other (a int);
CREATE INDEX other_a ON "a schema".other (a);
CREATE TABLE parted (a int) PARTITION BY LIST (a);
CREATE TABLE part PARTITION OF parted FOR VALUES IN (1);
SET client_min_messages = error;
CREATE PUBLICATION shown FOR TABLE there;
RESET client_min_messages;
CREATE FOREIGN DATA WRAPPER plain;
CREATE SERVER plain FOREIGN DATA WRAPPER plain;
CREATE SERVER pg_temp_1 FOREIGN DATA WRAPPER plain;
CREATE LANGUAGE pg_temp_1 HANDLER plpgsql_call_handler;
CREATE ACCESS METHOD pg_temp_1 TYPE INDEX HANDLER bthandler;
CREATE ROLE regress_versioning_owner;

-- A change outside a patch is refused, and says how a patch begins.
CREATE EVENT TRIGGER versioning_guard ON ddl_command_end
    EXECUTE FUNCTION _v.require_patch();
\set VERBOSITY default
CREATE TABLE new (a int);                               -- fails
\set VERBOSITY terse
DO $$
BEGIN
    CREATE TABLE new (a int);
EXCEPTION WHEN SQLSTATE 'VP001' THEN
    RAISE NOTICE 'handled: % %', SQLSTATE, SQLERRM;
END
$$;
SELECT to_regclass('new') IS NULL AS refused;

-- Whatever it changes, and however it is run.
CREATE TABLE "a schema"."A table" AS SELECT 1 AS a;     -- fails
SELECT 1 AS a INTO new;                                 -- fails
CREATE VIEW new AS SELECT 1 AS a;                       -- fails
CREATE INDEX ON there (b);                              -- fails
CREATE FUNCTION new(text, int) RETURNS int LANGUAGE sql AS 'SELECT 1'; -- fails
CREATE FUNCTION trg() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN RETURN NEW; END';                            -- fails
CREATE SCHEMA new CREATE TABLE t (a int);               -- fails
CREATE RULE r AS ON INSERT TO there DO ALSO NOTHING;    -- fails
CREATE POLICY p ON there;                               -- fails
CREATE STATISTICS s ON a, b FROM there;                 -- fails
ALTER TABLE there ADD c int;                            -- fails
ALTER TABLE there RENAME TO here;                       -- fails
ALTER TABLE there SET SCHEMA "a schema";                -- fails
ALTER TABLE there OWNER TO regress_versioning_owner;    -- fails
ALTER TYPE kind RENAME ATTRIBUTE a TO b;                -- fails
COMMENT ON COLUMN there.a IS 'a';                       -- fails
GRANT SELECT ON there TO PUBLIC;                        -- fails
-- Which of them comes first is not said.
\set VERBOSITY sqlstate
GRANT SELECT ON ALL TABLES IN SCHEMA public TO PUBLIC; -- fails
\set VERBOSITY terse
REVOKE EXECUTE ON FUNCTION f() FROM PUBLIC;             -- fails
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC; -- fails
ALTER PUBLICATION shown DROP TABLE there;               -- fails
DO $$BEGIN EXECUTE 'CREATE DOMAIN new AS text'; END$$;  -- fails
PREPARE ctas AS SELECT 1 AS a;
CREATE TABLE new AS EXECUTE ctas;                       -- fails
BEGIN;
SAVEPOINT s;
CREATE TABLE new (a int);                               -- fails
ROLLBACK TO s;
SELECT to_regclass('new') IS NULL AS refused;
COMMIT;

-- What is dropped is known, too.
DROP TABLE there;                                       -- fails
DROP TABLE IF EXISTS nothing, there;                    -- fails
DROP FUNCTION f();                                      -- fails
DROP TYPE kind;                                         -- fails
DROP SCHEMA "a schema" CASCADE;                         -- fails
DROP PUBLICATION shown;                                 -- fails
DROP INDEX there_pkey;                                  -- fails
DROP OWNED BY regress_versioning_owner;
SELECT to_regclass('there'), to_regprocedure('f()'), to_regtype('kind');

-- A name alone makes nothing temporary.
SET client_min_messages = error;
CREATE PUBLICATION pg_temp FOR TABLE there;             -- fails
CREATE FOREIGN DATA WRAPPER pg_toast_1;                 -- fails
CREATE SERVER pg_temp FOREIGN DATA WRAPPER plain;       -- fails
ALTER SERVER plain RENAME TO pg_temp_plain;             -- fails
COMMENT ON SERVER "pg_temp_1" IS 'x';                   -- fails
GRANT USAGE ON FOREIGN SERVER "pg_temp_1" TO PUBLIC;    -- fails
ALTER SERVER "pg_temp_1" VERSION '2';                   -- fails
CREATE USER MAPPING FOR PUBLIC SERVER "pg_temp_1";      -- fails
ALTER SERVER "pg_temp_1" RENAME TO plain_2;             -- fails
DROP SERVER "pg_temp_1";                                -- fails
CREATE LANGUAGE pg_temp HANDLER plpgsql_call_handler;   -- fails
COMMENT ON LANGUAGE "pg_temp_1" IS 'x';                 -- fails
CREATE ACCESS METHOD pg_toast TYPE INDEX HANDLER bthandler; -- fails
CREATE OPERATOR FAMILY f USING pg_temp_1;               -- fails
CREATE SUBSCRIPTION pg_temp CONNECTION '' PUBLICATION p WITH (connect = false); -- fails
CREATE TABLE pg_temp_1 (pg_temp int);                   -- fails
COMMENT ON COLUMN there.a IS 'pg_temp';                 -- fails
RESET client_min_messages;

-- In a patch all of it is well, and after it is taken back.
BEGIN;
SELECT _v.register_patch('new');
CREATE TABLE new (a int);
ALTER TABLE there ADD c int;
DROP FUNCTION f();
COMMIT;
CREATE TABLE other (a int);                             -- fails
BEGIN;
SELECT _v.unregister_patch('new');
DROP TABLE new;
ALTER TABLE there DROP c;
COMMIT;
BEGIN;
SAVEPOINT s;
SELECT _v.register_patch('new');
ROLLBACK TO s;
CREATE TABLE new (a int);                               -- fails
ROLLBACK;

-- So it is without a transaction block, in the session that has registered it.
SELECT _v.register_patch('index');
CREATE INDEX CONCURRENTLY there_b ON there (b);
DROP INDEX CONCURRENTLY there_b;
CREATE INDEX CONCURRENTLY there_b ON there (b);
DISCARD ALL;
CREATE TABLE new (a int);                               -- fails

-- At its end such a command cannot be undone any more. A second event trigger
-- refuses it before.
\set VERBOSITY default
DROP INDEX CONCURRENTLY there_b;                        -- fails
\set VERBOSITY terse
CREATE EVENT TRIGGER versioning_guard_start ON ddl_command_start
    EXECUTE FUNCTION _v.require_patch();
CREATE INDEX CONCURRENTLY there_b2 ON there (b);        -- fails
SELECT to_regclass('there_b2') IS NULL AS refused;
DROP INDEX CONCURRENTLY there_pkey;                     -- fails
DROP INDEX CONCURRENTLY IF EXISTS nothing;

-- But not if IF [NOT] EXISTS asks it to do nothing.
CREATE INDEX CONCURRENTLY IF NOT EXISTS there_pkey ON there (b);
CREATE INDEX CONCURRENTLY IF NOT EXISTS there ON there (b);
CREATE INDEX CONCURRENTLY IF NOT EXISTS there_pkey ON "a schema".other (a); -- fails
CREATE INDEX CONCURRENTLY IF NOT EXISTS other_a ON "a schema".other (a);
SET search_path = "a schema";
CREATE INDEX CONCURRENTLY IF NOT EXISTS there_pkey ON public.there (b);
CREATE INDEX CONCURRENTLY IF NOT EXISTS other_a ON public.there (b); -- fails
RESET search_path;
CREATE INDEX CONCURRENTLY IF NOT EXISTS new ON nothing (b); -- fails
DROP INDEX CONCURRENTLY IF EXISTS nothing.nothing;
DROP SUBSCRIPTION IF EXISTS nothing;
ALTER TABLE IF EXISTS nothing DETACH PARTITION there CONCURRENTLY;
ALTER TABLE parted DETACH PARTITION part CONCURRENTLY;  -- fails

CREATE TABLE new (a int);                               -- fails
CREATE TEMPORARY TABLE passing (a int);
CREATE INDEX CONCURRENTLY passing_a ON passing (a);
DROP INDEX CONCURRENTLY passing_a;
DROP TABLE passing;
DROP EVENT TRIGGER versioning_guard_start;

-- A guard of some commands looks at no other.
DROP EVENT TRIGGER versioning_guard;
CREATE EVENT TRIGGER versioning_guard ON ddl_command_end
    WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION _v.require_patch();
CREATE VIEW seen AS SELECT 1 AS a;
DROP VIEW seen;
CREATE TABLE new (a int);                               -- fails

-- For the weeks before, it can warn.
DROP EVENT TRIGGER versioning_guard;
CREATE EVENT TRIGGER versioning_guard ON ddl_command_end
    EXECUTE FUNCTION _v.warn_without_patch();
CREATE EVENT TRIGGER versioning_guard_start ON ddl_command_start
    EXECUTE FUNCTION _v.warn_without_patch();
\set VERBOSITY default
CREATE TABLE new (a int);
\set VERBOSITY terse
CREATE INDEX CONCURRENTLY new_a ON new (a);
DROP TABLE new;
CREATE TEMPORARY TABLE passing (a int);
DROP TABLE passing;
BEGIN;
SELECT _v.register_patch('silence');
CREATE TABLE new (a int);
ROLLBACK;

-- On any other event they guard nothing, and say so.
DROP EVENT TRIGGER versioning_guard;
CREATE EVENT TRIGGER versioning_guard ON sql_drop
    EXECUTE FUNCTION _v.require_patch();
DROP TYPE kind;
SELECT _v.require_patch();                              -- fails

-- The extension does not go away under its guard by mistake.
DROP EXTENSION versioning;                              -- fails
DROP EVENT TRIGGER versioning_guard;
DROP EVENT TRIGGER versioning_guard_start;
CREATE EVENT TRIGGER versioning_guard ON ddl_command_end
    EXECUTE FUNCTION _v.require_patch();
ALTER EXTENSION versioning UPDATE;
DROP EXTENSION versioning CASCADE;
DROP TABLE there, parted, "a schema".other;
DROP SCHEMA "a schema";
DROP PUBLICATION shown;
DROP FOREIGN DATA WRAPPER plain CASCADE;
DROP LANGUAGE pg_temp_1;
DROP ACCESS METHOD pg_temp_1;
DROP ROLE regress_versioning_owner;
CREATE EXTENSION versioning;
