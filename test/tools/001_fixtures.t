# What list-dependencies makes of each thing seen in the wild.
#
# fixtures/NAME.sql is read; it must print fixtures/NAME.expected, and
# fixtures/NAME.stderr (nothing if there is no such file), the name of the
# program left out.  The exit status is 1 if that has more than warnings.

use strict;
use warnings;

use FindBin;
use lib $FindBin::Bin;
use Program;
use Test::More;

chdir "$FindBin::Bin/fixtures" or die "could not enter fixtures: $!";

foreach my $sql (sort glob '*.sql')
{
	(my $name = $sql) =~ s/\.sql$//;
	my $expected = Program::slurp("$name.expected");
	my $complaints = -e "$name.stderr" ? Program::slurp("$name.stderr") : '';
	my $errors = grep { !/^[^:]+:(\d+:)? warning: / } split /\n/, $complaints;
	$complaints =~ s/^(?=.)/list-dependencies: /mg;

	my ($status, $out, $err) = Program::run($sql);
	subtest $name => sub {
		is($out, $expected, 'what is printed');
		is($err, $complaints, 'what is complained about');
		is($status, $errors ? 1 : 0, 'exit status');
	};

	# The same by way of a pipe, which cannot be read twice
	($status, $out, $err) = Program::run_with_input($sql, '-');
	is($out, $expected, "$name, from standard input");
}

done_testing();
