#!/usr/bin/perl

# Through pgbouncer, the register can be read. To apply or roll back is refused,
# whatever the pool's mode: the lock, and much else that a session has, would be
# that of a connection that others get, too.

use strict;
use warnings;

use FindBin;
use File::Temp qw(tempdir);
use lib "$FindBin::Bin/../lib";
use Inventory qw(inventory);
use PatchSet;
use Processes qw(await end_of start_process);
use Scratch;
use Test::More;

# Debian puts it where only root's PATH leads.
$ENV{PATH} .= ':/usr/sbin';
plan skip_all => 'pgbouncer is not installed'
  if !grep { -x "$_/pgbouncer" } split /:/, $ENV{PATH};
plan skip_all => 'run by test/harness/cluster only'
  unless $ENV{VERSIONING_CLUSTER};

my $set = PatchSet->new(count => 5, seed => 5);
my @names = $set->names;
my $project = tempdir(CLEANUP => 1);
$set->write_to($project);
chdir $project or die "cannot change to $project: $!\n";

for my $mode (qw(transaction session))
{
	my $database = database($mode);
	value($database, 'CREATE EXTENSION versioning');
	with_pooler($mode, "$mode mode", \&through_pgbouncer, $database);

	# What a session has at its beginning, pgbouncer remembers from its first
	# one: so this is another.
	set_trap($database);
	with_pooler($mode, "$mode mode, a search_path of the database",
		\&shares_no_setting, $database);
}
chdir '/';
done_testing();


# Runs a subtest, which is called with a database and with the connection string
# for it, while a pgbouncer in this mode is there.
sub with_pooler
{
	my ($mode, $name, $test, $database) = @_;
	my $pooler = start_pooler($mode);

	return fail("$name: pgbouncer") if !$pooler;
	subtest $name => sub {
		$test->($database,
			"host=$pooler->{directory} port=6432 dbname=$database");
	};
	kill 'INT', $pooler->{pid};
	end_of($pooler->{pid}, 10) or kill 'KILL', $pooler->{pid};
	return;
}

sub through_pgbouncer
{
	my ($database, $through) = @_;

	my ($status, $output, $errors) =
	  versioning('status', '-d', $through);
	is($status, 0, 'status') or diag $errors;
	like($output, qr/\Q$names[0]\E/, 'it lists the patches');

	refused('apply', 'apply', '-d', $through);
	is_deeply(inventory($database, $set), {}, 'nothing was applied');

	($status, $output, $errors) = versioning('apply', '-d', $database);
	is($status, 0, 'apply past pgbouncer') or diag $errors;
	is(scalar(keys %{ inventory($database, $set) }), 5, 'works');

	refused('rollback', 'rollback', '-d', $through, $names[-1]);
	is(scalar(keys %{ inventory($database, $set) }), 5,
		'nothing was rolled back');

	# A name is looked for twice, and what comes of the first time is no error
	($status, $output, $errors) =
	  versioning('log', '--since', '1 day', '-d', $through);
	is($status, 0, 'log') or diag $errors;
	like($output, qr/applied \Q$names[0]\E/, 'it tells of the patches');
	is((versioning('log', 'pg_class', '-d', $through))[0], 0,
		'log of an object');
	is((versioning('show', $names[0], '-d', $through))[0], 0, 'show');
	for my $command (qw(log blame))
	{
		($status, $output, $errors) =
		  versioning($command, "$names[0]x", '-d', $through);
		is($status, 1, "$command of what is not there") or diag $errors;
		like($errors, qr/"\Q$names[0]\Ex" is no /, 'and that is said');
	}

	($status, $output, $errors) =
	  versioning('status', '--exit-code', '-d', $through);
	is($status, 0, 'status, again') or diag $errors;
	is(
		value('postgres', <<"SQL"), 0, 'no lock is left');
SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database
 WHERE locktype = 'advisory' AND datname = '$database'
SQL
	return;
}

# Puts a trap into the search_path of a database, for those who trust it.
sub set_trap
{
	my ($database) = @_;

	value($database, <<"SQL");
CREATE FUNCTION public.trap(text, text) RETURNS bool LANGUAGE plpgsql AS
    'BEGIN RAISE ''a trap''; END';
CREATE OPERATOR public.= (LEFTARG = text, RIGHTARG = text,
    FUNCTION = public.trap);
ALTER DATABASE $database SET search_path = public, pg_catalog;
SQL
	return;
}

# Passes if the search_path of the database is not ours, and those who get the
# session after us have it all the same.
sub shares_no_setting
{
	my ($database, $through) = @_;

	for my $command ('status', 'check', 'graph', 'log', 'log pg_class',
		'blame pg_class', "show $names[0]")
	{
		my ($status, undef, $errors) =
		  versioning((split ' ', $command), '-d', $through);
		unlike($errors, qr/trap/, "$command trusts no search_path");
		is(value($through, 'SHOW search_path'), 'public, pg_catalog',
			"$command leaves it to others");
	}

	my ($status, $output, $errors) =
	  versioning('diff', $through, "dbname=$database");
	is($status, 0, 'diff') or diag "$output\n$errors";
	unlike($errors, qr/trap/, 'diff trusts no search_path');
	is(value($through, "SELECT string_agg(current_setting(name), ' ') FROM
			unnest(ARRAY['search_path', 'DateStyle', 'row_security',
				'transaction_read_only', 'client_encoding']) AS name"),
		'public, pg_catalog ISO, MDY on off UTF8',
		'diff leaves all settings to others');
	is(
		value('postgres', "SELECT count(*) FROM pg_stat_activity
			WHERE datname = '$database' AND xact_start IS NOT NULL"),
		0, 'no transaction is left');
	return;
}

# Passes if a command is refused, and says why.
sub refused
{
	my ($name, @arguments) = @_;
	my ($status, $output, $errors) = versioning(@arguments);

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is($status, 2, "$name is refused") or diag $output;
	like($errors, qr/pool|pgbouncer/i, "$name: it says why");
	return;
}

# Starts a pgbouncer before the server. Returns its process and the directory
# with its socket, or nothing if it does not answer.
sub start_pooler
{
	my ($mode) = @_;
	my $step_down = "$FindBin::Bin/../harness/step-down";

	# It refuses to run as root.
	my ($status, $directory, $errors) =
	  run($step_down, 'mktemp', '-d', "$ENV{TMPDIR}/pgbouncer.XXXXXX");
	die "cannot make a directory: $errors\n" if $status != 0;
	chomp $directory;
	PatchSet::write_file("$directory/pgbouncer.ini", <<"END");
[databases]
* = host=$ENV{PGHOST} port=$ENV{PGPORT} user=$ENV{PGUSER}

[pgbouncer]
listen_addr =
listen_port = 6432
unix_socket_dir = $directory
auth_type = any
pool_mode = $mode
END
	my $pid = start_process("$directory.log", $step_down, 'pgbouncer',
		"$directory/pgbouncer.ini");
	my $answers = await(
		10,
		sub {
			(run(qw(psql -X -q -A -t -h), $directory,
				qw(-p 6432 -d postgres -c), 'SELECT 1'))[0] == 0;
		});
	return { pid => $pid, directory => $directory } if $answers;
	kill 'KILL', $pid;
	end_of($pid, 10);
	diag `cat '$directory.log'`;
	return;
}

sub versioning
{
	return run(split(' ', $ENV{VERSIONING} // 'versioning'), @_);
}
