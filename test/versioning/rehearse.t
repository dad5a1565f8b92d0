# versioning rehearse: what it finds, what it shows, and that nothing is left.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use Rehearse;
use Scratch qw(database original role value);
use Test::More;

# Patches that go and leave no trace

my $clean = project('clean',
	pair('one', 'CREATE TABLE one (a int);', 'DROP TABLE one;'),
	pair('two', 'ALTER TABLE one ADD b int;', 'ALTER TABLE one DROP b;',
		'one'),
	pair('three', 'CREATE VIEW three AS SELECT b FROM one;',
		'DROP VIEW three;', 'two'));

is( rehearses('all is well', $clean, [], 0, []),
	"[1/3] one: ok\n[2/3] two: ok\n[3/3] three: ok\n3 rehearsed: 3 ok\n",
	'each patch, in order');
is(registered($clean), '', 'the target is as it was');
is(value($clean->{database}, q{SELECT to_regclass('one')}),
	'', 'no object is in the target');
is( rehearses('one patch', $clean, ['three'], 0, []),
	"[1/3] one: applied\n[2/3] two: applied\n[3/3] three: ok\n"
	  . "1 rehearsed: 1 ok\n",
	'what it requires is only applied');
is( rehearses('one file', $clean, ['./patches/two.sql'], 0, []),
	"[1/2] one: applied\n[2/2] two: ok\n1 rehearsed: 1 ok\n",
	'what requires it is left out');
is(rehearses('quietly', $clean, ['-q'], 0, []), '', 'says nothing');
rehearses('a name that is mistyped', $clean, ['tow'], 1, [qr/^\z/],
	[ qr/"tow".*did you mean "two"\?/, qr/nothing was run/ ]);

# Rollbacks that leave something behind

my $leaving = project('leaving',
	pair('a', 'CREATE TABLE a (a int); CREATE FUNCTION f() RETURNS int '
		  . "LANGUAGE sql AS 'SELECT 1';", 'DROP TABLE a;'),
	pair('b', 'CREATE SCHEMA IF NOT EXISTS s;', ''),
	pair('c', 'CREATE TABLE c ();', 'DROP TABLE c;', 'b'));

my $output = rehearses('something is left behind', $leaving, [], 1,
	[
		qr{^\[1/3\] a: its rollback leaves something behind\n--- before patches/a\.sql\n\+\+\+ after rollbacks/rollback-a\.sql\n\@\@}m,
		qr/^\+CREATE FUNCTION public\.f\(\)/m,
		qr/^\[1\/3\] a: it cannot be applied again$/m,
		qr/^\[2\/3\] b: its rollback leaves something behind\n(?:[-+@ ].*\n)*\+CREATE SCHEMA s;/m,
		qr/^\[3\/3\] c: ok$/m,
		qr/^3 rehearsed: 1 ok, 2 with a rollback that leaves something behind$/m
	],
	[qr/function "f" already exists/]);
unlike($output, qr/^[-+].*restrict/m, 'keys of pg_dump are no difference');
rehearses('quietly, something is left behind', $leaving, [ '-q', 'b' ], 1,
	[ qr/^\+CREATE SCHEMA s;/m, qr/\A\[/ ]);

my $removing = project('removing',
	pair('a', 'CREATE TABLE a (a int);', 'DROP TABLE a;'),
	pair('b', 'ALTER TABLE a ADD b int, ALTER a SET NOT NULL;',
		'ALTER TABLE a DROP b;', 'a'),
	pair('c', 'SELECT 1;', 'DROP TABLE a;', 'b'));
rehearses('an attribute stays, a table goes', $removing, [], 1,
	[
		qr/^- +a integer\n\+ +a integer NOT NULL$/m,
		qr/^-CREATE TABLE public\.a/m,
		qr/^\[2\/3\] b: its rollback leaves something behind$/m,
		qr/^\[3\/3\] c: its rollback takes away too much$/m,
		qr/^3 rehearsed: 1 ok, 1 with a rollback that leaves something behind, 1 with a rollback that takes away too much$/m
	]);

# A column that was dropped cannot come back to its place.

my $moving = project('moving',
	pair('a', 'CREATE TABLE a (a int, b text, c int);'
		  . "COMMENT ON COLUMN a.b IS 'b'; COMMENT ON COLUMN a.c IS 'c';"
		  . 'CREATE TYPE t AS (x int, y int);',
		'DROP TABLE a; DROP TYPE t;'),
	pair('b', 'ALTER TABLE a DROP b; ALTER TYPE t DROP ATTRIBUTE x;',
		"ALTER TABLE a ADD b text; COMMENT ON COLUMN a.b IS 'b';"
		  . 'ALTER TYPE t ADD ATTRIBUTE x int;', 'a'),
	pair('c', 'DO $$ BEGIN ASSERT (SELECT attnum FROM pg_attribute '
		  . "WHERE attrelid = 'a'::regclass AND attname = 'c') = 3; END \$\$;",
		'', 'b'));
$output = rehearses('columns are in another order', $moving, [], 0,
	[
		qr{^\[2/3\] b: its rollback puts columns in another order\n--- before patches/b\.sql\n}m,
		qr/^\[2\/3\] b: ok\n\[3\/3\] c: ok\n3 rehearsed: 3 ok$/m
	]);
unlike($output, qr/behind/, 'nothing is left behind');
is(rehearses('quietly, columns are in another order', $moving, ['-q'], 0, []),
	'', 'says nothing');
my $changing = project('changing',
	pair('a', 'CREATE TABLE a (a int, b int, c text); CREATE TABLE b (d int);'
		  . "CREATE TYPE e AS ENUM ('f', 'g');",
		'DROP TABLE a, b; DROP TYPE e;'),
	pair('b', 'ALTER TABLE a DROP b;', 'ALTER TABLE a ADD b bigint;', 'a'),
	pair('c', 'ALTER TABLE a DROP c;', 'ALTER TABLE b ADD c text;', 'b'),
	pair('d', 'DROP TYPE e;', "CREATE TYPE e AS ENUM ('g', 'f');", 'c'));
rehearses('a column has another type or table, an enum another order',
	$changing, [], 1, [qr/^4 rehearsed: 1 ok, 3 with a rollback that leaves/m],
	[qr/column "c" of relation "a" does not exist/]);

my $damaging = project('damaging',
	pair('a', 'CREATE TABLE a (a int);', 'DROP TABLE a;'),
	pair('b', 'SELECT 1;', 'DROP TABLE a;', 'a'),
	pair('c', 'ALTER TABLE a ADD c int;', 'ALTER TABLE a DROP c;', 'b'));
rehearses('what a rollback has taken away is there for the next patch',
	$damaging, [], 1,
	[
		qr/^\[2\/3\] b: its rollback takes away too much$/m,
		qr/^\[3\/3\] c: ok$/m
	]);

# Rollbacks that are not there

my $missing = project('missing',
	'patches/a.sql' => patch('a', 'CREATE TABLE a ();'),
	'patches/b.sql' =>
	  "-- versioning: disable no-rollback\n" . patch('b', 'SELECT 1;'),
	pair('c', 'CREATE TABLE c ();', 'DROP TABLE c;', 'a', 'b'));
rehearses('a rollback is missing', $missing, [], 1,
	[
		qr/^\[1\/3\] a: there is no rollback file$/m,
		qr/^\[3\/3\] c: ok$/m,
		qr/^2 rehearsed: 1 ok, 1 without a rollback of its own; 1 only applied$/m
	]);
is( rehearses('a rollback is missing, and that is said', $missing,
		[ 'b', 'c' ], 0, []),
	"[1/3] a: applied\n[2/3] b: applied\n[3/3] c: ok\n"
	  . "1 rehearsed: 1 ok; 1 only applied\n",
	'is no failure');
is(rehearses('nothing to take back', $missing, ['b'], 0, []),
	"[1/1] b: applied\n0 rehearsed; 1 only applied\n",
	'is not called a rehearsal');

my $shared = project('shared',
	'patches/ab.sql' => patch('a', "SELECT _v.register_patch('b');"),
	'rollbacks/a.sql' => rollback_file('a'),
	'rollbacks/b.sql' => rollback_file('b'),
	'patches/c.sql' => patch('c'),
	'patches/d.sql' => patch('d', undef, 'c'),
	'rollbacks/cd.sql' => rollback_file('d', "SELECT _v.unregister_patch('c');"));
rehearses('several patches in a file', $shared, ['a'], 0,
	[qr/^\[1\/1\] a, b: ok$/m]);
rehearses('a rollback of several files', $shared, ['d'], 1,
	[qr/^\[2\/2\] d: its rollback file takes back other patches, too$/m]);
add_files($shared, 'patches/d.sql' =>
	  "-- versioning: disable no-rollback\n" . patch('d', undef, 'c'));
rehearses('a rollback that is there is not excused', $shared, ['d'], 1,
	[qr/^\[2\/2\] d: its rollback file takes back other patches, too$/m]);

my $flawed = project('flawed',
	'patches/a.sql' => patch('a'),
	'rollbacks/a.sql' => "SELECT _v.unregister_patch('a');\nSELECT 'x");
rehearses('a rollback with a problem', $flawed, [], 1,
	[qr/^\[1\/1\] a: its rollback file has a problem$/m],
	[qr{^versioning: rollbacks/a\.sql:2: this quote has no end$}m]);
add_files($flawed, 'rollbacks/a.sql' =>
	  rollback_file('a') . "\\password x\n");
rehearses('one that asks', $flawed, [], 1,
	[qr/^\[1\/1\] a: its rollback file has a problem$/m],
	[qr{^versioning: rollbacks/a\.sql:\d: \\password needs somebody}m]);

# Files that fail

my $failing = project('failing',
	pair('a', 'CREATE TABLE a ();', 'DROP TABLE a;'),
	pair('b', 'SELECT 1/0;', '', 'a'),
	pair('c', '', '', 'b'));
is( rehearses('a patch fails', $failing, [], 3, [],
		[ qr{patches/b\.sql:3: ERROR:  division by zero\n.* failed \(patches/b\.sql\)\n\z} ]),
	"[1/3] a: ok\n[2/3] b: it cannot be applied\n"
	  . "2 rehearsed: 1 ok, 1 failed; 1 not reached\n",
	'and the counts are told once');

$failing = project('failing_back',
	pair('a', 'CREATE TABLE a ();', 'DROP TABLE b;'),
	pair('b', 'SELECT FROM a;', '', 'a'));
rehearses('a rollback fails, the next patch does not', $failing, [], 3,
	[
		qr/^\[1\/2\] a: its rollback has failed\n\[2\/2\] b: ok$/m,
		qr/^2 rehearsed: 1 ok, 1 failed$/m
	],
	[ qr{rollback-a\.sql:3: ERROR:  table "b" does not exist} ]);

$failing = project('failing_again',
	pair('a', 'CREATE TABLE a ();', 'DROP TABLE a;'),
	pair('b', 'INSERT INTO a DEFAULT VALUES; '
		  . 'DO $$ BEGIN ASSERT (SELECT count(*) FROM a) = 1; END $$;', '', 'a'));
rehearses('data are left behind', $failing, [], 3,
	[qr/^\[2\/2\] b: it cannot be applied again$/m],
	[qr/assertion failed/]);

rehearses('files are wrong',
	project('wrong', 'patches/a.sql' => patch('a', undef, 'nowhere')),
	[], 1, [qr/^\z/], [ qr{patches/a\.sql:2: .*"nowhere"}, qr/nothing was run/ ]);

rehearses('psql would be left restricted',
	project('restricted', 'patches/a.sql' => "\\restrict x\n" . patch('a')),
	[], 1, [qr/^\z/],
	[ qr{patches/a\.sql:1: no \\unrestrict follows}, qr/nothing was run/ ]);

# However short a time the server lets sessions idle
my $hasty = role('hasty', 'SUPERUSER');
value('postgres', "ALTER ROLE $hasty SET idle_session_timeout = '100ms'");
rehearses('sessions that end when they are idle',
	project('idle',
		pair('a', 'SELECT pg_sleep(0.5);', 'SELECT 1/0;'),
		pair('b', 'SELECT pg_sleep(0.5);', '', 'a')),
	[ '-U', $hasty ], 3,
	[ qr/a: its rollback has failed$/m, qr/b: ok$/m ],
	[ qr/^(?!.*(?:terminating|lost|unexpectedly)).*division by zero/s ]);

# As the target is

my $alike = project('alike',
	pair('a', q{
		DO $$ BEGIN
			ASSERT (SELECT pg_encoding_to_char(encoding) || datcollate
				FROM pg_database WHERE datname = current_database())
				= 'LATIN1C', 'encoding';
			ASSERT current_setting('search_path') = 'app, "Quo""ted", public',
				'search_path';
			ASSERT current_setting('my.setting') = 'it''s \ "so"', 'my';
			ASSERT current_setting('work_mem') = '1234kB', 'work_mem';
			ASSERT current_setting('statement_timeout') = '1h', 'role';
			ASSERT has_database_privilege('pg_monitor', current_database(),
				'CREATE'), 'grant on database';
			ASSERT has_table_privilege('pg_monitor', '_v.patches',
				'DELETE WITH GRANT OPTION'), 'grant on register';
			ASSERT (SELECT count(*) FROM pg_extension
				WHERE extname = 'versioning') = 1, 'extension';
		END $$;}, ''));
$alike->{database} = database('alike_latin', '--encoding=LATIN1',
	'--template=template0');
value($alike->{database}, <<~'SQL');
	CREATE EXTENSION versioning;
	GRANT DELETE ON _v.patches TO pg_monitor WITH GRANT OPTION;
	SELECT format('ALTER DATABASE %I SET search_path = app, "Quo""ted", public',
		current_database()),
	  format('ALTER DATABASE %I SET my.setting = %L', current_database(),
		'it''s \ "so"'),
	  format('ALTER DATABASE %I SET work_mem = 1234', current_database()),
	  format('ALTER ROLE %I IN DATABASE %I SET statement_timeout = 3600000',
		current_user, current_database()),
	  format('GRANT CREATE ON DATABASE %I TO pg_monitor', current_database())
	\gexec
	SQL
rehearses('encoding, settings, grants, register', $alike, [], 0, [qr/a: ok/]);

# Locales that not every server has
for my $provider (
	[ 15, 'i', '--locale-provider=icu', '--icu-locale=de-DE' ],
	[ 16, 'i', '--locale-provider=icu', '--icu-locale=de-DE', '--icu-rules=&a<b' ],
	[ 17, 'b', '--locale-provider=builtin', '--builtin-locale=C.UTF-8' ])
{
	my ($version, $letter, @locale) = @$provider;
	my $project = project('locale',
		pair('a', "DO \$\$ BEGIN ASSERT (SELECT datlocprovider
			FROM pg_database WHERE datname = current_database())
			= '$letter'; END \$\$;", ''));

  SKIP:
	{
		skip "the server has no @locale", 1
		  if value('postgres', 'SHOW server_version_num') < $version * 10000
		  || !eval { $project->{database} = database('locale_provider',
				'--template=template0', @locale) };
		rehearses("@locale", $project, [], 0, [qr/a: ok/]);
	}
}

for my $variant (qw(old new))
{
	my $project = project($variant,
		pair('a', q{DO $$ BEGIN ASSERT
			(SELECT l.lanname FROM pg_proc p JOIN pg_language l
				ON l.oid = p.prolang WHERE proname = 'unregister_patch')
			= 'plpgsql'; END $$;}, ''));

	value($project->{database}, 'DROP EXTENSION versioning');
	original($project->{database}, $variant);
	rehearses("the register of a script, $variant", $project, [], 0,
		[qr/a: ok/]);
}

value($clean->{database}, 'DROP EXTENSION versioning');
rehearses('no register in the target', $clean, [], 0, [qr/3 ok/]);
is(value($clean->{database}, q{SELECT to_regnamespace('_v')}),
	'', 'there is none afterwards');

my $template = database('template');
value($template, 'CREATE TABLE base (a int)');
my $based = project('based',
	pair('a', 'ALTER TABLE base ADD b int;', 'ALTER TABLE base DROP b;'));
rehearses('a template', $based, [ '--template', $template ], 0, [qr/1 ok/]);
value($template, 'CREATE EXTENSION versioning; '
	  . "SELECT _v.register_patch('a')");
is( rehearses('a template that has the patches', $based,
		[ '--template', $template ], 0, []),
	"0 rehearsed; 1 in the template already\n", 'says so');
rehearses('a patch is asked for that the template has', $based,
	[ '--template', $template, 'a' ], 1, [qr/^\z/],
	[
		qr/"a" cannot be rehearsed: the template has it already/,
		qr/nothing was run/
	]);
rehearses('a file is asked for that the template has', $based,
	[ '--template', $template, './patches/a.sql' ], 1, [qr/^\z/],
	[qr/"\.\/patches\/a\.sql" cannot be rehearsed/]);
rehearses('a template that is not there', $based, [ '--template', 'no "such' ],
	2, [qr/^\z/], [qr/template database "no "such" does not exist/]);

# What patches are

rehearses('variables', project('variables',
		pair('a', 'CREATE TABLE :"table" ();', 'DROP TABLE :"table";')),
	[ '-v', 'table=x y' ], 0, [qr/1 ok/]);
rehearses('a comment that may be a directive, but is prose',
	project('prose', 'patches/a.sql' => "-- Versioning: adds a\n" . patch('a'),
		'rollbacks/a.sql' => rollback_file('a')),
	[], 0, [qr/1 ok/],
	[qr{\Aversioning: patches/a\.sql:1: warning: "adds" is no directive}]);
rehearses('no transaction', project('concurrently',
		pair('a', 'CREATE TABLE a (a int);', 'DROP TABLE a;'),
		'patches/b.sql' => "-- versioning: no-transaction\n"
		  . "SELECT _v.register_patch('b', ARRAY['a']);\n"
		  . "CREATE INDEX CONCURRENTLY b ON a (a);\n",
		'rollbacks/b.sql' => "-- versioning: no-transaction\n"
		  . "DROP INDEX CONCURRENTLY b;\n"
		  . "SELECT _v.unregister_patch('b');\n"),
	[], 0, [qr/2 ok/]);

my $broken = '';
$broken .= (versioning(project('broken' . length $_,
			'patches/a.sql' => "-- versioning: no-transaction\n$_"), 'rehearse'))[2]
  for "SELECT _v.register_patch('a');\nSELECT 1/0;\n",
	"\\set x 1\nSELECT _v.register_patch('a');\nSELECT 1/0;\n",
	"SELECT 1/0;\nSELECT _v.register_patch('a');\n",
	"BEGIN;\nSELECT _v.register_patch('a');\n";
is(() = $broken =~ /^versioning: error: patch "a" (?:failed|leaves)/mg, 4,
	'no transaction, and it fails');
unlike($broken, qr/hint:|by hand|not be run again|kept/,
	'no transaction, and it fails: what is left in the scratch database is no matter');
like($broken, qr/^versioning: detail: There is no COMMIT for its last BEGIN/m,
	'no transaction, and it fails: why it does');

# A subscription keeps a database from being dropped, and its slot may be used

my $subscriber = project('subscriber',
	pair('a', "CREATE SUBSCRIPTION versioning_test_rehearse
	CONNECTION 'host=nowhere.invalid' PUBLICATION p
	WITH (connect = false, slot_name = 'slot');",
		'ALTER SUBSCRIPTION versioning_test_rehearse SET (slot_name = NONE);
	DROP SUBSCRIPTION versioning_test_rehearse;'));
rehearses('a patch that makes a subscription', $subscriber, [], 0, [qr/1 ok/],
	[qr/^WARNING:  subscription .* named the replication slot "slot", which is left as it is$/m]);

# Roles

my $owner = role('owner', 'CREATEDB');
my $owned = project('owned',
	pair('a', 'CREATE TABLE a ();', 'DROP TABLE a;'));
$owned->{database} = database('owned_by_another', '--owner', $owner);
rehearses('the owner, who is no superuser', $owned, [ '-U', $owner ], 0,
	[qr/1 ok/]);
my $stranger = role('stranger');
rehearses('somebody who cannot create databases', $owned,
	[ '-U', $stranger ], 2, [qr/^\z/],
	[
		qr/error: the role $stranger may not create the database that is/,
		qr/hint: A superuser can allow it with ALTER ROLE $stranger CREATEDB;/i
	]);
rehearses('a database that is not there', $owned,
	[ '-d', 'versioning_no_such' ], 2, [qr/^\z/], [qr/does not exist/]);

done_testing();
