-- Columns and constraints that people add to _v.patches are respected.

BEGIN;
SELECT plan(26);

DELETE FROM _v.patches;
SELECT _v.register_patch('before');

-- Columns

CREATE SEQUENCE versioning_test_sequence START 100;
ALTER TABLE _v.patches
    ADD COLUMN ticket text,
    ADD COLUMN host text DEFAULT 'db' || 1,
    ADD COLUMN number integer DEFAULT nextval('versioning_test_sequence'),
    ADD COLUMN at timestamptz NOT NULL DEFAULT clock_timestamp();
SELECT lives_ok($$SELECT _v.register_patch('a')$$);
SELECT lives_ok($$SELECT _v.register_patch('b', '{a}')$$);
SELECT is(ARRAY[ticket, host, number::text], ARRAY[NULL, 'db1', '102'],
          'added columns get their defaults') FROM _v.patches
 WHERE patch_name = 'b';
SELECT ok(at >= now(), 'volatile ones, too') FROM _v.patches
 WHERE patch_name = 'b';
SELECT lives_ok($$SELECT _v.unregister_patch('b')$$);
SELECT lives_ok($$SELECT _v.unregister_patch('before')$$,
                'a row from before the columns can go');

ALTER TABLE _v.patches DROP COLUMN ticket, DROP COLUMN host,
    DROP COLUMN number, DROP COLUMN at;
ALTER TABLE _v.patches ADD COLUMN id integer GENERATED ALWAYS AS IDENTITY;
ALTER TABLE _v.patches ADD COLUMN length integer
    GENERATED ALWAYS AS (length(patch_name)) STORED;
SELECT lives_ok($$SELECT _v.register_patch('four')$$,
                'after columns were dropped');
SELECT is(ARRAY[id, length], '{2,4}', 'identity and generated column')
  FROM _v.patches WHERE patch_name = 'four';
SELECT is(applied_by, current_user::text) FROM _v.patches
 WHERE patch_name = 'four';

ALTER TABLE _v.patches ADD COLUMN needed integer;
UPDATE _v.patches SET needed = 1;
ALTER TABLE _v.patches ALTER COLUMN needed SET NOT NULL;
SELECT throws_ok($$SELECT _v.register_patch('c')$$, '23502', NULL,
                 'NOT NULL without a default is an error');
SELECT throws_ok($$SELECT _v.try_register_patch('c')$$, '23502', NULL,
                 'for try_register_patch, too');
SELECT lives_ok($$SELECT _v.unregister_patch('four')$$);
ALTER TABLE _v.patches DROP COLUMN needed;

CREATE DOMAIN versioning_test_domain AS text CHECK (value <> 'bad');
CREATE DOMAIN versioning_test_needed AS text NOT NULL;
ALTER TABLE _v.patches ADD COLUMN d versioning_test_domain;
SELECT lives_ok($$SELECT _v.register_patch('c')$$, 'a column of a domain');
ALTER TABLE _v.patches ALTER COLUMN d SET DEFAULT 'bad';
SELECT throws_ok($$SELECT _v.register_patch('d')$$, '23514', NULL,
                 'its default is checked');
ALTER TABLE _v.patches DROP COLUMN d;
DELETE FROM _v.patches;
ALTER TABLE _v.patches ADD COLUMN e versioning_test_needed;
SELECT throws_ok($$SELECT _v.register_patch('e')$$, '23502', NULL,
                 'a domain that is NOT NULL is respected');
ALTER TABLE _v.patches DROP COLUMN e;
SELECT _v.register_patch('four');

-- Constraints

ALTER TABLE _v.patches ADD CONSTRAINT lower CHECK (patch_name = lower(patch_name));
SELECT throws_ok($$SELECT _v.register_patch('Upper')$$, '23514', NULL,
                 'a CHECK constraint is respected');
SELECT lives_ok($$SELECT _v.register_patch('lower')$$);
CREATE UNIQUE INDEX ON _v.patches (length);
SELECT throws_ok($$SELECT _v.register_patch('12345')$$, '23505', NULL,
                 'a unique index is respected');
SELECT lives_ok($$SELECT _v.register_patch('123')$$);
ALTER TABLE _v.patches ADD CONSTRAINT apart
    EXCLUDE USING btree (lower(patch_name) WITH =) DEFERRABLE INITIALLY DEFERRED;
SELECT lives_ok($$SELECT _v.register_patch('123456')$$,
                'a deferred exclusion constraint and an expression index');

-- Foreign keys

CREATE TABLE versioning_test_cascade (
    patch text REFERENCES _v.patches ON DELETE CASCADE);
CREATE TABLE versioning_test_restrict (
    patch text REFERENCES _v.patches ON DELETE RESTRICT);
CREATE TABLE versioning_test_null (
    patch text REFERENCES _v.patches ON DELETE SET NULL);
INSERT INTO versioning_test_cascade VALUES ('123');
INSERT INTO versioning_test_null VALUES ('123');
INSERT INTO versioning_test_restrict VALUES ('four');
SELECT lives_ok($$SELECT _v.unregister_patch('123')$$);
SELECT is((SELECT count(*) FROM versioning_test_cascade), 0::bigint,
          'ON DELETE CASCADE');
SELECT is((SELECT count(*) FROM versioning_test_null WHERE patch IS NULL),
          1::bigint, 'ON DELETE SET NULL');
SELECT throws_ok($$SELECT _v.unregister_patch('four')$$,
                 -- Version 18 has an SQLSTATE of its own for RESTRICT.
                 CASE WHEN current_setting('server_version_num')::int < 180000
                      THEN '23503' ELSE '23001' END, NULL,
                 'ON DELETE RESTRICT');
CREATE TABLE versioning_test_hosts (host text PRIMARY KEY);
ALTER TABLE _v.patches ADD COLUMN host text
    REFERENCES versioning_test_hosts ON DELETE CASCADE;
ALTER TABLE _v.patches ALTER COLUMN host SET DEFAULT 'none';
SELECT throws_ok($$SELECT _v.register_patch('hosted-patch')$$, '23503', NULL,
                 'a foreign key of _v.patches is respected');
INSERT INTO versioning_test_hosts VALUES ('none');
SELECT lives_ok($$SELECT _v.register_patch('hosted-patch')$$);

SELECT * FROM finish();
ROLLBACK;
