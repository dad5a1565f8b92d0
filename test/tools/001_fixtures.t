# What list-dependencies makes of each thing seen in the wild: the cases that
# Fixtures.pm describes.

use strict;
use warnings;

use File::Temp qw(tempdir);
use FindBin;
use lib "$FindBin::Bin/../lib";
use Fixtures;
use Program;
use Test::More;

chdir tempdir(CLEANUP => 1) or die "could not enter a new directory: $!";

foreach my $case (Fixtures::write_all('.'))
{
	my $name = "$case->{subject}: $case->{name}";
	my $complaints = $case->{err};
	my $errors = grep { !/^[^:]+:(\d+:)? warning: / } split /\n/, $complaints;
	$complaints =~ s/^(?=.)/list-dependencies: /mg;

	my ($status, $out, $err) = Program::run($case->{file});
	subtest $name => sub {
		is($out, $case->{out}, 'what is printed');
		is($err, $complaints, 'what is complained about');
		is($status, $errors ? 1 : 0, 'exit status');
	};

	# The same by way of a pipe, which cannot be read twice
	($status, $out, $err) = Program::run_with_input($case->{file}, '-');
	is($out, $case->{out}, "$name, from standard input");
}

done_testing();
