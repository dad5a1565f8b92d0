#!/usr/bin/perl

# Twenty kills of deploys at random moments leave nothing half done, and the
# next apply finishes. See test/harness/kill-matrix, which by itself does more of them.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Scratch;
use Test::More;

plan skip_all => 'run by test/harness/cluster only'
  unless $ENV{VERSIONING_CLUSTER};
plan skip_all => 'there is no /proc here to find processes in'
  unless -d '/proc/self';

my ($status, $output, $errors) = run("$FindBin::Bin/../harness/kill-matrix", 20);

note $output;
is($errors, '', 'nothing goes wrong on the way') or diag $output;
is($status, 0, 'there is no divergence') or diag $output;
like($output, qr/^$_ +5 /m, "five runs killed the $_")
  for qw(command psql backend postmaster);
like($output, qr/^20 runs, 0 divergences$/m, 'twenty runs in all');

done_testing();
