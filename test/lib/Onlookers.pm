# Sessions that wait for a patch while it runs, and patches that take their time
# until somebody waits and versioning has seen it.

package Onlookers;

use strict;
use warnings;

use Exporter qw(import);
use IPC::Run ();

use Deploy;
use Scratch qw(value);

our @EXPORT = qw(until_seen start_session start_holder
  finish_sessions wait_for_lock is_seen);

# What is true when so many sessions wait for locks in this database, and
# versioning has looked after that, and is in no transaction now.
sub is_seen
{
	my ($count) = @_;

	return "(SELECT count(*) = $count AND EXISTS (
		SELECT FROM pg_stat_activity
		 WHERE query LIKE '%pg_blocking_pids(l.pid)%' AND state = 'idle'
		   AND application_name = 'versioning' AND backend_xmin IS NULL
		   AND query_start > max(waitstart) + interval '10 ms'
		   AND datname = current_database())
		FROM pg_locks JOIN pg_stat_activity USING (pid)
		WHERE NOT granted AND datname = current_database())";
}

# A statement that takes until then.
sub until_seen
{
	my ($count) = @_;

	return "DO \$\$BEGIN LOOP EXIT WHEN " . is_seen($count) . ";
		PERFORM pg_stat_clear_snapshot(), pg_sleep(0.01);
		END LOOP; END\$\$;";
}

# Starts a session that runs something, in psql.
sub start_session
{
	my ($project, $text) = @_;

	return { harness => IPC::Run::start(
			[ 'psql', '-XAtq', '-d', $project->{database}, '-c', $text ],
			'<', '/dev/null', '>', '/dev/null', '2>', '/dev/null') };
}

# Starts one that stays, and waits until it has run that.
sub start_holder
{
	my ($project, $text) = @_;
	my %session = (output => '', input => "$text\n\\echo done\n");

	$session{harness} = IPC::Run::start(
		[ 'psql', '-XAtq', '-d', $project->{database} ],
		'<', \$session{input}, '>', \$session{output}, '2>', '/dev/null');
	$session{harness}->pump until $session{output} =~ /done\n/;
	return \%session;
}

# Waits for the end of sessions.
sub finish_sessions
{
	$_->{harness}->finish for @_;
	return;
}

# Waits until a lock on a table is held, or queued for, in a mode.
sub wait_for_lock
{
	my ($project, $table, $mode, $is_granted) = @_;

	return wait_for(sub { value($project->{database},
		"SELECT count(*) FROM pg_locks WHERE relation = '$table'::regclass
		AND mode = '${mode}Lock' AND granted = " . ($is_granted ? 'true' :
			'false')) });
}

1;
