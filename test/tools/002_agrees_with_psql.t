# list-dependencies says of each fixture what psql really does with it.
#
# Needs a server that it can reach with the environment's PGHOST and PGPORT, a
# throw-away one, and a role there that may create databases.  In a database
# of its own, functions stand in for those of the extension, which do nothing
# but take down what they are called with.

use strict;
use warnings;

use File::Temp qw(tempdir);
use FindBin;
use lib "$FindBin::Bin/../lib";
use Fixtures;
use IPC::Run ();
use Program;
use Test::More;

my $database = "list_dependencies_$$";
my $created = 0;

# What a file registers and the program says that it cannot know, or knows
# to be refused by the extension only.
my %not_compared = (
	'a database before the schema' => 'needs a database of that name',
	map { $_ => 'is not read, with a warning' } (
		'a registration that EXECUTE runs is warned about',
		'a registration that a loop over EXECUTE runs is warned about',
		'what \gexec runs is warned about'));

$not_compared{'commands of a pipeline drop the query before them'} =
  'psql has it since version 18'
  if `psql --version` =~ / (\d+)/ && $1 < 18;

# Run psql on this database; returns what it prints.
sub psql
{
	my ($name, @arguments) = @_;
	my ($out, $err) = ('', '');

	IPC::Run::run([ 'psql', '-X', '-q', '-A', '-t', '-d', $name, @arguments ],
		'<', \'', '>', \$out, '2>', \$err);
	return ($? >> 8, $out, $err);
}

plan skip_all => 'PGHOST does not say where a throw-away server is'
  unless $ENV{PGHOST};
my $maintenance = $ENV{PGDATABASE} || 'postgres';
my ($failed, undef, $why) =
  psql($maintenance, '-c',
	"CREATE DATABASE $database TEMPLATE template0 ENCODING 'UTF8'");
plan skip_all => "no database can be created there: $why" if $failed;

$created = 1;

END
{
	local $?;
	psql($maintenance, '-c', "DROP DATABASE $database") if $created;
}

my $body = <<'SQL';
AS $$
BEGIN
	INSERT INTO public.calls (name, requirements) VALUES ($1, $2);
	RETURN;
END
$$ LANGUAGE plpgsql
SQL
(my $true_body = $body) =~ s/RETURN;/RETURN true;/;
(my $short_body = $body) =~ s/\$2/NULL/;
my $stand_ins = <<"SQL";
SET client_min_messages = error;
DROP SCHEMA IF EXISTS _v CASCADE;
DROP TABLE IF EXISTS public.calls;
CREATE TABLE public.calls (n serial, name text, requirements text[]);
CREATE SCHEMA _v;
CREATE FUNCTION _v.register_patch(in_patch_name text)
	RETURNS SETOF int $short_body;
CREATE FUNCTION _v.register_patch(in_patch_name text,
	in_requirements text[]) RETURNS SETOF int $body;
CREATE FUNCTION _v.register_patch(in_patch_name text,
	in_requirements text[], in_conflicts text[]) RETURNS SETOF int $body;
CREATE FUNCTION _v.try_register_patch(in_patch_name text,
	in_requirements text[] DEFAULT NULL, in_conflicts text[] DEFAULT NULL)
	RETURNS boolean $true_body;
CREATE FUNCTION _v.unregister_patch(in_patch_name text) RETURNS SETOF int
	AS 'BEGIN RETURN; END' LANGUAGE plpgsql;
SQL

# What was called, as list-dependencies would print it.
my $calls = <<'SQL';
SELECT string_agg(name || ' ' || other, E'\n' ORDER BY n, i)
FROM public.calls,
	LATERAL (
		SELECT i, requirements[i] FROM generate_subscripts(requirements, 1) i
		UNION ALL
		SELECT 2147483647, name
		WHERE coalesce(cardinality(requirements), 0) % 2 = 0
	) pair (i, other)
SQL

$ENV{PGCLIENTENCODING} = 'UTF8';
$ENV{PGOPTIONS} = '-c client_min_messages=error';
chdir tempdir(CLEANUP => 1) or die "could not enter a new directory: $!";

my @cases = Fixtures::write_all('.');
my %is_case = map { $_->{name} => 1 } @cases;
foreach my $name (keys %not_compared)
{
	die "no case has this name: $name\n" unless $is_case{$name};
}

foreach my $case (@cases)
{
	my $name = "$case->{subject}: $case->{name}";
	my $why_not = $not_compared{ $case->{name} };

  SKIP:
	{
		skip "$name: $why_not", 1 if $why_not;
		my ($status, $printed, $complaints) = Program::run($case->{file});
		skip "$name: has what cannot be known", 1 if $status != 0;

		my ($bad, undef, $why_bad) = psql($database, '-c', $stand_ins);
		die "could not make the stand-ins: $why_bad" if $bad;
		psql($database, '-f', $case->{file});
		my (undef, $called) = psql($database, '-c', $calls);
		$called = '' if $called eq "\n";
		is($printed, $called, $name);
	}
}

done_testing();
