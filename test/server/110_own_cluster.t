#!/usr/bin/perl

# In a cluster of its own: a logical replication subscriber that is guarded, and
# pg_upgrade of databases with history and a guard.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use OwnCluster;
use Scratch;
use Test::More;

plan skip_all => 'run by test/harness/cluster only'
  unless $ENV{VERSIONING_CLUSTER};

plan skip_all => 'pg_upgrade is not installed' unless -x "$bindir/pg_upgrade";

make_cluster('old');
start('old');
my $guard = q{
	CREATE EVENT TRIGGER versioning_guard ON ddl_command_end
		EXECUTE FUNCTION _v.require_patch();
	CREATE EVENT TRIGGER versioning_guard_start ON ddl_command_start
		EXECUTE FUNCTION _v.require_patch();};

my $recorder = q{
	CREATE EVENT TRIGGER versioning_changes ON ddl_command_end
		EXECUTE FUNCTION _v.record_changes();
	CREATE EVENT TRIGGER versioning_drops ON sql_drop
		EXECUTE FUNCTION _v.record_changes();};

# A subscriber

value('postgres', 'CREATE DATABASE publisher');
value('postgres', 'CREATE DATABASE subscriber');
value('publisher', q{
	CREATE EXTENSION versioning;
	BEGIN;
	SELECT _v.register_patch('table');
	CREATE TABLE t (a int PRIMARY KEY, b text);
	INSERT INTO t VALUES (1, 'one');
	CREATE PUBLICATION p FOR TABLE t;
	COMMIT;
	SELECT 1 FROM pg_create_logical_replication_slot('s', 'pgoutput')});
value('subscriber', qq{
	CREATE EXTENSION versioning;
	CREATE TABLE t (a int PRIMARY KEY, b text);
	$guard
	$recorder
	ALTER EVENT TRIGGER versioning_changes ENABLE ALWAYS;
	ALTER EVENT TRIGGER versioning_drops ENABLE ALWAYS});

my $subscribe = "CREATE SUBSCRIPTION s CONNECTION "
  . "'host=$directory port=$ENV{PGPORT} dbname=publisher user=postgres' "
  . "PUBLICATION p WITH (create_slot = false, slot_name = 's')";
fails('subscriber', $subscribe,
	qr/VP001: cannot execute CREATE SUBSCRIPTION outside a patch/,
	'CREATE SUBSCRIPTION outside a patch');
succeeds('subscriber', "SELECT _v.register_patch('subscription'); $subscribe",
	'in a patch');
ok(wait_until('subscriber', q{SELECT count(*) = 1 FROM t}),
	'rows that were there are copied');
value('publisher', q{INSERT INTO t VALUES (2, 'two'); UPDATE t SET b = 'x';
	DELETE FROM t WHERE a = 1; TRUNCATE t; INSERT INTO t VALUES (3, 'three')});
ok(wait_until('subscriber', q{SELECT count(*) = 1 AND min(a) = 3 FROM t}),
	'changes are replicated under the guard');
is(
	value('subscriber',
		q{SELECT string_agg(event || ' ' || patch_name, ',') FROM _v.history}),
	'applied subscription', 'and are no history');
is(
	value('subscriber',
		q{SELECT string_agg(action || ' ' || identity, ',') FROM _v.changes}),
	'created s', 'nor do they change a definition');
my @reaching = (
	'REFRESH PUBLICATION', 'SET PUBLICATION p, q', 'ADD PUBLICATION q',
	'DROP PUBLICATION p', value('postgres', 'SHOW server_version_num') < 170000
	? () : 'SET (failover)');
fails('subscriber', "ALTER SUBSCRIPTION s $_",
	qr/VP001: cannot execute ALTER SUBSCRIPTION outside a patch\n/,
	"ALTER SUBSCRIPTION ... $_: is refused before it reaches the publisher")
  for @reaching;
fails('subscriber', "ALTER SUBSCRIPTION s $_",
	qr/VP001: cannot execute ALTER SUBSCRIPTION outside a patch: subscription s\n(?!DETAIL)/,
	"ALTER SUBSCRIPTION ... $_: is refused at its end")
  for 'SET PUBLICATION q WITH (refresh = false)', 'SET (binary)', 'DISABLE';
fails('subscriber', 'DROP SUBSCRIPTION s',
	qr/VP001: cannot execute DROP SUBSCRIPTION outside a patch/,
	'DROP SUBSCRIPTION outside a patch');
succeeds('subscriber', 'DROP SUBSCRIPTION IF EXISTS nothing',
	'where there is none it does nothing');
succeeds('subscriber', q{
	SELECT _v.unregister_patch('subscription');
	DROP SUBSCRIPTION s}, 'in its rollback');

# pg_upgrade restores each member of the extension by itself.

value('postgres', 'CREATE DATABASE upgraded');
value('upgraded', qq{
	CREATE EXTENSION versioning;
	$recorder
	BEGIN;
	SELECT _v.register_patch('one', NULL, '{never}');
	CREATE TABLE one (a int PRIMARY KEY);
	COMMIT;
	SELECT _v.register_patch('two', '{one}');
	SELECT _v.unregister_patch('two');
	$guard
	ALTER EVENT TRIGGER versioning_guard ENABLE ALWAYS});
my $rows = q{
	SELECT string_agg(h::text, E'\n' ORDER BY id) FROM _v.history h;
	SELECT string_agg(p::text, E'\n' ORDER BY patch_name) FROM _v.patches p;
	SELECT string_agg(c::text, E'\n' ORDER BY id) FROM _v.changes c;};
my %before = map { $_ => value($_, $rows) } qw(upgraded publisher);
stop();

make_cluster('new');
my ($status, $output, $errors) = run($step_down, 'sh', '-c',
	'cd "$1" && exec "$2/pg_upgrade" -b "$2" -B "$2" -d old -D new -s "$1"',
	'sh', $directory, $bindir);
is($status, 0, 'pg_upgrade') or diag "$output$errors";
start('new');

is(value($_, $rows), $before{$_}, "$_: all rows are there")
  for qw(upgraded publisher);
is(
	value('upgraded', q{
		SELECT string_agg(concat_ws(' ', evtname, evtenabled), ',' ORDER BY evtname)
		  FROM pg_event_trigger}),
	'versioning_changes O,versioning_drops O,'
	  . 'versioning_guard A,versioning_guard_start O',
	'the guard is there, and the recorder');
is(
	value('upgraded', q{
		SELECT count(*) FROM pg_depend
		 WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
		   AND refobjid = (SELECT oid FROM pg_extension
							WHERE extname = 'versioning')
		   AND objid IN ('_v.history'::regclass, '_v.patches'::regclass,
						 '_v.history_id_seq'::regclass,
						 '_v.current_patch()'::regprocedure,
						 '_v.require_patch()'::regprocedure)}),
	5, 'what belongs to the extension still does');
fails('upgraded', 'CREATE TABLE new (a int)',
	qr/VP001: cannot execute CREATE TABLE outside a patch/, 'it guards');
fails('upgraded', 'DELETE FROM _v.history',
	qr/42501: table "history" is append-only/, 'history stays');
fails('upgraded',
	q{INSERT INTO _v.history (id, event, happened_at)
		OVERRIDING SYSTEM VALUE VALUES (9, 'applied', now())},
	qr/42501: table "history" is append-only/, 'and is known to be in use');
is(
	value('upgraded', q{
		BEGIN;
		SELECT _v.register_patch('next', '{one}');
		CREATE TABLE next (a int);
		SELECT id FROM _v.history WHERE patch_name = 'next';
		COMMIT}),
	4, 'the next patch has the next id');
fails('upgraded', q{SELECT _v.unregister_patch('one')},
	qr/P0001: Cannot uninstall one, as it is required by: next\./,
	'the indexes of the register came along');

is(
	value('upgraded', q{
		BEGIN;
		SELECT _v.register_patch('renamed');
		ALTER TABLE one RENAME TO first;
		COMMIT;
		SELECT string_agg(patch_name || ' ' || action, ',')
		  FROM _v.blame('first')}),
	'one created,renamed renamed', 'the life of a table goes on');
is(
	value('upgraded', q{
		SELECT string_agg(concat_ws(' ', identity, created_by_patch), ','
						  ORDER BY identity COLLATE "C")
		  FROM _v.objects WHERE object_type = 'index'}),
	'public.one_pkey one', 'objects know their patches');

done_testing();
