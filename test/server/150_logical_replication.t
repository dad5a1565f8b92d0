#!/usr/bin/perl

# A publication FOR ALL TABLES takes the register along, from one cluster to
# another. What doc/reference.md advises for that, before and on the day of
# the switch. And nobody but a superuser brings rows into a journal in use.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use OwnCluster;
use Scratch;
use Test::More;

plan skip_all => 'run by test/harness/cluster only'
  unless $ENV{VERSIONING_CLUSTER};

my $recorder = q{
	CREATE EVENT TRIGGER versioning_changes ON ddl_command_end
		EXECUTE FUNCTION _v.record_changes();};
my $subscriber = database('subscriber');
my $follower = database('follower');
my $here = $ENV{PGHOST};

# The publisher has a cluster of its own, the subscribers are in this one.
make_cluster('publisher');
start('publisher');
value('postgres', 'CREATE DATABASE publisher');
value('publisher', "CREATE EXTENSION versioning; $recorder
	BEGIN;
	SELECT _v.register_patch('one');
	CREATE TABLE one (a int PRIMARY KEY);
	COMMIT;
	INSERT INTO one VALUES (1);
	CREATE PUBLICATION everything FOR ALL TABLES;
	CREATE PUBLICATION application FOR TABLE one;");

sub publisher
{
	my ($script) = @_;
	local $ENV{PGHOST} = $directory;
	return value('publisher', $script);
}

$ENV{PGHOST} = $here;
my $connection =
  "host=$directory port=$ENV{PGPORT} dbname=publisher user=postgres";

# Everything, the register included

value($subscriber, 'CREATE EXTENSION versioning; CREATE TABLE one (a int PRIMARY KEY)');
value($subscriber,
	"CREATE SUBSCRIPTION all_of_it CONNECTION '$connection' PUBLICATION everything");
ok(wait_until($subscriber, 'SELECT count(*) = 1 FROM one'),
	'the tables of the application are copied');
ok(wait_until($subscriber, q{SELECT count(*) = 1 FROM _v.history}),
	'so is history, which takes no rows from a session');
publisher(q{BEGIN; SELECT _v.register_patch('two'); CREATE TABLE two (); COMMIT});
ok(wait_until($subscriber,
		q{SELECT count(*) = 1 FROM _v.patches WHERE patch_name = 'two'}),
	'the register says of a patch that it is applied');
is(value($subscriber, q{SELECT to_regclass('two') IS NULL}),
	't', 'whose table is not there, for replication brings no definitions');

# After the switch: the numbers of the publisher are taken, and passed over.

value($subscriber, "DROP SUBSCRIPTION all_of_it; $recorder");
my $taken = value($subscriber, 'SELECT max(id) FROM _v.history');
my ($status, undef, $errors) = psql($subscriber, q{
	BEGIN; SELECT _v.register_patch('three'); CREATE TABLE three (); COMMIT});
is("$status$errors", '0', 'the first registration after the switch');
is(value($subscriber, q{SELECT id FROM _v.history WHERE patch_name = 'three'}),
	$taken + 1, 'has the next number');
is(
	value($subscriber, q{
		SELECT count(*) FROM _v.changes WHERE identity = 'public.three'}),
	1, 'and its change is recorded');
is(
	value($subscriber, q{
		SELECT string_agg(patch_name, ' ' ORDER BY id) FROM _v.history}),
	'one two three', 'after those of the publisher');

# As doc/reference.md advises: _v is left out, and the patches are applied on both sides.

value($follower, "CREATE EXTENSION versioning; $recorder
	BEGIN;
	SELECT _v.register_patch('one');
	CREATE TABLE one (a int PRIMARY KEY);
	COMMIT;");
value($follower,
	"CREATE SUBSCRIPTION some_of_it CONNECTION '$connection' PUBLICATION application");
ok(wait_until($follower, 'SELECT count(*) = 1 FROM one'),
	'with _v left out, the tables are copied');
publisher(q{SELECT _v.register_patch('four')});
value($follower, q{SELECT _v.register_patch('mine')});
publisher('INSERT INTO one VALUES (2)');
ok(wait_until($follower, 'SELECT count(*) = 2 FROM one'), 'and followed');
value($follower, q{SELECT _v.register_patch('five');
	SELECT _v.register_job('j', 'one', 'DELETE FROM one USING batch WHERE one.a = batch.a')});
fails($follower, q{CALL _v.run_job('j')},
	qr/55000: job "j" does not run on a subscriber\n.*"some_of_it" writes to table public\.one/,
	'a job on such a table is not run');
succeeds($follower, q{CALL _v.run_jobs('1 minute')}, 'nor by who runs all jobs');
is(value($follower, 'SELECT count(*) FROM one'), 2, 'its rows are there');
value($follower, q{SELECT _v.unregister_patch('five')});
is(
	value($follower, q{
		SELECT string_agg(patch_name, ' ' ORDER BY patch_name)
		  FROM _v.patches}),
	'mine one', 'each side has its own register');
value($follower, 'DROP SUBSCRIPTION some_of_it');

# The owner of the extension, if a superuser lets it create subscriptions: they
# run as itself, which may INSERT, and past what fires in a session only.

SKIP:
{
	skip 'no role but a superuser creates subscriptions', 5
	  if value('postgres', 'SHOW server_version_num') < 160000;

	my $owner = role('owner');
	my $victim = database('victim');
	my $forger =
	  "host=$directory port=$ENV{PGPORT} dbname=forger user=forger password=x";

	OwnCluster::output('sh', '-c',
		'echo local all forger scram-sha-256 >"$1.new" && cat "$1" >>"$1.new" && mv "$1.new" "$1"',
		'sh', "$directory/publisher/pg_hba.conf");
	publisher(q{SELECT pg_reload_conf();
		CREATE ROLE forger LOGIN REPLICATION PASSWORD 'x';
		CREATE DATABASE forger OWNER forger});
	my $forge = sub {
		local $ENV{PGHOST} = $directory;
		return value('forger', shift);
	};
	$forge->(q{
		CREATE EXTENSION versioning;
		SELECT setval('_v.history_id_seq', 100);
		SELECT _v.register_patch('forged');
		GRANT SELECT ON ALL TABLES IN SCHEMA _v TO forger;
		CREATE PUBLICATION forgery FOR TABLE _v.history});

	value('postgres', "GRANT CREATE ON DATABASE $victim TO $owner;
		GRANT pg_create_subscription TO $owner");
	value($victim, q{
		CREATE EXTENSION versioning;
		SELECT _v.register_patch('honest')}, user => $owner);
	for my $copies ('true', 'false')
	{
		value($victim, qq{
			CREATE SUBSCRIPTION s CONNECTION '$forger' PUBLICATION forgery
				WITH (run_as_owner, disable_on_error, copy_data = $copies)},
			user => $owner);
		$forge->(q{SELECT _v.register_patch('forged later')})
		  if $copies eq 'false';
		wait_until($victim, q{
			SELECT NOT subenabled OR EXISTS (
				SELECT FROM _v.history WHERE patch_name ~ 'forged')
			  FROM pg_subscription WHERE subname = 's'});
		is(
			value($victim,
				q{SELECT string_agg(patch_name, ' ') FROM _v.history}),
			'honest',
			'the owner forges no history by a subscription, '
			  . ($copies eq 'true' ? 'as it copies' : 'as it follows'));
		value($victim, 'DROP SUBSCRIPTION s', user => $owner);
	}

	# Nor does a role that may write to all tables have any of it changed.
	my $writer = role('writer');
	publisher('CREATE DATABASE eraser OWNER forger');
	my $erase = sub {
		local $ENV{PGHOST} = $directory;
		return value('eraser', shift);
	};
	$erase->(q{
		CREATE SCHEMA _v;
		CREATE TABLE _v.history (id bigint PRIMARY KEY, patch_name text,
			event text DEFAULT 'applied', happened_at timestamptz DEFAULT now());
		INSERT INTO _v.history VALUES (1, 'honest');
		CREATE PUBLICATION erasure FOR TABLE _v.history});
	value('postgres', "GRANT CREATE ON DATABASE $victim TO $writer;
		GRANT pg_create_subscription, pg_write_all_data TO $writer");
	my $subscribe = "CREATE SUBSCRIPTION s CONNECTION '"
	  . ($forger =~ s/dbname=forger/dbname=eraser/r)
	  . "' PUBLICATION erasure WITH (run_as_owner, disable_on_error, copy_data = false)";
	for my $change (q{UPDATE _v.history SET patch_name = 'erased'},
		'DELETE FROM _v.history')
	{
		value($victim, $subscribe, user => $writer);
		$erase->($change);
		wait_until($victim, q{
			SELECT NOT subenabled OR NOT EXISTS (
				SELECT FROM _v.history WHERE patch_name = 'honest')
			  FROM pg_subscription WHERE subname = 's'});
		is(
			value($victim,
				q{SELECT string_agg(patch_name, ' ') FROM _v.history}),
			'honest', "nor does a role that may write to all tables: $change");
		value($victim, 'DROP SUBSCRIPTION s', user => $writer);
	}

	# A superuser's subscription has all of it done.
	$erase->(q{INSERT INTO _v.history VALUES (1, 'honest')});
	value($victim, $subscribe);
	$erase->(q{
		UPDATE _v.history SET patch_name = 'replicated';
		INSERT INTO _v.history VALUES (2, 'gone'), (3, 'added');
		DELETE FROM _v.history WHERE id = 2});
	wait_until($victim, q{
		SELECT NOT subenabled OR EXISTS (
			SELECT FROM _v.history WHERE patch_name = 'added')
		  FROM pg_subscription WHERE subname = 's'});
	is(
		value($victim,
			q{SELECT string_agg(patch_name, ' ' ORDER BY id) FROM _v.history}),
		'replicated added', 'a superuser replicates whatever comes');
	value($victim, 'DROP SUBSCRIPTION s');
}

done_testing();
