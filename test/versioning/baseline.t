# What is in a database becomes a patch, which is marked as applied only if it
# makes the same.

use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use File::Copy qw(copy);
use File::Temp qw(tempdir);
use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use Holder;
use Scratch qw(database original role psql value);
use Test::More;

my $deployer = role('deployer');
my $owner = role("own'er");
my $everything = <<"SQL";
CREATE SCHEMA "Sch ema" AUTHORIZATION "$owner";
CREATE EXTENSION pg_trgm SCHEMA public;
COMMENT ON EXTENSION pg_trgm IS 'ours';
CREATE TYPE public.mood AS ENUM ('sad', 'o''k');
CREATE DOMAIN public.short AS text CHECK (length(VALUE) < 9);
CREATE SEQUENCE public.numbers;
CREATE TABLE public.users (id serial PRIMARY KEY, name text NOT NULL,
    mood public.mood DEFAULT 'sad', part int[] DEFAULT '{1}',
    lower_name text GENERATED ALWAYS AS (lower(name)) STORED);
ALTER TABLE public.users OWNER TO "$owner";
ALTER TABLE public.users ALTER COLUMN name SET STATISTICS 77;
GRANT SELECT (id, name) ON public.users TO $deployer;
GRANT USAGE ON SCHEMA "Sch ema" TO $deployer;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO $deployer;
CREATE TABLE "Sch ema"."ta;ble" (user_id int REFERENCES public.users, at date)
    PARTITION BY RANGE (at);
CREATE TABLE "Sch ema".part PARTITION OF "Sch ema"."ta;ble"
    FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
COMMENT ON TABLE "Sch ema"."ta;ble" IS 'it''s;
GRANT SELECT ON TABLE _v.patches TO nobody;
SET lock_timeout = 0;
\\! true
\\unrestrict versioning
\\restrict versioning
-- versioning: no-transaction
';
CREATE INDEX ON public.users USING gin (name public.gin_trgm_ops);
CREATE VIEW public.names AS SELECT name, part[1:2] FROM public.users;
CREATE MATERIALIZED VIEW public.kept AS SELECT count(*) FROM public.users;
CREATE RULE twice AS ON INSERT TO public.names DO ALSO (SELECT 1; SELECT 2);
CREATE FUNCTION public.body() RETURNS int LANGUAGE sql
    BEGIN ATOMIC SELECT 1; SELECT 2; END;
CREATE FUNCTION public.plain() RETURNS text LANGUAGE plpgsql AS \$f\$
BEGIN
GRANT SELECT ON TABLE _v.patches TO nobody;
CREATE EXTENSION versioning;
SET lock_timeout = 0;
RETURN ':x' || E'\\\\';
END \$f\$;
CREATE TRIGGER same BEFORE UPDATE ON public.users FOR EACH ROW
    EXECUTE FUNCTION suppress_redundant_updates_trigger();
ALTER TABLE public.users ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON public.users USING (name = CURRENT_USER);
CREATE PUBLICATION every FOR TABLE public.users;
CREATE STATISTICS public.both ON id, name FROM public.users;
CREATE EVENT TRIGGER guard ON ddl_command_end
    EXECUTE FUNCTION _v.warn_without_patch();
GRANT INSERT, DELETE ON _v.patches TO $deployer;
GRANT SELECT ON public.names TO "$owner" WITH GRANT OPTION;
SET ROLE "$owner";
GRANT SELECT ON public.names TO $deployer;
RESET ROLE;
REVOKE EXECUTE ON FUNCTION _v.blame(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION _v.blame(text) TO $deployer;
INSERT INTO public.users (name) VALUES ('a secret');
SQL

# Everything in a directory of a project.
sub text
{
	my ($project, $path) = @_;
	open my $file, '<', "$project->{directory}/$path" or return '';
	local $/;
	return scalar <$file>;
}

# Runs the program, and returns its status and all that it says.
sub run_it
{
	my ($project, @arguments) = @_;
	my ($status, $output, $errors) = versioning($project, @arguments);
	return ($status, $output . $errors);
}

# How many databases there are that we have made and not dropped.
sub scratch_databases
{
	return value('postgres', q{SELECT count(*) FROM pg_database
		WHERE datname LIKE 'versioning_rehearsal_%'});
}

my $project = project('all');
value($project->{database}, $everything);
rmdir "$project->{directory}/patches" or die;
my ($status, $said) = run_it($project, 'baseline', 'base');
is($status, 0, 'a database with one of most things') || diag $said;
is($said, "patches/base.sql\nPatch \"base\" makes what is in database "
	  . "\"$project->{database}\", and is marked there as applied.\n",
	'it is said what was done');
my $text = text($project, 'patches/base.sql');
is(value($project->{database}, "SELECT event, patch_name, requires, source_file,
	source_sha256 FROM _v.history"),
	"marked|base|{}|patches/base.sql|" . sha256_hex($text),
	'it is marked, with the file');
like($text, qr/^BEGIN;\n\nSELECT _v\.register_patch\('base', NULL, NULL\);$/m,
	'it is a patch as any other');
unlike($text, qr/a secret/, 'it has no data');
my @grants = $text =~ /^(GRANT .* _v\..*)$/mg;
is_deeply(\@grants, [ ('GRANT SELECT ON TABLE _v.patches TO nobody;') x 2 ],
	'grants on the register are left out, but not lines of strings like these');
like($text, qr/^CREATE EXTENSION IF NOT EXISTS pg_trgm /m, 'other extensions stay');
my @settings = $text =~ /^(SET (?!LOCAL ).*)$/mg;
is_deeply(\@settings, [ ('SET lock_timeout = 0;') x 2 ],
	'nothing is set for longer than the transaction, but in strings');
my @commands = $text =~ /^(\\(?:un)?restrict .*)$/mg;
is_deeply(\@commands, [ '\unrestrict versioning', '\restrict versioning' ],
	'there is nothing for psql only, but in strings');
is((run_it($project, qw(status --exit-code)))[0], 0, 'nothing is pending');
is(scratch_databases(), 0, 'no scratch database is left behind');

# It is a patch
my $other = { directory => $project->{directory}, database => database('other') };
value($other->{database}, 'CREATE EXTENSION versioning');
($status, $said) = run_it($other, 'apply');
is($status, 0, 'it can be applied elsewhere') || diag $said;
is(value($other->{database}, 'SHOW search_path'), '"$user", public',
	'and leaves the settings as they were');
($status, $said) = run_it($other, 'apply', '--psql');
is(registered($other), 'base', 'it is registered there');
($status, $said) = run_it($project, 'rehearse');
is($status, 0, 'it can be rehearsed') || diag $said;

# What cannot be
my $again = text($project, 'patches/base.sql');
for my $case (
	[ 'a file that is there', qr/"patches\/base-2\.sql" is there already$/m, 'base-2' ],
	[ 'a name that a file registers', qr/patch "base" is registered by patches\/base\.sql:7 already$/m, 'base' ],
	[ 'a name that is applied', qr/patch "applied" is applied already$/m, 'applied' ],
	[ 'an empty name', qr/the name of a patch cannot be empty$/m, '' ])
{
	my ($what, $message, $name) = @$case;
	add_files($project, 'patches/base-2.sql' => '-- mine');
	value($project->{database}, q{SELECT _v.try_register_patch('applied')});
	($status, $said) = run_it($project, 'baseline', $name);
	is($status, 1, "$what: exit status");
	like($said, $message, "$what: message");
	is(text($project, 'patches/base-2.sql'), '-- mine', "$what: nothing is written over");
}
is(text($project, 'patches/base.sql'), $again, 'nor is the other file touched');
for my $case ([ qr/baseline takes the name of the patch$/m ],
	[ qr/"b" is one argument too many for baseline/, 'a', 'b' ],
	[ qr/--json cannot be used with baseline/, '--json', 'a' ])
{
	my ($message, @arguments) = @$case;
	($status, $said) = run_it($project, 'baseline', @arguments);
	is($status, 2, "baseline @arguments: exit status");
	like($said, $message, "baseline @arguments: message");
}

# The server prints some expressions in another way after it has read them
my $spelled = project('spelled');
value($spelled->{database}, q{CREATE TABLE t (v varchar CHECK (v IN ('a', 'b')));
	CREATE VIEW w AS SELECT v NOT IN ('c', 'd') FROM t});
($status, $said) = run_it($spelled, 'baseline', 'base');
is($status, 0, 'how an expression is spelled is no difference') || diag $said;

# How the strings of a patch are read is said where that is unusual

my @unusual = (
	[ 'usual', '', '' ],
	[ 'latin', '', "client_encoding = 'LATIN1'", qw(-E LATIN1 -T template0 -l C) ]);
# A backslash never escapes since version 19.
push @unusual, [ 'escapes', 'SET standard_conforming_strings = off',
	'standard_conforming_strings = off' ]
  if value('postgres', 'SHOW server_version_num') < 190000;
for my $case (@unusual)
{
	my ($what, $change, $setting, @options) = @$case;
	my $odd = project($what);
	my $same = database("${what}_same", @options);

	$odd->{database} = database("${what}_odd", @options);
	for my $database ($odd->{database}, $same)
	{
		value($database, "ALTER DATABASE $database $change") if $change;
		is((psql($database, 'CREATE EXTENSION versioning'))[2], '',
			"$what strings: the extension says nothing of them");
	}
	value($odd->{database}, <<'SQL');
SET standard_conforming_strings = on;
SET client_encoding = 'UTF8';
CREATE TABLE "tübe" (t text DEFAULT 'a\b''');
COMMENT ON TABLE "tübe" IS E'ö \\ '' \n\\q';
CREATE VIEW v AS SELECT '\'::text AS v, '\\.' AS w, 'é' AS e FROM "tübe";
SQL
	($status, $said) = run_it($odd, 'baseline', 'base');
	is($status, 0, '... a baseline can be made') or diag $said;
	my $text = text($odd, 'patches/base.sql');
	my @read = $text =~ /^SET LOCAL ((?:client_enc|standard_conf).*);$/mg;
	is("@read", $setting, '... which says how its strings are read');
	{
		local $ENV{PGCLIENTENCODING} = 'UTF8';
		psql($same, $text);
	}
	($status, $said) = run_it($odd, 'diff', $odd->{database}, $same);
	is("$status $said", "0 $odd->{database} and $same are the same.\n",
		'... and psql makes the same of it');
}

# With a pg_dump that says of one database what is not so

my $directory = tempdir(CLEANUP => 1);
my ($real) = grep { -x } map { "$_/versioning" } split /:/, $ENV{PATH};
copy($real, "$directory/versioning") or die "cannot copy: $!\n";
open my $fake, '>', "$directory/pg_dump" or die "cannot write: $!\n";
print $fake <<'SH';
#!/bin/sh
PATH=${PATH#*:}
case "$*" in
*versioning_rehearsal_*) pg_dump "$@" | sed 's/DEFAULT 1/DEFAULT 2/' ;;
*broken*) pg_dump "$@" && echo 'SELECT 1/0;' ;;
*commands*) pg_dump "$@" && echo '\! touch was-run' ;;
*) pg_dump "$@" ;;
esac
SH
close $fake;
chmod 0755, "$directory/pg_dump", "$directory/versioning";

# Runs that program, as above.
sub run_other
{
	my ($project) = @_;
	local $ENV{PATH} = "$directory:$ENV{PATH}";
	my ($status, $output, $errors) = finish_versioning(
		start_program($project, "$directory/versioning", 'baseline', 'base'));
	return ($status, $output . $errors);
}

my $different = project('different');
value($different->{database}, 'CREATE TABLE t (i int DEFAULT 1)');
($status, $said) = run_other($different);
is($status, 1, 'a patch that makes something else');
like($said, qr/^--- database \Q$different->{database}\E\n\+\+\+ patches\/base\.sql\n/m,
	'... it is shown how they differ');
like($said, qr/^-    i integer DEFAULT 1\n\+    i integer DEFAULT 2$/m, '... and where');
like($said, qr/^versioning: error: nothing was registered$/m, '... it is said what was done');
is(registered($different), '', '... nothing is registered');
like(text($different, 'patches/base.sql'), qr/DEFAULT 1/, '... but the file is there');
is((run_it($different, qw(mark --yes base)))[0], 0, '... and can be marked');

my $broken = project('broken');
value($broken->{database}, 'CREATE TABLE t (i int)');
($status, $said) = run_other($broken);
is($status, 3, 'a patch that fails');
like($said, qr/^versioning: error: nothing was registered$/m, '... it is said');
is(registered($broken), '', '... nothing is registered');

my $commands = project('commands');
($status, $said) = run_other($commands);
is($status, 2, 'a dump with a command of psql');
like($said, qr/pg_dump has printed what is for psql/, '... it is said');
ok(!-e "$commands->{directory}/$_", "... there is no $_")
  for 'was-run', 'patches/base.sql';
is(scratch_databases(), 0, 'no scratch database is left behind');

# Subscriptions are of one database, and have passwords

my $subscriber = project('subscriber');
value($subscriber->{database}, "CREATE SUBSCRIPTION versioning_test_baseline
	CONNECTION 'host=nowhere.invalid password=secret' PUBLICATION p
	WITH (connect = false, slot_name = 'slot')");
($status, $said) = run_it($subscriber, 'baseline', 'base');
is($status, 0, 'a database with a subscription') or diag $said;
unlike(text($subscriber, 'patches/base.sql'), qr/create subscription|secret/i,
	'... which is not in the patch');
is(scratch_databases(), 0, '... and no scratch database is left behind');
value($subscriber->{database}, $_)
  for 'ALTER SUBSCRIPTION versioning_test_baseline SET (slot_name = NONE)',
  'DROP SUBSCRIPTION versioning_test_baseline';

# So are the passwords of user mappings, and what a superuser has switched on

my $mapped = project('mapped');
my $mapper = role('mapper', 'CREATEDB');
value($mapped->{database}, <<"SQL");
CREATE FUNCTION public.other() RETURNS event_trigger LANGUAGE plpgsql
    AS 'BEGIN END';
CREATE EVENT TRIGGER "a ""changes" ON ddl_command_end
    WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION _v.record_changes();
COMMENT ON EVENT TRIGGER "a ""changes" IS 'ours';
ALTER EVENT TRIGGER "a ""changes" ENABLE ALWAYS;
CREATE EVENT TRIGGER drops ON sql_drop EXECUTE FUNCTION _v.record_changes();
CREATE EVENT TRIGGER theirs ON ddl_command_end EXECUTE FUNCTION public.other();
COMMENT ON EVENT TRIGGER theirs IS 'theirs';
CREATE FOREIGN DATA WRAPPER wrapper;
CREATE SERVER server FOREIGN DATA WRAPPER wrapper;
CREATE USER MAPPING FOR PUBLIC SERVER server OPTIONS (password 'secret');
CREATE TABLE public.after_mapping (i int);
SQL
($status, $said) = run_it($mapped, 'baseline', 'base');
is($status, 0, 'a database with a user mapping and event triggers') or diag $said;
$text = text($mapped, 'patches/base.sql');
unlike($text, qr/CREATE USER MAPPING|secret/, '... without passwords');
my @triggers = $text =~ /^\w.* EVENT TRIGGER (\S+)/mg;
is("@triggers", 'theirs theirs theirs',
	'... and without the event triggers that call our functions');
value($mapped->{database}, "DROP EVENT TRIGGER theirs; DROP SERVER server CASCADE;
	DROP TABLE public.after_mapping;
	DROP FOREIGN DATA WRAPPER wrapper; ALTER FUNCTION other() OWNER TO $mapper;
	GRANT INSERT ON _v.patches TO $mapper; SELECT _v.unregister_patch('base');
	ALTER DATABASE $mapped->{database} OWNER TO $mapper");
($status, $said) = run_it($mapped, 'baseline', 'plain', '-U', $mapper);
is($status, 0, '... it does not take a superuser') or diag $said;

# A new database has the schema public

my $private = project('private');
value($private->{database}, 'DROP SCHEMA public; CREATE SCHEMA other');
($status, $said) = run_it($private, 'baseline', 'base');
is($status, 0, 'a database without the schema public') or diag $said;
($status, $said) = run_it($private, 'diff', $private->{database}, 'files');
is("$status $said", "0 $private->{database} and files are the same.\n",
	'... and the patch makes one without');

# A table that is locked

my $locked = project('locked');
value($locked->{database}, 'CREATE TABLE t (i int)');
my $holder = start_holder($locked->{database}, 'BEGIN; LOCK TABLE t;');
($status, $said) = run_it($locked, 'baseline', 'base', '--lock-timeout', '50ms');
is($status, 2, 'a table that stays locked');
like($said, qr/timeout\n(?s:.*)LOCK TABLE public\.t /, '... it is said which');
ok(!-e "$locked->{directory}/patches/base.sql", '... there is no file');
finish_holder($holder);

# After other patches

my $late = project('late');
value($late->{database}, q{SELECT _v.register_patch('early')});
($status, $said) = run_it($late, 'baseline', 'base');
is($status, 0, 'a baseline after another patch');
like($said, qr/^versioning: warning: patches are applied already/m,
	'... it is said that both make the same');

# Those who are no superusers

my $plain = project('plain');
my $nobody = role('nobody');
my $creator = role('creator', 'CREATEDB');
value($plain->{database}, "CREATE TABLE t (i int); ALTER TABLE t OWNER TO $creator;
	ALTER SCHEMA public OWNER TO $creator; GRANT INSERT ON _v.patches TO $nobody");
($status, $said) = run_it($plain, 'baseline', 'nobody', '-U', $nobody);
is($status, 2, 'a role that may not create a database');
like($said, qr/permission denied|may not create the database/, '... it is said');
is(registered($plain), '', '... nothing is registered');
value($plain->{database}, "ALTER ROLE $creator NOCREATEDB");
($status, $said) = run_it($plain, 'baseline', 'creator', '-U', $creator);
like("$status $said", qr/^2 .*may not create the database/,
	'one that may not create a database');
ok(!-e "$plain->{directory}/patches/creator.sql", '... there is no file');
value($plain->{database}, "ALTER ROLE $creator CREATEDB");
($status, $said) = run_it($plain, 'baseline', 'creator', '-U', $creator);
like($said, qr/permission denied for table patches/, 'one that may not register patches');
is(registered($plain), '', '... nothing is registered');
value($plain->{database}, "GRANT INSERT ON _v.patches TO $creator");
($status, $said) = run_it($plain, 'baseline', 'owner', '-U', $creator);
is($status, 0, 'one that may do both') || diag $said;

# Without a register, or with one that keeps no history

my $none = { directory => tempdir(CLEANUP => 1), database => database('none') };
($status, $said) = run_it($none, 'baseline', 'base');
is($status, 2, 'a database without a register');
like($said, qr/CREATE EXTENSION versioning/, '... it is said what to do');
original($none->{database}, 'new');
($status, $said) = run_it($none, 'baseline', 'base');
is($status, 1, "a database with depesz's register");
like($said, qr/has no extension "versioning", which .*\n.*: CREATE EXTENSION versioning;$/m, '... it is said');
ok(!-e "$none->{directory}/patches/base.sql", '... there is no file');

done_testing();
