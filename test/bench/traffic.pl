# The part of the benchmark that measures what a deploy does to others. See
# run.

use strict;
use warnings;

use List::Util qw(max);
use POSIX qw(WNOHANG);
use Time::HiRes qw(sleep time);

our ($here, $tmp);

# How long the reader holds the table, in seconds, and after which time a way
# that does not come to an end is given up
my $HELD = 8;
my $PATIENCE = 20;

# What a patch does, and the ways to have it done: they return true if it is.
my $change = 'ALTER TABLE traffic ADD COLUMN note text';
my @ways = (
	[ 'psql as it is' => sub { try_once($_[0], 0) } ],
	[ '500 ms, pauses from 1 s on' => \&try_as_pgroll ],
	[ '5 s, a minute apart' => \&try_as_safe_pg_migrations ],
	[ 'steps from 100 ms on' => \&try_as_gitlab ],
	[ 'versioning apply' => \&try_ours ]);

sub measure_traffic
{
	chdir $tmp or die "cannot change to $tmp: $!\n";
	mkdir "$tmp/patches" or die "cannot make $tmp/patches: $!\n";
	write_file("$tmp/patches/add-note.sql",
		"SELECT _v.register_patch('add-note', NULL, NULL);\n$change;\n");
	write_file("$tmp/traffic.pgbench", <<'SQL');
\set id random(1, 1000)
UPDATE traffic SET counter = counter + 1 WHERE id = :id;
\sleep 5 ms
SQL
	write_file("$tmp/reader.pgbench", <<'SQL');
BEGIN;
SELECT count(*) FROM traffic;
\sleep 300 ms
COMMIT;
SQL

	printf "\n%-31s %9s %12s %12s %14s\n%s\n", 'traffic', 'patch',
	  'after, in s', 'stall, in ms', 'targets', '-' x 83;
	measure_situation("one reader, of $HELD s", $HELD - 0.2 + 0.3, 200,
		sub { hold_for($HELD) });
	measure_situation('three readers of 300 ms at any time',
		20, 1200, \&keep_reading);
	measure_situation('a session that stays idle in its transaction',
		undef, 200, sub { hold_for(1000) });
	return;
}

# Measures all ways in a situation, which begins with a function that returns
# the processes that it has started.
sub measure_situation
{
	my ($subject, $target, $stall_target, $begin) = @_;

	print_subject($subject);
	for my $way (@ways)
	{
		my ($name, $try) = @$way;

		make_traffic_database();
		my @blockers = $begin->();
		sleep 0.2;
		my $start = time;
		my $traffic = start_traffic();
		my $is_done = $try->(time + $PATIENCE + 60 * ($name =~ /minute/));
		my $duration = time - $start;

		stop(@blockers);
		my $stall = longest_stall($traffic);
		my $is_ours = $name =~ /versioning/;
		printf "  %-29s %9s %12.1f %12.0f %14s %s\n", $name,
		  $is_done ? 'done' : 'given up', $duration, $stall,
		  !$is_ours ? '' :
		  join(', ', defined $target ? $target : '-', $stall_target),
		  $is_ours && ($stall > $stall_target
			|| (defined $target && (!$is_done || $duration > $target))
			|| (!defined $target && $is_done)) ? 'missed' : '';
	}
	return;
}

sub make_traffic_database
{
	psql('postgres', <<'SQL');
SET client_min_messages = warning;
DROP DATABASE IF EXISTS traffic WITH (FORCE);
SQL
	psql('postgres', 'CREATE DATABASE traffic');
	psql('traffic', <<'SQL');
CREATE EXTENSION versioning;
CREATE TABLE traffic (id integer PRIMARY KEY, counter integer NOT NULL);
INSERT INTO traffic SELECT n, 0 FROM generate_series(1, 1000) AS n;
SQL
	return;
}

# Starts a program in the background, which writes nowhere.
sub start
{
	my @command = @_;
	my $pid = fork // die "cannot fork: $!\n";

	return $pid if $pid;
	open STDOUT, '>', '/dev/null' or die "cannot open /dev/null: $!\n";
	open STDERR, '>&', \*STDOUT or die "cannot redirect: $!\n";
	exec @command or die "cannot run $command[0]: $!\n";
}

# Ends programs that were started.
sub stop
{
	my @pids = @_;

	kill TERM => @pids;
	waitpid $_, 0 for @pids;
	return;
}

# A session that has read the table, and goes on with its transaction.
sub hold_for
{
	my ($seconds) = @_;

	write_file("$tmp/holder.pgbench", <<"SQL");
BEGIN;
SELECT count(*) FROM traffic;
\\sleep $seconds s
COMMIT;
SQL
	return start(qw(pgbench -n -t 1 -f), "$tmp/holder.pgbench", 'traffic');
}

# Three sessions that read the table all the time, one after the other.
sub keep_reading
{
	return map {
		sleep 0.1;
		start(qw(pgbench -n -T 3600 -f), "$tmp/reader.pgbench", 'traffic')
	} 1 .. 3;
}

# Starts four clients of short transactions, which write down what each takes.
sub start_traffic
{
	unlink glob "$tmp/pgbench_log.*";
	return start(qw(pgbench -n -c 4 -T 3600 -l -f),
		"$tmp/traffic.pgbench", 'traffic');
}

# Ends them, when they have all been let in again. Returns what the longest
# transaction has taken, in milliseconds, less its own pause.
sub longest_stall
{
	my ($traffic) = @_;

	sleep 0.5;
	stop($traffic);
	my @latencies = map {
		open my $log, '<', $_ or die "cannot open $_: $!\n";
		map { /^\d+ \d+ (\d+) .*\n/ ? $1 / 1000 : () } <$log>
	} glob "$tmp/pgbench_log.*";
	@latencies or die "there was no traffic\n";
	return max(@latencies) - 5;
}

# Has a psql make the change, and wait so many milliseconds for each lock, or,
# if that is 0, as long as it takes. Returns true if the change is made before
# the time that is given.
sub try_once
{
	my ($until, $lock_timeout) = @_;
	my $pid = start(qw(psql -X -q -1 -v ON_ERROR_STOP=1 -d traffic -c),
		"SET LOCAL lock_timeout = $lock_timeout", '-c', $change);

	while (waitpid($pid, WNOHANG) == 0)
	{
		sleep 0.01;
		next if time < $until;
		stop($pid);
		return 0;
	}
	return $? == 0;
}

# Tries with these timeouts and pauses after them, in milliseconds, again and
# again, until the time that is given.
sub try_steps
{
	my ($until, $next) = @_;

	for (my $try = 0; time < $until; $try++)
	{
		my ($timeout, $pause) = $next->($try);

		return 1 if try_once($until, $timeout);
		last if time + $pause / 1000 > $until;
		sleep $pause / 1000;
	}
	return 0;
}

# pgroll: from one second to one minute, with jitter.
sub try_as_pgroll
{
	my ($until) = @_;

	return try_steps($until,
		sub { (500, rand(1000 * (2**$_[0] > 60 ? 60 : 2**$_[0]))) });
}

# safe-pg-migrations
sub try_as_safe_pg_migrations
{
	my ($until) = @_;

	return try_steps($until, sub { (4950, 60_000) });
}

# The beginning of GitLab's table
sub try_as_gitlab
{
	my ($until) = @_;
	my @steps = ((map { [ 100 * $_, 50 * $_ ] } 1, 1, 2, 3, 4),
		([ 500, 2000 ]) x 4, [ 1000, 5000 ], [ 1000, 60_000 ]);

	return try_steps($until, sub { @{ $steps[ $_[0] ] // $steps[-1] } });
}

sub try_ours
{
	my ($until) = @_;
	my $pid = start(qw(versioning -q apply --patches patches --retry-for),
		int($until - time) . 's', qw(-d traffic));

	waitpid $pid, 0;
	my $status = $? >> 8;
	die "versioning ended with $status\n" if $status != 0 && $status != 3;
	return $status == 0;
}

1;
