# The command line: what is taken, what is refused and with which words. Wrong
# usage always exits with 2 and does nothing.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use Test::More;

my $project = project('options',
	'patches/a.sql' => patch('a', 'CREATE TABLE a ();'),
	'patches/b.sql' => patch('b', 'CREATE TABLE b ();', 'a'),
	'rollbacks/a.sql' => rollback_file('a', 'DROP TABLE a;'));
my $advice = "Try \"versioning --help\" for more information.\n";

# Runs with arguments, which are wrong: this is said of them.
sub is_refused
{
	my ($what, $message, @arguments) = @_;
	my ($status, $output, $errors) = versioning($project, @arguments);

	is($status, 2, "$what: exit status");
	is($output, '', "$what: no output");
	like($errors, $message, "$what: message");
	like($errors, qr/\Q$advice\E\z/, "$what: advice");
	is(registered($project), '', "$what: nothing is done");
	return;
}

is_refused('options only', qr/^versioning: no command is given$/m, '-q');
is_refused('unknown command', qr/there is no command "bogus"$/m, 'bogus');
is_refused('a command that is misspelt',
	qr/there is no command "aply"\. Did you mean "apply"\?$/m, 'aply');
is_refused('unknown long option', qr/--bogus/, 'apply', '--bogus');
is_refused('an option that is misspelt', qr/^Did you mean "--dry-run"\?$/m,
	'apply', '--dry-rum');
is_refused('help with an unknown command',
	qr/there is no command "rollbak"\. Did you mean "rollback"\?$/m, 'help',
	'rollbak');
is_refused('help with two commands', qr/"apply" is one argument too many/,
	'help', 'status', 'apply');
is_refused('unknown letter', qr/'x'/, 'apply', '-x');
is_refused('missing argument', qr/requires an argument/, $_)
  foreach qw(-d -h -p -U -v --patches --rollbacks --wait --last --requires
  --disable --template);
is_refused('argument where none belongs', qr/doesn't allow an argument/,
	'status', '--json=yes');
is_refused("--wait $_", qr/--wait takes a number from 0 to 2147483647/,
	'apply', '--wait', $_)
  foreach ('', 'x', '-1', '1x', '1.5', '99999999999');
is_refused("--last $_", qr/--last takes a number from 1 to 2147483647/,
	'rollback', '--last', $_)
  foreach ('', 'all', '0', '-1', '2147483648');
is_refused("-v $_", qr/--variable takes NAME=VALUE/, 'apply', '-v', $_)
  foreach ('', 'name', '=value', 'na me=1', "na\nme=1");
is_refused('rollback of nothing', qr/names of patches, or --last/, 'rollback');
is_refused('rollback of both', qr/--last and names/, 'rollback', '--last', 1,
	'a');
is_refused('status of names', qr/"a" is one argument too many for status/,
	'status', 'a');
is_refused('check of names', qr/"a" is one argument too many for check/,
	'check', 'a');
is_refused('a second directory', qr/"rollbacks" is one .*; there is a directory/,
	'status', '--patches', 'patches', 'rollbacks');
is_refused('new without a name', qr/new takes the name/, 'new');
is_refused('new with two', qr/"d" is one argument too many/, 'new', 'c', 'd');
is_refused('quiet and verbose', qr/--quiet and --verbose/, 'apply', '-q',
	'--verbose');
is_refused('JSON and verbose', qr/--json and --verbose/, 'apply', '--json',
	'--verbose');
is_refused('empty place', qr/cannot be empty/, 'apply', '--patches', '');
is_refused("$_->[1] with $_->[0]", qr/\Q$_->[1]\E cannot be used with $_->[0]/,
	@$_)
  foreach ([ 'status', '--verbose' ], [ 'rehearse', '--json' ],
	[ 'apply', '--exit-code' ], [ 'rehearse', '--max-stall', '1s' ],
	[ 'status', '--dry-run' ],
	[ 'rehearse', '--dry-run' ], [ 'check', '--wait', 1 ],
	[ 'apply', '--cascade' ], [ 'apply', '--last', 1 ],
	[ 'apply', '--disable', 'cycle' ], [ 'apply', '--requires', 'a' ],
	[ 'apply', '--template', 'template1' ]);
is_refused('-v with status', qr/--variable cannot be used with status/,
	'status', '-v', 'a=b');

for my $option (qw(--help -? help))
{
	my ($status, $output, $errors) = versioning($project, $option);
	is($status, 0, "$option: exit status");
	like($output, qr/^Usage:.*^  apply\b/ms, "$option: help");
	is($errors, '', "$option: no error");
}

# The help of a command has its options, and no others, whichever way one asks.
my ($status, $help) = versioning($project, 'help', 'apply');
is($status, 0, 'help with a command: exit status');
like($help, qr/^  versioning apply \[TARGET\].*^  -n, --dry-run  /ms,
	'help with a command: its usage and an option');
unlike($help, qr/--cascade/, 'help with a command: no option of another');
is((versioning($project, @$_))[1], $help, "help of a command: @$_")
  foreach ([qw(apply --help)], [qw(--help apply)], [qw(apply -n -?)]);

# Without arguments, it says what there is, and where one is.
my ($bare_status, $bare, $bare_errors) = versioning($project);
is($bare_status, 2, 'no arguments: exit status');
like($bare, qr/^  rehearse .*^Patches: 2, in patches\nDatabase: .*options.*, 0 applied, 2 pending;/ms,
	'no arguments: the commands, the project and its database');
is($bare_errors, '', 'no arguments: no error');
for my $option (qw(--version -V))
{
	my ($status, $output, $errors) = versioning($project, $option);
	is($status, 0, "$option: exit status");
	like($output, qr/^versioning \(Versioning\) \d\S*\n\z/,
		"$option: version");
}

# Options may stand anywhere; a pattern of the shell's may follow --patches.
my @plan = (0, "[1/2] a  patches/a.sql\n[2/2] b  patches/b.sql\n", '');
is_deeply([ versioning($project, @$_) ], \@plan, "plan: @$_")
  foreach ([qw(apply --dry-run)], [qw(--dry-run apply)], [qw(-n apply)],
	[qw(apply -n b a)], [qw(apply -n b)], [qw(apply -n -- b)],
	[qw(apply -n patches/b.sql)], [qw(apply -n ./patches/b.sql)],
	[qw(-n --patches patches apply)], [qw(-n --patches patches/ apply)],
	[qw(--patches patches/b.sql --patches patches/a.sql apply -n)],
	[qw(--patches patches/b.sql patches/a.sql apply -n)],
	[qw(apply -n --patches patches/a.sql patches/b.sql)],
	[qw(apply -n --patches patches --patches patches/a.sql)]);
is(registered($project), '', '--dry-run runs nothing');

# Output that cannot be written is an error.
my $program = $ENV{VERSIONING} // 'versioning';
SKIP:
{
	skip 'no /dev/full here', 1 if !-e '/dev/full';
	is(system("$program --help >/dev/full 2>/dev/null") >> 8, 2,
		'a full disk under the output');
}

# Runs in a shell, with redirections. Returns the exit status and the errors.
sub in_shell
{
	my ($arguments) = @_;
	my ($status, $output, $errors) = finish_versioning(
		start_program($project, 'sh', '-c', "exec $program $arguments"));
	return ($status, $errors);
}

# How often the server has got what no client says.
sub nonsense
{
	open my $log, '<', "$ENV{VERSIONING_CLUSTER}/log" or return -1;
	return scalar grep { /invalid frontend message type/ } <$log>;
}

# A descriptor that is closed is not that of a connection.
my $before = nonsense();
my ($closed_status, $closed_errors) = in_shell('apply --verbose a >&-');
is($closed_status, 2, 'a closed output: exit status');
like($closed_errors,
	qr/\Aversioning: could not write to standard output.*\n\z/,
	'a closed output: message');
is(registered($project), 'a', 'a closed output: the patch is applied');
is((in_shell('apply --verbose b <&- >&- 2>&-'))[0], 2, 'all closed');
is(registered($project), 'a b', 'all closed: the patch is applied');
is((in_shell('rollback a >&-'))[0], 1, 'a closed output and a problem');
is((in_shell('status 2>&-'))[0], 0, 'no standard error');
is(nonsense(), $before, 'what is printed does not go to the server');

# What a failed patch means is not less when the output is lost.
add_files($project, 'patches/c.sql' => patch('c', 'SELECT 1/0;'));
is((in_shell('apply >&-'))[0], 3, 'a closed output and a failure');

done_testing();
