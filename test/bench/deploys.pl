# The part of the benchmark that measures versioning. See run.

use strict;
use warnings;

use lib do { our $here; "$here/../lib" };
use Server;

our ($here, $tmp);

sub measure_deploys
{
	chdir $tmp or die "cannot change to $tmp: $!\n";
	run('cc', '-O2', "$here/max_rss.c", '-o', "$tmp/max_rss");
	make_project($_) for 1_000, 10_000;

	print_head('deploys', 'ms');
	measure_apply('without fsync', 1_000);
	measure_limits(1_000, 15);
	measure_limits(10_000, 200);
	measure_looks($_) for 0, 20;

	# The settings of PostgreSQL, as they are without our saying.
	my $server = Server->new(fsync => 'on');
	my %environment = $server->environment;
	local @ENV{ keys %environment } = values %environment;
	measure_apply('with fsync', 1_000);
	chdir '/';
	$server->remove;
	return;
}

# Makes a directory with a project of so many patches, a script that includes
# all of them, and the same patches without their registrations.
sub make_project
{
	my ($count) = @_;
	my $project = "$tmp/project-$count";
	my %all = (patches => '', bare => '');

	mkdir $_ or die "cannot make $_: $!\n"
	  for $project, map { "$project/$_" } qw(patches bare rollbacks);
	for my $i (1 .. $count)
	{
		my $file = sprintf '%05d.sql', $i;
		my $requires = $i > 1 ? "ARRAY['" . patch(int $i / 2) . "']" : 'NULL';
		my $text = <<"SQL";
CREATE TABLE table_$i (id int8 PRIMARY KEY, name text NOT NULL);
ALTER TABLE table_$i ADD COLUMN price numeric(10, 2);
INSERT INTO table_$i VALUES (1, 'one', 1.5), (2, 'two', 2.5);
COMMIT;
SQL
		write_file("$project/patches/$file",
			"BEGIN;\nSELECT _v.register_patch('" . patch($i)
			  . "', $requires, NULL);\n$text");
		write_file("$project/bare/$file", "BEGIN;\n$text");
		$all{$_} .= "\\i $_/$file\n" for keys %all;
	}
	write_file("$project/$_.psql", $all{$_}) for keys %all;
	return;
}

# Makes a database that has the register, and no patch.
sub make_empty
{
	psql('postgres', <<'SQL');
SET client_min_messages = warning;
DROP DATABASE IF EXISTS deploys;
SQL
	psql('postgres', 'CREATE DATABASE deploys');
	psql('deploys', 'CREATE EXTENSION versioning');

	# What making it has left for the disk is not to be paid by what follows.
	psql('postgres', 'CHECKPOINT');
	return;
}

sub measure_apply
{
	my ($how, $count) = @_;
	my @psql = qw(psql -X -q -v ON_ERROR_STOP=1 -d deploys -f);
	my %commands = (
		bare => [ @psql, 'bare.psql' ],
		ours => [qw(versioning apply -d deploys)],
		original => [
			'sh', '-c',
			'for file in patches/*; do "$@" "$file" || exit; done',
			'sh', @psql
		]);
	my %times;

	chdir "$tmp/project-$count" or die "cannot change to the project: $!\n";
	for my $repeat (1 .. 11)
	{
		for my $name (in_turn($repeat, keys %commands))
		{
			next if $name eq 'original' && $repeat > 1;
			make_empty();
			push @{ $times{$name} },
			  time_program($commands{$name}, "$tmp/output");
		}
	}
	my %median = map { $_ => median(@{ $times{$_} }) } keys %times;
	print_subject("versioning apply, $count patches, $how");
	print_comparison('psql without registrations', 1.05,
		@median{qw(bare ours original)});
	return;
}

# The names in an order that changes from one repeat to the next, so that none
# is always the first.
sub in_turn
{
	my ($repeat, @names) = @_;
	@names = sort @names;
	return $repeat % 2 ? @names : reverse @names;
}

# Measures what has nothing to do, where all patches are applied, and what it
# takes to look at all, where none is.
sub measure_limits
{
	my ($count, $limit) = @_;
	my $project = "$tmp/project-$count";

	chdir $project or die "cannot change to $project: $!\n";
	make_empty();
	print_subject("versioning, $count patches");
	print_limit('psql -c "SELECT 1", to compare', undef, 'ms',
		time_one(qw(psql -X -d deploys -c), 'SELECT 1'));
	my @status = qw(versioning status -d deploys);
	my @apply = qw(versioning apply -d deploys);
	print_limit('status, none applied', $limit, 'ms', time_one(@status));
	psql('deploys', <<"SQL");
INSERT INTO _v.patches (patch_name, applied_by, requires, conflicts)
SELECT format('patch-%s', i), current_user,
       CASE WHEN i > 1 THEN ARRAY[format('patch-%s', i / 2)] ELSE '{}' END, '{}'
  FROM generate_series(1, $count) AS i;
VACUUM ANALYZE;
SQL
	print_limit('status, all applied', $limit, 'ms', time_one(@status));
	print_limit('apply, all applied', $limit, 'ms', time_one(@apply));
	print_limit('status, memory', 20, 'MiB', memory(@status));
	psql('deploys', 'TRUNCATE _v.patches');
	print_limit('apply, memory', 20, 'MiB', memory(@apply));
	return;
}

# Measures what it costs to look who waits for a patch, while so many sessions
# do. Both run the same file, and psql does not look.
sub measure_looks
{
	my ($sessions) = @_;
	my $project = "$tmp/project-looks";
	my %commands = (
		bare => [qw(psql -X -q -v ON_ERROR_STOP=1 -d deploys -f patches/1.sql)],
		ours => [qw(versioning apply -d deploys)]);
	my %times;

	mkdir $_ for $project, map { "$project/$_" } qw(patches rollbacks);
	write_file("$project/patches/1.sql", "BEGIN;\n"
		  . "SELECT _v.register_patch('one', NULL, NULL);\n"
		  . "LOCK TABLE numbers;\n"
		  . "SET LOCAL max_parallel_workers_per_gather = 0;\n"
		  . "SELECT sum(n * i) FROM numbers, generate_series(1, 80) AS i;\n"
		  . "COMMIT;\n");
	chdir $project or die "cannot change to $project: $!\n";
	for my $repeat (1 .. 11)
	{
		for my $name (in_turn($repeat, keys %commands))
		{
			make_empty();
			psql('deploys', 'CREATE TABLE numbers AS SELECT n FROM '
				  . 'generate_series(1, 500000) AS n; VACUUM numbers; '
				  . 'CHECKPOINT');
			my @waiting = map { start_waiting() } 1 .. $sessions;
			push @{ $times{$name} },
			  time_program($commands{$name}, "$tmp/output");
			waitpid $_, 0 for @waiting;
		}
	}
	my %median = map { $_ => median(@{ $times{$_} }) } keys %times;
	print_subject("versioning apply of a long query, $sessions sessions wait");
	print_comparison('psql, which does not look', 1.02, @median{qw(bare ours)},
		undef);
	return;
}

# Starts a session that soon wants to read the table; returns its process.
sub start_waiting
{
	my $pid = fork // die "cannot fork: $!\n";

	return $pid if $pid;
	exec qw(psql -X -q -d deploys -o /dev/null -c), 'SELECT pg_sleep(0.2)',
	  '-c', 'SELECT n FROM numbers LIMIT 1'
	  or die "cannot run psql: $!\n";
}

# Returns the median of what a program takes, in milliseconds.
sub time_one
{
	my @command = @_;
	my %times = time_programs(15, ours => \@command);
	return $times{ours};
}

# Returns the memory that a program takes at most, in MiB.
sub memory
{
	my @command = @_;
	open my $pipe, '-|', "$tmp/max_rss", @command
	  or die "cannot run max_rss: $!\n";
	my $kilobytes = <$pipe>;
	close $pipe or die "$command[0] failed\n";
	return $kilobytes / 1024;
}

1;
