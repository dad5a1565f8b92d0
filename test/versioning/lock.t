# One deployer at a time: the others wait, and are told for whom; nothing waits
# for them; and whoever is killed leaves no lock behind.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use Processes qw(children);
use Scratch qw(role value);
use Test::More;

my $number = 0;

# A psql that would not end by itself
my $stopped;

END
{
	kill 'KILL', $stopped if $stopped;
}

# The patches and rollbacks of a project that has a patch "slow", which goes on
# until somebody lets the lock number 7 go that gate() returns.
sub slow_project
{
	my @files = @_;
	return project('lock' . $number++,
		'patches/slow.sql' => patch('slow',
			"SET LOCAL lock_timeout = 0;\nSELECT pg_advisory_lock(7);"),
		'rollbacks/slow.sql' => rollback_file('slow'), @files);
}

# A psql that holds the lock 7 of a project until open_gate() ends it.
sub gate
{
	my ($project) = @_;
	my %gate = (input => "SELECT pg_advisory_lock(7);\n", output => '');

	$gate{harness} = IPC::Run::start(
		[ 'psql', '-XAtq', '-d', $project->{database} ],
		'<', \$gate{input}, '>', \$gate{output}, '2>', '/dev/null');
	$gate{harness}->pump until $gate{output} =~ /\n/;
	return \%gate;
}

sub open_gate
{
	my ($gate) = @_;
	$gate->{harness}->finish;
	return;
}

# Waits until a condition on a session of the project's database is met.
sub wait_for_session
{
	my ($project, $condition) = @_;
	return wait_for(sub {
		value('postgres', "SELECT count(*) FROM pg_stat_activity
			WHERE datname = '$project->{database}' AND $condition") > 0 });
}

# Waits until the patch "slow" stands before the gate.
sub wait_at_gate
{
	my ($project) = @_;
	return wait_for_session($project,
		"wait_event_type = 'Lock' AND query LIKE '%advisory_lock(7)%'");
}

# Waits until the program has written what matches.
sub wait_for_errors
{
	my ($run, $pattern) = @_;
	return wait_for(sub {
		$run->{harness}->pump_nb;
		return $run->{errors} =~ $pattern;
	});
}

my $holder = qr/process (\d+) of user "postgres", application "versioning apply", since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \S+/;

# Waiting in vain
my $project = slow_project();
my $gate = gate($project);
my $first = start_versioning($project, 'apply');
ok(wait_at_gate($project), 'a deployer is at work');

my ($status, $output, $errors) =
  versioning($project, 'apply', '--wait', 0);
is($status, 4, '--wait 0: exit status');
my $doing = qr/, running: SELECT pg_advisory_lock\(7\)$/m;
like($errors, qr/^versioning: error: another deployer is at work: $holder$doing/m,
	'--wait 0: who has the lock');
is($output, '', '--wait 0: no output');
my ($pid) = $errors =~ $holder;
is(value('postgres', "SELECT application_name FROM pg_stat_activity
	WHERE pid = $pid AND datname = '$project->{database}'"),
	'versioning apply', 'it is the session that is named');
like((versioning($project, 'status'))[1], qr/^ slow +\| pending /m,
	'status does not need the lock');
is((versioning($project, 'apply', '--dry-run'))[0], 0,
	'nor does --dry-run');

($status, $output, $errors) = versioning($project, 'apply', '--wait', 1);
is($status, 4, '--wait 1: exit status');
like($errors, qr/^versioning: waiting for another deployer: $holder$doing/m,
	'--wait 1: for whom it waits');
like($errors, qr/^versioning: error: another deployer was still at work after 1 s: $holder$doing/m,
	'--wait 1: who has the lock all the same');
is(scalar(() = $errors =~ /waiting for/g), 1,
	'--wait 1: that is said once');

# A role that may not see much of the others is told what it may know.
my $lowly = role('lowly');
value($project->{database}, "GRANT INSERT ON _v.patches TO $lowly");
($status, undef, $errors) =
  versioning($project, '-U', $lowly, 'apply', '--wait', 0);
is($status, 4, 'somebody without privileges: exit status');
like($errors, qr/is at work: process $pid of user "postgres"/,
	'somebody without privileges: who has the lock');

# Another database is another matter.
my $other = project('lock_other', 'patches/a.sql' => patch('a'));
applies($other, 'a', 'another database, meanwhile', '--wait', 0);

# Waiting with success, however short a time the server lets sessions idle
value($project->{database},
	"ALTER DATABASE $project->{database} SET idle_session_timeout = '100ms'");
my $second = start_versioning($project, 'apply');
ok(wait_for_errors($second, qr/waiting for another deployer: $holder/),
	'another deployer waits');
select undef, undef, undef, 0.5;
is(value('postgres', "SELECT count(*) FROM pg_stat_activity
	WHERE datname = '$project->{database}'
	  AND application_name LIKE 'versioning%' AND pid <> $pid
	  AND (backend_xid IS NOT NULL OR backend_xmin IS NOT NULL
	       OR xact_start IS NOT NULL)
	  AND query NOT LIKE '%advisory_lock(7)%'
	  AND state <> 'active'"),
	0, 'who waits has no transaction');
open_gate($gate);
($status, $output) = finish_versioning($first);
is($status, 0, 'the first one: exit status');
like($output, qr/^1 patch applied in /m, 'the first one: what it did');
($status, $output) = finish_versioning($second);
is($status, 0, 'the one that waited: exit status');
like($output, qr/^Nothing to apply: 1 applied/m,
	'the one that waited: what it did');
ok(wait_for(sub { sessions($project) == 0 }), 'no session is left');

# A rollback waits, too, and so does what is to be applied behind it.
value($project->{database}, "ALTER DATABASE $project->{database} RESET ALL");
add_files($project, 'rollbacks/slow.sql' =>
	  rollback_file('slow', 'SELECT pg_advisory_lock(7);'));
$gate = gate($project);
$first = start_versioning($project, 'rollback', 'slow');
ok(wait_at_gate($project), 'a rollback is at work');
($status, undef, $errors) =
  versioning($project, 'rollback', 'slow', '--wait', 0);
is($status, 4, 'another rollback: exit status');
like($errors, qr/application "versioning rollback"/,
	'another rollback: who has the lock');
open_gate($gate);
is((finish_versioning($first))[0], 0, 'the rollback: exit status');

# A deployer that is killed leaves no lock, and who waited goes on.
$gate = gate($project);
$first = start_versioning($project, 'apply');
ok(wait_at_gate($project), 'a deployer is at work that will be killed');
$second = start_versioning($project, 'apply');
ok(wait_for_errors($second, qr/waiting for another deployer/),
	'another one waits for it');
kill 'KILL', $first->{pid};
is((finish_versioning($first))[0], 'signal 9', 'it was killed');
open_gate($gate);
($status, $output, $errors) = finish_versioning($second);
is($status, 0, 'the one that waited: exit status') || diag $errors;
is(registered($project), 'slow', 'the patch is applied, once');
ok(wait_for(sub { sessions($project) == 0 }), 'no session is left');
is(value($project->{database}, q(SELECT count(*) FROM pg_locks
	WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database
		WHERE datname = current_database()))), 0, 'nor a lock');

# While the psql of a killed deployer is still at work, nobody else is.
SKIP:
{
	skip 'no psql to be stopped', 4 if !-d '/proc/self';

	# Should it not be left alone, it is not to be waited for in vain.
	local $ENV{PGOPTIONS} = '-c lock_timeout=5s';

	$project = slow_project();
	$gate = gate($project);
	$first = start_versioning($project, 'apply', '--psql');
	wait_at_gate($project);
	my ($psql) = children($first->{pid}, qr/psql /);
	$stopped = $psql;
	kill 'STOP', $psql;
	kill 'KILL', $first->{pid};
	finish_versioning($first);
	($status, undef, $errors) =
	  versioning($project, 'apply', '--wait', 0);
	is($status, 4, 'a psql that is left: exit status');
	like($errors, qr/the session of a deployer that has ended is at work: process \d+ of user "postgres"/,
		'a psql that is left: message');
	kill 'KILL', $psql;
	undef $stopped;
	open_gate($gate);
	applies($project, 'slow', 'when it is gone, another one goes on');
}

# CREATE INDEX CONCURRENTLY waits for all who have a snapshot: not for those
# who wait for the deployer.
$project = project('lock_cic',
	'patches/1.sql' => patch('t', 'CREATE TABLE t (a int); SELECT pg_advisory_lock(7);'),
	'patches/2.sql' => "-- versioning: no-transaction\n"
	  . "SELECT _v.register_patch('i', ARRAY['t']);\n"
	  . "CREATE INDEX CONCURRENTLY i ON t (a);\n");
$gate = gate($project);
$first = start_versioning($project, 'apply');
wait_at_gate($project);
my @waiting = map { start_versioning($project, 'apply') } 1 .. 3;
wait_for_errors($_, qr/waiting for another deployer/) for @waiting;
is(scalar(grep { $_->{errors} =~ /waiting for/ } @waiting), 3,
	'three deployers wait');
open_gate($gate);
is_deeply([ map { (finish_versioning($_))[0] } $first, @waiting ],
	[ 0, 0, 0, 0 ], 'all of them end well');
is(value($project->{database},
	"SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass"),
	't', 'the index is there');

# Anyone can have one of these locks; that is said, and does not take for ever.
for my $lock (1, 2)
{
	my $elsewhere = project("lock_elsewhere_$lock", 'patches/a.sql' => patch('a'));
	my %anyone = (input => "SELECT pg_advisory_lock(1986359923, $lock);\n",
		output => '');

	$anyone{harness} = IPC::Run::start(
		[ 'psql', '-XAtq', '-d', $elsewhere->{database} ],
		'<', \$anyone{input}, '>', \$anyone{output}, '2>', '/dev/null');
	$anyone{harness}->pump until $anyone{output} =~ /\n/;
	($status, undef, $errors) = versioning($elsewhere, 'apply', '--wait', 1);
	is($status, 4, "lock $lock of anyone: exit status");
	like($errors, qr/ after 1 s: process \d+ of user "postgres", application "psql"/,
		"lock $lock of anyone: who has it");
	$anyone{harness}->finish;
	value($elsewhere->{database}, "BEGIN;
		SELECT pg_advisory_xact_lock(1986359923, $lock);
		PREPARE TRANSACTION 'for ever $lock'");
	($status, undef, $errors) = versioning($elsewhere, 'apply', '--wait', 1);
	is($status, 4, "lock $lock of a prepared transaction: exit status");
	like($errors, qr/ after 1 s: prepared transaction "for ever $lock" of user "postgres"/,
		"lock $lock of a prepared transaction: which one has it");
	value($elsewhere->{database}, "ROLLBACK PREPARED 'for ever $lock'");
}

# A connection too few
value('postgres', "ALTER DATABASE $project->{database} CONNECTION LIMIT 1");
value($project->{database}, "GRANT INSERT, SELECT ON _v.patches TO $lowly");
add_files($project, 'patches/3.sql' => patch('n'));
($status, undef, $errors) = versioning($project, '-U', $lowly, 'apply');
is($status, 2, 'no second connection: exit status');
like($errors, qr/^versioning: error: .*too many connections for database.*\n(.*\n)*versioning: detail: This was the second connection/m,
	'no second connection: message');

done_testing();
