-- What depends on a column is dropped and restored in one transaction: what
-- counts as that, what becomes of it at savepoints, and what is said when a
-- definition does not fit any more.

BEGIN;
SELECT plan(73);

CREATE SCHEMA app;
SET LOCAL search_path = app, public;

-- What a statement raises.
CREATE FUNCTION raised(statement text, OUT state text,
                       OUT message text, OUT detail text, OUT hint text)
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE statement;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE,
        message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL,
        hint = PG_EXCEPTION_HINT;
END
$$;

-- What is dropped, in order
CREATE FUNCTION dropped(relation regclass, in_column text DEFAULT NULL)
RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(object_type || ' ' || identity, ', ')
      FROM _v.drop_dependents(relation, in_column)
$$;

CREATE TABLE t (id int PRIMARY KEY, a int DEFAULT 1 CHECK (a > 0), b int);
CREATE INDEX ON t (a);
CREATE STATISTICS s ON a, b FROM t;
CREATE TABLE u (id int REFERENCES t);
CREATE VIEW v AS SELECT a, b FROM t;
CREATE VIEW w AS SELECT a FROM v;

-- What counts

SELECT is(dropped('t', 'a'), 'view app.w, view app.v',
          'the deepest first; an index, a constraint, a default, and statistics are not in the way');
SELECT is(dropped('t', 'a'), NULL, 'what is dropped is gone');
SELECT lives_ok('ALTER TABLE t ALTER a TYPE bigint');
SELECT is(_v.restore_dependents(), 2, 'how many objects are restored');
SELECT col_type_is('app', 'w', 'a', 'bigint', 'as views of what is there now');
SELECT is(_v.restore_dependents(), 0, 'once');
SELECT is(dropped('t', 'id'), NULL, 'nor is a foreign key');
SELECT is(dropped('t'), 'view app.w, view app.v', 'a whole table');
SELECT is(_v.restore_dependents(), 2);
SELECT is(dropped('v'), 'view app.w', 'a view');
SELECT is(_v.restore_dependents(), 1);
SELECT is(dropped('u'), NULL, 'what nothing depends on');
SELECT lives_ok($$SELECT _v.restore_dependents()$$, 'and nothing to restore');

SELECT throws_ok($$SELECT _v.drop_dependents('t', 'nope')$$, '42703',
                 'column "nope" of relation app.t does not exist');
SELECT throws_ok($$SELECT _v.drop_dependents('nope', 'a')$$, '42P01');
SELECT throws_ok($$SELECT _v.drop_dependents(NULL)$$, '22004',
                 'the relation must not be null');

-- Savepoints

SAVEPOINT before_drop;
SELECT is(dropped('t', 'a'), 'view app.w, view app.v');
ROLLBACK TO before_drop;
SELECT is(_v.restore_dependents(), 0, 'a rollback restores, and forgets');
SELECT has_view('app', 'w', 'w is there');

SELECT is(dropped('t', 'a'), 'view app.w, view app.v');
SAVEPOINT before_restore;
SELECT is(_v.restore_dependents(), 2);
ROLLBACK TO before_restore;
SELECT is(_v.restore_dependents(), 2,
          'what was restored after the savepoint is to be restored again');
SELECT is(dropped('t', 'a'), 'view app.w, view app.v');
SAVEPOINT before_forget;
SELECT lives_ok($$SELECT _v.forget_dependents('app.v', 'view app.w')$$,
                'a name with its type, and without');
SELECT is(_v.restore_dependents(), 0, 'what is given up does not come back');
ROLLBACK TO before_forget;
SAVEPOINT released;
SELECT is(_v.restore_dependents(), 2);
RELEASE released;
SELECT is(_v.restore_dependents(), 0, 'a released savepoint is its parent''s');

-- Several at a time: those of b are on top of those of a

CREATE VIEW x AS SELECT v.a, t.b FROM v, t;
CREATE VIEW y AS SELECT b FROM t;
CREATE VIEW z AS SELECT x.b, y.b AS c FROM x, y;
SELECT is(dropped('v', 'a'), 'view app.z, view app.x, view app.w',
          'one column');
SELECT is(dropped('t', 'b'), 'view app.y, view app.v', 'and another one');
SELECT is(_v.restore_dependents(), 5, 'all are restored at once');
SELECT has_view('app', 'z', 'z is there');

-- What does not fit any more

SELECT is(dropped('t', 'b'),
          'view app.z, view app.x, view app.w, view app.y, view app.v');
ALTER TABLE t RENAME a TO amount;
SELECT matches(message,
               '^cannot restore view app.v: column "?(t\.)?a"? does not exist$',
               'the error says which object, and why')
  FROM raised('SELECT _v.restore_dependents()');
SELECT is(state, '42703', 'with its SQLSTATE')
  FROM raised('SELECT _v.restore_dependents()');
SELECT matches(hint, $$Perhaps you meant|SELECT _v.forget_dependents\('app.v'\)$$,
               'and what to do')
  FROM raised('SELECT _v.restore_dependents()');
SELECT throws_ok($$SELECT _v.forget_dependents('app.nope')$$, '42704',
                 '"app.nope" is not among the dependents that are still to be restored');
SELECT lives_ok($$SELECT _v.forget_dependents('app.v')$$);
CREATE VIEW v AS SELECT amount AS a, b FROM t;
SELECT is(_v.restore_dependents(), 4, 'the others come back on what was made');
SELECT throws_ok($$SELECT _v.forget_dependents('app.w')$$, '42704', NULL,
                 'what is restored is not to be given up');

-- The parts of what is given up

CREATE MATERIALIZED VIEW m AS SELECT b FROM t;
CREATE INDEX m_b ON m (b);
SELECT is(dropped('m', 'b'), NULL, 'an index is a part of what it is on');
SELECT matches(dropped('t', 'b'), 'index app.m_b, .*materialized view app.m');
SELECT lives_ok($$SELECT _v.forget_dependents('materialized view app.m')$$);
SELECT is(_v.restore_dependents(), 5, 'are given up, too');
SELECT hasnt_materialized_view('app', 'm', 'm is gone');

-- To replace what a function returns rows of

CREATE VIEW r AS SELECT 1 AS a;
CREATE FUNCTION rows_of_r() RETURNS SETOF r LANGUAGE sql AS 'TABLE app.r';
CREATE FUNCTION takes_r(r, r[]) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE VIEW of_rows AS SELECT a FROM rows_of_r();
CREATE TRIGGER own INSTEAD OF INSERT ON r FOR EACH ROW
    EXECUTE FUNCTION suppress_redundant_updates_trigger();
SELECT is(dropped('r'),
          'view app.of_rows, function app.takes_r(app.r,app.r[]), function app.rows_of_r()',
          'functions of the row type; what is the view''s own goes with it');
DROP VIEW r;
CREATE VIEW r AS SELECT 'new'::text AS a;
SELECT is(_v.restore_dependents(), 3);
SELECT is(a, 'new', 'they are of the new one') FROM of_rows;

-- What cannot be done is refused, and nothing is lost

CREATE TABLE holds (r r);
SELECT throws_ok('DROP VIEW r', '2BP01', NULL, 'data');
CREATE VIEW on_r AS SELECT a FROM r;
CREATE TABLE has_data (of_view on_r);
SELECT is(state, '2BP01', 'a column of the row type of a view')
  FROM raised($$SELECT _v.drop_dependents('r')$$);
SELECT has_view('app', 'on_r', 'on_r is there');
DROP TABLE has_data, holds;

CREATE VIEW circle AS SELECT b FROM t;
CREATE FUNCTION around() RETURNS bigint STABLE
    BEGIN ATOMIC SELECT count(*) FROM circle; END;
CREATE OR REPLACE VIEW circle AS SELECT b FROM t WHERE around() >= 0;
SELECT is(state, '2BP01', 'a circle')
  FROM raised($$SELECT _v.drop_dependents('t', 'b')$$);
SELECT is(hint, 'Drop by hand what depends on it, and create it again.',
          'PostgreSQL''s hint, CASCADE, is not for those who want it back')
  FROM raised($$SELECT _v.drop_dependents('t', 'b')$$);
ALTER EXTENSION versioning ADD VIEW circle;
SELECT is(concat_ws(' ', state, detail, hint), '0A000 It is a member of extension versioning. Take it out before, and put it in again after: ALTER EXTENSION versioning DROP VIEW app.circle;',
          'a member of an extension')
  FROM raised($$SELECT _v.drop_dependents('t', 'b')$$);
ALTER EXTENSION versioning DROP VIEW circle;
CREATE OR REPLACE VIEW circle AS SELECT b FROM t;
SELECT matches(dropped('t', 'b'), 'function app.around\(\), .*view app.circle');
SELECT lives_ok('SELECT _v.restore_dependents()', 'is not one any more');

CREATE TABLE p (a int, b int GENERATED ALWAYS AS (a) STORED, c int)
    PARTITION BY RANGE (c);
ALTER TABLE p ADD UNIQUE (b, c);
SELECT is(state, '0A000', 'a key of a partitioned table')
  FROM raised($$SELECT _v.drop_dependents('p', 'a')$$);
SELECT has_index('app', 'p', 'p_b_c_key', 'the key is there');

CREATE MATERIALIZED VIEW m AS SELECT b FROM t;
CREATE INDEX left_over ON m (b);
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'left_over'::regclass;
SELECT is(concat_ws(' ', state, detail, hint),
          '0A000 It is not valid. DROP INDEX app.left_over; or REINDEX it before.',
          'what CREATE INDEX CONCURRENTLY has left behind')
  FROM raised($$SELECT _v.drop_dependents('t', 'b')$$);
DROP MATERIALIZED VIEW m;

CREATE TABLE old_parent (a int, b int GENERATED ALWAYS AS (a) STORED);
CREATE TABLE old_child (b int) INHERITS (old_parent);
SELECT is(state || ' ' || detail,
          '0A000 It is inherited, and a column of its table as well.',
          'a column of a child that is its own, too')
  FROM raised($$SELECT _v.drop_dependents('old_parent', 'a')$$);
CREATE TABLE checked (a int, b int GENERATED ALWAYS AS (a) STORED,
                      CONSTRAINT positive CHECK (b > 0));
CREATE TABLE checks_too (CONSTRAINT positive CHECK (b > 0)) INHERITS (checked);
SELECT is(message, 'cannot drop constraint positive on table app.checks_too, because it could not be restored',
          'a constraint of a child that is its own, too')
  FROM raised($$SELECT _v.drop_dependents('checked', 'a')$$);

CREATE TABLE doubles (a int, b int GENERATED ALWAYS AS (a) STORED, c int)
    PARTITION BY RANGE (c);
SELECT current_setting('server_version_num')::int >= 160000 AS own_expressions,
       current_setting('server_version_num')::int >= 170000 AS set_expression,
       current_setting('server_version_num')::int >= 180000 AS not_null_names
       \gset
\if :own_expressions
CREATE TABLE doubles_1 PARTITION OF doubles
    (b GENERATED ALWAYS AS (a * 2) STORED) FOR VALUES FROM (0) TO (10);
SELECT is(state || ' ' || detail,
          '0A000 Its expression is not the one that it has inherited.',
          'a partition that computes something else')
  FROM raised($$SELECT _v.drop_dependents('doubles', 'a')$$);
DROP TABLE doubles_1;
\else
SELECT skip('all partitions compute the same here', 1);
\endif
CREATE TABLE doubles_2 PARTITION OF doubles FOR VALUES FROM (10) TO (20);
\if :set_expression
ALTER TABLE doubles_2 ALTER b SET EXPRESSION AS (a * 3);
SELECT is(state, '0A000', 'since later on')
  FROM raised($$SELECT _v.drop_dependents('doubles', 'a')$$);
ALTER TABLE doubles_2 ALTER b SET EXPRESSION AS (a);
\else
SELECT skip('no expression is altered here', 1);
\endif
SELECT is(dropped('doubles', 'a'),
          'table column app.doubles_2.b, table column app.doubles.b',
          'a partition that computes the same');
SELECT lives_ok('SELECT _v.restore_dependents()', 'can be restored');
\if :not_null_names
ALTER TABLE doubles ADD CONSTRAINT known NOT NULL b;
CREATE TABLE doubles_3 PARTITION OF doubles (CONSTRAINT "not unknown" NOT NULL
    b) FOR VALUES FROM (20) TO (30);
SELECT is(state || ' ' || detail,
          '0A000 Its NOT NULL has another name than the inherited one.',
          'a partition whose NOT NULL has a name of its own')
  FROM raised($$SELECT _v.drop_dependents('doubles', 'a')$$);
\else
SELECT skip('NOT NULL has no name here', 1);
\endif

-- Statements that were not written by drop_dependents

SELECT throws_ok($$SELECT _v.remember_dependent('view', 'v', NULL, NULL, '{0}', '{}', NULL)$$,
                 '22023', NULL, 'a role without a statement');
SELECT throws_ok($$SELECT _v.remember_dependent('view', 'v', NULL, NULL, '{0}', '{NULL}', NULL)$$,
                 '22004', NULL, 'no statement');
SELECT throws_ok($$SELECT _v.remember_dependent('view', 'v', NULL, NULL, NULL, '{x}', NULL)$$,
                 '22004', NULL, 'no role');
SELECT throws_ok($$SELECT _v.remember_dependent(NULL, 'v', NULL, NULL, '{0}', '{x}', NULL)$$,
                 '22023', NULL, 'no type');
SELECT throws_ok($$SELECT _v.forget_dependents(VARIADIC '{NULL}')$$, '22004',
                 NULL, 'no name');

-- Security labels, where there is somebody to check them

CREATE FUNCTION labels() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    LOAD 'dummy_seclabel';
    SECURITY LABEL FOR dummy ON VIEW app.v IS 'classified';
    SECURITY LABEL FOR dummy ON COLUMN app.v.a IS 'secret';
    RETURN true;
EXCEPTION
    WHEN undefined_file OR insufficient_privilege THEN
        RETURN false;
END
$$;
SELECT labels() AS labels \gset
\if :labels
SELECT matches(dropped('t', 'b'), 'view app.v');
SELECT lives_ok('SELECT _v.restore_dependents()');
SELECT is(string_agg(label, ' ' ORDER BY objsubid), 'classified secret')
  FROM pg_seclabel WHERE objoid = 'v'::regclass;
\else
SELECT skip('there is no dummy_seclabel here', 3);
\endif

SELECT * FROM finish();
ROLLBACK;
