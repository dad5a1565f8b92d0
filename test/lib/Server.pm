# A PostgreSQL server of one's own below TMPDIR, for what must not be done to the
# one that others use: to kill it, or to run it with other settings. All of it
# runs below test/harness/cluster, which stops what is left and removes it.

package Server;

use strict;
use warnings;

use File::Basename qw(dirname);

use Postmaster qw(start_postmaster stop_postmaster complaints);

my $step_down = dirname(__FILE__) . '/../harness/step-down';

# Makes a server and starts it. The arguments are settings, as names and values.
sub new
{
	my ($class, %settings) = @_;
	my $self = bless {}, $class;

	chomp($self->{directory} =
		  `'$step_down' mktemp -d "\${TMPDIR:-/tmp}/server.XXXXXX"`);
	die "cannot make a directory\n" if !$self->{directory};

	%settings = (
		listen_addresses => '',
		unix_socket_directories => $self->{directory},
		port => 5432,
		fsync => 'off',
		%settings);
	do_quietly($step_down, qw(initdb --no-sync --auth=trust
		  --username=postgres --encoding=UTF8 --locale=C --pgdata),
		"$self->{directory}/data");
	my $file = "$self->{directory}/data/postgresql.conf";
	open my $configuration, '>>', $file or die "cannot write $file: $!\n";
	print $configuration map { "$_ = '$settings{$_}'\n" } sort keys %settings;
	close $configuration or die "cannot write $file: $!\n";

	$self->start or die "cannot start a server:\n", $self->log_complaints;
	return $self;
}

# Starts the server. Returns whether it came up.
sub start
{
	my ($self) = @_;

	stop_postmaster($self->{pid}, 'QUIT') if $self->{pid};
	$self->{pid} = start_postmaster("$self->{directory}/data",
		"$self->{directory}/log", $step_down, 'postgres');
	return defined $self->{pid};
}

# Stops it, and removes what it had.
sub remove
{
	my ($self) = @_;
	stop_postmaster($self->{pid}, 'QUIT');
	do_quietly('rm', '-r', $self->{directory});
	return;
}

# What clients need to find it, for %ENV.
sub environment
{
	my ($self) = @_;
	return (PGHOST => $self->{directory}, PGPORT => 5432,
		PGUSER => 'postgres', PGDATABASE => 'postgres');
}

# The process of the postmaster.
sub pid
{
	my ($self) = @_;
	return $self->{pid};
}

# The last lines of the log that say what is wrong with the server.
sub log_complaints
{
	my ($self) = @_;
	return complaints("$self->{directory}/log");
}

# How long the log is now.
sub log_size
{
	my ($self) = @_;
	return -s "$self->{directory}/log";
}

# The log from a place on, up to another or its end.
sub log_since
{
	my ($self, $from, $to) = @_;
	my $text = '';
	open my $file, '<', "$self->{directory}/log" or return '';
	seek $file, $from, 0;
	read $file, $text, ($to // -s $file) - $from;
	return $text;
}

sub do_quietly
{
	my @command = @_;
	open my $pipe, '-|', 'sh', '-c', 'exec "$@" 2>&1', 'sh', @command
	  or die "cannot run sh: $!\n";
	my $output = do { local $/; <$pipe> } // '';
	close $pipe or die "@command failed:\n$output";
	return;
}

1;
