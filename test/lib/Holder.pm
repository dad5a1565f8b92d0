# Sessions that have locks, and those that want them.

package Holder;

use strict;
use warnings;

use Exporter qw(import);
use IPC::Run ();

our @EXPORT = qw(start_holder continue_holder finish_holder);

# Starts a psql, called "the holder", that has run a script when this returns,
# and goes on until it is finished.
sub start_holder
{
	my ($database, $text) = @_;
	my %holder = (input => "$text\n\\echo done\n", output => '', errors => '');

	local $ENV{PGAPPNAME} = 'the holder';
	$holder{harness} = IPC::Run::start([ 'psql', '-XAtq', '-d', $database ],
		'<', \$holder{input}, '>', \$holder{output}, '2>', \$holder{errors});
	$holder{harness}->pump until $holder{output} =~ s/done\n$//;
	return \%holder;
}

# Gives it one more script, and does not wait until it was run.
sub continue_holder
{
	my ($holder, $text) = @_;

	$holder->{input} .= "$text\n";
	$holder->{harness}->pump_nb while length $holder->{input};
	return;
}

# Ends it, after it has run what it was given.
sub finish_holder
{
	my ($holder) = @_;

	$holder->{harness}->finish;
	return $holder->{output};
}

1;
