# Files that run without a transaction: what is said when one fails half-way,
# and that the register and the report agree with what is there.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use Scratch qw(value);
use Test::More;

my $number = 0;
my $directive = "-- versioning: no-transaction\n";
my $register = "SELECT _v.register_patch('middle', ARRAY['first']);\n";
my $unregister = "SELECT _v.unregister_patch('middle');\n";
my $invalid = qr/^versioning: detail: Indexes that are not valid in this database.*"public\.twice"/m;

# A project of three patches, of which the first makes a table with a double,
# and the second one, which the third requires, is the given text.
sub with_patch
{
	my ($text, @files) = @_;
	return project('without' . $number++,
		'patches/1.sql' => patch('first',
			'CREATE TABLE twins AS SELECT 1 AS a FROM generate_series(1, 2);'),
		'patches/2.sql' => $text,
		'patches/3.sql' => patch('last', '', 'middle'), @files);
}

# Is there a relation of that name?
sub is_there
{
	my ($project, $name) = @_;
	return value($project->{database},
		"SELECT to_regclass('$name') IS NOT NULL") eq 't';
}

my $create = "CREATE INDEX CONCURRENTLY single ON twins (a);\n";
my $create_unique = "CREATE UNIQUE INDEX CONCURRENTLY twice ON twins (a);\n";
my $drop = "DROP INDEX CONCURRENTLY single;\n";

# What cannot run in a transaction runs, however the comment is written.
for my $comment ($directive, "--VERSIONING:No-Transaction\r\n",
	"\t--  versioning :  no-transaction  \n")
{
	my $project = with_patch($comment . $register . $create,
		'rollbacks/2.sql' => $comment . $drop . $unregister);
	(my $shown = $comment) =~ s/\s+/ /g;

	applies($project, 'first last middle', "$shown: is applied");
	ok(is_there($project, 'single'), "$shown: it has done its work");
	value($project->{database}, "SELECT _v.unregister_patch('last')");
	is((versioning($project, 'rollback', 'middle'))[0], 0,
		"$shown: is taken back");
	ok(!is_there($project, 'single'), "$shown: and that, too");
}

# Without the comment, or where it is not one, there is a transaction.
for my $text ($register . $create,
	"SELECT '\n-- versioning: no-transaction\n';\n" . $register . $create)
{
	my $project = with_patch($text);
	refuses($project, 'first',
		[
			qr/CREATE INDEX CONCURRENTLY cannot run inside a transaction block/,
			qr/^versioning: detail: Nothing of it was kept\.$/m
		],
		'no such comment');
	ok(!is_there($project, 'single'), 'nothing is there');
}

# It fails behind the registration.
my $project = with_patch($directive . $register . "CREATE TABLE half ();\n"
	  . $create_unique . "CREATE TABLE rest ();\n");
refuses($project, 'first middle',
	[
		qr{^psql:patches/2\.sql:4: ERROR:  could not create unique index}m,
		qr{^versioning: error: patch "middle" failed \(patches/2\.sql\)$}m,
		qr/^versioning: detail: 2 of its 4 parts are done, and will not be run again\.$/m,
		qr/^versioning: detail: It is registered, but unfinished: what requires it has to wait\.$/m,
		$invalid,
		qr/^versioning: hint: The next "versioning apply" takes away what line 4 has left behind, and goes on there\.$/m,
		qr/^versioning: 1 applied, 1 failed, 1 not attempted$/m
	],
	'a failure behind the registration');
ok(is_there($project, 'half'), 'what it has done is kept');
ok(!is_there($project, 'rest'), 'what is behind the failure has not run');

# It is taken out of the register by hand: the next run begins anew.
value($project->{database}, 'DROP TABLE half; DROP INDEX twice');
value($project->{database}, "SELECT _v.unregister_patch('middle')");
add_files($project, 'patches/2.sql' => $directive . $register . $create);
applies($project, 'first last middle', 'undone by hand, and run again');

# It fails before the registration.
$project = with_patch($directive . "CREATE TABLE half ();\n" . $create_unique
	  . $register);
refuses($project, 'first',
	[
		qr/^versioning: detail: 1 of its 3 parts is done, and will not be run again\.$/m,
		$invalid,
		qr/^versioning: hint: The next "versioning apply" takes away what line 3 has left behind, and goes on there\.$/m,
		qr/^versioning: 1 applied, 1 failed, 1 not attempted$/m
	],
	'a failure before the registration');
ok(is_there($project, 'half'), 'what it has done is kept here, too');

# It is interrupted, or its backend is ended, while an index is built: somebody
# who writes to the table keeps that from going on.
for my $how ('interrupted', 'terminated')
{
	$project = with_patch($directive . $register . $create);
	value($project->{database}, "SELECT _v.register_patch('first');
		CREATE TABLE twins (a int)");
	my ($input, $answer) =
	  ("BEGIN; INSERT INTO twins VALUES (1) RETURNING a;\n", '');
	my $writer = IPC::Run::start(
		[ 'psql', '-XAtq', '-d', $project->{database} ],
		'<', \$input, '>', \$answer, '2>', '/dev/null');
	$writer->pump until $answer =~ /1/;

	my $run = start_versioning($project, 'apply');
	my $waits = "datname = '$project->{database}' AND wait_event_type = 'Lock'
		AND query LIKE 'CREATE INDEX%'";
	ok(wait_for(sub {
		value('postgres',
			"SELECT count(*) FROM pg_stat_activity WHERE $waits") > 0 }),
		"$how: the index is being built");
	if ($how eq 'interrupted')
	{
		kill 'INT', $run->{pid};
	}
	else
	{
		value('postgres', "SELECT pg_terminate_backend(pid)
			FROM pg_stat_activity WHERE $waits");
	}
	my ($status, undef, $errors) = finish_versioning($run);
	$writer->finish;
	is($status, 3, "$how: exit status");
	like($errors, $how eq 'interrupted' ?
		  qr/interrupted in patch "middle"/ :
		  qr/the connection was lost in patch "middle"/, "$how: message");
	like($errors, qr/It is registered, but unfinished/,
		"$how: what was kept");
	like($errors, qr/not valid in this database.*"public\.single"/,
		"$how: what is left");
	applies($project, 'first last middle', "$how: the next one finishes it");
}

# Rollbacks: one that fails before the patch is out of the register, and one
# behind it
$project = with_patch($directive . $register . $create,
	'rollbacks/1.sql' => rollback_file('first', 'DROP TABLE twins;'),
	'rollbacks/2.sql' => $directive . $drop . "SELECT 1/0;\n" . $unregister,
	'rollbacks/3.sql' => rollback_file('last'));
applies($project, 'first last middle', 'to be taken back');
my ($status, undef, $errors) =
  versioning($project, 'rollback', 'first', '--cascade');
is($status, 3, 'a rollback fails early: exit status');
like($errors, $_, 'a rollback fails early: message')
  foreach (
	qr{^psql:rollbacks/2\.sql:3: ERROR:  division by zero$}m,
	qr{^versioning: error: rollback of "middle" failed \(rollbacks/2\.sql\)$}m,
	qr/^versioning: detail: It runs without a transaction: each of its statements that succeeded was kept\.$/m,
	qr/^versioning: hint: Check what was left behind, complete or undo it by hand/m,
	qr/^versioning: 1 taken back, 1 failed, 1 not attempted$/m);
is(registered($project), 'first middle', 'a rollback fails early: register');
ok(!is_there($project, 'single'), 'what it has done is kept');

value($project->{database}, $create);
add_files($project, 'rollbacks/2.sql' =>
	  $directive . $unregister . $drop . "SELECT 1/0;\n");
($status, undef, $errors) =
  versioning($project, 'rollback', 'first', '--cascade');
is($status, 3, 'a rollback fails late: exit status');
like($errors, $_, 'a rollback fails late: message')
  foreach (
	qr/^versioning: detail: It is taken back, so that it will not be run again, but not all of it is gone\.$/m,
	qr/^versioning: hint: Check what is left of it, and finish the rollback by hand\.$/m,
	qr/^versioning: 0 taken back, 1 failed, 1 not attempted$/m);
is(registered($project), 'first', 'a rollback fails late: register');
is((versioning($project, 'rollback', 'first'))[0], 0, 'and on it goes');
is(registered($project), '', 'nothing is registered');

# A transaction that such a file leaves open
$project = with_patch($directive . "BEGIN;\n" . $register);
refuses($project, 'first',
	[ qr/patch "middle" leaves a transaction open/ ],
	'a transaction without an end');

done_testing();
