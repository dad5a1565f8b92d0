#!/usr/bin/perl

# pg_dump and restore: the register and its history, their owner and their grants
# are the same in the new database, and go on working.

use strict;
use warnings;

use FindBin;
use File::Temp qw(tempdir);
use lib "$FindBin::Bin/../lib";
use Scratch;
use Test::More;

my $owner = role('owner');
my $writer = role('writer');
my $reader = role('reader');
my $files = tempdir(CLEANUP => 1);
my $number = 0;

my $rows = 'SELECT string_agg(p::text, chr(10) ORDER BY patch_name) FROM _v.patches p';

my $history = 'SELECT string_agg(h::text, chr(10) ORDER BY id) FROM _v.history h';
my $attempts = 'SELECT string_agg(a::text, chr(10)) FROM _v.attempts a';

# Who owns it, who may do what. Who granted it is not compared: a role that
# restores grants by itself.
my $grants = q{
	SELECT string_agg(line, E'\n' ORDER BY line) FROM (
	SELECT concat_ws(' ', 'schema', pg_get_userbyid(nspowner),
			CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee) END,
			a.privilege_type, a.is_grantable)
	  FROM pg_namespace,
		   aclexplode(coalesce(nspacl, acldefault('n', nspowner))) a
	 WHERE nspname = '_v'
	UNION ALL
	SELECT concat_ws(' ', relname, pg_get_userbyid(relowner),
			CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee) END,
			a.privilege_type, a.is_grantable)
	  FROM pg_class, aclexplode(coalesce(relacl, acldefault('r', relowner))) a
	 WHERE relnamespace = '_v'::regnamespace AND relkind IN ('r', 'v')
	UNION ALL
	SELECT concat_ws(' ', relname, attname, pg_get_userbyid(a.grantee),
					 a.privilege_type)
	  FROM pg_class c JOIN pg_attribute ON attrelid = c.oid,
		   aclexplode(attacl) a
	 WHERE relnamespace = '_v'::regnamespace
	UNION ALL
	SELECT concat_ws(' ', oid::regprocedure, pg_get_userbyid(proowner),
			CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee) END,
			a.privilege_type, a.is_grantable)
	  FROM pg_proc, aclexplode(coalesce(proacl, acldefault('f', proowner))) a
	 WHERE pronamespace = '_v'::regnamespace
	UNION ALL
	SELECT concat_ws(' ', 'extension', extversion, pg_get_userbyid(extowner))
	  FROM pg_extension WHERE extname = 'versioning') AS g (line)};

my $comments = q{
	SELECT string_agg(line, E'\n' ORDER BY line) FROM (
	SELECT concat_ws(' ', oid::regprocedure, obj_description(oid, 'pg_proc'))
	  FROM pg_proc WHERE pronamespace = '_v'::regnamespace
	UNION ALL
	SELECT concat_ws(' ', relname, attnum, coalesce(
			col_description(c.oid, attnum), obj_description(c.oid, 'pg_class')))
	  FROM pg_class c JOIN pg_attribute ON attrelid = c.oid
	 WHERE relnamespace = '_v'::regnamespace
	UNION ALL SELECT obj_description('_v'::regnamespace, 'pg_namespace'))
	AS c (line)};

my $patches = q{
	SELECT _v.register_patch('base', NULL, NULL);
	SELECT _v.register_patch('users', ARRAY['base'], ARRAY['rival', 'x y']);
	SELECT _v.register_patch(E'odd "name" \\\\ \t%s\nä', ARRAY['base', 'users'], NULL);
	UPDATE _v.patches SET applied_tsz = '2010-08-22 12:00:00.123456+02',
		   applied_by = 'gone' WHERE patch_name = 'base';};

my $some_grants = qq{
	GRANT INSERT, DELETE ON _v.patches TO $writer WITH GRANT OPTION;
	GRANT SELECT ON _v.patches TO $reader;
	GRANT UPDATE (applied_by) ON _v.patches TO $reader;
	GRANT CREATE ON SCHEMA _v TO $writer;
	GRANT EXECUTE ON FUNCTION _v.unregister_patch(text) TO $writer;
	REVOKE EXECUTE ON FUNCTION _v.unregister_patch(text) FROM PUBLIC;};

my $revoked = qq{
	REVOKE SELECT ON _v.patches FROM PUBLIC;
	REVOKE USAGE ON SCHEMA _v FROM PUBLIC;
	GRANT USAGE ON SCHEMA _v TO $reader;};

my $others = q{
	CREATE TABLE _v.mine (patch text REFERENCES _v.patches, note text);
	INSERT INTO _v.mine VALUES ('base', 'a note');
	CREATE VIEW _v.mine_view AS SELECT patch_name FROM _v.patches;
	CREATE FUNCTION _v.mine() RETURNS text LANGUAGE sql AS $$SELECT 'mine'$$;};

# The ways to have it installed

my %install = (
	'a fresh install' => [ undef, 'CREATE EXTENSION versioning;', $patches ],
	'a fresh install with grants' =>
	  [ undef, 'CREATE EXTENSION versioning;', $patches, $some_grants ],
	'a fresh install with nothing for PUBLIC' =>
	  [ undef, 'CREATE EXTENSION versioning;', $patches, $some_grants, $revoked ],
	'an install by a trusted role' =>
	  [ $owner, 'CREATE EXTENSION versioning;', $patches, $some_grants ],
	'an install by a trusted role with nothing for PUBLIC' => [
		$owner, 'CREATE EXTENSION versioning;', $patches, $some_grants, $revoked ],
	'an install with other objects' =>
	  [ undef, 'CREATE EXTENSION versioning;', $patches, $others, $some_grants ],
	map({
			my $variant = $_;
			(
				"an adopted $variant one" =>
				  [ undef, $variant, $patches, 'CREATE EXTENSION versioning;' ],
				"an adopted $variant one with grants before" => [
					undef, $variant, $patches, $others,
					$some_grants,
					'CREATE EXTENSION versioning;' ],
				"an adopted $variant one with grants after" => [
					undef, $variant, $patches, 'CREATE EXTENSION versioning;',
					$some_grants, $revoked ],
				# The schema itself is a superuser's, and a role that is none cannot
				# restore that it was closed to PUBLIC.
				"an adopted $variant one of a trusted role" => [
					$owner, $variant, 'GRANT USAGE ON SCHEMA _v TO PUBLIC;',
					$patches, $others, $some_grants,
					'CREATE EXTENSION versioning;',
					"GRANT TRUNCATE ON _v.patches TO $reader;" ],
				"an adopted $variant one that PUBLIC could read" => [
					undef, $variant, $patches,
					'GRANT USAGE ON SCHEMA _v TO PUBLIC;
					 GRANT SELECT ON _v.patches TO PUBLIC;',
					'CREATE EXTENSION versioning;' ])
		} qw(old new)));

for my $name (sort keys %install)
{
	my ($user, @scripts) = @{ $install{$name} };
	my @user = $user ? ('-U', $user) : ();
	my $from = database('from_' . ++$number);

	value('postgres', "GRANT CREATE ON DATABASE $from TO $owner");
	for my $script (@scripts)
	{
		if ($script =~ /^(?:old|new)$/)
		{
			original($from, $script, user => $user);
		}
		else
		{
			value($from, $script, user => $user);
		}
	}
	value($from, q{SELECT _v.note_attempt('apply', '{a, "b c"}', now(), '1s',
		'failed', '55P03', 2, '38ms', 'a process', 'a.sql', NULL)});
	my %before = map { $_ => value($from, $_) } $rows, $history, $attempts,
	  $grants, $comments;

	# pg_dump | psql, and pg_dump -Fc | pg_restore

	for my $format ('plain', 'custom')
	{
		my $to = database("to_${number}_$format");
		my $file = "$files/$number.$format";

		value('postgres', "GRANT CREATE ON DATABASE $to TO $owner");
		my ($status, $output, $errors) =
		  run('pg_dump', @user, '-F', $format, '-f', $file, $from);
		is("$status$errors", '0', "$name: pg_dump, $format");
		($status, $output, $errors) =
		  $format eq 'plain'
		  ? run(qw(psql -X -q -v ON_ERROR_STOP=1), @user, '-d', $to, '-f', $file)
		  : run('pg_restore', '--exit-on-error', @user, '-d', $to, $file);
		is("$status$errors", '0', "$name: restore, $format");
		is(value($to, $rows), $before{$rows}, "$name: rows, $format");
		is(value($to, $history), $before{$history}, "$name: history, $format");
		is(value($to, $attempts), $before{$attempts},
			"$name: attempts, $format");
		is(value($to, $grants), $before{$grants}, "$name: grants, $format");
		is(value($to, $comments), $before{$comments},
			"$name: comments, $format");

		fails($to, "SELECT _v.unregister_patch('base')",
			qr/P0001: Cannot uninstall base, as it is required by: /,
			"$name: goes on working, $format", user => $user);
		succeeds($to, "SELECT _v.register_patch('next', ARRAY['users'], NULL)",
			"$name: the next patch, $format", user => $user);
		is(
			value($to, q{SELECT id = 1 + (SELECT max(id) FROM _v.history
										   WHERE patch_name <> 'next')
						   FROM _v.history WHERE patch_name = 'next'}),
			't', "$name: the next id, $format");

		# A dump of what was restored is the dump of the original.
		if ($format eq 'plain')
		{
			value($to, "SELECT _v.unregister_patch('next')", user => $user);
			run('pg_dump', @user, '-f', "$file.again", $to);
			is(dump_of("$file.again"), dump_of($file),
				"$name: dumped again, it is the same");
			unlike(dump_of($file),
				qr/CREATE (?:TABLE _v\.(?:patches|history)|FUNCTION _v\.\w*(?:patch|assert|forget)|SEQUENCE _v|TRIGGER|SCHEMA _v)|patches_\w+_idx/,
				"$name: the dump has no member of the extension");
		}
	}

	# The schema only

	my $to = database("to_${number}_schema");
	value('postgres', "GRANT CREATE ON DATABASE $to TO $owner");
	my ($status, $output, $errors) =
	  run('pg_dump', @user, '--schema-only', '-f', "$files/schema", $from);
	is("$status$errors", '0', "$name: pg_dump --schema-only");
	($status, $output, $errors) =
	  run(qw(psql -X -q -v ON_ERROR_STOP=1), @user, '-d', $to, '-f', "$files/schema");
	is("$status$errors", '0', "$name: restore of that");
	is(value($to, 'SELECT count(*) FROM _v.patches'), 0,
		"$name: it has no rows");
	is(value($to, $grants), $before{$grants}, "$name: and all grants");
	succeeds($to, "SELECT _v.register_patch('first', NULL, NULL)",
		"$name: and works", user => $user);

	run('dropdb', $_) for $from, $to, map { "versioning_test_040_dump_restore_to_${number}_$_" } 'plain', 'custom';
}

# A column that somebody added is not in the dump, as PostgreSQL takes the
# table to be the extension's. The rows are restored where it was added before.

{
	my $from = database('added_from');
	my $to = database('added_to');
	my $prepare = 'CREATE EXTENSION versioning;
		ALTER TABLE _v.patches ADD COLUMN note text;';

	value($from, "$prepare $patches UPDATE _v.patches SET note = 'n'");
	value($to, $prepare);
	run('pg_dump', '-f', "$files/added", $from);
	my ($status, $output, $errors) =
	  run(qw(psql -X -q -v ON_ERROR_STOP=1 -d), $to, '-f', "$files/added");
	is("$status$errors", '0', 'an added column: restore');
	is(value($to, $rows), value($from, $rows), 'an added column: rows');
}

done_testing();

# The dump without comments, version-dependent settings, and the history of the
# next patch; rows sorted.
sub dump_of
{
	my ($file) = @_;
	open my $handle, '<', $file or die "cannot read $file: $!\n";
	return join '', sort grep { !/^(?:--|SET|RESET|SELECT pg_catalog|\\(?:un)?restrict|$)|\tnext\t/ } <$handle>;
}
