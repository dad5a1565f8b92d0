# A patch that waits for a lock: while it does, and when it fails because of
# that, it is told for whom, whoever runs the file.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use Scratch qw(value);
use Test::More;

my $number = 0;
my $since = qr/since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \S+/;
my $holder = qr/process \d+ of user "postgres", application "the holder", $since, idle in transaction: LOCK TABLE held/;

# A project whose patch alters a table that is there, after a setting.
sub with_setting
{
	my ($setting) = @_;
	my $project = project('waiting' . $number++,
		'patches/1.sql' => patch('one',
			"SET LOCAL $setting;\nALTER TABLE held ADD more int;"));

	value($project->{database}, 'CREATE TABLE held (a int)');
	return $project;
}

# A psql that has run something, and goes on until it is finished.
sub start_holder
{
	my ($project, $text) = @_;
	my %holder = (input => "$text\n\\echo done\n", output => '');

	local $ENV{PGAPPNAME} = 'the holder';
	$holder{harness} = IPC::Run::start(
		[ 'psql', '-XAtq', '-d', $project->{database} ],
		'<', \$holder{input}, '>', \$holder{output}, '2>', '/dev/null');
	$holder{harness}->pump until $holder{output} =~ /done\n/;
	return \%holder;
}

# Wait as psql does, and try once.
my @once = qw(--lock-timeout 0 --retry-for 0);

for my $way ([], ['--psql'])
{
	# Timeouts
	for my $setting ("lock_timeout = '1s'", "statement_timeout = '1s'")
	{
		my $project = with_setting($setting);
		my $holder_of_lock = start_holder($project, 'BEGIN; LOCK TABLE held;');

		refuses($project, '',
			[
				qr/^versioning: detail: (?:Shortly before,|For \d\.\d s) it was waiting for public\.held: $holder\.$/m,
				qr/^versioning: detail: Nothing of it was kept/m
			],
			"$setting @$way", @once, @$way);
		$holder_of_lock->{harness}->finish;
	}

	# A deadlock: the holder waits for the patch, which is told of first.
	my $project = with_setting("deadlock_timeout = '1ms'");
	add_files($project, 'patches/1.sql' => patch('one',
		"CREATE TABLE own ();\nSET LOCAL deadlock_timeout = '2s';\n"
		  . "SELECT pg_advisory_xact_lock(1);\nLOCK TABLE held;"));
	my $other = start_holder($project,
		"SET deadlock_timeout = '1min'; BEGIN; LOCK TABLE held;");
	my $run = start_versioning($project, 'apply', @once, @$way);
	ok(wait_for(sub { value('postgres', "SELECT count(*) FROM pg_stat_activity
		WHERE datname = '$project->{database}' AND wait_event_type = 'Lock'") }),
		"deadlock @$way: the patch waits");
	$other->{input} .= "SELECT pg_advisory_xact_lock(1);\n";
	$other->{harness}->pump_nb;
	my ($status, undef, $errors) = finish_versioning($run);
	$other->{harness}->finish;
	is($status, 3, "deadlock @$way: exit status");
	like($errors, qr/ERROR:  deadlock detected/, "deadlock @$way: error");
	like($errors, qr/^versioning: detail: For \d\.\d s it was waiting for public\.held: process \d+ of user "postgres", application "the holder"/m,
		"deadlock @$way: for whom it waited");

	# While it waits, and in the end gets the lock
	for my $quiet ([], ['--quiet'])
	{
		$project = with_setting("lock_timeout = '1min'");
		$other = start_holder($project, 'BEGIN; LOCK TABLE held;');
		$run = start_versioning($project, 'apply', @$way, @$quiet);
		ok(wait_for(sub {
			$run->{harness}->pump_nb;
			return $run->{errors} =~ /^versioning: waiting for public\.held: $holder$/m }),
			"waiting @$way @$quiet: for whom");
		$other->{harness}->finish;
		($status, undef, $errors) = finish_versioning($run);
		is($status, 0, "waiting @$way @$quiet: exit status");
		is(scalar(() = $errors =~ /waiting for/g), 1,
			"waiting @$way @$quiet: that is said once");
	}

	# What holds the lock is a prepared transaction.
	SKIP:
	{
		skip 'max_prepared_transactions is 0', 3
		  if !value('postgres', 'SHOW max_prepared_transactions');
		$project = with_setting("lock_timeout = '1s'");
		value($project->{database},
			"BEGIN; LOCK TABLE held; PREPARE TRANSACTION 'gone home'");
		refuses($project, '',
			[qr/ waiting for public\.held: prepared transaction "gone home" of user "postgres", $since\.$/m],
			"prepared @$way", @once, @$way);
		value($project->{database}, "ROLLBACK PREPARED 'gone home'");
	}

	# Whoever had the lock long before the failure is not told of.
	$project = with_setting("lock_timeout = '1min'");
	add_files($project, 'patches/1.sql' =>
		  patch('one', "LOCK TABLE held;\nSELECT pg_sleep(3);\nSELECT 1/0;"));
	$other = start_holder($project, 'BEGIN; LOCK TABLE held;');
	$run = start_versioning($project, 'apply', @once, @$way);
	ok(wait_for(sub { value('postgres', "SELECT count(*) FROM pg_stat_activity
		WHERE datname = '$project->{database}' AND wait_event_type = 'Lock'") }),
		"another error @$way: it waits first");
	$other->{harness}->finish;
	($status, undef, $errors) = finish_versioning($run);
	unlike($errors, qr/Shortly before/, "another error @$way: nothing is said");
}

done_testing();
