#!/usr/bin/perl

# Changes survive dump and restore: the rows, the lives that go on in them, and
# the event triggers, which do not get into the way of the restore.

use strict;
use warnings;

use FindBin;
use File::Temp qw(tempdir);
use lib "$FindBin::Bin/../lib";
use Scratch;
use Test::More;

my $files = tempdir(CLEANUP => 1);
my $recorder = q{
	CREATE EVENT TRIGGER versioning_changes ON ddl_command_end
		EXECUTE FUNCTION _v.record_changes();
	CREATE EVENT TRIGGER versioning_drops ON sql_drop
		EXECUTE FUNCTION _v.record_changes();};

my $rows = q{SELECT string_agg(c::text, E'\n' ORDER BY id) FROM _v.changes AS c};
my $objects = q{
	SELECT string_agg(o::text, E'\n' ORDER BY identity COLLATE "C", object_type)
	  FROM _v.objects AS o};
my $blame = q{
	SELECT string_agg(concat_ws(' ', patch_name, action, identity), ', ')
	  FROM _v.blame('%s')};
my $triggers = q{
	SELECT string_agg(concat_ws(' ', evtname, evtevent, evtenabled), ', '
					  ORDER BY evtname) FROM pg_event_trigger};

my $from = database('from');
value($from, "CREATE EXTENSION versioning; CREATE EXTENSION hstore; $recorder");
value($from, q{
	SELECT _v.register_patch('users');
	CREATE SCHEMA app;
	CREATE TABLE app.users (id serial PRIMARY KEY, email text UNIQUE, h hstore,
							CHECK (email <> ''));
	CREATE TABLE app.by_user (id int REFERENCES app.users);
	CREATE VIEW app.emails AS SELECT email FROM app.users;
	CREATE FUNCTION app.f(app.users) RETURNS int LANGUAGE sql AS 'SELECT 1';
	CREATE TABLE app.parted (id int NOT NULL) PARTITION BY RANGE (id);
	CREATE TABLE app.part PARTITION OF app.parted FOR VALUES FROM (0) TO (9);
	CREATE TABLE app."Odd ""name""" ("a.b" int);
	INSERT INTO app.users (email) SELECT 'a' || i FROM generate_series(1, 99) AS i;
	CREATE MATERIALIZED VIEW app.counted AS SELECT count(*) FROM app.users;
	SELECT _v.register_patch('phone', '{users}');
	ALTER TABLE app.users ADD phone text, ALTER email SET NOT NULL;
	ALTER TABLE app.users RENAME TO people;
	ALTER SCHEMA app RENAME TO application;
	CREATE TABLE gone (a int);
	DROP TABLE gone});
value($from, 'COMMENT ON TABLE application.people IS \'by hand\'');
my %before = map { $_ => value($from, $_) } $rows, $objects, $triggers;
like($before{$objects}, qr/application\.people,users,/, 'there is something to keep');

for my $way ('plain', 'custom', 'jobs', 'clean', 'twice')
{
	my $to = database("to_$way");
	my $file = "$files/$way";
	my @steps =
	  $way eq 'plain'
	  ? ([ 'pg_dump', '-f', $file, $from ],
		[ qw(psql -X -q -v ON_ERROR_STOP=1 -d), $to, '-f', $file ])
	  : $way eq 'custom'
	  ? ([ 'pg_dump', '-Fc', '-f', $file, $from ],
		[ qw(pg_restore --exit-on-error --single-transaction -d), $to, $file ])
	  : $way eq 'jobs'
	  ? ([ 'pg_dump', '-Fd', '-f', $file, $from ],
		[ qw(pg_restore --exit-on-error --jobs 2 -d), $to, $file ])
	  : $way eq 'clean'
	  ? ([ 'pg_dump', '-Fc', '-f', $file, $from ],
		[ qw(pg_restore --exit-on-error -d), $to, $file ],
		[ qw(pg_restore --exit-on-error --clean --if-exists -d), $to, $file ])
	  : ([ 'pg_dump', '-Fc', '-f', $file, $from ],
		[ qw(pg_restore --exit-on-error -d), database('between'), $file ],
		[ 'pg_dump', '-Fc', '-f', "$file.2", 'versioning_test_130_changes_restore_between' ],
		[ qw(pg_restore --exit-on-error -d), $to, "$file.2" ]);

	for my $step (@steps)
	{
		my ($status, $output, $errors) = run(@$step);
		is("$status$errors", '0', "$way: $step->[0]");
	}
	is(value($to, $rows), $before{$rows}, "$way: the rows are the same");
	is(value($to, $objects), $before{$objects}, "$way: the objects are, too");
	is(value($to, $triggers), $before{$triggers},
		"$way: the event triggers are on");

	# The lives go on.
	value($to, q{
		SELECT _v.register_patch('next', '{phone}');
		ALTER TABLE application.people RENAME TO persons;
		ALTER TABLE application.persons RENAME phone TO telephone;
		ALTER TABLE application.part ADD CHECK (id > 0);
		DROP VIEW application.emails});
	is(value($to, sprintf $blame, 'application.persons'),
		'users created app.users, phone altered app.users, '
		  . 'phone renamed app.people, phone renamed application.people, '
		  . 'altered application.people, next renamed application.persons, '
		  . 'next altered application.persons',
		"$way: the life of a table");
	is(value($to, sprintf $blame, 'application.persons.telephone'),
		'phone created app.users.phone, phone renamed app.people.phone, '
		  . 'phone renamed application.people.phone, '
		  . 'next renamed application.persons.phone, '
		  . 'next renamed application.persons.telephone',
		"$way: of a column");
	is(value($to, sprintf $blame, 'application.f'),
		'users created app.f(app.users), phone renamed app.f(app.people), '
		  . 'phone renamed application.f(application.people), '
		  . 'next renamed application.f(application.persons)',
		"$way: of a function");
	is(value($to, sprintf $blame, 'application.emails'),
		'users created app.emails, phone renamed application.emails, '
		  . 'next dropped application.emails',
		"$way: of a view that is gone");
	is(
		value($to, q{
			SELECT string_agg(DISTINCT created_by_patch, ',')
			  FROM _v.objects WHERE identity ~ 'persons|users_'}),
		'users', "$way: what the patch made is known");
	is(
		value($to, q{
			SELECT count(*) FILTER (WHERE id > 0) = count(DISTINCT id)
			  FROM _v.changes}), 't', "$way: ids go on");
	run('dropdb', $to);
}

# A restore of somebody else's dump into a database where the recorder is on is
# recorded, and not hindered.

my $plain = database('plain');
my $watched = database('watched');
value($plain, q{
	CREATE TABLE a (id serial PRIMARY KEY, t text DEFAULT 'x' CHECK (t <> ''));
	INSERT INTO a (t) VALUES ('y');
	CREATE VIEW v AS SELECT * FROM a;
	CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
	CREATE TRIGGER tr BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION f();
	COMMENT ON TABLE a IS 'x';
	GRANT SELECT ON a TO PUBLIC});
value($watched, "CREATE EXTENSION versioning; $recorder");
my ($status, $output, $errors) =
  run('pg_dump', '-Fc', '-f', "$files/others", $plain);
is("$status$errors", '0', 'pg_dump of another database');
($status, $output, $errors) =
  run(qw(pg_restore --exit-on-error -d), $watched, "$files/others");
is("$status$errors", '0', 'pg_restore where the recorder is on');
is(
	value($watched, q{
		SELECT string_agg(identity, ', ' ORDER BY identity COLLATE "C")
		  FROM _v.objects WHERE created_at IS NOT NULL}),
	'a_pkey on public.a, a_t_check on public.a, public.a, public.a_id_seq, '
	  . 'public.a_pkey, public.f(), public.v, tr on public.a',
	'all of it is recorded');

done_testing();
