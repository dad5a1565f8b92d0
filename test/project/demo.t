# The tour runs to its end, and the examples that it shows are in order.

use strict;
use warnings;

use Cwd qw(getcwd);
use File::Temp qw(tempdir);
use FindBin;
use lib "$FindBin::Bin/../lib";
use Scratch qw(database psql);
use Test::More;

$ENV{PGDATABASE} = database('tour');
my $output = `test/harness/demo tour 2>&1`;

is($?, 0, 'no command of the tour fails')
  || diag($output);
like($output, qr/^\$ versioning $_$/m, "it shows versioning $_")
  for 'init -d "\$PGDATABASE"', 'check', 'status', 'apply',
  'rollback user-sessions', 'diff', 'baseline legacy-base .*';
like($output, qr/^    index public\.by_hand: only in \S+, created outside a patch by /m,
	'it says who has made a difference');
like($output, qr/^\$ psql .* \$\(versioning sandbox try\)\n +patch_name/m,
	'it shows a sandbox');
like($output, qr/^6 patches applied in .*^1 patch taken back in /ms,
	'they do what they say');
like($output, qr/^# That was the tour\./m, 'it comes to its end');
psql('postgres', "DROP DATABASE $_") for qw(second legacy);

unlike($output, qr/^(?:psql|versioning|createdb|list-dependencies) /m,
	'each command has its prompt');

# The tour of a change in three phases
{
	local $ENV{PGDATABASE} = database('three_phases');
	local $ENV{DEMO_ROWS} = 30_000;
	local $ENV{DEMO_STALL} = '30s';
	$output = `test/harness/demo three_phases 2>&1`;

	is($?, 0, 'no command of the tour of three phases fails')
	  || diag($output);
	like($output, qr/^\$ versioning $_/m, "it shows versioning $_")
	  for 'new', 'check', 'apply', 'rollback';
	like($output, qr/^new application: [1-9]\d* transactions, .* ms$/m,
		'the new application has worked');
	like($output, qr/^# That was the tour\./m, 'it comes to its end');
}

# All of it, installed below a directory
{
	local $ENV{DESTDIR} = tempdir(CLEANUP => 1);
	local $ENV{BUILD_DIRECTORY} = $ENV{BUILD_DIRECTORY} // getcwd();
	my $log = "$ENV{BUILD_DIRECTORY}/log/demo.log";
	my $all = `test/harness/demo 2>&1`;

	is($?, 0, 'installing, and the tour') || diag($all);
	like($all,
		qr/\A\n# Install[^\$]*\Q$log\E\.\n\n# Install.*\n\$ make install\n\n# The register/,
		'what is printed on the way is in a log');
	like($all, qr/# The extension and its programs stay installed[^\$]*\$ make uninstall\n\z/,
		'the end says what stays, and how to remove it');
}

my $rehearsal = `cd test/examples && versioning rehearse 2>&1`;
is($?, 0, 'the examples can be rehearsed')
  || diag($rehearsal);
like($rehearsal, qr/^6 rehearsed: 6 ok$/m, 'their rollbacks leave nothing');

done_testing();
