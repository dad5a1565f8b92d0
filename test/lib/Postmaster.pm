# PostgreSQL servers as children of ours. When one has ended it is we who learn
# that: where nobody else would ask, as in a container whose first process does
# not, what pg_ctl has started is listed for ever, and taken for one that runs.

package Postmaster;

use strict;
use warnings;

use Exporter qw(import);
use POSIX qw(WNOHANG setsid);

our @EXPORT_OK = qw(start_postmaster stop_postmaster is_running complaints);

# How often to look, and how long to wait, in seconds
use constant PAUSE => 0.05;
use constant PATIENCE => 60;

# Starts the server of a data directory with a command, to which the directory
# is added. Returns its process when it takes connections, undef if it does not
# come up; why is in the log.
sub start_postmaster
{
	my ($data, $log, @command) = @_;
	my $pid = fork() // die "cannot fork: $!\n";

	if ($pid == 0)
	{
		setsid();
		open STDIN, '<', '/dev/null';
		open STDOUT, '>>', $log or POSIX::_exit(127);
		open STDERR, '>&', \*STDOUT;
		exec { $command[0] } @command, '-D', $data
		  or print STDERR "cannot run $command[0]: $!\n";
		POSIX::_exit(127);
	}
	for (1 .. PATIENCE / PAUSE)
	{
		my ($file) = slurp("$data/postmaster.pid");

		return $pid if $file =~ /\A$pid\n.*^(?:ready|standby)\s*$/ms;
		return if waitpid($pid, WNOHANG) == $pid;
		select undef, undef, undef, PAUSE;
	}
	stop_postmaster($pid, 'KILL');
	return;
}

# Sends a server a signal, and waits until it has ended, for so many seconds, or
# a minute. Returns whether it has.
sub stop_postmaster
{
	my ($pid, $signal, $patience) = @_;

	kill $signal, $pid;
	for (1 .. ($patience // PATIENCE) / PAUSE)
	{
		return 1 if waitpid($pid, WNOHANG) == $pid || !is_running($pid);
		select undef, undef, undef, PAUSE;
	}
	return 0;
}

# Is there such a process, and has it not ended? What nobody has asked for yet
# is listed all the same, as a Z.
sub is_running
{
	my ($pid) = @_;

	return kill(0, $pid) && slurp("/proc/$pid/stat") !~ /.*\) Z /s;
}

# The lines of a server's log that say that something is wrong with the server,
# the last ones.
sub complaints
{
	my ($log) = @_;
	my @lines = grep { /FATAL:|PANIC:|TRAP:|terminated by signal|^cannot run / }
	  split /^/, slurp($log);

	return @lines > 10 ? ("...\n", @lines[ -10 .. -1 ]) : @lines;
}

# The content of a file, or nothing.
sub slurp
{
	my ($path) = @_;
	open my $file, '<', $path or return '';
	local $/;
	return <$file> // '';
}

1;
