# A file that is not one transaction and has failed half-way: it is told apart
# from those that are whole, and the next apply goes on where it has stopped.

use strict;
use warnings;

use FindBin;
use IPC::Run ();
use lib "$FindBin::Bin/../lib";
use Deploy;
use Holder;
use JSON::PP qw(decode_json);
use Scratch qw(fails role value);
use Test::More;

my $number = 0;
my $directive = "-- versioning: no-transaction\n";
my $register = "SELECT _v.register_patch('middle', ARRAY['first']);\n";

# A project of three patches. The first makes a table of what is done, in
# which "does" writes, the second is the given text, and the last requires it.
sub with_patch
{
	my ($text, @files) = @_;
	return project('unfinished' . $number++,
		'patches/1.sql' => patch('first', 'CREATE TABLE done (what text);'),
		'patches/2.sql' => $text,
		'patches/3.sql' => patch('last', '', 'middle'), @files);
}

# A statement that does something which is counted.
sub does
{
	my ($what) = @_;
	return "INSERT INTO done VALUES ('$what');\n";
}

# What was done, in order, as often as it was.
sub done
{
	my ($project) = @_;
	return value($project->{database},
		"SELECT coalesce(string_agg(what, ' ' ORDER BY ctid), '') FROM done");
}

# How far which patches have come.
sub unfinished
{
	my ($project) = @_;
	return value($project->{database},
		"SELECT coalesce(string_agg(format('%s %s/%s at %s', patch_name, part,
			parts, line), ', '), '') FROM _v.unfinished");
}

# It fails, in the middle of transactions and statements.
my $begin = $directive . does('a') . $register . "BEGIN;\n" . does('b')
  . does('c') . "COMMIT;\n";
my $end = does('d') . "BEGIN;\n" . does('e') . "COMMIT;\n";
my $project = with_patch($begin . "SELECT 1/0;\n" . $end);
refuses($project, 'first middle',
	[
		qr{^psql:patches/2\.sql:8: ERROR:  division by zero}m,
		qr/^versioning: detail: 3 of its 6 parts are done, and will not be run again\.$/m,
		qr/^versioning: detail: It is registered, but unfinished: what requires it has to wait\.$/m,
		qr/^versioning: hint: The next "versioning apply" goes on at line 8\.$/m,
		qr/^versioning: 1 applied, 1 failed, 1 not attempted$/m
	],
	'a failure half-way');
is(done($project), 'a b c', 'what comes before it is kept');
is(unfinished($project), 'middle 4/6 at 8', 'it is unfinished');

# Everybody tells so.
my ($status, $output, $errors) = versioning($project, 'status');
is($status, 0, 'status: exit status');
like($output, qr/^ middle +\| unfinished \| \d.*\| part 4 of 6, at line 8, is not done, since .*: division by zero$/m,
	'status: it is unfinished');
like($output, qr/^ last +\| pending /m, 'status: what requires it is pending');
like($output, qr/^1 applied, 1 unfinished, 1 pending, 0 blocked$/m,
	'status: its summary');
is((versioning($project, qw(status --exit-code)))[0], 5,
	'status --exit-code');
my $json = decode_json((versioning($project, qw(status --json)))[1]);
my ($state) = grep { $_->{patch} eq 'middle' } @{ $json->{patches} };
is_deeply(
	[ $state->{state}, @{ $state->{unfinished} }{qw(part parts line error)} ],
	[ 'unfinished', 4, 6, 8, 'division by zero' ], 'JSON: it is unfinished');
is($json->{unfinished}, 1, 'JSON: how many there are');
($status, $output) = versioning($project, 'check', '-d', $project->{database},
	map { ('--disable', $_) } qw(several-statements no-rollback
	registration-not-first outside-transaction));
is($status, 1, 'check: exit status');
like($output, qr{^patches/2\.sql:8: patch "middle" is unfinished since .*: part 4 of 6 is not done \[unfinished\]$}m,
	'check: it is unfinished');
fails($project->{database}, "SELECT _v.register_patch('mine', ARRAY['middle'])",
	qr/Missing prerequisite\(s\): middle\.\n.*Patch "middle" is unfinished since .*part 4 of 6 is not done\./,
	'psql: what requires it has to wait');
($status, $output) = versioning($project, qw(apply --dry-run));
like($output, qr{^\[1/2\] middle  patches/2\.sql  \(from line 8\)$}m,
	'apply --dry-run: where it goes on');

# It fails again, then it goes on.
is((versioning($project, 'apply'))[0], 3, 'it fails again');
is(done($project), 'a b c', 'nothing is done twice');
add_files($project, 'patches/2.sql' => $begin . "SELECT 1/1;\n" . $end);
applies($project, 'first last middle', 'mended, it goes on');
is(done($project), 'a b c d e', 'each is done once');
is(value($project->{database}, 'SELECT count(*) FROM _v.progress'), 0,
	'nothing is left to note');
like((versioning($project, 'status'))[1], qr/^3 applied, 0 pending, 0 blocked$/m,
	'and all is applied');

# What was done is another text now.
$project = with_patch($begin . "SELECT 1/0;\n" . $end);
is((versioning($project, 'apply'))[0], 3, 'it fails once more');
add_files($project, 'patches/2.sql' =>
	  $begin =~ s/'c'/'x'/r . "SELECT 1/1;\n" . $end);
($status, undef, $errors) = versioning($project, 'apply');
is($status, 1, 'a part that is done is another one now: exit status');
like($errors, qr{^versioning: patches/2\.sql:4: patch "middle" is unfinished, and this is not what was done at this place.*--restart-at LINE}m,
	'what it says');
is(done($project), 'a b c', 'nothing was run');
for my $arguments (
	[ 'last', '--restart-at', 8 ], [ '--restart-at', 8 ],
	[ 'middle', 'last', '--restart-at', 8 ], [ 'middle', '--restart-at', 0 ])
{
	is((versioning($project, 'apply', @$arguments))[0],
		$arguments->[0] eq 'last' ? 1 : 2, "apply @$arguments: exit status");
}
is((versioning($project, qw(apply middle --restart-at 9)))[0], 0,
	'somebody knows where to go on');
is(done($project), 'a b c d e', 'there it has gone on');
is(registered($project), 'first middle', 'it is whole');
is((versioning($project, qw(apply middle --restart-at 9)))[0], 1,
	'what is whole goes on nowhere');

# No line in the middle of a part will do: an error names that in which it ends.
$project = with_patch($directive . $register . "SELECT\n1 / 0\n;\n" . does('a'));
refuses($project, 'first middle', [qr{^psql:patches/2\.sql:5: ERROR:}m],
	'lines of a statement: it fails');
for my $line (4, 5)
{
	($status, undef, $errors) = versioning($project, qw(apply middle --restart-at), $line);
	is($status, 1, "lines of a statement: --restart-at $line");
	like($errors, qr{^versioning: patches/2\.sql:$line: this is in a part that begins in line 3: say "--restart-at 3" to run it, or "--restart-at 6" if it is done$}m,
		"lines of a statement: --restart-at $line: what it says");
}
is((versioning($project, qw(apply middle --restart-at 6)))[0], 0,
	'lines of a statement: it goes on');
is(done($project), 'a', 'lines of a statement: with the next one');

# psql cannot go on in the middle.
$project = with_patch($begin . "SELECT 1/0;\n" . $end);
is((versioning($project, 'apply'))[0], 3, '--psql: it fails');
add_files($project, 'patches/2.sql' => $begin . $end);
refuses($project, 'first middle',
	[
		qr{^versioning: error: psql cannot go on in the middle of patch "middle" \(patches/2\.sql\)$}m,
		qr/^versioning: detail: 3 of its 6 parts are done/m
	],
	'--psql: it does not go on', '--psql');
is(unfinished($project), 'middle 4/6 at 8', '--psql: and is still unfinished');
is(done($project), 'a b c', '--psql: nothing was run');
applies($project, 'first last middle', '--psql: without it goes on');

# All of it is done by hand.
$project = with_patch($begin . "SELECT 1/0;\n" . $end);
is((versioning($project, 'apply'))[0], 3, 'it fails, to be finished by hand');
is((versioning($project, qw(apply middle --restart-at 100)))[0], 0,
	'it is said to be finished');
is(unfinished($project), '', 'so it is whole');
is(done($project), 'a b c', 'and nothing was run');

# Before it is registered
$project = with_patch($directive . does('a') . "SELECT 1/0;\n" . $register);
refuses($project, 'first',
	[ qr/^versioning: hint: The next "versioning apply" goes on at line 3\.$/m ],
	'a failure before the registration');
is(unfinished($project), 'middle 2/3 at 3', 'it is unfinished, too');
like((versioning($project, 'status'))[1], qr/^ middle +\| unfinished \| +\|/m,
	'status: so it is');
is((versioning($project, qw(apply middle --restart-at 100)))[0], 1,
	'it is not whole if it is not registered');
($status, undef, $errors) = versioning($project, qw(rollback middle));
is($status, 1, 'it cannot be taken back');
like($errors, qr/^versioning: patch "middle" is unfinished and not registered yet: undo by hand what it has done, then apply it with --restart-at 1$/m,
	'what to do instead');
add_files($project,
	'patches/2.sql' => $directive . does('b') . does('c') . $register);
is((versioning($project, qw(apply middle --restart-at 1)))[0], 0,
	'it begins anew');
is(done($project), 'a b c', 'all of it');

# Nothing is done.
$project = with_patch("${directive}SET lock_timeout = 0;\nSELECT 1/0;\n"
	  . does('a') . $register);
refuses($project, 'first', [ qr/^versioning: detail: Nothing of it was kept\.$/m ],
	'a failure of the first part');
is(unfinished($project), '', 'then it is not unfinished');
like((versioning($project, 'status'))[1], qr/^1 applied, 2 pending/m,
	'but pending');
add_files($project, 'patches/2.sql' => $directive . $register . does('a'));
applies($project, 'first last middle', 'and may be another one');

# What a part has set is set for those that come after it.
my $settings = "${directive}SET myapp.a = 'x';\n" . $register
  . "BEGIN;\nSET myapp.b = 'y';\nSET LOCAL myapp.c = 'z';\n" . does('a')
  . "COMMIT;\nSELECT set_config('myapp.d', 'w', false);\n" . does('b');
my $result = "INSERT INTO done SELECT concat(current_setting('myapp.a', true),"
  . " current_setting('myapp.b', true), current_setting('myapp.c', true),"
  . " current_setting('myapp.d', true));\n";
$project = with_patch($settings . "SELECT 1/0;\n$result");
is((versioning($project, 'apply'))[0], 3, 'settings: it fails');
add_files($project, 'patches/2.sql' => $settings . $result);
applies($project, 'first last middle', 'settings: it goes on');
is(done($project), 'a b xyw', 'settings: they are made again');

# What it has rolled back is rolled back again.
$settings = $directive . $register . "BEGIN;\nSET myapp.a = 'x';\nSAVEPOINT s;\n"
  . "SET myapp.a = 'y';\n" . does('a') . "ROLLBACK TO s;\nSET myapp.b = 'z';\n"
  . "COMMIT;\nBEGIN;\nSET myapp.b = 'w';\nROLLBACK;\n"
  . "BEGIN;\nSET myapp.c = 'v';\nROLLBACK AND CHAIN;\nSET myapp.d = 'u';\nCOMMIT AND CHAIN;\nCOMMIT;\n";
$project = with_patch($settings . "SELECT 1/0;\n$result");
is((versioning($project, 'apply'))[0], 3, 'a savepoint: it fails');
add_files($project, 'patches/2.sql' => $settings . $result);
applies($project, 'first last middle', 'a savepoint: it goes on');
is(done($project), 'xzu', 'a savepoint: what it has set and kept is set again');

# What is temporary is gone.
for my $temporary ('CREATE TEMP TABLE t (a int)',
	'CREATE OR REPLACE LOCAL TEMPORARY VIEW v AS SELECT 1',
	'SELECT 1 AS a INTO TEMP t', 'CREATE TABLE pg_temp.t (a int)',
	'DECLARE c CURSOR WITH HOLD FOR SELECT 1')
{
	$project = with_patch($directive . $register
		  . "$temporary;\nSELECT 1/0;\n" . does('a'));
	is((versioning($project, 'apply'))[0], 3, "$temporary: it fails");
	($status, undef, $errors) = versioning($project, 'apply');
	is($status, 1, "$temporary: it does not go on by itself");
	like($errors, qr{^versioning: patches/2\.sql:3: patch "middle" is unfinished, and what is temporary here, or set for the session, has gone with it}m,
		"$temporary: what it says");
	is((versioning($project, qw(apply middle --restart-at 5)))[0], 0,
		"$temporary: it goes on when it is told where");
}

# What is only called so is there.
my $called = $directive . $register . "CREATE TABLE temp (temporary int);\n"
  . "INSERT INTO temp VALUES (1);\nUPDATE temp SET temporary = 2;\n";
$project = with_patch($called . "SELECT 1/0;\n");
is((versioning($project, 'apply'))[0], 3, 'a table "temp": it fails');
add_files($project, 'patches/2.sql' => $called . "SELECT 1;\n");
applies($project, 'first last middle', 'a table "temp": it goes on');

# The session is in the patch again: the guard lets it pass.
$project = with_patch($directive . $register . "SELECT 1/0;\n"
	  . "CREATE TABLE guarded ();\n"
	  . "INSERT INTO done SELECT _v.current_patch();\n");
is((versioning($project, 'apply'))[0], 3, 'guard: it fails');
value($project->{database}, 'CREATE EVENT TRIGGER guard ON ddl_command_end
	EXECUTE FUNCTION _v.require_patch()');
add_files($project, 'patches/2.sql' => $directive . $register
	  . "CREATE TABLE guarded ();\n"
	  . "INSERT INTO done SELECT _v.current_patch();\n");
applies($project, 'first last middle', 'guard: it goes on');
is(done($project), 'middle', 'guard: in the patch');

# Several transactions, and several patches of one file
my $several = "BEGIN;\n${register}COMMIT;\nBEGIN;\n"
  . "SELECT _v.register_patch('other', ARRAY['middle']);\n" . does('a')
  . "COMMIT;\n";
$project = with_patch($several . "BEGIN;\nSELECT 1/0;\nCOMMIT;\n");
refuses($project, 'first middle other',
	[ qr/^versioning: hint: The next "versioning apply" goes on at line 8\.$/m ],
	'several patches');
is(unfinished($project), 'middle 3/3 at 8, other 3/3 at 8',
	'both are unfinished');
add_files($project, 'patches/2.sql' => $several . "BEGIN;\nSELECT 1;\nCOMMIT;\n");
applies($project, 'first last middle other', 'both are finished');
is(done($project), 'a', 'and nothing is done twice');
applies(project("psql$number", "patches/it's \xff.sql" => "\\set x 1\n$several"
		  =~ s/ARRAY\['first'\]/NULL/r =~ s/^INSERT.*\n//mr),
	'middle other', 'a file of psql\'s with several patches');

# Whoever registers has set another role, or was given another one.
$project = with_patch($directive . "SET ROLE ${\role('other')};\n"
	  . "CREATE TEMP TABLE t ();\nRESET ROLE;\n" . $register);
applies($project, 'first last middle', 'under another role it is noted, too');

# It is taken back.
$project = with_patch($begin . "SELECT 1/0;\n" . $end,
	'rollbacks/2.sql' => rollback_file('middle', 'DELETE FROM done;'));
is((versioning($project, 'apply'))[0], 3, 'it fails, to be taken back');
is((versioning($project, qw(rollback middle)))[0], 0, 'it is taken back');
is(value($project->{database}, 'SELECT count(*) FROM _v.progress'), 0,
	'nothing is left to note');
like((versioning($project, 'status'))[1], qr/^1 applied, 2 pending/m,
	'it is pending');
add_files($project, 'patches/2.sql' => $begin . $end);
applies($project, 'first last middle', 'and is applied from its beginning');
is(done($project), 'a b c d e', 'all of it');

# So is one of two patches of a file: it begins anew, the other one with it.
my $both = $directive . $register . does('a');
$project = with_patch("${both}SELECT 1/0;\nSELECT _v.register_patch('other');\n",
	'rollbacks/2.sql' => rollback_file('middle', 'DELETE FROM done;'));
is((versioning($project, 'apply'))[0], 3, 'two patches: it fails');
is(unfinished($project), 'middle 3/4 at 4, other 3/4 at 4',
	'two patches: both are unfinished');
is((versioning($project, qw(rollback middle)))[0], 0,
	'two patches: one is taken back');
is(unfinished($project), '', 'two patches: none is unfinished');
add_files($project, 'patches/2.sql' => "${both}SELECT _v.register_patch('other');\n");
applies($project, 'first last middle other', 'two patches: they begin anew');
is(done($project), 'a', 'two patches: and are run once');

# A file that takes back what it has registered before goes on itself.
$project = with_patch($directive . "SELECT _v.register_patch('other');\nSELECT 1/0;\n$register");
is((versioning($project, 'apply'))[0], 3, 'one for another: it fails');
add_files($project, 'patches/2.sql' => $directive
	  . "SELECT _v.unregister_patch('other');\n" . $register . does('a'));
is((versioning($project, qw(apply middle --restart-at 2)))[0], 0,
	'one for another: it goes on');
is(registered($project), 'first middle', 'one for another: it is replaced');

# Somebody has taken the note of it away meanwhile: it is not all there for that.
$project = with_patch("$directive${register}BEGIN;\nSELECT pg_advisory_xact_lock(1);\nSELECT 1/0;\nCOMMIT;\n");
my $gate = start_holder($project->{database}, 'BEGIN; SELECT pg_advisory_xact_lock(1);');
my $run = start_versioning($project, 'apply');
ok(wait_for(sub { value('postgres', "SELECT count(*) FROM pg_locks
			WHERE locktype = 'advisory' AND objid = 1 AND NOT granted") > 0 }),
	'no note: it waits');
value($project->{database}, 'DELETE FROM _v.progress');
finish_holder($gate);
($status, undef, $errors) = finish_versioning($run);
is($status, 3, 'no note: it fails');
like($errors, qr/^versioning: detail: It is registered, so that it will not be run again, but not all of it is there\.$/m,
	'no note: what it says');

# As long as its session lives, the patch is being applied, the second time, too,
# and others wait for that.
my $waits = "CREATE PROCEDURE waits() LANGUAGE sql AS 'SELECT pg_advisory_lock(7)'";
$project = with_patch($directive . $register . "SELECT 1/0;\n");
is((versioning($project, 'apply'))[0], 3, 'it fails, to be at work');
add_files($project, 'patches/2.sql' => $directive . $register . "CALL waits();\n"
	  . does('a'));
value($project->{database}, $waits);
my ($input, $answer) = ("SELECT pg_advisory_lock(7), 'locked';\n", '');
$gate = IPC::Run::start([ 'psql', '-XAtq', '-d', $project->{database} ],
	'<', \$input, '>', \$answer);
$gate->pump until $answer =~ /locked/;
$run = start_versioning($project, 'apply');
ok(wait_for(sub { value($project->{database}, "SELECT count(*)
	FROM pg_stat_activity WHERE datname = current_database()
	 AND wait_event = 'advisory'") > 0 }), 'it is at work');
like((versioning($project, 'status'))[1],
	qr/^ middle +\| being applied \| .*application "versioning apply".*; part 2 of 3, at line 3, is not done/m,
	'status: it is being applied');
($status, undef, $errors) = versioning($project, qw(apply --wait 0));
is($status, 4, 'another deployer waits: exit status');
like($errors, qr/another deployer is at work/, 'another deployer waits: for whom');
$gate->finish;
is((finish_versioning($run))[0], 0, 'it ends well');
is(done($project), 'a', 'and has done all of it');

# No file has it here.
$project = with_patch($begin . "SELECT 1/0;\n" . $end);
is((versioning($project, 'apply'))[0], 3, 'it fails, to be without a file');
unlink "$project->{directory}/patches/2.sql";
($status, undef, $errors) = versioning($project, 'apply');
is($status, 1, 'what requires it cannot be applied');
like($errors, qr{^versioning: patches/3\.sql:2: patch "last" requires "middle", which is unfinished, and not registered by a file}m,
	'and why');
unlink "$project->{directory}/patches/3.sql";
($status, undef, $errors) = versioning($project, 'apply');
is($status, 0, 'without a file: exit status');
like($errors, qr/^versioning: warning: patch "middle" is unfinished since .*, and no file here registers it$/m,
	'without a file: what it says');
is((versioning($project, qw(status --exit-code)))[0], 5,
	'without a file: status --exit-code');
like((versioning($project, qw(apply middle)))[2],
	qr/^versioning: no file registers a patch "middle"$/m,
	'without a file: its own name is not suggested');

# A transaction in which nothing can be noted
my $reading = "BEGIN READ ONLY;\nSELECT 1;\nCOMMIT;\n";
$project = with_patch($directive . $register . $reading . "SELECT 1/0;\n" . $reading);
refuses($project, 'first middle', [ qr/^versioning: detail: 2 of its 4 parts are done/m ],
	'a read-only transaction');
add_files($project, 'patches/2.sql' => $directive . $register . $reading
	  . does('a') . $reading);
applies($project, 'first last middle', 'read-only transactions');
is(unfinished($project), '', 'the last of which ends it');

# What has failed is taken out, and what is left is done.
$project = with_patch("$directive${register}SELECT 1/0;\n");
is((versioning($project, 'apply'))[0], 3, 'it fails, to be taken out');
add_files($project, 'patches/2.sql' => $directive . $register);
applies($project, 'first last middle', 'what is left is done');
is(unfinished($project), '', 'so it is whole');

# It has become one transaction meanwhile.
$project = with_patch($begin . "SELECT 1/0;\n" . $end);
is((versioning($project, 'apply'))[0], 3, 'it fails, to be one transaction');
add_files($project, 'patches/2.sql' => patch('middle', does('z'), 'first'));
is((versioning($project, 'apply'))[0], 1, 'it does not run by itself');
value($project->{database},
	"SELECT _v.unregister_patch('middle'); TRUNCATE done");
applies($project, 'first last middle', 'undone by hand, it does');
is(done($project), 'z', 'all of it');

done_testing();
