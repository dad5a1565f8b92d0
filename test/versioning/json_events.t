# What apply and rollback tell programs with --json: a line of JSON an event.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use JSON::PP;
use Onlookers;
use Scratch qw(value);
use Test::More;

my $number = 0;

# A project with a table and a patch of this name that does this.
sub with_patch
{
	my ($name, $body) = @_;
	my $project = project('json_events' . $number++,
		'patches/1.sql' => patch($name, $body),
		'rollbacks/1.sql' => rollback_file($name));

	value($project->{database}, 'CREATE TABLE held ()');
	return $project;
}

# The events that are told of, without the times, which are numbers.
sub events
{
	my ($output) = @_;
	my @events = map { JSON::PP->new->utf8->decode($_) } split /^/, $output;

	for my $event (@events)
	{
		for (qw(milliseconds longest_wait_ms))
		{
			my $time = delete $event->{$_};
			die "$_ is $time\n" if defined $time && $time !~ /^\d+$/;
		}
	}
	return \@events;
}

# An event about the only step of a project.
sub step
{
	my ($event, $name, $directory, %more) = @_;

	return { event => $event, number => 1, patches => [$name],
		file => "$directory/1.sql", %more };
}

# The first and the last event of a run of that step.
sub planned
{
	my ($action, $name, $directory) = @_;

	return { event => 'plan', action => $action, steps => [
			{ number => 1, patches => [$name], file => "$directory/1.sql" } ] };
}

sub end
{
	my ($done, $failed, $rest) = @_;

	return { event => 'end', done => $done, failed => $failed,
		not_attempted => $rest };
}

for my $way ([], ['--psql'])
{
	# All is well
	my $name = "a \"b\" \\ \x{7}";
	my $project = with_patch($name, "DO \$\$BEGIN RAISE NOTICE 'note'; END\$\$;");
	my ($status, $output, $errors) =
	  versioning($project, 'apply', '--json', '-n');
	is_deeply(events($output), [ planned('apply', $name, 'patches') ],
		"--dry-run @$way");
	($status, $output, $errors) = versioning($project, 'apply', '--json', @$way);
	is($status, 0, "apply @$way: exit status");
	is_deeply(events($output), [
			planned('apply', $name, 'patches'),
			step('begin', $name, 'patches'),
			step('done', $name, 'patches', sessions_waited => 0),
			end(1, 0, 0) ], "apply @$way: events");
	like($errors, qr/\Apsql:.*NOTICE:  note\n\z/,
		"apply @$way: messages are apart");
	($status, $output) = versioning($project, 'apply', '--json', @$way);
	is_deeply(events($output),
		[ { event => 'plan', action => 'apply', steps => [] }, end(0, 0, 0) ],
		"nothing to do @$way: events");
	($status, $output) = versioning($project, 'rollback', '--last', 1, '--json',
		@$way);
	is_deeply(events($output), [
			planned('rollback', $name, 'rollbacks'),
			step('begin', $name, 'rollbacks'),
			step('done', $name, 'rollbacks', sessions_waited => 0),
			end(1, 0, 0) ], "rollback @$way: events");

	# A failure
	add_files($project, 'patches/1.sql' => patch('one', 'SELECT 1/0;'),
		'patches/2.sql' => patch('two', '', 'one'));
	($status, $output, $errors) = versioning($project, 'apply', '--json', @$way);
	my @events = @{ events($output) };
	is($status, 3, "failure @$way: exit status");
	is_deeply([ @events[ 2 .. $#events ] ], [
			step('failed', 'one', 'patches', sessions_waited => 0,
				reason => 'error', sqlstate => @$way ? undef : '22012',
				kept => JSON::PP::false, unfinished => undef, blockers => []),
			end(0, 1, 1) ], "failure @$way: events");
	like($errors, qr/^versioning: error: patch "one" failed/m,
		"failure @$way: people are told, too");

	# Somebody waits
	$project = with_patch('one', "LOCK TABLE held;\n" . until_seen(1));
	my $run = start_versioning($project, 'apply', '--json', @$way);
	wait_for_lock($project, 'held', 'AccessExclusive', 1);
	my $waiting = start_session($project, 'TABLE held;');
	(undef, $output) = finish_versioning($run);
	finish_sessions($waiting);
	is_deeply(events($output)->[2],
		step('done', 'one', 'patches', sessions_waited => 1),
		"others @$way: how many have waited");

	# It waits itself
	$project = with_patch('one', 'LOCK TABLE held;');
	my $holder = start_holder($project, 'BEGIN; TABLE held;');
	$run = start_versioning($project, 'apply', '--json', @$way);
	ok(wait_for(sub {
		$run->{harness}->pump_nb;
		return $run->{output} =~ /"waiting"/ }), "waiting @$way: it is told");
	finish_sessions($holder);
	(undef, $output, $errors) = finish_versioning($run);
	my ($event) = grep { $_->{event} eq 'waiting' } @{ events($output) };
	like($event->{text}, qr/process \d+ of user "postgres"/,
		"waiting @$way: for whom");
	is($errors, '', "waiting @$way: and in no other way");
	my ($blocker) = @{ $event->{blockers} };
	my ($pid) = $event->{text} =~ /process (\d+)/;
	my %expected = (pid => $pid + 0, prepared => undef, user => 'postgres',
		application => 'psql', state => 'idle in transaction',
		object => 'public.held', mode => 'AccessShareLock',
		wanted => 'AccessExclusiveLock',
		ending => "SELECT pg_terminate_backend($pid)");
	is_deeply($blocker, \%expected, "waiting @$way: for programs");

	# It gives up, for a prepared transaction, too
	$project = with_patch('one', 'LOCK TABLE held;');
	value($project->{database}, "BEGIN; TABLE held; PREPARE TRANSACTION 'it''s'");
	$holder = start_holder($project, 'BEGIN; TABLE held;');
	(undef, $output, $errors) = versioning($project, 'apply', '--json',
		'--retry-for', '1s', @$way);
	($event) = grep { $_->{event} eq 'failed' } @{ events($output) };
	is($event->{reason}, 'lock not available', "giving up @$way: why");
	is(scalar(@{ $event->{blockers} }), 2, "giving up @$way: how many");
	for my $blocker (@{ $event->{blockers} })
	{
		is_deeply($blocker, defined $blocker->{pid} ?
			  { %expected, pid => $blocker->{pid},
				ending => "SELECT pg_terminate_backend($blocker->{pid})" } :
			  { %expected, pid => undef, prepared => "it's",
				application => undef, state => undef,
				ending => "ROLLBACK PREPARED 'it''s'" },
			"giving up @$way: for whom");
		value($project->{database}, $blocker->{ending});
	}
	finish_sessions($holder);
	applies($project, 'one', "giving up @$way: what ends them can be run", @$way);
}

# A file that is not one transaction, and fails half-way, goes on there
my $parts = "-- versioning: no-transaction\n"
  . "SELECT _v.register_patch('one');\n";
my $halves = project('json_events' . $number++,
	'patches/1.sql' => "${parts}SELECT 1/0;\n");
my @events = @{ events((versioning($halves, 'apply', '--json'))[1]) };
is_deeply([ @events[ 2, 3 ] ], [
		step('failed', 'one', 'patches', sessions_waited => 0,
			reason => 'error', sqlstate => '22012', kept => JSON::PP::false,
			unfinished => { part => 2, parts => 2, line => 3 },
			blockers => []),
		end(0, 1, 0) ], 'unfinished: how far it has come');
add_files($halves, 'patches/1.sql' => "${parts}SELECT 1;\n");
@events = @{ events((versioning($halves, 'apply', '--json'))[1]) };
is_deeply([ $events[0]{steps}, @events[ 2, 3 ] ], [
		[ { number => 1, patches => ['one'], file => 'patches/1.sql',
				line => 3 } ],
		step('done', 'one', 'patches', sessions_waited => 0),
		end(1, 0, 0) ], 'unfinished: it goes on there');

# Nothing can be run.
my $project = with_patch('one');
add_files($project, 'patches/2.sql' => patch('two', '', 'missing'));
my ($status, $output) = versioning($project, 'apply', '--json');
is("$status$output", 1, 'if nothing can be run, nothing is told');

done_testing();
