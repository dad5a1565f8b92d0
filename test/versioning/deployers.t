#!/usr/bin/perl

# Twenty deployers at once: one of them applies, the others wait for it, find
# nothing left to do, and all end with 0. When one is killed, another one goes
# on.
#
# One of the patches is CREATE INDEX CONCURRENTLY on a table that others write
# to. It waits for every transaction that was there before it, so that a deployer
# that waited for its turn inside a transaction would make it wait for ever.
#
# Should something hang, all is killed after a while and the test fails.

use strict;
use warnings;

use FindBin;
use File::Temp qw(tempdir);
use List::Util qw(shuffle);
use Time::HiRes qw(sleep time);
use lib "$FindBin::Bin/../lib";
use Inventory qw(inventory differences);
use PatchSet;
use Processes qw(await children end_of kill_process start_process);
use Scratch;
use Test::More;

plan skip_all => 'there is no /proc here to find processes in'
  unless -d '/proc/self';

# After so many seconds something hangs.
use constant PATIENCE => 300;

my $set = PatchSet->new(
	count => 48,
	seed => 48,
	requirements => 4,
	sleep => 100);
my @names = $set->names;
my $directory = tempdir(CLEANUP => 1);
my %writers;

$set->write_to($directory);
chdir $directory or die "cannot change to $directory: $!\n";

# What is there of an index that was begun and not finished must not be in the
# way, and so the registration comes last.
PatchSet::write_file("$directory/patches/index.sql", <<"SQL");
-- versioning: no-transaction
DROP INDEX CONCURRENTLY IF EXISTS busy_note;
CREATE INDEX CONCURRENTLY busy_note ON busy (note);
SELECT _v.register_patch('busy-index', ARRAY['$names[20]']);
SQL
PatchSet::write_file("$directory/patches/behind-the-index.sql", <<"SQL");
SELECT _v.register_patch('behind-the-index', ARRAY['busy-index']);
INSERT INTO ledger VALUES (0, 'behind the index');
SQL

my $reference = database('reference');
value($reference, 'CREATE EXTENSION versioning');
for my $file ($set->files)
{
	my ($status, $output, $errors) = run(qw(psql -X -q -v ON_ERROR_STOP=1 -d),
		$reference, '-f', $file);
	die "psql failed on $file:\n$errors" if $status != 0;
}
my $whole = inventory($reference, $set);

subtest 'twenty at once' => sub {
	my $database = busy_database('calm');
	my @deployers = start_deployers($database);
	my %ends = ends($database, @deployers);

	is($ends{$_}, 'exit 0', "deployer $_") for 1 .. 20;
	said(\%ends);
	like(
		join('', map { slurp("$directory/deployer-$_") } 1 .. 20),
		qr/process \d+ of user "\w+", application "versioning apply", since/,
		'those who wait are told for whom');
	is_complete($database);
};

subtest 'some are killed' => sub {
	my $database = busy_database('wild');
	my @deployers = start_deployers($database);
	my %killed = kill_some($database, 8, @deployers);
	my %ends = ends($database, @deployers);

	cmp_ok(scalar(keys %killed), '>=', 4, 'there was time to kill some');
	for my $number (1 .. 20)
	{
		my $killed = $killed{$number} // 'not';

		# One that was killed may just have been done.
		like($ends{$number},
			  $killed eq 'not' ? qr/^exit 0$/
			: $killed eq 'psql' ? qr/^exit [30]$/
			: qr/^signal 9$|^exit 0$/,
			"deployer $number, $killed killed");
	}
	said(\%ends);
	is_complete($database);
};

chdir '/';
done_testing();


# A database with a table that is being written to.
sub busy_database
{
	my ($name) = @_;
	my $database = database($name);

	value($database, <<'SQL');
CREATE EXTENSION versioning;
CREATE TABLE busy (id int4 PRIMARY KEY, note text);
INSERT INTO busy SELECT i, 'note ' || i FROM generate_series(1, 20000) AS i;
CREATE TABLE stop (now bool);
SQL
	$writers{$database} = [ map { start_writer($database, $_) } 1 .. 2 ];
	return $database;
}

# Starts a session that writes to the table, in transactions that hold their
# locks for a while, until it is told to stop, or nobody can want it any more.
sub start_writer
{
	my ($database, $number) = @_;
	PatchSet::write_file("$directory/writer.sql", <<'SQL');
DO $$
DECLARE
    patience CONSTANT timestamptz := clock_timestamp() + '10 minutes';
BEGIN
    WHILE NOT EXISTS (SELECT FROM stop) AND clock_timestamp() < patience LOOP
        UPDATE busy SET note = note || '.'
         WHERE id IN (SELECT (random() * 20000)::int4
                        FROM generate_series(1, 20));
        PERFORM pg_sleep(0.05 + random() / 10);
        COMMIT;
    END LOOP;
END
$$
SQL
	return start_process("$directory/$database-writer-$number",
		qw(psql -X -q -v ON_ERROR_STOP=1 -f writer.sql -d), $database);
}

# Starts twenty deployers. Returns their processes.
sub start_deployers
{
	my ($database) = @_;
	return map {
		start_process("$directory/deployer-$_",
			qw(versioning apply --wait 300 -d), $database)
	} 1 .. 20;
}

# Kills as many deployers as told, or the psql of one, or both, one after
# another while they work. Returns what was killed of which.
sub kill_some
{
	my ($database, $count, @deployers) = @_;
	my %killed;

	for my $round (1 .. $count)
	{
		sleep 0.05 + rand 0.25;

		# The one at work in three rounds of four, else any.
		my ($number, $psql);
		await(10, sub {
			my %alive = map { $_ => 1 } children($$, qr/versioning/);
			for my $candidate (
				shuffle grep { !$killed{$_} && $alive{ $deployers[ $_ - 1 ] } }
				1 .. 20)
			{
				($psql) = children($deployers[ $candidate - 1 ], qr/psql/);
				$number = $candidate if $psql || $round % 4 == 0;
				return 1 if $number;
			}
			return !%alive;
		});
		last if !$number;
		my $pid = $deployers[ $number - 1 ];

		if ($psql && $round % 4 == 1)
		{
			$killed{$number} = 'psql' if kill_process($psql);
			next;
		}
		kill_process($pid);
		$killed{$number} = 'command';
		if ($psql && $round % 4 == 2)
		{
			kill_process($psql);
			$killed{$number} = 'command and psql';
		}
	}
	return %killed;
}

# Waits for all deployers, and stops the writers. Returns how each of them has
# ended.
sub ends
{
	my ($database, @deployers) = @_;
	my $end = time + PATIENCE;
	my %ends;

	for my $number (1 .. @deployers)
	{
		my $pid = $deployers[ $number - 1 ];
		my $patience = $end - time;
		$ends{$number} = end_of($pid, $patience > 0 ? $patience : 0);
		next if defined $ends{$number};
		$ends{$number} = 'hangs';
		diag value($database, 'SELECT * FROM pg_stat_activity');
		kill_process($pid);
		end_of($pid, 10);
	}
	value($database, 'INSERT INTO stop VALUES (true)');
	for my $pid (@{ $writers{$database} })
	{
		is(end_of($pid, 30), 'exit 0', 'a writer was not disturbed')
		  or kill_process($pid);
	}
	return %ends;
}

# Shows what those have said who did not end well.
sub said
{
	my ($ends) = @_;
	return if Test::More->builder->is_passing;
	diag "deployer $_: $ends->{$_}\n", slurp("$directory/deployer-$_")
	  for sort { $a <=> $b } keys %$ends;
	return;
}

# Passes if each patch was applied, once.
sub is_complete
{
	my ($database) = @_;
	my $found = inventory($database, $set);
	my $index = delete $found->{'busy-index'};
	my $behind = delete $found->{'behind-the-index'};
	delete $found->{'no patch 0'};

	is(scalar(keys %$found), 48, 'all patches are there');
	is_deeply([ differences($found, $whole) ], [], 'each of them once');
	ok($index && $behind, 'the one with the index and the one behind it, too');
	is(
		value($database, <<'SQL'), '2|t', 'the index is there and valid');
SELECT count(*), bool_and(indisvalid)
  FROM pg_index WHERE indrelid = 'busy'::regclass
SQL
	is(value($database, 'SELECT count(*) FROM ledger WHERE patch = 0'),
		1, 'the one behind it was applied once');
	is(
		value('postgres', <<"SQL"), 0, 'nobody holds a lock any more');
SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database
 WHERE locktype = 'advisory' AND datname = '$database'
SQL
	return;
}

sub slurp
{
	my ($path) = @_;
	open my $file, '<', $path or return '';
	local $/;
	return <$file> // '';
}

# Whatever happens, nothing of ours goes on.
END
{
	my $status = $?;
	my @ours = children($$, qr/psql|versioning/);
	kill_process($_) for @ours;
	waitpid $_, 0 for @ours;
	$? = $status;
}
