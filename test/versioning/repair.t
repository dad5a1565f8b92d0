# What runs CONCURRENTLY leaves something behind if it fails, or is done while
# nobody is there any more to note that: the next apply finds out, and mends it.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use Holder;
use IPC::Run ();
use Scratch qw(database psql value);
use Test::More;

my $number = 0;
my $directive = "-- versioning: no-transaction\n";
my $begin = "${directive}SELECT _v.register_patch('middle', ARRAY['first']);\n";
my $end = "INSERT INTO done VALUES ('end');\n";

# A project with a table, in which nothing is unique, and a file that fails
# after its registration, in line 3.
sub stopped
{
	my ($tables) = @_;
	my $project = project('repair' . $number++,
		'patches/1.sql' => patch('first', $tables // 'CREATE TABLE done (what text);
			CREATE SCHEMA app;
			CREATE TABLE app.t AS SELECT 1 AS a, 2 AS b FROM generate_series(1, 2);'),
		'patches/2.sql' => "${begin}SELECT 1/0;\n$end");

	is((versioning($project, 'apply'))[0], 3, '-- it stops');
	return $project;
}

# The same, but what has stopped is this statement, about that relation, and
# nobody knows how far it has come. Then that SQL is run, which stands for what
# the statement and others have done.
sub killed
{
	my ($statement, $relation, @by_hand) = @_;
	my $project = stopped(ref $by_hand[0] ? ${ shift @by_hand } : undef);

	add_files($project, 'patches/2.sql' => "$begin$statement\n$end");
	note_run($project, $statement, $relation);
	psql($project->{database}, $_) for @by_hand;
	return $project;
}

# Notes that the statement runs, as that part and in that line.
sub note_run
{
	my ($project, $statement, $relation, $part, $line) = @_;

	my ($name) = $statement =~ /^create .*?index concurrently (?:if not exists )?(?!on )"?((?<!")\w+|(?<=")[^"]+)/i;
	my $leaves = $statement =~ /^REINDEX/ ? "'_cc(new|old)[0-9]*\$'"
	  : defined $name ? "'^$name\$'" : $statement =~ /^CREATE/ ? "'.'" : 'NULL';
	$relation = defined $relation ? "'$relation'" : 'NULL';
	$part //= 2;
	$line //= 3;
	value($project->{database}, "SELECT _v.note_progress('runs', '{middle}',
		$part, $line, $relation, ARRAY[encode(sha256(convert_to(\$\$$statement\$\$, 'UTF8')),
			'hex'), $leaves])");
	return;
}

# The indexes of the database, and the number of each where it is wanted.
sub indexes
{
	my ($project, $column) = @_;

	$column //= "concat(c.relname, CASE WHEN NOT indisvalid THEN ' (invalid)' END)";
	return value($project->{database}, "SELECT coalesce(string_agg($column, ' '
			ORDER BY c.relname), '')
		FROM pg_index JOIN pg_class c ON c.oid = indexrelid
		WHERE c.relnamespace IN ('app'::regnamespace, 'public'::regnamespace)");
}

# Passes if all is applied, and the rest of the file was run once.
sub goes_on
{
	my ($project, $indexes, $test) = @_;
	my ($status, $output, $errors) = versioning($project, 'apply');

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is($status, 0, $test) || diag("$output\n$errors");
	is(value($project->{database}, 'SELECT string_agg(what, \' \') FROM done'),
		'end', "$test: the rest");
	is(indexes($project), $indexes, "$test: the indexes");
	return;
}

# Passes if it is refused, with that exit status and message.
sub refused
{
	my ($project, $expected, $pattern, $test) = @_;
	my ($status, $output, $errors) = versioning($project, 'apply');

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is($status, $expected, $test);
	like($errors, $pattern, "$test: what it says");
	is(value($project->{database}, 'SELECT count(*) FROM done'), 0,
		"$test: nothing was run");
	return;
}

my $unique = 'CREATE UNIQUE INDEX CONCURRENTLY i ON app.t (a);';
my $plain = 'CREATE INDEX CONCURRENTLY i ON app.t (a);';

# An index that is not valid
my $project = stopped();
add_files($project, 'patches/2.sql' => "$begin$unique\n$end");
for my $try (1, 2)
{
	refused($project, 3, qr/could not create unique index/, "a double, $try");
	is(indexes($project), 'i (invalid)', "a double, $try: it is left behind");
}
value($project->{database}, 'DELETE FROM app.t WHERE ctid = \'(0,1)\'');
goes_on($project, 'i', 'no double any more');

# The statement is mended, and makes another one.
$project = stopped();
add_files($project, 'patches/2.sql' => "$begin$unique\n$end");
refused($project, 3, qr/could not create unique index/, 'a mistake');
add_files($project, 'patches/2.sql' =>
	  "${begin}CREATE INDEX CONCURRENTLY j ON app.t (a);\n$end");
goes_on($project, 'j', 'a mistake that is mended');

# What is dropped is told of, which is no event of the file's.
$project = stopped();
add_files($project, 'patches/2.sql' => "$begin$unique\n$end");
refused($project, 3, qr/could not create unique index/, 'programs');
add_files($project, 'patches/2.sql' => "$begin$plain\n$end");
my ($status, $output, $errors) = versioning($project, 'apply', '--json');
is($errors, "versioning: dropping index app.i, which the last attempt has left behind\n",
	'programs: what is dropped is told of');
is(join(' ', $output =~ /"event": "(\w+)"/g), 'plan begin done end',
	'programs: it is no event');

# Others have failed on the same table since: what they have left is theirs.
my $others = "CREATE UNIQUE INDEX CONCURRENTLY others ON app.t (b)";
for my $statement ('CREATE UNIQUE INDEX CONCURRENTLY "i.x\\" ON app.t (a);',
	'REINDEX INDEX CONCURRENTLY app.k;',
	'DROP INDEX CONCURRENTLY app.k;')
{
	$project = stopped('CREATE TABLE done (what text); CREATE SCHEMA app;
		CREATE TABLE app.t AS SELECT 1 AS a, 2 AS b FROM generate_series(1, 2);
		CREATE INDEX k ON app.t (a);');
	add_files($project, 'patches/2.sql' => "$begin$statement\n$end");
	if ($statement =~ /^CREATE/)
	{
		refused($project, 3, qr/could not create unique index/, $statement);
	}
	else
	{
		note_run($project, $statement, 'app.k');
	}
	psql($project->{database}, $others);
	value($project->{database}, "DELETE FROM app.t WHERE ctid = '(0,1)'");
	goes_on($project, join(' ', $statement =~ /CREATE/ ? 'i.x\\' : (),
			$statement =~ /DROP/ ? () : 'k', 'others (invalid)'),
		"others have failed: $statement");
}

# It goes on before what has failed, whose index is dropped all the same.
$project = stopped();
add_files($project, 'patches/2.sql' => "${begin}SELECT 1;\n$unique\n$end");
refused($project, 3, qr/could not create unique index/, 'from before it');
value($project->{database}, 'DELETE FROM app.t WHERE ctid = \'(0,1)\'');
is((versioning($project, qw(apply middle --restart-at 3)))[0], 0,
	'from before it: it goes on');
is(indexes($project), 'i', 'from before it: the index');

# Without a name, and one that somebody else has left there
$project = stopped();
psql($project->{database},
	'CREATE UNIQUE INDEX CONCURRENTLY others ON app.t (a)');
add_files($project, 'patches/2.sql' =>
	  "${begin}SET search_path = app;\nCREATE UNIQUE INDEX CONCURRENTLY ON t (a, b);\n"
	  . "RESET search_path;\n$end");
refused($project, 3, qr/could not create unique index/, 'without a name');
is(indexes($project), 'others (invalid) t_a_b_idx (invalid)',
	'without a name: it is left behind');
value($project->{database}, 'DELETE FROM app.t WHERE ctid = \'(0,1)\'');
goes_on($project, 'others (invalid) t_a_b_idx', 'without a name');

# It is there, all of it.
for my $statement (
	$plain,
	'CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON app.t (a);',
	'CREATE INDEX CONCURRENTLY ON app.t (a);',
	"create index concurrently \"I 1\" -- a comment\n  on only app.t using btree (b desc, a);",
	'CREATE INDEX CONCURRENTLY i ON app.t ((a + b), lower(a::text) COLLATE "C" text_pattern_ops) INCLUDE (b) WITH (fillfactor = 70) WHERE a > 1 AND t.b IS NOT NULL;')
{
	my $text = $statement;
	$project = killed($text, 'app.t', $text);
	my $before = indexes($project, 'c.oid::text');
	goes_on($project, indexes($project), "it is there: $text");
	is(indexes($project, 'c.oid::text'), $before, "it is there: $text: and stays");
}

# Something is there, but not that.
for my $made ('CREATE UNIQUE INDEX i ON app.t (b) WHERE a > 10',
	'CREATE INDEX i ON app.t (b)', 'CREATE INDEX i ON app.t (a DESC)',
	'CREATE INDEX i ON app.t USING hash (a)',
	'CREATE INDEX i ON app.t (a) WHERE a > 0')
{
	$project = killed($plain, 'app.t', $made);
	refused($project, 3,
		qr/^psql:patches\/2\.sql:3: error: there is a valid index of that name, but with another definition than here: CREATE .*: drop it, or leave it and run "versioning apply middle --restart-at 4"$/m,
		$made);
	is(indexes($project), 'i', "$made: it is kept");
}
is((versioning($project, qw(apply middle --restart-at 4)))[0], 0,
	'somebody wants it so');
is(indexes($project), 'i', 'so it stays');

# It cannot be compared.
for my $statement ('CREATE INDEX CONCURRENTLY i ON app.t (a) WHERE app.t.b > 0;',
	'CREATE INDEX CONCURRENTLY ON app.t (a) WHERE app.t.b > 0;')
{
	$project = killed($statement, 'app.t', $statement);
	refused($project, 3,
		qr/^psql:patches\/2\.sql:3: error: there is a valid index, and it cannot be found out whether it was made here: CREATE INDEX .*: if it was, run "versioning apply middle --restart-at 4"; else drop it$/m,
		$statement);
	my $index = indexes($project);
	is((versioning($project, qw(apply middle --restart-at 4)))[0], 0,
		"$statement: somebody knows");
	is(indexes($project), $index, "$statement: it stays");
}

# Nothing is there.
goes_on(killed($plain, 'app.t'), 'i', 'nothing is there');

# One that is not valid was there before.
$project = stopped();
psql($project->{database}, $unique);
add_files($project, 'patches/2.sql' =>
	  "${begin}CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON app.t (a);\n$end");
refused($project, 3,
	qr/^psql:patches\/2\.sql:3: error: index app\.i was there before, and is not valid: drop it, then it is created$/m,
	'IF NOT EXISTS');
refused($project, 3, qr/index app\.i was there before/, 'IF NOT EXISTS, again');
value($project->{database}, 'DROP INDEX app.i');
goes_on($project, 'i', 'IF NOT EXISTS: it is dropped');

# Somebody builds an index: nothing is taken from him.
$project = killed($unique, 'app.t', $unique);
my ($input, $answer) = ("BEGIN; UPDATE app.t SET a = a RETURNING 7;\n", '');
my $writer = IPC::Run::start([ 'psql', '-XAtq', '-d', $project->{database} ],
	'<', \$input, '>', \$answer, '2>', '/dev/null');
$writer->pump until $answer =~ /7/;
my $builder = IPC::Run::start([ 'psql', '-XAtq', '-d', $project->{database}, '-c',
		'CREATE INDEX CONCURRENTLY his ON app.t (b)' ]);
ok(wait_for(sub { value($project->{database},
			"SELECT count(*) FROM pg_stat_progress_create_index
			  WHERE datname = current_database()") > 0 }), 'somebody builds');
refused($project, 3, qr/error: index app\.his is not valid, and process \d+ builds an index of the same table: wait until that has ended|error: index app\.i is not valid, and process \d+ builds/,
	'somebody builds an index');
$writer->finish;
$builder->finish;
is(indexes($project), 'his i (invalid)', 'his is there');
value($project->{database}, 'DELETE FROM app.t WHERE ctid = (SELECT max(ctid) FROM app.t)');
goes_on($project, 'his i', 'when that is done');

# DROP INDEX
my $tables = 'CREATE TABLE done (what text); CREATE SCHEMA app;
	CREATE TABLE app.t (a int, b int); CREATE INDEX i ON app.t (a);';
my $drop = 'DROP INDEX CONCURRENTLY app.i;';
goes_on(killed($drop, 'app.i', \$tables, 'DROP INDEX app.i'), '',
	'an index that is dropped');
goes_on(killed($drop, 'app.i', \$tables,
		"UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'app.i'::regclass"),
	'', 'one that is about to be');
goes_on(killed($drop, 'app.i', \$tables), 'i' x 0, 'one that is not');

# The search_path has another one of that name, which nobody wants to drop.
$drop = 'DROP INDEX CONCURRENTLY i;';
$project = stopped("$tables CREATE TABLE t (a int); CREATE INDEX i ON t (a);");
my $path = "${begin}SET search_path = app, public;\n";
add_files($project, 'patches/2.sql' => "$path$drop\n$end");
note_run($project, $drop, 'app.i', 3, 4);
value($project->{database}, 'DROP INDEX app.i');
goes_on($project, 'i', 'another index of that name');

# REINDEX
for my $reindex (
	[ 'REINDEX INDEX CONCURRENTLY app.i;', 'app.i' ],
	[ 'REINDEX TABLE CONCURRENTLY app.t;', 'app.t' ],
	[ 'REINDEX (VERBOSE, CONCURRENTLY) TABLE app.t;', 'app.t' ],
	[ 'REINDEX SCHEMA CONCURRENTLY app;' ])
{
	my ($statement, $relation) = @$reindex;
	my @left = map { my $name = "i_cc$_";
		("CREATE INDEX $name ON app.t (a)", "UPDATE pg_index SET indisvalid = false
			WHERE indexrelid = 'app.$name'::regclass") } qw(new old new1);
	goes_on(killed($statement, $relation, \$tables, @left), 'i', $statement);
}

# DETACH PARTITION
my $parted = 'CREATE TABLE done (what text); CREATE SCHEMA app;
	CREATE TABLE app.p (a int) PARTITION BY RANGE (a);
	CREATE TABLE app.p1 PARTITION OF app.p FOR VALUES FROM (0) TO (10);
	CREATE TABLE app.p2 PARTITION OF app.p FOR VALUES FROM (10) TO (20);';
my $detach = 'ALTER TABLE app.p DETACH PARTITION app.p1 CONCURRENTLY;';
for my $state ('', 'ALTER TABLE app.p DETACH PARTITION app.p1',
	"UPDATE pg_inherits SET inhdetachpending = true WHERE inhrelid = 'app.p1'::regclass")
{
	$project = killed($detach, 'app.p', \$parted, $state);
	goes_on($project, '', "a partition: $state");
	is(value($project->{database}, 'SELECT string_agg(inhrelid::regclass::text, \' \') FROM pg_inherits'),
		'app.p2', "a partition: $state: it is detached");
}

# The index of a partitioned table, which is made one by one
$project = stopped($parted);
add_files($project, 'patches/2.sql' => <<"EOT");
${begin}CREATE UNIQUE INDEX i ON ONLY app.p (a);
CREATE UNIQUE INDEX CONCURRENTLY i1 ON app.p1 (a);
ALTER INDEX app.i ATTACH PARTITION app.i1;
CREATE UNIQUE INDEX CONCURRENTLY i2 ON app.p2 (a);
ALTER INDEX app.i ATTACH PARTITION app.i2;
$end
EOT
value($project->{database}, 'INSERT INTO app.p VALUES (1), (1)');
refused($project, 3, qr/could not create unique index/, 'partitions');
is(indexes($project), 'i (invalid) i1 (invalid)',
	'partitions: they are left behind');
value($project->{database}, 'TRUNCATE app.p');
goes_on($project, 'i i1 i2', 'partitions');

# What cannot be looked up
my $answers = qr{^versioning: patches/2\.sql:3: patch "middle" is unfinished, and it is not known how much of this was done: find out\. If nothing was, or it was undone, run "versioning apply middle --restart-at 3"; if all of it was, or it was finished by hand, run "versioning apply middle --restart-at 4"\.$}m;
my $procedure = 'CREATE TABLE done (what text); CREATE SCHEMA app;
	CREATE TABLE calls (a int); CREATE PROCEDURE app.f() LANGUAGE plpgsql AS
	\'BEGIN INSERT INTO calls VALUES (1); COMMIT; PERFORM 1 / count(*) FROM done; END\';';
for my $line (3, 4)
{
	$project = stopped($procedure);
	add_files($project, 'patches/2.sql' => "${begin}CALL app.f();\n$end");
	refused($project, 3, qr/^versioning: detail: It is not known what was kept of what begins in line 3\.$/m, 'a call');
	refused($project, 1, $answers, 'a call that is not known');
	value($project->{database}, 'CREATE OR REPLACE PROCEDURE app.f() LANGUAGE sql AS $$INSERT INTO calls VALUES (2)$$');
	is((versioning($project, qw(apply middle --restart-at), $line))[0], 0,
		"it goes on at line $line");
	is(value($project->{database}, 'SELECT string_agg(a::text, \' \' ORDER BY a) FROM calls'),
		$line == 3 ? '1 2' : '1', "from there: line $line");
}
# What is set before it is run again, and is not what is asked about.
$project = stopped($procedure);
add_files($project, 'patches/2.sql' => "${begin}SET jit = off;\nCALL app.f();\n$end");
refused($project, 3, qr/^versioning: detail: 2 of its 4 parts are done.*--restart-at 4"; if all.*--restart-at 5"/ms,
	'a call after a setting');
refused($project, 1, qr{^versioning: patches/2\.sql:4: .*--restart-at 4"; if all.*--restart-at 5"\.$}m,
	'a call after a setting, that is not known');

# One line says nothing of several parts in it.
my $do = 'DO $$BEGIN COMMIT; PERFORM 1/0; END$$;';
$project = stopped();
add_files($project, 'patches/2.sql' => "${begin}INSERT INTO done VALUES ('a'); $do $end");
is((versioning($project, 'apply'))[0], 3, 'several parts in a line');
is((versioning($project, qw(apply middle --restart-at 3)))[0], 1,
	'several parts in a line: what is done is not run again');
my $own = qr/It shares its line with another part: give each a line of its own, and run "versioning apply" again\.$/m;
like((versioning($project, 'apply'))[2], $own,
	'several parts in a line: what it says');
add_files($project, 'patches/2.sql' => "${begin}INSERT INTO done VALUES ('a');\n$do $end");
like((versioning($project, 'apply'))[2], $own,
	'two parts in a line: what it says');
add_files($project, 'patches/2.sql' => "${begin}INSERT INTO done VALUES ('a');\n$do\n$end");
like((versioning($project, 'apply'))[2], qr/--restart-at 4"; if all.*--restart-at 5"\.$/m,
	'a part in a line: what it says');
is((versioning($project, qw(apply middle --restart-at 5)))[0], 0,
	'a part in a line: it goes on with the next');
is(value($project->{database}, 'SELECT string_agg(what, \' \') FROM done'),
	'a end', 'a part in a line: each was run once');

# The commands can be pasted, whatever the name.
$project = project('odd', 'patches/1.sql' =>
	  "${directive}SELECT _v.register_patch('it''s & odd');\n\\set x 1\nSELECT 1/0;");
my $quoted = q{"versioning apply 'it'"'"'s & odd' --restart-at};
like((versioning($project, 'apply'))[2],
	qr/^versioning: hint: .*\Q$quoted\E 1"; if all .*\Q$quoted\E 5"\.$/m,
	'a name for the shell, when it fails');
like((versioning($project, 'apply'))[2], qr/\Q$quoted\E 1"; if all .*\Q$quoted\E 5"\.$/m,
	'a name for the shell, when it is asked');

for my $do ([ "EXECUTE 'SELECT 1/0'", 3 ], [ 'COMMIT; PERFORM 1/0', 1 ])
{
	my ($text, $expected) = @$do;

	$project = stopped();
	add_files($project, 'patches/2.sql' =>
		  "${begin}DO \$\$BEGIN $text; END\$\$;\n$end");
	refused($project, 3, qr/^psql:patches\/2\.sql:3: ERROR:  division by zero/m, $text);
	refused($project, $expected,
		$expected == 1 ? $answers : qr/goes on at line 3\.$/m, "$text, again");
}
$project = killed('CREATE DATABASE nowhere TEMPLATE nowhere_at_all;', undef);
refused($project, 1, $answers, 'a database, of which nothing is known');
($status, undef, $errors) = versioning($project, qw(apply middle --restart-at 3));
is($status, 3, 'somebody says that it is not there');
like($errors, qr/^versioning: hint: The next "versioning apply" goes on at line 3\.$/m,
	'an error: nothing is left behind');
refused($project, 3, qr/^psql:patches\/2\.sql:3: ERROR: .*nowhere_at_all/m,
	'its error says that it is not there: it is tried again');

# It is there, and noting that was what failed.
my $made = database('made');
value('postgres', "DROP DATABASE $made");
$project = stopped();
value($project->{database}, 'CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
		$$BEGIN RAISE \'no note\'; END$$;
	CREATE TRIGGER refuse BEFORE UPDATE ON _v.progress FOR EACH ROW
		WHEN (OLD.runs AND NOT NEW.runs) EXECUTE FUNCTION refuse()');
add_files($project, 'patches/2.sql' => "${begin}CREATE DATABASE $made;\n$end");
refused($project, 3, qr/^versioning: detail: It is not known what was kept of what begins in line 3\.$/m,
	'a database, of which the note fails');
value($project->{database}, 'DROP TRIGGER refuse ON _v.progress');
refused($project, 1, $answers, 'a database, of which the note has failed');
is((versioning($project, qw(apply middle --restart-at 4)))[0], 0,
	'a database, of which somebody knows that it is there');
value('postgres', "DROP DATABASE $made");

# What psql runs, as a whole
my $file = "${begin}\\set x 1\nCREATE TABLE once ();\n";
for my $line (1, 100)
{
	$project = stopped();
	value($project->{database}, "SELECT _v.unregister_patch('middle')");
	add_files($project, 'patches/2.sql' => "${file}SELECT 1/0;\n$end");
	($input, $answer) = (versioning($project, 'apply'))[0, 2];
	is($input, 3, 'psql: it fails');
	like($answer, qr/^versioning: detail: It is not known what was kept of what begins in line 1\.$/m,
		'psql: what is known');
	like($answer, qr/^versioning: hint: Find out how much of it was done\. If nothing was, .*"versioning apply middle --restart-at 1"; if all of it was, .*--restart-at 7"\.$/m,
		'psql: what to do');
	($input, $answer) = (versioning($project, 'apply'))[0, 2];
	is($input, 1, 'psql: it does not run again by itself');
	like($answer, qr/it is not known how much of this was done: find out\. .*--restart-at 1".*--restart-at 7"/,
		'psql: what it says');
	is((versioning($project, qw(apply middle --restart-at 3)))[0], 1,
		'psql: it goes on nowhere in the middle');
	if ($line == 1)
	{
		value($project->{database}, "DROP TABLE once;
			SELECT _v.unregister_patch('middle')");
		add_files($project, 'patches/2.sql' => "$file$end");
	}
	is((versioning($project, qw(apply middle --restart-at), $line))[0], 0,
		"psql: at line $line");
	is(value($project->{database}, 'SELECT count(*) FROM done'), $line == 1 ? 1 : 0,
		"psql: at line $line: what was run");
	is(value($project->{database}, 'SELECT count(*) FROM _v.progress'), 0,
		"psql: at line $line: it is whole");
}

# Somebody has locked the table of the notes: that is told, and soon enough.
$file = "${begin}\\set x 1\n$end";
$project = stopped();
value($project->{database}, "SELECT _v.unregister_patch('middle')");
add_files($project, 'patches/2.sql' => $file);
my $locker = start_holder($project->{database},
	'BEGIN; LOCK TABLE _v.progress IN EXCLUSIVE MODE;');
refused($project, 3, qr/^psql:patches\/2\.sql: note of its progress: ERROR:  canceling statement due to lock timeout\nversioning: error: .*\nversioning: detail: Nothing of it was kept\.$/m,
	'the notes are locked before it');
finish_holder($locker);
goes_on($project, '', 'the notes are not locked any more');

$project = stopped();
value($project->{database}, "SELECT _v.unregister_patch('middle')");
add_files($project, 'patches/2.sql' =>
	  "${begin}\\set x 1\nSELECT pg_advisory_xact_lock(1);\n$end");
my $gate = start_holder($project->{database}, 'BEGIN; SELECT pg_advisory_xact_lock(1);');
my $run = start_versioning($project, 'apply');
ok(wait_for(sub { value('postgres', "SELECT count(*) FROM pg_locks
			WHERE locktype = 'advisory' AND objid = 1 AND NOT granted") > 0 }),
	'the notes are locked after it: it waits');
$locker = start_holder($project->{database},
	'BEGIN; LOCK TABLE _v.progress IN EXCLUSIVE MODE;');
finish_holder($gate);
($status, undef, $errors) = finish_versioning($run);
is($status, 3, 'the notes are locked after it');
like($errors, qr/^psql:patches\/2\.sql: note that all of it is done: ERROR:  canceling statement due to lock timeout$/m,
	'the notes are locked after it: what it says');
like($errors, qr/^versioning: hint: Find out .*if all of it was, .*"versioning apply middle --restart-at 6"\.$/m,
	'the notes are locked after it: what to do');
finish_holder($locker);
is((versioning($project, qw(apply middle --restart-at 6)))[0], 0,
	'the notes are locked after it: that is done');
is(value($project->{database}, 'SELECT concat(count(*), (SELECT count(*) FROM _v.progress)) FROM done'),
	'10', 'the notes are locked after it: it was run once');

done_testing();
