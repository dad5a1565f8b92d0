#!/usr/bin/perl

# Who may do what is what the install script says, whatever the defaults are;
# and whoever could do something with a database before CREATE EXTENSION can do
# it after.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Scratch;
use Test::More;

my $app = role('app');
my $owner = role('owner');
my $plain = database('plain');
my $granted = database('granted');

# All privileges in _v, of roles and PUBLIC
my $grants = q{
	SELECT string_agg(line, E'\n' ORDER BY line) FROM (
	SELECT format('%s %s %s %s', class, what,
				  CASE a.grantee WHEN 0 THEN 'PUBLIC'
								 ELSE pg_get_userbyid(a.grantee) END,
				  a.privilege_type)
	  FROM (SELECT 'relation', oid::regclass::text,
				   coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's'
						ELSE 'r' END::"char", relowner))
			  FROM pg_class
			 WHERE relnamespace = '_v'::regnamespace
			   AND relkind IN ('r', 'v', 'S')
			UNION ALL
			SELECT 'function', oid::regprocedure::text,
				   coalesce(proacl, acldefault('f', proowner))
			  FROM pg_proc WHERE pronamespace = '_v'::regnamespace
			UNION ALL
			SELECT 'schema', nspname,
				   coalesce(nspacl, acldefault('n', nspowner))
			  FROM pg_namespace WHERE nspname = '_v') AS o (class, what, acl),
		   aclexplode(acl) AS a) AS all_of_them (line)};

for my $user (undef, $owner)
{
	my $who = $user ? 'a role' : 'a superuser';

	for my $database ($plain, $granted)
	{
		value('postgres', "GRANT CREATE ON DATABASE $database TO $owner");
	}
	value($granted, qq{
		ALTER DEFAULT PRIVILEGES $_
			GRANT ALL ON TABLES TO $app, $owner;
		ALTER DEFAULT PRIVILEGES $_
			GRANT ALL ON SEQUENCES TO $app, PUBLIC;
		ALTER DEFAULT PRIVILEGES $_
			REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
		ALTER DEFAULT PRIVILEGES $_
			GRANT EXECUTE ON FUNCTIONS TO $app}, user => $user)
	  for '', ($user ? () : "FOR ROLE $owner");
	value($granted, qq{
		ALTER DEFAULT PRIVILEGES GRANT ALL ON SCHEMAS TO $app, PUBLIC},
		user => $user);
	for my $database ($plain, $granted)
	{
		value($database, 'CREATE EXTENSION versioning', user => $user);
	}
	is(value($granted, $grants), value($plain, $grants),
		"$who: default privileges make no difference");
	fails($granted, $_, qr/42501: permission denied/, "$who: $_", user => $app)
	  for
	  q{INSERT INTO _v.history (event, happened_at) VALUES ('x', now())},
	  'DELETE FROM _v.changes',
	  q{INSERT INTO _v.patches VALUES ('x', now(), 'x')},
	  q{SELECT setval('_v.history_id_seq', 9223372036854775807)},
	  q{SELECT nextval('_v.changes_id_seq')},
	  'CREATE TABLE _v.mine ()';
	for my $database ($plain, $granted)
	{
		value($database, 'DROP EXTENSION versioning', user => $user);
	}
}

# A role that may read all tables of the application dumps the database.

{
	my $database = database('dumped');
	my $reader = role('reader');
	value($database, "CREATE TABLE public.t (a int);
					  GRANT SELECT ON public.t TO $reader");
	my ($status, undef, $errors) = run('pg_dump', '-U', $reader, $database);
	is("$status$errors", '0', 'who may read all tables dumps them');
	value($database, "CREATE EXTENSION versioning;
		CREATE EVENT TRIGGER versioning_changes ON ddl_command_end
			EXECUTE FUNCTION _v.record_changes();
		SELECT _v.register_patch('a'); CREATE TABLE public.u (a int);
		GRANT SELECT ON public.u TO $reader");
	($status, undef, $errors) = run('pg_dump', '-U', $reader, $database);
	is("$status$errors", '0', 'and goes on doing so with the extension');
}

# depesz's installer, run once more, as some do at every start

for my $user (undef, $owner)
{
	my $who = $user ? 'a role' : 'a superuser';
	my $database = database('again_' . ($user ? 'role' : 'super'));
	my $functions = q{
		SELECT string_agg(oid::text || prosrc, ' ' ORDER BY oid)
		  FROM pg_proc WHERE pronamespace = '_v'::regnamespace};

	open my $script, '<', "$FindBin::Bin/../originals/new.sql" or die;
	my $installer = do { local $/; <$script> };
	$installer =~ s/CREATE FUNCTION/CREATE OR REPLACE FUNCTION/g;
	$installer =~ s/CREATE (SCHEMA|TABLE)/CREATE $1 IF NOT EXISTS/g;

	value('postgres', "GRANT CREATE ON DATABASE $database TO $owner");
	value($database, "CREATE EXTENSION versioning;
					  SELECT _v.register_patch('a')", user => $user);
	my $before = value($database, $functions);
	fails($database, $installer,
		qr/42P13: cannot remove parameter defaults|42501: must be owner of/,
		"$who: it fails", user => $user);
	my (undef, undef, $errors) = psql($database,
		"\\set ON_ERROR_STOP 0\n$installer", user => $user);
	like($errors, qr/ERROR/, "$who: also if it goes on after errors");
	is(value($database, $functions), $before, "$who: and changes nothing");
	value($database, "SELECT _v.register_patch('b')", user => $user);
	is(value($database, 'SELECT count(*) FROM _v.history'), 2,
		"$who: history goes on");
}

done_testing();
