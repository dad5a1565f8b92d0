# README does what it says: all that stands in its fenced blocks is run, in
# order, as by somebody who follows it literally on a machine of their own.
#
# A block is one of these; no command stands anywhere else.
#   sh      commands; one that is to fail ends with "# exits with N"
#   sql     for psql -d app; if it begins with "-- as a superuser", for a
#           superuser's; if with "-- PATH.sql", it is put into that file,
#           which the commands before it have made
#   text    what the block before it has printed, less times and widths
#
# The columns and settings in doc/reference.md are those of the extension, and
# the links and contents of the pages lead somewhere.
#
# What would change this machine is not run, but must be in a list here, to the
# letter, and so must the commands that the text mentions. sudo lets us be
# postgres, and no one else.

use strict;
use warnings;

use Cwd qw(abs_path);
use File::Basename qw(dirname);
use File::Temp qw(tempdir);
use IPC::Run ();
use Test::More;

my $root = dirname(dirname(dirname(abs_path($0))));

# The roles and the database have the names that README has, so they need a
# cluster of their own.
if (!$ENV{VERSIONING_TEST_README})
{
	$ENV{VERSIONING_TEST_README} = 1;
	exec "$root/test/harness/cluster", '--installed', $^X, $0
	  or die "cannot run test/harness/cluster: $!\n";
}

my %not_run = map { $_ => 0 } (
	'sudo apt-get update',
	'sudo apt-get install make',
	'make demo',
	'make test',
	'sudo apt-get install gcc postgresql-15 postgresql-server-dev-15',
	'make',
	'sudo make install bindir=/usr/local/bin mandir=/usr/local/share/man',
	'sudo pg_createcluster 15 main',
	'sudo pg_ctlcluster 15 main start',
	q{sudo adduser --disabled-password --gecos '' deploy},
	'sudo -iu deploy');

my %mentioned = map { $_ => 1 } (
	'apt-get install sudo',
	'apt-get update',
	'make PG_CONFIG=/path/to/pg_config',
	'make demo',
	'make test',
	'make uninstall',
	'man list-dependencies',
	'man versioning',
	'psql -d app',
	'sudo -u postgres psql -d app',
	'versioning apply',
	'versioning apply --to PATCH',
	'versioning baseline',
	'versioning diff',
	'versioning diff production staging',
	'versioning graph',
	'versioning log',
	'versioning mark PATCH',
	'versioning new',
	'versioning pause',
	'versioning resume',
	'versioning rollback split-email',
	'versioning run',
	"versioning sandbox --run 'make check'",
	'versioning show users',
	'versioning status',
	'versioning status production',
	'versioning verify');

my $readme = slurp("$root/README.md");
my $directory = tempdir(CLEANUP => 1);
my $superuser = delete $ENV{PGUSER};

# A user of the machine has none of these; deploy logs in by that name.
delete $ENV{PGDATABASE};
$ENV{PGUSER} = 'deploy';
$ENV{PATH} = sudo() . ":$ENV{PATH}";

my $output = '';
my %runners = (sh => \&run_shell, sql => \&run_sql, text => \&compare);
for my $block (blocks($readme))
{
	my ($line, $language, $text, $next) = @$block;
	my $runner = $runners{$language};

	ok($runner, "line $line: a block says what it is") or next;
	$runner->("line $line", $text, $next);
}

is_deeply([ grep { !$not_run{$_} } sort keys %not_run ],
	[], 'what is not run here is in README');
my $prose = $readme =~ s/^```.*?^```$//gmsr;
unlike($prose, qr/^(?: {4,}|\t)\S/m, 'nothing is set as code without a fence');
is_deeply([ grep { !$mentioned{$_} } commands($prose) ],
	[], 'commands that the text mentions are in a list');
for my $table (qw(patches history attempts in_progress jobs changes
	objects))
{
	is_deeply([ documented("column of `_v.$table`") ],
		[ queried("SELECT attname FROM pg_attribute WHERE attnum > 0
					 AND attrelid = '_v.$table'::regclass") ],
		"the reference has the columns of _v.$table");
}
is_deeply([ documented('setting') ],
	[ grep { $_ } queried("SELECT _v.current_patch() UNION ALL
		SELECT name FROM pg_settings WHERE name LIKE 'versioning.%'") ],
	'the reference has the settings');

is_deeply([ missing_targets($_) ], [], "what $_ links to is there")
  for qw(README.md SECURITY.md doc/reference.md doc/locks.md doc/recipes.md);

for my $page (qw(README.md doc/reference.md doc/locks.md doc/recipes.md))
{
	my $text = slurp("$root/$page");
	my %listed = map { $_ => 1 } $text =~ /\]\(#([^)]+)\)/g;

	is_deeply([ grep { !$listed{$_} && $_ ne 'contents' } headings($text, 2) ],
		[], "the contents of $page have all of its sections");
}

done_testing();


# The fenced blocks: line, language, text, and what is expected of it, the text
# of a block of output that follows, or ''.
sub blocks
{
	my ($text) = @_;
	my @blocks;

	while ($text =~ /^```(\w*)\n(.*?)^```$/gms)
	{
		my ($language, $body, $line) = ($1, $2, 1 + ($` =~ tr/\n//));

		$blocks[-1][3] = $body if @blocks && $language eq 'text';
		push @blocks, [ $line, $language, $body, '' ];
	}
	return @blocks;
}

# The commands with arguments that a text mentions.
sub commands
{
	my ($text) = @_;
	my $program = qr/make|man|sudo|apt-get|psql|pg_\w+|createdb|createuser/;

	return grep { /^(?:$program|versioning|list-dependencies) / }
	  map { s/\s+/ /gr } $text =~ /`([^`]+)`/g;
}

# Runs a block of commands, those that are in the list left out.
sub run_shell
{
	my ($name, $text) = @_;
	my ($commands, $status) = ('', 0);

	$output = '';
	for my $line (split /^/, $text)
	{
		my ($command, $expected) =
		  $line =~ /^(.*?)\s*(?:#\s*(?:exits with (\d+))?.*)?$/;

		if (exists $not_run{$command})
		{
			$not_run{$command}++;
			next;
		}
		$commands .= $line;
		next if !defined $expected;
		run_commands($name, $commands, $expected);
		$commands = '';
	}
	run_commands($name, $commands, 0) if $commands =~ /\S/;
	return;
}

# Runs commands; what they print is added to the output.
sub run_commands
{
	my ($name, $commands, $expected) = @_;

	unlike($commands, qr/sudo (?!-u postgres )|apt-get|make\b|adduser/,
		"$name: changes nothing but what is in the list")
	  or return;
	run("$name: " . $commands =~ s/\n(?=.)/; /gr =~ s/\n//r,
		$expected, ['bash', '-e'], $commands);
	return;
}

# Runs a block of SQL, or puts it where it belongs.
sub run_sql
{
	my ($name, $text, $next) = @_;
	my ($first) = $text =~ /^-- (.*)\n/;
	my $user = 'deploy';

	if (defined $first && $first =~ /^\S+\.sql$/)
	{
		return if !ok(-e "$directory/$first", "$name: $first was made before");
		open my $file, '>', "$directory/$first"
		  or die "cannot write $first: $!\n";
		print $file $text;
		close $file or die "cannot write $first: $!\n";
		return;
	}
	$user = $superuser if defined $first && $first eq 'as a superuser';
	$output = '';
	run("$name: " . $text =~ s/\n.*//sr, $next =~ /^ERROR: /m ? 3 : 0,
		[qw(psql -X -q -P pager=off -v ON_ERROR_STOP=1 -d app -U), $user ],
		$text);
	return;
}

# Compares the output of the block before.
sub compare
{
	my ($name, $text) = @_;

	is(constant($output), constant($text), "$name: that is what it prints");
	return;
}

# A text without what is different each time: times, and widths of columns.
sub constant
{
	my ($text) = @_;

	for ($text)
	{
		s/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d\d(?::\d\d)?/TIME/g;
		s/\d{4}-\d\d-\d\d \d\d:\d\d\b/TIME/g;
		s/\b[\d.]+ m?s\b/DURATION/g;
		s/-{2,}/--/g;
		s/ +/ /g;
		s/ $//mg;
		s/\n+\z/\n/;
	}
	return $text;
}

# Passes if a program that reads this ends with this exit status.
sub run
{
	my ($name, $expected, $command, $input) = @_;

	IPC::Run::run($command, '<', \$input, '>&', \my $printed,
		init => sub { chdir $directory or die "cannot change to it: $!\n" });
	$output .= $printed;
	is($? >> 8, $expected, $name) or diag($printed);
	return;
}

# A directory with a program sudo that runs something as postgres, whom the
# cluster lets in as a superuser.
sub sudo
{
	my $programs = tempdir(CLEANUP => 1);

	open my $file, '>', "$programs/sudo" or die "cannot write sudo: $!\n";
	print $file <<"END";
#!/bin/sh
[ "\$1 \$2" = '-u postgres' ] || exit 1
shift 2
PGUSER=$superuser exec "\$@"
END
	close $file or die "cannot write sudo: $!\n";
	chmod 0755, "$programs/sudo";
	return $programs;
}

# The names in the first column of a table of the reference, sorted.
sub documented
{
	my ($heading) = @_;
	my ($rows) = slurp("$root/doc/reference.md") =~
	  /^\| \Q$heading\E \|.*\n.*\n((?:\|.*\n)+)/m
	  or return;

	return sort map { /`([\w.]+)`/g } $rows =~ /^\| ([^|]*) \|/mg;
}

# What a query of one column returns, sorted.
sub queried
{
	my ($query) = @_;

	IPC::Run::run([qw(psql -X -A -t -d app -c), $query], '>', \my $rows);
	return sort split /\n/, $rows;
}

# The files and headings that the links of a page lead to in vain.
sub missing_targets
{
	my ($page) = @_;
	my @missing;

	for my $target (slurp("$root/$page") =~ /\]\(([^):]+)\)/g)
	{
		my ($file, $heading) = $target =~ /^([^#]*)#?(.*)$/;
		my $path = dirname("$root/$page") . "/$file";

		$path = "$root/$page" if $file eq '';
		push @missing, $target
		  if !-e $path
		  || $heading && !grep { $_ eq $heading } headings(slurp($path));
	}
	return @missing;
}

# The names by which the headings of a page can be linked to, down to a level.
sub headings
{
	my ($text, $level) = @_;
	my $marks = $level ? "#{2,$level}" : '#+';

	return map { lc =~ s/[^\w -]//gr =~ s/ /-/gr } $text =~ /^$marks (.*)$/mg;
}

sub slurp
{
	my ($path) = @_;
	open my $file, '<', $path or die "cannot open $path: $!\n";
	local $/;
	return scalar <$file>;
}
