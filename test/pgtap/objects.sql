-- What exists, and which patch made it.

BEGIN;
SELECT plan(25);

CREATE ROLE versioning_test_nobody;

CREATE TABLE by_hand_before (a int PRIMARY KEY);
CREATE EVENT TRIGGER versioning_changes ON ddl_command_end
    EXECUTE FUNCTION _v.record_changes();
CREATE EVENT TRIGGER versioning_drops ON sql_drop
    EXECUTE FUNCTION _v.record_changes();

CREATE FUNCTION pg_temp.made(name text) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', max(object_type),
                     max(coalesce(created_by_patch, '-')),
                     max(coalesce(changed_by_patch, '-')))
      FROM _v.objects WHERE identity = name
$$;

SELECT _v.register_patch('one');
CREATE SCHEMA s;
CREATE TABLE s.t (id serial PRIMARY KEY, a text UNIQUE, CHECK (a <> ''));
CREATE VIEW s.v AS SELECT * FROM s.t;
CREATE FUNCTION s.f() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE TYPE s.span AS RANGE (subtype = int);
CREATE TYPE s.pair AS (x int);
CREATE DOMAIN s.d AS int CHECK (VALUE > 0);
CREATE TRIGGER tr AFTER INSERT ON s.t FOR EACH ROW
    EXECUTE FUNCTION tsvector_update_trigger('a', 'b', 'c');
CREATE POLICY p ON s.t;
CREATE RULE r AS ON DELETE TO s.t DO ALSO NOTIFY x;
CREATE TABLE s.parted (id int PRIMARY KEY) PARTITION BY RANGE (id);
SELECT _v.register_patch('two', '{one}');
CREATE TABLE s.part PARTITION OF s.parted FOR VALUES FROM (0) TO (10);
CREATE INDEX ON s.parted (id);
COMMENT ON TABLE s.t IS 'x';
ALTER FUNCTION s.f() RENAME TO g;
CREATE OR REPLACE FUNCTION s.g() RETURNS int LANGUAGE sql AS 'SELECT 2';
CREATE TEMPORARY TABLE tmp (id serial PRIMARY KEY);

SELECT is(pg_temp.made('s'), 'schema one one', 'a schema');
SELECT is(pg_temp.made('s.t'), 'table one two', 'a table');
SELECT is(pg_temp.made('s.t_pkey'), 'index one one', 'an index');
SELECT is(pg_temp.made('s.t_id_seq'), 'sequence one one', 'a sequence');
SELECT is(pg_temp.made('t_a_check on s.t'), 'table constraint one one',
          'a constraint');
SELECT is(pg_temp.made('s.v'), 'view one one', 'a view');
SELECT is(pg_temp.made('s.g()'), 'function one two',
          'a function that was renamed');
SELECT is(pg_temp.made('s.f()'), '', 'by its old name no more');
SELECT is(pg_temp.made('tr on s.t'), 'trigger one one', 'a trigger');
SELECT is(pg_temp.made('p on s.t'), 'policy one one', 'a policy');
SELECT is(pg_temp.made('s.part'), 'table two two', 'a partition');
SELECT is(pg_temp.made('s.part_id_idx'), 'index two two',
          'what came to it with the index of its table');
SELECT is(array_agg(identity ORDER BY identity COLLATE "C"), NULL,
          'nothing of the patches is without one')
  FROM _v.objects
 WHERE schema_name = 's' AND (created_by_patch IS NULL
                              OR changed_by_patch IS NULL);
SELECT is(array_agg(object_type || ' ' || identity ORDER BY identity COLLATE "C"),
          '{type s.d,function s.g(),type s.pair,table s.part,index s.part_id_idx,index s.part_pkey,table s.parted,index s.parted_id_idx,index s.parted_pkey,type s.span,table s.t,index s.t_a_key,sequence s.t_id_seq,index s.t_pkey,view s.v}',
          'all that is in the schema, and no row, array or multirange type')
  FROM _v.objects WHERE identity LIKE 's.%';
SELECT is(count(*), 0::bigint, 'temporary objects are left out')
  FROM _v.objects WHERE identity ~ 'tmp' OR schema_name ~ 'pg_temp';
SELECT is(count(*), 0::bigint, 'members of extensions are')
  FROM _v.objects WHERE schema_name = '_v' OR identity = 'public.plan(integer)';
SELECT is(count(*), 0::bigint, 'the system''s are')
  FROM _v.objects WHERE schema_name IN ('pg_catalog', 'information_schema')
     OR identity IN ('public', 'pg_catalog', 'plpgsql');
SELECT is(count(*), count(DISTINCT (object_type, identity)),
          'each object once') FROM _v.objects;

SELECT count(*) AS all_objects FROM _v.objects \gset
SET LOCAL ROLE versioning_test_nobody;
SELECT is(count(*), :all_objects::bigint, 'anyone sees them all')
  FROM _v.objects;
RESET ROLE;

-- What has drifted in

SELECT is(pg_temp.made('public.by_hand_before'), 'table - -',
          'made before anybody looked');
SET LOCAL session_replication_role = replica;
CREATE TABLE s.unseen (a int);
DROP TABLE s.part;
CREATE TABLE s.part (a int);
RESET session_replication_role;
SELECT is(pg_temp.made('s.unseen'), 'table - -', 'made unseen');
COMMENT ON TABLE s.unseen IS 'x';
SELECT is(pg_temp.made('s.unseen'), 'table - two',
          'then changed by a patch');
SELECT is(created_at, NULL, 'is not taken for made by it')
  FROM _v.objects WHERE identity = 's.unseen';
DROP TABLE s.unseen;
SET LOCAL session_replication_role = replica;
CREATE TABLE s.unseen (a int);
RESET session_replication_role;
SELECT is(pg_temp.made('s.unseen'), 'table - -',
          'dropped, and made again unseen');

-- Nothing is known where nothing was recorded

DROP TABLE by_hand_before;
SELECT is(pg_temp.made('public.by_hand_before'), '', 'what is gone is gone');

SELECT * FROM finish();
ROLLBACK;
