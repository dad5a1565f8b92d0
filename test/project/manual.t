# The manual pages are marked up as they should be: lists end, and what is
# between two lists is not a part of one.

use strict;
use warnings;

use Cwd qw(abs_path);
use File::Basename qw(basename dirname);
use Test::More;

my $root = dirname(dirname(dirname(abs_path($0))));

plan skip_all => 'there is no groff'
  if system 'groff -mdoc -Tascii </dev/null >/dev/null 2>&1';

for my $page (glob "$root/tools/*.1")
{
	my $complaints = `groff -mdoc -ww -Tascii "$page" 2>&1 >/dev/null`;

	is($complaints, '', basename($page));
}

done_testing();
