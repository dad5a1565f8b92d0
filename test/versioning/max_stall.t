# With --max-stall, a patch that makes others wait that long is cancelled, and
# it is told who has waited, for what, and which line has locked it.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use Onlookers;
use Scratch qw(value);
use Test::More;

my $number = 0;
my $since = qr/since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \S+/;
my $who = qr/process \d+ of user "postgres", application "psql", $since, running: /;
my $sleep = 'SELECT pg_sleep(600);';

# A project with a table, a patch "one" that does this, and another patch.
sub with_patch
{
	my ($body) = @_;
	my $project = project('max_stall' . $number++,
		'patches/1.sql' => patch('one', $body),
		'patches/2.sql' => patch('two', '', 'one'));

	value($project->{database}, 'CREATE TABLE other ();
		CREATE TABLE held (a int); INSERT INTO held VALUES (1)');
	return $project;
}

# Applies, while somebody waits for the table in that mode to do something, and
# checks that it is cancelled.
sub is_cancelled
{
	my ($project, $mode, $waits, $expected, $name, @arguments) = @_;
	my $run = start_versioning($project, 'apply', '--max-stall', '100ms',
		@arguments);

	wait_for_lock($project, 'held', $mode, 1);
	my $waiting = start_session($project, $waits);
	my ($status, $output, $errors) = finish_versioning($run);
	finish_sessions($waiting);
	is($status, 3, "$name: exit status");
	like($errors, qr{^versioning: error: patch "one" was cancelled, because it made others wait for more than 100 ms \(patches/1\.sql\)$}m,
		"$name: that is said");
	like($errors, $expected, "$name: who, for what, and where");
	like($errors, qr/^versioning: detail: (?:Nothing of it was kept|Whether any)/m,
		"$name: nothing is kept");
	like($errors, qr/^versioning: 0 applied, 1 failed, 1 not attempted$/m,
		"$name: the run ends");
	is(registered($project), '', "$name: nothing is registered");
	is(value($project->{database}, "SELECT count(*) FROM pg_stat_activity
		WHERE application_name = 'versioning apply' AND datname =
		current_database()"), 0, "$name: no session of it is left");
	return $output;
}

for my $way ([], ['--psql'])
{
	# A table, by name
	my $project = with_patch("LOCK TABLE other;\nALTER TABLE Held ADD b int;\n"
		  . "SELECT 1;\n$sleep");
	is_cancelled($project, 'AccessExclusive', 'TABLE held;',
		qr/^versioning: detail: Waiting for public\.held, which was locked by line 4: ${who}TABLE held\.$/m,
		"a table @$way", @$way);
	is(value($project->{database},
		'SELECT outcome, sessions_waited FROM _v.attempts'), 'cancelled|1',
		"a table @$way: the attempt is kept");

	# In a DO, and with a row
	is_cancelled(with_patch("DO \$\$BEGIN\nUPDATE held SET a = 2; END\$\$;\n"
			  . "$sleep\nSELECT 'held';"),
		'RowExclusive', 'UPDATE held SET a = 3',
		qr/^versioning: detail: Waiting for a row of public\.held, which was locked by line 4: ${who}UPDATE held SET a = 3\.$/m,
		"a row @$way", @$way);

	# No line names it.
	is_cancelled(with_patch("DO \$\$BEGIN EXECUTE 'LOCK TABLE he' || 'ld'; "
			  . "END\$\$;\nSELECT 2;\n$sleep"),
		'AccessExclusive', 'TABLE held',
		qr/, which was locked by (?:a statement from line \d to [3-5]|line \d): /,
		"no name @$way", @$way);

	# The connection that looks is ended.
	is_cancelled(with_patch("LOCK TABLE held;\nSELECT pg_terminate_backend(pid)"
			  . " FROM pg_stat_activity\n WHERE application_name = 'versioning'"
			  . " AND datname = current_database();\n$sleep"),
		'AccessExclusive', 'TABLE held;', qr/, which was locked by line 3: /,
		"another look @$way", @$way);

	# For JSON
	like(is_cancelled(with_patch("LOCK TABLE held;\n$sleep"),
			'AccessExclusive', 'TABLE held;', qr/line 3/, "JSON @$way", @$way,
			'--json'),
		qr/^\{"event": "failed", .*"reason": "stall"/m, "JSON @$way: the reason");

	# It queues for the lock itself.
	$project = with_patch('LOCK TABLE held;');
	my $holder = start_holder($project, 'BEGIN; TABLE held;');
	my $run = start_versioning($project, 'apply', '--max-stall', '100ms',
		'--lock-timeout', '0', @$way);
	wait_for_lock($project, 'held', 'AccessExclusive', 0);
	my $waiting = start_session($project, 'TABLE held;');
	my ($status, undef, $errors) = finish_versioning($run);
	finish_sessions($holder, $waiting);
	is($status, 3, "a queue @$way: exit status");
	like($errors, qr/Waiting for public\.held, which was locked by line 3: /,
		"a queue @$way: the line that waits");

	# Others may wait for less than that.
	$project = with_patch("LOCK TABLE held;\n" . until_seen(1));
	$run = start_versioning($project, 'apply', '--max-stall', '10min', @$way);
	wait_for_lock($project, 'held', 'AccessExclusive', 1);
	$waiting = start_session($project, 'TABLE held;');
	($status, undef, $errors) = finish_versioning($run);
	is("$status$errors", '0', "less than that @$way");
	finish_sessions($waiting);
}

# What only psql can run: the statement is told. One that goes on after errors
# does not go on after this one.
is_cancelled(with_patch("\\set table held\nLOCK TABLE :table;\n"
	  . "SELECT pg_sleep(600), :'table';"),
	'AccessExclusive', 'TABLE held;',
	qr/Waiting for public\.held, which was locked by statement "SELECT pg_sleep\(600\), 'held';"(?:, or one before it)?: /,
	'variables');
is_cancelled(with_patch("\\set ON_ERROR_STOP off\nLOCK TABLE held;\n"
	  . "$sleep\n" x 3),
	'AccessExclusive', 'TABLE held;',
	qr/Waiting for public\.held, which was locked by line 4: /,
	'ON_ERROR_STOP off');

# A file that is not one transaction: what is cancelled is not done, and it
# goes on there
my $project = with_patch('');
my $parts = "-- versioning: no-transaction\n"
  . "SELECT _v.register_patch('one');\nBEGIN;\nLOCK TABLE held;\n";
add_files($project, 'patches/1.sql' => "$parts$sleep\nCOMMIT;\n");
my $run = start_versioning($project, 'apply', '--max-stall', '100ms');
wait_for_lock($project, 'held', 'AccessExclusive', 1);
my $waiting = start_session($project, 'TABLE held;');
my ($end, undef, $told) = finish_versioning($run);
finish_sessions($waiting);
is($end, 3, 'parts: exit status');
like($told, qr/^versioning: detail: Waiting for public\.held, which was locked by line 4: /m,
	'parts: the line that has locked it');
like($told, qr/^versioning: hint: The next "versioning apply" goes on at line 3\.$/m,
	'parts: it goes on there');
is(value($project->{database}, "SELECT concat_ws(' ', outcome, sessions_waited,
	part) FROM _v.attempts, _v.unfinished"), 'cancelled 1 2',
	'parts: the attempt is kept');
add_files($project, 'patches/1.sql' => "${parts}COMMIT;\n");
($end, undef, $told) = versioning($project, 'apply', '--max-stall', '100ms');
is("$end$told", '0', 'parts: and does so');

# The time
$project = with_patch('');
for ([ 'apply', '--max-stall', '5' ], [ 'apply', '--max-stall', 'x' ])
{
	my ($status, undef, $errors) = versioning($project, @$_);
	is($status, 2, "@$_: exit status");
	like($errors, qr/--max-stall takes a whole number with a unit, .*, not "."$/m, "@$_");
}
my ($status) = versioning($project, 'apply', '--max-stall', '0');
is($status, 0, '0: no limit');

done_testing();
