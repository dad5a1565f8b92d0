# versioning sandbox: databases to play in.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use Sandboxes;
use Scratch;
use Test::More;

my $project = project('app',
	'patches/a.sql' => patch('a', 'CREATE TABLE a (i int);'),
	'patches/b.sql' => patch('b', "\\ir ../included/b.sql", 'a'),
	'included/b.sql' => 'CREATE TABLE b (i int);',
	'seeds/one.sql' => "\\ir rows.psql\n",
	'seeds/rows.psql' => "INSERT INTO a VALUES (1);\n",
	'seeds/two.sql' => "INSERT INTO a VALUES (2);\n");
my $app = $project->{database};

# What psql prints by an address, as the shell hands it on.
sub by_address
{
	my ($address, $query) = @_;
	chomp $address;
	my ($status, $output) = run('sh', '-c',
		"psql -X -A -t -c '$query' \$(printf '%s' '$address')");
	chomp $output;
	return $output;
}

# Makes a sandbox and returns its address.
sub sandbox
{
	my (@arguments) = @_;
	my ($status, $output, $errors) =
	  versioning($project, 'sandbox', '-q', @arguments);

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is($status, 0, "sandbox @arguments" =~ s/\n/ /gr) || diag($errors);
	return $output;
}

# One

value('postgres', "ALTER DATABASE $app SET search_path = \"\$user\", public, x;
	ALTER DATABASE $app SET work_mem = '5MB';
	GRANT CREATE ON DATABASE $app TO pg_monitor");
my $address = sandbox('sb_one');
like($address, qr{^postgresql://postgres\@[\w%.~-]+:\d+/sb_one\n\z},
	'the address is all that is printed, and one word');
is(by_address($address, 'SELECT current_database()'), 'sb_one',
	'psql takes it');
is(by_address($address, 'SELECT patch_name FROM _v.patches ORDER BY 1'),
	"a\nb", 'all patches are applied');
is(by_address($address, 'SHOW search_path'), '"$user", public, x',
	'settings are those of the database that it is made for');
is(by_address($address, 'SHOW work_mem'), '5MB', 'all of them');
is(by_address($address, 'SELECT datacl FROM pg_database
	WHERE datname = current_database()') =~ /pg_monitor=C/, 1,
	'so are grants');
like(comment_on('sb_one'), qr/^Made by versioning .* postgres: sb_one$/,
	'a comment says what it is');

is_deeply([ (versioning($project, 'sandbox', 'sb_one'))[ 0, 1, 2 ] ],
	[ 0, $address,
		qq{versioning: the sandbox "sb_one" is there already\n} ],
	'once more: it is left as it is');

my $templates = templates();
like($templates, qr/^versioning_template_[0-9a-f]{16}$/, 'there is a template');
is(value('postgres', "SELECT datallowconn FROM pg_database
	WHERE datname = '$templates'"), 'f', 'that lets nobody in');
sandbox('sb_two');
is(templates(), $templates, 'the next one is made of the same');

# What gives another template

sub another
{
	my ($what, @arguments) = @_;
	my $before = templates();

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	sandbox('--run', 'true', @arguments);
	return isnt(templates(), $before, "another template: $what");
}

add_files($project, 'included/b.sql' => 'CREATE TABLE b (i int, j int);');
another('an included file has changed');
my ($status, $output, $errors) = versioning($project, 'sandbox', 'sb_one');
is($errors, qq{versioning: the sandbox "sb_one" is there already, and was }
	  . qq{made of other files; "versioning sandbox reset" makes it anew\n},
	'a sandbox that is older says so');
another('data', '--data', 'seeds/one.sql');
another('other data', '--data', 'seeds/one.sql', 'seeds/two.sql');
another('data in another order', '--data', 'seeds/two.sql', 'seeds/one.sql');
add_files($project,
	'seeds/copy.sql' => "\\copy a (i) from seeds/numbers.csv\n",
	'seeds/numbers.csv' => "5\n");
another('data from a file', '--data', 'seeds/copy.sql');
add_files($project, 'seeds/numbers.csv' => "5\n6\n");
another('a file has changed that \\copy reads', '--data', 'seeds/copy.sql');
another('a variable', '-v', 'x=1');
add_files($project, 'seeds/rows.psql' => "INSERT INTO a VALUES (3);\n");
another('data include a file that has changed', '--data', 'seeds/one.sql');
value('postgres', "ALTER DATABASE $app SET work_mem = '6MB'");
another('a setting');
add_files($project, 'patches/a.sql' => patch('a', 'CREATE TABLE a (i int );'));
another('a patch has changed');
{
	local $ENV{PGOPTIONS} = '-c search_path=pg_temp';
	another('a setting of the session');
}
{
	local $ENV{PGCLIENTENCODING} = 'LATIN1';
	another('the encoding of the files');
}
value('postgres', 'ALTER ROLE postgres SET work_mem = 12345');
another('a setting of the role');
value('postgres', 'ALTER ROLE postgres RESET work_mem');
my $before = templates();
add_files($project, 'rollbacks/a.sql' => rollback_file('a', 'DROP TABLE a;'));
sandbox('--run', 'true');
is(templates(), $before, 'the same template: a rollback has come');

# Contents

add_files($project, 'patches/set.sql' => patch('set', q{DO $$BEGIN EXECUTE
	format('ALTER DATABASE %I SET work_mem = ''9MB''', current_database());
	EXECUTE format('GRANT CREATE ON DATABASE %I TO pg_read_all_data',
	current_database()); END$$;}));
is(by_address(sandbox('sb_set'), 'SHOW work_mem'), '9MB',
	'settings that a patch makes');
like(value('postgres', q{SELECT datacl FROM pg_database
	WHERE datname = 'sb_set'}), qr/pg_read_all_data=C/, 'and grants');
versioning($project, 'sandbox', 'drop', '-q', 'sb_set');
unlink "$project->{directory}/patches/set.sql";

is(by_address(
		sandbox('sb_data', '--data', 'seeds/one.sql', 'seeds/two.sql'),
		'SELECT i FROM a ORDER BY i'), "2\n3", 'data come after the patches');
is(by_address(sandbox('sb_some', '--with-patches', 'a'),
		'SELECT patch_name FROM _v.patches'), 'a', 'some patches');
is(by_address(sandbox('sb_all', '--with-patches', ' b '),
		'SELECT patch_name FROM _v.patches ORDER BY 1'), "a\nb",
	'and what they require');
is(by_address(sandbox('sb_empty', '--empty'),
		'SELECT count(*) FROM _v.patches'), '0', 'no patches');

{
	my $inside = { %$project, directory => "$project->{directory}/below" };

	add_files($project, 'versioning.conf' => "data = 'seeds/two.sql'\n"
		  . "variable = 'x=1'\n[elsewhere]\ndbname = '$app'\n",
		'below/x' => '');
	is(by_address((versioning($inside, 'sandbox', 'elsewhere', '-q',
				'sb_conf'))[1], 'SELECT i FROM a'), '2',
		'versioning.conf says which data, for a target');
	is((versioning($project, 'sandbox', 'list'))[0], 0,
		'that is not in the way of a list');
	is((versioning($project, 'sandbox', 'drop', '-q', 'sb_conf'))[0], 0,
		'nor of a drop');
	unlink "$project->{directory}/versioning.conf";
}

value('postgres', "REVOKE ALL ON DATABASE $app FROM PUBLIC");
for my $name ('sb_closed', 'sb_closed2')
{
	sandbox($name);
	is(value('postgres', "SELECT has_database_privilege('pg_read_all_data',
		'$name', 'CONNECT')"), 'f', 'who may not connect there may not here');
	versioning($project, 'sandbox', 'drop', '-q', $name);
}
value('postgres', "GRANT CONNECT, TEMPORARY ON DATABASE $app TO PUBLIC");

# Variables

my @names = (q{it's "a"; $(exit 3) `exit 3` *?\\}, '-dash',
	"\xC3\xA9t\xC3\xA9", '%41&b=c#', 'host=nowhere', '--');
# A database's name is one line since version 19.
push @names, "two\nlines"
  if value('postgres', 'SHOW server_version_num') < 190000;
for my $name (@names)
{
	my $printed = sandbox('--env', '--', $name);
	my ($status, $output) =
	  run('sh', '-c', "$printed\npsql -X -A -t -c 'SELECT current_database()'");

	is($output, "$name\n", 'variables lead to it');
	$address = sandbox('--', $name);
	unlike($address, qr/[^\w%.~:\/\@\n-]/, 'the address is one word');
	is(by_address($address, 'SELECT current_database()'), $name,
		'and leads to it');
	is((versioning($project, 'sandbox', 'reset', '-q', '--', $name))[1],
		$address, 'it can be reset');
	is((versioning($project, 'sandbox', 'drop', '--', $name))[0], 0,
		'and dropped');
}
unlike(sandboxes(), qr/dash|lines/, 'none of these is left');

{
	local $ENV{PGSSLMODE} = 'disable';
	local $ENV{PGPASSWORD} = 'secret';
	$address = sandbox('sb_one');
	like($address, qr/\?sslmode=disable\n\z/, 'more settings are kept');
	unlike($address . sandbox('sb_one', '--env'), qr/secret/,
		'but no password');
	is(by_address($address, 'SELECT current_database()'), 'sb_one',
		'psql takes that, too');
}

# Lists

like((versioning($project, 'sandbox', 'list'))[1],
	qr/^ sb_data +\| all patches and data +\| \d{4}-\d\d-\d\d \d\d:\d\d \| postgres \| +\d+ kB \| +0$/m,
	'a list');
like((versioning($project, 'sandbox', 'list'))[1],
	qr/^versioning_template_[0-9a-f]{16} \(all patches and data, [\d: -]+, \d+ kB\)$/m,
	'with templates');
like((versioning($project, 'sandbox', 'list', '--json'))[1],
	qr/^  \{"name": "sb_some", "kind": "sandbox", "digest": "[0-9a-f]{16}", "made_of": "some patches", "made_at": "[^"]+", "made_by": "postgres", "owner": "postgres", "size": \d+, "sessions": 0\},?$/m,
	'the same as JSON');
is(system("cd '$project->{directory}' && versioning -d $app sandbox list --json"
		  . ' | perl -MJSON::PP -e "local \$/; decode_json(<>)"'),
	0, 'which it is');

# Resetting

by_address($address, 'DROP TABLE a');
my $session = start_program($project, 'psql', '-X', '-d',
	'dbname=sb_one application_name=visitor', '-c', 'SELECT pg_sleep(600)');
ok(wait_for(sub { value('postgres', "SELECT count(*) FROM pg_stat_activity
	WHERE application_name = 'visitor' AND datname = 'sb_one'") }),
	'somebody is in it');
is_deeply([ versioning($project, 'sandbox', 'reset', 'sb_one') ],
	[ 0, $address =~ s/\?.*//r,
		'versioning: dropped the database "sb_one", and ended the sessions '
		  . "of postgres (visitor)\n" ],
	'reset');
$session->{harness}->finish;
is(by_address($address, 'SELECT count(*) FROM a'), '0', 'it is as new');

my $inside = { %$project, database => 'sb_one' };
is((versioning($inside, 'sandbox', 'reset', '-q', 'sb_one'))[0], 0,
	'somebody connected to it can reset it');
is((versioning($inside, 'sandbox', 'drop', 'sb_two', 'sb_one'))[0], 0,
	'and drop it');
unlike(sandboxes(), qr/sb_one|sb_two/, 'then it is gone');

($status, $output, $errors) =
  versioning($project, 'sandbox', 'reset', 'sb_data');
is($status, 2, 'reset without data of what has data');
like($errors, qr/ was made with all patches and data, not with all patches$/m,
	'what it says');
is((versioning($project, 'sandbox', 'reset', '-q', 'sb_data', '--data',
			'seeds/one.sql'))[0], 0, 'reset with data');

add_files($project, 'patches/c.sql' => patch('c', 'SELECT 1/0;', 'a'));
($status, $output, $errors) =
  versioning($project, 'sandbox', 'reset', 'sb_data', '--data',
	'seeds/one.sql');
is($status, 3, 'a patch that fails');
is($output, '', 'what it prints');
like($errors, qr/patches\/c\.sql:3: ERROR:  division by zero/, 'and says');
like(sandboxes(), qr/sb_data/, 'the sandbox is still there');
is(value('postgres', q{SELECT count(*) FROM pg_database
	WHERE datname LIKE 'versioning\_rehearsal\_%'}), '0',
	'what was half built is not');
unlink "$project->{directory}/patches/c.sql";

add_files($project, 'seeds/bad.sql' => "SELECT 1;\nSELECT 1/0;\n");
($status, $output, $errors) =
  versioning($project, 'sandbox', 'sb_bad', '--data', 'seeds/bad.sql');
is($status, 3, 'data that fail');
like($errors, qr/seeds\/bad\.sql:2: ERROR:  division by zero/, 'what it says');
unlike(sandboxes(), qr/sb_bad/, 'there is no sandbox');

add_files($project, 'seeds/bad.sql' => "SELECT 1;\n",
	'seeds/slow.sql' =>
	  "\\! echo >ready; until [ -e go ]; do sleep 0.05; done\n");
my $changing = start_versioning($project, 'sandbox', 'sb_bad', '--data',
	'seeds/slow.sql', 'seeds/bad.sql');
ok(wait_for(sub { -e "$project->{directory}/ready" }), 'data are brought in');
add_files($project, 'seeds/bad.sql' => "SELECT 2;\n", 'go' => '');
($status, $output, $errors) = finish_versioning($changing);
is($status, 3, 'they change meanwhile');
like($errors, qr/the files with data, .* have changed while/, 'what it says');
unlike(sandboxes(), qr/sb_bad/, 'there is no sandbox');

# Age

is((versioning($project, 'sandbox', 'drop', '--older-than', '1h'))[0], 0,
	'all that are old');
like(sandboxes(), qr/sb_all sb_data sb_empty sb_some/, 'there are none');
is((versioning($project, 'sandbox', 'drop', 'sb_all'))[2],
	qq{versioning: dropped the database "sb_all"\n}, 'one is dropped');
my $digits = (comment_on('sb_data') =~ /sandbox, (\w+)/)[0];
$session = start_program($project, 'psql', '-X', '-d',
	'dbname=sb_data application_name=visitor', '-c', 'SELECT pg_sleep(600)');
ok(wait_for(sub { value('postgres', "SELECT count(*) FROM pg_stat_activity
	WHERE application_name = 'visitor' AND datname = 'sb_data'") }),
	'somebody is in one');
is((versioning($project, 'sandbox', 'drop', '--older-than', '0', '-q'))[0], 0,
	'all that are any age');
is(sandboxes(), 'sb_data', 'but what is in use');
is(templates(), "versioning_template_$digits",
	'and the template that it needs');
kill 'TERM', $session->{pid};
$session->{harness}->finish;

# Twenty at once, with no template

value('postgres', "SELECT pg_terminate_backend(pid, 30000)
	FROM pg_stat_activity WHERE datname = 'sb_data'");
versioning($project, 'sandbox', 'drop', '--older-than', '0', '-q');
is(templates(), '', 'there is no template');
my @runs = map { start_versioning($project, 'sandbox', "sb_$_") } 1 .. 20;
my @results = map { [ finish_versioning($_) ] } @runs;
is(scalar(grep { $_->[0] == 0 && $_->[1] =~ /^postgresql:/ } @results), 20,
	'twenty at once') || diag(map { $_->[2] } @results);
is(scalar(split / /, sandboxes()), 20, 'twenty sandboxes');
like(templates(), qr/^\S+$/, 'one template');

# The same one at once

for my $words ([], ['reset'])
{
	@results = map { [ finish_versioning($_) ] }
	  map { start_versioning($project, 'sandbox', '-q', @$words, 'sb_same') }
	  1 .. 4;
	is_deeply([ map { $_->[0] } @results ], [ 0, 0, 0, 0 ],
		"the same one at once: @$words") || diag(map { $_->[2] } @results);
}

@results = map { [ finish_versioning($_) ] }
  map { start_versioning($project, 'sandbox', 'drop', '--older-than', '0') }
  1 .. 5;
is_deeply([ map { $_->[0] } @results ], [ 0, 0, 0, 0, 0 ],
	'all are dropped by several at once');
is((grep { /"sb_same"/ } map { split /\n/, $_->[2] } @results), 1,
	'one of which says so');

done_testing();
