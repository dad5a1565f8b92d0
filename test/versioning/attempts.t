# What _v.attempts keeps: attempts that made others wait, or failed, and no
# others.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use Onlookers;
use Scratch qw(original value);
use Test::More;

my $number = 0;

# A project with a table, and a patch "one" that does this.
sub with_patch
{
	my ($body) = @_;
	my $project = project('attempts' . $number++,
		'patches/1.sql' => patch('one', $body),
		'rollbacks/1.sql' => rollback_file('one', $body));

	value($project->{database}, 'CREATE TABLE held ()');
	return $project;
}

# What is told of attempts.
sub attempts
{
	my ($project, $columns) = @_;

	return value($project->{database}, "SELECT string_agg(
		concat_ws(' ', $columns), ', ' ORDER BY id) FROM _v.attempts");
}

for my $way ([], ['--psql'])
{
	# Those that fail
	my $project = with_patch('SELECT 1/0;');
	my ($status) = versioning($project, 'apply', @$way);
	is($status, 3, "failure @$way: exit status");
	is(attempts($project, q{action, patch_names, outcome,
			coalesce(sqlstate, '-'), sessions_waited,
			coalesce(longest_wait::text, '-'), source_file,
			coalesce(history_id::text, '-'), application_name}),
		'apply {one} failed ' . (@$way ? '-' : '22012')
		  . ' 0 - patches/1.sql - versioning',
		"failure @$way: it is kept");
	is(value($project->{database}, 'SELECT bool_and(started_at + duration
		BETWEEN started_at AND clock_timestamp() AND role_name = current_user)
		FROM _v.attempts'), 't', "failure @$way: since when, and by whom");

	# Those that nobody has felt
	add_files($project, 'patches/1.sql' => patch('one'),
		'patches/2.sql' => patch('two'));
	($status) = versioning($project, 'apply', @$way);
	is("$status " . attempts($project, 'outcome'), '0 failed',
		"quiet ones @$way: nothing is kept of them");

	# Those that others have waited for
	$project = with_patch("LOCK TABLE held;\n" . until_seen(2));
	for (['apply', 'applied'], ['rollback', 'taken back', 'one'])
	{
		my ($action, $outcome, @names) = @$_;
		my $run = start_versioning($project, $action, @names, @$way);
		wait_for_lock($project, 'held', 'AccessExclusive', 1);
		my @waiting = map { start_session($project, 'TABLE held;') } 1 .. 2;
		($status, undef, my $errors) = finish_versioning($run);
		is("$status$errors", '0', "$action @$way: nothing is said");
		finish_sessions(@waiting);
		is(value($project->{database}, "SELECT concat_ws(' ', a.action,
				outcome, sessions_waited, longest_wait > '0s', event)
				FROM _v.attempts a JOIN _v.history h ON h.id = a.history_id
				WHERE patch_name = 'one' ORDER BY a.id DESC LIMIT 1"),
			"$action $outcome 2 t $outcome", "$action @$way: it is kept");
	}

	# One that waits itself
	$project = with_patch("SET LOCAL statement_timeout = '1s';\n"
		  . 'LOCK TABLE held;');
	my $holder = start_holder($project, 'BEGIN; TABLE held;');
	versioning($project, 'apply', '--retry-for', 0, @$way);
	finish_sessions($holder);
	like(attempts($project, 'outcome, waited_for'),
		qr/^failed public\.held: \d+ postgres psql, idle in transaction for \S+ \w+$/,
		"waiting @$way: what for is kept, and not what that does");

	# One that is interrupted
	$project = with_patch('SELECT pg_sleep(600);');
	my $run = start_versioning($project, 'apply', @$way);
	wait_for(sub { value($project->{database}, "SELECT count(*) FROM
		pg_stat_activity WHERE wait_event = 'PgSleep' AND datname =
		current_database()") });
	kill 'TERM', $run->{pid};
	($status) = finish_versioning($run);
	is("$status " . attempts($project, 'outcome'), '3 interrupted',
		"a signal @$way: it is kept");

	# It cannot be written.
	$project = with_patch('SELECT 1/0;');
	value($project->{database}, 'ALTER TABLE _v.attempts ADD more int DEFAULT 1');
	($status, undef, my $errors) = versioning($project, 'apply', @$way);
	is($status, 3, "not written @$way: exit status");
	like($errors, qr/^versioning: warning: the attempt was not noted in _v\.attempts: ERROR: /m,
		"not written @$way: that is said");
}

# Those of a file that is not one transaction, each of which does a part of it
my $unfinished = with_patch('');
my $parts = "-- versioning: no-transaction\n"
  . "SELECT _v.register_patch('one');\n";
add_files($unfinished, 'patches/1.sql' => "${parts}SELECT 1/0;\n");
versioning($unfinished, 'apply') for 1, 2;
is(value($unfinished->{database}, "SELECT string_agg(concat_ws(' ', outcome,
	sqlstate, event), ', ' ORDER BY a.id)
	FROM _v.attempts a JOIN _v.history h ON h.id = a.history_id"),
	'failed 22012 applied, failed 22012 resumed', 'parts: each is kept');
add_files($unfinished, 'patches/1.sql' => "${parts}BEGIN; LOCK TABLE held;\n"
	  . until_seen(1) . "\nCOMMIT;\n");
my $run = start_versioning($unfinished, 'apply');
wait_for_lock($unfinished, 'held', 'AccessExclusive', 1);
my $waiting = start_session($unfinished, 'TABLE held;');
my ($end) = finish_versioning($run);
finish_sessions($waiting);
is("$end " . value($unfinished->{database}, "SELECT concat_ws(' ', outcome,
	sessions_waited, event)
	FROM _v.attempts a JOIN _v.history h ON h.id = a.history_id
	ORDER BY a.id DESC LIMIT 1"), '0 applied 1 resumed',
	'parts: others wait for them, too');
# The table is locked.
my $project = with_patch('SELECT 1/0;');
my $holder = start_holder($project, 'BEGIN; LOCK TABLE _v.attempts;');
my ($status, undef, $errors) = versioning($project, 'apply');
finish_sessions($holder);
is($status, 3, 'locked: exit status');
like($errors, qr/^versioning: warning: the attempt was not noted in _v\.attempts: ERROR:  canceling statement due to lock timeout$/m,
	'locked: that is said');

# Names of any kind
$project = with_patch('');
add_files($project, 'patches/1.sql' => patch('a "b", {c}\\',
		"SELECT _v.register_patch('two');\nSELECT 1/0;"));
versioning($project, 'apply');
is(value($project->{database}, q{SELECT patch_names = ARRAY['a "b", {c}\\', 'two']
	FROM _v.attempts}), 't', 'names of any kind');

# A file whose name is not UTF-8
$project = with_patch('');
add_files($project, "patches/\xFF.sql" => patch('two', 'SELECT 1/0;'));
versioning($project, 'apply');
is(attempts($project, 'source_file'), 'patches/\xFF.sql',
	'a file whose name is not UTF-8');

# Transactions are read-only unless they say otherwise.
$project = with_patch('');
value($project->{database}, "ALTER DATABASE $project->{database}
	SET default_transaction_read_only = on");
add_files($project, 'patches/1.sql' => "BEGIN READ WRITE;
	SELECT _v.register_patch('one');\nSELECT 1/0;\nCOMMIT;");
versioning($project, 'apply');
is(attempts($project, 'outcome'), 'failed', 'read-only by default');

# A function of that name that takes a text for the names
$project = with_patch('SELECT 1/0;');
value($project->{database}, "CREATE FUNCTION _v.note_attempt(text, text,
	timestamptz, interval, text, text, int, interval, text, text, bigint)
	RETURNS bigint LANGUAGE sql AS 'SELECT 0::bigint'");
versioning($project, 'apply');
is(attempts($project, 'outcome'), 'failed', 'another function of that name');

# A register without such a table
$project = with_patch('SELECT 1/0;');
value($project->{database}, 'DROP EXTENSION versioning;
	DROP SCHEMA IF EXISTS _v');
original($project->{database}, 'new');
($status, undef, $errors) = versioning($project, 'apply');
is($status, 3, 'another register: exit status');
unlike($errors, qr/not noted/, 'another register: nothing is said');

done_testing();
