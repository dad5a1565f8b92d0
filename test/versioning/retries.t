# A file that does not get a lock is rolled back, waits without one until those
# are gone who were in the way, and is tried again, whoever runs it.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use Holder;
use Scratch qw(value);
use Test::More;

my $number = 0;
my $since = qr/since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \S+/;
my $holder = qr/process \d+ of user "postgres", application "the holder"/;
my $idle = qr/$holder, $since, idle in transaction/;
my $table = 'CREATE TABLE held (a int PRIMARY KEY);
	INSERT INTO held VALUES (1);';

# A project with a patch, and a database in which something was made before.
sub with_patch
{
	my ($body, $before) = @_;
	my $project = project('retries' . $number++,
		'patches/1.sql' => patch('one', "CREATE TABLE first ();\n$body"));

	value($project->{database}, $before // $table);
	return $project;
}

# Is there anything of the patch?
sub is_there
{
	my ($project) = @_;
	return value($project->{database},
		"SELECT to_regclass('first') IS NOT NULL
		     OR EXISTS (SELECT FROM _v.patches WHERE patch_name = 'one')")
	  eq 't';
}

# Passes if it is told that a run waits for somebody, and meanwhile there is
# nothing of the patch, nor does it have or want a lock.
sub is_waiting
{
	my ($name, $project, $run, $named) = @_;

	ok(wait_for(sub {
			$run->{harness}->pump_nb;
			return $run->{errors} =~ /^versioning: waiting for $named/m }),
		"$name: who is in the way is told") || diag($run->{errors});
	is(value($project->{database},
			"SELECT count(*) FROM pg_stat_activity JOIN pg_locks USING (pid)
			 WHERE application_name = 'versioning apply'
			   AND locktype = 'relation' AND mode <> 'AccessShareLock'"),
		0, "$name: meanwhile it has no lock");
	ok(!is_there($project), "$name: meanwhile there is nothing of it");
	return;
}

# Passes if a run applies the patch, and has said who is in the way, but not
# twice, and nothing of errors.
sub is_applied
{
	my ($name, $project, $run) = @_;
	my ($status, $output, $errors) = finish_versioning($run);
	my %said;

	is($status, 0, "$name: exit status") || diag($errors);
	ok(is_there($project), "$name: it is applied in the end");
	unlike($errors, qr/ERROR/, "$name: no error is shown");
	$said{$_}++ for $errors =~ /^versioning: waiting for .*/mg;
	is_deeply([ grep { $said{$_} > 1 } keys %said ], [],
		"$name: who is in the way is told once");
	return;
}

# Passes if a patch waits so for a session that has run a script, which is named
# like that, and is applied when it has ended.
sub waits_for
{
	my ($name, $project, $script, $named, @arguments) = @_;
	my $session = start_holder($project->{database}, $script);
	my $run = start_versioning($project, 'apply', @arguments);

	is_waiting($name, $project, $run, $named);
	finish_holder($session);
	is_applied($name, $project, $run);
	return;
}

for my $way ([], ['--psql'])
{
	my $add = 'ALTER TABLE held ADD more int;';

	waits_for("a reader @$way", with_patch($add),
		'BEGIN; SELECT FROM held;',
		qr/public\.held: $idle: SELECT FROM held$/, @$way);
	waits_for("a writer @$way", with_patch('UPDATE held SET a = 2;'),
		'BEGIN; UPDATE held SET a = 3;',
		qr/a row of public\.held: $idle: UPDATE held/, @$way);
	waits_for("a table that is referenced @$way",
		with_patch('CREATE TABLE other (a int REFERENCES held);'),
		'BEGIN; UPDATE held SET a = 3;', qr/public\.held: $idle/, @$way);
	waits_for("a partition @$way",
		with_patch('ALTER TABLE whole ADD more int;',
			'CREATE TABLE whole (a int) PARTITION BY LIST (a);
			CREATE TABLE "A part" PARTITION OF whole DEFAULT;'),
		'BEGIN; SELECT FROM "A part";', qr/public\."A part": $idle/, @$way);
	waits_for("a sequence @$way",
		with_patch('ALTER SEQUENCE numbers INCREMENT 2;',
			'CREATE SEQUENCE numbers;'),
		"BEGIN; SELECT nextval('numbers');", qr/public\.numbers: $idle/,
		@$way);
	waits_for("a function @$way",
		with_patch("COMMENT ON FUNCTION f() IS 'ours';",
			"CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';"),
		'BEGIN; DROP FUNCTION f();', qr/function public\.f\(\): $idle/, @$way);
	waits_for("an advisory lock @$way",
		with_patch('SELECT pg_advisory_xact_lock(4711, 1);'),
		'SELECT pg_advisory_lock(4711, 1);',
		qr/advisory lock 4711, 1: $holder/, @$way);
	waits_for("a patch of psql's @$way", with_patch(''),
		"BEGIN; SELECT _v.register_patch('other');",
		qr/_v\.patches: $idle: SELECT _v\.register_patch/, @$way);

	# The lock that keeps other deployers away is lost meanwhile.
	{
		my $name = "no deployer's lock @$way";
		my $project = with_patch($add);
		my $session = start_holder($project->{database},
			'BEGIN; SELECT FROM held;');
		my $run = start_versioning($project, 'apply', @$way);

		is_waiting($name, $project, $run, qr/public\.held: $idle/);
		value($project->{database},
			"SELECT count(pg_terminate_backend(pid, 30000))
			   FROM pg_stat_activity WHERE datname = current_database()
			    AND application_name = 'versioning apply'");
		finish_holder($session);
		my ($status, undef, $errors) = finish_versioning($run);
		is($status, 3, "$name: exit status");
		like($errors,
			qr/^versioning: error: the connection that keeps other deployers away was lost$/m,
			"$name: that is said");
		like($errors,
			qr/^versioning: detail: For [^,]* it was waiting for public\.held: $idle/m,
			"$name: what it was waiting for");
		ok(!is_there($project), "$name: it is not tried again");
	}

	# A function that was called can be replaced.
	my $project = with_patch(
		"CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql
			AS 'SELECT 2';",
		"CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';");
	my $session = start_holder($project->{database}, 'BEGIN; SELECT f();');
	applies($project, 'one', "a function in use @$way", @$way);
	finish_holder($session);

	# One who asks for the lock without waiting for it
	$project = with_patch('LOCK TABLE held NOWAIT;');
	$session = start_holder($project->{database}, 'BEGIN; SELECT FROM held;');
	if (@$way)
	{
		refuses($project, '', [qr/could not obtain lock/],
			'NOWAIT --psql: psql does not tell the SQLSTATE', @$way);
	}
	else
	{
		my $run = start_versioning($project, 'apply');

		ok(wait_for(sub { value('postgres', "SELECT xact_rollback > 2
				FROM pg_stat_database
				WHERE datname = '$project->{database}'") eq 't' }),
			'NOWAIT: it is tried again');
		ok(!is_there($project), 'NOWAIT: meanwhile there is nothing of it');
		finish_holder($session);
		is_applied('NOWAIT', $project, $run);
	}

	# CREATE INDEX CONCURRENTLY, which waits for somebody else
	$project = with_patch($add);
	my $reader = start_holder($project->{database},
		'BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1;');
	my $builder = start_holder($project->{database}, '');
	continue_holder($builder, 'CREATE INDEX CONCURRENTLY ON held (a);');
	ok(wait_for(sub { value('postgres', "SELECT count(*)
			FROM pg_stat_progress_create_index
			WHERE datname = '$project->{database}'
			  AND phase LIKE 'waiting for old snapshots'") }),
		"an index that is built @$way: it waits");
	my $run = start_versioning($project, 'apply', @$way);
	is_waiting("an index that is built @$way", $project, $run,
		qr/public\.held: $holder, $since, running: CREATE INDEX CONC/);
	finish_holder($reader);
	finish_holder($builder);
	is_applied("an index that is built @$way", $project, $run);
	is(value($project->{database}, 'SELECT count(*) FROM pg_index
			WHERE NOT indisvalid'),
		0, "an index that is built @$way: it is valid");

	# A prepared transaction
	SKIP:
	{
		skip 'max_prepared_transactions is 0', 10
		  if !value('postgres', 'SHOW max_prepared_transactions');
		$project = with_patch($add);
		value($project->{database},
			"BEGIN; LOCK TABLE held; PREPARE TRANSACTION 'gone home'");
		$run = start_versioning($project, 'apply', @$way);
		is_waiting("prepared @$way", $project, $run,
			qr/public\.held: prepared transaction "gone home" of user "postgres", $since$/);
		value($project->{database}, "ROLLBACK PREPARED 'gone home'");
		is_applied("prepared @$way", $project, $run);

		# The statement that ends it can be pasted, whatever its name is.
		for my $gid ("'it''s \\ here'", "E'\\\\ \\'\\n\\x1b[31m\u{9b}32m'", "''")
		{
			$project = with_patch($add);
			value($project->{database},
				"BEGIN; LOCK TABLE held; PREPARE TRANSACTION $gid");
			my (undef, undef, $errors) = versioning($project, 'apply',
				'--lock-timeout', '1s', '--retry-for', 0, @$way);
			my ($ending) = $errors =~ /(ROLLBACK PREPARED E?'[ -~]*')$/m;
			is(value($project->{database}, $ending // "SELECT 'nothing'"), '',
				"prepared @$way: this ends $gid") || diag($errors);
		}
	}

	# Ten deadlocks, one after the other
	$project = with_patch("SET LOCAL deadlock_timeout = '200ms';\n"
		  . "LOCK TABLE a;\nLOCK TABLE b;",
		'CREATE TABLE a (); CREATE TABLE b ();');
	$session = start_holder($project->{database},
		"SET deadlock_timeout = '1min'; BEGIN; LOCK TABLE b;");
	$run = start_versioning($project, 'apply', '--lock-timeout', 0, @$way);
	continue_holder($session, <<'SQL');
COMMIT;
DO $$
BEGIN
	FOR i IN 1 .. 10
	LOOP
		LOCK TABLE b;
		WHILE NOT EXISTS (SELECT FROM pg_locks
			WHERE relation = 'b'::regclass AND NOT granted)
		LOOP
			PERFORM pg_sleep(0.002);
		END LOOP;
		LOCK TABLE a;
		COMMIT;
	END LOOP;
END
$$;
SQL
	finish_holder($session);
	is_applied("deadlocks @$way", $project, $run);
	is($session->{errors}, '', "deadlocks @$way: the other one goes on");
	ok(wait_for(sub { value('postgres', "SELECT deadlocks = 10
			FROM pg_stat_database
			WHERE datname = '$project->{database}'") eq 't' }),
		"deadlocks @$way: there were ten");
}

done_testing();
