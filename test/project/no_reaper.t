# Tests can kill a server and start it again where the first process does not
# ask for those that have ended, as in a container with "sleep infinity".

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Scratch qw(run);
use Test::More;

my @unshare = qw(unshare --pid --fork --mount-proc);

plan skip_all => 'run by test/harness/cluster only'
  unless $ENV{VERSIONING_CLUSTER};
plan skip_all => 'this user may not have processes of its own (unshare)'
  if (run(@unshare, 'true'))[0] != 0;

# The first process waits for its child, and for no other.
my $first = 'my $pid = fork // die; exec @ARGV if !$pid; waitpid $pid, 0; '
  . 'exit($? ? 1 : 0)';

# Until its other processes have ended, too, the server does not start.
my $again = 'my $server = Server->new; kill "KILL", $server->pid; '
  . 'for (1 .. 20) { if ($server->start) { print "again"; last } } '
  . '$server->remove';

my ($status, $output, $errors) = run(@unshare, $^X, '-e', $first, $^X,
	"-I$FindBin::Bin/../lib", '-MServer', '-e', $again);
is($output, 'again', 'the server starts again') || diag($errors);
is($status, 0, 'and is removed') || diag($errors);

done_testing();
