# Databases and roles for one test, dropped at its end, and psql to use them.
#
# The cluster is the one that the environment names (PGHOST, PGPORT, PGUSER, a
# superuser).

package Scratch;

use strict;
use warnings;

use Exporter qw(import);
use File::Basename qw(basename dirname);
use IPC::Run ();
use Test::More ();

our @EXPORT = qw(database role psql value succeeds fails original run climb);

my $test = basename($0, '.t') =~ s/\W/_/gr;
my @databases;
my @roles;

# Something that hangs is a failure, which is to be told. No script takes a
# tenth of this.
use constant PATIENCE => 900;
$SIG{ALRM} = sub { die "this takes longer than ${\PATIENCE} seconds\n" };
alarm PATIENCE;

# The directory with what depesz's install scripts leave behind.
my $originals = dirname(__FILE__) . '/../originals';

# Creates a database and returns its name. Further arguments are createdb's.
sub database
{
	my ($name, @options) = @_;
	my $database = "versioning_test_${test}_$name";

	push @databases, $database;
	psql('postgres', 'DROP DATABASE IF EXISTS ' . quote($database));
	system_or_die('createdb', @options, $database);
	return $database;
}

# Creates a role that may log in, with these options of CREATE ROLE, and returns
# its name.
sub role
{
	my ($name, $options) = @_;
	my $role = "versioning_test_${test}_$name";

	push @roles, $role;
	psql('postgres', 'DROP ROLE IF EXISTS ' . quote($role));
	value('postgres',
		'CREATE ROLE ' . quote($role) . ' LOGIN ' . ($options // ''));
	return $role;
}

sub quote
{
	my ($name) = @_;
	return '"' . $name =~ s/"/""/gr . '"';
}

# Runs psql on a script and returns its exit status, what it printed, and what
# it said on standard error, with SQLSTATEs. Options: user.
sub psql
{
	my ($database, $script, %options) = @_;
	my ($output, $errors) = ('', '');
	my @user = $options{user} ? ('-U', $options{user}) : ();

	IPC::Run::run(
		[
			qw(psql -X -q -A -t -v ON_ERROR_STOP=1 -v VERBOSITY=verbose),
			@user, '-d', $database, '-f', '-'
		],
		'<', \$script, '>', \$output, '2>', \$errors);
	my $status = $? >> 8;
	chomp $output;
	return ($status, $output, $errors);
}

# What a script prints; dies if it fails.
sub value
{
	my ($database, $script, %options) = @_;
	my ($status, $output, $errors) = psql($database, $script, %options);

	die "psql failed:\n$script\n$errors" if $status != 0;
	return $output;
}

# Passes if the script succeeds.
sub succeeds
{
	my ($database, $script, $name, %options) = @_;
	my ($status, $output, $errors) = psql($database, $script, %options);

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return Test::More::is($status, 0, $name)
	  || Test::More::diag("$script\n$errors");
}

# Passes if the script fails with what the pattern matches.
sub fails
{
	my ($database, $script, $pattern, $name, %options) = @_;
	my ($status, $output, $errors) = psql($database, $script, %options);

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	Test::More::isnt($status, 0, $name) || Test::More::diag($script);
	return Test::More::like($errors, $pattern, "$name: what it says");
}

# Puts depesz's Versioning, 'old' or 'new', into a database. Options: user.
sub original
{
	my ($database, $variant, %options) = @_;

	open my $script, '<', "$originals/$variant.sql"
	  or die "cannot read $originals/$variant.sql: $!\n";
	local $/;
	return value($database, <$script>, %options);
}

# SQL that makes a function public.climb(): whatever calls it with the rights of
# a superuser makes the role one. It is volatile, for an immutable function may
# not do that itself, but may call it.
sub climb
{
	my ($role) = @_;

	return qq{
		CREATE FUNCTION public.climb() RETURNS void LANGUAGE plpgsql AS
			\$\$BEGIN
				IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
					EXECUTE 'ALTER ROLE $role SUPERUSER';
				END IF;
			END\$\$;};
}

# Runs a command and returns its exit status, and its two outputs.
sub run
{
	my @command = @_;
	my ($output, $errors) = ('', '');

	IPC::Run::run(\@command, '<', \'', '>', \$output, '2>', \$errors);
	return ($? >> 8, $output, $errors);
}

sub system_or_die
{
	my @command = @_;
	my ($status, $output, $errors) = run(@command);

	die "@command failed:\n$errors" if $status != 0;
	return;
}

END
{
	my $status = $?;

	psql('postgres', 'DROP DATABASE IF EXISTS ' . quote($_))
	  for reverse @databases;
	psql('postgres', 'DROP ROLE IF EXISTS ' . quote($_)) for reverse @roles;
	$? = $status;
}

1;
