# A job gives way to a standby that lags behind, also to one that replays nothing.

use strict;
use warnings;

use FindBin;
use IPC::Run ();
use lib "$FindBin::Bin/../lib";
use Postmaster qw(start_postmaster stop_postmaster complaints);
use Scratch;
use Test::More;

plan skip_all => 'run by test/harness/cluster only'
  unless $ENV{VERSIONING_CLUSTER};

my $step_down = "$FindBin::Bin/../harness/step-down";
my $bindir = value('postgres', q{SELECT setting FROM pg_config WHERE name = 'BINDIR'});
my $directory = "$ENV{TMPDIR}/lagging";
my $pid;
my $database = database('jobs');

value($database, <<'SQL');
CREATE EXTENSION versioning;
CREATE TABLE t (id int PRIMARY KEY, n int NOT NULL DEFAULT 0);
INSERT INTO t SELECT i FROM generate_series(1, 10000) AS i;
BEGIN;
SELECT _v.register_patch('p');
SELECT _v.register_job('j', 't', 'UPDATE t SET n = n + 1 FROM batch WHERE t.id = batch.id');
SELECT _v.set_job('j', 'batch_time', '1'), _v.set_job('j', 'pause', '100'),
	_v.set_job('j', 'max_replay_lag', '500');
UPDATE _v.job_list SET next_size = 1;
COMMIT;
SQL

my ($status, undef, $errors) = run($step_down, 'pg_basebackup', '-D', "$directory/data",
	'-R', '-X', 'stream', '-c', 'fast', '--no-sync');
is("$status$errors", '0', 'pg_basebackup')
  or BAIL_OUT('without a standby there is nothing to test');
$pid = start_postmaster("$directory/data", "$directory/log", $step_down,
	"$bindir/postgres", '-c', "unix_socket_directories=$directory", '-c',
	'listen_addresses=');
ok($pid, 'the standby is up') or diag(complaints("$directory/log"));

# Runs SQL on the standby.
sub on_standby
{
	my ($sql) = @_;
	local $ENV{PGHOST} = $directory;
	return value('postgres', $sql);
}

# Waits until a query says true.
sub wait_for
{
	my ($query, $name) = @_;
	for (1 .. 600)
	{
		return pass($name) if value($database, $query) eq 't';
		select undef, undef, undef, 0.05;
	}
	return fail($name);
}

my $runner = IPC::Run::start([ qw(psql -X -q -d), $database, '-c', "CALL _v.run_job('j')" ],
	'<', '/dev/null', '>&', \my $output);
wait_for('SELECT rows_done > 1 FROM _v.jobs', 'with a standby that follows it runs');
on_standby('SELECT pg_wal_replay_pause()');
wait_for(q{SELECT state = 'held back' AND held_back ~ '^standby "\w+" is \d+ s behind$' FROM _v.jobs},
	'it is held back by one that does not');
on_standby('SELECT pg_wal_replay_resume()');
wait_for("SELECT state = 'running' FROM _v.jobs", 'it goes on when that follows again');
value($database, "SELECT _v.set_job('j', 'pause', '0'); SELECT _v.set_job('j', 'batch_time', NULL)");
IPC::Run::finish($runner);
is(value($database, 'SELECT concat(state, rows_done) FROM _v.jobs'), 'done10000', 'to its end');

done_testing();

END
{
	my $exit = $?;
	stop_postmaster($pid, 'QUIT') if $pid;
	$? = $exit;
}
