# A file that does not get a lock is rolled back, waits without one until those
# are gone who were in the way, and is tried again, whoever runs it.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use Holder;
use Scratch qw(value);
use Test::More;

my $number = 0;
my $since = qr/since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \S+/;

# A project with a patch, and a database in which something was made before.
sub with_patch
{
	my ($body, $before) = @_;
	my $project = project('retries' . $number++,
		'patches/1.sql' => patch('one', $body));

	value($project->{database}, $before
		  // 'CREATE TABLE held (a int PRIMARY KEY); INSERT INTO held VALUES (1)');
	return $project;
}

# Passes if a patch is not applied before a session ends that has run something,
# and then is; what is waited for is named, and nobody else waits for the patch
# meanwhile.
sub waits_for
{
	my ($name, $project, $script, $named, @arguments) = @_;
	my $holder = start_holder($project->{database}, $script);
	my $run = start_versioning($project, 'apply', @arguments);
	my ($status, $output, $errors);

	ok(wait_for(sub {
			$run->{harness}->pump_nb;
			return $run->{errors} =~ /^versioning: waiting for $named/m }),
		"$name: who is in the way is told");
	is(value($project->{database},
			"SELECT count(*) FROM pg_stat_activity JOIN pg_locks USING (pid)
			 WHERE application_name = 'versioning apply'
			   AND locktype = 'relation' AND mode <> 'AccessShareLock'"),
		0, "$name: meanwhile it has no lock");
	is(registered($project), '', "$name: meanwhile it is not registered");
	finish_holder($holder);
	($status, $output, $errors) = finish_versioning($run);
	is($status, 0, "$name: exit status") || diag($errors);
	is(registered($project), 'one', "$name: it is registered");
	unlike($errors, qr/ERROR/, "$name: no error is shown");
	is(scalar(() = $errors =~ /waiting for/g), 1, "$name: a line a blocker")
	  || diag($errors);
	return;
}

my $held = qr/public\.held: process \d+ of user "postgres", application "the holder", $since, idle in transaction: /;

for my $way ([], ['--psql'])
{
	waits_for("a reader @$way", with_patch('ALTER TABLE held ADD more int;'),
		'BEGIN; SELECT FROM held;', qr/${held}SELECT FROM held$/, @$way);
	waits_for("a writer @$way", with_patch('UPDATE held SET a = 2;'),
		'BEGIN; UPDATE held SET a = 3;', qr/a row of ${held}UPDATE/, @$way);
}

done_testing();
