# Where the kills of test/harness/kill-matrix have landed.

package KillFigures;

use strict;
use warnings;

use Exporter qw(import);
use List::Util qw(min);

our @EXPORT_OK = qw(phase);

# Takes how long a deploy takes that nobody disturbs, in seconds, and how many
# patches it applies.
sub new
{
	my ($class, $duration, $patches) = @_;
	return bless {
		duration => $duration,
		patches => $patches,
		missed => 0,
		kills => []
	}, $class;
}

# Counts a kill: whom it hit, how many seconds after the start, how many patches
# were applied then, at what the deploy was, and how it has ended.
sub count
{
	my ($self, $target, $moment, $done, $phase, $end) = @_;
	push @{ $self->{kills} },
	  {
		target => $target,
		moment => $moment,
		done => $done,
		phase => $phase,
		end => $end
	  };
	return;
}

# Counts a kill that came too late to hit anything.
sub count_miss
{
	my ($self) = @_;
	$self->{missed}++;
	return;
}

sub print_all
{
	my ($self, @targets) = @_;

	$self->print_targets(@targets);
	$self->print_spread;
	print "\n$self->{missed} kills came too late and were done again\n";
	return;
}

# Prints a line for each target.
sub print_targets
{
	my ($self, @targets) = @_;

	printf "\n%-12s %5s %7s %7s %7s  %s\n", 'killed', 'runs', 'before',
	  'middle', 'after', 'how the command ended';
	for my $target (@targets)
	{
		my @kills = grep { $_->{target} eq $target } @{ $self->{kills} };
		my $before = grep { $_->{done} == 0 } @kills;
		my $after = grep { $_->{done} == $self->{patches} } @kills;
		my %ends = tally(map { $_->{end} } @kills);

		printf "%-12s %5d %7d %7d %7d  %s\n", $target, scalar @kills, $before,
		  @kills - $before - $after, $after,
		  join ', ', map { "$_: $ends{$_}" } sort keys %ends;
	}
	print "(before the first patch was applied, in the middle, "
	  . "after the last)\n\n";
	return;
}

# Prints how the kills are spread over the deploys.
sub print_spread
{
	my ($self) = @_;
	my $tenth = $self->{patches} / 10;
	my @kills = @{ $self->{kills} };
	my %done = tally(map { int $_->{done} / $tenth } @kills);
	my %times =
	  tally(map { min(10, int 10 * $_->{moment} / $self->{duration}) } @kills);
	my %phases = tally(map { $_->{phase} } @kills);

	print_row('patches done', map { $tenth * $_ . ($_ < 10 ? '+' : '') }
		  0 .. 10);
	print_row('  kills', map { $done{$_} // 0 } 0 .. 10);
	print_row('tenths of time', 1 .. 10, 'more');
	print_row('  kills', map { $times{$_} // 0 } 0 .. 10);
	print "\n", map { sprintf "%5d %s\n", $phases{$_}, $_ }
	  sort { $phases{$b} <=> $phases{$a} } keys %phases;
	return;
}

sub print_row
{
	my ($name, @values) = @_;
	printf "%-14s%s\n", $name, join '', map { sprintf ' %4s', $_ } @values;
	return;
}

# Returns how often each value is there.
sub tally
{
	my %count;
	$count{$_}++ for @_;
	return %count;
}

# Says at what the killed deploy was, from what the server has logged of it.
sub phase
{
	my ($log) = @_;
	my ($session) = $log =~ /^(\d+) \w+:\s+statement: .*register_patch/m
	  or return 'before the first patch';
	my $phase = '';

	while ($log =~ /^$session \w+:\s+statement: (\w+)/mg)
	{
		$phase =
			$1 eq 'BEGIN' ? 'inside a patch'
		  : $1 eq 'COMMIT' ? 'at a COMMIT'
		  : $phase =~ /COMMIT|between/ ? 'between two patches'
		  : $phase;
	}
	return $phase;
}

1;
