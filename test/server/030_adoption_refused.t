#!/usr/bin/perl

# CREATE EXTENSION refuses a _v that it cannot take over, says why and what to
# do, and leaves it as it was.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Scratch;
use Test::More;

my $number = 0;

# Everything of _v that CREATE EXTENSION might have changed.
my $inventory = q{
	SELECT string_agg(what, E'\n' ORDER BY what) FROM (
	SELECT concat_ws(' ', oid, relname, relowner, relacl) FROM pg_class
	 WHERE relnamespace = '_v'::regnamespace
	UNION ALL
	SELECT concat_ws(' ', oid, proname, proowner, proacl, prosrc,
					 obj_description(oid, 'pg_proc'))
	  FROM pg_proc WHERE pronamespace = '_v'::regnamespace
	UNION ALL
	SELECT concat_ws(' ', oid, nspname, nspacl, obj_description(oid, 'pg_namespace'))
	  FROM pg_namespace WHERE nspname = '_v'
	UNION ALL
	SELECT concat_ws(' ', attrelid, attname, atttypid)
	  FROM pg_attribute WHERE attrelid = to_regclass('_v.patches')
	UNION ALL SELECT concat_ws(' ', p) FROM pg_init_privs p
	UNION ALL SELECT extname FROM pg_extension) AS found (what)};

sub refused
{
	my ($name, $variant, $script, $pattern) = @_;
	my $database = database(++$number);

	original($database, $variant) if $variant;
	value($database, $script);
	my $before = value($database, $inventory);
	fails($database, 'CREATE EXTENSION versioning', $pattern, $name);
	is(value($database, $inventory), $before, "$name: nothing has changed");
	return $database;
}

# The shape of the table

my $wrong = qr/ERROR:  55000: relation _v\.patches is not the table of Versioning\n.*DETAIL: .*HINT: /s;
my $make = 'CREATE SCHEMA _v; CREATE';

refused('a view', undef,
	"$make VIEW _v.patches AS SELECT 'a'::text AS patch_name, now() AS applied_tsz,
		''::text AS applied_by, '{}'::text[] AS requires,
		'{}'::text[] AS conflicts", $wrong);
refused('a materialized view', undef,
	"$make MATERIALIZED VIEW _v.patches AS SELECT 'a'::text AS patch_name",
	$wrong);
refused('a sequence', undef, "$make SEQUENCE _v.patches", $wrong);
refused('a partitioned table', undef,
	"$make TABLE _v.patches (patch_name text PRIMARY KEY,
		applied_tsz timestamptz, applied_by text, requires text[],
		conflicts text[]) PARTITION BY LIST (patch_name)", $wrong);
refused('an unlogged table', 'old',
	'ALTER TABLE _v.patches SET UNLOGGED', $wrong);
refused('a table with children', 'old',
	'CREATE TABLE public.child () INHERITS (_v.patches)', $wrong);
refused("without column $_", 'old',
	"ALTER TABLE _v.patches DROP COLUMN $_", qr/55000: .*DETAIL: .*column $_/s)
  for qw(patch_name applied_tsz applied_by requires conflicts);
refused('requires is text', 'old',
	'ALTER TABLE _v.patches ALTER requires TYPE text', qr/55000: .*requires.*text\[\]/s);
refused('patch_name is varchar', 'old',
	'ALTER TABLE _v.patches ALTER patch_name TYPE varchar(100)',
	qr/55000: .*patch_name.*text/s);
refused('applied_tsz is a timestamp without time zone', 'old',
	'ALTER TABLE _v.patches ALTER applied_tsz TYPE timestamp',
	qr/55000: .*applied_tsz.*timestamp with time zone/s);
refused('a generated column', 'old',
	"ALTER TABLE _v.patches DROP COLUMN conflicts;
	 ALTER TABLE _v.patches ADD COLUMN conflicts text[]
		GENERATED ALWAYS AS ('{}') STORED", qr/55000: .*conflicts/s);
refused('no primary key', 'old',
	'ALTER TABLE _v.patches DROP CONSTRAINT patches_pkey',
	qr/55000: .*primary key.*patch_name/s);
refused('a primary key on another column', 'old',
	'ALTER TABLE _v.patches DROP CONSTRAINT patches_pkey,
		ADD PRIMARY KEY (patch_name, applied_by)',
	qr/55000: .*primary key.*patch_name/s);
refused('a deferrable primary key', 'old',
	'ALTER TABLE _v.patches DROP CONSTRAINT patches_pkey,
		ADD PRIMARY KEY (patch_name) DEFERRABLE',
	qr/55000: .*primary key.*patch_name/s);
refused('column names in upper case', undef,
	qq{$make TABLE _v.patches ("PATCH_NAME" text PRIMARY KEY,
		applied_tsz timestamptz, applied_by text, requires text[],
		conflicts text[])}, qr/55000: .*column patch_name/s);

# Objects that depend on what would be replaced

my $database = refused('a view that calls a function', 'new',
	"SELECT _v.register_patch('a');
	 CREATE VIEW public.uses AS SELECT _v.assert_patch_is_applied('a')",
	qr/2BP01: cannot replace the functions in schema _v .*DETAIL: .*view (public\.)?uses depends on function _v\."?assert_patch_is_applied"?\(text\).*HINT: /s
);
is(value($database, 'SELECT * FROM uses'), 'Patch a is applied.',
	'the view still works');
is(value($database, "SELECT _v.register_patch('b'); SELECT count(*) FROM _v.patches"),
	2, 'so do the functions');
value($database, 'DROP VIEW uses');
succeeds($database, 'CREATE EXTENSION versioning', 'without it all goes well');
refused('a default that calls a function', 'new',
	"CREATE TABLE public.uses (x text DEFAULT _v.assert_user_is_superuser())",
	qr/2BP01: .*default value .*_v\."?assert_user_is_superuser/s);
refused('a function with a body that is parsed', 'old',
	"CREATE FUNCTION public.uses() RETURNS SETOF int LANGUAGE sql
		BEGIN ATOMIC SELECT _v.register_patch('x'); END",
	qr/2BP01: .*function (public\.)?uses\(\).*_v\."?register_patch/s);

# What lives there already as a member of another extension, or under a name
# that we use

refused('it is there already', undef, 'CREATE EXTENSION versioning',
	qr/42710: extension "versioning" already exists/);
my $dropped = refused('a table with the name of an index of ours', 'old',
	'CREATE TABLE _v.patches_requires_idx (x int)', qr/(?:42P07|42809): .*patches_requires_idx/);
refused('an index of ours, on a table of the user', 'old',
	'CREATE TABLE _v.notes (x int[]);
	 CREATE INDEX patches_requires_idx ON _v.notes USING gin (x)',
	qr/42P07: .*patches_requires_idx/);

# What is not in the way

my $left = database('left');
original($left, 'old');
value($left, q{
	CREATE FUNCTION _v.register_patch(text, text) RETURNS text
		LANGUAGE sql AS 'SELECT $1';
	CREATE FUNCTION _v."replaced parts"() RETURNS int
		LANGUAGE sql AS 'SELECT 42';
	CREATE FUNCTION _v.patches() RETURNS int LANGUAGE sql AS 'SELECT 43';
	CREATE FUNCTION public.late() RETURNS void LANGUAGE plpgsql AS
		$$BEGIN PERFORM _v.register_patch('late'); END$$;
	CREATE TABLE public.notes (patch text REFERENCES _v.patches);
	CREATE VIEW public.list AS SELECT * FROM _v.patches;
	CREATE INDEX mine ON _v.patches USING gin (requires);
	CREATE PUBLICATION everything FOR TABLE _v.patches;
});
succeeds($left, 'CREATE EXTENSION versioning',
	'objects of other names or signatures');
is(value($left, q{SELECT _v.register_patch('a'::text, 'b'::text)}),
	'a', 'another signature is left alone');
is(value($left, q{SELECT _v.patches()}), 43, 'another function is left alone');
succeeds($left, q{SELECT _v."replaced parts"()},
	'a function with a name like those that are put aside is left alone');
succeeds($left, 'SELECT late()', 'a PL/pgSQL function finds our function');
is(value($left, 'SELECT patch_name FROM list'), 'late', 'a view goes on');

# A schema _v without any Versioning

my $empty = database('empty');
value($empty, 'CREATE SCHEMA _v; CREATE TABLE _v.notes (x int);
			   GRANT USAGE ON SCHEMA _v TO PUBLIC');
succeeds($empty, "CREATE EXTENSION versioning; SELECT _v.register_patch('a')",
	'a schema of that name without a table patches');
is(value($empty, 'SELECT count(*) FROM _v.notes'), 0, 'keeps what is in it');

# Where it goes is not for the user to say.

fails(database('schema'), 'CREATE EXTENSION versioning SCHEMA public',
	qr/0A000: extension "versioning" must be installed in schema/,
	'another schema');
my $file = value('postgres', 'SELECT setting FROM pg_config WHERE name = \'SHAREDIR\'')
  . '/extension/versioning--1.0.sql';
my ($status, $output, $errors) = run('psql', '-X', '-d', $empty, '-f', $file);
like("$output$errors", qr/Use "CREATE EXTENSION versioning" to load this file\./,
	'run by psql, the script says what to do instead');

done_testing();
