#!/usr/bin/perl

# A hot standby lists the register and its history, and looks up patches; it
# refuses to register and unregister as it refuses INSERT and DELETE.

use strict;
use warnings;

use FindBin;
use File::Temp qw(tempdir);
use lib "$FindBin::Bin/../lib";
use Postmaster qw(start_postmaster stop_postmaster complaints);
use Scratch;
use Test::More;

plan skip_all => 'run by test/harness/cluster only'
  unless $ENV{VERSIONING_CLUSTER};

# The server refuses to run as root, so all that touches the standby's data goes
# through this.
my $step_down = "$FindBin::Bin/../harness/step-down";
my $bindir = value('postgres', q{SELECT setting FROM pg_config WHERE name = 'BINDIR'});
my $directory = do {
	my ($status, $output, $errors) = run($step_down, 'mktemp', '-d',
		"$ENV{TMPDIR}/standby.XXXXXX");
	chomp $output;
	$status == 0 ? $output : die "cannot make a directory: $errors\n";
};
my $port = $ENV{PGPORT};
my $pid;

my $primary = database('primary');
my $history = q{
	SELECT string_agg(event || ' ' || patch_name, ',' ORDER BY id)
	  FROM _v.history};
value($primary, q{
	CREATE EXTENSION versioning;
	CREATE EVENT TRIGGER versioning_changes ON ddl_command_end
		EXECUTE FUNCTION _v.record_changes();
	CREATE TABLE made (a int PRIMARY KEY);
	CREATE EVENT TRIGGER versioning_guard ON ddl_command_end
		EXECUTE FUNCTION _v.require_patch();
	SELECT _v.register_patch('early')});

my ($status, $output, $errors) = run($step_down, 'pg_basebackup', '-D',
	"$directory/data", '-R', '-X', 'stream', '-c', 'fast', '--no-sync');
is("$status$errors", '0', 'pg_basebackup')
  or BAIL_OUT('without a standby there is nothing to test');

$pid = start_postmaster("$directory/data", "$directory/log", $step_down,
	"$bindir/postgres", '-c', "unix_socket_directories=$directory", '-c',
	'listen_addresses=');
ok($pid, 'the standby is up') or diag(complaints("$directory/log"));

# On the standby
sub standby
{
	my ($code) = @_;
	local $ENV{PGHOST} = $directory;
	return $code->();
}

# Waits until the standby has replayed what the primary has written.
sub catch_up
{
	my $lsn = value('postgres', 'SELECT pg_current_wal_insert_lsn()');
	for (1 .. 600)
	{
		return if standby(sub {
			value('postgres', "SELECT pg_last_wal_replay_lsn() >= '$lsn'") }) eq 't';
		select undef, undef, undef, 0.1;
	}
	die "the standby does not catch up\n";
}

value($primary, "SELECT _v.register_patch('late', ARRAY['early'])");
catch_up();

standby(sub {
	is(value('postgres', 'SELECT pg_is_in_recovery()'), 't', 'it is a standby');
	is(value($primary, q{SELECT string_agg(patch_name, ' ' ORDER BY patch_name) FROM _v.patches}),
		'early late', 'it lists what was registered on the primary');
	is(value($primary, q{SELECT _v.assert_patch_is_applied('late')}),
		'Patch late is applied.', 'it finds a patch');
	is(value($primary, q{SELECT role_name || ' ' || action FROM _v.blame('made')}),
		'postgres created', 'it knows who changed a table');
	is(
		value($primary, q{
			SELECT string_agg(created_by_role, ' ') FROM _v.objects}),
		'postgres postgres postgres', 'and who made what exists');
	fails($primary, q{SELECT _v.assert_patch_is_applied('nope')},
		qr/P0001: Patch nope is not applied!/, 'and misses one');
	for my $level ('READ COMMITTED', 'REPEATABLE READ')
	{
		fails($primary,
			"BEGIN ISOLATION LEVEL $level; SELECT _v.assert_patch_is_applied('nope')",
			qr/P0001: Patch nope is not applied!/, $level);
	}
	fails($primary, q{CALL _v.run_job('late')},
		qr/ERROR:  25006: cannot execute _v\.run_job\(\) during recovery/,
		'it runs no job');
	is((psql($primary, q{CALL _v.run_jobs('1 minute')}))[2] =~ /NOTICE.*no job is run on a standby/,
		1, 'and what runs all jobs says so');
	fails($primary, q{SELECT _v.register_patch('new')},
		qr/ERROR:  25006: cannot execute INSERT in a read-only transaction/,
		'it refuses to register');
	fails($primary, q{SELECT _v.register_patch('late')},
		qr/ERROR:  25006: cannot execute INSERT in a read-only transaction/,
		'also what is there');
	fails($primary, q{SELECT _v.try_register_patch('new', NULL, NULL)},
		qr/ERROR:  25006: cannot execute INSERT in a read-only transaction/,
		'try_register_patch refuses, too');
	fails($primary, q{SELECT _v.unregister_patch('late')},
		qr/ERROR:  25006: cannot execute DELETE in a read-only transaction/,
		'it refuses to unregister');
	fails($primary, q{SELECT _v.unregister_patch('early')},
		qr/ERROR:  25006: cannot execute DELETE in a read-only transaction/,
		'also what others require');
	is(value($primary, $history), 'applied early,applied late',
		'it lists the history');
	is(value($primary, 'SELECT _v.current_patch() IS NULL'), 't',
		'it is in no patch');
	fails($primary, $_,
		qr/ERROR:  25006: cannot execute [A-Z ]+ in a read-only transaction/,
		"it refuses: $_")
	  for 'CREATE TABLE new (a int)',
	  'CREATE TEMPORARY TABLE new (a int)',
	  'SET versioning.bypass_guard = on; CREATE TABLE new (a int)';
	is(value($primary, 'SELECT _v.assert_user_is_superuser()'),
		'assert_user_is_superuser: OK', 'assertions on the user work');
});

value($primary, "SELECT _v.unregister_patch('late')");
catch_up();
standby(sub {
	fails($primary, q{SELECT _v.assert_patch_is_applied('late')},
		qr/P0001: Patch late is not applied!/,
		'what was unregistered on the primary is gone');
});

# After promotion it is a register like any other: what the indexes hold came
# over, too.

value($primary, "SELECT _v.register_patch('late', ARRAY['early'], ARRAY['x'])");
catch_up();
standby(sub {
	is(value('postgres', 'SELECT pg_promote()'), 't', 'promoted');
	fails($primary, q{SELECT _v.unregister_patch('early')},
		qr/P0001: Cannot uninstall early, as it is required by: late\./,
		'it knows what requires');
	fails($primary, q{SELECT _v.register_patch('x')},
		qr/P0001: Versioning patches conflict\. .*: late\./,
		'it knows what conflicts');
	succeeds($primary, q{SELECT _v.register_patch('later', ARRAY['late'])},
		'it registers');
	is(
		value($primary, $history),
		'applied early,applied late,taken back late,applied late,applied later',
		'the history goes on');
	fails($primary, 'CREATE TABLE new (a int)',
		qr/VP001: cannot execute CREATE TABLE outside a patch/,
		'and it is guarded');
});

stop();
done_testing();

sub stop
{
	return unless $pid;
	stop_postmaster($pid, 'INT');
	undef $pid;
	return;
}

END
{
	my $exit = $?;
	stop();
	run($step_down, 'rm', '-rf', $directory) if $directory;
	$? = $exit;
}
