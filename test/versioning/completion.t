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
use Scratch qw(run value);
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

my $commands = join ' | ', (run($program, 'help'))[1] =~ /^  ([a-z]+) {2,}\S/mg;
completes('', $commands, 'commands');
like($commands, qr/^init \| .*apply \| rollback.* \| help$/,
	'they are those of the help');
completes('help ', $commands, 'help takes commands');
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
completes('apply --v', '--variable= | --verbose | --verify= | --version',
	'options, with a sign if they take a value');
completes('new --dbn', '--dbname=', 'new may connect');
completes('new x --recipe rename-c', 'rename-column', 'recipes');

# They are those of the program.
my (undef, $help) = run($program, '--help');
for my $command (split / \| /, $commands)
{
	my %offered =
	  map { s/=$//r => 1 } completed($project, "$command --");
	my (undef, $of_command) = run($program, 'help', $command);
	my %helped = map { $_ => 1 } $of_command =~ /^ .{5}(--[a-z][-a-z]*)/mg;
	is(join(' ', sort keys %offered), join(' ', sort keys %helped),
		"all options that the help of $command knows, and no others");
	for my $option (grep { /=$/ } completed($project, "$command --"))
	{
		completes("$command " . $option =~ s/=$//r . ' --he', '',
			"$command: a value follows $option");
	}
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

completes("$_ ", 'users | user-sessions', "$_ takes patches")
  for qw(apply rollback graph rehearse verify);
completes("$_ --to ", 'users | user-sessions', "$_ --to takes a patch")
  for qw(apply rollback);
completes('apply users', 'users', 'a whole name');
completes('apply user', 'users | user-sessions', 'the beginning of a name');
completes('apply -v a=b --wait 1 users user-', 'user-sessions',
	'behind options and names');
completes('apply now', '', 'no file has it');
completes('--patches more apply ', 'groups', 'patches of another place');
completes('apply --patches=more ', 'groups', 'of another place, with a sign');
completes('--patches more --patches patches apply ',
	'groups | users | user-sessions', 'of several places');
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
completes('log patches/u', '', 'log asks the database, and knows no files');
completes('--patches m', 'more', 'places');
completes('--patches=m', 'more', 'places behind a sign');
completes('--patches w', 'with space', 'places that bash will quote');

# Those that are applied, or not, in the database that the line names

value($project->{database}, q(SELECT _v.register_patch('users')));
my $database = "-d $project->{database}";
completes("apply $database ", 'user-sessions', 'apply takes pending ones');
completes("rollback $database ", 'users', 'rollback takes applied ones');
completes("--dbname=$project->{database} rollback ", 'users',
	'the database may come first');
completes("graph $database ", 'users | user-sessions', 'graph takes all');
completes('apply -d nosuch ', 'users | user-sessions',
	'all, if the database is not there');
is( join(' ', completed($project, 'rollback ',
			"export PGDATABASE=$project->{database}")),
	'users', 'the database of the environment');

# Targets and databases

add_files($project, 'versioning.conf' => <<~"CONF", 'below/it/x' => '');
	lock-timeout = 1s
	[testing]
	dbname = $project->{database}
	[production]
	service = x
	CONF
completes('status ', 'testing | production', 'targets');
completes('status testing ', '', 'one of them');
completes('apply t', 'testing', 'a target, and no patch that begins so');
completes('apply testing ', 'user-sessions', 'pending ones of a target');
completes('new t', '', 'new takes none');
like(join(' ', completed($project, 'diff testing ')),
	qr/^files testing production .*\b$project->{database}\b/,
	'what can be compared');
is( join(' ', completed({ directory => "$project->{directory}/below/it" },
			'status ')),
	'testing production', 'targets from a folder below');
completes('status -d pro', 'production', 'targets where a database is named');
my ($some) = grep { $_ eq $project->{database} }
  completed($project, "status -d $project->{database}");
is($some, $project->{database}, 'databases');
add_files($project, 'versioning.conf' => "dbname = $project->{database}\n");
is(join(' ', completed($project, 'apply ', 'unset PGDATABASE')),
	'user-sessions', 'pending ones of the database there');
is(join(' ', completed($project, 'unmark ', 'unset PGDATABASE')),
	'users', 'applied ones, likewise');
like(join('|', completed($project, 'sandbox drop ')), qr/^(?!.*\blist\b)/,
	'drop is given sandboxes');
unlink "$project->{directory}/versioning.conf";

# Values that are words
completes('status --color ', 'auto | always | never', 'when there are colours');
completes('check --format=g', 'github | gitlab', 'forms of findings');

# list-dependencies
is( (run('bash', '--norc', '-c', <<~'BASH', 'bash', $script, $project->{directory}))[1],
	source "$1"; cd "$2"
	for COMP_LINE in 'list-dependencies --or' 'list-dependencies -o patches/us'
	do
		COMP_POINT=${#COMP_LINE} COMP_WORDS=() COMP_CWORD=0
		_list_dependencies list-dependencies '' ''
		echo "${COMPREPLY[@]}"
	done
	BASH
	"--order\npatches/user-sessions.sql patches/users.sql\n",
	'list-dependencies takes options and files');

# Not the database
is( join(' ',
		completed($project, 'apply ', 'export PGDATABASE=nosuch PGSERVICE=x')),
	'users user-sessions',
	'without the database');

# The settings of the shell do not matter
is(join(' ', completed($project, 'apply ', $_)),
	'users user-sessions', "with $_")
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
