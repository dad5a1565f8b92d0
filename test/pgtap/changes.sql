-- What is recorded of each change, and that nothing in its way makes the
-- command fail.

BEGIN;
SELECT plan(54);

CREATE ROLE versioning_test_nobody;
CREATE SCHEMA theirs AUTHORIZATION versioning_test_nobody;
CREATE EVENT TRIGGER versioning_changes ON ddl_command_end
    EXECUTE FUNCTION _v.record_changes();
CREATE EVENT TRIGGER versioning_drops ON sql_drop
    EXECUTE FUNCTION _v.record_changes();

CREATE FUNCTION pg_temp.latest() RETURNS _v.changes LANGUAGE sql AS $$
    SELECT c FROM _v.changes AS c ORDER BY id DESC LIMIT 1
$$;
CREATE FUNCTION pg_temp.said(VARIADIC identities text[]) RETURNS text
LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', action, identity,
                                'from ' || previous_identity),
                      ', ' ORDER BY id)
      FROM _v.changes WHERE identity = ANY (identities)
$$;

-- A row

CREATE TABLE theirs.plain (a int, "b B" text);
SELECT is(command_tag, 'CREATE TABLE', 'the command')
  FROM pg_temp.latest();
SELECT is(object_type, 'table', 'the type') FROM pg_temp.latest();
SELECT is(schema_name, 'theirs', 'the schema') FROM pg_temp.latest();
SELECT is(identity, 'theirs.plain', 'the identity') FROM pg_temp.latest();
SELECT is(action, 'created', 'the action') FROM pg_temp.latest();
SELECT is(previous_identity, NULL, 'no other identity before')
  FROM pg_temp.latest();
SELECT is(columns, '{a,b B}', 'the columns') FROM pg_temp.latest();
SELECT is(first_id, id, 'it begins a life') FROM pg_temp.latest();
SELECT is(history_id, NULL, 'it is outside any patch')
  FROM pg_temp.latest();
SELECT is(transaction_id, pg_current_xact_id(), 'the transaction')
  FROM pg_temp.latest();
SELECT ok(changed_at BETWEEN now() AND clock_timestamp(), 'the time')
  FROM pg_temp.latest();
SELECT is(role_name, current_user::text, 'the role') FROM pg_temp.latest();
SELECT is(session_role_name, session_user::text, 'the session''s role')
  FROM pg_temp.latest();

-- The patch

SELECT _v.register_patch('recorded');
ALTER TABLE theirs.plain ADD c int;
SELECT is(h.patch_name, 'recorded', 'the patch that is being applied')
  FROM pg_temp.latest() JOIN _v.history AS h ON h.id = history_id;
SAVEPOINT s;
SELECT _v.register_patch('nested');
ALTER TABLE theirs.plain ADD d int;
SELECT is(h.patch_name, 'nested', 'a patch in a subtransaction')
  FROM pg_temp.latest() JOIN _v.history AS h ON h.id = history_id;
ROLLBACK TO s;
SELECT is(pg_temp.said('theirs.plain.d'), NULL, 'rolled back with it');
ALTER TABLE theirs.plain ADD e int;
SELECT is(h.patch_name, 'recorded', 'the patch before it is back')
  FROM pg_temp.latest() JOIN _v.history AS h ON h.id = history_id;
SELECT _v.unregister_patch('recorded');
ALTER TABLE theirs.plain DROP e;
SELECT is(h.event, 'taken back', 'the patch that is being taken back')
  FROM pg_temp.latest() JOIN _v.history AS h ON h.id = history_id;

-- A life

SELECT is(pg_temp.said('theirs.plain.e'),
          'created theirs.plain.e, dropped theirs.plain.e',
          'of a column, from the beginning to the end');
SELECT is(count(DISTINCT first_id), 1::bigint, 'is one')
  FROM _v.changes WHERE identity = 'theirs.plain.e';
ALTER TABLE theirs.plain ADD e int;
SELECT is(count(DISTINCT first_id), 2::bigint, 'the next one is another')
  FROM _v.changes WHERE identity = 'theirs.plain.e';
ALTER TABLE theirs.plain RENAME TO one;
ALTER TABLE theirs.one RENAME TO two;
CREATE TABLE theirs.one (x int);
COMMENT ON TABLE theirs.one IS 'x';
COMMENT ON TABLE theirs.two IS 'x';
SELECT is(pg_temp.said('theirs.plain', 'theirs.one', 'theirs.two')
              LIKE '%renamed theirs.one from theirs.plain, renamed theirs.two from theirs.one, created theirs.one, altered theirs.one, altered theirs.two',
          true, 'names change');
SELECT is(array_agg(DISTINCT identity), '{theirs.one}',
          'who takes a name does not take the life with it')
  FROM _v.changes
 WHERE first_id = (SELECT max(first_id) FROM _v.changes
                    WHERE identity = 'theirs.one');
SELECT is(array_agg(DISTINCT identity COLLATE "C"),
          '{theirs.one,theirs.plain,theirs.two}', 'which goes on')
  FROM _v.changes
 WHERE first_id = (SELECT max(first_id) FROM _v.changes
                    WHERE identity = 'theirs.two');

-- Names that look like references

CREATE TABLE theirs."on theirs.two" ("theirs.two" int CONSTRAINT "c on theirs.two" CHECK ("theirs.two" > 0));
CREATE FUNCTION theirs.two(theirs.two, theirs.two[], "theirs" int) RETURNS int
    LANGUAGE sql AS 'SELECT 1';
ALTER TABLE theirs.two RENAME TO three;
SELECT is(identity, 'theirs.two(theirs.three,theirs.three[],integer)',
          'arguments are called by their new name, a function is not')
  FROM _v.changes WHERE action = 'renamed' AND object_type = 'function';
SELECT is(count(*), 0::bigint, 'what is quoted is not taken apart')
  FROM _v.changes
 WHERE action = 'renamed' AND identity LIKE '%on theirs.two%';

-- Names that look like those of temporary schemas

CREATE FOREIGN DATA WRAPPER pg_temp;
CREATE SERVER pg_toast FOREIGN DATA WRAPPER pg_temp;
ALTER SERVER pg_toast RENAME TO pg_temp_1;
CREATE TABLE theirs.pg_temp (a int);
CREATE POLICY pg_temp ON theirs.pg_temp;
CREATE ACCESS METHOD pg_temp_2 TYPE INDEX HANDLER bthandler;
CREATE OPERATOR FAMILY theirs.pg_temp USING pg_temp_2;
DROP OPERATOR FAMILY theirs.pg_temp USING pg_temp_2;
DROP ACCESS METHOD pg_temp_2;
DROP POLICY pg_temp ON theirs.pg_temp;
DROP TABLE theirs.pg_temp;
DROP SERVER pg_temp_1;
DROP FOREIGN DATA WRAPPER pg_temp;
SELECT is(pg_temp.said('pg_temp', 'pg_temp_2', 'pg_toast', 'pg_temp_1',
                       'theirs.pg_temp', 'theirs.pg_temp USING pg_temp_2',
                       'pg_temp on theirs.pg_temp'),
          'created pg_temp, created pg_toast, renamed pg_temp_1 from pg_toast, created theirs.pg_temp, created pg_temp on theirs.pg_temp, created pg_temp_2, created theirs.pg_temp USING pg_temp_2, dropped theirs.pg_temp USING pg_temp_2, dropped pg_temp_2, dropped pg_temp on theirs.pg_temp, dropped theirs.pg_temp, dropped pg_temp_1, dropped pg_temp',
          'are names as any other');
CREATE TEMPORARY TABLE passing (a int PRIMARY KEY, b text);
CREATE POLICY pg_temp ON passing;
CREATE RULE quiet AS ON DELETE TO passing DO INSTEAD NOTHING;
CREATE TRIGGER tidy BEFORE UPDATE ON passing
    EXECUTE FUNCTION suppress_redundant_updates_trigger();
COMMENT ON TRIGGER tidy ON passing IS 'x';
DROP TRIGGER tidy ON passing;
DROP RULE quiet ON passing;
DROP POLICY pg_temp ON passing;
DROP TABLE passing;
SELECT is(count(*), 0::bigint, 'and what is temporary is not recorded')
  FROM _v.changes
 WHERE schema_name ~ '^pg_t' OR identity ~ 'passing|toast.*\.';

-- Names that have to be quoted, and are not in the identities of others

CREATE FOREIGN DATA WRAPPER theirs;
CREATE SERVER "one server" FOREIGN DATA WRAPPER theirs;
CREATE USER MAPPING FOR PUBLIC SERVER "one server";
ALTER SERVER "one server" RENAME TO "a ""server""";
ALTER SERVER "a ""server""" RENAME TO server;
CREATE TABLE theirs.published (a int);
CREATE PUBLICATION "One" FOR TABLE theirs.published;
ALTER PUBLICATION "One" RENAME TO "Two";
SELECT is(string_agg(previous_identity, ', ' ORDER BY id),
          'public on server one server, public on server a "server"',
          'a user mapping goes with its server')
  FROM _v.changes WHERE object_type = 'user mapping';
SELECT is(previous_identity, 'theirs.published in publication One',
          'and a table in a publication with that')
  FROM _v.changes
 WHERE identity = 'theirs.published in publication Two';

-- An identity that is too long for an index

DO $$BEGIN
    EXECUTE format('CREATE DOMAIN theirs.%I AS int', repeat('long', 15));
    EXECUTE format('CREATE FUNCTION theirs.wide(%s) RETURNS int LANGUAGE sql AS %L',
                   rtrim(repeat(format('theirs.%I,', repeat('long', 15)), 99), ','),
                   'SELECT 1');
    EXECUTE 'COMMENT ON FUNCTION theirs.wide IS ''x''';
END$$;
SELECT is(string_agg(action || length(identity), ' ' ORDER BY id),
          'created6744 altered6744', 'is recorded')
  FROM _v.changes WHERE identity LIKE 'theirs.wide(%';
SELECT is(count(*), 2::bigint, 'and found')
  FROM _v.blame('theirs.wide');

-- What the session has set

SET LOCAL quote_all_identifiers = on;
CREATE TABLE theirs.unquoted (a int);
RESET quote_all_identifiers;
SELECT is(identity, 'theirs.unquoted',
          'quote_all_identifiers has no say in identities')
  FROM pg_temp.latest();
SET LOCAL session_replication_role = replica;
CREATE TABLE theirs.replicated (a int);
RESET session_replication_role;
SELECT is(pg_temp.said('theirs.replicated'), NULL,
          'session_replication_role = replica switches it off');

CREATE SCHEMA hostile;
CREATE FUNCTION hostile.hashtextextended(text, bigint) RETURNS bigint
    LANGUAGE sql AS 'SELECT 1/0::bigint';
CREATE FUNCTION hostile.texteq(text, text) RETURNS bool
    LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''ran''; END';
CREATE OPERATOR hostile.= (leftarg = text, rightarg = text,
                           function = hostile.texteq);
CREATE FUNCTION hostile.to_regclass(text) RETURNS regclass
    LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''ran''; END';
CREATE FUNCTION hostile.current_schemas(bool) RETURNS name[]
    LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''ran''; END';
CREATE TABLE hostile.changes (id int);
SET LOCAL search_path = hostile, pg_catalog;
CREATE TABLE theirs.under_attack (a int);
ALTER TABLE theirs.under_attack RENAME TO attacked;
CREATE TEMPORARY TABLE blamed AS SELECT * FROM _v.blame('theirs.attacked');
CREATE TEMPORARY TABLE listed AS SELECT * FROM _v.objects;
RESET search_path;
SELECT is(pg_temp.said('theirs.under_attack', 'theirs.attacked'),
          'created theirs.under_attack, renamed theirs.attacked from theirs.under_attack',
          'a search_path that others have written to');
SELECT is(count(*), 2::bigint, 'blame under it') FROM blamed;
SELECT is(count(*), 1::bigint, 'objects under it')
  FROM listed WHERE identity = 'theirs.attacked';

-- A role that may do nothing else

REVOKE ALL ON SCHEMA _v FROM PUBLIC;
REVOKE ALL ON _v.changes, _v.history FROM PUBLIC;
REVOKE ALL ON FUNCTION _v.record_changes() FROM PUBLIC;
SET LOCAL ROLE versioning_test_nobody;
CREATE TABLE theirs.own (a int);
ALTER TABLE theirs.own ADD b int;
DROP TABLE theirs.own;
RESET ROLE;
SELECT is(pg_temp.said('theirs.own'),
          'created theirs.own, altered theirs.own, dropped theirs.own',
          'needs no privilege to be recorded');
SELECT is(role_name || ' ' || session_role_name,
          'versioning_test_nobody ' || session_user, 'by its name')
  FROM pg_temp.latest();
GRANT USAGE ON SCHEMA _v TO PUBLIC;
GRANT SELECT ON _v.changes, _v.history TO PUBLIC;
SET LOCAL ROLE versioning_test_nobody;
SELECT is(count(*), 3::bigint, 'anyone may read')
  FROM _v.blame('theirs.own');
SELECT throws_ok('INSERT INTO _v.changes (first_id, changed_at, role_name, command_tag, object_type, identity, action) VALUES (1, now(), ''x'', ''x'', ''x'', ''x'', ''x'')',
                 '42501', NULL, 'and nobody may write by hand');
RESET ROLE;
SELECT throws_ok('DELETE FROM _v.changes', '42501',
                 'table "changes" is append-only', 'or forget');

-- Row-level security, triggers and rules have no say

ALTER TABLE _v.changes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE FUNCTION pg_temp.refuse() RETURNS trigger LANGUAGE plpgsql
    AS 'BEGIN RAISE EXCEPTION ''ran''; END';
CREATE TRIGGER refuse BEFORE INSERT ON _v.changes
    FOR EACH ROW EXECUTE FUNCTION pg_temp.refuse();
SET LOCAL ROLE versioning_test_nobody;
CREATE TABLE theirs.secured (a int);
RESET ROLE;
SELECT is(pg_temp.said('theirs.secured'), 'created theirs.secured',
          'policies and triggers do not keep a change out');
DROP TRIGGER refuse ON _v.changes;
ALTER TABLE _v.changes DISABLE ROW LEVEL SECURITY;

-- Where it cannot be written, that is a warning. plpgsql cannot catch it, so
-- what is looked at is that the command is done and no row is there.

SET LOCAL client_min_messages = error;
SAVEPOINT s;
ALTER TABLE _v.changes ADD CHECK (identity <> 'theirs.checked');
CREATE TABLE theirs.checked (a int);
SELECT has_table('theirs', 'checked', 'a constraint');
SELECT is(pg_temp.said('theirs.checked'), NULL, 'keeps the row out');
CREATE TABLE theirs.next (a int);
SELECT is(pg_temp.said('theirs.next'), NULL, 'and any other');
ROLLBACK TO s;

DO $$BEGIN PERFORM setval('_v.changes_id_seq', 999998); END$$;
ALTER SEQUENCE _v.changes_id_seq MAXVALUE 1000000;
CREATE TABLE theirs.last (a int);
CREATE TABLE theirs.too_late (a int);
SELECT is(pg_temp.said('theirs.last', 'theirs.too_late'),
          'created theirs.last', 'no more numbers');
SELECT has_table('theirs', 'too_late', 'but tables');
ROLLBACK TO s;

DROP INDEX _v.changes_identity_idx;
CREATE INDEX changes_identity_idx ON _v.changes (identity, id);
ALTER TABLE theirs.three ADD f int;
SELECT has_column('theirs', 'three', 'f', 'an index that is another one');
ROLLBACK TO s;

ALTER TABLE _v.changes RENAME action TO deed;
CREATE TABLE theirs.fewer (a int);
SELECT has_table('theirs', 'fewer', 'a column that is missing');
ROLLBACK TO s;

ALTER TABLE _v.changes RENAME identity TO name;
ALTER TABLE _v.changes ADD identity varchar;
CREATE TABLE theirs.other (a int);
SELECT has_table('theirs', 'other', 'a column of another type');
ROLLBACK TO s;

ALTER TABLE _v.changes RENAME TO elsewhere;
CREATE TABLE theirs.unseen (a int);
DROP TABLE theirs.unseen;
SELECT hasnt_table('theirs', 'unseen', 'a table that is missing');
ROLLBACK TO s;

DROP EXTENSION versioning CASCADE;
CREATE TABLE theirs.after (a int);
SELECT has_table('theirs', 'after', 'an extension that was dropped');
ROLLBACK TO s;

CREATE FUNCTION pg_temp.close() RETURNS event_trigger LANGUAGE plpgsql
    AS 'BEGIN SET TRANSACTION READ ONLY; END';
CREATE EVENT TRIGGER a_first_one ON ddl_command_end
    EXECUTE FUNCTION pg_temp.close();
CREATE TABLE theirs.read_only (a int);
SELECT has_table('theirs', 'read_only',
                 'a transaction that has become read-only');

SELECT * FROM finish();
ROLLBACK;
