# The version number has one place, versioning.control; whatever else names it
# agrees. The releases of PostgreSQL that it is for are the same everywhere.

use strict;
use warnings;

use JSON::PP qw(decode_json);
use Test::More;

my ($version) =
  slurp('versioning.control') =~ /^default_version = '([^']+)'$/m;
ok(defined $version, 'versioning.control names a default version');

chomp(my $sharedir = `"\${PG_CONFIG:-pg_config}" --sharedir`);
ok(-e "$sharedir/extension/versioning--$version.sql",
	"there is an install script for $version");

# PGXN wants three numbers.
my $meta = decode_json(slurp('META.json'));
is($meta->{version}, "$version.0", 'META.json has the version');

my $provides = $meta->{provides}{versioning};
is($provides->{version}, "$version.0", 'META.json has it for the extension');
ok(-e $provides->{file}, 'META.json names a file of it that is there');

like(slurp('CHANGELOG.md'), qr/^## \Q$version\E\b/m,
	'CHANGELOG.md has an entry for it');
my ($first, $next) = $meta->{prereqs}{runtime}{requires}{PostgreSQL} =~
  /^>= (\d+)\.0\.0, < (\d+)\.0\.0$/;
my $releases = "PostgreSQL $first to " . ($next - 1);
like(slurp($_), qr/\b$releases\b/, "$_ says as META.json: $releases")
  for qw(README.md CHANGELOG.md);

like(`list-dependencies --version`, qr/ \Q$version\E$/,
	'list-dependencies --version prints it');

done_testing();

sub slurp
{
	my ($file) = @_;
	open my $handle, '<', $file or die "cannot read $file: $!\n";
	local $/;
	return <$handle>;
}
