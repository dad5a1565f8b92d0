-- DDL statements of many kinds, each with the rows that it makes: sequences,
-- schemas, extensions, foreign data, publications, text search, comments and
-- grants.
\set VERBOSITY terse
\pset tuples_only on
\pset format unaligned
SELECT _v.register_patch('corpus_others');
SET client_min_messages = error;

-- Sequences
CREATE TABLE t (a int, b text); SELECT attributed();
CREATE SEQUENCE s; SELECT attributed();
CREATE SEQUENCE IF NOT EXISTS s; SELECT nothing();
ALTER SEQUENCE s INCREMENT 2 OWNED BY t.a; SELECT attributed();
ALTER SEQUENCE s OWNER TO CURRENT_USER; SELECT attributed();
ALTER SEQUENCE s RENAME TO s2; SELECT attributed();
ALTER TABLE t SET SCHEMA corpus; SELECT attributed();
DROP SEQUENCE corpus.s2; SELECT attributed();

-- Schemas
CREATE SCHEMA one; SELECT attributed();
CREATE SCHEMA IF NOT EXISTS one; SELECT nothing();
CREATE SCHEMA two CREATE TABLE a (x int PRIMARY KEY) CREATE VIEW b AS SELECT x FROM a CREATE INDEX ON a ((x + 1)) GRANT SELECT ON a TO PUBLIC; SELECT attributed();
CREATE SCHEMA AUTHORIZATION regress_versioning_owner; SELECT attributed();
ALTER SCHEMA one RENAME TO three; SELECT attributed();
CREATE FUNCTION f(two.a) RETURNS int LANGUAGE sql AS 'SELECT 1'; SELECT attributed();
ALTER SCHEMA two RENAME TO "Two"; SELECT attributed();
ALTER SCHEMA three OWNER TO regress_versioning_owner; SELECT attributed();
DROP SCHEMA three; SELECT attributed();
DROP SCHEMA "Two" CASCADE; SELECT attributed();

-- Extensions: their members are not objects of ours
CREATE EXTENSION hstore SCHEMA corpus; SELECT attributed();
CREATE EXTENSION IF NOT EXISTS hstore; SELECT nothing();
ALTER EXTENSION hstore SET SCHEMA public; SELECT attributed();
CREATE TABLE with_hstore (a int, h hstore); SELECT attributed();
CREATE FUNCTION takes_hstore(hstore) RETURNS int LANGUAGE sql AS 'SELECT 1'; SELECT attributed();
ALTER EXTENSION hstore SET SCHEMA corpus; SELECT attributed();
ALTER EXTENSION hstore ADD TABLE with_hstore; SELECT attributed();
ALTER EXTENSION hstore DROP TABLE with_hstore; SELECT attributed();
DROP EXTENSION hstore CASCADE; SELECT attributed();
CREATE EXTENSION earthdistance CASCADE; SELECT attributed();
DROP EXTENSION cube CASCADE; SELECT attributed();

-- Foreign data
CREATE FOREIGN DATA WRAPPER w; SELECT attributed();
ALTER FOREIGN DATA WRAPPER w OPTIONS (a '1'); SELECT attributed();
CREATE SERVER far FOREIGN DATA WRAPPER w; SELECT attributed();
ALTER SERVER far VERSION '2'; SELECT attributed();
CREATE USER MAPPING FOR CURRENT_USER SERVER far; SELECT attributed();
ALTER USER MAPPING FOR CURRENT_USER SERVER far OPTIONS (a '1'); SELECT attributed();
CREATE FOREIGN TABLE ft (a int, b text) SERVER far; SELECT attributed();
ALTER FOREIGN TABLE ft ADD COLUMN c int; SELECT attributed();
ALTER FOREIGN TABLE ft ALTER c OPTIONS (x 'y'); SELECT attributed();
ALTER FOREIGN TABLE ft RENAME c TO d; SELECT attributed();
ALTER FOREIGN TABLE ft RENAME TO ft2; SELECT attributed();
ALTER SERVER far RENAME TO near; SELECT attributed();
DROP FOREIGN TABLE ft2; SELECT attributed();
DROP USER MAPPING FOR CURRENT_USER SERVER near; SELECT attributed();
ALTER FOREIGN DATA WRAPPER w RENAME TO w2; SELECT attributed();
DROP FOREIGN DATA WRAPPER w2 CASCADE; SELECT attributed();

-- Publications and subscriptions
CREATE PUBLICATION pub FOR TABLE corpus.t; SELECT attributed();
CREATE TABLE also (a int PRIMARY KEY); SELECT attributed();
ALTER PUBLICATION pub ADD TABLE also; SELECT attributed();
ALTER PUBLICATION pub SET (publish = 'insert'); SELECT attributed();
ALTER PUBLICATION pub RENAME TO pub2; SELECT attributed();
ALTER PUBLICATION pub2 DROP TABLE corpus.t; SELECT attributed();
DROP PUBLICATION pub2; SELECT attributed();
CREATE SUBSCRIPTION sub CONNECTION 'dbname=nowhere' PUBLICATION pub WITH (connect = false); SELECT attributed();
ALTER SUBSCRIPTION sub SET (slot_name = NONE); SELECT attributed();
ALTER SUBSCRIPTION sub RENAME TO sub2; SELECT attributed();
DROP SUBSCRIPTION sub2; SELECT attributed();

-- Statistics, text search, collations, conversions, languages, methods
CREATE STATISTICS st ON a, b FROM corpus.t; SELECT attributed();
ALTER STATISTICS st SET STATISTICS 100; SELECT attributed();
ALTER STATISTICS st RENAME TO st2; SELECT attributed();
DROP STATISTICS st2; SELECT attributed();
CREATE TEXT SEARCH DICTIONARY dict (template = simple); SELECT attributed();
ALTER TEXT SEARCH DICTIONARY dict (accept = false); SELECT attributed();
CREATE TEXT SEARCH CONFIGURATION conf (copy = simple); SELECT attributed();
ALTER TEXT SEARCH CONFIGURATION conf ALTER MAPPING FOR word WITH dict; SELECT attributed();
ALTER TEXT SEARCH CONFIGURATION conf RENAME TO conf2; SELECT attributed();
DROP TEXT SEARCH CONFIGURATION conf2; SELECT attributed();
DROP TEXT SEARCH DICTIONARY dict; SELECT attributed();
CREATE TEXT SEARCH TEMPLATE tmpl (lexize = dsimple_lexize); SELECT attributed();
DROP TEXT SEARCH TEMPLATE tmpl; SELECT attributed();
CREATE TEXT SEARCH PARSER pars (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype); SELECT attributed();
DROP TEXT SEARCH PARSER pars; SELECT attributed();
CREATE COLLATION coll FROM "C"; SELECT attributed();
ALTER COLLATION coll RENAME TO coll2; SELECT attributed();
DROP COLLATION coll2; SELECT attributed();
CREATE CONVERSION conv FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8; SELECT attributed();
ALTER CONVERSION conv SET SCHEMA corpus; SELECT attributed();
DROP CONVERSION corpus.conv; SELECT attributed();
CREATE LANGUAGE lang HANDLER plpgsql_call_handler; SELECT attributed();
CREATE OR REPLACE LANGUAGE lang HANDLER plpgsql_call_handler; SELECT attributed();
ALTER LANGUAGE lang RENAME TO lang2; SELECT attributed();
DROP LANGUAGE lang2; SELECT attributed();
CREATE ACCESS METHOD heap2 TYPE TABLE HANDLER heap_tableam_handler; SELECT attributed();
DROP ACCESS METHOD heap2; SELECT attributed();

-- Comments
COMMENT ON TABLE corpus.t IS 'a table'; SELECT attributed();
COMMENT ON COLUMN corpus.t.a IS 'a column'; SELECT attributed();
COMMENT ON SCHEMA corpus IS 'a schema'; SELECT attributed();
COMMENT ON CONSTRAINT also_pkey ON also IS 'a constraint'; SELECT attributed();
COMMENT ON FUNCTION pg_catalog.now() IS NULL; SELECT attributed();

-- Privileges
GRANT SELECT, UPDATE (a, b) ON corpus.t TO regress_versioning_owner; SELECT attributed();
REVOKE UPDATE (a) ON corpus.t FROM regress_versioning_owner; SELECT attributed();
GRANT INSERT ON ALL TABLES IN SCHEMA corpus TO regress_versioning_owner; SELECT attributed();
GRANT USAGE ON SCHEMA corpus TO regress_versioning_owner; SELECT attributed();
CREATE FUNCTION g() RETURNS int LANGUAGE sql AS 'SELECT 1'; SELECT attributed();
REVOKE EXECUTE ON FUNCTION g() FROM PUBLIC; SELECT attributed();
GRANT USAGE ON LANGUAGE plpgsql TO regress_versioning_owner; SELECT attributed();
CREATE TYPE ty AS ENUM ('a'); SELECT attributed();
GRANT USAGE ON TYPE ty TO regress_versioning_owner; SELECT attributed();
ALTER DEFAULT PRIVILEGES IN SCHEMA corpus GRANT SELECT ON TABLES TO PUBLIC; SELECT attributed();
ALTER DEFAULT PRIVILEGES IN SCHEMA corpus GRANT INSERT ON TABLES TO PUBLIC; SELECT attributed();
ALTER DEFAULT PRIVILEGES IN SCHEMA corpus REVOKE ALL ON TABLES FROM PUBLIC; SELECT attributed();
ALTER DEFAULT PRIVILEGES FOR ROLE regress_versioning_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC; SELECT attributed();
ALTER TABLE also OWNER TO regress_versioning_owner; SELECT attributed();
DROP OWNED BY regress_versioning_owner; SELECT attributed();

DROP TABLE with_hstore, corpus.t; SELECT attributed();
DROP TYPE ty; SELECT attributed();
DROP FUNCTION g(); SELECT attributed();
