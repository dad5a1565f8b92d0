-- DDL statements of many kinds, each with the rows that it makes: views,
-- functions, operators, types, triggers, rules, policies.
\set VERBOSITY terse
\pset tuples_only on
\pset format unaligned
SELECT _v.register_patch('corpus_code');
SET client_min_messages = error;

-- Views and materialized views
CREATE TABLE t (a int, b text); SELECT attributed();
CREATE VIEW v AS SELECT a FROM t; SELECT attributed();
CREATE OR REPLACE VIEW v AS SELECT a, b FROM t; SELECT attributed();
CREATE OR REPLACE VIEW v2 AS SELECT * FROM v; SELECT attributed();
CREATE RECURSIVE VIEW numbers (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM numbers WHERE n < 9; SELECT attributed();
ALTER VIEW v ALTER a SET DEFAULT 1; SELECT attributed();
ALTER VIEW v SET (security_barrier = true); SELECT attributed();
ALTER VIEW v2 RENAME TO v3; SELECT attributed();
ALTER VIEW v3 SET SCHEMA corpus; SELECT attributed();
ALTER TABLE v RENAME COLUMN a TO aa; SELECT attributed();
CREATE MATERIALIZED VIEW m AS SELECT a FROM t; SELECT attributed();
CREATE MATERIALIZED VIEW IF NOT EXISTS m AS SELECT 1 AS x; SELECT nothing();
CREATE UNIQUE INDEX m_a ON m (a); SELECT attributed();
REFRESH MATERIALIZED VIEW CONCURRENTLY m; SELECT nothing();
ALTER MATERIALIZED VIEW m SET (fillfactor = 80); SELECT attributed();
ALTER MATERIALIZED VIEW m RENAME a TO aa; SELECT attributed();
ALTER MATERIALIZED VIEW m RENAME TO mm; SELECT attributed();
ALTER MATERIALIZED VIEW mm OWNER TO regress_versioning_owner; SELECT attributed();
DROP MATERIALIZED VIEW mm; SELECT attributed();
DROP VIEW v CASCADE; SELECT attributed();

-- Types, domains, enums, ranges
CREATE TYPE pair AS (x int, y int); SELECT attributed();
ALTER TYPE pair ADD ATTRIBUTE z int; SELECT attributed();
ALTER TYPE pair ALTER ATTRIBUTE z TYPE text; SELECT attributed();
ALTER TYPE pair RENAME ATTRIBUTE z TO zz; SELECT attributed();
ALTER TYPE pair DROP ATTRIBUTE zz; SELECT attributed();
CREATE TYPE mood AS ENUM ('sad', 'ok'); SELECT attributed();
ALTER TYPE mood ADD VALUE 'happy'; SELECT attributed();
ALTER TYPE mood RENAME VALUE 'ok' TO 'fine'; SELECT attributed();
CREATE TYPE span AS RANGE (subtype = int4); SELECT attributed();
CREATE TYPE base; SELECT attributed();
CREATE FUNCTION base_in(cstring) RETURNS base LANGUAGE internal STRICT IMMUTABLE AS 'int4in'; SELECT attributed();
CREATE FUNCTION base_out(base) RETURNS cstring LANGUAGE internal STRICT IMMUTABLE AS 'int4out'; SELECT attributed();
CREATE TYPE base (input = base_in, output = base_out, like = int4); SELECT attributed();
CREATE DOMAIN positive AS int CHECK (VALUE > 0); SELECT attributed();
ALTER DOMAIN positive SET NOT NULL; SELECT attributed();
ALTER DOMAIN positive SET DEFAULT 1; SELECT attributed();
ALTER DOMAIN positive ADD CONSTRAINT small CHECK (VALUE < 100) NOT VALID; SELECT attributed();
ALTER DOMAIN positive VALIDATE CONSTRAINT small; SELECT attributed();
ALTER DOMAIN positive RENAME CONSTRAINT small TO tiny; SELECT attributed();
ALTER DOMAIN positive DROP CONSTRAINT tiny; SELECT attributed();
ALTER DOMAIN positive RENAME TO natural_number; SELECT attributed();
ALTER DOMAIN natural_number SET SCHEMA corpus; SELECT attributed();
ALTER DOMAIN corpus.natural_number OWNER TO regress_versioning_owner; SELECT attributed();
DROP DOMAIN corpus.natural_number; SELECT attributed();

-- Functions, procedures, aggregates
CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'; SELECT attributed();
CREATE OR REPLACE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 2'; SELECT attributed();
CREATE OR REPLACE FUNCTION f(mood, pair[], VARIADIC text[]) RETURNS int LANGUAGE sql AS 'SELECT 3'; SELECT attributed();
ALTER FUNCTION f(int) IMMUTABLE; SELECT attributed();
ALTER FUNCTION f(int) SET search_path = pg_catalog; SELECT attributed();
ALTER FUNCTION f(int) OWNER TO regress_versioning_owner; SELECT attributed();
ALTER FUNCTION f(int) RENAME TO g; SELECT attributed();
ALTER FUNCTION g(int) SET SCHEMA corpus; SELECT attributed();
ALTER TYPE mood RENAME TO state_of_mind; SELECT attributed();
ALTER TYPE pair SET SCHEMA corpus; SELECT attributed();
CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1'; SELECT attributed();
ALTER PROCEDURE p() SECURITY DEFINER; SELECT attributed();
ALTER ROUTINE p() RENAME TO q; SELECT attributed();
DROP ROUTINE q(); SELECT attributed();
CREATE AGGREGATE total (int) (sfunc = int4pl, stype = int); SELECT attributed();
CREATE OR REPLACE AGGREGATE total (int) (sfunc = int4pl, stype = int, initcond = '0'); SELECT attributed();
ALTER AGGREGATE total(int) RENAME TO sum_up; SELECT attributed();
DROP AGGREGATE sum_up(int); SELECT attributed();

-- Operators and what belongs to them
CREATE OPERATOR === (leftarg = int, rightarg = int, function = int4eq); SELECT attributed();
ALTER OPERATOR === (int, int) SET (restrict = eqsel); SELECT attributed();
ALTER OPERATOR === (int, int) SET SCHEMA corpus; SELECT attributed();
CREATE OPERATOR FAMILY fam USING btree; SELECT attributed();
ALTER OPERATOR FAMILY fam USING btree ADD OPERATOR 1 < (int4, int2); SELECT attributed();
ALTER OPERATOR FAMILY fam USING btree DROP OPERATOR 1 (int4, int2); SELECT attributed();
CREATE OPERATOR CLASS cls FOR TYPE int USING btree FAMILY fam AS OPERATOR 1 <, FUNCTION 1 btint4cmp(int, int); SELECT attributed();
ALTER OPERATOR CLASS cls USING btree RENAME TO cls2; SELECT attributed();
ALTER OPERATOR FAMILY fam USING btree RENAME TO fam2; SELECT attributed();
DROP OPERATOR CLASS cls2 USING btree; SELECT attributed();
DROP OPERATOR FAMILY fam2 USING btree; SELECT attributed();
DROP OPERATOR corpus.=== (int, int); SELECT attributed();
CREATE CAST (state_of_mind AS int) WITH INOUT; SELECT attributed();
DROP CAST (state_of_mind AS int); SELECT attributed();

-- Triggers, rules, policies
CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; SELECT attributed();
CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION tf(); SELECT attributed();
CREATE CONSTRAINT TRIGGER ct AFTER INSERT ON t DEFERRABLE FOR EACH ROW EXECUTE FUNCTION tf(); SELECT attributed();
ALTER TRIGGER tr ON t RENAME TO tr2; SELECT attributed();
ALTER TABLE t DISABLE TRIGGER tr2; SELECT attributed();
ALTER TABLE t ENABLE ALWAYS TRIGGER ct; SELECT attributed();
DROP TRIGGER tr2 ON t; SELECT attributed();
CREATE RULE r AS ON INSERT TO t DO ALSO NOTIFY t; SELECT attributed();
CREATE OR REPLACE RULE r AS ON INSERT TO t DO ALSO NOTIFY other; SELECT attributed();
ALTER RULE r ON t RENAME TO r2; SELECT attributed();
ALTER TABLE t DISABLE RULE r2; SELECT attributed();
DROP RULE r2 ON t; SELECT attributed();
CREATE POLICY own ON t USING (b = current_user); SELECT attributed();
ALTER POLICY own ON t TO regress_versioning_owner; SELECT attributed();
ALTER POLICY own ON t RENAME TO mine; SELECT attributed();
ALTER TABLE t RENAME TO renamed; SELECT attributed();
DROP POLICY mine ON renamed; SELECT attributed();
DROP TABLE renamed; SELECT attributed();

-- The end of types
DROP FUNCTION corpus.g(int); SELECT attributed();
DROP TYPE state_of_mind CASCADE; SELECT attributed();
DROP TYPE base CASCADE; SELECT attributed();
DROP TYPE corpus.pair; SELECT attributed();
DROP FUNCTION tf(); SELECT attributed();
DROP VIEW numbers; SELECT attributed();
DROP TYPE span; SELECT attributed();
