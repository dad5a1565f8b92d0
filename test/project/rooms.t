#!/usr/bin/perl

# Is each room of tools/ and src/ built on those below it only?
#
# The order of the rooms is that of the table in tools/README.md and in
# src/README.md, from the top to the bottom.  A file may include headers of its
# own room, and of those further down; no file includes another in a circle.
# Whatever a file exports begins with the names of its room and of itself.

use strict;
use warnings;

use Cwd qw(abs_path);
use File::Basename qw(basename dirname);
use Test::More;

my $root = dirname(dirname(dirname(abs_path($0))));

# Rooms whose names say nothing that the name of a file does not say.
my %unnamed = map { $_ => 1 } qw(base database);

sub contents
{
	my ($file) = @_;
	open my $handle, '<', $file or die "cannot open $file: $!\n";
	local $/;
	return scalar <$handle>;
}

# The rooms of a folder, from the top to the bottom, as its README has them.
sub rooms
{
	my ($folder) = @_;
	return contents("$root/$folder/README.md") =~ /^\| `(\w+)\/` /mg;
}

# For each file of a folder without its extension, the headers of ours in it.
sub includes
{
	my ($folder) = @_;
	my %includes;

	for my $file (glob "$root/$folder/*.[ch] $root/$folder/*/*.[ch]")
	{
		my ($name) = $file =~ /\Q$root\/$folder\E\/(.*)\.[ch]$/;
		$includes{$name}{$_} = 1
		  for grep { -e "$root/$folder/$_.h" && $_ ne $name }
		  contents($file) =~ /^#\s*include "([^"]+)\.h"/mg;
	}
	return %includes;
}

# The includes that lead upwards.
sub upward
{
	my ($rooms, %includes) = @_;
	my %floor;

	@floor{@$rooms} = 1 .. @$rooms;
	my $floor_of = sub {
		my ($room) = $_[0] =~ /(.*)\//;
		return !defined $room ? 0 : $floor{$room} // die "no room $room\n";
	};
	return sort map {
		my $file = $_;
		map { "$file includes $_" }
		  grep { $floor_of->($_) < $floor_of->($file) }
		  keys %{ $includes{$file} }
	} keys %includes;
}

# The files that include one another in a circle.
sub in_circles
{
	my (%includes) = @_;

	# What includes nothing that is left is in no circle.
	while (my @ends =
		grep { !grep { $includes{$_} } keys %{ $includes{$_} } }
		keys %includes)
	{
		delete @includes{@ends};
	}
	return sort keys %includes;
}

# The functions and variables of a header that do not begin with its name.
sub misnamed
{
	my ($header) = @_;
	my $text = contents($header);
	my $file = basename($header, '.h');
	my $room = basename(dirname($header));
	my $prefix =
		$unnamed{$room} ? $file
	  : $file eq $room  ? $room
	  :                   "${room}_$file";

	$text =~ s{/\*.*?\*/}{}gs;
	return map { "$room/$file.h: $_" } grep { !/^\Q$prefix\E(?:_|$)/ }
	  $text =~ /^extern [^;(]*?\b(\w+)\s*(?=[;(\[])/mg;
}

for my $folder (qw(tools src))
{
	my @rooms = rooms($folder);
	my @folders = map { basename($_) } grep { -d } glob "$root/$folder/*";
	my %includes = includes($folder);

	cmp_ok(scalar @rooms, '>', 3, "$folder/ has rooms");
	is_deeply([ sort @rooms ], [ sort @folders ], 'all are on the map');
	is_deeply([ upward(\@rooms, %includes) ], [],
		'a file includes headers of its own room and of those below it');
	is_deeply([ in_circles(%includes) ], [], 'there are no circles');
	is_deeply([ map { misnamed($_) } glob "$root/$folder/*/*.h" ], [],
		'what is exported has the name of its room and file');
}

# The check itself

is_deeply([ upward([qw(a b)], 'b/x' => { 'a/y' => 1 }) ],
	['b/x includes a/y'], 'an include upwards is found');
is_deeply([ upward([qw(a b)], 'a/x' => { 'b/y' => 1, 'a/z' => 1 }) ],
	[], 'one downwards, or in the same room, is none');
is_deeply(
	[ in_circles(p => { q => 1 }, q => { r => 1 }, r => { q => 1, s => 1 }) ],
	[qw(p q r)], 'a circle is found, with what leads to it');

done_testing();
