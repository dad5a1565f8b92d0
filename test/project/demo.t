# The tour runs to its end, and the examples that it shows are in order.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../server/lib";
use Scratch qw(database psql);
use Test::More;

$ENV{PGDATABASE} = database('tour');
my $output = `test/demo tour 2>&1`;

is($?, 0, 'no command of the tour fails')
  || diag($output);
like($output, qr/^\$ versioning $_$/m, "it shows versioning $_")
  for 'check', 'status', 'apply', 'rollback user-sessions';
like($output, qr/^6 patches applied in .*^1 patch taken back in /ms,
	'they do what they say');
like($output, qr/^# That was the tour\./m, 'it comes to its end');
psql('postgres', 'DROP DATABASE second');

my $rehearsal = `cd test/examples && versioning rehearse 2>&1`;
is($?, 0, 'the examples can be rehearsed')
  || diag($rehearsal);
like($rehearsal, qr/^6 rehearsed: 6 ok$/m, 'their rollbacks leave nothing');

done_testing();
