# Which processes there are, and starting and ending them by their numbers.

package Processes;

use strict;
use warnings;

use Exporter qw(import);
use POSIX qw(WNOHANG);
use Time::HiRes qw(sleep time);

our @EXPORT_OK =
  qw(processes children start_process end_of await kill_process);

# How children have ended.
my %ends;

# All processes: references to hashes of pid, parent, and arguments, which are
# between spaces. Linux has them in files; this reads nothing else.
sub processes
{
	my @processes;

	for my $directory (glob '/proc/[0-9]*')
	{
		my ($stat, $arguments) =
		  map { slurp("$directory/$_") // '' } qw(stat cmdline);

		# The name in parentheses may hold anything. Behind it are the state
		# and the parent. What has ended, and nobody has asked for, is a Z.
		my ($state, $parent) = $stat =~ /.*\) (\S) (\d+) /s or next;
		next if $state eq 'Z';
		push @processes,
		  {
			pid => 0 + $directory =~ s{.*/}{}r,
			parent => $parent,
			arguments => $arguments =~ tr/\0/ /r
		  };
	}
	return @processes;
}

# The children of a process whose arguments match a pattern, the oldest number
# first.
sub children
{
	my ($parent, $pattern) = @_;
	return sort { $a <=> $b }
	  map { $_->{pid} }
	  grep { $_->{parent} == $parent && $_->{arguments} =~ $pattern }
	  processes();
}

# Starts a program, whose output goes to a file. Returns its process.
sub start_process
{
	my ($output, @command) = @_;
	my $pid = fork() // die "cannot fork: $!\n";

	delete $ends{$pid};
	if ($pid == 0)
	{
		open STDIN, '<', '/dev/null';
		open STDOUT, '>', $output or POSIX::_exit(127);
		open STDERR, '>&', \*STDOUT;
		exec { $command[0] } @command
		  or print STDERR "cannot run $command[0]: $!\n";

		# Our END blocks are not for the child.
		POSIX::_exit(127);
	}
	return $pid;
}

# Returns how a child of ours has ended, "exit N" or "signal N", undef if it has
# not, even after so many seconds. It may be asked for several times.
sub end_of
{
	my ($pid, $patience) = @_;
	return await(
		$patience // 0,
		sub {
			if (!$ends{$pid} && waitpid($pid, WNOHANG) == $pid)
			{
				$ends{$pid} =
				  $? & 127 ? 'signal ' . ($? & 127) : 'exit ' . ($? >> 8);
			}
			return $ends{$pid};
		});
}

# Waits for so many seconds until something is true. Returns that, or undef.
sub await
{
	my ($patience, $condition) = @_;
	my $end = time + $patience;
	my $truth;

	until ($truth = $condition->())
	{
		return if time > $end;
		sleep 0.005;
	}
	return $truth;
}

# Kills a process for good. Returns whether it was there.
sub kill_process
{
	my ($pid) = @_;
	return kill 'KILL', $pid;
}

sub slurp
{
	my ($path) = @_;
	open my $file, '<', $path or return;
	local $/;
	return <$file>;
}

1;
