# How far to go: apply --to takes what is pending up to a patch, in the order of
# the plan; rollback --to takes back what was registered after a patch.

use strict;
use warnings;

use Cwd qw(getcwd);
use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use IPC::Run ();
use Scratch qw(value);
use Test::More;

my $number = 0;

# A project of four patches: c requires a, the others nothing.
sub with_patches
{
	return project('to' . $number++,
		'patches/a.sql' => patch('a'),
		'patches/b.sql' => patch('b'),
		'patches/c.sql' => patch('c', '', 'a'),
		'patches/d.sql' => patch('d'),
		'patches/users.sql' => patch('users'),
		map { ("rollbacks/$_.sql" => rollback_file($_)) } qw(a b c d users));
}

# Passes if a command fails so, says that, and changes nothing.
sub is_refused
{
	my ($project, $status, $message, $test, @arguments) = @_;
	my $before = registered($project);
	my ($got, $output, $errors) = versioning($project, @arguments);

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is($got, $status, "$test: exit status");
	like($errors, $message, "$test: message");
	is(registered($project), $before, "$test: nothing has changed");
	return;
}

# Passes if rollback does that, and those patches remain.
sub takes_back
{
	my ($project, $names, $test, @arguments) = @_;
	my ($status, $output, $errors) =
	  versioning($project, 'rollback', @arguments);

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is($status, 0, $test) || diag $errors;
	is(registered($project), $names, "$test: what remains");
	return $output;
}

{
	my $project = with_patches();

	applies($project, 'a b c', 'up to a patch, in the order of all that is '
		  . 'pending', '--to', 'c');
	my ($status, $output) = versioning($project, 'apply', '--to', 'b');
	is($status, 0, 'up to one that is applied: nothing to do');
	like($output, qr/^Nothing to apply: all up to "b" is applied\.$/m,
		'up to one that is applied: it says so');
	applies($project, 'a b c d', 'up to a file', '--to', 'patches/d.sql');

	my $lines = takes_back($project, 'a b', 'back to a patch', '--to', 'b');
	like($lines, qr/d.*\n.*c.*\n/, 'back to a patch: the newest one first');
	$lines = takes_back($project, 'a b', 'back to the last one', '--to', 'b');
	like($lines, qr/^Nothing to take back: none was applied after "b"\.$/m,
		'back to the last one: it says so');
	takes_back($project, 'a', 'back to a file', '--to', 'patches/a.sql');
}

{
	my $project = with_patches();

	applies($project, '', 'a dry run runs nothing', '--dry-run', '--to', 'b');
	my ($status, $output) =
	  versioning($project, 'apply', '--dry-run', '--to', 'b');
	is($output, "[1/2] a  patches/a.sql\n[2/2] b  patches/b.sql\n",
		'a dry run shows what comes first');
	is_refused($project, 1, qr/^versioning: --to: there is no patch "user"; did /m,
		'apply, a name nobody knows', qw(apply --to user));
	is_refused($project, 1, qr/^versioning: --to: there is no patch "user"; did /m,
		'rollback, a name nobody knows', qw(rollback --to user));
	is_refused($project, 1,
		qr/^versioning: --to: patch "a" is not applied, so there is no way/m,
		'rollback, a patch that is pending', qw(rollback --to a));
	is_refused($project, 2, qr/--to and names of patches cannot be used tog/,
		"$_->[0], with names", @$_, qw(--to a b))
	  foreach (['apply'], ['rollback']);
	is_refused($project, 2, qr/--to and --last cannot be used together/,
		'rollback, with --last', qw(rollback --to a --last 1));
	is_refused($project, 2, qr/--to cannot be used with status/,
		'status', qw(status --to a));
	is_refused($project, 2, qr/requires an argument/,
		'without an argument', qw(apply --to));
}

{
	# The graph is applied out of the order of the files.
	my $project = with_patches();

	applies($project, 'd', 'the last file first', 'd');
	applies($project, 'a b d', 'the rest, up to one', '--to', 'b');
	takes_back($project, 'd', 'back to what was applied first', '--to', 'd');
}

{
	# What is unfinished, or blocked, stands in the way as it always does.
	my $project = with_patches();

	add_files($project, 'patches/b.sql' => patch('b', '', 'nobody'));
	is_refused($project, 1, qr/requires.*"nobody"/,
		'a patch that is blocked', qw(apply --to d));
}

{
	# What waits for a job cannot be reached before it is done.
	my $project = project('to_job',
		'patches/1.sql' => patch('start', "CREATE TABLE t (id int PRIMARY KEY);
			SELECT _v.register_job('move', 't', 'UPDATE t SET id = t.id
			FROM batch b WHERE t.id = b.id');"),
		'patches/2.sql' => patch('finish',
			"SELECT _v.assert_job_is_done('move');", 'start'),
		'patches/3.sql' => patch('other'));

	applies($project, 'start', 'up to a patch with a job', '--to', 'start');
	is_refused($project, 1, qr{^versioning: patches/2\.sql: --to: patch "finish" .*"move"}m,
		'a patch that waits for a job', qw(apply --to finish));
	applies($project, 'finish other start', 'with the job', '--run-jobs',
		'--to', 'other');
}

# Runs a command at a terminal, and answers, or does something first that returns
# the answer. Returns its exit status and all that is on the terminal then.
sub at_terminal
{
	my ($project, $answer, @arguments) = @_;
	my $input = '';
	my $screen = '';
	my $back = getcwd();

	local $ENV{PGDATABASE} = $project->{database};
	chdir $project->{directory} or die "cannot change directory: $!\n";
	my $harness = IPC::Run::start([ $ENV{VERSIONING} // 'versioning', @arguments ],
		'<pty<', \$input, '>pty>', \$screen, IPC::Run::timeout(60));
	chdir $back;
	if (defined $answer)
	{
		$harness->pump until $screen =~ /\[y\/N\] /;
		$input = (ref $answer ? $answer->() : $answer) . "\n";
	}
	$harness->finish;
	return ($harness->full_result >> 8, $screen =~ s/\r//gr);
}

{
	my $project = with_patches();
	my @back = ('rollback', '--to', 'a');

	versioning($project, 'apply');
	my ($status, $screen) = at_terminal($project, 'n', @back);
	is($status, 1, 'at a terminal, no: exit status');
	like($screen, qr{^\[1/4\] users  rollbacks/users\.sql\n.*^\[4/4\] b }ms,
		'at a terminal, no: the list');
	like($screen, qr/^Take these 4 back in database "\w+"\? \[y\/N\] /m,
		'at a terminal, no: what it asks');
	is(registered($project), 'a b c d users', 'at a terminal, no: it is left');
	($status, $screen) = at_terminal($project, 'n', @back, '--json');
	like($screen, qr{^\[1/4\] users  .*^\[4/4\] b .*^Take these 4 back}ms,
		'with --json, the list is where the question is');
	($status, $screen) = at_terminal($project, undef, @back, '--yes', '--dry-run');
	is($status, 0, 'a dry run does not ask');
	for my $one ([ '--last', 1 ], ['c'])
	{
		($status, $screen) = at_terminal($project, undef, 'rollback', @$one);
		is($status, 0, "one, @$one: it does not ask") || diag $screen;
	}
	is(registered($project), 'a b d', 'one: it is gone');
	($status, $screen) = at_terminal($project, 'y', qw(rollback --last 2));
	is($status, 0, 'several of the last, yes: exit status') || diag $screen;
	is(registered($project), 'a', 'several of the last, yes: they are gone');
	($status, $screen) = at_terminal($project, '', qw(rollback --last 1));
	is(registered($project), 'a', 'the last of all: it asks');
	versioning($project, 'apply');
	my $meanwhile = sub {
		value($project->{database}, "SELECT _v.unregister_patch('c');
			SELECT _v.register_patch('e', ARRAY['a'])");
		return 'y';
	};
	add_files($project, 'rollbacks/e.sql' => rollback_file('e'));
	($status, $screen) =
	  at_terminal($project, $meanwhile, qw(rollback --cascade a));
	like($screen, qr/^versioning: error: it is no longer the same that would/m,
		'others are there meanwhile, as many');
	is(registered($project), 'a b d e users',
		'others are there meanwhile: they are left');
	value($project->{database}, "SELECT _v.unregister_patch('e');
		SELECT _v.register_patch('c', ARRAY['a'])");
	($status, $screen) =
	  at_terminal($project, 'yes', qw(rollback --cascade a));
	is($status, 0, 'a cascade: it asks') || diag $screen;
	is(registered($project), 'b d users', 'a cascade: it is gone');
	($status, $screen) =
	  at_terminal($project, undef, qw(rollback --yes --last 100));
	is(registered($project), '', '--yes: nobody is asked') || diag $screen;
	is_refused($project, 2, qr/--yes cannot be used with status/, 'status --yes',
		qw(status --yes));
}

done_testing();
