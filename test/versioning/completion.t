# Completion in bash: what is offered where, and that no name does any harm.
#
# bash is asked as it asks itself at a terminal: with the line in COMP_LINE, the
# cursor at its end in COMP_POINT, and the answer in COMPREPLY.

use strict;
use warnings;

use Cwd qw(getcwd);
use File::Basename qw(dirname);
use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use Scratch qw(run);
use Test::More;

my $script = "$FindBin::Bin/../../tools/versioning.bash-completion";
my $program = $ENV{VERSIONING} // 'versioning';

plan skip_all => 'there is no bash' if system 'bash -c : >/dev/null 2>&1';

my @odd = (
	'two words', q{it's}, '"quoted"', '\\', '\\"', '$(touch owned)', '`touch owned`',
	'$HOME', ';touch owned', '&', '|', '<', '*', '?', '[a-z]', '~', '#', '!x', "a\nb",
	"\x01", 'a:b', 'a=b', 'a,b', '(', '{a,b}', '-x', '%s', '%d', 'apply',
	"za\xc5\xbc\xc3\xb3\xc5\x82\xc4\x87");
my $project = project('completion',
	'patches/users.sql' => patch('users', '', 'nowhere'),
	'patches/user-sessions.sql' => patch('user-sessions', '', 'users'),
	'more/groups.sql' => patch('groups'),
	'with space/x.sql' => patch('spacious'),
	'rollbacks/users.sql' => rollback_file('users'));
my $odd = project('odd',
	map { ("patches/$_.sql" => patch($odd[$_])) } 0 .. $#odd);

# Asks bash to complete a line, in the directory of a project. Returns what it
# offers. Everything behind the line is a command to run before.
sub completed
{
	my ($place, $line, $before) = @_;
	my $back = getcwd();
	local @ENV{qw(PROGRAM SCRIPT LINE BEFORE)} =
	  ($program, $script, $line, $before // '');

	chdir $place->{directory} or die "cannot change directory: $!\n";
	my ($status, $output, $errors) = run('bash', '--norc', '-c', <<~'BASH');
		eval "$BEFORE"
		source "$SCRIPT"
		line="$PROGRAM $LINE"
		COMP_LINE=$line COMP_POINT=${#line} COMP_WORDS=() COMP_CWORD=0
		_versioning versioning '' ''
		((${#COMPREPLY[@]})) && printf '%s\0' "${COMPREPLY[@]}"
		exit 0
		BASH
	chdir $back;
	is($errors, '', "no message for: $line") if $errors ne '';
	return split /\0/, $output;
}

sub completes
{
	my ($line, $expected, $what) = @_;

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return is(join(' | ', completed($project, $line)), $expected, $what);
}

# Commands and options

my $commands = 'init | new | status | check | graph | apply | rollback'
  . ' | rehearse | sandbox | jobs | run | pause | resume | cancel | help';
completes('', $commands, 'commands');
completes('r', 'rollback | rehearse | run | resume',
	'the beginning of a command');
completes('sandbox ', 'list | drop | reset', 'what a sandbox is not called');
completes('-d apply reh', 'rehearse', 'the value of an option is no command');
completes('--dbname=apply -q st', 'status', 'a command behind options');
completes('status x', '', 'status takes no names');
completes('run --p', '--parallel= | --port= | --password',
	'the option of a command about jobs');
completes('run x', '', 'jobs are not in the files');
completes('status --run', '', 'an option of another command');
completes('apply --run', '--run-jobs', 'an option of the command');
completes('apply --v', '--variable= | --verbose | --version',
	'options, with a sign if they take a value');
completes('new --dbn', '--dbname=', 'new may connect');
completes('new x --recipe rename-c', 'rename-column', 'recipes');

# They are those of the program.
my (undef, $help) = run($program, '--help');
is($commands, join(' | ', $help =~ /^  ([a-z]+) {2,}\S/mg),
	'all commands that --help knows, and no others');
for my $command (split / \| /, $commands)
{
	my %offered =
	  map { s/=$//r => 1 } completed($project, "$command --");
	my (undef, $of_command) = run($program, 'help', $command);
	my %helped = map { $_ => 1 } $of_command =~ /^ .{5}(--[a-z][-a-z]*)/mg;
	is(join(' ', sort keys %offered), join(' ', sort keys %helped),
		"all options that the help of $command knows, and no others");
}

# The findings are those of the program.
my @findings = completed($project, 'check --disable ');
my ($status, $output, $errors) =
  versioning({ %$project, database => '' }, 'check',
	map { ('--disable', $_) } @findings);
is($status, 0, 'check knows all findings') || diag($errors);
completes('check --disable=not-', 'not-understood | not-committed',
	'the beginning of a finding');
completes('check --disable cycle,not-',
	'cycle\,not-understood | cycle\,not-committed', 'the second of a list');
open my $source, '<', "$FindBin::Bin/../../tools/base/problem.c"
  or die "cannot read problem.c: $!\n";
my @known = map { /^\s*\[PROBLEM_\w+\] = "(.*)"/ } <$source>;
is(join(' ', @findings), join(' ', @known), 'all findings are offered');

# Patches

completes("$_ ", 'user-sessions | users', "$_ takes patches")
  for qw(apply rollback graph rehearse);
completes('apply users', 'users', 'a whole name');
completes('apply user', 'user-sessions | users', 'the beginning of a name');
completes('apply -v a=b --wait 1 users user-', 'user-sessions',
	'behind options and names');
completes('apply now', '', 'no file has it');
completes('--patches more apply ', 'groups', 'patches of another place');
completes('apply --patches=more ', 'groups', 'of another place, with a sign');
completes('--patches more --patches patches apply ',
	'groups | user-sessions | users', 'of several places');
completes('--patches patches/users.sql more/groups.sql apply ',
	'users | groups', 'of several files');
completes(q{--patches 'with space' apply }, 'spacious', 'a place in quotes');
completes('--patches with\\ space apply ', 'spacious',
	'a place with a backslash');
completes('--patches=$(touch owned) apply ', '', 'nothing is evaluated');
completes('--patches `touch owned` apply ', '', 'nothing is evaluated here');
completes('new x --requires user-', 'user-sessions', 'requirements');
completes('new x --requires=users,user-', 'users\,user-sessions',
	'the second requirement');
completes('new ', '', 'a new name is not known');
completes('apply patches/u', 'patches/user-sessions.sql | patches/users.sql',
	'files');
completes('--patches m', 'more', 'places');
completes('--patches=m', 'more', 'places behind a sign');
completes('--patches w', 'with space', 'places that bash will quote');

# Not the database
is( join(' ',
		completed($project, 'apply ', 'export PGDATABASE=nosuch PGSERVICE=x')),
	'user-sessions users',
	'without the database');

# The settings of the shell do not matter
is(join(' ', completed($project, 'apply ', $_)),
	'user-sessions users', "with $_")
  for 'set -u', 'IFS=-', 'LC_ALL=C', 'set -o posix', "COMP_WORDBREAKS=' '";
is(join(' ', completed($project, 'apply ./m', $_)), './more', "files with $_")
  for 'set -f', 'shopt -s nullglob', 'shopt -s failglob';
is(join(' ', completed($project, 'apply nosuch', $_)), '', "no file with $_")
  for 'set -f', 'shopt -s nullglob', 'shopt -s failglob';

# The words only, as other callers give them
is( (run('bash', '--norc', '-c', <<~'BASH', 'bash', $script, $program, $project->{directory}))[1],
	source "$1"; cd "$3"
	COMP_WORDS=("$2" apply user-) COMP_CWORD=2
	_versioning "$2" user- apply
	printf '%s\n' "${COMPREPLY[@]}"
	BASH
	"user-sessions\n",
	'without the line');

# Odd names

my @offers = completed($odd, 'graph ');
is(scalar @offers, scalar @odd, 'odd names: all are offered');
my %got;
for my $offer (@offers)
{
	# What bash would read from the line is the name.
	my ($status, $word) = run('bash', '--norc', '-c',
		"cd '$odd->{directory}'; printf '%s\\0' $offer");
	$got{$word} = 1;
}
is(join('|', sort keys %got), join('|', sort map { "$_\0" } @odd),
	'odd names: each is one word of the shell, and the name');

for my $quote (q{'}, q{"})
{
	%got = ();
	for my $offer (completed($odd, "graph $quote"))
	{
		my ($status, $word) = run('bash', '--norc', '-c',
			"cd '$odd->{directory}'; printf '%s\\0' $quote$offer$quote");
		$got{$word} = 1;
	}
	is(join('|', sort keys %got), join('|', sort map { "$_\0" } @odd),
		"odd names: in $quote, too");
}

sub completes_oddly
{
	my ($line, $expected, $what) = @_;

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return is(join(' | ', completed($odd, "graph $line")), $expected, $what);
}
completes_oddly('two\\ ', 'two\\ words', 'a name that is begun');
completes_oddly('"two ', 'two words', 'a name that is begun in quotes');
completes_oddly(q{'it'\\'}, q{it\\'s}, 'a name with a quote in it');
completes_oddly('\\$\\(', '\\$\\(touch\\ owned\\)', 'a name like a command');
completes_oddly('"\\$(', '\\$(touch owned)', 'the same in quotes');
completes_oddly('a:', 'b', 'behind what ends a word for bash');
completes_oddly('"a:', 'a:b', 'in quotes, that ends none');
completes_oddly('a=', 'b', 'behind another one');
ok(!-e "$_->{directory}/owned", 'nothing was run') for $project, $odd;

done_testing();
