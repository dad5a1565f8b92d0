# How long an attempt waits for a lock, how long there are attempts, and who is
# asked: the options, the comments in the file, the file itself.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use Holder;
use Scratch qw(psql value);
use Test::More;

my $number = 0;
my $held = 'CREATE TABLE held (a int); CREATE TABLE seen (a text);';

# A project with these files, and two tables in its database.
sub with_files
{
	my @files = @_;
	my $project = project('timeout' . $number++, @files);

	value($project->{database}, $held);
	return $project;
}

# What a patch finds lock_timeout to be that is applied with these arguments.
sub timeout_seen
{
	my ($before, @arguments) = @_;
	my $project = with_files('patches/1.sql' => $before
		  . patch('one',
			"INSERT INTO seen SELECT current_setting('lock_timeout');"));
	my ($status, undef, $errors) = versioning($project, 'apply', @arguments);

	return $status == 0 ? value($project->{database}, 'SELECT a FROM seen')
	  : "status $status\n$errors";
}

for my $way ([], ['--psql'])
{
	my ($status, $output, $errors);

	# What is set
	is(timeout_seen('', @$way), '100ms', "the first attempt @$way");
	is(timeout_seen('', '--lock-timeout', '50ms', @$way), '50ms',
		"a shorter --lock-timeout @$way");
	is(timeout_seen('', '--lock-timeout', '0', @$way), '0',
		"--lock-timeout 0 @$way");
	is(timeout_seen('', '--retry-for', '0', '--lock-timeout', '3s', @$way),
		'3s', "the only attempt @$way");
	is(timeout_seen("-- versioning: lock-timeout 0\n", @$way), '0',
		"a comment @$way");
	is(timeout_seen("-- Versioning: Lock-Timeout 40 ms\n",
			'--lock-timeout', '0', @$way), '40ms',
		"a comment outdoes the option @$way");
	is(timeout_seen("-- versioning: retry-for 0\n", @$way), '2s',
		"another comment @$way");

	# Each file has its own.
	my $project = with_files(
		map { ("patches/$_.sql" => ($_ == 2 ?
				  "-- versioning: lock-timeout 30ms\n" : '')
			  . patch("p$_", "INSERT INTO seen
				SELECT '$_ ' || current_setting('lock_timeout');")) } 1 .. 3);
	applies($project, 'p1 p2 p3', "three patches @$way", @$way);
	is(value($project->{database},
			q{SELECT string_agg(a, ', ' ORDER BY a) FROM seen}),
		'1 100ms, 2 30ms, 3 100ms', "each has its own @$way");

	# A file without a transaction, and one of two, are left alone.
	for my $text (
		"-- versioning: no-transaction\nSELECT _v.register_patch('one');\nINSERT INTO seen SELECT current_setting('lock_timeout');",
		patch('one', "INSERT INTO seen SELECT current_setting('lock_timeout');")
		  . "BEGIN;\nCREATE TABLE other ();\nCOMMIT;")
	{
		$project = with_files('patches/1.sql' => $text);
		applies($project, 'one', "more than a transaction @$way", @$way);
		is(value($project->{database}, 'SELECT a FROM seen'), '0',
			"more than a transaction @$way: nothing is set");
	}

	# Giving up
	for my $files (
		[ [ '--retry-for', '1s' ], 'patches/2.sql' =>
			  patch('two', 'LOCK TABLE held;') ],
		[ [], 'patches/2.sql' => "-- versioning: retry-for 1s\n"
			  . patch('two', 'LOCK TABLE held;') ])
	{
		my ($arguments, @files) = @$files;
		$project = with_files('patches/1.sql' => patch('one'), @files,
			'patches/3.sql' => patch('three', '', 'two'));
		my $session = start_holder($project->{database},
			'BEGIN; SELECT pg_backend_pid() FROM seen RIGHT JOIN (VALUES (1)) v ON true; LOCK TABLE held;');
		my ($pid) = $session->{output} =~ /(\d+)/;
		refuses($project, 'one',
			[
				qr/^psql:patches\/2\.sql:\d+: ERROR:  canceling statement due to lock timeout$/m,
				qr/^versioning: error: patch "two" failed \(patches\/2\.sql\)$/m,
				qr/^versioning: detail: For \d\.\d s it was waiting for public\.held: process $pid of user "postgres", application "the holder", since \d{4}-.*, idle in transaction: LOCK TABLE held\.$/m,
				qr/^versioning: detail: Nothing of it was kept\.$/m,
				qr/^versioning: hint: This ends what was waited for: SELECT pg_terminate_backend\($pid\)$/m,
				qr/^versioning: hint: The same command, run again, goes on here\.$/m,
				qr/^versioning: 1 applied, 1 failed, 1 not attempted$/m
			],
			"it gives up @$arguments @$way", @$arguments, @$way);
		value($project->{database}, "SELECT pg_terminate_backend($pid)");
		eval { finish_holder($session) };
		applies($project, 'one three two', "and the next run goes on @$way",
			@$way);
	}

	# What is not for a lock is final; so is statement_timeout.
	$project = with_files('patches/1.sql' => patch('one',
		"SET LOCAL lock_timeout = 0;\nSET LOCAL statement_timeout = '1s';\nLOCK TABLE held;"));
	my $session = start_holder($project->{database}, 'BEGIN; LOCK TABLE held;');
	refuses($project, '', [qr/due to statement timeout$/m,
			qr/^versioning: detail: Shortly before, it was waiting for public\.held: /m],
		"statement_timeout @$way", @$way);
	add_files($project, 'patches/1.sql' => patch('one',
		"DO \$\$BEGIN RAISE 'canceling statement due to lock timeout'; END\$\$;"));
	refuses($project, '', [qr/ERROR:  canceling statement due to lock timeout$/m],
		"an error that speaks of a lock @$way", @$way);

	# The file has its own will.
	add_files($project, 'patches/1.sql' => patch('one',
		"SET lock_timeout = '10ms';\nLOCK TABLE held;"));
	refuses($project, '', [qr/due to lock timeout$/m],
		"a timeout of the file @$way", '--retry-for', '1s', @$way);
	add_files($project, 'patches/1.sql' => patch('one',
		"SET lock_timeout = 0;\nLOCK TABLE held;"));
	my $run = start_versioning($project, 'apply', '--retry-for', '1s', @$way);
	ok(wait_for(sub { value('postgres', "SELECT clock_timestamp() - query_start
			> '1.5s' FROM pg_stat_activity
			WHERE datname = '$project->{database}'
			  AND wait_event_type = 'Lock'") eq 't' }),
		"a file that waits as long as it takes @$way");
	finish_holder($session);
	is((finish_versioning($run))[0], 0, "and is applied @$way");

	# A rollback is no different.
	$project = with_files('patches/1.sql' => patch('one', 'CREATE TABLE x ();'),
		'rollbacks/1.sql' => rollback_file('one', 'DROP TABLE x;'));
	applies($project, 'one', "a patch to be taken back @$way", @$way);
	$session = start_holder($project->{database}, 'BEGIN; SELECT FROM x;');
	($status, undef, $errors) =
	  versioning($project, qw(rollback one --retry-for 1s), @$way);
	is($status, 3, "a rollback @$way: it gives up");
	like($errors, qr/ it was waiting for public\.x: process \d+ of /,
		"a rollback @$way: who is in the way");
	is(registered($project), 'one', "a rollback @$way: nothing was kept");
	$run = start_versioning($project, qw(rollback one), @$way);
	ok(wait_for(sub {
			$run->{harness}->pump_nb;
			$run->{errors} =~ /waiting for public\.x: / }),
		"a rollback @$way: it waits");
	finish_holder($session);
	is((finish_versioning($run))[0], 0, "a rollback @$way: it is tried again");
	is(registered($project), '', "a rollback @$way: it is taken back");

	# Being asked to stop
	$project = with_files('patches/1.sql' => patch('one', 'LOCK TABLE held;'));
	$session = start_holder($project->{database}, 'BEGIN; LOCK TABLE held;');
	$run = start_versioning($project, 'apply', @$way);
	ok(wait_for(sub {
			$run->{harness}->pump_nb;
			$run->{errors} =~ /waiting for public\.held: / }),
		"stopping @$way: it waits");
	kill INT => $run->{pid};
	($status, undef, $errors) = finish_versioning($run);
	is($status, 3, "stopping @$way: exit status");
	like($errors, qr/^versioning: error: interrupted in patch "one" \(patches\/1\.sql\)\n(?:versioning: detail: For .*\n)?versioning: detail: Nothing of it was kept\.$/m,
		"stopping @$way: what it says");
	is(sessions($project), 1, "stopping @$way: only the other session is left");
	finish_holder($session);
}

# What acts outside the database is done once.
for my $text ("\\! echo >>outside\n", "SELECT 1 \\g outside\n",
	"\\copy (SELECT 1) to outside\n", "\\o outside\n\\o\n",
	"SELECT 1\n\\w outside\n;\n", "\\set x `echo >>outside`\n",
	"\\if `echo >>outside; echo 1`\n\\endif\n",
	"\\if 0\n\\elif `echo >>outside; echo 1`\n\\endif\n",
	"COPY (SELECT 1) TO PROGRAM 'cat';\n", "SELECT 'dblink';\n")
{
	my ($what) = $text =~ /(.*)/;
	my $project = with_files('patches/1.sql' =>
		  patch('one', "\n$text\nLOCK TABLE held;"));
	my $session = start_holder($project->{database}, 'BEGIN; LOCK TABLE held;');
	my $line = $text =~ /\\(?:w|elif)/ ? '\d' : 4;

	refuses($project, '', [
			qr/^versioning: detail: Nothing of it was kept\.$/m,
			qr/^versioning: detail: It is not tried again, as line $line of patches\/1\.sql acts outside the database, or outside the transaction: /m
		], "$what: it is tried once", '--lock-timeout', '300ms');
	finish_holder($session);
	applies($project, 'one', "$what: it can be run");
}

# So is what may end the transaction, for all that can be read of it.
for my $text (":x;\n", "SELECT 'SELECT 1' \\gexec\n")
{
	my ($what) = $text =~ /(.*)/;
	my $project = with_files('patches/1.sql' =>
		  patch('one', "\n$text\nLOCK TABLE held;"));
	my $session = start_holder($project->{database}, 'BEGIN; LOCK TABLE held;');

	refuses($project, '', [
			qr/^versioning: detail: Its registration was not kept\.  It is not known whether something else was: line 4 /m,
			qr/^versioning: detail: It is not tried again, as line 4 may end its transaction: /m
		], "$what: it is tried once", '--lock-timeout', '300ms',
		'-v', 'x=SELECT 1');
	finish_holder($session);
	applies($project, 'one', "$what: it can be run", '-v', 'x=SELECT 1');
}

# One that is not one transaction goes on, but not by itself.
{
	my $project = with_files('patches/1.sql' => "-- versioning: no-transaction\n"
		  . "SELECT _v.register_patch('one');\nSET lock_timeout = '50ms';\nLOCK TABLE held;\n"
		  =~ s/LOCK TABLE held/ALTER TABLE held ADD b int/r);
	my $session = start_holder($project->{database}, 'BEGIN; LOCK TABLE held;');

	refuses($project, 'one', [
			qr/^versioning: detail: For .* it was waiting for public\.held: .*\nversioning: detail: It is not tried again, as it is not one transaction\.\nversioning: detail: 1 of its 3 parts is done/m,
			qr/^versioning: hint: The next "versioning apply" goes on at line 3\.\nversioning: hint: This ends what was waited for: /m
		], 'several parts: what is said of it is in order');
	finish_holder($session);
	applies($project, 'one', 'several parts: it goes on');
}

# What merely prints does not.
{
	my $project = with_files('patches/1.sql' => patch('one',
		"\\echo one\nSELECT 1 \\g\n\\copy (SELECT 1) to stdout\n"
		  . "COPY (SELECT 1) TO STDOUT;\n\\o\n\\set y 'a`b'\nLOCK TABLE held;"));
	my $session = start_holder($project->{database}, 'BEGIN; LOCK TABLE held;');
	my ($status, undef, $errors) = versioning($project, qw(apply --retry-for 1s));

	is($status, 3, 'what prints: it gives up');
	unlike($errors, qr/not tried again/, 'what prints: it could be tried again');
	finish_holder($session);
}

# A statement that is in nobody's way waits as long as it takes, unless it comes
# after others, or the file has set a limit.
my $validate = 'ALTER TABLE held VALIDATE CONSTRAINT positive;';
for my $text ($validate, "SET LOCAL work_mem = '1MB';\n$validate",
	"-- a comment\nalter table if exists only public.held validate constraint positive",
	'REFRESH MATERIALIZED VIEW CONCURRENTLY view')
{
	my $name = $text =~ s/\n/ /gr;
	my $project = with_files('patches/1.sql' => patch('one', $text =~ s/;?$/;/r
		  . "\nINSERT INTO seen SELECT current_setting('lock_timeout');"));
	value($project->{database}, 'ALTER TABLE held ADD CONSTRAINT positive
			CHECK (a > 0) NOT VALID;
		CREATE MATERIALIZED VIEW view AS SELECT 1 AS a;
		CREATE UNIQUE INDEX ON view (a)');
	my $session = start_holder($project->{database},
		'BEGIN; LOCK TABLE held IN SHARE UPDATE EXCLUSIVE MODE;
		REFRESH MATERIALIZED VIEW CONCURRENTLY view;');
	my $run = start_versioning($project, 'apply');

	ok(wait_for(sub { value('postgres', "SELECT clock_timestamp() - query_start
			> '0.5s' FROM pg_stat_activity
			WHERE datname = '$project->{database}'
			  AND wait_event_type = 'Lock'") eq 't' }),
		"$name: it waits");
	finish_holder($session);
	is((finish_versioning($run))[0], 0, "$name: it is done");
	is(value($project->{database}, 'SELECT a FROM seen'), '100ms',
		"$name: the limit is back");
}
for my $text ("CREATE TABLE x ();\n$validate", "SET lock_timeout = '50ms';\n$validate",
	"LOCK TABLE seen;\n$validate",
	'ALTER TABLE held VALIDATE CONSTRAINT positive, ADD more int;')
{
	my $project = with_files('patches/1.sql' => patch('one', $text));
	value($project->{database}, 'ALTER TABLE held ADD CONSTRAINT positive
		CHECK (a > 0) NOT VALID');
	my $session = start_holder($project->{database},
		'BEGIN; LOCK TABLE held IN SHARE UPDATE EXCLUSIVE MODE;');
	refuses($project, '', [qr/due to lock timeout$/m],
		$text =~ s/\n/ /gr . ': it has a limit', '--retry-for', '1s');
	finish_holder($session);
}

# A rehearsal has no limits.
{
	my $project = with_files('patches/1.sql' =>
		  "-- versioning: lock-timeout 5s\n" . patch('one', <<'SQL'),
DO $$
BEGIN
	IF current_setting('lock_timeout') <> '0'
	THEN
		RAISE 'there is a limit';
	END IF;
END
$$;
SQL
		'rollbacks/1.sql' => rollback_file('one'));
	my ($status, undef, $errors) = versioning($project, 'rehearse');

	is($status, 0, 'a rehearsal has no limits') || diag($errors);
}

# What is no time
my $project = with_files('patches/1.sql' => patch('one'));
for my $option (qw(--lock-timeout --retry-for))
{
	for my $value ('5', '', '-1s', '2 weeks', '1.5s', '25d')
	{
		my ($status, undef, $errors) =
		  versioning($project, 'apply', "$option=$value");
		is($status, 2, "$option '$value': exit status");
		like($errors, qr/^versioning: $option takes a whole number with a unit, such as "500ms", "2s" or "10min", up to 24 days, not "\Q$value\E"$/m,
			"$option '$value': what it says");
	}
}
is((versioning($project, qw(status --lock-timeout 1s)))[0], 2,
	'it is for commands that run files');

done_testing();
