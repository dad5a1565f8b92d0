# Who waits for a patch while it runs: the line of the patch tells how many
# sessions have, and for how long.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use Onlookers;
use Scratch qw(value);
use Test::More;

my $number = 0;
my $time = qr/(?:\d+ ms|\d+\.\d s)/;

# A project with a table of two rows, and a patch that does this to it.
sub with_patch
{
	my ($body) = @_;
	my $project = project('onlookers' . $number++,
		'patches/1.sql' => patch('one', $body),
		'rollbacks/1.sql' => rollback_file('one', $body));

	value($project->{database}, 'CREATE TABLE held (a int PRIMARY KEY, b int);
		INSERT INTO held VALUES (1, 1), (2, 2)');
	return $project;
}

for my $way ([], ['--psql'])
{
	# Two that want what the patch has
	my $project = with_patch("LOCK TABLE held;\n" . until_seen(2));
	my $run = start_versioning($project, 'apply', @$way);
	wait_for_lock($project, 'held', 'AccessExclusive', 1);
	my @waiting = map { start_session($project, 'TABLE held;') } 1 .. 2;
	my ($status, $output, $errors) = finish_versioning($run);
	is($status, 0, "two @$way: exit status");
	like($output, qr/^\[1\/1\] one  $time, 2 sessions waited, at most $time$/m,
		"two @$way: they are told of");
	is($errors, '', "two @$way: nothing else is");
	finish_sessions(@waiting);

	# A rollback, and --quiet
	$run = start_versioning($project, 'rollback', 'one', @$way);
	wait_for_lock($project, 'held', 'AccessExclusive', 1);
	@waiting = map { start_session($project, 'TABLE held;') } 1 .. 2;
	($status, $output) = finish_versioning($run);
	is($status, 0, "rollback @$way: exit status");
	like($output, qr/^\[1\/1\] one  $time, 2 sessions waited, at most $time$/m,
		"rollback @$way: they are told of");
	finish_sessions(@waiting);

	# One that queues behind the patch, which queues itself
	$project = with_patch('LOCK TABLE held;');
	my $holder = start_holder($project, 'BEGIN; TABLE held;');
	$run = start_versioning($project, 'apply', '--lock-timeout', '0', @$way);
	wait_for_lock($project, 'held', 'AccessExclusive', 0);
	@waiting = (start_session($project, 'TABLE held;'));
	ok(wait_for(sub { value($project->{database},
		'SELECT true WHERE ' . is_seen(2)) }), "queue @$way: it is seen");
	finish_sessions($holder);
	(undef, $output) = finish_versioning($run);
	like($output, qr/^\[1\/1\] one  $time, 1 session waited, at most $time$/m,
		"queue @$way: who waits in it is told of");
	finish_sessions(@waiting);

	# One that waits for a row, and one that waits for that one; the patch
	# fails.
	$project = with_patch("UPDATE held SET b = 3 WHERE a = 1;\n"
		  . until_seen(2) . "\nSELECT 1/0;");
	$run = start_versioning($project, 'apply', @$way);
	wait_for_lock($project, 'held', 'RowExclusive', 1);
	@waiting = (start_holder($project,
			'BEGIN; UPDATE held SET b = 4 WHERE a = 2;'));
	$waiting[0]{input} .= "UPDATE held SET b = 4 WHERE a = 1;\n";
	wait_for(sub {
		$waiting[0]{harness}->pump_nb;
		return value($project->{database},
			'SELECT count(*) FROM pg_locks WHERE NOT granted') });
	push @waiting, start_session($project, 'UPDATE held SET b = 5 WHERE a = 2;');
	($status, $output) = finish_versioning($run);
	is($status, 3, "rows @$way: exit status");
	like($output,
		qr/^\[1\/1\] one  $time, 2 sessions waited, at most $time  failed$/m,
		"rows @$way: who waits for one who waits counts, too");
	finish_sessions(@waiting);

	# Those that wait for something else are not counted.
	$project = with_patch("CREATE TABLE own ();\n" . until_seen(1));
	$holder = start_holder($project, 'BEGIN; LOCK TABLE held;');
	@waiting = (start_session($project, 'TABLE held;'));
	($status, $output) = versioning($project, 'apply', @$way);
	is($status, 0, "others @$way: exit status");
	like($output, qr/^\[1\/1\] one  $time$/m, "others @$way: not told of");
	finish_sessions($holder, @waiting);
}

# A role that may not see what others do
my $project = with_patch("LOCK TABLE held;\n" . until_seen(1));
my $role = "onlookers_$$";
value($project->{database}, "CREATE ROLE $role LOGIN;
	GRANT INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER, SELECT
	ON _v.patches TO $role; ALTER TABLE held OWNER TO $role");
my $run = start_versioning($project, 'apply', '-U', $role);
wait_for_lock($project, 'held', 'AccessExclusive', 1);
my $waiting = start_session($project, 'TABLE held;');
my ($status, $output) = finish_versioning($run);
is($status, 0, 'no privileges: exit status');
like($output, qr/^\[1\/1\] one  $time, 1 session waited, at most $time$/m,
	'no privileges: who waits is told of');
finish_sessions($waiting);
value($project->{database}, "DROP OWNED BY $role CASCADE; DROP ROLE $role");

done_testing();
