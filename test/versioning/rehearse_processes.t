# versioning rehearse: signals, and the programs that it starts.

use strict;
use warnings;

use File::Copy qw(copy);
use File::Temp qw(tempdir);
use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use POSIX qw(mkfifo);
use Rehearse;
use Scratch qw(role value);
use Test::More;

my $clean = project('clean',
	pair('a', 'CREATE TABLE a ();', 'DROP TABLE a;'));

# Signals

my $slow = project('slow',
	pair('a', 'CREATE TABLE a ();', 'DROP TABLE a;'),
	pair('b', 'SELECT pg_sleep(600);', '', 'a'));
for my $signal (qw(INT TERM HUP))
{
	my $run = start_versioning($slow, 'rehearse');
	my $sleeps = wait_for(sub {
		value('postgres', q{SELECT count(*) FROM pg_stat_activity
			WHERE query LIKE 'SELECT pg_sleep(600)%' AND state = 'active'
			AND datname LIKE 'versioning\_rehearsal\_%'}) });

	ok($sleeps, "SIG$signal: it runs");
	kill $signal, $run->{pid};
	my ($status, $output, $errors) = finish_versioning($run);
	is($status, 3, "SIG$signal: exit status") || diag("$output\n$errors");
	like($errors, qr/interrupted/, "SIG$signal: what it says");
	is(scratch_databases(), '', "SIG$signal: no database is left");
}

# Being killed

# Starts a rehearsal that takes a while, and waits until it does. Returns it,
# and the database that it takes place in.
sub start_slow
{
	my ($except) = @_;
	my $run = start_versioning($slow, 'rehearse');
	my $database = wait_for(sub {
		value('postgres', qq{SELECT datname FROM pg_stat_activity
			WHERE query LIKE 'SELECT pg_sleep(600)%' AND state = 'active'
			AND datname LIKE 'versioning\\_rehearsal\\_%'
			AND datname <> '$except'}) });
	return ($run, $database);
}

my ($running, $used) = start_slow('');
my ($killed, $leftover) = start_slow($used);
kill 'KILL', $killed->{pid};
finish_versioning($killed);
value('postgres', "SELECT pg_terminate_backend(pid, 30000)
	FROM pg_stat_activity WHERE datname = '$leftover'");
like(scratch_databases(), qr/^$leftover$/m, 'SIGKILL: the database is left');

my $stranger = role('stranger', 'CREATEDB');
my $strange = project('strange',
	pair('a', 'CREATE TABLE a ();', 'DROP TABLE a;'));
is_deeply(
	[ versioning($strange, 'rehearse', '-U', $stranger) ],
	[ 0, "[1/1] a: ok\n1 rehearsed: 1 ok\n", '' ],
	'a role that may not drop it leaves it alone');

my $client = start_program($slow, 'psql', '-X', '-d', $leftover, '-c',
	'SELECT pg_sleep(600)');
ok(wait_for(sub { value('postgres', "SELECT count(*) FROM pg_stat_activity
	WHERE datname = '$leftover'") }), 'somebody looks at it');
is_deeply([ versioning($clean, 'rehearse', '-q') ], [ 0, '', '' ],
	'and it stays');
kill 'TERM', $client->{pid};
$client->{harness}->finish;
value('postgres', "SELECT pg_terminate_backend(pid, 30000)
	FROM pg_stat_activity WHERE datname = '$leftover'");

my ($status, undef, $errors) = versioning($clean, 'rehearse', '-q');
is($status, 0, 'the next rehearsal works');
is($errors, qq{versioning: dropped the database "$leftover", which was }
	  . "left behind when its maker was killed\n",
	'drops it, and says so');
is(scratch_databases(), $used, 'one that takes place meanwhile keeps its own');
kill 'TERM', $running->{pid};
finish_versioning($running);
is(scratch_databases(), '', 'and drops it');

# The programs that it starts are those beside it, and see no password.

my $log = wrap_programs('', 'psql', 'pg_dump');
is( system("cd '$clean->{directory}' && '$log/versioning' rehearse a --psql "
		  . "-q -d 'dbname=$clean->{database} password=secret%word'"),
	0,
	'with a password');
my $text = content("$log/log");
ok($text =~ /^this is $_$/m, "the $_ beside it") for qw(psql pg_dump);
ok($text !~ /secret/, 'no password is shown');

# No two dumps differ by a key that pg_dump makes up.

is( scalar($text =~ /^--restrict-key=\w+$/m),
	scalar(qx(pg_dump --help) =~ /--restrict-key/),
	'pg_dump is given a key where it takes one');

# A signal while none of the files runs

my $waiting = wrap_programs(
	'[ "$1" = --help ] || read line <"$0.fifo"', 'pg_dump');
mkfifo("$waiting/pg_dump.fifo", 0600) or die "cannot make a pipe: $!\n";
my $pid = fork() // die "cannot fork: $!\n";
if ($pid == 0)
{
	chdir $clean->{directory} or die "cannot change directory: $!\n";
	open STDERR, '>', "$waiting/errors";
	exec "$waiting/versioning", 'rehearse', '-d', $clean->{database}
	  or die "cannot run it: $!\n";
}
ok( wait_for(sub { -e "$waiting/log"
		  && content("$waiting/log") =~ /^--schema-only$/m }),
	'pg_dump runs');
kill 'TERM', $pid;
open my $fifo, '>', "$waiting/pg_dump.fifo" or die "cannot open: $!\n";
print $fifo "go on\n";
close $fifo;
waitpid $pid, 0;
is($? >> 8, 3, 'a signal while pg_dump runs: exit status');
like(content("$waiting/errors"), qr/interrupted/, 'what it says then');
is(scratch_databases(), '', 'no database is left then');

done_testing();

# Makes a directory with the program and, beside it, others that write their
# arguments and the environment to a log and run a command of the shell before
# they do what they are for. Returns its name.
sub wrap_programs
{
	my ($command, @programs) = @_;
	my $directory = tempdir(CLEANUP => 1);

	copy(path_of($ENV{VERSIONING} // 'versioning'), "$directory/versioning")
	  or die "cannot copy the program: $!\n";
	for my $program (@programs)
	{
		my $real = path_of($program);

		open my $script, '>', "$directory/$program"
		  or die "cannot write: $!\n";
		print $script "#!/bin/sh\n"
		  . "{ printf '%s\\n' 'this is $program' \"\$@\"; env; } "
		  . ">>'$directory/log'\n$command\nexec '$real' \"\$@\"\n";
		close $script or die "cannot write: $!\n";
	}
	chmod 0755, glob "$directory/*";
	return $directory;
}

# Where a program is.
sub path_of
{
	my ($name) = @_;
	return qx(sh -c 'command -v "$name"') =~ s/\n//r;
}

sub content
{
	my ($path) = @_;

	open my $handle, '<', $path or die "cannot read $path: $!\n";
	local $/;
	return <$handle>;
}
