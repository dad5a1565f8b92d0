# versioning diff: what is compared with what, patches, who has made the
# differences, how they are printed, and what stands in its way.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use JSON::PP;
use Scratch qw(database role psql value);
use Test::More;

my $recorder = <<'SQL';
CREATE EVENT TRIGGER changes ON ddl_command_end
    EXECUTE FUNCTION _v.record_changes();
CREATE EVENT TRIGGER drops ON sql_drop EXECUTE FUNCTION _v.record_changes();
SQL
my $when = qr/\d{4}-\d\d-\d\d \d\d:\d\d/;

sub scratch_databases
{
	return value('postgres', 'SELECT count(*) FROM pg_database '
		  . "WHERE datname ~ '^versioning_rehearsal_'");
}

# A project whose patch is applied, and that has drifted since

my $alice = role('alice', 'SUPERUSER');
my $project = project('app',
	'patches/users.sql' => patch('users', <<~'SQL'),
		CREATE TABLE users (id int8 PRIMARY KEY, name text, mail text, age int);
		CREATE INDEX users_name ON users (name);
		CREATE FUNCTION f() RETURNS text LANGUAGE plpgsql AS 'BEGIN
		PERFORM 1;
		PERFORM 2;
		PERFORM 3;
		RETURN 4;
		END';
		SQL
	'patches/names.sql' =>
	  patch('names', 'COMMENT ON TABLE users IS \'people\';', 'users'));
my $app = $project->{database};
value($app, $recorder);

my @got = versioning($project, 'apply');
is($got[0], 0, 'the patches are applied') || diag($got[2]);
@got = versioning($project, 'diff');
is_deeply(
	\@got,
	[ 0, "$app and files are the same.\n", '' ],
	'a database is what the files make: exit status, and what is said');
@got = versioning($project, 'diff', $app, $app);
is($got[0], 0, 'a database is the same as itself');

value($app, <<'SQL', user => $alice);
CREATE INDEX users_lower ON users (lower(mail));
DROP INDEX users_name;
ALTER TABLE users ADD born date;
ALTER TABLE users ALTER age TYPE int8;
ALTER TABLE users DROP name;
ALTER TABLE users RENAME mail TO email;
GRANT SELECT ON users TO PUBLIC;
CREATE TABLE notes (id int8 PRIMARY KEY, note text NOT NULL);
CREATE OR REPLACE FUNCTION f() RETURNS text LANGUAGE plpgsql AS 'BEGIN
PERFORM 1;
PERFORM 2;
PERFORM three;
RETURN 4;
END';
SQL
add_files($project,
	'patches/more.sql' => patch('more', 'CREATE TABLE more (id int);', 'users'),
	'patches/names.sql' =>
	  patch('names', 'COMMENT ON TABLE users IS \'names\';', 'users'));

my $by = qr/outside a patch by \Q$alice\E on $when/;
my @lines = (
	qr/^--- \Q$app\E\n\+\+\+ files\n/,
	qr/^patches\n/m,
	qr/^  patch "more": only in files$/m,
	qr/^  patch "names": its file differs, with SHA-256 \w{12}\.\.\. in \Q$app\E, \w{12}\.\.\. in files$/m,
	qr/^schema public\n/m,
	qr/^    index public\.users_lower: only in \Q$app\E, created $by \(CREATE INDEX\)\n      - CREATE INDEX users_lower ON public\.users USING btree \(lower\(email\)\)$/m,
	qr/^    index public\.users_name: only in files; dropped in \Q$app\E $by \(DROP INDEX\)\n      \+ CREATE INDEX/m,
	qr/^    column public\.users\.born: only in \Q$app\E, created $by \(ALTER TABLE\)\n      - born date$/m,
	qr/^    column public\.users\.age: differs; last changed in \Q$app\E $by \(ALTER TABLE\)\n      - age bigint\n      \+ age integer$/m,
	qr/^    column public\.users\.name: only in files; dropped in \Q$app\E $by \(ALTER TABLE\)$/m,
	qr/^    column public\.users\.mail: only in files; renamed in \Q$app\E $by \(ALTER TABLE\)$/m,
	qr/^    column public\.users\.email: only in \Q$app\E, renamed $by \(ALTER TABLE\)$/m,
	qr/^  table public\.users: grants differ; last changed in \Q$app\E $by \(GRANT\)\n    - GRANT SELECT TO PUBLIC$/m,
	qr/^  table public\.users: comment differs; last changed in \Q$app\E by patch "names", applied by \w+ on $when \(COMMENT\)\n    - people\n    \+ names$/m,
	qr/^  table public\.more: only in files\n    \+ TABLE$/m,
	qr/^  table public\.notes: only in \Q$app\E, created $by \(CREATE TABLE\)\n    - TABLE\n    - owner: \Q$alice\E\n      - id bigint NOT NULL\n      - note text NOT NULL\n      - constraint notes_pkey on public\.notes: PRIMARY KEY \(id\)$/m,
	qr/^  function public\.f\(\): differs; last changed in \Q$app\E $by \(CREATE FUNCTION\)\n      \.\.\.\n      PERFORM 1;\n      PERFORM 2;\n    - PERFORM three;\n    \+ PERFORM 3;\n      RETURN 4;\n/m,
	qr/^12 differences in objects, 2 differences in patches\.$/m);
@got = versioning($project, 'diff');
is($got[0], 1, 'exit status of differences');
is($got[2], '', 'no messages');
like($got[1], $_, 'the drift of a database, and who it was') for @lines;
unlike($got[1], qr/not recorded/, 'all is recorded');
is(scratch_databases(), 0, 'no database is left behind');

is_deeply([ versioning($project, 'diff', $_->[0], $_->[1]) ],
	\@got, "the same with $_->[0] $_->[1]")
  for [ $app, 'files' ], [ "dbname=$app password=secret", 'files' ];
@got = versioning($project, 'diff', 'files', $app);
is($got[0], 1, 'the other way round: exit status');
like($got[1], qr/^--- files\n\+\+\+ \Q$app\E\n/, 'the sides are exchanged');
like($got[1], qr/users_name: only in files; dropped in \Q$app\E $by/,
	'so are those of the differences');
like((versioning($project, 'diff', 'files'))[1], qr/^--- files\n/,
	'the files alone are compared with the database of the environment');

@got = versioning($project, 'diff', '-q');
like($got[1], qr/^    column public\.users\.age: differs; last changed/m,
	'--quiet has a line for each difference');
unlike($got[1], qr/bigint/, 'and no more than that');

my $owner = role('owner', 'SUPERUSER');
value($app, "ALTER FUNCTION f() OWNER TO $owner");
like((versioning($project, 'diff'))[1],
	qr/^The files were applied by \w+ here; --no-owner leaves owners out\.$/m,
	'why owners differ from those of the files is said');
unlike((versioning($project, 'diff', '--no-owner'))[1], qr/f\(\): owner|here/,
	'--no-owner leaves them out');

# JSON

@got = versioning($project, 'diff', '--json');
is($got[0], 1, 'exit status with --json');
my $json = decode_json($got[1]);
is($json->{a}{name}, $app, 'JSON: one side');
ok($json->{b}{is_files}, 'JSON: the other side');
ok(!$json->{same}, 'JSON: they are not the same');
is_deeply([ map { $_->{patch} } @{ $json->{patches} } ],
	[qw(more names)], 'JSON: patches');
is($json->{patches}[0]{a}, undef, 'JSON: a patch that one side has not');
like($json->{patches}[1]{$_}{sha256}, qr/^\w{64}$/, "JSON: the file of $_")
  for qw(a b);
my ($index) = grep { $_->{identity} eq 'public.users_lower' }
  @{ $json->{differences} };
like(delete $index->{culprit_a}{at}, qr/^\d{4}-\d\d-\d\dT[\d:.]+[+-][\d:]+$/,
	'JSON: when something was created');
is_deeply(
	$index,
	{
		type => 'index',
		schema => 'public',
		relation => 'public.users',
		identity => 'public.users_lower',
		only_in => 'a',
		aspect => undef,
		a => 'CREATE INDEX users_lower ON public.users USING btree '
		  . '(lower(email))',
		b => undef,
		culprit_a => {
			action => 'created',
			patch => undef,
			event => undef,
			role => $alice,
			command => 'CREATE INDEX'
		},
		culprit_b => undef
	},
	'JSON: a difference');

# Who it was where two databases are recorded

value($app, <<'SQL');
CREATE VIEW people AS SELECT email FROM users;
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN RETURN NEW; END';
CREATE TABLE triggered (a int);
CREATE TRIGGER noted BEFORE INSERT ON triggered
    FOR EACH ROW EXECUTE FUNCTION note();
CREATE RULE nothing AS ON DELETE TO notes DO NOTHING;
CREATE DOMAIN positive AS int;
ALTER DOMAIN positive ADD CONSTRAINT positive CHECK (VALUE > 0) NOT VALID;
SQL
my $staging = database('staging', '-T', $app);
value($staging, 'ALTER TABLE users ALTER age SET DEFAULT 5');
@got = versioning($project, 'diff', $app, $staging);
like($got[1],
	qr/users\.age: differs; last changed in \Q$app\E $by \(ALTER TABLE\); last changed in \Q$staging\E outside a patch by \w+ on/,
	'both sides have changed something');
value($staging, 'GRANT SELECT ON notes TO PUBLIC');
@got = versioning($project, 'diff', $app, $staging);
like($got[1],
	qr/notes: grants differ; last changed in \Q$staging\E outside a patch by \w+ on $when \(GRANT\)$/m,
	'the one side that has changed something is told');
value($staging, <<'SQL', user => $alice);
ALTER TABLE triggered DISABLE TRIGGER noted;
ALTER TABLE notes DISABLE RULE nothing;
ALTER DOMAIN positive VALIDATE CONSTRAINT positive;
ALTER TABLE users RENAME email TO address;
SQL
@got = versioning($project, 'diff', '-q', $app, $staging);
like($got[1],
	qr/ \Q$_\E differs; last changed in \Q$staging\E $by \(ALTER (TABLE|DOMAIN)\)$/m,
	'who has changed what belongs to something else')
  for 'trigger noted on public.triggered: enabled',
  'rule nothing on public.notes: enabled',
  'domain constraint positive on public.positive:';
like($got[1], qr/^  view public\.people: differs$/m,
	'nobody is blamed where both have recorded the same');
value($staging, 'DROP EVENT TRIGGER changes; CREATE TABLE unknown (a int)');
@got = versioning($project, 'diff', $app, $staging);
like($got[1], qr/^  table public\.unknown: only in \Q$staging\E$/m,
	'nobody is blamed for what was not recorded');
like($got[1], qr/^Who changes \Q$staging\E is not recorded\.$/m,
	'that it was not is said');

# Targets

add_files($project, 'versioning.conf' => <<"CONF");
[production]
dbname = $app
[staging]
dbname = $staging
CONF
@got = versioning($project, 'diff', 'production', 'staging');
is($got[0], 1, 'targets: exit status');
like($got[1], qr/^--- production\n\+\+\+ staging\n/, 'targets have names');
like($got[1], qr/only in staging$/m, 'which the lines have, too');
like((versioning($project, 'diff', '-d', 'production'))[1],
	qr/^--- production\n\+\+\+ files\n/, 'a target as an option');

# Databases without a register, or with one that may not be read

my $plain = database('plain');
value($plain, 'CREATE TABLE t (a int)');
@got = versioning($project, 'diff', $plain, $app);
is($got[0], 1, 'without a register: exit status');
like($got[1],
	qr/^Patches are not compared: \Q$plain\E has no register of them\.$/m,
	'without a register: it is said');
like($got[1], qr/^  table public\.t: only in \Q$plain\E$/m,
	'without a register: objects are compared');
unlike($got[1], qr/_v\b/, 'the schema of the register is left out');

my $nobody = role('nobody');
value($_, 'REVOKE ALL ON SCHEMA public FROM PUBLIC; '
	  . 'REVOKE ALL ON SCHEMA _v FROM PUBLIC')
  for $app, $staging;
@got = versioning($project, 'diff', $app, $staging, '-U', $nobody);
is($got[0], 1, 'a role without privileges: exit status') || diag($got[2]);
like($got[1], qr/^    column public\.users\.age: differs$/m,
	'a role without privileges: it sees what is different');
like($got[1], qr/\Q$app\E has a register that may not be read/,
	'a role without privileges: what it does not see');
@got = versioning($project, 'diff', $app, 'files', '-U', $nobody);
is($got[0], 2, 'a role that may create no database: exit status');
like($got[2], qr/may not create/, 'a role that may create no database');
value($_, 'GRANT USAGE ON SCHEMA public, _v TO PUBLIC') for $app, $staging;

# Nobody's functions are called

value($app, 'GRANT CREATE ON SCHEMA public TO PUBLIC');
value($app, <<"SQL", user => $nobody);
CREATE FUNCTION public.climb() RETURNS int LANGUAGE plpgsql AS
    'BEGIN ALTER ROLE $nobody SUPERUSER; RETURN 1; END';
CREATE FUNCTION public.lower(text) RETURNS text LANGUAGE plpgsql AS
    'BEGIN ALTER ROLE $nobody SUPERUSER; RETURN 1; END';
CREATE FUNCTION public.format_type(oid, int) RETURNS text LANGUAGE plpgsql AS
    'BEGIN ALTER ROLE $nobody SUPERUSER; RETURN 1; END';
CREATE TABLE public.hostile (a int DEFAULT public.climb() CHECK (public.climb() > 0));
CREATE INDEX ON public.hostile (lower(a::text));
CREATE VIEW public.pg_class AS SELECT public.climb();
SQL
versioning($project, 'diff', $app, $staging);
is(value('postgres', "SELECT rolsuper FROM pg_roles WHERE rolname = '$nobody'"),
	'f', 'no function of a user is called');

# A register that somebody else has made, to be read

my $code = <<"SQL";
RETURNS text IMMUTABLE LANGUAGE plpgsql AS 'BEGIN
    IF current_user <> ''$nobody'' THEN RAISE ''called''; END IF;
    RETURN 1; END';
SQL
my $made = <<"SQL";
CREATE SCHEMA _v;
CREATE TYPE _v.odd AS ENUM ('public.t');
CREATE FUNCTION _v.as_text(_v.odd) $code
CREATE CAST (_v.odd AS text) WITH FUNCTION _v.as_text(_v.odd) AS IMPLICIT;
CREATE TABLE _v.patches (patch_name text, applied_tsz timestamptz,
    applied_by text, requires text[], conflicts text[]);
CREATE TABLE _v.history (id int8, patch_name text, event text,
    source_sha256 text);
CREATE TABLE _v.changes (id int8, first_id int8, history_id int8,
    identity text, previous_identity text, object_type text, action text,
    columns text[], role_name text, changed_at timestamptz, command_tag text);
GRANT USAGE ON SCHEMA _v TO PUBLIC;
GRANT SELECT ON ALL TABLES IN SCHEMA _v TO PUBLIC;
SQL
my %codes = (
	'a cast' => 'ALTER TABLE _v.changes DROP identity, ADD identity _v.odd;'
	  . "INSERT INTO _v.changes (identity, object_type) "
	  . "VALUES ('public.t', 'table column')",
	'an index' => "CREATE FUNCTION _v.f(int) $code"
	  . 'CREATE INDEX ON _v.patches (_v.f(length(patch_name)));'
	  . 'CREATE INDEX ON _v.patches (patch_name) WHERE _v.f(1) IS NULL',
	'a function' => "CREATE FUNCTION _v.f(int) $code"
	  . 'CREATE TABLE _v.unfinished (); CREATE TABLE _v.progress AS SELECT 1;'
	  . 'CREATE FUNCTION _v.refuse_to_forge() RETURNS int LANGUAGE sql AS '
	  . "'SELECT 1'; CREATE FUNCTION _v.unfinished_patches() RETURNS TABLE "
	  . '(patch_name text, since timestamptz, done_sha256 text[], parts int, '
	  . 'line int, runs text, error text, runs_sha256 text, relation text, '
	  . 'indexes text[], leaves text) LANGUAGE sql AS '
	  . "'SELECT _v.f(1), now(), NULL::text[], 1, 1, ''a'', ''a'', ''a'', "
	  . "''a'', NULL::text[], ''a'''");
for my $what (sort keys %codes)
{
	my $forged = database('forged');

	value($forged, "GRANT CREATE ON DATABASE $forged TO $nobody; "
		  . 'CREATE TABLE t (a int8)');
	value($forged, $made . $codes{$what}, user => $nobody);
	@got = versioning($project, 'diff', $forged, $plain);
	is($got[0], 1, "$what: exit status") || diag($got[2]);
	like($got[1],
		qr/^Patches are not compared: \Q$forged\E has a register that may not be read, or not safely\.$/m,
		"$what: that the register is not read is said");
}

# Names

my $odd = database("odd's \"name\"\e[31m");
my $second = database('odd_copy');
value($odd, <<"SQL");
CREATE SCHEMA "a schema \e[31m";
CREATE TABLE "a schema \e[31m"."it's \\ a ""table"" \n{,}" ("a.column" int,
    "%" text, "\e[2J" int CHECK ("\e[2J" > 0));
COMMENT ON COLUMN "a schema \e[31m"."it's \\ a ""table"" \n{,}"."%" IS
    '\e[2J';
SQL
@got = versioning($project, 'diff', $odd, $second);
is($got[0], 1, 'odd names: exit status') || diag($got[2]);
unlike($got[1], qr/\e/, 'odd names: nothing reaches the terminal');
like($got[1],
	qr/^  table "a schema \\x1B\[31m"\."it's \\ a ""table"" \\n\{,\}": only in/m,
	'odd names: a table');
is((versioning($project, 'diff', $odd, $odd))[0], 0,
	'odd names: the same as itself');
$json = decode_json((versioning($project, 'diff', '--json', $odd, $second))[1]);
is_deeply([ map { $_->{type} } @{ $json->{differences} } ],
	[qw(schema table)], 'odd names: JSON');
value($second, "CREATE EXTENSION versioning; $recorder");
value($second, "CREATE TABLE \"it's \\ a \"\"table\"\" {,}\" (\"a.b\" int)",
	user => $alice);
@got = versioning($project, 'diff', $odd, $second);
like($got[1],
	qr/^  table public\."it's \\ a ""table"" \{,\}": only in \Q$second\E, created $by/m,
	'odd names: who it was');

# What stands in its way

my $locker = start_program($project, 'psql', '-X', '-q', '-d', $app, '-c',
	'BEGIN; LOCK TABLE users; SELECT pg_sleep(60)');
ok( wait_for(
		sub {
			value($app, "SELECT count(*) FROM pg_locks WHERE granted AND "
				  . "relation = 'public.users'::regclass AND "
				  . "mode = 'AccessExclusiveLock'") == 1;
		}),
	'a table is locked');
@got = versioning($project, 'diff', $app, $staging, '--lock-timeout', '100ms');
is($got[0], 2, 'a lock: exit status');
like($got[2], qr/has locked public\.users/, 'a lock: who has it');
value($app, "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE "
	  . "relation = 'public.users'::regclass AND granted");
finish_versioning($locker);

@got = versioning($project, 'diff', 'versioning_no_such', $app);
is($got[0], 2, 'a database that is not there: exit status');
like($got[2], qr/does not exist/, 'a database that is not there: message');
@got = versioning($project, 'diff', 'files', 'files');
is($got[0], 2, 'nothing but files: exit status');
like($got[2], qr/none is named/, 'nothing but files: message');
@got = versioning($project, 'diff', 'a', 'b', 'c');
is($got[0], 2, 'three arguments: exit status');
like($got[2], qr/"c" is one argument too many/, 'three arguments: message');
@got = versioning($project, 'diff', '--lock-timeout', 'soon');
is($got[0], 2, 'a timeout that is none: exit status');
@got = versioning($project, 'status', '--no-owner');
is($got[0], 2, 'options of diff are not those of other commands');

add_files($project, 'patches/wrong.sql' => patch('wrong', 'SELECT 1 / 0;'));
@got = versioning($project, 'diff', $app);
is($got[0], 2, 'files that cannot be applied: exit status');
like($got[2], qr/division by zero/, 'files that cannot be applied: message');
is(scratch_databases(), 0, 'files that cannot be applied: nothing is left');

add_files($project,
	'patches/wrong.sql' => patch('wrong', 'SELECT pg_sleep(60);'));
my $run = start_versioning($project, 'diff', $app);
ok( wait_for(
		sub {
			value($app, "SELECT count(*) FROM pg_stat_activity WHERE "
				  . "query LIKE 'SELECT pg_sleep%' AND "
				  . "datname ~ '^versioning_rehearsal_'") == 1;
		}),
	'a patch is being applied');
kill 'TERM', $run->{pid};
@got = finish_versioning($run);
is($got[0], 2, 'a signal: exit status');
is(scratch_databases(), 0, 'a signal: nothing is left');

done_testing();
