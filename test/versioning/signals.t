# Signals: the statement that runs is cancelled, what the patch has done is
# rolled back, that is reported, and no psql, backend or lock is left. Files are
# run without psql or, if they need it or --psql says so, with one.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use Processes qw(children processes);
use Scratch qw(value);
use Test::More;

my $number = 0;
my $nothing = qr/^versioning: detail: Nothing of it was kept\.$/m;
my $counts = qr/^versioning: 1 applied, 1 failed, 1 not attempted$/m;

# A project of three patches: the second one, which requires the first, has the
# given body.
sub with_body
{
	my ($body) = @_;
	return project('signals' . $number++,
		'patches/1.sql' => patch('first'),
		'patches/2.sql' => patch('middle', $body, 'first'),
		'patches/3.sql' => patch('last', '', 'middle'));
}

# Starts to apply, and waits until there is a session of the project whose last
# query matches the pattern of LIKE.
sub start_until
{
	my ($project, $like, @arguments) = @_;
	my $run = start_versioning($project, @arguments ? @arguments : 'apply');

	ok( wait_for(sub {
			value('postgres', "SELECT count(*) FROM pg_stat_activity
				WHERE datname = '$project->{database}'
				  AND pid <> pg_backend_pid()
				  AND query LIKE '$like'") > 0 }),
		"$project->{database} runs") || diag $run->{errors};
	($run->{psql}) = children($run->{pid}, qr/psql /);
	return $run;
}

# Passes if nothing is left of a run: no psql, none of what it has started, no
# session, and with them no lock.
sub nothing_is_left
{
	my ($project, $run, $test) = @_;
	my $is_gone = sub {
		return !$run->{psql}
		  || !grep { $_->{pid} == $run->{psql} } processes();
	};

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	ok($is_gone->(), "$test: no psql is left");
	ok(wait_for(sub { sessions($project) == 0 }),
		"$test: no session is left, and no lock");
	return;
}

# Passes if a run was interrupted in the second patch, of which nothing is kept.
sub is_interrupted
{
	my ($project, $run, $test) = @_;
	my ($status, $output, $errors) = finish_versioning($run);

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is($status, 3, "$test: exit status");
	like($output, qr{^\[2/3\] middle  .*  failed$}m, "$test: progress");
	like($errors, qr{interrupted in patch "middle" \(patches/2\.sql\)$}m,
		"$test: message");
	like($errors, $nothing, "$test: what was kept");
	like($errors, $counts, "$test: how far it has come");
	is(registered($project), 'first', "$test: what is registered");
	nothing_is_left($project, $run, $test);
	return;
}

my $sleep = "CREATE TABLE m ();\nSELECT pg_sleep(300);";

# Every signal that asks to stop, once
for my $signal (qw(INT TERM HUP))
{
	for my $way ([], ['--psql'])
	{
		my $test = "SIG$signal @$way";
		my $project = with_body($sleep);
		my $run = start_until($project, 'SELECT pg_sleep%', 'apply', @$way);

		is(defined $run->{psql}, @$way > 0, "$test: whether there is a psql");
		kill $signal, $run->{pid};
		is_interrupted($project, $run, $test);
		is(value($project->{database}, "SELECT to_regclass('m') IS NULL"),
			't', "$test: what the patch has done is rolled back");
	}
}

# In the pause of a \watch, and what is behind it
{
	my $project = with_body("SELECT 'looks' \\watch 300");
	my $run = start_until($project, 'SELECT _looks_ %');

	kill 'INT', $run->{pid};
	is_interrupted($project, $run, 'SIGINT in a pause');
}

# While psql waits for a program, which would have it go on without that
{
	my $project = with_body("\\! echo \$\$ >pid; exec sleep 300");
	my $run = start_until($project, '%register_patch%middle%');
	my $file = "$project->{directory}/pid";
	ok(wait_for(sub { -s $file }), 'a program runs');
	kill 'INT', $run->{pid};
	is_interrupted($project, $run, 'SIGINT in a program');
	open my $handle, '<', $file or die "cannot read $file: $!\n";
	my $pid = <$handle> + 0;
	ok(wait_for(sub { !grep { $_->{pid} == $pid } processes() }),
		'... which is ended');
}

# Twice, where the first one does not help: the statement does not want to be
# cancelled, and goes on until psql is gone.
my $stubborn = <<'SQL';
CREATE TABLE m ();
DO $$
BEGIN
	LOOP
		BEGIN
			PERFORM pg_sleep(300), 'stubborn';
		EXCEPTION WHEN query_canceled THEN
			RAISE NOTICE 'go on';
		END;
	END LOOP;
END
$$;
SQL
for my $second (qw(INT TERM))
{
	my $project = with_body($stubborn);
	my $run = start_until($project, 'DO %stubborn%');

	kill 'INT', $run->{pid};
	ok(wait_for(sub { $run->{harness}->pump_nb; $run->{errors} =~ /go on/ }),
		"SIGINT and SIG$second: the first one is ignored");
	kill $second, $run->{pid};
	is_interrupted($project, $run, "SIGINT and SIG$second");
}

# Two in a row, with no time between
for my $pair ([qw(INT INT)], [qw(TERM INT)], [qw(INT TERM)])
{
	my $project = with_body($sleep);
	my $run = start_until($project, 'SELECT pg_sleep%');
	kill $_, $run->{pid} for @$pair;
	is_interrupted($project, $run, "SIG$pair->[0] and SIG$pair->[1] at once");
}

# A rollback
my $project = with_body('');
add_files($project, 'rollbacks/2.sql' =>
	  rollback_file('middle', 'SELECT pg_sleep(300);'),
	'rollbacks/3.sql' => rollback_file('last'));
is((versioning($project, 'apply'))[0], 0, 'all is applied');
my $run = start_until($project, 'SELECT pg_sleep%', 'rollback', '--last', 2);
kill 'TERM', $run->{pid};
my ($status, undef, $errors) = finish_versioning($run);
is($status, 3, 'a rollback: exit status');
like($errors,
	qr{interrupted in rollback of "middle" \(rollbacks/2\.sql\)$}m,
	'a rollback: message');
like($errors, $nothing, 'a rollback: what was kept');
like($errors, qr/^versioning: 1 taken back, 1 failed, 0 not attempted$/m,
	'a rollback: how far it has come');
is(registered($project), 'first middle', 'a rollback: what is registered');
nothing_is_left($project, $run, 'a rollback');

# One that waits for another deployer has nothing to roll back, and ends.
$project = with_body($sleep);
$run = start_until($project, 'SELECT pg_sleep%');
my $waiting = start_versioning($project, 'apply');
ok(wait_for(sub {
	$waiting->{harness}->pump_nb; $waiting->{errors} =~ /waiting for/ }),
	'another deployer waits');
kill 'TERM', $waiting->{pid};
is((finish_versioning($waiting))[0], 'signal 15', 'it is ended by the signal');
kill 'TERM', $run->{pid};
is_interrupted($project, $run, 'the first one');

# What ends without being asked to: psql, and its backend
for my $kind ('psql', 'the backend')
{
	$project = with_body($sleep);
	$run = start_until($project, 'SELECT pg_sleep%', 'apply',
		$kind eq 'psql' ? '--psql' : ());
	if ($kind eq 'psql')
	{
		kill 'KILL', $run->{psql};
	}
	else
	{
		value('postgres', "SELECT pg_terminate_backend(pid)
			FROM pg_stat_activity WHERE datname = '$project->{database}'
			  AND query LIKE 'SELECT pg_sleep%'");
	}
	($status, undef, $errors) = finish_versioning($run);
	is($status, 3, "$kind is killed: exit status");
	like($errors, $kind eq 'psql' ?
		  qr/psql was ended by signal 9 in patch "middle"/ :
		  qr/the connection was lost in patch "middle"/,
		"$kind is killed: message");
	like($errors, $nothing, "$kind is killed: what was kept");
	like($errors, $counts, "$kind is killed: how far it has come");
	is(registered($project), 'first', "$kind is killed: what is registered");
	nothing_is_left($project, $run, "$kind is killed");
}

# A server that has fallen silent: the backend of the patch, and all of them
for my $way ([], ['--psql'])
{
	my $test = "a silent backend @$way";

	$project = with_body($sleep);
	$run = start_until($project, 'SELECT pg_sleep%', 'apply', @$way);
	my $backend = value('postgres', "SELECT pid FROM pg_stat_activity
		WHERE datname = '$project->{database}'
		  AND query LIKE 'SELECT pg_sleep%'");
	kill 'STOP', $backend;
	kill 'INT', $run->{pid};
	($status, undef, $errors) = finish_versioning($run);
	kill 'CONT', $backend;
	is($status, 3, "$test: exit status");
	like($errors, qr/The server's process $backend, .* not known what was kept/,
		"$test: message");
	nothing_is_left($project, $run, $test);
}
{
	$project = with_body($sleep);
	$run = start_until($project, 'SELECT pg_sleep%');
	my @backends = split ' ', value('postgres',
		"SELECT string_agg(pid::text, ' ') FROM pg_stat_activity
		WHERE datname = '$project->{database}'");
	kill 'STOP', @backends;
	kill 'INT', $run->{pid};
	($status, undef, $errors) = finish_versioning($run);
	kill 'CONT', @backends;
	is($status, 3, 'silent backends: exit status');
	like($errors, qr/it is not known what was kept/,
		'silent backends: message');
	nothing_is_left($project, $run, 'silent backends');
}

# A server that takes no connection any more when the next patch is to have
# one. Should we not get to the end, it is to go on all the same.
my $postmaster = 0;

END
{
	kill 'CONT', $postmaster if $postmaster;
}
SKIP:
{
	skip 'not a server of our own', 8 if !$ENV{VERSIONING_CLUSTER};
	open my $handle, '<', "$ENV{VERSIONING_CLUSTER}/data/postmaster.pid"
	  or die "cannot read the postmaster's number: $!\n";
	my $number = <$handle> + 0;

	for my $way ([], ['--psql'])
	{
		my $test = "a silent server @$way";

		$project = with_body('SELECT 1;');
		add_files($project, 'patches/1.sql' => patch('first',
			"LOAD 'plpgsql';\nSELECT pg_sleep(1);"));
		$run = start_until($project, 'SELECT pg_sleep%', 'apply', @$way);
		$postmaster = $number;
		kill 'STOP', $postmaster;
		ok(wait_for(sub {
			$run->{harness}->pump_nb; $run->{output} =~ /first/ }),
			"$test: the first patch is done");
		kill 'INT', $run->{pid};
		($status, undef, $errors) = finish_versioning($run);
		kill 'CONT', $postmaster;
		$postmaster = 0;
		is($status, 3, "$test: exit status");
		like($errors, qr/interrupted/, "$test: message");
		is(registered($project), 'first', "$test: what is registered");
	}
}

done_testing();
