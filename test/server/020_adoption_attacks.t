#!/usr/bin/perl

# CREATE EXTENSION runs its script as a superuser. Whatever somebody has put into
# its way, no code of his runs, and nothing of his becomes part of the extension.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Scratch;
use Test::More;

my $attacker = role('attacker');
my $victim = role('victim');
my $quoted = role(q{a"tt%s'acker});
my $quoted_sql = q{"versioning_test_020_adoption_attacks_a""tt%s'acker"};
my $number = 0;

# A function body that makes the attacker a superuser, should one run it.
my $payload = qq{BEGIN
	BEGIN
		EXECUTE 'ALTER ROLE $attacker SUPERUSER';
	EXCEPTION WHEN insufficient_privilege THEN
		NULL;
	END;
	%s
END};

sub payload
{
	my ($return) = @_;
	return '$payload$' . sprintf($payload, $return) . '$payload$';
}

# Nothing has run as a superuser.
sub unharmed
{
	my ($name) = @_;
	is(
		value('postgres',
			"SELECT count(*) FROM pg_roles
			  WHERE rolsuper AND rolname LIKE 'versioning_test%'"),
		0, "$name: the attacker is no superuser");
	value('postgres', "ALTER ROLE $attacker NOSUPERUSER");
	return;
}

# A database in which the attacker may create.
sub prey
{
	my $database = database(++$number);
	value('postgres',
		"GRANT CREATE ON DATABASE $database TO $attacker, $victim, $quoted_sql");
	value($database, "GRANT CREATE ON SCHEMA public TO $attacker");
	return $database;
}

# Prepared is a script that the attacker (or a superuser, to give him what he
# needs) runs before the victim or a superuser runs CREATE EXTENSION, which must
# refuse, naming him and his object.
sub refused
{
	my ($name, $object, $by, @scripts) = @_;

	my $database = prey();
	while (my ($user, $script) = splice @scripts, 0, 2)
	{
		value($database, $script,
			user => $user eq 'super' ? undef : $user);
	}
	my $before = inventory($database);
	fails($database, 'CREATE EXTENSION versioning',
		qr/ERROR:  42501: .*schema _v.*\Q$object\E belongs to \Q$attacker\E.*HINT: .*OWNER TO/s,
		$name, user => $by);
	is(inventory($database), $before, "$name: nothing has changed");
	unharmed($name);
	return;
}

# What there is in _v, and what of it is in the extension.
sub inventory
{
	my ($database) = @_;
	return value($database, q{
		SELECT string_agg(what, E'\n' ORDER BY what) FROM (
		SELECT concat_ws(' ', oid, relname, relowner, relacl) FROM pg_class
		 WHERE relnamespace::regnamespace::text = '_v'
		UNION ALL
		SELECT concat_ws(' ', oid, proname, proowner, proacl, prosrc)
		  FROM pg_proc WHERE pronamespace::regnamespace::text = '_v'
		UNION ALL
		SELECT concat_ws(' ', oid, nspname, nspowner, nspacl)
		  FROM pg_namespace WHERE nspname = '_v'
		UNION ALL SELECT extname FROM pg_extension) AS found (what)});
}

my $schema = 'CREATE SCHEMA _v';
my $original = do {
	open my $script, '<', "$FindBin::Bin/../originals/old.sql" or die;
	local $/;
	<$script>;
};

# A schema that waits for somebody

refused('an empty schema waits for a superuser',
	'schema _v', undef, $attacker, $schema);
refused('an empty schema waits for another role',
	'schema _v', $victim, $attacker, $schema);
refused('a whole Versioning waits for a superuser',
	'table _v.patches', undef, $attacker, $original);
refused(
	'a whole Versioning with a trigger waits for a superuser',
	'table _v.patches',
	undef, $attacker,
	"$original;
	 CREATE FUNCTION _v.f() RETURNS trigger LANGUAGE plpgsql AS "
	  . payload('RETURN NEW;') . ';
	 CREATE TRIGGER t BEFORE INSERT OR UPDATE OR DELETE ON _v.patches
		FOR EACH ROW EXECUTE FUNCTION _v.f()');

# One object in a superuser's, or the victim's, Versioning

my $open = "GRANT ALL ON SCHEMA _v TO $attacker;
			GRANT ALL ON _v.patches TO $attacker";
for my $by (undef, $victim)
{
	my $owner = $by // 'super';
	my $who = $by ? 'a role' : 'a superuser';

	refused("$who: a table", 'table _v.t', $by, $owner, "$original; $open",
		$attacker, 'CREATE TABLE _v.t (x int)');
	refused("$who: a view", 'view _v.t', $by, $owner, "$original; $open",
		$attacker, 'CREATE VIEW _v.t AS SELECT 1');
	refused("$who: a sequence", 'sequence _v.t', $by, $owner,
		"$original; $open", $attacker, 'CREATE SEQUENCE _v.t');
	refused("$who: a function", 'function _v.try_register_patch(text,text[],text[])',
		$by, $owner, "$original; $open", $attacker,
		'CREATE FUNCTION _v.try_register_patch(text, text[], text[])
		 RETURNS boolean LANGUAGE plpgsql AS '
		  . payload('RETURN true;'));
	refused("$who: an aggregate", 'function _v.agg(integer)',
		$by, $owner, "$original; $open", $attacker,
		'CREATE AGGREGATE _v.agg(int) (SFUNC = int4pl, STYPE = int)');
	refused("$who: an operator", 'operator _v.=(text,text)', $by, $owner,
		"$original; $open", $attacker,
		'CREATE FUNCTION public.f(text, text) RETURNS boolean
		 LANGUAGE plpgsql AS ' . payload('RETURN true;') . ';
		 CREATE OPERATOR _v.= (FUNCTION = public.f, LEFTARG = text,
							   RIGHTARG = text)');
	refused("$who: a type", 'type _v.text', $by, $owner, "$original; $open",
		$attacker, 'CREATE DOMAIN _v.text AS pg_catalog.text');
	refused("$who: an enum", 'type _v.e', $by, $owner, "$original; $open",
		$attacker, q{CREATE TYPE _v.e AS ENUM ('a')});
	refused(
		"$who: a trigger on the table, its function in another schema",
		'function public.f()',
		$by, $owner, "$original; $open", $attacker,
		'CREATE FUNCTION public.f() RETURNS trigger LANGUAGE plpgsql AS '
		  . payload('RETURN NEW;') . ';
		 CREATE TRIGGER t BEFORE INSERT OR UPDATE OR DELETE ON _v.patches
			FOR EACH ROW EXECUTE FUNCTION public.f()');
	refused(
		"$who: a trigger on the table, with a condition that runs code",
		'function public.f(text)',
		$by, $owner, "$original; $open", $attacker,
		'CREATE FUNCTION public.f(pg_catalog.text) RETURNS boolean
			LANGUAGE plpgsql AS ' . payload('RETURN false;') . ';
		 CREATE TRIGGER t BEFORE INSERT ON _v.patches FOR EACH ROW
			WHEN (public.f(new.patch_name))
			EXECUTE FUNCTION tsvector_update_trigger()');
	refused("$who: the table", 'table _v.patches', $by, $owner,
		"$schema; GRANT ALL ON SCHEMA _v TO $attacker", $attacker,
		'CREATE TABLE _v.patches (patch_name text PRIMARY KEY,
			applied_tsz timestamptz NOT NULL DEFAULT now(),
			applied_by text NOT NULL, requires text[], conflicts text[])');
}

# The hint helps: when all of it is the superuser's, it can be taken over.

{
	my $database = prey();
	value($database, $original, user => $victim);
	value($database, "SELECT _v.register_patch('a')", user => $victim);
	fails($database, 'CREATE EXTENSION versioning',
		qr/42501: .*DETAIL: (?=.*schema _v belongs to $victim\n)(?=.*table _v\.patches belongs to $victim\n).*HINT: .*ALTER \.\.\. OWNER TO postgres;/s,
		'what belongs to another role, who means no harm');
	value($database, q{
		ALTER SCHEMA _v OWNER TO postgres;
		ALTER TABLE _v.patches OWNER TO postgres;
		ALTER FUNCTION _v.register_patch(text) OWNER TO postgres;
		ALTER FUNCTION _v.register_patch(text, text[]) OWNER TO postgres;
		ALTER FUNCTION _v.register_patch(text, text[], text[]) OWNER TO postgres;
		ALTER FUNCTION _v.unregister_patch(text) OWNER TO postgres;});
	succeeds($database,
		"CREATE EXTENSION versioning; SELECT _v.register_patch('b', '{a}')",
		'is taken over after the ALTER ... OWNER TO of the hint');
}

# Things around it: they must not matter.

{
	my $database = prey();
	my $traps = join ";\n",
	  'CREATE FUNCTION %1$s.f(text, text) RETURNS boolean LANGUAGE plpgsql AS '
	  . payload('RETURN true;'),
	  'CREATE FUNCTION %1$s.f(oid, oid) RETURNS boolean LANGUAGE plpgsql AS '
	  . payload('RETURN true;'),
	  'CREATE FUNCTION %1$s.f(name, text) RETURNS boolean LANGUAGE plpgsql AS '
	  . payload('RETURN true;'),
	  'CREATE FUNCTION %1$s.c(text, text) RETURNS text LANGUAGE plpgsql AS '
	  . payload('RETURN $1;'),
	  'CREATE OPERATOR %1$s.= (FUNCTION = %1$s.f, LEFTARG = text, RIGHTARG = text)',
	  'CREATE OPERATOR %1$s.= (FUNCTION = %1$s.f, LEFTARG = oid, RIGHTARG = oid)',
	  'CREATE OPERATOR %1$s.= (FUNCTION = %1$s.f, LEFTARG = name, RIGHTARG = text)',
	  'CREATE OPERATOR %1$s.<> (FUNCTION = %1$s.f, LEFTARG = oid, RIGHTARG = oid)',
	  'CREATE OPERATOR %1$s.|| (FUNCTION = %1$s.c, LEFTARG = text, RIGHTARG = text)',
	  map({ "CREATE FUNCTION %1\$s.$_ LANGUAGE plpgsql AS " . payload('RETURN NULL;') }
		'format(text, text) RETURNS text',
		'format(text, name) RETURNS text',
		'pg_get_userbyid(oid) RETURNS name',
		'to_regnamespace(text) RETURNS regnamespace',
		'to_regclass(text) RETURNS regclass',
		'to_regprocedure(text) RETURNS regprocedure',
		'pg_extension_config_dump(regclass, text) RETURNS void',
		'acldefault("char", oid) RETURNS aclitem[]',
		'quote_ident(name) RETURNS text',
		'now() RETURNS timestamptz'),
	  'CREATE TABLE %1$s.pg_extension (extname name, extowner oid)',
	  'CREATE TABLE %1$s.pg_namespace (oid oid, nspname name, nspowner oid)',
	  'CREATE DOMAIN %1$s.text AS pg_catalog.text';

	value($database, 'CREATE SCHEMA evil', user => $attacker);
	value($database,
		'SET check_function_bodies = off; ' . sprintf($traps, 'evil'),
		user => $attacker);
	value($database, 'GRANT USAGE ON SCHEMA evil TO PUBLIC',
		user => $attacker);
	value('postgres',
		"ALTER DATABASE $database SET search_path = evil, public, pg_catalog"
	);
	value($database,
		"ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC;
		 ALTER DEFAULT PRIVILEGES GRANT ALL ON SCHEMAS TO PUBLIC;",
		user => $attacker);

	succeeds($database,
		"CREATE EXTENSION versioning;
		 SELECT _v.register_patch('a'::pg_catalog.text);
		 SELECT _v.unregister_patch('a'::pg_catalog.text);
		 DROP EXTENSION versioning",
		'a search_path full of traps');
	unharmed('a search_path full of traps');

	value($database, "SET search_path = pg_catalog; $original");
	succeeds($database, 'CREATE EXTENSION versioning',
		'a search_path full of traps, and a _v to adopt');
	unharmed('a search_path full of traps, and a _v to adopt');
	is(
		value($database, q{
			SELECT pg_catalog.string_agg(nspacl::pg_catalog.text, '')
			  FROM pg_catalog.pg_namespace
			 WHERE nspname OPERATOR(pg_catalog.=) '_v'}),
		'{postgres=UC/postgres}',
		'the grants on the schema are what they were');

	# The traps do snap: the same name, without our care.
	my ($status) = psql($database,
		"BEGIN; SELECT 'a'::pg_catalog.text OPERATOR(evil.=) 'a'::pg_catalog.text;
		 COMMIT");
	is(
		value('postgres',
			"SELECT rolsuper FROM pg_roles WHERE rolname = '$attacker'"),
		't', 'a superuser who falls into the trap makes one');
	value('postgres', "ALTER ROLE $attacker NOSUPERUSER");
}

# The session's own pg_temp: the victim runs a script of somebody, and then
# CREATE EXTENSION.

{
	my $database = prey();
	succeeds($database, q{
		SET check_function_bodies = off;
		CREATE TEMPORARY TABLE pg_extension (extname name, extowner oid);
		CREATE TEMPORARY TABLE patches (patch_name int);
		CREATE DOMAIN pg_temp.text AS pg_catalog.text CHECK (false);
		CREATE DOMAIN pg_temp.int4 AS pg_catalog.int4 CHECK (false);
		SET search_path = pg_temp, pg_catalog;
		CREATE EXTENSION versioning;
		SELECT _v.register_patch('a'::pg_catalog.text);},
		'pg_temp comes first, with tables and types of these names');
	is(value($database, 'SELECT count(*) FROM _v.patches'), 1,
		'and the register is the register');
}

# A role whose name needs quotes

{
	my $database = prey();
	my $role = q{versioning_test_020_adoption_attacks_a"tt%s'acker};
	succeeds($database, $original, 'a role with an odd name has a Versioning',
		user => $role);
	succeeds($database,
		"CREATE EXTENSION versioning; SELECT _v.register_patch('a')",
		'and adopts it', user => $role);
	is(value($database, 'SELECT applied_by FROM _v.patches'), $role,
		'and registers under its name');
	unharmed('a role with an odd name');
}
{
	my $database = prey();
	my $role = q{versioning_test_020_adoption_attacks_a"tt%s'acker};
	(my $quoted = $role) =~ s/"/""/;
	value($database, $schema, user => $role);
	fails($database, 'CREATE EXTENSION versioning',
		qr/42501: .*schema _v belongs to "\Q$quoted\E"/s,
		'a schema of a role with an odd name');
	unharmed('a schema of a role with an odd name');
}

done_testing();
