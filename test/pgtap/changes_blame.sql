-- The life of an object, however it is named.

BEGIN;
SELECT plan(56);

CREATE SCHEMA app;
CREATE EVENT TRIGGER versioning_changes ON ddl_command_end
    EXECUTE FUNCTION _v.record_changes();
CREATE EVENT TRIGGER versioning_drops ON sql_drop
    EXECUTE FUNCTION _v.record_changes();
SET LOCAL search_path = app, public;

-- What _v.blame says, in a line: patch, action and identity of each row.
CREATE FUNCTION pg_temp.blame(name text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', patch_name || ':', action, identity), ', ')
      FROM _v.blame(name)
$$;

SELECT _v.register_patch('users');
CREATE TABLE users (id int PRIMARY KEY, email text, name text CHECK (name <> ''));
CREATE FUNCTION greet(users) RETURNS text LANGUAGE sql AS 'SELECT ''hello''';
CREATE FUNCTION greet(int, text DEFAULT '') RETURNS text
    LANGUAGE sql AS 'SELECT ''hello''';
CREATE TYPE mood AS ENUM ('good');
CREATE TYPE pair AS (x int, y int);
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE TABLE "Odd ""name""" ("a.b" int, "C" int);
SELECT _v.register_patch('phone', '{users}');
ALTER TABLE users ADD COLUMN phone text, ALTER email SET NOT NULL;
CREATE INDEX users_email ON users (email);

-- By its name

SELECT is(pg_temp.blame('users'),
          'users: created app.users, phone: altered app.users', 'a table');
SELECT is(pg_temp.blame('app.users'), pg_temp.blame('users'),
          'with its schema');
SELECT is(pg_temp.blame('"users"'), pg_temp.blame('users'), 'quoted');
SELECT is(pg_temp.blame('USERS'), pg_temp.blame('users'), 'in capitals');
SELECT is(pg_temp.blame('users_pkey'), 'users: created app.users_pkey',
          'an index');
SELECT is(pg_temp.blame('users_email'), 'phone: created app.users_email',
          'another one');
SELECT is(pg_temp.blame('"Odd ""name"""'), 'users: created app."Odd ""name"""',
          'an odd name');
SELECT is(pg_temp.blame('mood'), 'users: created app.mood', 'a type');
SELECT is(pg_temp.blame('pair'), 'users: created app.pair',
          'a composite type');
SELECT is(pg_temp.blame('positive'), 'users: created app.positive',
          'a domain');
SELECT is(pg_temp.blame('greet(int4, text)'),
          'users: created app.greet(integer,pg_catalog.text)', 'a function');
SELECT is(pg_temp.blame('app.greet(users)'),
          'users: created app.greet(app.users)', 'with another argument');
SELECT is(pg_temp.blame('greet'),
          'users: created app.greet(app.users), users: created app.greet(integer,pg_catalog.text)',
          'each function of a name');
SELECT is(pg_temp.blame('Greet'), pg_temp.blame('greet'), 'in capitals');
SELECT is(pg_temp.blame('app.greet'), pg_temp.blame('greet'),
          'and with its schema');
SELECT is(pg_temp.blame('users_name_check on app.users'),
          'users: created users_name_check on app.users', 'an identity');
SELECT is(pg_temp.blame('positive_check on app.positive'),
          'users: created positive_check on app.positive', 'another one');

-- A column

SELECT is(pg_temp.blame('users.phone'), 'phone: created app.users.phone',
          'a column that was added');
SELECT is(pg_temp.blame('app.users.phone'), pg_temp.blame('users.phone'),
          'with the schema');
SELECT is(pg_temp.blame('users.email'),
          'users: created app.users, phone: altered app.users.email',
          'one that came with its table');
SELECT is(pg_temp.blame('users.id'), 'users: created app.users',
          'and was left as it is');
SELECT is(pg_temp.blame('"Odd ""name"""."a.b"'),
          'users: created app."Odd ""name"""', 'an odd one');

-- Through renames and moves

SELECT _v.register_patch('people', '{users}');
ALTER TABLE users RENAME COLUMN email TO mail;
ALTER TABLE users RENAME TO people;
ALTER TABLE people SET SCHEMA public;
ALTER SCHEMA app RENAME TO application;
SET LOCAL search_path = application, public;
SELECT is(pg_temp.blame('people'),
          'users: created app.users, phone: altered app.users, people: altered app.users, people: renamed app.people, people: moved public.people',
          'a table');
SELECT is(pg_temp.blame('people.mail'),
          'users: created app.users, phone: altered app.users.email, people: renamed app.users.mail, people: renamed app.people.mail, people: moved public.people.mail',
          'a column');
SELECT is(pg_temp.blame('people.id'),
          'users: created app.users, people: renamed app.people, people: moved public.people',
          'a column whose table was renamed');
SELECT is(pg_temp.blame('users_pkey'),
          'users: created app.users_pkey, people: moved public.users_pkey',
          'an index goes with its table');
SELECT is(pg_temp.blame('greet(people)'),
          'users: created app.greet(app.users), people: renamed app.greet(app.people), people: moved app.greet(public.people), people: renamed application.greet(public.people)',
          'a function goes by the types of its arguments');
SELECT is(pg_temp.blame('app'), 'people: renamed application',
          'a schema by a name that it had');
SELECT is(pg_temp.blame('application'), 'people: renamed application',
          'and that it has');
SELECT is(pg_temp.blame('app.users'), pg_temp.blame('people'),
          'a table by a name that it had');

-- What was dropped

SELECT _v.register_patch('end');
ALTER TABLE people DROP COLUMN phone;
DROP TABLE people CASCADE;
SELECT is(pg_temp.blame('people') LIKE 'users: created app.users, %, end: dropped public.people',
          true, 'a table that is gone');
SELECT is(pg_temp.blame('Public."people"'), pg_temp.blame('people'),
          'however it is spelled');
SELECT is(pg_temp.blame('public.people.phone') LIKE 'phone: created app.users.phone, %, end: dropped public.people.phone',
          true, 'a column that went before it');
SELECT is(pg_temp.blame('people.mail') LIKE 'users: created app.users, %, end: dropped public.people',
          true, 'a column that went with it');
SELECT is(pg_temp.blame('people.id'),
          'users: created app.users, people: renamed app.people, people: moved public.people, end: dropped public.people',
          'and one that was left as it is');
SELECT is(pg_temp.blame('greet(public.people)') LIKE '%end: dropped application.greet(public.people)',
          true, 'a function');
CREATE FUNCTION gone(text, integer) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION gone() RETURNS int LANGUAGE sql AS 'SELECT 1';
DROP FUNCTION gone(text, integer), gone();
SELECT is(pg_temp.blame('gone(text, integer)'),
          'end: created application.gone(pg_catalog.text,integer), end: dropped application.gone(pg_catalog.text,integer)',
          'one with types that the server names in another way');
SELECT is(pg_temp.blame('application.gone(text, integer)'),
          pg_temp.blame('gone(text, integer)'), 'with its schema');
SELECT is(pg_temp.blame('gone') LIKE '%dropped application.gone(), %dropped application.gone(pg_catalog.text,integer)%'
       OR pg_temp.blame('gone') LIKE '%dropped application.gone(pg_catalog.text,integer), %dropped application.gone()%',
          true, 'and each of a name');
CREATE TABLE people (mail text);
SELECT is(pg_temp.blame('application.people'), 'end: created application.people',
          'what has the name now is something else in another schema');
CREATE TABLE public.people (mail text);
SELECT is(pg_temp.blame('public.people') LIKE 'users: created app.users, %end: dropped public.people, end: created public.people',
          true, 'in the same one it comes after');

-- A column by the first name it had

CREATE TABLE letters (sender text, body text);
ALTER TABLE letters RENAME TO mails;
ALTER TABLE mails RENAME sender TO author;
SELECT is(pg_temp.blame('mails.sender'), pg_temp.blame('mails.author'),
          'a column by the name that it began with');
SELECT is(pg_temp.blame('letters.sender'), pg_temp.blame('mails.author'),
          'and by that of its table');
SELECT is(pg_temp.blame('mails.body'),
          'end: created application.letters, end: renamed application.mails',
          'another column is not taken for it');

SELECT throws_ok('SELECT * FROM _v.blame(''nowhere.mails.body'')', '42704',
                 NULL, 'nor one of a table in another schema');
SELECT throws_ok('SELECT * FROM _v.blame(''a.b.mails.body'')', '42704',
                 NULL, 'nor of one in none');

-- What a composite type consists of

CREATE TYPE point3 AS (x int, y int, z int);
ALTER TYPE point3 RENAME TO dot;
ALTER TYPE dot RENAME ATTRIBUTE x TO east;
SELECT is(pg_temp.blame('dot.y'),
          'end: created application.point3, end: renamed application.dot',
          'an attribute of a composite type');
SELECT is(pg_temp.blame('dot.east'),
          'end: created application.point3, end: renamed application.dot, end: renamed application.dot.east',
          'one that was renamed');
DROP TYPE dot;
SELECT is(pg_temp.blame('dot.y'),
          'end: created application.point3, end: renamed application.dot, end: dropped application.dot',
          'and one that is gone');

-- Whoever asks, and whatever has been added to the table

CREATE ROLE reader;
CREATE SCHEMA closed;
CREATE TABLE closed.box (lid text);
SET LOCAL ROLE reader;
SELECT is(blame, 'end: created closed.box', 'a table that one may not use')
  FROM (SELECT string_agg(concat_ws(' ', patch_name || ':', action, identity),
                          ', ') AS blame FROM _v.blame('closed.box')) AS b;
SELECT is(blame, 'end: created closed.box', 'and a column of it')
  FROM (SELECT string_agg(concat_ws(' ', patch_name || ':', action, identity),
                          ', ') AS blame FROM _v.blame('closed.box.lid')) AS b;
RESET ROLE;
SAVEPOINT added;
ALTER TABLE _v.changes ADD COLUMN ticket text;
SELECT is(pg_temp.blame('closed.box.lid'), 'end: created closed.box',
          'a column more in _v.changes changes nothing');
ROLLBACK TO added;

-- What is not known

SELECT is(pg_temp.blame('pg_class'), NULL, 'nothing of what was there before');
SELECT is(count(*), 0::bigint, 'nothing for NULL') FROM _v.blame(NULL);
SELECT throws_ok('SELECT * FROM _v.blame(''nowhere'')', '42704',
                 'object "nowhere" does not exist, and is not known to have existed',
                 'no object');
SELECT throws_ok('SELECT * FROM _v.blame(''people.nowhere'')', '42704', NULL,
                 'no column');

SELECT * FROM finish();
ROLLBACK;
