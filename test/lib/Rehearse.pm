# Projects to be rehearsed, and what has to be so whenever that was done.

package Rehearse;

use strict;
use warnings;

use Exporter qw(import);
use Deploy;
use Scratch qw(value);
use Test::More;

our @EXPORT = qw(pair rehearses scratch_databases);

# The names of the scratch databases that there are.
sub scratch_databases
{
	return value('postgres', q{SELECT datname FROM pg_database
		WHERE datname LIKE 'versioning\_rehearsal\_%'});
}

# A patch and its rollback: two files.
sub pair
{
	my ($name, $body, $rollback, @requirements) = @_;
	return (
		"patches/$name.sql" => patch($name, $body, @requirements),
		"rollbacks/rollback-$name.sql" => rollback_file($name, $rollback));
}

# Rehearses, and checks the exit status, what is said, and that neither the
# scratch database nor anything in the target is left.
sub rehearses
{
	my ($what, $project, $arguments, $expected, $output, $errors) = @_;
	my @got = versioning($project, 'rehearse', @$arguments);

	subtest $what => sub {
		is($got[0], $expected, 'exit status')
		  || diag("$got[1]\n$got[2]");
		like($got[1], $_, 'output') for @$output;
		like($got[2], $_, 'messages') for @{ $errors // [qr/^\z/] };
		is(scratch_databases(), '', 'no database is left');
	};
	return $got[1];
}

1;
