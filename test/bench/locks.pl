# The part of the benchmark that measures what a deploy that waits for a lock
# does to others. See run.

use strict;
use warnings;

use Time::HiRes qw(sleep time);

our ($here, $tmp);

# How long clients rest between two transactions, in milliseconds
use constant REST => 5;

# The ways to add a column, as programs of the shell. What is psql's takes
# lock_timeout and a pause after each failure, both in seconds.
my %ways = (
	'plain psql' => [ [ 0, 0 ] ],
	'500 ms, growing pauses' => [ map { [ 0.5, $_ ] } growing_pauses() ],
	'5 s, a minute apart' => [ map { [ 5, 60 ] } 1 .. 10 ],
	'steps from 100 ms on' => [
		map { [ $_, 0.01 ] } (0.1) x 10, (0.3) x 10, (0.5) x 10, (1) x 10,
		(5) x 10
	]);

# From half a second on half as long again, with jitter
sub growing_pauses
{
	return map { my $pause = 0.5 * 1.5**$_; ($pause < 5 ? $pause : 5)
		  * (0.5 + rand() / 2) } 0 .. 30;
}

sub measure_locks
{
	chdir $tmp or die "cannot change to $tmp: $!\n";
	mkdir $_ or die "cannot make $_: $!\n" for qw(locks locks/patches);
	write_file('locks/patches/1.sql', <<'SQL');
BEGIN;
SELECT _v.register_patch('add-column');
ALTER TABLE orders ADD COLUMN note text;
COMMIT;
SQL
	chdir "$tmp/locks";

	print_head('locks', 'ms');
	measure_reader();
	measure_readers();
	measure_idle();
	chdir '/';
	return;
}

# One reader, who takes eight seconds
sub measure_reader
{
	my $reader = 'BEGIN; SELECT FROM orders; SELECT pg_sleep(8); COMMIT;';

	print_subject('one reader of 8 s');
	print_ours(300, 200, measure_way('versioning', [$reader]));
	print_way($_, measure_way($_, [$reader])) for sort keys %ways;
	return;
}

# Three readers at a time, one after the other
sub measure_readers
{
	my $reader = 'BEGIN; SELECT FROM orders; SELECT pg_sleep(0.3); COMMIT;';
	my @readers = map { "SELECT pg_sleep(0.1 * $_);\n" . "$reader\n" x 120 }
	  1 .. 3;

	print_subject('three readers of 300 ms at a time');
	print_ours(20_000, 1200, measure_way('versioning', \@readers, 1));
	print_way($_, measure_way($_, \@readers, 1))
	  for grep { !/minute/ } sort keys %ways;
	return;
}

# A session that is idle in a transaction and never ends
sub measure_idle
{
	my $idle = "BEGIN; SELECT FROM orders;\n\\! exec sleep 3600";

	print_subject('idle in transaction, given up after 5 s');
	print_ours(5300, 200,
		measure_way('versioning', [$idle], 1, '--retry-for', '5s'));
	return;
}

# Prints what ours has taken, and the longest stall, with what they may be.
sub print_ours
{
	my ($done, $stall, @measured) = @_;

	print_limit('versioning apply: done', $done, 'ms', $measured[0]);
	print_limit('versioning apply: stall', $stall, 'ms', $measured[1]);
	return;
}

# The same of another way, which has no limits.
sub print_way
{
	my ($way, $done, $stall) = @_;

	printf "  %-29s %7s %6s ms done, %s ms stall\n", $way, '', number($done),
	  number($stall);
	return;
}

# Applies a patch that adds a column, while clients are at work and these
# scripts are run. Returns after how many milliseconds the patch was done, and
# for how long a client has had to wait at most. They are counted from the end
# of the first script or, if that is wanted, from the beginning of the patch.
sub measure_way
{
	my ($way, $scripts, $from_beginning, @arguments) = @_;
	my ($clients, @sessions, $start, $done);

	make_orders();
	$clients = start_clients();
	@sessions = map { start_script($_) } @$scripts;
	sleep 0.5;

	$start = time;
	my $patch = fork_child(sub { apply_patch($way, @arguments) });
	if (!$from_beginning)
	{
		waitpid $sessions[0], 0;
		$start = time;
		shift @sessions;
	}
	waitpid $patch, 0;
	$done = 1000 * (time - $start);

	# The clients that waited have their turn.
	sleep 0.5;
	psql('locks', 'UPDATE control SET one = 0');
	waitpid $clients, 0;
	for my $session (@sessions)
	{
		kill 'KILL', -$session;
		waitpid $session, 0;
	}
	return ($done, longest_stall());
}

# Makes a database with a table that all want.
sub make_orders
{
	psql('postgres', <<'SQL');
SET client_min_messages = warning;
DROP DATABASE IF EXISTS locks WITH (FORCE);
SQL
	psql('postgres', 'CREATE DATABASE locks');
	psql('locks', <<'SQL');
CREATE EXTENSION versioning;
CREATE TABLE orders (id int PRIMARY KEY, amount int);
INSERT INTO orders SELECT i, 0 FROM generate_series(1, 1000) AS i;
CREATE TABLE control (one int);
INSERT INTO control VALUES (1);
SQL
	return;
}

# Starts a process of our own that leads a group.
sub fork_child
{
	my ($code) = @_;
	my $pid = fork // die "cannot fork: $!\n";

	return $pid if $pid;
	setpgrp;
	open STDOUT, '>', "$tmp/output" or die "cannot write: $!\n";
	open STDERR, '>&', \*STDOUT or die "cannot write: $!\n";
	$code->();
	exec 'true';
}

# Starts four clients, which end when they have to divide by zero.
sub start_clients
{
	unlink glob 'pgbench_log.*';
	write_file('traffic.sql', '\sleep ' . REST . " ms\n" . <<'SQL');
\set id random(1, 1000)
UPDATE orders SET amount = amount + 1 WHERE id = :id;
SELECT 1 / one FROM control;
SQL
	return fork_child(sub {
		exec qw(pgbench -n -c 4 -T 600 -l -f traffic.sql locks) });
}

# How long a transaction of theirs has taken at most, in milliseconds
sub longest_stall
{
	my $longest = 0;

	for my $file (glob 'pgbench_log.*')
	{
		open my $log, '<', $file or die "cannot read $file: $!\n";
		while (my $line = <$log>)
		{
			my $taken = (split ' ', $line)[2];
			$longest = $taken if $taken =~ /^\d+$/ && $taken > $longest;
		}
		close $log;
	}
	die "no client has done anything\n" if !$longest;
	return $longest / 1000 - REST;
}

# Starts a psql that runs a script.
sub start_script
{
	my ($script) = @_;
	my $file = "$tmp/script-" . rand;

	write_file($file, "$script\n");
	return fork_child(sub { exec qw(psql -X -q -d locks -f), $file });
}

# Applies the patch.
sub apply_patch
{
	my ($way, @arguments) = @_;

	exec qw(versioning apply -d locks), @arguments if !$ways{$way};
	for my $attempt (@{ $ways{$way} })
	{
		my ($timeout, $pause) = @$attempt;
		my $set = "SET lock_timeout = " . 1000 * $timeout;

		last if system(qw(psql -X -q -v ON_ERROR_STOP=1 -d locks), '-c',
			$set, '-f', 'patches/1.sql') == 0;
		sleep $pause;
	}
	return;
}

1;
