CREATE TABLE there (a int PRIMARY KEY, b text);
CREATE MATERIALIZED VIEW seen AS SELECT 1 AS a;
CREATE UNIQUE INDEX ON seen (a);
CREATE EVENT TRIGGER versioning_guard ON ddl_command_end
    EXECUTE FUNCTION _v.require_patch();
\set VERBOSITY terse

-- Temporary objects come and go.
CREATE TEMPORARY TABLE temporary (a int PRIMARY KEY, b text);
CREATE INDEX ON temporary (b);
ALTER TABLE temporary ADD c int DEFAULT 1, ADD CHECK (c > 0);
ALTER TABLE temporary RENAME c TO d;
COMMENT ON TABLE temporary IS 'mine';
COMMENT ON COLUMN temporary.d IS 'mine';
COMMENT ON INDEX temporary_b_idx IS 'mine';
CREATE RULE r AS ON INSERT TO temporary DO ALSO NOTHING;
COMMENT ON RULE r ON temporary IS 'mine';
CREATE POLICY p ON temporary;
ALTER POLICY p ON temporary USING (true);
CREATE TRIGGER t BEFORE UPDATE ON temporary
    EXECUTE FUNCTION suppress_redundant_updates_trigger();
ALTER TRIGGER t ON temporary RENAME TO u;
GRANT SELECT ON temporary TO PUBLIC;
REVOKE SELECT ON temporary FROM PUBLIC;
CREATE STATISTICS pg_temp.s ON a, b FROM temporary;
CREATE TEMPORARY VIEW v AS SELECT * FROM temporary;
CREATE TEMPORARY SEQUENCE q;
GRANT USAGE ON SEQUENCE q TO PUBLIC;
CREATE TYPE pg_temp.kind AS ENUM ('a');
GRANT USAGE ON TYPE pg_temp.kind TO PUBLIC;
ALTER TYPE pg_temp.kind ADD VALUE 'b';
CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE TEMPORARY TABLE short ON COMMIT DROP AS SELECT 1 AS a;
SELECT 1 AS a INTO TEMPORARY into_temporary;
DROP RULE r ON temporary;
DROP POLICY p ON temporary;
DROP TRIGGER u ON temporary;
DROP STATISTICS pg_temp.s;
DROP VIEW v;
DROP SEQUENCE q;
DROP TYPE pg_temp.kind;
DROP FUNCTION pg_temp.f();
DROP INDEX temporary_b_idx;
GRANT SELECT ON ALL TABLES IN SCHEMA pg_temp TO PUBLIC;
DROP TABLE temporary, into_temporary;
BEGIN;
CREATE TEMPORARY TABLE temporary (a int);
SAVEPOINT s;
DROP TABLE temporary;
ROLLBACK TO s;
DROP TABLE temporary;
COMMIT;

-- But not what goes with them.
CREATE TEMPORARY TABLE temporary (a int);
CREATE FUNCTION uses(temporary) RETURNS int LANGUAGE sql AS 'SELECT 1'; -- fails
DROP TABLE temporary, there;                            -- fails
GRANT SELECT ON temporary, there TO PUBLIC;             -- fails
DROP TABLE temporary;

-- A permanent table behind a temporary one of the same name is not taken for
-- it, nor the other way round.
CREATE TEMPORARY TABLE there (a int);
DROP TABLE there;
CREATE TEMPORARY TABLE there (a int);
DROP TABLE public.there;                                -- fails
DROP TABLE there;

-- What does nothing changes nothing, also in a transaction that has written.
BEGIN;
INSERT INTO there VALUES (1);
CREATE TABLE IF NOT EXISTS there (a int);
CREATE TABLE IF NOT EXISTS there AS SELECT 1;
CREATE INDEX IF NOT EXISTS there_pkey ON there (a);
CREATE MATERIALIZED VIEW IF NOT EXISTS seen AS SELECT 1;
CREATE SCHEMA IF NOT EXISTS public;
CREATE EXTENSION IF NOT EXISTS versioning;
ALTER TABLE IF EXISTS nothing ADD b int;
ALTER TABLE IF EXISTS nothing RENAME TO other;
ALTER TABLE IF EXISTS nothing SET SCHEMA public;
DROP TABLE IF EXISTS nothing, nothing.nothing;
DROP FUNCTION IF EXISTS nothing(int), nothing.nothing(int);
DROP TYPE IF EXISTS nothing;
DROP DOMAIN IF EXISTS nothing;
DROP SCHEMA IF EXISTS nothing;
DROP EXTENSION IF EXISTS nothing;
DROP TRIGGER IF EXISTS nothing ON there;
DROP RULE IF EXISTS nothing ON nothing;
DROP POLICY IF EXISTS nothing ON there;
DROP AGGREGATE IF EXISTS nothing(int);
DROP OPERATOR IF EXISTS ====(int, int);
DROP OPERATOR CLASS IF EXISTS nothing USING btree;
DROP OPERATOR FAMILY IF EXISTS nothing USING btree;
DROP COLLATION IF EXISTS nothing;
DROP CONVERSION IF EXISTS nothing;
DROP LANGUAGE IF EXISTS nothing;
DROP FOREIGN DATA WRAPPER IF EXISTS nothing;
DROP SERVER IF EXISTS nothing;
DROP ACCESS METHOD IF EXISTS nothing;
DROP PUBLICATION IF EXISTS nothing;
DROP STATISTICS IF EXISTS nothing;
DROP TEXT SEARCH CONFIGURATION IF EXISTS nothing;
DROP TEXT SEARCH DICTIONARY IF EXISTS nothing;
DROP TEXT SEARCH PARSER IF EXISTS nothing;
DROP TEXT SEARCH TEMPLATE IF EXISTS nothing;
ROLLBACK;

-- Upkeep makes nothing new.
REFRESH MATERIALIZED VIEW seen;
REFRESH MATERIALIZED VIEW CONCURRENTLY seen;
REINDEX TABLE there;
REINDEX INDEX CONCURRENTLY there_pkey;
VACUUM there;
ANALYZE there;
CLUSTER there USING there_pkey;
TRUNCATE there;

-- A superuser may bypass it, and that is remembered.
BEGIN;
SET LOCAL versioning.bypass_guard = on;
CREATE TABLE by_hand (a int);
CREATE TEMPORARY TABLE temporary (a int);
DROP TABLE by_hand;
ALTER TABLE there ADD c int;
COMMIT;
ALTER TABLE there DROP c;                               -- fails
DO $$
BEGIN
    SET LOCAL versioning.bypass_guard = on;
    COMMENT ON TABLE there IS 'one'; COMMENT ON TABLE there IS 'two';
END
$$;
SELECT event, patch_name, requires, command FROM _v.history ORDER BY id;
BEGIN;
SET LOCAL versioning.bypass_guard = on;
CREATE FOREIGN DATA WRAPPER w OPTIONS (password 'secret');
CREATE SERVER far FOREIGN DATA WRAPPER w;
CREATE USER MAPPING FOR PUBLIC SERVER far OPTIONS (password 'secret');
CREATE FOREIGN TABLE away (a int) SERVER far OPTIONS (key 'secret');
COMMENT ON TABLE there IS 'three'\; CREATE ROLE regress_versioning_x PASSWORD 'secret';
CREATE PROCEDURE mk(secret text) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER USER MAPPING FOR PUBLIC SERVER far OPTIONS (SET password %L)', secret);
END
$$;
CALL mk('secret');
DO $$BEGIN EXECUTE 'COMMENT ON PROCEDURE mk IS ''secret'''; END$$;
GRANT SELECT ON there TO PUBLIC;
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC;
DROP FOREIGN TABLE IF EXISTS nothing, away;
DROP USER MAPPING FOR PUBLIC SERVER far;
SELECT command FROM _v.history WHERE event = 'guard bypassed'
 ORDER BY id OFFSET 4;
ROLLBACK;

-- In a patch there is nothing to bypass.
BEGIN;
SET LOCAL versioning.bypass_guard = on;
SELECT _v.register_patch('new');
CREATE TABLE new (a int);
SELECT event FROM _v.history ORDER BY id DESC LIMIT 1;
ROLLBACK;

-- Without the table, the bypass is not in the way of who repairs it.
SET versioning.bypass_guard = on;
ALTER TABLE _v.history RENAME TO past;
CREATE TABLE by_hand (a int);
ALTER TABLE _v.past RENAME TO history;
RESET versioning.bypass_guard;
SELECT to_regclass('by_hand') IS NOT NULL AS done;

-- Nobody else may.
CREATE ROLE regress_versioning_nobody;
SET ROLE regress_versioning_nobody;
SET versioning.bypass_guard = on;                       -- fails
CREATE TEMPORARY TABLE passing (a int);
DROP TABLE passing;
RESET ROLE;
DROP ROLE regress_versioning_nobody;

DROP EVENT TRIGGER versioning_guard;
DROP MATERIALIZED VIEW seen;
DROP TABLE there, by_hand;
DROP EXTENSION versioning;
CREATE EXTENSION versioning;
