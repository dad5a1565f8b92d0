#!/usr/bin/perl

# CREATE EXTENSION takes over a script-installed _v: rows, grants and what else
# lives there stay, the functions become ours.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Scratch;
use Test::More;

my $owner = role('owner');
my $writer = role('writer');
my $reader = role('reader');
my $stranger = role('stranger');
my $quoted = role(q{it's "quoted" %s});

my $rows = q{
	SELECT string_agg(p::text, E'\n' ORDER BY patch_name) FROM _v.patches p};
my $adopted = q{
	SELECT string_agg(concat_ws(' ', event, patch_name, role_name, requires,
			conflicts, session_role_name, transaction_id IS NOT NULL,
			now() - happened_at < '1 hour'), E'\n' ORDER BY id)
	  FROM _v.history};
my $expected_history = q{
	SELECT string_agg(concat_ws(' ', 'adopted', patch_name, applied_by, requires,
			conflicts, (SELECT pg_get_userbyid(extowner) FROM pg_extension
						 WHERE extname = 'versioning'), true, true),
			E'\n' ORDER BY applied_tsz, patch_name)
	  FROM _v.patches};
my $table_grants = q{
	SELECT string_agg(concat_ws(' ', grantee::regrole, privilege_type,
			is_grantable), E'\n' ORDER BY 1)
	  FROM (SELECT (aclexplode(relacl)).* FROM pg_class
			 WHERE oid = '_v.patches'::regclass) g
	 WHERE grantee <> (SELECT relowner FROM pg_class
						WHERE oid = '_v.patches'::regclass)};
my $schema_grants = q{
	SELECT string_agg(concat_ws(' ', grantee::regrole, privilege_type,
			is_grantable), E'\n' ORDER BY 1)
	  FROM pg_namespace, aclexplode(nspacl)
	 WHERE nspname = '_v' AND grantee <> nspowner
	   AND grantee NOT IN (SELECT extowner FROM pg_extension
							WHERE extname = 'versioning')};
my $foreign_objects = q{
	SELECT string_agg(what, E'\n' ORDER BY what) FROM (
	SELECT concat_ws(' ', oid, relname, relkind, relowner) FROM pg_class
	 WHERE relnamespace = '_v'::regnamespace AND relname LIKE 'mine%'
	UNION ALL
	SELECT concat_ws(' ', oid, proname, proowner, prosrc) FROM pg_proc
	 WHERE pronamespace = '_v'::regnamespace AND proname LIKE 'mine%'
	UNION ALL
	SELECT concat_ws(' ', oid, oprname, oprowner) FROM pg_operator
	 WHERE oprnamespace = '_v'::regnamespace
	UNION ALL
	SELECT concat_ws(' ', oid, tgname, tgfoid) FROM pg_trigger
	 WHERE tgname = 'mine'
	UNION ALL
	SELECT concat_ws(' ', attname, attnum) FROM pg_attribute
	 WHERE attrelid = '_v.patches'::regclass AND attname = 'ticket')
	AS found (what)};

for my $variant (qw(old new))
{
	for my $user (undef, $owner)
	{
		adopt($variant, $user);
	}
}

# Everything that a thoroughly used Versioning may have had done to it.
sub adopt
{
	my ($variant, $user) = @_;
	my $who = $user ? 'a trusted owner' : 'a superuser';
	my $name = "$variant, $who";
	my $database = database($variant . ($user ? '_trusted' : '_super'));
	my $three = 'register_patch(text, text[], text[])';

	value('postgres', "GRANT CREATE ON DATABASE $database TO $owner");
	original($database, $variant, user => $user);
	value($database, q{
		SELECT _v.register_patch('base');
		SELECT _v.register_patch('users', '{base}', '{rival}');
		SELECT _v.register_patch('it''s "odd" %', '{base,users}', NULL);
		UPDATE _v.patches SET requires = NULL, conflicts = NULL,
			   applied_tsz = '2010-08-22 12:00', applied_by = 'gone'
		 WHERE patch_name = 'base';
		ALTER TABLE _v.patches ADD COLUMN ticket text DEFAULT 'none';
		CREATE TABLE _v.mine (x int);
		INSERT INTO _v.mine VALUES (1);
		CREATE VIEW _v.mine_view AS SELECT * FROM _v.patches;
		CREATE SEQUENCE _v.mine_seq;
		CREATE TYPE _v.mine_type AS ENUM ('a');
		CREATE FUNCTION _v.mine(text, text) RETURNS boolean
			LANGUAGE sql AS 'SELECT true';
		CREATE OPERATOR _v.=== (FUNCTION = _v.mine, LEFTARG = text,
								RIGHTARG = text);
		CREATE FUNCTION _v.mine_trigger() RETURNS trigger LANGUAGE plpgsql AS
			$$BEGIN INSERT INTO _v.mine VALUES (2); RETURN NULL; END$$;
		CREATE TRIGGER mine AFTER INSERT ON _v.patches
			FOR EACH ROW EXECUTE FUNCTION _v.mine_trigger();
		}, user => $user);
	value($database, 'GRANT CREATE ON SCHEMA public TO PUBLIC');
	value($database, qq{
		GRANT USAGE ON SCHEMA _v TO $reader WITH GRANT OPTION;
		GRANT USAGE ON SCHEMA _v TO $writer, "versioning_test_010_adoption_it's ""quoted"" %s";
		GRANT SELECT ON _v.patches TO $reader;
		GRANT INSERT, DELETE ON _v.patches TO $writer,
			"versioning_test_010_adoption_it's ""quoted"" %s";
		GRANT INSERT ON _v.mine TO PUBLIC;
		REVOKE EXECUTE ON FUNCTION _v.$three FROM PUBLIC;
		GRANT EXECUTE ON FUNCTION _v.$three TO $writer WITH GRANT OPTION;
		GRANT EXECUTE ON FUNCTION _v.$three
		   TO "versioning_test_010_adoption_it's ""quoted"" %s";
		REVOKE EXECUTE ON FUNCTION _v.unregister_patch(text) FROM PUBLIC;
		}, user => $user);

	my %before = map { $_ => value($database, $_) }
	  ($rows, $table_grants, $schema_grants, $foreign_objects);

	succeeds($database,
		'SET quote_all_identifiers = on; CREATE EXTENSION versioning',
		"$name: CREATE EXTENSION", user => $user);

	is(value($database, $rows), $before{$rows}, "$name: all rows");
	is(value($database, $adopted), value($database, $expected_history),
		"$name: the history begins with each of them");
	is(value($database, $table_grants), $before{$table_grants},
		"$name: grants on the table");
	is(value($database, $schema_grants), $before{$schema_grants},
		"$name: grants on the schema");
	is(value($database, $foreign_objects), $before{$foreign_objects},
		"$name: other objects in the schema, added column, trigger");
	is(
		value($database, q{
			SELECT count(*) || ' ' || string_agg(DISTINCT lanname, ',')
			  FROM pg_proc JOIN pg_language l ON l.oid = prolang
			 WHERE pronamespace = '_v'::regnamespace
			   AND proname ~ '^((try_|un)?register_patch|assert_(patch|user)_.*)$'}),
		'9 c', "$name: his nine functions are ours now");
	is(
		value($database, q{
			SELECT string_agg(DISTINCT pg_get_userbyid(owner), ',')
			  FROM (SELECT proowner FROM pg_proc
					 WHERE pronamespace = '_v'::regnamespace
					   AND proname ~ '^((try_|un)?register_patch|assert_(patch|user)_.*|note_progress|resume_patch)$'
					UNION ALL SELECT relowner FROM pg_class
					 WHERE relnamespace = '_v'::regnamespace
					   AND relname ~ '^(patches|progress)'
					UNION ALL SELECT extowner FROM pg_extension
					 WHERE extname = 'versioning') AS register (owner)}),
		$user // 'postgres', "$name: the register belongs to who ran it");
	is(
		value($database, q{
			SELECT string_agg(DISTINCT pg_get_userbyid(owner), ',')
			  FROM (SELECT proowner FROM pg_proc
					 WHERE pronamespace = '_v'::regnamespace
					   AND proname !~ '^((try_|un)?register_patch|assert_(patch|user)_.*|note_progress|resume_patch|mine.*)$'
					UNION ALL SELECT relowner FROM pg_class
					 WHERE relnamespace = '_v'::regnamespace
					   AND relname !~ '^(patches|progress|mine)'
					UNION ALL SELECT nspowner FROM pg_namespace
					 WHERE nspname = '_v') AS all_else (owner)}),
		'postgres', "$name: all else belongs to the bootstrap superuser");

	# Who may call what

	my $may = sub {
		my ($role, $function) = @_;
		return value($database,
			"SELECT has_function_privilege('$role', '_v.$function', 'EXECUTE')"
		);
	};
	my @short = ('register_patch(text)', 'register_patch(text, text[])');
	is($may->($stranger, $three), 'f', "$name: a revoked EXECUTE stays so");
	is($may->($stranger, 'unregister_patch(text)'),
		'f', "$name: on unregister_patch, too");
	is($may->($writer, $three), 't', "$name: a granted EXECUTE stays");
	is($may->($writer, "$_"), 't', "$name: $_") for @short;
	is($may->($stranger, $_), $variant eq 'new' ? 'f' : 't',
		"$name: $_ for others is as the function that it replaces")
	  for @short;
	is(
		value($database,
			"SELECT has_function_privilege('$writer', '_v.$three',
				'EXECUTE WITH GRANT OPTION')"),
		't', "$name: the grant option stays");
	is($may->($stranger, 'assert_patch_is_applied(text)'),
		't', "$name: what nobody revoked is PUBLIC's");

	# It works

	succeeds($database,
		"SELECT _v.register_patch('new', ARRAY['base', 'users'], NULL)",
		"$name: a role with grants registers", user => $writer);
	succeeds($database,
		"SELECT _v.register_patch('newer', ARRAY['new'], NULL)",
		"$name: a role with an odd name, too", user => $quoted);
	is(value($database, 'SELECT count(*) FROM _v.mine WHERE x = 2'),
		2, "$name: the trigger fires");
	is(
		value($database, q{
			SELECT applied_by || requires::text || conflicts::text || ticket
			  FROM _v.patches WHERE patch_name = 'new'}),
		"$writer\{base,users}{}none", "$name: and the row is as it should be");
	fails($database, "SELECT _v.register_patch('rival', NULL, NULL)",
		qr/P0001: Versioning patches conflict\. .*: users\./,
		"$name: an old row declares a conflict", user => $user);
	fails($database, "SELECT _v.unregister_patch('base')",
		qr/P0001: Cannot uninstall base, as it is required by: (users, it's "odd" %|it's "odd" %, users), new\./,
		"$name: old rows require", user => $user);
	fails($database, "SELECT _v.register_patch('x', NULL, NULL)",
		qr/42501: permission denied for (schema _v|function register_patch)/,
		"$name: a stranger is refused", user => $stranger);

	# A role that had grants can go, when they are revoked.

	my $leaver = role("leaver_$variant" . ($user ? '_trusted' : '_super'));
	my $adopted = database($variant . ($user ? '_trusted' : '_super') . '_2');
	value('postgres', "GRANT CREATE ON DATABASE $adopted TO $owner");
	original($adopted, $variant, user => $user);
	value($adopted, "GRANT ALL ON SCHEMA _v TO $leaver;
		GRANT ALL ON _v.patches TO $leaver;
		GRANT SELECT (patch_name) ON _v.patches TO $leaver;
		GRANT EXECUTE ON FUNCTION _v.$three TO $leaver;
		CREATE EXTENSION versioning;
		REVOKE ALL ON _v.patches FROM $leaver;
		REVOKE ALL ON FUNCTION _v.$three FROM $leaver;"
		  . ($variant eq 'new' ? "
		REVOKE ALL ON FUNCTION _v.register_patch(text) FROM $leaver;
		REVOKE ALL ON FUNCTION _v.register_patch(text, text[]) FROM $leaver;"
			: ''), user => $user);
	value($adopted, "REVOKE ALL ON SCHEMA _v FROM $leaver");
	succeeds($adopted, "DROP ROLE $leaver",
		"$name: a role whose grants were revoked can be dropped");
	my ($status, $output, $errors) = run('pg_dump', $adopted);
	is("$status$errors", '0', "$name: and pg_dump works after that");

	# DROP EXTENSION

	fails($database, 'DROP EXTENSION versioning',
		qr/2BP01: cannot drop extension versioning .*table _v\.mine depends on schema _v/s,
		"$name: DROP EXTENSION says what else lives in the schema",
		user => $user);
	value($database, q{
		DROP TABLE _v.mine; DROP VIEW _v.mine_view; DROP SEQUENCE _v.mine_seq;
		DROP TYPE _v.mine_type; DROP OPERATOR _v.=== (text, text);
		DROP FUNCTION _v.mine; DROP TRIGGER mine ON _v.patches;
		DROP FUNCTION _v.mine_trigger}, user => $user);

	# The rows can be kept, and be adopted again.

	my $kept = value($database, $rows);
	succeeds($database, q{
		ALTER EXTENSION versioning DROP TABLE _v.patches;
		ALTER TABLE _v.patches SET SCHEMA public;
		DROP EXTENSION versioning;
		CREATE SCHEMA _v;
		ALTER TABLE public.patches SET SCHEMA _v},
		"$name: DROP EXTENSION that leaves the rows", user => $user);
	is(value($database, $rows), $kept, "$name: the rows are there");
	is(value($database, q{SELECT count(*) FROM pg_proc
						   WHERE pronamespace = '_v'::regnamespace}),
		0, "$name: the functions are not");
	succeeds($database, 'CREATE EXTENSION versioning',
		"$name: CREATE EXTENSION adopts them again", user => $user);
	is(value($database, $rows), $kept, "$name: with every row");
	fails($database, "SELECT _v.unregister_patch('new')",
		qr/P0001: Cannot uninstall new, as it is required by: newer\./,
		"$name: and works", user => $user);

	succeeds($database, 'DROP EXTENSION versioning',
		"$name: with nothing else there, DROP EXTENSION", user => $user);
	is(value($database, "SELECT to_regnamespace('_v') IS NULL"),
		't', "$name: removes all of it");
	succeeds($database,
		"CREATE EXTENSION versioning; SELECT _v.register_patch('a')",
		"$name: and it can be made again", user => $user);
}

done_testing();
