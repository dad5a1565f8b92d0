# Jobs and other sessions: who runs a job is seen, shared and waited for; it gives
# way; and it does not run anybody's code when the extension is gone.

use strict;
use warnings;

use FindBin;
use IPC::Run ();
use lib "$FindBin::Bin/../lib";
use Scratch;
use Test::More;

my ($owner, $other) = map { role($_) } qw(owner other);
my $database = database('jobs', '-O', $owner);

value($database, 'CREATE EXTENSION versioning', user => $owner);
value($database, "GRANT CREATE ON SCHEMA public TO $owner");

# Makes a table t with 200 rows, and a job j on it, with the settings given, and a
# key of this type.
sub job
{
	my (%settings) = @_;
	my $type = delete $settings{type} // 'int';
	my $set = join '', map { "SELECT _v.set_job('j', '$_', '$settings{$_}');" }
	  sort keys %settings;

	value($database, <<"SQL", user => $owner);
SELECT _v.unregister_patch('p') FROM _v.patches;
DROP TABLE IF EXISTS t CASCADE;
CREATE TABLE t (id $type PRIMARY KEY, n int NOT NULL DEFAULT 0);
INSERT INTO t SELECT i FROM generate_series(1, 200) AS i;
ANALYZE t;
BEGIN;
SELECT _v.register_patch('p');
SELECT _v.register_job('j', 't', 'UPDATE t SET n = n + 1 FROM batch WHERE t.id = batch.id');
$set
COMMIT;
SQL
	return;
}

# Starts SQL in a session of its own; finish() waits for its end and returns what
# it has said.
sub start
{
	my ($sql, $user) = @_;
	my $output = '';
	my $session = IPC::Run::start(
		[ qw(psql -X -q -A -t -v VERBOSITY=verbose -d), $database, '-U',
			$user // $owner, '-c', $sql ], '<', '/dev/null', '>&', \$output);
	return [ $session, \$output ];
}

sub finish
{
	my ($session) = @_;
	IPC::Run::finish($session->[0]);
	return ${ $session->[1] };
}

# Waits until a query says true.
sub wait_for
{
	my ($query, $name) = @_;
	for (1 .. 600)
	{
		return pass($name) if value($database, $query) eq 't';
		select undef, undef, undef, 0.05;
	}
	return fail($name);
}

sub touched
{
	return value($database, q{SELECT string_agg(n || ':' || c, ' ' ORDER BY n) || ', ' ||
		(SELECT state FROM _v.jobs) FROM (SELECT n, count(*) AS c FROM t GROUP BY n) AS s});
}

my $run = "CALL _v.run_job('j')";

# Who runs it

job();
value($database, "UPDATE _v.job_list SET next_size = 1");
value($database, "SELECT _v.set_job('j', 'batch_time', '1'), _v.set_job('j', 'pause', '300')");
my @runners = (start($run), start($run));
wait_for("SELECT state = 'running' AND cardinality(runners) = 2 FROM _v.jobs",
	'two sessions run it');
value($database, "SELECT _v.set_job('j', 'pause', '0')");
like(finish($_), qr/NOTICE:  00000: job "j" is done/, 'both see its end') for @runners;
is(touched(), '1:200, done', 'each row once');
is(value($database, 'SELECT cardinality(runners) FROM _v.jobs'), 0, 'nobody runs it');

# It is paused and canceled between two batches.
for (
	[ "SELECT _v.pause_job('j')", qr/job "j" is paused/ ],
	[ "SELECT _v.cancel_job('j')", qr/job "j" was canceled/ ],
	[ "SELECT _v.unregister_patch('p')", qr/job "j" was canceled/ ])
{
	my ($sql, $notice) = @$_;
	job(batch_time => 1, pause => 300);
	value($database, "UPDATE _v.job_list SET next_size = 1");
	my $runner = start($run);
	wait_for('SELECT rows_done > 0 FROM _v.jobs', 'it is running');
	value($database, $sql);
	like(finish($runner), $notice, "$sql ends it");
}

# Autovacuum hears of what it does while it runs, and it runs in a procedure.
job(batch_time => 1, pause => 1000);
value($database, "UPDATE _v.job_list SET next_size = 1");
my $running = start($run);
wait_for("SELECT state = 'running' AND (SELECT n_tup_upd FROM pg_stat_user_tables WHERE relname = 't') > 0
	FROM _v.jobs", 'what it has changed so far is counted');
value($database, "SELECT _v.cancel_job('j')");
finish($running);
job(pause => 0);
value($database, 'DO $$ BEGIN CALL _v.run_job(\'j\'); PERFORM 1; COMMIT; END $$');
is(touched(), '1:200, done', 'each row once');

# It goes on where a killed session was.
job(batch_time => 1, pause => 1000);
value($database, "UPDATE _v.job_list SET next_size = 1");
my $runner = start($run);
wait_for('SELECT rows_done > 0 FROM _v.jobs', 'it is running');
value($database, 'SELECT pg_terminate_backend(runners[1]) FROM _v.jobs');
like(finish($runner), qr/57P01/, 'it is killed');
wait_for("SELECT state = 'waiting' FROM _v.jobs", 'it waits for another one');
value($database, "SELECT _v.set_job('j', 'pause', '0'); $run");
is(touched(), '1:200, done', 'which does the rest');

# A row that is locked: the others are not.
job(pause => 0, lock_timeout => 50);
my $holder = start("BEGIN; UPDATE t SET n = 0 WHERE id = 150; SELECT pg_advisory_lock(1); SELECT pg_sleep(100)");
wait_for("SELECT count(*) = 1 FROM pg_locks WHERE locktype = 'advisory'", 'a row is locked');
$runner = start($run);
wait_for("SELECT rows_done = 149 AND last_error ~ 'lock timeout' FROM _v.jobs", 'all before it are done');
value($database, "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'");
like(finish($runner), qr/is done/, 'and when it is not locked, it is done');
is(touched(), '1:200, done', 'each row once');
finish($holder);

# Runs the job while somebody changes what it is about, and commits that when a
# batch waits for it.
sub run_while
{
	my ($change, $name) = @_;
	my $gate = start('SELECT pg_advisory_lock(1); SELECT pg_sleep(100)');
	wait_for("SELECT count(*) = 1 FROM pg_locks WHERE locktype = 'advisory'", 'the gate is shut');
	my $changer = start("BEGIN; $change; SELECT pg_advisory_lock(1); COMMIT");
	wait_for("SELECT count(*) = 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted", $name);
	my $runner = start($run);
	wait_for("SELECT count(*) = 1 FROM pg_locks WHERE locktype = 'transactionid' AND NOT granted",
		'the batch waits for it');
	value($database, "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted");
	finish($_) for $gate, $changer, $runner;
	return;
}

# An UPDATE by the key locks its rows by itself. What somebody does to one of
# them, who has not committed when the batch comes to it, is not missed.
my @settings = (pause => 0, lock_timeout => 0, batch_time => 1);
for (
	[ 'is changed', 'UPDATE t SET x = 1 WHERE id = 150', '1:200' ],
	[ 'is deleted', 'DELETE FROM t WHERE id = 150', '1:199' ],
	[ 'gets another key', 'UPDATE t SET id = 999 WHERE id = 150', '1:200' ],
	[ 'gets another key, and its own again',
		'UPDATE t SET id = 999 WHERE id = 150; UPDATE t SET id = 150 WHERE id = 999', '1:200' ],
	[ 'makes way for another one',
		'DELETE FROM t WHERE id = 150; UPDATE t SET id = 150 WHERE id = 151', '1:199' ],
	[ 'comes to be what the statement is about',
		'UPDATE t SET x = 0 WHERE id = 150', '1:200', 't.id <> 150 OR x = 0' ])
{
	my ($name, $change, $expected, $condition) = @$_;
	job(@settings);
	value($database, 'ALTER TABLE t ADD x int; UPDATE _v.job_list SET next_size = 1');
	value($database, "UPDATE _v.job_list SET statement = statement || ' AND ($condition)'")
	  if $condition;
	run_while($change, "a row $name");
	is(touched(), "$expected, done", 'each row once');
}

# The same key, written in another way, is another note.
job(@settings, type => 'numeric');
value($database, 'UPDATE _v.job_list SET next_size = 1');
run_while('UPDATE t SET id = 150.00 WHERE id = 150', 'a key is written in another way');
is(touched(), '1:200, done', 'each row once');

# What the statement reads elsewhere is as new as the row that it is for.
value($database, <<'SQL', user => $owner);
CREATE TABLE part (id int, size int);
CREATE FUNCTION size(int) RETURNS int LANGUAGE sql STABLE AS
	'SELECT sum(size)::int FROM part WHERE id = $1';
SQL
for (
	[ 'a subquery', 'SET n = n + 1, x = (SELECT sum(size) FROM part WHERE part.id = t.id) FROM batch WHERE' ],
	[ 'another table', 'SET n = n + 1, x = size FROM batch, part WHERE part.id = t.id AND' ],
	[ 'a function', 'SET n = n + 1, x = size(t.id) FROM batch WHERE' ])
{
	my ($name, $middle) = @$_;
	job(@settings);
	value($database, "ALTER TABLE t ADD x int; TRUNCATE part; INSERT INTO part SELECT id, 1 FROM t;
		UPDATE _v.job_list SET next_size = 1, statement = 'UPDATE t $middle t.id = batch.id'");
	run_while('UPDATE part SET size = 7 WHERE id = 150; UPDATE t SET x = 7 WHERE id = 150', "$name has something new");
	is(touched(), '1:200, done', 'each row once');
	is(value($database, "SELECT string_agg(x::text, ' ') FROM t WHERE id >= 150 AND x > 1"), 7, 'with what was new');
}

# After a deadlock, batches lock their rows before the statement runs, in the order
# of the key. A batch stops at row 130, in its middle, until the gate is open.
job(pause => 0, lock_timeout => 0, batch_time => 60000);
value($database, <<'SQL', user => $owner);
CREATE TABLE batches (id int GENERATED ALWAYS AS IDENTITY, locked int);
CREATE FUNCTION count_locked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO batches (locked) VALUES (-1);
	UPDATE batches SET locked = (SELECT count(*) FROM t WHERE t.xmax = batches.xmin) WHERE locked = -1;
	RETURN NULL;
END $$;
CREATE FUNCTION wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS
	'BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NEW; END';
CREATE TRIGGER a BEFORE UPDATE OF n ON t FOR EACH STATEMENT EXECUTE FUNCTION count_locked();
CREATE TRIGGER b BEFORE UPDATE OF n ON t FOR EACH ROW WHEN (OLD.id = 130) EXECUTE FUNCTION wait_at_gate();
ALTER TABLE t ADD x int;
SQL
$holder = start('SELECT pg_advisory_lock(1); SELECT pg_sleep(100)');
my $changer = start("SET deadlock_timeout = '1h'; BEGIN; UPDATE t SET x = 1 WHERE id = 150; SELECT pg_advisory_lock(2);
	DO 'BEGIN WHILE NOT EXISTS (SELECT FROM pg_locks WHERE locktype = ''advisory'' AND NOT granted) LOOP
		PERFORM pg_sleep(0.05); END LOOP; END';
	UPDATE t SET x = 1 WHERE id = 120; COMMIT", $ENV{PGUSER});
wait_for("SELECT count(*) = 2 FROM pg_locks WHERE locktype = 'advisory' AND granted", 'the gate is shut, and a row is locked');
$runner = start($run);
wait_for("SELECT count(*) = 1 FROM pg_locks WHERE locktype = 'transactionid' AND NOT granted", 'who has locked it waits for the batch');
value($database, "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = 1 AND granted");
finish($_) for $holder, $changer, $runner;
is(touched(), '1:200, done', 'a batch that is in a deadlock is done later');
is(value($database, "SELECT string_agg(locked::text, ' ' ORDER BY id) FROM batches"), '100 100', 'and locks its rows first');

# A job ends while somebody changes a key, and waits for nobody then.
job(pause => 0, lock_timeout => 50);
$holder = start("BEGIN; UPDATE t SET n = 0 WHERE id = 150; SELECT pg_advisory_lock(1); SELECT pg_sleep(100)");
wait_for("SELECT count(*) = 1 FROM pg_locks WHERE locktype = 'advisory'", 'a row is locked');
$runner = start($run);
wait_for('SELECT rows_done >= 149 FROM _v.jobs', 'all before it are done');
value($database, 'UPDATE t SET id = 1001 WHERE id = 1');
$changer = start("BEGIN; UPDATE t SET id = 1002 WHERE id = 1001; SELECT pg_advisory_lock(2); SELECT pg_sleep(100)");
wait_for("SELECT count(*) = 2 FROM pg_locks WHERE locktype = 'advisory'", 'the key of one that is done is changed again');
value($database, "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = 1");
wait_for("SELECT state = 'done' FROM _v.jobs", 'the job is done');
value($database, "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = 2");
finish($_) for $holder, $changer, $runner;
is(touched(), '1:200, done', 'each row once');
succeeds($database, "SELECT _v.assert_job_is_done('j')", 'it is done', user => $owner);
is(value($database, 'SELECT count(*) FROM _v.job_moved'), 0, 'no note is left');

# Held back

job(batch_time => 1, pause => 300);
value($database, "UPDATE _v.job_list SET next_size = 1");
$holder = start("BEGIN; SELECT FROM t LIMIT 1; SELECT pg_advisory_lock(1); SELECT pg_sleep(100)");
wait_for("SELECT count(*) = 1 FROM pg_locks WHERE locktype = 'advisory'", 'somebody reads the table');
$runner = start($run);
wait_for('SELECT rows_done > 0 FROM _v.jobs', 'it is running');
my $deploy = start('ALTER TABLE t ADD x int');
wait_for("SELECT state = 'held back' AND held_back ~ 'waits for a lock on table public.t' FROM _v.jobs",
	'a deploy wants the table');
value($database, "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'");
finish($_) for $holder, $deploy;
wait_for("SELECT state IN ('running', 'done') AND held_back IS NULL FROM _v.jobs", 'it has got it');
value($database, "SELECT _v.set_job('j', 'pause', '0')");
finish($runner);
is(touched(), '1:200, done', 'each row once');

for (
	[ 'is disabled', 'DISABLE TRIGGER ALL' ],
	[ 'was', 'ENABLE TRIGGER ALL' ])
{
	my ($name, $change) = @$_;
	job(pause => 0);
	value($database, "ALTER TABLE t $change");
	$runner = start($run);
	wait_for("SELECT state = 'held back' AND rows_done = 0
		AND held_back = 'its trigger on table public.t is not there, or not ENABLE ALWAYS' FROM _v.jobs",
		"its trigger $name");
	value($database, 'ALTER TABLE t ENABLE ALWAYS TRIGGER versioning_job_j');
	finish($runner);
	is(touched(), '1:200, done', 'and then each row once');
}

job(pause => 0, max_snapshot_age => 1);
$holder = start("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM t LIMIT 1; SELECT pg_advisory_lock(1); SELECT pg_sleep(100)");
wait_for("SELECT count(*) = 1 FROM pg_locks WHERE locktype = 'advisory'", 'somebody has an old snapshot');
$runner = start($run);
wait_for("SELECT held_back ~ '^process \\d+ has held a snapshot for \\d+ s\$' FROM _v.jobs", 'it says so');
value($database, "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'");
finish($_) for $holder, $runner;
is(touched(), '1:200, done', 'and then goes on');

# A query cancel ends it, and is no failure of the batch.
job(batch_time => 1, pause => 1000);
value($database, "UPDATE _v.job_list SET next_size = 1");
$runner = start($run);
wait_for('SELECT rows_done > 0 FROM _v.jobs', 'it is running');
value($database, 'SELECT pg_cancel_backend(runners[1]) FROM _v.jobs');
like(finish($runner), qr/57014/, 'it is canceled by its user');
is(value($database, 'SELECT concat(state, last_error) FROM _v.jobs'), 'waiting', 'and waits');

# The owner of the extension drops it, and puts a view of theirs in its place,
# while a job is running that then would read it.
job(batch_time => 1, pause => 1000);
value($database, climb($owner));
value($database, "UPDATE _v.job_list SET next_size = 1; GRANT CREATE ON DATABASE $database TO $owner");
$runner = start($run);
wait_for('SELECT rows_done > 0 FROM _v.jobs', 'it is running');
value($database, <<'SQL', user => $owner);
BEGIN;
DROP EXTENSION versioning CASCADE;
CREATE SCHEMA _v;
CREATE FUNCTION _v.climb() RETURNS text LANGUAGE plpgsql AS
	$$BEGIN PERFORM public.climb(); RETURN 'j'; END$$;
CREATE VIEW _v.job_list AS SELECT _v.climb() AS job_name, ''::text AS patch_name,
	''::text AS table_name, ''::text AS statement, ''::text AS check_query,
	''::text AS role_name, ''::text AS search_path, '{}'::text[] AS registered_settings,
	0::oid AS role_oid, 0::bigint AS system_identifier, '{}'::text[] AS settings,
	'waiting'::text AS state, ''::text AS last_error, 1 AS next_size,
	''::text AS last_key, ''::text AS cursor, true AS handed_out,
	now() AS started_at;
COMMIT;
SQL
like(finish($runner), qr/55000: the tables of the jobs are not there as CREATE EXTENSION made them/, 'a runner does not read it');
is(value($database, "SELECT rolsuper FROM pg_roles WHERE rolname = '$owner'"), 'f', 'nobody has become a superuser');

done_testing();
