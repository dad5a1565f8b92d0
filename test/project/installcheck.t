# make installcheck passes on a server with the settings that initdb gives it.

use strict;
use warnings;

use File::Temp qw(tempdir);
use FindBin;
use lib "$FindBin::Bin/../lib";
use Server;
use Test::More;

plan skip_all => 'run by test/harness/cluster only'
  unless $ENV{VERSIONING_CLUSTER};

my $server = Server->new;
my $output = tempdir(CLEANUP => 1);
{
	local %ENV = (%ENV, $server->environment);
	my $said = `test/harness/make installcheck ISOLATION= PG_CONFIG='$ENV{PG_CONFIG}' \\
		EXTRA_REGRESS_OPTS="--outputdir='$output'" 2>&1`;

	is($?, 0, 'make installcheck') || diag($said);
}
$server->remove;

done_testing();
