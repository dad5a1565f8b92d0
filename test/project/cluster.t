# The throw-away cluster is private, and nothing is left of it, however it ends.

use strict;
use warnings;

use Test::More;

my $cluster = 'test/harness/cluster';

# The server of a command, as the command sees it.
my $report = 'echo "$VERSIONING_CLUSTER"; '
  . 'head -n 1 "$VERSIONING_CLUSTER"/data/postmaster.pid';

subtest 'a command ends by itself' => sub {
	my ($pid, $pipe) = start("$report; psql -Atc 'SHOW listen_addresses'; "
		. 'echo $PGHOST; stat -c %a "$VERSIONING_CLUSTER"; exit 3');
	chomp(my ($directory, $server, $addresses, $host, $mode) = <$pipe>);
	waitpid $pid, 0;

	is($? >> 8, 3, 'its exit status is handed on');
	is($addresses, '', 'the server listens on no network address');
	is($host, "$directory/socket", 'the socket is in the directory');
	is($mode, '700', 'which is closed to others');
	ok(gone($server), 'the server is gone');
	ok(!-e $directory, 'the directory is gone');
};

for my $signal (qw(INT TERM HUP KILL))
{
	subtest "SIG$signal ends it" => sub {
		my ($pid, $pipe) = start(
			"$report; sleep 1000 & echo \$!; echo \$\$; wait");
		chomp(my ($directory, @pids) = map { scalar <$pipe> } 1 .. 4);
		kill $signal, $pid;
		waitpid $pid, 0;

		is($? & 127, { INT => 2, TERM => 15, HUP => 1, KILL => 9 }->{$signal},
			'by that signal');
		is(scalar(grep { !gone($_) } @pids), 0,
			'the server, the command and what it started are gone');
		ok(gone($directory), 'the directory is gone');
	};
}

subtest 'a server that the command left' => sub {
	my ($pid, $pipe) = start(<<'END');
exec 2>&1 >"$TMPDIR"/out
test/harness/step-down initdb --no-sync --auth=trust --pgdata="$TMPDIR"/more
test/harness/step-down pg_ctl start --pgdata="$TMPDIR"/more --log="$TMPDIR"/more.log \
	--options="-c listen_addresses= -c unix_socket_directories=\"$PGHOST\" -p 1"
head -n 1 "$TMPDIR"/more/postmaster.pid >&2
END
	chomp(my @lines = <$pipe>);
	waitpid $pid, 0;
	like($lines[-1], qr/^\d+$/, 'was started') or diag join "\n", @lines;
	ok(gone($lines[-1]), 'is gone');
};

subtest 'a TMPDIR that is too long for the name of a socket' => sub {
	my $directory = $ENV{VERSIONING_CLUSTER} . '/tmp/' . 'x' x 100;
	system('test/harness/step-down', 'mkdir', '-p', $directory);
	local $ENV{TMPDIR} = $directory;
	works();
};

subtest 'a TMPDIR with spaces' => sub {
	my $directory = "$ENV{VERSIONING_CLUSTER}/tmp/a b";
	system('test/harness/step-down', 'mkdir', '-p', $directory);
	local $ENV{TMPDIR} = $directory;
	works();
};

done_testing();

# Starts a cluster with a shell command. Returns its process and a pipe to read
# what the command prints.
sub start
{
	my ($command) = @_;
	my $pid = open my $pipe, '-|';
	die "cannot fork: $!\n" unless defined $pid;
	if ($pid == 0)
	{
		open STDIN, '<', '/dev/null';
		exec $cluster, '--installed', 'sh', '-c', $command
		  or die "cannot run $cluster: $!\n";
	}
	return ($pid, $pipe);
}

# Tests that a cluster works and returns its directory.
sub works
{
	my ($pid, $pipe) =
	  start("echo \"\$VERSIONING_CLUSTER\"; psql -Atc 'SELECT 2 + 2'");
	chomp(my ($directory, $four) = <$pipe>);
	waitpid $pid, 0;
	is($four, '4', 'the server answers');
	return $directory // '';
}

# Waits until a process, or a file, is gone. Returns false if it stays.
sub gone
{
	my ($what) = @_;
	for (1 .. 300)
	{
		return 1 if $what =~ m{^/} ? !-e $what : !runs($what);
		select undef, undef, undef, 0.1;
	}
	return 0;
}

# A process that nobody has waited for yet does not run any more.
sub runs
{
	my ($pid) = @_;
	return 0 unless kill 0, $pid;
	open my $stat, '<', "/proc/$pid/stat" or return 1;
	return <$stat> !~ /\) Z /;
}
