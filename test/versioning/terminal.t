# What a person sees at a terminal: a table that fits, colours, and a pager if
# there is more than fits on the screen.

use strict;
use warnings;

use Cwd qw(getcwd);
use FindBin;
use IPC::Run ();
use lib "$FindBin::Bin/../lib";
use Deploy;
use Scratch qw(role value);
use Test::More;

my $program = $ENV{VERSIONING} // 'versioning';
my $long = 'a-very-long-name-of-a-patch-that-somebody-has-thought-of-one-night';
my $wide = "\xe5\x90\x8d" x 30;
my $project = project('terminal',
	'patches/0.sql' => patch('base'),
	'patches/1.sql' => patch('users', '', 'base'),
	'patches/2.sql' => patch($long, '', 'users'),
	'patches/3.sql' => patch('typo', '', 'usres'),
	'patches/4.sql' => patch($wide, '', 'users'),
	'patches/5.sql' => patch("odd\e[31m\nname", '', 'users'));

delete @ENV{qw(PAGER PSQL_PAGER LESS NO_COLOR COLUMNS)};
$ENV{TERM} = 'xterm';
$ENV{PGCLIENTENCODING} = 'UTF8';

# What the program writes at a terminal of so many columns and lines.
sub at_terminal
{
	my ($columns, $lines, @arguments) = @_;
	my ($written, $back) = ('', getcwd());

	local $ENV{PGDATABASE} = $project->{database};
	chdir $project->{directory} or die "cannot change directory: $!\n";
	my $run = IPC::Run::start([
			'sh', '-c', 'stty cols "$1" rows "$2" && shift 2 && exec "$@"',
			'sh', $columns, $lines, $program, @arguments
		],
		'<pty<', \'', '>pty>', \$written);
	chdir $back;
	$run->finish;
	is($run->result(0), 0, "exit status of @arguments");
	return $written =~ s/\r\n/\n/gr;
}

# The columns that a line takes.
sub width
{
	my ($line) = @_;
	$line =~ s/\e\[\d*m//g;
	$line =~ s/\xe5\x90\x8d/xx/g;
	return length $line;
}

is((versioning($project, qw(apply -q users)))[0], 0, 'applied');

for my $columns (60, 80, 200)
{
	my $output = at_terminal($columns, 60, 'status');
	my @rows = $output =~ /^ (.*\| \e.*)$/mg;

	is_deeply([ grep { width($_) > $columns } split /\n/, $output ],
		[], "$columns columns: no line is longer");
	is(scalar @rows, 6, "$columns columns: a row a patch");
	like($output, qr/^ users +\| \e\[32mapplied\e\[0m \| \d{4}-\d\d-\d\d \d\d:\d\d.*\| postgres/m,
		"$columns columns: a short name has one line");
	like($output, qr/\| \e\[33mpending\e\[0m \|/, "$columns columns: pending");
	like($output, qr/^ typo +\| \e\[31mblocked\e\[0m \|/m,
		"$columns columns: blocked");
	like($output, qr/^ odd\\x1B\[31m\\nname +\|/m, "$columns columns: an odd name");
	like($output =~ s/\n +/ /gr, qr/requires "usres", which is neither applied nor registered by a file/,
		"$columns columns: what there is to remark, in words");
	my $names = join '', map { /^ (\S+?) *(?:\||$)/ ? $1 : () } split /\n/, $output;
	like($names, qr/\Q$long\E/, "$columns columns: all of a long name");
	like($names, qr/\Q$wide\E/, "$columns columns: all of a wide one");
}
like(at_terminal(200, 60, 'status'), qr/^ patch +\| state +\| applied +\| by +\| remarks\n/,
	'what fits is as elsewhere');

# A role with a long name is as good as a patch with one.
my $role = role('deployer_with_a_rather_long_name');
value($project->{database}, "GRANT INSERT ON _v.patches TO $role");
value($project->{database},
	"SET SESSION AUTHORIZATION $role; SELECT _v.register_patch('by-role')");
for my $columns (60, 80)
{
	my $output = at_terminal($columns, 60, 'status');
	my $names = join '', $output =~ /^ [^\n]* \| (\S*) *$/mg;

	is_deeply([ grep { width($_) > $columns } split /\n/, $output ],
		[], "$columns columns, a long role: no line is longer");
	like($names, qr/\Q$role\E/, "$columns columns, a long role: all of it");
}

# Elsewhere
{
	my (undef, $output) = versioning($project, 'status');
	unlike($output, qr/\e/, 'a pipe: no colours');
	like($output, qr/^ \Q$long\E +\| pending +\|/m, 'a pipe: nothing is broken');
	like($output, qr/^ odd\\x1B\[31m\\nname +\| pending +\|/m,
		'a pipe: an odd name has one line');
	like((versioning($project, qw(status --color=always)))[1],
		qr/^ \Q$long\E +\| \e\[33mpending\e\[0m \|/m, 'a pipe, and --color=always');
	unlike((versioning($project, qw(status --json --color=always)))[1], qr/\e/,
		'no colours in JSON');
}

# Who wants no colours
unlike(at_terminal(80, 60, qw(status --color never)), qr/\e\[/, '--color never');
{
	local $ENV{NO_COLOR} = '1';
	unlike(at_terminal(80, 60, 'status'), qr/\e\[/, 'NO_COLOR');
	like(at_terminal(80, 60, qw(status --color always)), qr/\e\[/,
		'NO_COLOR and --color always');
	local $ENV{TERM} = 'dumb';
	local $ENV{NO_COLOR} = '';
	unlike(at_terminal(80, 60, 'status'), qr/\e\[/, 'a dumb terminal');
}

# The pager
for my $command ([qw(status)], [qw(log)], [qw(show base)])
{
	local $ENV{PAGER} = q(sed 's/^/paged: /');

	like(at_terminal(80, 2, @$command), qr/\Apaged: .*^paged: /ms,
		"@$command: a pager if there is more than the screen");
	unlike(at_terminal(80, 60, @$command), qr/paged/,
		"@$command: none if there is not");
	like(at_terminal(80, 2, @$command, '--color=always'), qr/paged: .*\e\[32m/s,
		"@$command: colours in it");
	local $ENV{PSQL_PAGER} = q(sed 's/^/psql: /');
	like(at_terminal(80, 2, @$command), qr/\Apsql: /,
		"@$command: the pager of psql");
	local $ENV{PSQL_PAGER} = '';
	unlike(at_terminal(80, 2, @$command), qr/paged|psql/,
		"@$command: none is wanted");
}
{
	local $ENV{PAGER} = q(sed "s/^/$LESS: /");
	like(at_terminal(80, 2, 'status'), qr/\AFRX: /, 'less is told of colours');
	local $ENV{LESS} = 'M';
	like(at_terminal(80, 2, 'status'), qr/\AM: /,
		'unless the user has told it anything');
	local $ENV{PAGER} = 'true';
	is(at_terminal(80, 2, 'status'), '', 'a pager that does not read');
}
for my $pager ('versioning-no-such-pager', '/dev/null')
{
	local $ENV{PAGER} = $pager;
	like(at_terminal(80, 2, 'status'), qr/^\d+ applied/m,
		"$pager cannot be run: all is printed");
}

done_testing();
