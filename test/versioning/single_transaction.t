# apply --single-transaction: all pending patches, or none.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use Holder;
use Scratch qw(value);
use Test::More;

my $number = 0;

# A project with these texts as the files 1.sql, 2.sql, ...
sub with_files
{
	my (@texts) = @_;
	my $file = 0;

	return project('single' . $number++,
		map { ('patches/' . ++$file . '.sql' => $_) } @texts);
}

# The arguments that all of this is about
my @single = ('--single-transaction');

# How many transactions have registered what is there
sub transactions
{
	my ($project) = @_;
	return value($project->{database},
		'SELECT count(DISTINCT xmin::text) FROM _v.patches');
}

# Passes if a run of these files fails with that status and message, and keeps
# nothing.
sub is_refused
{
	my ($status, $message, $test, $texts, @arguments) = @_;
	my $project = with_files(@$texts);
	my ($got, $output, $errors) =
	  versioning($project, 'apply', @single, @arguments);

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is($got, $status, "$test: exit status") || diag $errors;
	like($errors, $message, "$test: message");
	is(registered($project), '', "$test: nothing was kept");
	return $errors;
}

my $one = patch('one', 'CREATE TABLE one (id int);');
my $two = patch('two', 'CREATE TABLE two (id int);', 'one');

{
	my $project = with_files($one, $two,
		"SELECT _v.register_patch('three', ARRAY['two']);\n"
		  . 'ALTER TABLE one ADD name text;');
	my ($status, $output, $errors) = versioning($project, 'apply', @single);

	is($status, 0, 'all are applied') || diag $errors;
	is($errors, '', 'all are applied: no warning of a transaction in another');
	is(registered($project), 'one three two', 'all are applied: registered');
	is(transactions($project), 1, 'all are applied: in one transaction');
	like($output, qr/^\[1\/1\] 3 patches in one transaction /,
		'all are applied: it says so');
	is(value($project->{database}, "SELECT string_agg(patch_name || ' '
		|| source_file, ', ' ORDER BY id) FROM _v.history"),
		'one patches/1.sql, two patches/2.sql, three patches/3.sql',
		'all are applied: history knows the files');
	is(value($project->{database}, "SELECT count(*) FROM _v.history
		WHERE source_sha256 ~ '^[0-9a-f]{64}\$'"), 3,
		'all are applied: history knows the digests');
	applies($project, 'one three two', 'nothing is left to do', @single);
}

{
	my $errors = is_refused(3, qr{^psql:patches/2\.sql:3: ERROR:  division by},
		'an error in the second file',
		[ $one, patch('two', "SELECT 1/0;\nCREATE TABLE two ();") ]);

	like($errors, qr{^versioning: error: patch "two" failed \(patches/2\.sql}m,
		'an error in the second file: it is named');
	like($errors, qr/^versioning: detail: Nothing of it was kept, nor of the o/m,
		'an error in the second file: what was kept');
}

# A transaction that is not like any other
my %obstacles = (
	'ISOLATION LEVEL' => [
		$one =~ s/BEGIN/BEGIN ISOLATION LEVEL SERIALIZABLE/r,
		qr{^versioning: patches/1\.sql:1: this prevents a single .*to be like}m
	],
	'START TRANSACTION READ ONLY' => [
		$one =~ s/BEGIN/START TRANSACTION READ ONLY/r,
		qr{patches/1\.sql:1: this prevents a single transaction: .* to be like}
	],
	'SET TRANSACTION' => [
		$one =~ s/BEGIN;/BEGIN; SET TRANSACTION READ WRITE;/r,
		qr{patches/1\.sql:1: this prevents a single transaction: .* to be like}
	],
	'a backslash command' =>
	  [ "\\echo hello\n$one", qr{patches/1\.sql:1: .*: it takes psql to run} ],
	'a query that only psql shows as it is' => [
		patch('one', "SELECT 1;\nSELECT statement FROM pg_cursors;"),
		qr{patches/1\.sql:4: .*: it takes psql to run}
	],
	'two statements in one query' => [
		patch('one', "SELECT 1;\nSELECT 2\\; SELECT 3;"),
		qr{patches/1\.sql:4: .*: it takes psql to run}
	],
	'no COMMIT' => [
		$one =~ s/COMMIT;//r,
		qr{patches/1\.sql:1: .*: the transaction that begins here is not com}
	],
	'a variable' => [
		patch('one', 'SELECT :x;'), qr{patches/1\.sql:3: .*: it takes psql to}
	],
	'COPY data' => [
		patch('one', "CREATE TABLE t (i int);\nCOPY t FROM stdin;\n1\n\\.\n"),
		qr{patches/1\.sql:4: .*: it takes psql to run}
	],
	'no-transaction' => [
		"-- versioning: no-transaction\nSELECT _v.register_patch('one');",
		qr{patches/1\.sql: .*: a comment says that this file is to be run with}
	],
	'CREATE INDEX CONCURRENTLY' => [
		"BEGIN;\nCOMMIT;\nCREATE TABLE t (i int);\n"
		  . "CREATE INDEX CONCURRENTLY i ON t (i);\n$one",
		qr{patches/1\.sql:3: .*: this is outside the transaction of the file}
	],
	'two transactions' => [
		"BEGIN;\nCOMMIT;\n$one",
		qr{patches/1\.sql:3: .*: this begins a second transaction}
	],
	'COMMIT AND CHAIN' => [
		$one =~ s/COMMIT;/COMMIT AND CHAIN; COMMIT;/r,
		qr{patches/1\.sql:4: .*: this begins a second transaction}
	],
	'PREPARE TRANSACTION' => [
		$one =~ s/COMMIT;/PREPARE TRANSACTION 'x';/r,
		qr{patches/1\.sql:4: .*: this ends a transaction otherwise}
	],
	'work before the registration' => [
		"BEGIN;\nCREATE TABLE early ();\n" . ($one =~ s/BEGIN;\n//r),
		qr{patches/1\.sql:2: .*: this does something before the patch is reg}
	],
	'work before the registration in its line' => [
		$one =~ s/BEGIN;\n/BEGIN; CREATE TABLE early (); /r,
		qr{patches/1\.sql:1: .*: this does something before the patch is reg}
	]);
for my $test (sort keys %obstacles)
{
	my ($text, $message) = @{ $obstacles{$test} };
	my $errors = is_refused(1, $message, $test,
		[ $text, patch('two', '', 'one') ]);

	like($errors, qr/^versioning: error: nothing was run$/m,
		"$test: nothing was run");
}

# All are registered, or none: that is looked up before COMMIT.
my %unregistered = (
	'rolled back' => [ $one,
		"BEGIN;\nSAVEPOINT a;\nSELECT _v.register_patch('two');\n"
		  . "ROLLBACK TO a;\nCOMMIT;\n" ],
	'not reached, with a role that cannot read' => [ $one,
		"BEGIN;\nSELECT _v.register_patch('two') WHERE false;\n"
		  . "SET ROLE pg_monitor;\nCOMMIT;\n" ],
	'taken back by a later file' => [ patch('two'),
		patch('one', "SELECT _v.unregister_patch('two');") ]);
for my $test (sort keys %unregistered)
{
	my $errors = is_refused(3, qr/: before COMMIT: error: patch "two" is not reg/,
		$test, [ @{ $unregistered{$test} }, patch('three') ]);

	like($errors, qr/^versioning: error: patch "two" failed/m,
		"$test: it is named");
	like($errors, qr/^versioning: detail: Nothing of it was kept, nor of the o/m,
		"$test: what was kept");
}

# What a file leaves to its session does not reach the next one.
{
	my $project = with_files(
		patch('one', "SET search_path = pg_temp;\nSET LOCAL work_mem = '99MB';\n"
			  . "CREATE TEMP TABLE left_behind ();\nPREPARE p AS SELECT 1;\n"
			  . "SET ROLE pg_monitor;\n"
			  . "DECLARE c CURSOR WITH HOLD FOR SELECT 1;\n"
			  . 'SELECT pg_advisory_lock(7);'),
		patch('two', <<'SQL', 'one'));
CREATE TABLE seen AS SELECT current_setting('search_path') AS path,
  current_setting('work_mem') AS memory, to_regclass('left_behind') AS temporary,
  (SELECT count(*) FROM pg_prepared_statements) AS prepared,
  current_user = session_user AS is_self,
  (SELECT count(*) FROM pg_locks
    WHERE locktype = 'advisory' AND classid = 0 AND objid = 7) AS locks,
  current_setting('lock_timeout') <> '0' AS has_timeout;
SQL

	applies($project, 'one two', 'a session as new', @single,
		'--lock-timeout', '5s');
	is(value($project->{database},
			q{SELECT concat_ws(' ', path, memory, temporary, prepared, is_self,
			locks, has_timeout) FROM public.seen}),
		'"$user", public 4MB 0 t 0 t', 'a session as new: what there is');
}

# A file does not go back to a savepoint of another one.
is_refused(3, qr/^psql:patches\/2\.sql:2: ERROR:  savepoint "a" does not exist/m,
	'a savepoint of another file',
	[ patch('one', "SAVEPOINT a;\nCREATE TABLE one ();"),
		"BEGIN;\nROLLBACK TO a;\nSELECT _v.register_patch('two');\nCOMMIT;\n" ]);

# What sessions begin with is to be known to the later files.
my $alter = patch('one', "DO 'BEGIN EXECUTE format(''ALTER DATABASE %I
	SET search_path = pg_temp'', current_database()); END';");
is_refused(3, qr/^psql:patches\/1\.sql: after it: error: this prevents a singl/m,
	'ALTER DATABASE SET', [ $alter, $two ]);
is_refused(3, qr/^psql:patches\/1\.sql: after it: error: this prevents a singl/m,
	'ALTER ROLE SET', [
		patch('one', "ALTER ROLE CURRENT_USER SET work_mem = '9MB';\n"
			  . 'SET ROLE pg_monitor;'), $two ]);
applies(
	with_files(
		patch('one', "CREATE ROLE other;\nALTER ROLE other SET work_mem = '9MB';"),
		patch('two'), $alter =~ s/'one'/'zero'/r),
	'one two zero', 'ALTER ROLE SET for others, and in the last file', @single);

# A constraint that is deferred is checked at the end of the file whose it is.
my $parent_and_child = 'CREATE TABLE parent (id int PRIMARY KEY);
	CREATE TABLE child (id int REFERENCES parent
		DEFERRABLE INITIALLY DEFERRED);';
my $tables = patch('tables', $parent_and_child);
{
	my $errors = is_refused(3, qr/violates foreign key constraint/,
		'a deferred constraint',
		[ $tables, patch('one', 'INSERT INTO child VALUES (1);', 'tables'),
			patch('two', '', 'one') ]);

	like($errors, qr{^psql:patches/2\.sql: constraints checked after it: ERR}m,
		'a deferred constraint: the message');
	like($errors, qr/^versioning: error: patch "one" failed/m,
		'a deferred constraint: the file is named');
}

# In later files, too, one that is immediate by itself is, and one that is
# deferred is that.
{
	my $project = with_files(
		patch('tables', $parent_and_child . <<'SQL'),
CREATE SCHEMA "s'"" %s";
CREATE TABLE "s'"" %s".t (id int CONSTRAINT "u'""" UNIQUE DEFERRABLE,
  parent int REFERENCES parent DEFERRABLE);
SQL
		patch('one', "INSERT INTO child VALUES (1);\n"
			  . "INSERT INTO parent VALUES (1);", 'tables'),
		patch('two', <<'SQL', 'one'));
SET search_path = "s'"" %s", public;
INSERT INTO child VALUES (2);
INSERT INTO parent VALUES (2);
INSERT INTO t VALUES (1, 1);
ALTER TABLE t ADD name text;
DO $$
BEGIN
  INSERT INTO t VALUES (1, 1);
EXCEPTION WHEN unique_violation THEN
  CREATE TABLE public.caught ();
END $$;
CREATE TABLE own (id int PRIMARY KEY, other int REFERENCES own DEFERRABLE);
INSERT INTO own VALUES (1, 1);
ALTER TABLE own ADD name text;
SQL

	applies($project, 'one tables two', 'a constraint that is immediate by itself',
		@single);
	is(value($project->{database}, "SELECT to_regclass('public.caught')"),
		'caught', 'a constraint that is immediate by itself: it is at once');
}
{
	my $project = with_files($tables,
		patch('one', "INSERT INTO child VALUES (1);\n"
			  . "INSERT INTO parent VALUES (1);", 'tables'),
		patch('two', 'ALTER TABLE child ADD name text;', 'one'));

	applies($project, 'one tables two', 'constraints are deferred in each file',
		@single);
}

# A lock that is lacking: all of it is tried again.
{
	my $project = with_files($one,
		patch('two', 'LOCK TABLE held;', 'one'));
	value($project->{database}, 'CREATE TABLE held ()');
	my $holder = start_holder($project->{database},
		'BEGIN; SELECT pg_backend_pid(); SELECT FROM held;');
	my $run = start_versioning($project, 'apply', @single, '--json');

	ok(wait_for(sub {
			$run->{harness}->pump_nb;
			return $run->{output} =~ /"event": "again"/
		}), 'a lock is lacking: it is tried again');
	finish_holder($holder);
	my ($status, $output, $errors) = finish_versioning($run);
	is($status, 0, 'a lock is lacking: it is applied then') || diag $errors;
	is(registered($project), 'one two', 'a lock is lacking: registered');
	is(transactions($project), 1, 'a lock is lacking: in one transaction');
	like($output,
		qr/\{"event": "done", "number": 1, "patches": \["one", "two"\], "file": n/,
		'programs are told of one step');
}
{
	my $project = with_files($one, patch('two', 'SELECT 1/0;', 'one'));
	my ($status, $output) =
	  versioning($project, 'apply', @single, '--json');

	like($output,
		qr{"event": "failed", .*"failed_file": "patches/2\.sql", .*"kept": fal},
		'programs are told where it has failed');
	like($output, qr/"event": "end", "done": 0, "failed": 2, "not_attempted": 0/,
		'programs are told that none is there');
}

# The first file has locked what somebody wants while the second one runs.
sub sleeping_in_second
{
	my (@arguments) = @_;
	my $project = with_files(patch('one', 'LOCK TABLE held;'),
		patch('two', 'SELECT pg_sleep(60);', 'one'));

	value($project->{database}, 'CREATE TABLE held ()');
	my $run = start_versioning($project, 'apply', @single, @arguments);
	ok(wait_for(sub {
			value('postgres', "SELECT count(*) FROM pg_stat_activity
				WHERE datname = '$project->{database}'
				AND query = 'SELECT pg_sleep(60);'")
		}), "@arguments: the second file runs");
	return ($project, $run);
}
{
	my ($project, $run) = sleeping_in_second('--max-stall', '200ms');
	my $holder = start_holder($project->{database}, 'SELECT 1;');

	continue_holder($holder, 'SELECT FROM held;');
	my ($status, $output, $errors) = finish_versioning($run);
	finish_holder($holder);
	is($status, 3, 'others wait too long: exit status');
	like($errors, qr/^versioning: error: patch "two" was cancelled, because it/m,
		'others wait too long: the file that ran');
	like($errors, qr/^versioning: detail: Waiting for public\.held, which was lo/m,
		'others wait too long: what for');
	is(registered($project), '', 'others wait too long: nothing was kept');
}
{
	my ($project, $run) = sleeping_in_second();

	kill INT => $run->{pid};
	my ($status, $output, $errors) = finish_versioning($run);
	is($status, 3, 'an interruption: exit status');
	like($errors, qr/^versioning: error: interrupted in patch "two"/m,
		'an interruption: where');
	like($errors, qr/^versioning: detail: Nothing of it was kept, nor of the o/m,
		'an interruption: what was kept');
	is(registered($project), '', 'an interruption: nothing was kept');
}

# What is recorded belongs to the patch that has done it.
{
	my $project = with_files(
		patch('one', 'CREATE TABLE one (id int);'),
		patch('two', 'CREATE TABLE two (id int); ALTER TABLE one ADD name text;',
			'one'));
	value($project->{database}, 'CREATE EVENT TRIGGER record
		ON ddl_command_end EXECUTE FUNCTION _v.record_changes();
		CREATE EVENT TRIGGER guard ON ddl_command_end
		EXECUTE FUNCTION _v.require_patch()');

	applies($project, 'one two', 'with the recorder and the guard', @single);
	is(value($project->{database}, "SELECT string_agg(patch_name || ' '
		|| identity, ', ' ORDER BY c.id) FROM _v.changes AS c
		JOIN _v.history AS h ON h.id = c.history_id"),
		'one public.one, two public.two, two public.one, two public.one.name',
		'the changes belong to their patches');
}

# rehearse tries it before it tries each patch, and only if it is told to.
{
	my $project = with_files(patch('one', 'CREATE TABLE t (i int);'),
		patch('two', 'DROP TABLE t;', 'one'),
		patch('three', 'SELECT 1 / (count(DISTINCT applied_tsz) - 1)'
			  . ' FROM _v.patches;', 'two'));
	my ($status, $output, $errors);

	for my $file (1 .. 3)
	{
		my $path = "$project->{directory}/patches/$file.sql";
		open my $handle, '>>', $path or die "$path: $!";
		print $handle "-- versioning: disable no-rollback\n";
		close $handle or die "$path: $!";
	}
	($status, $output, $errors) =
	  versioning($project, 'rehearse', @single, 'two');
	is($status, 0, 'a rehearsal of two: exit status') || diag $errors;
	like($output, qr/^all in a single transaction: ok\n\[1\/2\] one: applied\n/,
		'a rehearsal of two: both are tried');
	($status, $output, $errors) = versioning($project, 'rehearse', @single);
	is($status, 3, 'a rehearsal of three: exit status');
	like($errors, qr{^psql:patches/3\.sql:3: ERROR:  division by zero}m,
		'a rehearsal of three: the query');
	is($output, "all in a single transaction: they cannot be applied\n"
		  . "0 rehearsed; 3 not reached\n", 'a rehearsal of three: result');
	($status, $output) = versioning($project, 'rehearse', @single, '--json');
	like($output, qr/^\{"event": "transaction", "result": "failed", "text": "th/,
		'a rehearsal of three: JSON');
	is((versioning($project, 'rehearse'))[0], 0, 'one by one they can be');
	add_files($project, 'versioning.conf' => "single-transaction = on\n");
	is((versioning($project, 'rehearse'))[0], 0,
		'versioning.conf is for apply alone');
	is((versioning($project, 'apply'))[0], 3, 'which obeys it');
	add_files($project, 'patches/3.sql' => "\\echo x\n" . patch('three'));
	($status, $output, $errors) = versioning($project, 'rehearse', @single);
	is($status, 1, 'a rehearsal with psql: exit status');
	like($errors, qr{^versioning: patches/3\.sql:1: this prevents a single tra}m,
		'a rehearsal with psql: message');
	is(value('postgres', "SELECT count(*) FROM pg_database
		WHERE datname LIKE 'versioning_rehearsal_%'"), 0,
		'no rehearsal leaves a database');
}

# It goes with --to and with names.
{
	my $project = with_files($one, $two, patch('three'));

	applies($project, 'one two', 'up to a patch', @single, '--to', 'two');
	applies($project, 'one three two', 'one alone', @single, 'three');
}

is_refused(2, qr/--single-transaction and $_->[0] cannot be used together/,
	"with $_->[0]", [$one], @$_)
  foreach (['--psql'], ['--run-jobs']);
is_refused(2, qr/--single-transaction and --restart-at cannot be used together/,
	'with --restart-at', [$one], '--restart-at', 1, 'one');
is_refused(1, qr/^versioning: error: these files cannot share a transaction/,
	'with a variable that changes how psql runs files', [ $one, $two ],
	'-v', 'AUTOCOMMIT=off');
is((versioning(with_files($one), 'status', @single))[0], 2,
	'status has no such option');

done_testing();
