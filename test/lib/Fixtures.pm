# The cases that tests of the programs share: scripts, and what
# list-dependencies makes of them.
#
# ../tools/fixtures/SUBJECT.txt has the cases of a subject, one after the other:
#
#   === NAME
#   the script, byte for byte
#   --- out
#   what is printed
#   --- err
#   what is complained about
#
# NAME says the behaviour. No two cases of all files may have the same name,
# nor names that differ in punctuation only, as the name of the file in which
# the script is run is made of it. The script may be empty. A script that such
# a text cannot show, because of its bytes or because there is no newline at
# its end, is a file bytes/FILE beside it, and its case has a line
# "--- file FILE" instead.
#
# "out" has to be there, even if nothing is printed; "err" is left out if there
# are no complaints. In "err", FILE stands for the name of the script, and the
# name of the program is left out; the exit status is 1 if any line of it is
# not a warning. Empty lines at the end of "out" and "err" are not part of them.
#
# No other line may begin with "===" or "---". Before the first case there may
# be comments, which begin with "#". A file that breaks one of these rules is
# fatal.

package Fixtures;

use strict;
use warnings;

use Cwd qw(abs_path);
use File::Basename qw(basename dirname);

# Found now, as a test may change to another directory
my $fixtures = dirname(dirname(abs_path(__FILE__))) . '/tools/fixtures';

# What may come after each part of a file; "===" is a case's name and script.
my %followers = (
	head => { '===' => 1 },
	'===' => { file => 1, out => 1 },
	file => { out => 1 },
	out => { err => 1, '===' => 1, end => 1 },
	err => { '===' => 1, end => 1 });

# Read all cases, by default those beside this file; returns references to
# hashes of
#   name, subject
#   file     a name for the script, which no other case has
#   script   its content
#   out, err
sub cases
{
	my $directory = shift // $fixtures;
	my @subjects = sort glob "'$directory'/*.txt";
	my @cases = map { read_subject($_) } @subjects;
	my %unused = map { $_ => 1 } glob "'$directory'/bytes/*";
	my %seen;

	die "$directory: there are no cases\n" unless @cases;
	foreach my $case (@cases)
	{
		my $other = $seen{ $case->{file} };

		die "$case->{place}: same name as at $other->{place}\n" if $other;
		$seen{ $case->{file} } = $case;
		delete $unused{ $case->{source} } if defined $case->{source};
	}
	die "$_: no case has this file\n" for sort keys %unused;
	return @cases;
}

# Write the script of each case to a directory, which has to be there; returns
# the cases, each with the path that was written to.
sub write_all
{
	my ($directory) = @_;
	my @cases = cases();

	foreach my $case (@cases)
	{
		$case->{path} = "$directory/$case->{file}";
		open my $handle, '>:raw', $case->{path}
		  or die "could not write $case->{path}: $!\n";
		print $handle $case->{script};
		close $handle or die "could not write $case->{path}: $!\n";
	}
	return @cases;
}

# Read the cases of one file.
sub read_subject
{
	my ($path) = @_;
	my $subject = basename($path, '.txt');
	my $part = 'head';
	my $number = 0;
	my @cases;

	foreach my $line (split /^/, content($path))
	{
		my $place = "$path:" . ++$number;

		die "$place: no newline at the end\n" unless chomp $line;
		if ($line =~ /^(===|---)/)
		{
			$part = take_marker(\@cases, $place, $part, $line);
		}
		else
		{
			take_text($cases[-1], $place, $part, $line);
		}
	}
	die "$path: unexpected end after $part\n" unless $followers{$part}{end};
	finish($_, $subject) for @cases;
	return @cases;
}

# Take a line that begins a part of a file; returns which.
sub take_marker
{
	my ($cases, $place, $part, $line) = @_;
	my ($next, $value) = marker($line)
	  or die "$place: neither a name nor a section: $line\n";

	die "$place: unexpected after $part: $line\n"
	  unless $followers{$part}{$next};
	push @$cases, new_case($place, $value) if $next eq '===';
	take_file($cases->[-1], $place, $value) if $next eq 'file';
	return $next;
}

# Take a line that belongs to the part of a file which has begun.
sub take_text
{
	my ($case, $place, $part, $line) = @_;
	my $is_nothing = $line eq '' || $part eq 'head' && $line =~ /^#/;

	if ($part eq 'head' || $part eq 'file')
	{
		die "$place: unexpected after $part: $line\n" unless $is_nothing;
		return;
	}
	$case->{ $part eq '===' ? 'script' : $part } .= "$line\n";
	return;
}

# What a line is that begins with "===" or "---": "===" and a name, "file" and
# its name, "out", "err", or nothing.
sub marker
{
	my ($line) = @_;

	return ('===', $1) if $line =~ /^=== (.*\w.*)$/;
	return ('file', $1) if $line =~ /^--- file ([\w.-]+)$/;
	return ($1, '') if $line =~ /^--- (out|err)$/;
	return;
}

# A case with its name and nothing else yet.
sub new_case
{
	my ($place, $name) = @_;
	(my $file = $name) =~ s/\W+/-/g;

	$file =~ s/^-|-$//g;
	return {
		name => $name,
		place => $place,
		file => "$file.sql",
		script => '',
		out => '',
		err => ''
	};
}

# Let the script of a case, which must not have one yet, be that of a file.
sub take_file
{
	my ($case, $place, $file) = @_;

	die "$place: both a script and a file\n" if $case->{script} ne '';
	$case->{source} = dirname($place) . "/bytes/$file";
	$case->{script} = eval { content($case->{source}) } // die "$place: $@";
	return;
}

# Make of what was read what is expected.
sub finish
{
	my ($case, $subject) = @_;

	$case->{subject} = $subject;
	s/(?<![^\n])\n+\z// for @$case{qw(out err)};
	$case->{err} =~ s/^FILE\b/$case->{file}/mg;
	return;
}

# The bytes of a file.
sub content
{
	my ($path) = @_;

	open my $handle, '<:raw', $path or die "could not open $path: $!\n";
	local $/;
	return <$handle> // '';
}

1;
