# What is said and what is left when a patch fails: at the first failure it
# stops, and says what was kept of the patch, as the database has it.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use Scratch qw(value);
use Test::More;

my $number = 0;

# A project of a patch "first", the given one, and "last", which requires it.
sub with_patch
{
	my ($text) = @_;
	return project('f' . $number++,
		'patches/1.sql' => patch('first'),
		'patches/2.sql' => $text,
		'patches/3.sql' => patch('last', '', 'middle'));
}

my $nothing = qr/^versioning: detail: Nothing of it was kept\.$/m;
my $counts = qr/^versioning: 1 applied, 1 failed, 1 not attempted$/m;

# An error in the middle, and on with it when it is mended
my $project = with_patch(patch('middle', "CREATE TABLE m ();\nSELECT 1/0;", 'first'));
refuses($project, 'first',
	[ qr{^psql:patches/2\.sql:4: ERROR:  division by zero$}m,
		qr{^versioning: error: patch "middle" failed \(patches/2\.sql\)$}m,
		$nothing, $counts ], 'an error');
add_files($project,
	'patches/2.sql' => patch('middle', 'CREATE TABLE m ();', 'first'));
applies($project, 'first last middle', 'the next run goes on there');

# With a transaction of ours around it
refuses(with_patch("SELECT _v.register_patch('middle');\n"
		  . "CREATE TABLE m ();\nSELECT 1/0;\n"), 'first',
	[ qr{^psql:patches/2\.sql:3: ERROR:  division by zero$}m, $nothing,
		$counts ], 'an error without a transaction of its own');
$project = with_patch("SELECT _v.register_patch('middle');\n"
	  . "CREATE TABLE m (a int PRIMARY KEY, b int REFERENCES m "
	  . "DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO m VALUES (1, 2);\n");
refuses($project, 'first', [ qr{2\.sql.*ERROR: .*violates foreign key}, $nothing ],
	'an error at the COMMIT that was put around it');
is(value($project->{database}, "SELECT to_regclass('m') IS NULL"), 't',
	'nothing is left of it');

# No error, and yet not registered
my $middle = "BEGIN;\nSELECT _v.register_patch('middle');\n";
refuses(with_patch("${middle}CREATE TABLE m ();\n"), 'first',
	[ qr/^versioning: error: patch "middle" leaves a transaction open/m,
		$nothing, $counts ], 'a transaction without an end');
refuses(with_patch("${middle}ROLLBACK;\n"), 'first',
	[ qr/patch "middle" has run without an error, but is not registered/,
		qr/rolled back/, $counts ], 'a ROLLBACK at the end');
refuses(with_patch("${middle}UPDATE _v.patches SET patch_name = 'other' "
		  . "WHERE patch_name = 'middle';\nCOMMIT;\n"), 'first other',
	[ qr/"middle".* not registered/, qr/"other"/ ], 'another name');
refuses(with_patch("\\set ON_ERROR_STOP off\n${middle}SELECT 1/0;\nCOMMIT;\n"),
	'first', [ qr/"middle" has gone on after an error/, qr/ON_ERROR_STOP/,
		$counts ],
	'an error that does not stop psql');
refuses(with_patch("${middle}COMMIT;\n\\set ON_ERROR_STOP off\nSELECT 1/0;\n"),
	'first middle',
	[ qr/"middle" has gone on after an error/, qr/ON_ERROR_STOP/,
		qr/^versioning: detail: It is not known what was kept of what begins in line 1\.$/m,
		$counts ],
	'the same after COMMIT');

# An error that is meant to be passed over is told of, no more.
{
	my $tolerant = with_patch("${middle}COMMIT;\n\\set ON_ERROR_STOP off\n"
		  . "SELECT 1/0;\n\\set ON_ERROR_STOP on\nCREATE TABLE late ();\n");
	my ($status, undef, $errors) = versioning($tolerant, 'apply', '--quiet');

	is($status, 0, 'ON_ERROR_STOP is off for a while: exit status');
	like($errors, qr{^versioning: warning: file "patches/2\.sql" has gone on}m,
		'ON_ERROR_STOP is off for a while: it is told of');
}
applies(with_patch("\\set ON_ERROR_STOP off\n${middle}COMMIT;\n"),
	'first last middle', 'no error while ON_ERROR_STOP is off');

# An error of psql itself is one, too.
for my $line ("\\copy m from 'nowhere.csv'", '\ir nowhere.sql', '\nosuch')
{
	my $careless = with_patch("\\set ON_ERROR_STOP off\n${middle}"
		  . "CREATE TABLE m (a int);\n$line\nCOMMIT;\n");

	refuses($careless, 'first middle',
		[ qr{^psql:patches/2\.sql:5: error: }m,
			qr/"middle" has gone on after an error/, qr/ON_ERROR_STOP/,
			$counts ],
		$line, '--quiet');
	add_files($careless, 'rollbacks/2.sql' => "\\set ON_ERROR_STOP off\n"
		  . rollback_file('middle', "CREATE TEMP TABLE m (a int);\n$line"));
	my ($status, undef, $errors) =
	  versioning($careless, qw(rollback --quiet middle));
	is($status, 3, "$line in a rollback") || diag($errors);
	like($errors, qr/rollback of "middle" has gone on after an error/,
		"$line in a rollback: what it says");
}
for my $word (qw(if elif))
{
	my $before = $word eq 'elif' ? "\\if 0\n" : '';

	refuses(with_patch("$middle$before\\$word :nope\n\\endif\nCOMMIT;\n"),
		'first middle',
		[ qr{^psql:patches/2\.sql:.*"\\$word expression"}m,
			qr/"middle" has gone on after an error/, qr/cannot decide/,
			$counts ],
		"\\$word of what is neither true nor false", '--quiet');
}
# So it is when psql speaks another language.
{
	local @ENV{qw(LANGUAGE LC_ALL)} = qw(de C.UTF-8);

	refuses(with_patch("$middle\\if :nope\n\\endif\nCOMMIT;\n"),
		'first middle',
		[ qr/"middle" has gone on after an error/, qr/cannot decide/ ],
		'psql in German', '--quiet');
}
applies(with_patch("\\set ON_ERROR_STOP off\n${middle}\\nosuch\n"
		  . "\\set ON_ERROR_STOP on\nCOMMIT;\n"),
	'first last middle', 'an error of psql while ON_ERROR_STOP is off');
applies(with_patch("\\set ON_ERROR_STOP off\n${middle}DO \$\$ BEGIN "
		  . "RAISE WARNING 'f:1: error: none'; END \$\$;\nCOMMIT;\n"),
	'first last middle', 'a warning that speaks of an error');

# psql's own variables
my %special = (
	'VERBOSITY=verbose' => qr/ERROR:  22012: .*^LOCATION:/ms,
	'ECHO=errors' => qr{STATEMENT:  SELECT 1/0;},
	'ON_ERROR_ROLLBACK=on' => qr/division by zero/,
	'AUTOCOMMIT=off' => qr/already a transaction in progress/);
refuses(with_patch("${middle}SELECT 1/0;\nCOMMIT;\n"), 'first',
	[ $special{$_}, $nothing ], "-v $_", '-v', $_)
  foreach sort keys %special;

# psql -q does not say that there is no such object.
refuses(with_patch("$middle\\d middle\nCOMMIT;\n"), 'first',
	[ qr{^versioning: detail: psql does not say why\..* in line 3 of patches/2\.sql\.$}m,
		$nothing ],
	'\d of what is not there');
refuses(with_patch("$middle\\d\n\\dt middle\n\\dx middle\n\\dx+ middle\n"
		  . "\\d middle\nCOMMIT;\n"), 'first',
	[ qr{psql does not say why\..* in line 6 of patches/2\.sql\.$}m, $nothing ],
	'\dx+ of what is not there, after others that do not mind');
{
	my $included = with_patch("$middle\n\\ir 2.inc\nCOMMIT;\n");
	add_files($included, 'patches/2.inc' => "\n\n\n\n\n\\d middle\n");
	refuses($included, 'first',
		[ qr{psql does not say why\..* in line 6 of patches/2\.inc\.$}m ],
		'\d in an included file');
}
refuses(with_patch("$middle\\d pg_class\nSELECT 1/0;\nCOMMIT;\n"), 'first',
	[ qr/\A(?!.*does not say)/s, $nothing ], 'another error');

# What follows a patch is sent to psql early, but is not run if anything is wrong
$project = with_patch("${middle}COMMIT;\nBEGIN;\nCREATE TABLE late ();\n");
refuses($project, 'first middle',
	[ qr/^versioning: error: patch "middle" leaves a transaction open/m,
		qr/^versioning: detail: It is registered, but unfinished/m, $counts ],
	'a transaction without an end behind that of the patch');
is(value($project->{database}, "SELECT to_regclass('late') IS NULL"), 't',
	'... which was rolled back');

refuses(with_patch("${middle}COMMIT;\nBEGIN;\nSELECT 1/0;\n"), 'first middle',
	[ qr/^versioning: detail: It is registered, but unfinished/m, $counts ],
	'an error in a transaction without an end');

# The register itself
for my $change ('ALTER TABLE _v.patches RENAME TO other',
	'DROP EXTENSION versioning')
{
	my $hidden = with_patch("${middle}$change;\nCOMMIT;\n");
	my ($status, $output, $errors) = versioning($hidden, 'apply');
	is($status, 3, $change);
	like($errors, qr/^versioning: error: patch "middle" has run without an error, but the register cannot be read/m,
		"$change: what it says");
	like($errors, qr/^versioning: detail: The register .* can no longer be read/m,
		"$change: why");
	unlike($errors, qr/not answer/,
		"$change is not taken for a server that does not answer");
}

# What is not in one transaction
refuses(with_patch("CREATE TABLE early ();\n${middle}SELECT 1/0;\nCOMMIT;\n"),
	'first', [ qr/^versioning: detail: \d of its \d parts (?:is|are) done, and will not be run again\.$/m ],
	'a statement outside the transaction');
my $early = "BEGIN;\nCREATE TABLE early ();\nCOMMIT;\n";
refuses(with_patch("$early${middle}SELECT 1/0;\nCOMMIT;\n"), 'first',
	[ qr/^versioning: detail: \d of its \d parts (?:is|are) done, and will not be run again\.$/m ],
	'a transaction before that of the patch');
refuses(with_patch("$early;\nCREATE TABLE e ();\n${middle}SELECT 1/0;\nCOMMIT;\n"),
	'first', [ qr/^versioning: detail: \d of its \d parts (?:is|are) done, and will not be run again\.$/m ],
	'a transaction and a statement before it');
refuses(with_patch("${middle}ROLLBACK;\n${middle}SELECT 1/0;\nCOMMIT;\n$early"),
	'first', [ qr/^versioning: detail: \d of its \d parts (?:is|are) done, and will not be run again\.$/m ],
	'a transaction after it');
{
	my $kept = project('f' . $number++, 'patches/1.sql' => patch('first'),
		'rollbacks/1.sql' => $early . rollback_file('first', 'SELECT 1/0;'));
	my ($status, undef, $errors) = versioning($kept, 'apply');
	is($status, 0, 'a rollback that fails: apply') || diag($errors);
	($status, undef, $errors) = versioning($kept, 'rollback', 'first');
	is($status, 3, 'a rollback that fails');
	like($errors, qr/: The removal of its registration was not kept, but .* line 1\.$/m,
		'... what was kept of it');
}
$project = with_patch("-- versioning: no-transaction\n"
	  . "SELECT _v.register_patch('middle');\n"
	  . "CREATE UNIQUE INDEX CONCURRENTLY twice ON twins (a);\n");
value($project->{database},
	'CREATE TABLE twins AS SELECT 1 AS a FROM generate_series(1, 2)');
refuses($project, 'first middle',
	[ qr/^versioning: detail: It is registered, but unfinished/m,
		qr/not valid in this database.*"public\.twice"/,
		qr/^versioning: hint: The next "versioning apply" takes away what line 3 has left behind, and goes on there\.$/m,
		$counts ],
	'a patch without a transaction that fails half-way');
my $late = with_patch("-- versioning: no-transaction\nCREATE TABLE half ();\n"
	  . "SELECT 1/0;\nSELECT _v.register_patch('middle');\n");
refuses($late, 'first',
	[ qr/^versioning: hint: The next "versioning apply" goes on at line 3\.$/m,
		$counts ],
	'one that fails before it is registered');

# Signals
for my $signal (qw(INT TERM))
{
	$project = with_patch(
		patch('middle', "CREATE TABLE m ();\nSELECT pg_sleep(60);", 'first'));
	my $run = start_versioning($project, 'apply');
	my $sleeps = sub {
		value($project->{database}, "SELECT count(*) FROM pg_stat_activity
			WHERE datname = current_database() AND state = 'active'
			  AND query LIKE 'SELECT pg_sleep%'") > 0;
	};
	ok(wait_for($sleeps), "SIG$signal: the patch runs");
	if ($signal eq 'INT')
	{
		my ($status, undef, $errors) =
		  versioning($project, 'apply', '--wait', 0);
		is($status, 4, 'another deployer meanwhile: exit status');
		like($errors, qr/another deployer is at work: process \d+ of user "postgres", application "versioning apply", since \d/,
			'another deployer meanwhile: whom it is told of');
	}
	kill $signal, $run->{pid};
	my ($status, undef, $errors) = finish_versioning($run);
	is($status, 3, "SIG$signal: exit status");
	like($errors, qr/interrupted in patch "middle"/, "SIG$signal: message");
	like($errors, $nothing, "SIG$signal: what was kept");
	like($errors, $counts, "SIG$signal: how far it has come");
	is(registered($project), 'first', "SIG$signal: what is registered");
	ok(wait_for(sub { sessions($project) == 0 }),
		"SIG$signal: no session is left");
}

done_testing();
