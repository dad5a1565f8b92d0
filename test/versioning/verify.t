# verify/NAME.sql says whether a patch has done what it should: when it is
# applied, in its transaction if it has one, and whenever somebody asks.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use Scratch qw(value);
use Test::More;

my $number = 0;

# A project with the patch "users", and what verifies it.
sub with_verification
{
	my ($verification, @files) = @_;

	return project('verify' . $number++,
		'patches/users.sql' => patch('users', 'CREATE TABLE users (id int);'),
		'verify/users.sql' => $verification, @files);
}

# Passes if the patch is not applied, and that is said.
sub fails
{
	my ($verification, $message, $test) = @_;
	my $project = with_verification($verification);
	my ($status, $output, $errors) = versioning($project, 'apply');

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is($status, 3, "$test: exit status");
	like($errors, $message, "$test: the query");
	like($errors, qr/^versioning: error: patch "users" failed/m,
		"$test: the patch");
	like($errors, qr/^versioning: detail: Nothing of it was kept\.$/m,
		"$test: what was kept");
	is(registered($project), '', "$test: the register");
	return;
}

fails("SELECT true;\nSELECT 'x' AS name,\n  count(*) = 1 AS is_one FROM users;",
	qr{^psql:verify/users\.sql:3: error: row 1 of 1 is not true: name = x, is_o}m,
	'false');
fails('SELECT null::bool AS known;',
	qr{users\.sql:1: error: row 1 of 1 is not true: known = null$}m, 'NULL');
fails('SELECT n < 3 AS ok, n FROM generate_series(1, 4) AS n;',
	qr{users\.sql:1: error: row 3 of 4 is not true: ok = f, n = 3$}m,
	'one of several rows');
fails('SELECT true AS a, false AS b;',
	qr{row 1 of 1 is not true: a = t, b = f$}m, 'one of several columns');
fails('SELECT 1/0;', qr{^psql:verify/users\.sql:1: ERROR:  division by zero}m,
	'an error');
fails('INSERT INTO users VALUES (1);',
	qr{^psql:verify/users\.sql:1: ERROR:  cannot execute INSERT in a read-on}m,
	'what writes');
fails("SELECT false, E'\\x1b[31m' AS red;", qr{red = \\x1B\[31m$}m,
	'control characters are not shown as such');

# What is deferred up to COMMIT is there when the patch is verified, and is done
# once.
my $deferred = <<'SQL';
CREATE TABLE users (id int);
CREATE TABLE orders (id int);
CREATE FUNCTION add_user() RETURNS trigger LANGUAGE plpgsql
  AS 'BEGIN INSERT INTO users VALUES (NEW.id); RETURN NULL; END';
CREATE CONSTRAINT TRIGGER add_user AFTER INSERT ON orders
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION add_user();
INSERT INTO orders VALUES (1);
SQL
for my $options ([], ['--single-transaction'])
{
	my $project = with_verification('SELECT count(*) = 1 FROM users;',
		'patches/users.sql' => patch('users', $deferred),
		'patches/two.sql' => patch('two'));

	applies($project, 'two users', "a deferred trigger @$options", @$options);
	is(value($project->{database}, 'SELECT count(*) FROM users'), 1,
		"a deferred trigger @$options: it was fired once");
}
{
	my $project = with_verification('SELECT true;', 'patches/users.sql' =>
		  patch('users', 'CREATE TABLE users (id int PRIMARY KEY, other int
		  REFERENCES users DEFERRABLE INITIALLY DEFERRED);
		  INSERT INTO users VALUES (1, 2);'));

	refuses($project, '', [qr/^psql:patches\/users\.sql: constraints checked a/m],
		'a deferred constraint');
}

# A file is for the patch that is called so, before any other one.
{
	my $project = project('verify_names', 'patches/1.sql' => patch('a/b'),
		'patches/2.sql' => patch('a_b', 'CREATE TABLE a_b ();'),
		'verify/a_b.sql' => "SELECT to_regclass('a_b') IS NOT NULL;");

	applies($project, 'a/b a_b', 'two patches with one name for a file');
}

# Whoever has killed us need not wait for what is verified.
for my $options ([], ['--single-transaction'])
{
	my $project = with_verification("SELECT count(*) = 1 FROM pg_locks
		WHERE locktype = 'advisory' AND pid = pg_backend_pid();
		SELECT pg_sleep(600);", 'patches/z.sql' => patch('z'));
	my $run = start_versioning($project, 'apply', @$options);

	ok(wait_for(sub {
			value('postgres', "SELECT count(*) FROM pg_stat_activity
				WHERE datname = '$project->{database}'
				AND query = 'SELECT pg_sleep(600);'")
		}), "killed @$options: it is being verified, and is marked as ours");
	kill KILL => $run->{pid};
	finish_versioning($run);
	ok(wait_for(sub { !sessions($project) }),
		"killed @$options: its session ends");
	is(registered($project), '', "killed @$options: nothing was kept");
}

# What verifies it sees what the patch did, not what it has set.
{
	my $project = project('verify_settings',
		'patches/1.sql' => patch('one', "SET search_path = pg_temp;\n"
			  . "SET LOCAL work_mem = '99MB';\nCREATE TABLE public.one (i int);"),
		'verify/one.sql' => "SELECT count(*) = 0 FROM one;\n"
		  . "SELECT current_setting('work_mem') = '4MB';\n"
		  . "SELECT 'no row', true WHERE false;\nSELECT 7;\nSET work_mem = '1MB';",
		'patches/2.sql' =>
		  "SELECT _v.register_patch('two'); CREATE TABLE two ();",
		'verify/two.sql' => "SELECT to_regclass('two') IS NOT NULL;",
		'patches/3.sql' => patch('a/b', 'CREATE TABLE three ();'),
		'verify/a_b.sql' => "SELECT to_regclass('three') IS NULL;");

	refuses($project, 'one two', [qr{^psql:verify/a_b\.sql:1: error: row 1 of}m],
		'with or without BEGIN');
	add_files($project,
		'verify/a_b.sql' => "SELECT to_regclass('three') IS NOT NULL;");
	applies($project, 'a/b one two', 'when it is mended');
	my ($status, $output, $errors) = versioning($project, 'verify');
	is($status, 0, 'all say the same later') || diag $errors;
	like($output, qr{^\[1/3\] one .*\n\[2/3\] two .*\n\[3/3\] a/b .*\n}m,
		'all are told of, in the order in which they were applied');
	like($output, qr/^3 of 3 patches verified in /m, 'all are counted');
}

# In a single transaction
{
	my $project = with_verification("SELECT count(*) = 0 FROM users;",
		'patches/2.sql' => patch('two', 'DROP TABLE users;', 'users'),
		'verify/two.sql' => 'SELECT false AS never;');

	refuses($project, '', [ qr/^psql:verify\/two\.sql:1: error: row 1 of 1 is/m,
			qr/^versioning: error: patch "two" failed/m ],
		'in a single transaction', '--single-transaction');
	add_files($project, 'verify/two.sql' => 'SELECT true;');
	applies($project, 'two users', 'in a single transaction, mended',
		'--single-transaction');
}

# What is not one transaction of plain SQL is verified after it.
my %after = (
	psql => "\\set x 1\n" . patch('users', 'CREATE TABLE users ();'),
	'without a transaction' => "-- versioning: no-transaction\n"
	  . "SELECT _v.register_patch('users');\nCREATE TABLE users ();\n");
for my $test (sort keys %after)
{
	my $project = with_verification("SELECT false AS good;",
		'patches/users.sql' => $after{$test}, 'patches/z.sql' => patch('z'));
	my ($status, $output, $errors) = versioning($project, 'apply');

	is($status, 3, "$test: exit status");
	is(registered($project), 'users', "$test: it is applied, and no other one");
	like($errors, qr{^psql:verify/users\.sql:1: error: row 1 of 1 is not true}m,
		"$test: the query");
	like($errors, qr/^versioning: error: patch "users" was not verified/m,
		"$test: the patch");
	like($errors, qr/^versioning: detail: It is applied all the same/m,
		"$test: what was kept");
	like($errors, qr/^versioning: hint: Mend it by another patch, or take it ba/m,
		"$test: what to do");
	like($errors, qr/^1 applied, 0 failed, 1 not attempted|1 applied, 0 failed/m,
		"$test: the counts");
	add_files($project, 'verify/users.sql' => 'SELECT true;');
	applies($project, 'users z', "$test: the rest goes on");
}
{
	my $project = with_verification('SELECT pg_sleep(60);',
		'patches/users.sql' => $after{psql});
	my $run = start_versioning($project, 'apply');

	ok(wait_for(sub {
			value('postgres', "SELECT count(*) FROM pg_stat_activity
				WHERE datname = '$project->{database}'
				AND query = 'SELECT pg_sleep(60);'")
		}), 'interrupted after it: it is being verified');
	kill INT => $run->{pid};
	my ($status, $output, $errors) = finish_versioning($run);
	like($errors, qr/^versioning: error: interrupted when patch "users" was ve/m,
		'interrupted after it: message');
	like($errors, qr/^versioning: detail: It is applied all the same: it could/m,
		'interrupted after it: what was kept');
	like($errors, qr/^versioning: hint: "versioning verify" looks again/m,
		'interrupted after it: what to do');
}
{
	my $project = with_verification("SELECT false AS good;",
		'patches/users.sql' => $after{psql});
	my ($status, $output) = versioning($project, 'apply', '--json');
	like($output, qr/"event": "failed", .*"reason": "not verified", .*"kept": tr/,
		'programs are told that it is there');
	fails_to_rehearse($project, 'a rehearsal verifies after it');
}

# Passes if a rehearsal says that the patch cannot be applied.
sub fails_to_rehearse
{
	my ($project, $test) = @_;
	my ($status, $output, $errors) = versioning($project, 'rehearse');

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is($status, 3, "$test: exit status");
	like($output, qr/users: it cannot be applied/, "$test: the patch");
	like($errors, qr{verify/users\.sql:1: error: row 1 of 1}, "$test: the query");
	return;
}
fails_to_rehearse(with_verification('SELECT false;'), 'a rehearsal');

# versioning verify
{
	my $project = with_verification('SELECT count(*) = 0 FROM users;',
		'patches/two.sql' => patch('two'), 'verify/two.sql' => 'SELECT true;',
		'patches/three.sql' => patch('three'),
		'patches/four.sql' => patch('four'), 'verify/four.sql' => 'SELECT true;');
	my ($status, $output, $errors) = versioning($project, 'verify');

	is($status, 0, 'nothing is applied: exit status') || diag $errors;
	like($output, qr/^Nothing to verify/, 'nothing is applied: it says so');
	applies($project, 'three two users', 'three are applied', 'users', 'two',
		'three');
	value($project->{database}, 'INSERT INTO users VALUES (1)');
	($status, $output, $errors) = versioning($project, 'verify');
	is($status, 3, 'one has changed: exit status');
	like($output, qr{users .*  failed$}m, 'one has changed: it is told');
	like($output, qr{^\[\d/2\] two  [0-9.]+ m?s$}m,
		'one has changed: the other one is good');
	like($output, qr/^1 of 2 patches verified in/m, 'one has changed: in all');
	like($errors, qr{^psql:verify/users\.sql:1: error: row 1 of 1 is not true}m,
		'one has changed: the query');
	($status, $output) = versioning($project, 'verify', 'two', 'two');
	is($status, 0, 'one that is named, twice: exit status');
	like($output, qr/^1 of 1 patch verified in/m, 'one that is named: no more');
	add_files($project, 'verify/two.sql' =>
		  "SET TRANSACTION READ WRITE;\nINSERT INTO users VALUES (2);");
	like((versioning($project, 'verify', 'two'))[2],
		qr{^psql:verify/two\.sql:1: ERROR:  cannot set transaction read-write}m,
		'it stays read-only');
	add_files($project, 'verify/two.sql' =>
		  "RESET transaction_read_only;\nINSERT INTO users VALUES (2);");
	is((versioning($project, 'verify', 'two'))[0], 3,
		'RESET does not help either');
	is(value($project->{database}, 'SELECT count(*) FROM users'), 1,
		'nothing was written');
	add_files($project, 'verify/two.sql' => 'SELECT true;');
	($status, $output) = versioning($project, 'verify', '--json');
	is($status, 3, 'JSON: exit status');
	like($output, qr/^\{"event": "plan", "action": "verify", "steps": \[\{/m,
		'JSON: the plan');
	like($output,
		qr{"event": "failed", "number": \d, "patches": \["users"\], "file": "veri},
		'JSON: what has failed');
	like($output, qr/"error": "row 1 of 1 is not true: \?column\? = f", "line": 1,/,
		'JSON: why');
	like($output, qr/^\{"event": "end", "done": 1, "failed": 1, /m,
		'JSON: the end');
	is((versioning($project, 'verify', '--quiet', 'two'))[1], '', 'quiet');

	my %wrong = (
		three => qr/^versioning: no file verifies patch "three"$/m,
		four => qr/^versioning: patch "four" is not applied, so it cannot be /m,
		userz => qr/^versioning: there is no patch "userz"; did you mean "users/m);
	for my $name (sort keys %wrong)
	{
		($status, $output, $errors) = versioning($project, 'verify', $name);
		is($status, 1, "verify $name: exit status");
		like($errors, $wrong{$name}, "verify $name: message");
		like($errors, qr/^versioning: error: nothing was run$/m,
			"verify $name: nothing was run");
	}
	($status, $output, $errors) =
	  versioning($project, 'verify', '--verify', 'nowhere');
	is($status, 1, 'no such directory: exit status');
	like($errors, qr/"nowhere"/, 'no such directory: message');
	is((versioning($project, 'verify', '--verify', ''))[0], 2, 'an empty name');
	is((versioning($project, 'status', '--verify', 'verify'))[0], 2,
		'status has no such option');
	mkdir "$project->{directory}/empty";
	($status, $output) = versioning($project, 'verify', '--verify', 'empty');
	like($output, qr/^Nothing to verify/, 'another directory');
}

# What cannot verify a patch is refused before anything runs.
my %wrong = (
	'a backslash command' => [ "\\echo x\nSELECT true;",
		qr{^versioning: verify/users\.sql:1: what verifies .* is plain SQL}m ],
	'a variable' => [ 'SELECT :x;', qr{verify/users\.sql:1: what .* plain SQL} ],
	'BEGIN' => [ "SELECT 1;\nBEGIN;",
		qr{^versioning: verify/users\.sql:2: .* cannot begin or end a transac}m ],
	'COMMIT' => [ 'COMMIT;', qr{users\.sql:1: .*begin or end a transaction} ],
	'VACUUM' => [ 'VACUUM;', qr{users\.sql:1: .* inside a transaction block} ],
	'a registration' => [ "SELECT _v.register_patch('x');",
		qr{users\.sql:1: what verifies a patch cannot register one} ],
	'nothing' => [ "-- to be written\n", qr{users\.sql: there is nothing in it} ],
	'no end' => [ "SELECT 'x", qr{users\.sql:1: } ]);
for my $test (sort keys %wrong)
{
	my $project = with_verification($wrong{$test}[0]);

	for my $command ('apply', 'rehearse', 'verify', 'check')
	{
		my ($status, $output, $errors) = versioning($project, $command);
		is($status, 1, "$test: $command: exit status");
		my $message = $wrong{$test}[1];
		$message =~ s/\^versioning: //;
		like($command eq 'check' ? $output : $errors, qr/$message/,
			"$test: $command: message");
	}
	is(registered($project), '', "$test: nothing was run");
}

# check knows what belongs to no patch.
{
	my $project = with_verification('SELECT true;',
		'verify/user.sql' => 'SELECT true;', 'rollbacks/u.sql' =>
		  rollback_file('users', 'DROP TABLE users;'));
	my ($status, $output) = versioning($project, 'check');

	is($status, 1, 'a file for no patch: exit status');
	like($output, qr{^verify/user\.sql: there is no patch "user" that this ver}m,
		'a file for no patch: message');
	like($output, qr/did you mean "users"\? \[verify-without-patch\]$/m,
		'a file for no patch: what was meant');
	is((versioning($project, qw(check --disable verify-without-patch)))[0], 0,
		'a file for no patch: disabled');
	add_files($project, 'verify/sub/users.sql' => 'SELECT true;');
	($status, $output) = versioning($project, 'check');
	like($output, qr{^verify/users\.sql: patch "users" is verified by verify/sub}m,
		'two files for a patch');
}

# versioning.conf knows the place, and whether all is one transaction.
{
	my $project = project('verify_conf', 'patches/1.sql' => patch('one'),
		'patches/2.sql' => patch('two'), 'checks/one.sql' => 'SELECT false;',
		'below/x' => '',
		'versioning.conf' => "verify = 'checks'\nsingle-transaction = on\n");

	$project->{directory} .= '/below';
	refuses($project, '', [ qr{^psql:.*checks/one\.sql:1: error: row 1 of 1},
			qr/all are in one transaction/ ], 'versioning.conf');
}

done_testing();
