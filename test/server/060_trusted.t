#!/usr/bin/perl

# A role that is no superuser but may create in the database installs, owns and
# drops the extension, and does not get more power than that by it.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Scratch;
use Test::More;

my $owner = role('owner');
my $writer = role('writer');
my $nobody = role('nobody');
my $database = database('db');

fails($database, 'CREATE EXTENSION versioning',
	qr/42501: permission denied to create extension "versioning".*HINT: .*CREATE privilege/s,
	'without CREATE on the database', user => $owner);
value('postgres', "GRANT CREATE ON DATABASE $database TO $owner");
succeeds($database, 'CREATE EXTENSION versioning', 'with it', user => $owner);

is(
	value($database, q{
		SELECT string_agg(DISTINCT pg_get_userbyid(owner), ',')
		  FROM (SELECT extowner FROM pg_extension WHERE extname = 'versioning'
				UNION ALL SELECT relowner FROM pg_class
				 WHERE relnamespace = '_v'::regnamespace
				   AND relname ~ '^(patches|progress)'
				UNION ALL SELECT proowner FROM pg_proc
				 WHERE pronamespace = '_v'::regnamespace
				   AND proname ~ '^((try_|un)?register_patch|assert_(patch|user)_.*|note_progress|resume_patch)$')
			   AS o (owner)}),
	$owner, 'the extension and the register are the role\'s');
is(
	value($database, q{
		SELECT string_agg(DISTINCT pg_get_userbyid(owner), ',')
		  FROM (SELECT nspowner FROM pg_namespace WHERE nspname = '_v'
				UNION ALL SELECT relowner FROM pg_class
				 WHERE relnamespace = '_v'::regnamespace
				   AND relname !~ '^(patches|progress)'
				UNION ALL SELECT proowner FROM pg_proc
				 WHERE pronamespace = '_v'::regnamespace
				   AND proname !~ '^((try_|un)?register_patch|assert_(patch|user)_.*|note_progress|resume_patch)$')
			   AS o (owner)}),
	'postgres', 'all else is the bootstrap superuser\'s');
is(
	value($database, q{
		SELECT relacl FROM pg_class WHERE oid = '_v.patches'::regclass}) =~
	  /postgres/ ? 1 : 0,
	0, 'no grant of the register goes back to the superuser who made it');

succeeds($database, "SELECT _v.register_patch('a')", 'it registers',
	user => $owner);
fails($database, "SELECT _v.register_patch('b', NULL, NULL)",
	qr/42501: .*patches.*GRANT INSERT/s, 'others do not', user => $writer);
is(value($database, 'SELECT count(*) FROM _v.patches', user => $nobody),
	1, 'but list');
succeeds($database, "GRANT INSERT, DELETE ON _v.patches TO $writer;
					 GRANT USAGE ON SCHEMA _v TO $writer;
					 REVOKE EXECUTE ON FUNCTION _v.unregister_patch(text) FROM PUBLIC;
					 GRANT EXECUTE ON FUNCTION _v.unregister_patch(text) TO $writer",
	'it grants and revokes', user => $owner);
succeeds($database, "SELECT _v.register_patch('b', ARRAY['a']);
					 SELECT _v.unregister_patch('b');
					 SELECT _v.register_patch('b', ARRAY['a'])",
	'who has grants registers and unregisters', user => $writer);
fails($database, "SELECT _v.unregister_patch('b')",
	qr/42501: permission denied for function unregister_patch/,
	'who has not does not', user => $nobody);
fails($database, "SELECT _v.unregister_patch('a')",
	qr/P0001: Cannot uninstall a, as it is required by: b\./,
	'the role unregisters with the look-up of dependents', user => $writer);
succeeds($database, 'VACUUM _v.patches; ANALYZE _v.patches; REINDEX TABLE _v.patches',
	'the owner looks after its table', user => $owner);
succeeds($database, "ALTER TABLE _v.patches ADD COLUMN note text;
					 SELECT _v.register_patch('c')",
	'and adds to it', user => $owner);

# No ladder

fails($database,
	q{CREATE OR REPLACE FUNCTION _v.assert_user_is_superuser() RETURNS text
	  LANGUAGE c AS 'versioning', 'versioning_assert_user_is_superuser'},
	qr/42501: (?:permission denied for language c|must be owner of function)/,
	'no C function instead of another', user => $owner);
fails($database,
	q{CREATE FUNCTION public.f(int) RETURNS text
	  LANGUAGE c AS '$libdir/versioning', 'versioning_register_patch'},
	qr/42501: permission denied/, 'no C function of its own', user => $owner);
fails($database, 'ALTER FUNCTION _v.register_patch(text) OWNER TO postgres',
	qr/42501: must be (?:member of role|able to SET ROLE) "postgres"/,
	'no function for a superuser', user => $owner);
fails($database, 'ALTER TABLE _v.patches OWNER TO postgres',
	qr/42501/, 'no table for a superuser', user => $owner);
fails($database, 'ALTER FUNCTION _v.register_patch(text) LEAKPROOF',
	qr/42501/, 'no leakproof function', user => $owner);
fails($database, 'ALTER FUNCTION _v.register_patch(text) SUPPORT int4pl',
	qr/42501|42883/, 'no support function', user => $owner);
fails($database, 'ALTER EXTENSION versioning UPDATE TO \'2.0\'',
	qr/22023|42/, 'no other version', user => $owner);
fails($database, 'ALTER EXTENSION versioning SET SCHEMA public',
	qr/0A000|42501/, 'no other schema', user => $owner);

# What runs in the event triggers of a superuser is not its to replace.

for my $function (
	split /\n/,
	value($database, q{
		SELECT oid::regprocedure FROM pg_proc
		 WHERE pronamespace = '_v'::regnamespace
		   AND prorettype = 'event_trigger'::regtype}))
{
	fails($database,
		"CREATE OR REPLACE FUNCTION $function RETURNS event_trigger
		 LANGUAGE plpgsql AS 'BEGIN END'",
		qr/42501: must be owner of function/, "$function is not replaced",
		user => $owner);
	fails($database, "ALTER FUNCTION $function RENAME TO other",
		qr/42501: must be owner of function/, "nor renamed", user => $owner);
	fails($database, "CREATE EVENT TRIGGER t ON ddl_command_end
					  EXECUTE FUNCTION $function",
		qr/42501/, 'nor switched on', user => $owner);
}

# Its code in a function or trigger of the table runs as whoever calls: a
# function of its own could do that, too. It does not run as superuser unless
# one calls.

succeeds($database, qq{
	CREATE FUNCTION _v.who() RETURNS trigger LANGUAGE plpgsql AS
		\$\$BEGIN NEW.note := current_user; RETURN NEW; END\$\$;
	CREATE TRIGGER who BEFORE INSERT ON _v.patches
		FOR EACH ROW EXECUTE FUNCTION _v.who()}, 'a trigger of the role',
	user => $owner);
value($database, "SELECT _v.register_patch('d')", user => $writer);
is(value($database, q{SELECT note FROM _v.patches WHERE patch_name = 'd'}),
	$writer, 'runs as the caller');
value($database, 'DROP TRIGGER who ON _v.patches; DROP FUNCTION _v.who()',
	user => $owner);

# An index expression of the owner runs when the index is written, and must not
# do so in the name of somebody else when the pending list is worked off.

is(
	value($database, q{
		SELECT _v.unregister_patch('d'); SELECT current_user}, user => $writer),
	$writer, 'the caller is the caller again after unregister_patch');
fails($database, q{
	DO $$BEGIN
		PERFORM _v.unregister_patch('a');
	EXCEPTION WHEN raise_exception THEN
		RAISE EXCEPTION 'I am %', current_user;
	END$$}, qr/P0001: I am \Q$writer\E/, 'also after a refusal', user => $writer);
succeeds($database, q{CREATE TEMPORARY TABLE t (x int);
	SELECT _v.register_patch('e'); SELECT _v.unregister_patch('e');
	CREATE TEMPORARY TABLE t2 (x int)},
	'and may do what it might before', user => $writer);

# The look-ups evaluate no condition of an index, whoever asks.

value($database, qq{
	GRANT CREATE ON SCHEMA public TO $owner});
value($database, qq{
	${\climb($owner)}
	CREATE FUNCTION public.f(int) RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS
		'BEGIN PERFORM public.climb(); RETURN true; END'}, user => $owner);
for my $column ('requires', 'conflicts')
{
	value($database, qq{
		DROP INDEX _v.patches_${column}_idx;
		CREATE INDEX patches_${column}_idx ON _v.patches USING gin ($column)
			WHERE public.f(1)}, user => $owner);
	my $call = $column eq 'requires' ? q{_v.unregister_patch('a')} :
		q{_v.register_patch('z')};
	fails($database, "SELECT $call",
		qr/55000: table _v\.patches has no valid index "patches_${column}_idx"/,
		"a superuser does not look up by somebody's condition on $column");
	is(value('postgres', "SELECT rolsuper FROM pg_roles WHERE rolname = '$owner'"),
		'f', 'and does not run it');
	value($database, qq{
		DROP INDEX _v.patches_${column}_idx;
		CREATE INDEX patches_${column}_idx ON _v.patches USING gin ($column)
			WHERE $column <> '{}'}, user => $owner);
}

# The table is its owner's to alter. No alteration lets it read or break what is
# not its own: the server lives, and says what is wrong.

for my $change (
	'patch_name TYPE bigint USING 1',
	'patch_name TYPE name',
	'patch_name TYPE varchar(3)',
	'applied_tsz DROP DEFAULT, ALTER applied_tsz TYPE text',
	'applied_tsz DROP DEFAULT, ALTER applied_tsz TYPE bigint USING 1',
	'applied_by TYPE bigint USING 1',
	'applied_by TYPE name',
	"requires TYPE text USING ''",
	"requires TYPE int[] USING '{}'",
	'conflicts TYPE bigint USING 1')
{
	my ($column) = $change =~ /^(\w+)/;
	my $alter = "
		BEGIN;
		DELETE FROM _v.patches;
		SELECT _v.register_patch('a');
		" . ($column =~ /s$/ ? "DROP INDEX _v.patches_${column}_idx;" : '') . "
		ALTER TABLE _v.patches ALTER $change;";

	fails($database, "$alter SELECT _v.register_patch('1'); ROLLBACK",
		qr/ERROR:  (?:42804|55000): .*$column/, "ALTER $change",
		user => $owner);
	fails($database, "$alter SELECT _v.unregister_patch('1'); ROLLBACK",
		qr/ERROR:  (?:42804|55000|P0001): /, "ALTER $change, un-registration",
		user => $owner);

	# The server needs a moment, should it have fallen.
	for (1 .. 100)
	{
		last if (psql('postgres', 'SELECT'))[0] == 0;
		select undef, undef, undef, 0.1;
	}
}

# The end of it

succeeds($database, 'DROP EXTENSION versioning', 'it drops it', user => $owner);
is(value($database, q{SELECT to_regnamespace('_v') IS NULL}), 't',
	'and then there is nothing');
succeeds($database, 'CREATE EXTENSION versioning', 'a superuser installs it');
fails($database, 'DROP EXTENSION versioning',
	qr/42501: must be owner of extension versioning/,
	'then it is not the role\'s to drop', user => $owner);
fails($database, 'DROP SCHEMA _v CASCADE', qr/42501|2BP01/, 'nor its parts',
	user => $owner);
fails($database, "SELECT _v.register_patch('a')", qr/42501/,
	'nor to write to', user => $owner);

done_testing();
