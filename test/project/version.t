# The version number has one place, versioning.control; whatever else names it
# agrees.

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
