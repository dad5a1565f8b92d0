# Patches are put into the register and taken out of it without running
# anything, and changed files are accepted; somebody says yes to it.

use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use FindBin;
use IPC::Run ();
use JSON::PP qw(decode_json);
use lib "$FindBin::Bin/../lib";
use Deploy;
use Scratch qw(original psql role value);
use Test::More;

my $user = getpwuid $<;
my $project = project('marks',
	'patches/b.sql' => patch('b', "CREATE TABLE b ();\n", 'a'),
	'patches/a.sql' => patch('a', "CREATE TABLE a ();\n"),
	'patches/two.sql' => "BEGIN;\nSELECT _v.register_patch('t1', '{b}', '{x,y}');\n"
	  . "SELECT _v.register_patch('t2', '{b,t1}');\nCOMMIT;\n",
	'patches/z.sql' => patch('z', '', 'missing'),
	'patches/other.sql' => patch('other', '', 'a'));

# Runs the program, and returns its status and all that it says.
sub run_it
{
	my (@arguments) = @_;
	my ($status, $output, $errors) = versioning($project, @arguments);
	return ($status, $output . $errors);
}

# The same at a terminal, where something is typed.
sub at_terminal
{
	my ($typed, @arguments) = @_;
	my ($output, $directory) = ('', $project->{directory});

	local $ENV{PGDATABASE} = $project->{database};
	IPC::Run::run([ $ENV{VERSIONING} // 'versioning', @arguments ],
		'<pty<', \$typed, '>pty>', \$output,
		init => sub { chdir $directory or die "cannot change directory: $!\n" });
	return ($? >> 8, $output =~ s/\r//gr);
}

# The last rows of history, as lines.
sub history
{
	my ($count, $columns) = @_;
	return value($project->{database}, "SELECT string_agg(concat_ws('|',
		$columns), ',' ORDER BY id) FROM (SELECT * FROM _v.history
		ORDER BY id DESC LIMIT $count) h");
}

my ($status, $said);

# Without anybody to be asked
($status, $said) = run_it('mark', 'a');
is($status, 2, 'without a terminal and --yes, nothing is done');
like($said, qr/^versioning: error: nobody is at a terminal to be asked: Do it\?$/m,
	'... and it is said why');
like($said, qr/^versioning: hint: Say --yes /m, '... and what to say');
is(registered($project), '', '... and nothing is registered');

# Marking
($status, $said) = run_it('mark', '--yes', 'b', 'a');
is($status, 0, 'patches are marked') || diag $said;
is($said, qq{To be marked as applied in database "$project->{database}", without running them:
  a  patches/a.sql
  b  patches/b.sql
2 marked.
}, 'it is said which, in the order that they require');
is(registered($project), 'a b', 'they are registered');
is(value($project->{database}, "SELECT to_regclass('public.a') IS NULL"), 't',
	'and nothing was run');
my $digest = sub {
	open my $file, '<', "$project->{directory}/patches/$_[0].sql" or die;
	local $/;
	return sha256_hex(<$file>);
};
is(history(2, 'event, patch_name, requires, source_file, source_sha256, os_user'),
	"marked|a|{}|patches/a.sql|${\$digest->('a')}|$user,"
	  . "marked|b|{a}|patches/b.sql|${\$digest->('b')}|$user",
	'history says so, with the files, and who did it');
is((run_it(qw(status --exit-code)))[0], 5, 'the others are pending');
($status, $said) = run_it('mark', '--yes', 'a');
is("$status $said", "0 a is applied already\n", 'once is enough');
($status, $said) = run_it(qw(mark --yes -q patches/two.sql));
is("$status $said", '0 ', 'a file can be named, and --quiet says nothing');
is(value($project->{database}, q{SELECT string_agg(concat_ws(' ', patch_name,
	requires, conflicts), ', ' ORDER BY patch_name) FROM _v.patches
	WHERE patch_name LIKE 't_'}), 't1 {b} {x,y}, t2 {b,t1} {}',
	'what the file says of its patches is registered, however many there are');

# What cannot be marked
for my $case (
	[ 'a name that is not there', qr/no file registers a patch "othre"; did you mean "other"\?$/m,
		'othre' ],
	[ 'one that requires what is missing', qr/^versioning: error: patch "z" requires "missing", which is not applied/m,
		'other', 'z' ],
	[ 'an empty name', qr/no file registers a patch ""/, '' ])
{
	my ($what, $message, @names) = @$case;
	($status, $said) = run_it('mark', '--yes', @names);
	is($status, 1, "$what: exit status");
	like($said, $message, "$what: message");
	like($said, qr/^versioning: error: nothing was done$/m, "$what: so it is said");
	is(registered($project), 'a b t1 t2', "$what: nothing is done");
}
add_files($project, 'patches/c1.sql' => patch('c1', '', 'c2'),
	'patches/c2.sql' => patch('c2', '', 'c1'));
($status, $said) = run_it(qw(mark --yes c1 c2));
like($said, qr/patch "c1" requires itself, by way of others$/m, 'a circle is found');
unlink "$project->{directory}/patches/$_.sql" for qw(c1 c2);
value($project->{database}, "SELECT _v.register_patch('enemy', NULL, '{other}')");
($status, $said) = run_it(qw(mark --yes other));
is($status, 3, 'what the register refuses is not done');
like($said, qr/Versioning patches conflict\..*enemy/, '... and it says why');
value($project->{database}, "SELECT _v.unregister_patch('enemy')");

# At a terminal
for my $case ([ "n\n", 1 ], [ "\n", 1 ], [ "yess\n", 1 ], [ "\x04", 1 ],
	[ "Yes\n", 0 ])
{
	my ($typed, $expected) = @$case;
	my $shown = $typed =~ s/\n/\\n/r =~ s/\x04/Ctrl-D/r;
	($status, $said) = at_terminal($typed, 'mark', 'other');
	is($status, $expected, "typing $shown: exit status") || diag $said;
	like($said, qr/^  other  patches\/other\.sql\nDo it\? \[y\/N\] /m,
		"typing $shown: it is shown what would be done");
	is(registered($project), $expected ? 'a b t1 t2' : 'a b other t1 t2',
		"typing $shown: what is done");
}

# Unmarking
($status, $said) = run_it(qw(unmark --yes a));
is($status, 3, 'what others require is not taken out');
like($said, qr/Cannot uninstall a, as it is required by: b, other\./, '... it is said why');
($status, $said) = run_it(qw(unmark --yes t1 t3));
is($status, 1, 'what is not there cannot be taken out');
like($said, qr/there is no applied patch "t3"; did you mean "t[12]"\?$/m,
	'... it is said what may have been meant');
is(registered($project), 'a b other t1 t2', '... and nothing is done');
($status, $said) = run_it(qw(unmark t1 b t2 --yes));
is($status, 0, 'patches are unmarked') || diag $said;
like($said, qr/without running anything:\n  t2\n  t1\n  b\n3 unmarked\.\n\z/,
	'those that require others come first');
is(history(3, 'event, patch_name, os_user, application_name'),
	join(',', map { "unmarked|$_|$user|versioning unmark" } qw(t2 t1 b)),
	'history says so');
rename "$project->{directory}/patches", "$project->{directory}/hidden" or die;
is((run_it(qw(unmark --yes other)))[0], 0, 'no file is needed for that');
value($project->{database}, q{CREATE TABLE rows_of_job (id int PRIMARY KEY);
	BEGIN; SELECT _v.register_patch('with job');
	SELECT _v.register_job('job', 'rows_of_job',
		'DELETE FROM rows_of_job r USING batch b WHERE r.id = b.id'); COMMIT});
($status, $said) = run_it(qw(unmark --yes), 'with job');
like($said, qr/^  with job  \(its job "job", which is not done, is canceled\)$/m,
	'it is said which job ends with it');
is(value($project->{database}, 'SELECT count(*) FROM _v.jobs'), 0,
	'... and that is so');
rename "$project->{directory}/hidden", "$project->{directory}/patches" or die;

# What is unfinished
add_files($project, 'patches/part.sql' => "-- versioning: no-transaction\n"
	  . "SELECT _v.register_patch('part');\nCREATE TABLE part (i int);\n"
	  . "INSERT INTO part VALUES (1), (1);\n"
	  . "CREATE UNIQUE INDEX CONCURRENTLY part_i ON part (i);\n");
is((run_it(qw(apply part)))[0], 3, 'a patch is unfinished');
($status, $said) = run_it(qw(mark --yes part));
is($status, 1, 'it is not marked as it is');
like($said, qr/patch "part" is unfinished: /, '... it is said why');
run_it(qw(unmark --yes part));
is((run_it(qw(mark --yes part)))[0], 0, 'but after it was unmarked');
is(value($project->{database}, 'SELECT count(*) FROM _v.unfinished'), '0',
	'then it is whole');

# A part was run, and the one that registers it was not
add_files($project, 'patches/begun.sql' => "-- versioning: no-transaction\n"
	  . "CREATE TABLE begun (i int);\nSELECT 1 / 0;\n"
	  . "SELECT _v.register_patch('begun');\n");
is((run_it(qw(apply begun)))[0], 3, 'a patch is begun');
($status, $said) = run_it(qw(mark --yes begun));
is($status, 0, 'it can be marked') || diag $said;
like($said, qr/^  begun  patches\/begun\.sql  \(unfinished: it will count as whole\)$/m,
	'... and it is said what that means');
is(value($project->{database}, 'SELECT count(*) FROM _v.unfinished'), '0',
	'... which is so');

# Accepting
sub changed
{
	my (undef, $output) = versioning($project, 'status', '--json');
	return join ' ', map { $_->{patch} }
	  grep { $_->{changed} } @{ decode_json($output)->{patches} };
}
run_it(qw(mark --yes b));
my $order = value($project->{database}, 'SELECT max(id) FROM _v.history');
($status, $said) = run_it(qw(accept --yes a));
is("$status $said", qq{0 patches/a.sql has not changed since "a" was applied or accepted\n},
	'there is nothing to accept');
is(value($project->{database}, 'SELECT max(id) FROM _v.history'), $order,
	'... and nothing is written');
add_files($project, 'patches/a.sql' => patch('a', "CREATE TABLE a (i int);\n\\ir a.inc\n"),
	'patches/a.inc' => "SELECT 1;\n");
is(changed(), 'a', 'a file has changed');
is((run_it(qw(accept a)))[0], 2, 'nobody is there to accept it');
is(changed(), 'a', '... so it is not accepted');
($status, $said) = run_it(qw(accept --yes a));
is($status, 0, 'it is accepted') || diag $said;
is(changed(), '', 'and not remarked on any more');
is(history(1, 'event, patch_name, source_file'), 'accepted|a|patches/a.sql',
	'history says so');
add_files($project, 'patches/a.inc' => "SELECT 2;\n");
is(changed(), 'a', 'what it includes has changed');
is((run_it(qw(accept --yes patches/a.sql)))[0], 0, 'a file can be named');
is(changed(), '', 'then it is accepted');
($status, $said) = run_it(qw(rollback --last 1 -n --cascade --rollbacks patches));
like($said, qr/"b"/, 'an accepted patch has not been applied last by that');
($status, $said) = run_it(qw(accept --yes z));
is($status, 1, 'what is not applied cannot be accepted');
like($said, qr/there is no applied patch "z"/, '... it is said why');

# Who may
my $nobody = role('nobody');
for my $command ([ mark => 'z2' ], [ unmark => 'part' ])
{
	add_files($project, 'patches/z2.sql' => patch('z2'));
	($status, $said) = run_it($command->[0], '--yes', '-U', $nobody, $command->[1]);
	is($status, 3, "$command->[0]: not everybody may");
	like($said, qr/permission denied for table patches/, "$command->[0]: it is said why");
}

# Registers in which it cannot be done
value($project->{database}, q{CREATE FUNCTION _v.mark_patch(name, text[], text[])
	RETURNS void LANGUAGE sql AS ''});
($status, $said) = run_it(qw(mark --yes z2));
is($status, 1, 'a function of somebody else is in the way');
like($said, qr/DROP FUNCTION _v\.mark_patch\(name,text\[\],text\[\]\);/, '... and how to get rid of it');
value($project->{database}, 'DROP FUNCTION _v.mark_patch(name, text[], text[])');
value($project->{database}, 'DROP EXTENSION versioning CASCADE');
original($project->{database}, 'new');
($status, $said) = run_it(qw(mark --yes z2));
is($status, 1, "depesz's register has no marks");
like($said, qr/has no extension "versioning", which .*\n.*: CREATE EXTENSION versioning;$/m, '... it is said');

# Wrong usage
for my $command (qw(mark unmark accept))
{
	($status, $said) = run_it($command);
	is($status, 2, "$command of nothing");
	like($said, qr/^versioning: $command takes the names of patches$/m, '... it is said');
	($status, $said) = run_it($command, '--yes=1', 'a');
	is($status, 2, "$command --yes takes no argument");
	($status, $said) = run_it($command, '--cascade', 'a');
	like($said, qr/--cascade cannot be used with $command/, "$command: other options are refused");
	($status, $said) = run_it($command, '--wait', 'x', 'a');
	like($said, qr/--wait takes a number/, "$command --wait takes a number");
}

done_testing();
