#!/usr/bin/perl

# Twelve kills of deploys of files that are not one transaction: the next apply
# finishes them, and nothing is done twice. See test/harness/kill-unfinished,
# which by itself does more of them.

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

my ($status, $output, $errors) =
  run("$FindBin::Bin/../harness/kill-unfinished", 12);

note $output;
is($errors, '', 'nothing goes wrong on the way') or diag $output;
is($status, 0, 'there is no divergence') or diag $output;
like($output, qr/^$_ +[1-9]/m, "the $_ was killed")
  for qw(command backend postmaster);
like($output, qr/^12 runs, 0 divergences$/m, 'twelve runs in all');

done_testing();
