# A cluster for one test alone, removed at its end. Unless it is started, all
# goes to the one that the environment names.

package OwnCluster;

use strict;
use warnings;

use Exporter qw(import);
use File::Basename qw(dirname);
use Postmaster qw(start_postmaster stop_postmaster complaints);
use Scratch;

our @EXPORT = qw($directory $bindir $step_down make_cluster start stop wait_until);

# The server refuses to run as root, so all that touches its data goes through
# this.
our $step_down = dirname(__FILE__) . '/../harness/step-down';
our $bindir = value('postgres',
	q{SELECT setting FROM pg_config WHERE name = 'BINDIR'});

# Where the clusters are, and their socket
our $directory = output('mktemp', '-d', "$ENV{TMPDIR}/own.XXXXXX");
my $running;    # the process of the one that runs

# What a program prints; dies if it fails.
sub output
{
	my @command = @_;
	my ($status, $output, $errors) = run($step_down, @command);

	die "@command failed:\n$errors" if $status != 0;
	chomp $output;
	return $output;
}

sub make_cluster
{
	my ($name) = @_;
	output("$bindir/initdb", '--no-sync', '--auth=trust',
		'--username=postgres', '--encoding=UTF8', '--locale=C', '--pgdata',
		"$directory/$name");
	output('sh', '-c', 'printf "%s\n" "$2" >>"$1/postgresql.conf"', 'sh',
		"$directory/$name", <<"END");
listen_addresses = ''
unix_socket_directories = '$directory'
port = $ENV{PGPORT}
wal_level = logical
fsync = off
END
	return;
}

# Starts a cluster, which is the one that all goes to from now on.
sub start
{
	my ($name) = @_;
	$running = start_postmaster("$directory/$name", "$directory/log",
		$step_down, "$bindir/postgres")
	  or die "cannot start a cluster:\n", complaints("$directory/log");
	$ENV{PGHOST} = $directory;
	return;
}

sub stop
{
	return unless $running;
	stop_postmaster($running, 'INT');
	undef $running;
	return;
}

# Waits until a condition holds, and returns whether it does.
sub wait_until
{
	my ($database, $condition) = @_;
	for (1 .. 600)
	{
		return 1 if value($database, $condition) eq 't';
		select undef, undef, undef, 0.1;
	}
	return 0;
}

# Before Scratch drops what is in the other one
END
{
	my $exit = $?;
	stop();
	run($step_down, 'rm', '-rf', $directory) if $directory;
	$? = $exit;
}

1;
