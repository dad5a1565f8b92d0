#!/usr/bin/perl

# Nine kills of those who run a job, while others change its table: each row was
# in one batch. See test/harness/kill-jobs, which by itself does more of them.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Scratch;
use Test::More;

plan skip_all => 'run by test/harness/cluster only'
  unless $ENV{VERSIONING_CLUSTER};

my ($status, $output, $errors) =
  run("$FindBin::Bin/../harness/kill-jobs", 9, 5000);

note $output;
is($errors, '', 'nothing goes wrong on the way') or diag $output;
is($status, 0, 'each row was in one batch') or diag $output;
like($output, qr/^$_ +[1-9]/m, "the $_ was killed")
  for qw(caller backend postmaster);
like($output, qr/^9 kills, 0 rows that were not in one batch$/m,
	'nine kills in all');

done_testing();
