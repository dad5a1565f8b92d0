# versioning.conf: what is found in it, for which target, and what is refused;
# versioning init, which begins one.

use strict;
use warnings;

use Cwd qw(getcwd);
use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use Scratch qw(database run value);
use Test::More;

my $program = $ENV{VERSIONING} // 'versioning';
my $project = project('conf',
	'patches/a.sql' => patch('a', 'CREATE TABLE a ();'),
	'sql/b.sql' => patch('b', 'CREATE TABLE :"name" ();'),
	'sql/deep/c.sql' => patch('c', 'CREATE TABLE c ();'),
	'back/b.sql' => rollback_file('b', 'DROP TABLE one;'));
my $other = database('conf_other');
value($other, 'CREATE EXTENSION versioning');

# Runs in a directory of the project, without a database in the environment.
sub in_directory
{
	my ($directory, @arguments) = @_;
	my $back = getcwd();
	local $ENV{PGDATABASE} = '';

	chdir "$project->{directory}/$directory" or die "no $directory: $!\n";
	my @result = run($program, @arguments);
	chdir $back;
	return @result;
}

sub conf
{
	my ($text) = @_;
	add_files($project, 'versioning.conf' => $text);
	return;
}

# What is said before all targets holds everywhere below.
conf(<<"CONF");
# a comment
patches = sql    # and one after a word
rollbacks 'back'
dbname='$project->{database}'
variable = name=one
CONF
my ($status, $output, $errors) = in_directory('.', qw(status -q));
is("$status $output$errors", "0 0 applied, 2 pending, 0 blocked\n",
	'the file is read in the directory that it is in');
($status, $output, $errors) = in_directory('sql/deep', qw(apply -n));
is("$status $output$errors",
	"0 [1/2] b  ../../sql/b.sql\n[2/2] c  ../../sql/deep/c.sql\n",
	'it is found from below, and its paths begin where it is');
is((in_directory('sql/deep', qw(apply -n), $_))[1],
	"[1/1] c  ../../sql/deep/c.sql\n", "and a file is known as $_")
  for 'c.sql', './c.sql', '../deep/c.sql';
($status) = in_directory('sql', qw(apply -q b));
is($status, 0, 'a variable of the file: exit status');
is(value($project->{database}, "SELECT to_regclass('one')"), 'one',
	'a variable of the file is set');
($status) = in_directory('back', qw(rollback -q b));
is($status, 0, 'rollbacks are found, too');
is(registered($project), '', 'and run');
($status) = in_directory('.', qw(apply -q -v name=two b));
is(value($project->{database}, "SELECT to_regclass('two')"), 'two',
	'a variable of the command line comes after that of the file');
is((in_directory('.', qw(apply -n --patches patches)))[1],
	"[1/1] a  patches/a.sql\n",
	'what the command line says is not what the file says');

conf("\xEF\xBB\xBFdbname = $project->{database}\r\npatches = sql\r\n");
is((in_directory('.', qw(status -q)))[1], "1 applied, 1 pending, 0 blocked\n",
	'a file as editors of Windows write it');

# Targets.
conf(<<"CONF");
dbname = nowhere_at_all
patches = sql
wait = 3
[one]
dbname = '$project->{database}'
[two]
dbname = '$other'
patches = patches
variable = name=three
CONF
is((in_directory('.', qw(status one -q)))[1],
	"1 applied, 1 pending, 0 blocked\n", 'a target after the command');
is((in_directory('.', qw(status -q -d two)))[1],
	"0 applied, 1 pending, 0 blocked\n",
	'a target after -d, with other patches');
is((in_directory('.', qw(apply -n two a)))[1],
	"[1/1] a  patches/a.sql\n", 'a target and a patch');
is((in_directory('.', 'status', '-q', '-d', $other))[1],
	"0 applied, 2 pending, 0 blocked\n", 'a database that is no target');
like((in_directory('.', qw(status three)))[2],
	qr/"three" is one argument too many for status/,
	'a target that the file does not have');
like((in_directory('.', qw(status tow)))[2],
	qr/there is no target "tow"\. Did you mean "two"\?$/m,
	'a target that is misspelt');
like((in_directory('.', qw(log tow tow)))[2], qr/there is no target "tow"\./,
	'also before an argument');
like((in_directory('.', qw(status -d two tow)))[2], qr/"tow" is one argument too/,
	'but not beside another one');
like((in_directory('.', qw(new a tow)))[2], qr/"tow" is one argument too/,
	'nor where no target may stand');
like((in_directory('.', qw(status)))[2], qr/nowhere_at_all/,
	'no target: what stands before all of them');
($status, $output, $errors) = in_directory('.', qw(graph));
is("$status$errors", '0', 'graph connects to nothing that only the file names');
{
	local $ENV{PGDATABASE} = $other;
	conf("dbname = nowhere\nhost = nowhere\nport = 1\nusername = nobody\n"
		  . "[there]\ndbname = '$project->{database}'\n");
	my $back = getcwd();
	chdir $project->{directory} or die "no directory: $!\n";
	is((run($program, qw(status -q)))[1], "0 applied, 1 pending, 0 blocked\n",
		'the environment comes before the file');
	like((run($program, qw(status there -q)))[1], qr/^1 applied/,
		'a target comes before the environment');
	chdir $back;
}
conf(<<"CONF");
dbname = nowhere_at_all
[two]
dbname = '$other'
CONF

# A review runs check on files of anybody: what they say of the server is not
# where a password goes.
conf("host = nowhere\nport = 1\n[$other]\nhost = nowhere\n[there]\nhost = nowhere\n");
{
	local $ENV{PGDATABASE} = '';
	my $host = delete local $ENV{PGHOST};
	is((in_directory('.', 'graph', '-d', $other, '-h', $host))[0], 0,
		'graph -d means a database, not a target');
	my (undef, undef, $said) =
	  in_directory('.', 'graph', '-d', $other, '-p', '2');
	unlike($said, qr/nowhere/, 'graph -d connects to no host of the file');
	like((in_directory('.', 'graph', 'there'))[2], qr/nowhere/,
		'graph with a target does');
}

# A service, which may be one of a file of services.
add_files($project, 'services' => "[there]\ndbname=$other\n");
conf("[three]\nservice = there\npatches = patches\n");
{
	local $ENV{PGSERVICEFILE} = "$project->{directory}/services";
	is((in_directory('.', qw(status three -q)))[1],
		"0 applied, 1 pending, 0 blocked\n", 'a service');
}

# A file that is not as it should be is an error, with its line.
sub is_wrong
{
	my ($what, $text, $message) = @_;
	conf($text);
	my ($status, $output, $errors) = in_directory('.', 'status');
	is($status, 2, "$what: exit status");
	is($output, '', "$what: no output");
	like($errors, qr/^versioning: versioning\.conf:$message/m,
		"$what: message");
	return;
}

is_wrong('an unknown key', "patches = a\npatchs = b\n",
	'2: there is no key "patchs". Did you mean "patches"?');
is_wrong('a key like none', "x = b\n", '1: there is no key "x"');
is_wrong('a key of the command line', "json = on\n",
	'1: "json" can be said on the command line only');
is_wrong('a password', "password = secret\n", '1: a password does not belong');
is_wrong('a password in a string', "dbname = 'dbname=x password=secret'\n",
	'1: a password does not belong');
is_wrong('a password in a URI', "dbname = 'postgresql://u:secret\@h/x'\n",
	'1: a password does not belong');
is_wrong('the password of a key', "dbname = 'dbname=x sslpassword=secret'\n",
	'1: a password does not belong');
is_wrong('an open quote', "\n\npatches = 'a\n", '3: a line must be KEY');
is_wrong('two words', "patches = a b\n", '1: a line must be KEY');
is_wrong('no key', "= a\n", '1: a line must be KEY');
is_wrong('a target without an end', "[a\n", '1: a target begins with');
is_wrong('a target twice', "[a]\n[b]\n[a]\n",
	'3: this target is there already');
is_wrong('no switch', "no-password = perhaps\n",
	'1: no-password takes on or off');
is_wrong('a zero byte', "patches = a\0\n", ' there is a zero byte in it');
is_wrong('a place that is empty', "patches = ''\n", '1: .*cannot be empty');
conf("wait = soon\n");
like((in_directory('.', 'apply'))[2],
	qr/versioning\.conf:1: --wait takes a number/, 'a value that is none');

# init makes what is missing, and leaves alone what is there.
my $empty = project('conf_init');
rmdir "$empty->{directory}/$_" for qw(patches rollbacks);
my @first = versioning($empty, 'init', '-d', "it's a name", '-h', 'there');
is_deeply(\@first, [ 0, "patches\nrollbacks\nversioning.conf\n", '' ],
	'init says what it has made');
is_deeply([ versioning($empty, 'init') ],
	[ 0, join('', map { "$_ is there already\n" }
			qw(patches rollbacks versioning.conf)), '' ],
	'init leaves alone what is there');
{
	local $ENV{PGHOST} = '';
	like((versioning({ %$empty, database => '' }, 'status'))[2],
		qr/could not translate host name "there"/,
		'the connection that init was told is the file\'s');
}
like((versioning($empty, 'init', '-d', 'password=secret'))[2],
	qr/a password does not belong/, 'init takes no password');
is((versioning($empty, 'init', '-d', "a\nb"))[0], 2,
	'init takes no line break');
like((versioning($empty, 'init', 'there'))[2], qr/one argument too many/,
	'init takes no arguments');

# More than one place
my $places = project('conf_places');
is((versioning($places, qw(init -q --patches one --patches two --rollbacks back)))[0],
	0, 'init takes several places');
ok(-d "$places->{directory}/$_", "init makes the directory $_")
  for qw(one two back);
add_files($places, 'one/a.sql' => patch('a'), 'two/b.sql' => patch('b'));
is((versioning($places, qw(status -q)))[1], "0 applied, 2 pending, 0 blocked\n",
	'and each of them is a place of the project');

# A file above that belongs to somebody else is not for us.
SKIP:
{
	skip 'not root, so all files are ours', 4 if $> != 0;
	conf("patches = nowhere\n");
	chown 1, -1, "$project->{directory}/versioning.conf";
	($status, $output, $errors) =
	  in_directory('sql', qw(graph --patches deep));
	is($status, 0, 'the file of somebody else above: exit status');
	like($errors, qr/left alone, since it belongs to somebody else/,
		'the file of somebody else above: it is said');

	# A link of theirs to a file of ours is not one that we have put there.
	my $conf = "$project->{directory}/versioning.conf";
	chown $>, -1, $conf;
	rename $conf, "$conf.ours" or die "cannot rename: $!\n";
	symlink 'versioning.conf.ours', $conf or die "cannot link: $!\n";
	like((in_directory('sql', 'graph'))[2], qr/could not find "..\/nowhere"/,
		'a link of ours is followed');
	system('chown', '-h', '1', $conf) == 0 or die "cannot change owner\n";
	like((in_directory('sql', qw(graph --patches deep)))[2],
		qr/left alone, since it belongs to somebody else/,
		'a link of somebody else above is left alone');
}

done_testing();
