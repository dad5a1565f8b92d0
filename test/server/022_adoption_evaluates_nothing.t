#!/usr/bin/perl

# Whatever the owner of a schema _v has put on the table in it, CREATE EXTENSION
# runs none of it with more rights than his; and a superuser to whom the table
# was given takes over nobody else's code with it.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Scratch;
use Test::More;

my $attacker = role('attacker');
my $number = 0;

# Two functions, as many as it takes: an immutable one may not do it itself.
my $functions = qq{
	${\climb($attacker)}
	CREATE FUNCTION public.f(int) RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS
		'BEGIN PERFORM public.climb(); RETURN true; END';
	CREATE FUNCTION public.t(text) RETURNS text IMMUTABLE LANGUAGE plpgsql AS
		'BEGIN PERFORM public.climb(); RETURN \$1; END';
	CREATE FUNCTION public.row() RETURNS trigger LANGUAGE plpgsql AS
		'BEGIN PERFORM public.climb(); RETURN NEW; END';
	CREATE FUNCTION public.f(text, text) RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS
		'BEGIN PERFORM public.climb(); RETURN true; END';
	CREATE OPERATOR public.=== (FUNCTION = public.f, LEFTARG = text,
		RIGHTARG = text);
	CREATE DOMAIN public.d AS text CHECK (public.f(1));
	CREATE DOMAIN public.dd AS public.d;
	CREATE TYPE public.pair AS (one public.d, two text);};

# What may be on the table, and what of it the error names
my %additions = (
	'the condition of an index' =>
	  [ 'CREATE INDEX evil ON _v.patches (applied_by) WHERE public.f(1)',
		'function public.f(integer)' ],
	'the condition of the index that we make' => [
		'CREATE INDEX patches_requires_idx ON _v.patches USING gin (requires)
			WHERE public.f(1)', 'function public.f(integer)' ],
	'the expression of an index' =>
	  [ 'CREATE INDEX evil ON _v.patches (public.t(applied_by))',
		'function public.t(text)' ],
	'an index by an operator' => [
		q{CREATE INDEX evil ON _v.patches (patch_name)
			WHERE patch_name OPERATOR(public.===) 'a'},
		'operator public.===(text,text)' ],
	'a check constraint' =>
	  [ 'ALTER TABLE _v.patches ADD CHECK (public.f(1))',
		'function public.f(integer)' ],
	'a check constraint that was never checked' =>
	  [ 'ALTER TABLE _v.patches ADD CHECK (public.t(patch_name) <> NULL) NOT VALID',
		'function public.t(text)' ],
	'the default of an added column' =>
	  [ q{ALTER TABLE _v.patches ADD note text;
		  ALTER TABLE _v.patches ALTER note SET DEFAULT public.t('x')},
		'function public.t(text)' ],
	'the default of our column' =>
	  [ q{ALTER TABLE _v.patches ALTER applied_by SET DEFAULT public.t('x')},
		'function public.t(text)' ],
	'a generated column' => [
		'ALTER TABLE _v.patches ADD note text GENERATED ALWAYS AS
			(public.t(patch_name)) STORED', 'function public.t(text)' ],
	'a column of a domain' =>
	  [ 'ALTER TABLE _v.patches ADD note public.d', 'function public.f(integer)' ],
	'a column of a domain over a domain' =>
	  [ 'ALTER TABLE _v.patches ADD note public.dd',
		'function public.f(integer)' ],
	'a column of an array of a domain' =>
	  [ 'ALTER TABLE _v.patches ADD note public.d[]',
		'function public.f(integer)' ],
	'a column of a composite type' =>
	  [ 'ALTER TABLE _v.patches ADD note public.pair',
		'function public.f(integer)' ],
	'extended statistics' => [
		'CREATE STATISTICS _v.evil ON (public.t(patch_name)), applied_by
			FROM _v.patches', 'function public.t(text)' ],
	'a policy' => [
		'CREATE POLICY evil ON _v.patches USING (public.f(1))
			WITH CHECK (public.f(1));
		 ALTER TABLE _v.patches ENABLE ROW LEVEL SECURITY;
		 ALTER TABLE _v.patches FORCE ROW LEVEL SECURITY',
		'function public.f(integer)' ],
	'a rule' => [
		'CREATE RULE evil AS ON INSERT TO _v.patches
			DO ALSO SELECT public.f(1)', 'function public.f(integer)' ],
	'a trigger' => [
		'CREATE TRIGGER evil BEFORE INSERT OR UPDATE OR DELETE ON _v.patches
			FOR EACH ROW EXECUTE FUNCTION public.row()',
		'function public."row"()' ],
	'the condition of a trigger' => [
		'CREATE TRIGGER evil BEFORE INSERT ON _v.patches FOR EACH ROW
			WHEN (public.f(1)) EXECUTE FUNCTION suppress_redundant_updates_trigger()',
		'function public.f(integer)' ],
	'an exclusion constraint' => [
		'ALTER TABLE _v.patches ADD EXCLUDE USING hash
			(public.t(patch_name) WITH =) WHERE (public.f(1))',
		'function public.f(integer)' ]);

# A database with his Versioning and patches in it, all of it the attacker's
sub prey
{
	my $database = database(++$number);

	value('postgres', "GRANT CREATE ON DATABASE $database TO $attacker");
	value($database, "GRANT CREATE ON SCHEMA public TO $attacker");
	original($database, 'new', user => $attacker);
	value($database, "SELECT _v.register_patch('a');
					  SELECT _v.register_patch('b', '{a}');
					  SET client_min_messages = error; $functions",
		user => $attacker);
	return $database;
}

# Is the attacker still none?
sub unharmed
{
	my ($name) = @_;

	is(value('postgres', "SELECT rolsuper FROM pg_roles
						   WHERE rolname = '$attacker'"),
		'f', "$name: the attacker is no superuser");
	value('postgres', "ALTER ROLE $attacker NOSUPERUSER");
	return;
}

for my $name (sort keys %additions)
{
	my ($addition, $named) = @{ $additions{$name} };
	my $database = prey();

	# The attacker himself
	value($database, $addition, user => $attacker);
	my ($status, undef, $errors) =
	  psql($database, 'CREATE EXTENSION versioning', user => $attacker);
	is("$status$errors", '0', "$name: is adopted with the rest");
	unharmed($name);
	value($database, 'DROP EXTENSION versioning', user => $attacker)
	  if $status == 0;

	# A superuser who has followed the hint of the error: all in the schema is
	# his, what is outside of it is not.
	$database = prey();
	value($database, $addition, user => $attacker);
	value($database, "DO \$\$
		DECLARE object text;
		BEGIN
			FOR object IN
				SELECT 'SCHEMA _v'
				UNION ALL SELECT 'TABLE _v.patches'
				UNION ALL
				SELECT 'FUNCTION ' || oid::regprocedure FROM pg_proc
				 WHERE pronamespace = '_v'::regnamespace
				UNION ALL
				SELECT 'STATISTICS _v.' || stxname FROM pg_statistic_ext
				 WHERE stxnamespace = '_v'::regnamespace
			LOOP
				EXECUTE 'ALTER ' || object || ' OWNER TO postgres';
			END LOOP;
		END\$\$");
	fails($database, 'CREATE EXTENSION versioning',
		qr/42501: schema _v holds what belongs to another user.*\Q$named\E belongs to \Q$attacker\E/s,
		"$name: a superuser does not adopt it");
	unharmed("$name, given to a superuser");
}

# What is the superuser's own, or came with PostgreSQL, is no obstacle.

{
	my $database = database('own');
	original($database, 'new');
	value($database, q{
		CREATE FUNCTION public.t(text) RETURNS text IMMUTABLE LANGUAGE sql AS
			'SELECT $1';
		CREATE INDEX ON _v.patches (public.t(applied_by));
		CREATE INDEX ON _v.patches (lower(applied_by)) WHERE applied_by ~ 'x';
		ALTER TABLE _v.patches ADD note text DEFAULT 'x' || random();
		CREATE TABLE public.mine (p text REFERENCES _v.patches)});
	succeeds($database, 'CREATE EXTENSION versioning',
		'functions of a superuser, and those of PostgreSQL, are adopted');
}

done_testing();
