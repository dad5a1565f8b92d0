# versioning sandbox: what it leaves alone, and what it refuses.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use Sandboxes;
use Scratch;
use Test::More;

my $owner = role('owner', 'CREATEDB');
my $other = role('other', 'CREATEDB');
my $nobody = role('nobody');
my $group = role('group');
my $member = role('member', "CREATEDB NOINHERIT IN ROLE $group");
my $project = project('app',
	'patches/a.sql' => patch('a', 'CREATE TABLE a (i int);'));
my $app = $project->{database};

sub refuses_to
{
	my ($what, $arguments, $pattern, $expected) = @_;
	my ($status, $output, $errors) =
	  versioning($project, 'sandbox', @$arguments);

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	subtest $what => sub {
		is($status, $expected // 2, 'exit status');
		is($output, '', 'output');
		like($errors, $pattern, 'message');
	};
	return;
}

# Other databases

my $foreign = database('foreign');
for my $action ([], ['reset'], ['drop'])
{
	refuses_to("@$action a database that is no sandbox",
		[ @$action, $foreign ],
		qr/error: the database "$foreign" is not a sandbox$/m);
}
refuses_to('drop several, one of which is no sandbox',
	[ 'drop', $foreign, $app ], qr/"$app" is not a sandbox$/m);
refuses_to('run a command in it', [ $foreign, '--run', 'true' ],
	qr/"$foreign" is not a sandbox$/m);

versioning($project, 'sandbox', '-q', 'sb_real');
value('postgres', "DO \$\$BEGIN EXECUTE format(
	'COMMENT ON DATABASE $foreign IS %L', (SELECT shobj_description(oid,
	'pg_database') FROM pg_database WHERE datname = 'sb_real')); END\$\$");
refuses_to('drop one that has the comment of another', [ 'drop', $foreign ],
	qr/"$foreign" is not a sandbox$/m);
value('postgres', "DO \$\$BEGIN EXECUTE format(
	'COMMENT ON DATABASE $foreign IS %L', (SELECT replace(shobj_description(
	oid, 'pg_database'), 'sb_real', '$foreign')
	FROM pg_database WHERE datname = 'sb_real')); END\$\$");
refuses_to('drop one that was restored with its comment',
	[ 'drop', $foreign ], qr/"$foreign" is not a sandbox$/m);

value('postgres', 'ALTER DATABASE sb_real RENAME TO sb_renamed');
refuses_to('drop one that was renamed', [ 'drop', 'sb_renamed' ],
	qr/"sb_renamed" is not a sandbox$/m);
versioning($project, 'sandbox', 'drop', '--older-than', '0', '-q');
is(value('postgres', "SELECT count(*) FROM pg_database
	WHERE datname IN ('$app', '$foreign', 'sb_renamed')"), '3',
	'none of them is dropped for its age');
value('postgres', 'DROP DATABASE sb_renamed');

# What others write into comments

for my $comment (
	'Made by versioning (may be dropped)',
	'Made by versioning (may be dropped), sandbox, x, y, z, u, v',
	"Made by versioning (may be dropped), sandbox, , , 999999999999999, "
	  . "9999999999999999999999999, OID, x: $foreign",
	"Made by versioning (may be dropped), nonsense, , , 1, 1, OID, x: $foreign")
{
	value('postgres', "DO \$\$BEGIN EXECUTE format(
		'COMMENT ON DATABASE $foreign IS %L', (SELECT replace(
		'$comment', 'OID', oid::text) FROM pg_database
		WHERE datname = '$foreign')); END\$\$");
	is((versioning($project, 'sandbox', 'list'))[0], 0,
		'a list, whatever comments there are');
	is((versioning($project, 'sandbox', 'drop', '--older-than', '1s'))[2], '',
		'nothing is dropped for them');
}
value('postgres', "COMMENT ON DATABASE $foreign IS NULL");

# Roles

refuses_to('a role that may not create databases',
	[ 'sb_no', '-U', $nobody ],
	qr/error: the role $nobody may not create the database .*\n.*hint: A superuser can allow it with ALTER ROLE $nobody CREATEDB;/);
is((versioning($project, 'sandbox', '-q', 'sb_own', '-U', $owner))[0], 0,
	'a role that is no superuser');
is(value('postgres', q{SELECT pg_get_userbyid(datdba) FROM pg_database
	WHERE datname = 'sb_own'}), $owner, 'owns it');
my $template = templates();
is((versioning($project, 'sandbox', '-q', 'sb_own2', '-U', $owner))[0], 0,
	'once more');
is(templates(), $template, 'of the same template');
refuses_to('drop that of another role', [ 'drop', 'sb_own', '-U', $other ],
	qr/must be owner of database sb_own/);
is((versioning($project, 'sandbox', 'drop', '--older-than', '0', '-U',
			$other))[2], '', 'nor is it dropped for its age');
is((versioning($project, 'sandbox', 'reset', 'sb_own', '-q', '-U',
			$owner))[0], 0, 'it can be reset');

# A member that has to SET ROLE before it can drop what the group owns

my $of_group = project('schema',
	'patches/a.sql' => patch('a', 'CREATE SCHEMA a;'),
	'rollbacks/a.sql' => rollback_file('a', 'DROP SCHEMA a;'));
value('postgres', "ALTER DATABASE $of_group->{database} OWNER TO $group");
for my $command ([ 'sandbox', '-q', 'sb_member' ],
	[ 'sandbox', 'drop', '-q', 'sb_member' ], [ 'rehearse', '-q' ])
{
	my (undef, undef, $errors) =
	  versioning($of_group, @$command, '-U', $member);
	is($errors, '', "@$command by a member without its rights");
}
is(value('postgres', q{SELECT count(*) FROM pg_database
	WHERE datname LIKE 'versioning\_rehearsal\_%'}), '0', 'nothing is left');

# Somebody makes a template for others, with something in it

my %others = map { $_ => 1 } split / /, templates();
versioning($project, 'sandbox', '-q', 'sb_mine');
my ($mine) = grep { !$others{$_} } split / /, templates();
ok($mine, 'each role has templates of its own');
my $comment = comment_on($mine);
value('postgres', "DROP DATABASE $mine; CREATE DATABASE $mine OWNER $other");
value('postgres', "DO \$\$BEGIN EXECUTE format(
	'COMMENT ON DATABASE $mine IS %L', (SELECT regexp_replace(
	'$comment', ', \\d+, postgres', ', ' || oid || ', postgres')
	FROM pg_database WHERE datname = '$mine')); END\$\$");
like((versioning($project, 'sandbox', 'list'))[1],
	qr/^$mine \(/m, 'a template that somebody else has made');
refuses_to('use it', ['sb_trap'], qr/database "$mine" already exists/);
value('postgres', "DROP DATABASE $mine");

# The same in the name of the owner of the database, for whom one may not act

value('postgres', "ALTER DATABASE $app OWNER TO $other");
value('postgres', "DROP DATABASE $template");
value('postgres', "CREATE DATABASE $template OWNER $other
	ALLOW_CONNECTIONS false");
refuses_to('use a template of the owner of the database',
	[ 'sb_trap', '-U', $owner ], qr/database "$template" already exists/);
value('postgres', "DROP DATABASE $template");
value('postgres', "ALTER DATABASE $app OWNER TO postgres");

# Somebody makes a sandbox for others, with something in it

value('postgres', "CREATE DATABASE sb_forged OWNER $other");
value('postgres', "DO \$\$BEGIN EXECUTE format(
	'COMMENT ON DATABASE sb_forged IS %L', (SELECT regexp_replace(
	'$comment', ', template, .*', ', sandbox, x, all patches, 1, 1, ' || oid
	|| ', postgres: sb_forged')
	FROM pg_database WHERE datname = 'sb_forged')); END\$\$");
like((versioning($project, 'sandbox', 'list'))[1],
	qr/^ sb_forged /m, 'a sandbox that somebody else has made');
for my $role ('postgres', $owner)
{
	refuses_to("$role is led into it", [ 'sb_forged', '-U', $role ],
		qr/the sandbox "sb_forged" belongs to somebody else, who may have put anything into it$/m);
}
is((versioning($project, 'sandbox', 'sb_forged', '-q', '-U', $other))[0], 0,
	'whose it is may use it');
is((versioning($project, 'sandbox', 'drop', 'sb_forged', '-q'))[0], 0,
	'and who may, can drop it');

# Somebody keeps a sandbox while it is to be made anew

versioning($project, 'sandbox', '-q', 'sb_keep');
add_files($project, 'patches/slow.sql' => patch('slow',
		"\\! echo >ready; until [ -e go ]; do sleep 0.05; done"));
my $reset = start_versioning($project, 'sandbox', 'reset', 'sb_keep');
ok(wait_for(sub { -e "$project->{directory}/ready" }), 'it is made anew');
value('postgres', 'ALTER DATABASE sb_keep RENAME TO sb_kept');
value('postgres', 'CREATE DATABASE sb_keep');
add_files($project, 'go' => '');
my ($reset_status, undef, $reset_errors) = finish_versioning($reset);
is($reset_status, 2, 'which fails');
like($reset_errors, qr/the database "sb_keep" is not a sandbox$/m,
	'what it says');
is(value('postgres', q{SELECT count(*) FROM pg_database
	WHERE datname IN ('sb_keep', 'sb_kept')}), '2', 'both are still there');
value('postgres', 'DROP DATABASE sb_keep');
value('postgres', 'DROP DATABASE sb_kept');
unlink "$project->{directory}/patches/slow.sql";

# A register with functions of somebody else

my $captured = project('captured',
	'patches/a.sql' => patch('a', 'CREATE TABLE a (i int);'));
value($captured->{database}, value($captured->{database}, <<'SQL'));
SELECT format('CREATE OR REPLACE FUNCTION _v.register_patch(%s) RETURNS %s
	LANGUAGE plpgsql AS ''BEGIN RETURN; END''',
	pg_get_function_arguments(oid), pg_get_function_result(oid))
  FROM pg_proc WHERE oid = '_v.register_patch(text,text[],text[])'::regprocedure
SQL
value($captured->{database}, "ALTER DATABASE $captured->{database}
	SET work_mem = '7MB'");
my ($status, undef, $errors) = versioning($captured, 'sandbox', 'sb_caught');
is($status, 1, 'a register with functions of somebody else: exit status');
like($errors, qr/register_patch.*nothing was run$/ms, 'what it says');

# Names

refuses_to('a name that is too long', [ 'x' x 64 ], qr/has more than 63 bytes/);
refuses_to('an empty name', [''], qr/the name of a sandbox cannot be empty/);
refuses_to("a name of our own", ["versioning_${_}_x"],
	qr/names that begin with "versioning_${_}_" are not for sandboxes/)
  for qw(template rehearsal);

# Command lines

for my $case (
	[ [], qr/sandbox takes a name, or list, drop or reset/ ],
	[ [ 'x', 'y' ], qr/"y" is one argument too many for sandbox NAME/ ],
	[ [ 'list', 'y' ], qr/"y" is one argument too many for sandbox list/ ],
	[ [ 'reset', 'x', 'y' ], qr/"y" is one argument too many for sandbox reset/ ],
	[ ['reset'], qr/sandbox reset takes the name of a sandbox/ ],
	[ ['drop'], qr/sandbox drop takes names of sandboxes, or --older-than/ ],
	[ [ 'drop', 'x', '--older-than', '1d' ], qr/--older-than and names of/ ],
	[ [ 'x', '--older-than', '1d' ],
		qr/--older-than cannot be used with sandbox NAME/ ],
	[ [ 'x', '--json' ], qr/--json cannot be used with sandbox NAME/ ],
	[ [ 'list', '--env' ], qr/--env cannot be used with sandbox list/ ],
	[ [ 'drop', 'x', '--data', 'y' ], qr/--data cannot be used with sandbox drop/ ],
	[ [ 'drop', 'x', '--empty' ], qr/--empty cannot be used with sandbox drop/ ],
	[ [ 'list', '--with-patches', 'a' ],
		qr/--with-patches cannot be used with sandbox list/ ],
	[ [ 'list', '-v', 'a=1' ], qr/--variable cannot be used with sandbox list/ ],
	[ [ 'reset', 'x', '--run', 'true' ],
		qr/--run cannot be used with sandbox reset/ ],
	[ [ 'x', '--env', '--run', 'true' ], qr/--env and --run cannot be used/ ],
	[ [ 'x', '--empty', '--with-patches', 'a' ],
		qr/--empty and --with-patches cannot be used/ ],
	[ [ 'x', '--with-patches', 'a,' ], qr/the name of a patch cannot be empty/ ],
	[ [ 'x', '--data', '' ], qr/a place of files cannot be empty/ ],
	[ [ 'drop', '--older-than', 'long' ],
		qr/--older-than takes a time such as 7d or 12h, not "long"/ ],
	[ [ 'drop', '--older-than', '-1h' ], qr/--older-than takes a time/ ],
	[ [ 'reset', 'sb_none' ], qr/there is no sandbox "sb_none"/ ],
	[ [ 'drop', 'sb_none' ], qr/there is no sandbox "sb_none"/ ],
	[ [ 'x', '-d', 'versioning_no_such' ], qr/does not exist/ ])
{
	my ($arguments, $pattern) = @$case;
	refuses_to("@$arguments", $arguments, $pattern);
}
refuses_to('a patch that is not there', [ 'x', '--with-patches', 'aa' ],
	qr/no file registers a patch "aa"/, 1);
refuses_to('data that are not there', [ 'x', '--data', 'none.sql' ],
	qr/could not read the file "none\.sql"/, 1);
refuses_to('patches that are not there', [ 'x', '--patches', 'none' ],
	qr/none/, 1);
is((versioning($project, 'sandbox', 'x', '--patches', 'none', '--empty', '-q'))[0],
	0, 'without patches, none need be there');

done_testing();
