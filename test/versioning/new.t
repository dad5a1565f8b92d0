# versioning new: two files that are fit to be run as they are, or none.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use File::Find qw(find);
use Scratch qw(value);
use Test::More;

# Runs `versioning new' without a connection.
sub begin
{
	my ($project, @arguments) = @_;
	return versioning({ %$project, database => 'versioning_no_such' },
		'new', @arguments);
}

# The content of a file of a project, or undef.
sub content
{
	my ($project, $path) = @_;

	open my $handle, '<', "$project->{directory}/$path" or return;
	local $/;
	return <$handle>;
}

# All files of a project.
sub files
{
	my ($project) = @_;
	my @files;

	find(
		{
			no_chdir => 1,
			wanted => sub { push @files, substr $_, 1 + length $project->{directory}
				  if -f }
		},
		$project->{directory});
	return join ' ', sort @files;
}

# Passes if nothing is written, with this exit status and these words.
sub refuses_to_begin
{
	my ($what, $project, $arguments, $expected, $words) = @_;
	my $before = files($project);
	my ($status, $output, $errors) = begin($project, @$arguments);

	is($status, $expected, "$what: exit status");
	is($output, '', "$what: no output");
	like($errors, $words, "$what: what it says");
	return is(files($project), $before, "$what: no file");
}

my $project = project('new');
rmdir "$project->{directory}/patches";
rmdir "$project->{directory}/rollbacks";

is_deeply(
	[ begin($project, 'users') ],
	[ 0, "patches/users.sql\nrollbacks/rollback-users.sql\n", '' ],
	'the first patch');
is(content($project, 'patches/users.sql'), <<~'SQL', 'a patch');
	BEGIN;
	SELECT _v.register_patch('users', NULL, NULL);

	-- What the patch does goes here.

	COMMIT;
	SQL
is(content($project, 'rollbacks/rollback-users.sql'), <<~'SQL', 'a rollback');
	BEGIN;
	SELECT _v.unregister_patch('users');

	-- What takes back all that the patch does goes here.

	COMMIT;
	SQL

# What it requires

sub requires
{
	my ($name, $list, $what) = @_;
	my $requirements = $list eq 'NULL' ? 'NULL' : "ARRAY[$list]";

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return like(
		content($project, "patches/$name.sql"),
		qr/^SELECT _v\.register_patch\('\Q$name\E', \Q$requirements\E, NULL\);$/m,
		$what);
}

begin($project, 'sessions');
requires('sessions', q{'users'}, 'the only leaf');
begin($project, 'groups', '--requires', 'users');
requires('groups', q{'users'}, 'what is said');
begin($project, 'both');
requires('both', q{'groups', 'sessions'}, 'all leaves, in the order of files');
begin($project, 'free', '--requires', '');
requires('free', 'NULL', 'nothing');
begin($project, 'many', '--requires', ' groups,users , groups');
requires('many', q{'groups', 'users'}, 'several, with blanks, one twice');

my @got = begin($project, 'typo', '--requires=groups,uesrs');
is($got[0], 0, 'a name that is not known: exit status');
is($got[2],
	qq{versioning: warning: no file registers "uesrs"; did you mean "users"?\n},
	'a name that is not known: a warning');
requires('typo', q{'groups', 'uesrs'}, 'a name that is not known is required');
unlink glob "$project->{directory}/*/*typo.sql";

# What is refused

refuses_to_begin('a name that there is', $project, ['users'], 1,
	qr{"users" is registered by patches/users\.sql:2 already});
add_files($project, 'rollbacks/ghost.sql' => rollback_file('ghost'));
refuses_to_begin('a name that is taken back', $project, ['ghost'], 1,
	qr{"ghost" is taken back by rollbacks/ghost\.sql:2 already});
add_files($project, 'patches/there.sql' => 'SELECT 1;');
refuses_to_begin('a file that there is', $project, ['there'], 1,
	qr{"patches/there\.sql": File exists});
add_files($project, 'rollbacks/rollback-here.sql' => 'SELECT 1;');
refuses_to_begin('a rollback file that there is', $project, ['here'], 1,
	qr{"rollbacks/rollback-here\.sql": File exists});
symlink 'nowhere', "$project->{directory}/patches/link.sql";
refuses_to_begin('a link to nowhere', $project,
	[ 'link', '--requires', 'users' ], 1,
	qr{"patches/link\.sql": File exists});
refuses_to_begin('an empty name', $project, [''], 2, qr/empty/);
refuses_to_begin('no name', $project, [], 2, qr/Try "versioning --help"/);
refuses_to_begin('two names', $project, [ 'a', 'b' ], 2,
	qr/Try "versioning --help"/);
refuses_to_begin('an empty requirement', $project,
	[ 'a', '--requires', 'users,,groups' ], 2, qr/empty/);
refuses_to_begin('itself', $project, [ 'a', '--requires', 'users,a' ], 2,
	qr/cannot require itself/);
refuses_to_begin('places that are files', $project,
	[ 'a', '--patches', 'patches/users.sql' ], 2,
	qr/places of --patches is a directory/);

my $conflict = project('conflict',
	'patches/a.sql' => "SELECT _v.register_patch('a', NULL, ARRAY['b']);",
	'patches/b.sql' => patch('b'));
refuses_to_begin('leaves that exclude each other', $conflict, ['c'], 1,
	qr/"a" and "b" are in conflict.*--requires/s);
is((begin($conflict, 'c', '--requires', 'a'))[0], 0, 'unless one is said');

my $wrong = project('wrong',
	'patches/a.sql' => "SELECT _v.register_patch(:'name');\n");
refuses_to_begin('files that are wrong', $wrong, ['c'], 1,
	qr{patches/a\.sql:1: .*--requires}s);
is((begin($wrong, 'c', '--requires', 'a'))[0], 0,
	'unless the requirements are said');

# Where to

my $places = project('places', 'one.sql' => patch('one'));
is_deeply(
	[
		begin($places, 'x', '--patches', 'one.sql', '--patches', 'deep/er/',
			'--patches', 'patches', '--rollbacks', './back')
	],
	[ 0, "deep/er/x.sql\n./back/rollback-x.sql\n", '' ],
	'the first directory, which is made');
like(content($places, 'deep/er/x.sql'), qr/'x', ARRAY\['one'\]/,
	'leaves of all places');
is_deeply(
	[ begin($places, 'y', '--rollbacks', 'patches', '--requires', '') ],
	[ 0, "patches/y.sql\npatches/rollback-y.sql\n", '' ],
	'both in one directory');

# Names

my @names = (
	'two words', q{it's}, '"quoted"', '\\', 'ends with \\', "\\'", 'a/b',
	'../up', '.hidden', '..', '-x', '--', '$(touch owned)', '`x`', '*', '~',
	'C:\\x', "line\nline", "\r\n", "tab\t", "\x01", 'a,b', ':name', ":'name'",
	'%s', '{"a"}', "za\xc5\xbc\xc3\xb3\xc5\x82\xc4\x87", ';', '--x', '/*',
	'NULL', 'y' x 300);
my $odd = project('odd');
my $count = 0;

sub names_are_registered
{
	my $registered = value($odd->{database}, q{
		SELECT string_agg(encode(convert_to(patch_name, 'UTF8'), 'hex'), ' '
			ORDER BY patch_name COLLATE "C") FROM _v.patches});

	is($registered, join(' ', map { unpack 'H*', $_ } sort @names),
		'each has the name that was said');
	return;
}

for my $name (@names)
{
	my ($status, $output, $errors) =
	  begin($odd, '--requires', '', '--patches', "patches/$count",
		'--rollbacks', "rollbacks/$count", '--', $name);
	my $shown = substr $name =~ s/[^ -~]/?/gr =~ s/#/\\#/r, 0, 20;

	is($status, 0, "odd names: $shown") || diag($errors);
	like($output,
		qr{\Apatches/\d+/([\w+@\x80-\xff][-\w.+@\x80-\xff]*)\.sql\nrollbacks/\d+/rollback-\1\.sql\n\z},
		"odd names: $shown: the names of the files");
	$count++;
}
my ($status, $output, $errors) = versioning($odd, 'check', '--disable', 'name-differs');
is($status, 0, 'check finds nothing') || diag("$output\n$errors");
($status, $output, $errors) = versioning($odd, 'apply');
is($status, 0, 'all can be applied as they are') || diag("$output\n$errors");
names_are_registered();
($status, $output, $errors) = versioning($odd, 'rollback', '--last', scalar @names);
is($status, 0, 'all can be taken back as they are') || diag("$output\n$errors");

# With strings as they were before release 9.1, too

SKIP:
{
	skip 'a backslash never escapes since version 19', 2
	  if value('postgres', 'SHOW server_version_num') >= 190000;
	value($odd->{database}, q{SELECT format('ALTER DATABASE %I
		SET standard_conforming_strings = off', current_database()) \gexec});
	is((versioning($odd, 'apply'))[0], 0, 'and applied, if backslashes escape');
	names_are_registered();
}

# Nothing is left if it cannot be finished.

my $closed = project('closed');
SKIP:
{
	skip 'this user may write everywhere', 4 if $> == 0;
	chmod 0555, "$closed->{directory}/rollbacks";
	refuses_to_begin('a directory that is closed', $closed, ['a'], 1,
		qr/rollback-a\.sql": Permission denied/);
}
rmdir "$closed->{directory}/patches";
add_files($closed, 'patches' => '');
refuses_to_begin('a directory below a file', $closed,
	[ 'a', '--patches', 'patches/x' ], 2, qr/is a directory/);

done_testing();
