-- An event trigger that comes before the recorder, and changes what a command
-- has just made: each object has one life, which begins with its creation.

BEGIN;
SELECT plan(34);

CREATE SCHEMA nested;
SET LOCAL search_path = nested, public;
SET LOCAL test.commands = '{}';

-- Runs the next one of the commands in the setting, in which each of them is
-- run by the event that the one before it has caused.
CREATE FUNCTION runs_another() RETURNS event_trigger LANGUAGE plpgsql AS $$
DECLARE
    commands text[] := current_setting('test.commands')::text[];
BEGIN
    IF commands <> '{}' THEN
        PERFORM set_config('test.commands', commands[2:]::text, true);
        EXECUTE commands[1];
    END IF;
END
$$;
CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql
    AS 'BEGIN RETURN NULL; END';
CREATE SCHEMA elsewhere;
CREATE EVENT TRIGGER a_first_one ON ddl_command_end
    EXECUTE FUNCTION runs_another();
CREATE EVENT TRIGGER versioning_changes ON ddl_command_end
    EXECUTE FUNCTION _v.record_changes();
CREATE EVENT TRIGGER versioning_drops ON sql_drop
    EXECUTE FUNCTION _v.record_changes();

-- The life of what has this identity now
CREATE FUNCTION pg_temp.life(type text, identity text) RETURNS text
LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', c.command_tag, c.action, c.identity,
                                'from ' || c.previous_identity),
                      ', ' ORDER BY c.id)
      FROM _v.changes AS c
     WHERE first_id = (SELECT first_id FROM _v.changes AS l
                        WHERE l.object_type = $1 AND l.identity = $2
                        ORDER BY id DESC LIMIT 1)
$$;

-- A new table

SET LOCAL test.commands = '{ALTER TABLE altered ADD b int}';
CREATE TABLE altered (a int PRIMARY KEY CHECK (a > 0));
SELECT is(pg_temp.life('table', 'nested.altered'),
          'CREATE TABLE created nested.altered, ALTER TABLE altered nested.altered',
          'is altered');
SELECT is(pg_temp.life('table column', 'nested.altered.b'),
          'ALTER TABLE created nested.altered.b', 'a column that was added');
SELECT is(count(*), 3::bigint, 'its index and constraints come once')
  FROM _v.changes WHERE identity ~ 'altered_' AND action = 'created';

SET LOCAL test.commands = '{ALTER TABLE renamed RENAME TO other}';
CREATE TABLE renamed (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
SELECT is(pg_temp.life('table', 'nested.other'),
          'CREATE TABLE created nested.renamed, ALTER TABLE renamed nested.other from nested.renamed',
          'is renamed');
SELECT is(array_agg(action || ' ' || identity),
          '{created nested.renamed,renamed nested.other}', 'blame knows it')
  FROM _v.blame('other');
SELECT is(array_agg(identity ORDER BY identity COLLATE "C"),
          '{nested.renamed_id_seq,nested.renamed_pkey,renamed_pkey on nested.other}',
          'with its sequence, index, and constraint')
  FROM _v.changes AS c
 WHERE identity ~ 'renamed_' AND action = 'created' AND id = first_id;

SET LOCAL test.commands = '{ALTER TABLE moved SET SCHEMA elsewhere}';
CREATE TABLE moved (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                    a int CHECK (a > 0) REFERENCES moved);
SELECT is(pg_temp.life('table', 'elsewhere.moved'),
          'CREATE TABLE created nested.moved, ALTER TABLE moved elsewhere.moved from nested.moved',
          'is moved');
SELECT is(schema_name, 'nested', 'from the schema that it was made in')
  FROM _v.changes WHERE identity = 'nested.moved';
SELECT is(array_agg(identity ORDER BY identity COLLATE "C"),
          '{elsewhere.moved_id_seq,elsewhere.moved_pkey,moved_a_check on elsewhere.moved,moved_a_fkey on elsewhere.moved,moved_pkey on elsewhere.moved}',
          'with all that it has')
  FROM _v.changes WHERE identity ~ 'moved_' AND action = 'created';

SET LOCAL test.commands = '{COMMENT ON TABLE noted IS ''x''}';
CREATE TABLE noted AS SELECT 1 AS a;
SELECT is(pg_temp.life('table', 'nested.noted'),
          'CREATE TABLE AS created nested.noted, COMMENT altered nested.noted',
          'is commented on');

SET LOCAL test.commands = '{GRANT SELECT ON granted TO PUBLIC}';
CREATE TABLE granted (a int);
SELECT is(pg_temp.life('table', 'nested.granted'),
          'CREATE TABLE created nested.granted, GRANT altered nested.granted',
          'is granted');

SET LOCAL test.commands = '{CREATE INDEX ON indexed (a)}';
CREATE TABLE indexed (a int);
SELECT is(pg_temp.life('index', 'nested.indexed_a_idx'),
          'CREATE INDEX created nested.indexed_a_idx', 'gets an index');

SET LOCAL test.commands = '{COMMENT ON COLUMN columns.a IS ''x''}';
CREATE TABLE columns (a int);
SELECT is(array_agg(command_tag || ' ' || action),
          '{CREATE TABLE created,COMMENT altered}', 'a column of it is noted')
  FROM _v.blame('columns.a');

SET LOCAL test.commands = '{ALTER TABLE parts RENAME a TO b}';
CREATE TABLE parts (a int, c int);
SELECT is(array_agg(concat_ws(' ', action, identity, previous_identity)),
          '{created nested.parts,renamed nested.parts.b nested.parts.a}',
          'or renamed')
  FROM _v.blame('parts.b');
SELECT is(columns, '{a,c}', 'and its creation has the name that it had then')
  FROM _v.changes WHERE identity = 'nested.parts' AND action = 'created';

SET LOCAL test.commands = '{ALTER TABLE fewer DROP b}';
CREATE TABLE fewer (a int, b int);
SELECT is(array_agg(command_tag || ' ' || action),
          '{CREATE TABLE created,ALTER TABLE dropped}', 'or dropped')
  FROM _v.blame('fewer.b');

SET LOCAL test.commands = '{ALTER TABLE checked RENAME CONSTRAINT c TO d}';
CREATE TABLE checked (a int CONSTRAINT c CHECK (a > 0));
SELECT is(pg_temp.life('table constraint', 'd on nested.checked'),
          'CREATE TABLE created c on nested.checked, ALTER TABLE renamed d on nested.checked from c on nested.checked',
          'a constraint of it is renamed');

SET LOCAL test.commands = '{ALTER SEQUENCE numbered_id_seq RENAME TO numbers}';
CREATE TABLE numbered (id int GENERATED ALWAYS AS IDENTITY);
SELECT is(pg_temp.life('sequence', 'nested.numbers'),
          'CREATE SEQUENCE created nested.numbered_id_seq, ALTER SEQUENCE renamed nested.numbers from nested.numbered_id_seq',
          'its sequence is renamed');

-- Two and three deep

SET LOCAL test.commands = '{ALTER TABLE two ADD b int, ALTER TABLE two RENAME TO two_deep}';
CREATE TABLE two (a int PRIMARY KEY);
SELECT is(pg_temp.life('table', 'nested.two_deep'),
          'CREATE TABLE created nested.two, ALTER TABLE renamed nested.two_deep from nested.two, ALTER TABLE altered nested.two_deep',
          'a rename in an alteration');
SELECT is(pg_temp.life('table constraint', 'two_pkey on nested.two_deep'),
          'ALTER TABLE created two_pkey on nested.two_deep', 'its constraint');

SET LOCAL test.commands = '{ALTER TABLE three RENAME TO a_name_that_is_longer, ALTER TABLE a_name_that_is_longer RENAME TO x, COMMENT ON TABLE x IS ''x''}';
CREATE TABLE three (a int);
SELECT is(pg_temp.life('table', 'nested.x'),
          'CREATE TABLE created nested.three, COMMENT altered nested.x, ALTER TABLE renamed nested.x from nested.a_name_that_is_longer, ALTER TABLE renamed nested.x from nested.three',
          'a rename in a rename');
ALTER TABLE x RENAME TO y;
SELECT is(count(*), 1::bigint, 'which is the same life later')
  FROM _v.changes WHERE identity = 'nested.y' AND previous_identity = 'nested.x'
   AND first_id = (SELECT id FROM _v.changes WHERE identity = 'nested.three');

-- What is rolled back is not recorded, and loses nothing.

SET LOCAL test.commands = $${"DO 'BEGIN ALTER TABLE back RENAME TO lost; RAISE division_by_zero; EXCEPTION WHEN division_by_zero THEN NULL; END'"}$$;
CREATE TABLE back (a int PRIMARY KEY);
SELECT is(pg_temp.life('table', 'nested.back'),
          'CREATE TABLE created nested.back', 'a rename that is rolled back');
SET LOCAL test.commands = $${"DO 'BEGIN ALTER TABLE back_2 ADD UNIQUE (a); RAISE division_by_zero; EXCEPTION WHEN division_by_zero THEN NULL; END'"}$$;
CREATE TABLE back_2 (a int PRIMARY KEY);
SELECT is(array_agg(command_tag || ' ' || identity ORDER BY identity COLLATE "C"),
          '{CREATE TABLE back_2_pkey on nested.back_2,CREATE TABLE nested.back_2,CREATE TABLE nested.back_2_pkey}',
          'and what was told with it is told later')
  FROM _v.changes WHERE identity ~ 'back_2';

-- Other objects

SET LOCAL test.commands = '{ALTER FUNCTION f(int) RENAME TO g}';
CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
SELECT is(pg_temp.life('function', 'nested.g(integer)'),
          'CREATE FUNCTION created nested.f(integer), ALTER FUNCTION renamed nested.g(integer) from nested.f(integer)',
          'a function');
CREATE OR REPLACE FUNCTION g(int) RETURNS int LANGUAGE sql AS 'SELECT 2';
SELECT is(count(*), 1::bigint, 'that is replaced later')
  FROM _v.changes WHERE identity = 'nested.g(integer)' AND action = 'altered';

SET LOCAL test.commands = '{ALTER TRIGGER t ON noted RENAME TO u}';
CREATE TRIGGER t BEFORE UPDATE ON noted EXECUTE FUNCTION nothing();
SELECT is(pg_temp.life('trigger', 'u on nested.noted'),
          'CREATE TRIGGER created t on nested.noted, ALTER TRIGGER renamed u on nested.noted from t on nested.noted',
          'a trigger');

SET LOCAL test.commands = '{ALTER VIEW v RENAME TO w}';
CREATE VIEW v AS SELECT 1 AS a;
SELECT is(pg_temp.life('view', 'nested.w'),
          'CREATE VIEW created nested.v, ALTER VIEW renamed nested.w from nested.v',
          'a view');

SET LOCAL test.commands = '{ALTER SCHEMA made RENAME TO made_again}';
CREATE SCHEMA made CREATE TABLE t (a int);
SELECT is(pg_temp.life('schema', 'made_again'),
          'CREATE SCHEMA created made, ALTER SCHEMA renamed made_again from made',
          'a schema');

SET LOCAL test.commands = '{ALTER DEFAULT PRIVILEGES GRANT USAGE ON SEQUENCES TO pg_monitor}';
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO pg_monitor;
SELECT is(count(*), 2::bigint, 'default privileges')
  FROM _v.changes WHERE object_type = 'default acl' AND action = 'created';

-- What was there before

SET LOCAL test.commands = '{COMMENT ON COLUMN noted.b IS ''x''}';
ALTER TABLE noted ADD b int;
SELECT is(pg_temp.life('table column', 'nested.noted.b'),
          'ALTER TABLE created nested.noted.b, COMMENT altered nested.noted.b',
          'a new column of an old table');

SET LOCAL test.commands = '{COMMENT ON TABLE granted_2 IS ''x''}';
ALTER TABLE granted RENAME TO granted_2;
SELECT is(pg_temp.life('table', 'nested.granted_2'),
          'CREATE TABLE created nested.granted, GRANT altered nested.granted, COMMENT altered nested.granted_2, ALTER TABLE renamed nested.granted_2 from nested.granted',
          'a table that is renamed');

-- All of it

SELECT is(count(*), 0::bigint, 'nothing is created twice')
  FROM (SELECT FROM _v.changes WHERE action = 'created'
         GROUP BY object_type, identity HAVING count(*) > 1) AS twice;
SELECT is(count(*), 0::bigint, 'every life has its beginning')
  FROM _v.changes AS c
 WHERE NOT EXISTS (SELECT FROM _v.changes AS f WHERE f.id = c.first_id);

SELECT * FROM finish();
ROLLBACK;
