# When a file is tried again: not while somebody has had the lock for long, and
# with a longer lock_timeout if it has failed for others than before.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use Holder;
use Scratch qw(value);
use Test::More;

my $number = 0;

# A project with a patch that says how often it was tried, and with which
# lock_timeout, before it does something else. Sequences forget nothing.
sub with_patch
{
	my ($body) = @_;
	my $project = project('order' . $number++, 'patches/1.sql' => patch('one',
		"SELECT nextval('attempts'), setval('timeout', date_part('epoch',
			1000 * current_setting('lock_timeout')::interval)::int);\n$body"));

	value($project->{database}, 'CREATE TABLE held ();
		CREATE SEQUENCE attempts; CREATE SEQUENCE timeout;');
	return $project;
}

# How often it was tried, and with which lock_timeout at last.
sub attempts
{
	my ($project) = @_;
	return value($project->{database},
		"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM attempts");
}

sub timeout
{
	my ($project) = @_;
	return value($project->{database}, 'SELECT last_value FROM timeout');
}

# A session that reads the table, in a transaction that stays.
sub reader
{
	my ($project) = @_;
	return start_holder($project->{database},
		'BEGIN; SELECT pg_backend_pid(); SELECT FROM held;');
}

sub pid
{
	my ($holder) = @_;
	return ($holder->{output} =~ /(\d+)/)[0];
}

# Passes if a run says that it waits for a session.
sub is_told
{
	my ($run, $holder, $name) = @_;
	my $pid = pid($holder);

	return ok(wait_for(sub {
			$run->{harness}->pump_nb;
			return $run->{errors} =~ /waiting for public\.held: process $pid /
		}), $name);
}

for my $way ([], ['--psql'])
{
	# The second reader is there when the first one goes.
	my $project = with_patch('LOCK TABLE held;');
	my $first = reader($project);
	my $run = start_versioning($project, 'apply', @$way);
	is_told($run, $first, "long ago @$way: the first reader is waited for");
	my $second = reader($project);
	ok(wait_for(sub { value('postgres', 'SELECT clock_timestamp() - xact_start
			> \'0.5s\' FROM pg_stat_activity WHERE pid = ' . pid($second))
			eq 't' }), "long ago @$way: the second one comes");
	finish_holder($first);
	is_told($run, $second, "long ago @$way: the second one is waited for");
	is(attempts($project), 1, "long ago @$way: without another attempt");
	finish_holder($second);
	is((finish_versioning($run))[0], 0, "long ago @$way: exit status");
	is(attempts($project), 2, "long ago @$way: the next attempt is the last");
	is(timeout($project), 100, "long ago @$way: it is no longer");

	# The second reader comes while the patch is tried again.
	$project = with_patch("SELECT pg_sleep(2);\nLOCK TABLE held;");
	$first = reader($project);
	$run = start_versioning($project, 'apply', @$way);
	is_told($run, $first, "always somebody @$way: the first reader");
	finish_holder($first);
	ok(wait_for(sub { attempts($project) == 2 }),
		"always somebody @$way: it is tried again");
	$second = reader($project);
	is(timeout($project), 100, "always somebody @$way: no longer than before");
	is_told($run, $second, "always somebody @$way: the second reader");
	finish_holder($second);
	is((finish_versioning($run))[0], 0, "always somebody @$way: exit status");
	is(attempts($project) . ' ' . timeout($project), '3 200',
		"always somebody @$way: then it waits for twice as long");
}

# There is a limit to that.
{
	my $project = with_patch("SELECT pg_sleep(1);\nLOCK TABLE held;");
	my $first = reader($project);
	my $run = start_versioning($project, qw(apply --lock-timeout 150ms));

	is_told($run, $first, '--lock-timeout: the first reader');
	finish_holder($first);
	ok(wait_for(sub { attempts($project) == 2 }),
		'--lock-timeout: it is tried again');
	my $second = reader($project);
	is_told($run, $second, '--lock-timeout: the second reader');
	finish_holder($second);
	finish_versioning($run);
	is(timeout($project), 150, '--lock-timeout: it is kept');
}

done_testing();
