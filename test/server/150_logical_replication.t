#!/usr/bin/perl

# A publication FOR ALL TABLES takes the register along, from one cluster to
# another. What README advises for that, before and on the day of the switch.

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

# As README advises: _v is left out, and the patches are applied on both sides.

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
is(
	value($follower, q{
		SELECT string_agg(patch_name, ' ' ORDER BY patch_name)
		  FROM _v.patches}),
	'mine one', 'each side has its own register');
value($follower, 'DROP SUBSCRIPTION some_of_it');

done_testing();
