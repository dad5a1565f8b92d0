# The part of the benchmark that measures jobs. See run.

use strict;
use warnings;

use Time::HiRes qw(sleep time);

our ($here, $tmp);

use constant JOB_ROWS => 1_000_000;
use constant JOB_ROUNDS => 3;

my $set = "SET location_code = substr(i.inventory_code, 1, 6),
	batch_number = substr(i.inventory_code, 7, 6)";

sub measure_jobs
{
	my %times;

	chdir $tmp or die "cannot change to $tmp: $!\n";
	psql('postgres', 'CREATE DATABASE jobs');
	psql('jobs', <<"SQL");
CREATE EXTENSION versioning;
CREATE TABLE template AS
SELECT i::bigint AS id, md5(i::text) AS inventory_code,
       NULL::text AS location_code, NULL::text AS batch_number,
       now() AS changed_at
  FROM generate_series(1, ${\JOB_ROWS}) AS i;
CREATE PROCEDURE pgrolls_way() LANGUAGE plpgsql AS \$\$
DECLARE
	last bigint := 0;
BEGIN
	LOOP
		WITH batch AS (
			SELECT id FROM inventory WHERE id > last
			 ORDER BY id LIMIT 1000 FOR UPDATE
		), done AS (
			UPDATE inventory AS i $set
			  FROM batch WHERE i.id = batch.id RETURNING i.id
		)
		SELECT max(id) INTO last FROM done;
		EXIT WHEN last IS NULL;
		COMMIT;
	END LOOP;
END \$\$;
SQL
	print_head('jobs', 's');
	for (1 .. JOB_ROUNDS)
	{
		push @{ $times{$_} }, job_time($_)
		  for 'one UPDATE', 'one runner', 'two runners', q{pgroll's way};
	}
	print_subject('1,000,000 rows, against one UPDATE of all');
	print_comparison($_, { 'one runner' => 1.5, 'two runners' => 1 }->{$_},
		median(@{ $times{'one UPDATE'} }), median(@{ $times{$_} }))
	  for 'one runner', 'two runners', q{pgroll's way};
	measure_rest();
	measure_onlookers();
	psql('postgres', 'DROP DATABASE jobs');
	chdir '/';
	return;
}

# A table that nobody has touched.
sub fresh_inventory
{
	psql('jobs', <<"SQL");
\\o /dev/null
SET client_min_messages = warning;
SELECT FROM _v.patches, _v.unregister_patch(patch_name);
DROP TABLE IF EXISTS inventory;
CREATE TABLE inventory (LIKE template);
INSERT INTO inventory SELECT * FROM template;
ALTER TABLE inventory ADD PRIMARY KEY (id);
VACUUM ANALYZE inventory;
CHECKPOINT;
SQL
	return;
}

# Registers the job on it.
sub register_job
{
	my ($pause) = @_;
	psql('jobs', <<"SQL");
\\o /dev/null
BEGIN;
SELECT FROM _v.register_patch('p');
SELECT _v.register_job('j', 'inventory', \$\$
    UPDATE inventory AS i $set
      FROM batch WHERE i.id = batch.id \$\$);
SELECT _v.set_job('j', 'pause', $pause);
COMMIT;
SQL
	return;
}

# Starts so many who run it, and returns their processes.
sub start_runners
{
	my ($count) = @_;
	return map {
		my $pid = fork() // die "cannot fork: $!\n";
		if ($pid == 0)
		{
			open STDERR, '>', '/dev/null';
			exec qw(psql -X -q -d jobs -c), "CALL _v.run_job('j')"
			  or POSIX::_exit(127);
		}
		$pid;
	} 1 .. $count;
}

# How long it takes in that way, in seconds.
sub job_time
{
	my ($way) = @_;

	fresh_inventory();
	register_job("'0'") if $way =~ /runner/;
	my $start = time;
	if ($way =~ /runner/)
	{
		waitpid $_, 0 for start_runners($way =~ /two/ ? 2 : 1);
	}
	else
	{
		psql('jobs', $way =~ /UPDATE/ ? "UPDATE inventory AS i $set" : 'CALL pgrolls_way()');
	}
	return time - $start;
}

# What is left to do after a kill at nine tenths, in percent of the time of all.
sub measure_rest
{
	fresh_inventory();
	register_job("'0'");
	my $start = time;
	my ($runner) = start_runners(1);
	sleep 0.02 until job_value('rows_done') >= 0.9 * JOB_ROWS;
	my $before = time - $start;
	psql('jobs', "\\o /dev/null\nSELECT pg_terminate_backend(runners[1]) FROM _v.jobs");
	waitpid $runner, 0;
	my $done = job_value('rows_done');
	$start = time;
	waitpid $_, 0 for start_runners(1);
	my $rest = time - $start;
	print_subject('killed after 90 %');
	print_limit('rest of the time', 10, '%', 100 * $rest / ($before + $rest));
	print_limit('rest of the rows', 10, '%', 100 - 100 * $done / JOB_ROWS);
	return;
}

sub job_value
{
	my ($column) = @_;
	my $value = `psql -X -q -A -t -d jobs -c 'SELECT $column FROM _v.jobs'`;
	chomp $value;
	return $value;
}

# What a job with the default settings does to clients of short transactions.
sub measure_onlookers
{
	my (@without, @with);

	write_file("$tmp/short.sql", <<'SQL');
\set id random(1, 1000000)
BEGIN;
SELECT inventory_code FROM inventory WHERE id = :id;
UPDATE inventory SET changed_at = now() WHERE id = :id;
COMMIT;
SQL
	for (1 .. JOB_ROUNDS)
	{
		fresh_inventory();
		register_job('NULL');
		push @without, slowest();
		my ($runner) = start_runners(1);
		push @with, slowest();
		psql('jobs', "\\o /dev/null\nSELECT _v.cancel_job('j')");
		waitpid $runner, 0;
	}
	print_subject('p99 of a short transaction, in ms, with a job and without');
	print_comparison('without', 1.5, median(@without), median(@with));
	return;
}

# How long the slowest transaction but one percent took, of those that four
# clients run for ten seconds, in milliseconds.
sub slowest
{
	unlink glob "$tmp/short_*";
	run(qw(sh -c), "pgbench -n -c 4 -R 200 -T 10 -f '$tmp/short.sql' -l"
		  . " --log-prefix='$tmp/short_' jobs >/dev/null 2>&1");
	my @times = sort { $a <=> $b } map { (split)[2] / 1000 }
	  map { open my $log, '<', $_ or die "cannot read $_: $!\n"; <$log> }
	  glob "$tmp/short_*";
	return $times[ 0.99 * @times ];
}

1;
