# A patch that is registered outside a transaction is being applied until its
# session ends: that is what status says, and what apply and rollback wait for.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use JSON::PP qw(decode_json);
use Scratch qw(role value);
use Test::More;

my $directive = "-- versioning: no-transaction\n";
my $wait = 'SELECT pg_advisory_lock(7);';
my $project = project('session',
	'patches/done.sql' => patch('done'),
	'patches/slow.sql' =>
	  "${directive}SELECT _v.register_patch('slow');\n$wait\n",
	'rollbacks/done.sql' => rollback_file('done'),
	'rollbacks/slow.sql' =>
	  "${directive}SELECT _v.unregister_patch('slow');\n$wait\n");
my $database = $project->{database};
my $role = role('hand');
my $who = qr/process (\d+) of user "$role", application "by hand", since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \S+/;
my @sessions;

# It does not outlive a test that dies.
END
{
	my $status = $?;
	$_->{harness}->kill_kill(grace => 1) for @sessions;
	$? = $status;
}

value($database, "GRANT INSERT, DELETE ON _v.patches TO $role");
is((versioning($project, qw(apply done)))[0], 0, 'there is a patch');

# Somebody applies the other one by hand, and is not through.
my $session = session();
execute($session, "SELECT _v.register_patch('slow');");
my ($status, $output, $errors) = versioning($project, 'status');
is($status, 0, 'status');
like($output, qr/^ slow +\| being applied \| .*\| $who$/m,
	'status: it is being applied, and by whom');
like($output, qr/^1 applied, 1 in progress, 0 pending, 0 blocked$/m,
	'status: its summary');
is((versioning($project, qw(status --exit-code)))[0], 5,
	'status --exit-code');

my ($state, $all) = state_of('slow');
my ($pid) = $output =~ $who;
is($state->{state}, 'being applied', 'JSON: it is being applied');
is_deeply([ @{ $state->{in_progress} }{qw(pid role application)} ],
	[ $pid, $role, 'by hand' ], 'JSON: by whom');
like($state->{in_progress}{since},
	qr/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+[+-]\d\d:\d\d$/, 'JSON: since when');
is($all->{in_progress}, 1, 'JSON: how many there are');
is((state_of('done'))[0]{in_progress}, undef, 'JSON: not so the other one');
is(value('postgres', "SELECT usename FROM pg_stat_activity WHERE pid = $pid"),
	$role, 'it is the session that is named');

# Nobody says that all is done.
for my $arguments ([qw(apply --wait 0)], [qw(rollback done --wait 0)])
{
	my $command = $arguments->[0];

	($status, $output, $errors) = versioning($project, @$arguments);
	is($status, 4, "$command --wait 0: exit status");
	is($output, '', "$command --wait 0: no output");
	like($errors, qr/^versioning: error: a session that is in a patch is at work: patch "slow" is being applied by $who$/m,
		"$command --wait 0: for whom it would wait");
}
is(registered($project), 'done slow', 'nothing was run');
($status, $output, $errors) = versioning($project, qw(apply --dry-run));
is($status, 4, 'apply --dry-run: exit status');
is($output, '', 'apply --dry-run: output');
like($errors, qr/warning: patch "slow" is being applied by $who$/m,
	'apply --dry-run: message');
($status, $output, $errors) =
  versioning($project, qw(rollback --dry-run done));
is($status, 0, 'rollback --dry-run: exit status');
like($errors, qr/warning: patch "slow" is being applied by $who$/m,
	'rollback --dry-run: message');

my $run = waiting('apply');
end_session($session);
($status, $output) = finish_versioning($run);
is($status, 0, 'apply goes on when the session has ended');
like($output, qr/^Nothing to apply: 2 applied/, 'and there is nothing left');

# And taken back
$session = session();
execute($session, "SELECT _v.unregister_patch('slow');");
($status, $output) = versioning($project, 'status');
like($output, qr/^ slow +\| being taken back \| .*\| $who$/m,
	'status: it is being taken back');
is((versioning($project, qw(status --exit-code --patches),
			'patches/done.sql'))[0], 5, 'status --exit-code: without a file');
is((state_of('slow', '--patches', 'patches/done.sql'))[0]{state},
	'being taken back', 'JSON: without a file');
is((versioning($project, 'check', '-d', $database, '--patches',
			'patches/done.sql', '--disable', 'rollback-without-patch'))[0],
	0, 'check: without a file');
is((versioning($project, 'graph', '-d', $database, '--patches',
			'patches/done.sql'))[0], 0, 'graph: without a file');
$run = waiting('apply', 'slow', '--wait', 60);
execute($session, 'BEGIN; COMMIT; DISCARD ALL;');
like($run->{errors}, qr/waiting for a session that is in a patch: patch "slow" is being taken back by $who$/m,
	'apply: for whom it waits');
is((finish_versioning($run))[0], 0, 'apply goes on when it is not in it any more');
is(registered($project), 'done slow', 'and the patch is applied');
end_session($session);

# A deployer, which does not wait for its own session
my $gate = session();
execute($gate, $wait);
$run = start_versioning($project, qw(rollback slow));
ok(wait_for(sub { value('postgres', "SELECT count(*) FROM pg_stat_activity
	WHERE datname = '$database' AND wait_event = 'advisory'") > 0 }),
	'a deployer is in a patch without a transaction');
like((versioning($project, 'status'))[1],
	qr/^ slow +\| being taken back \| .*\| process \d+ of user "postgres", application "versioning rollback"/m,
	'status: by a deployer');
($status, $output, $errors) = versioning($project, qw(rollback slow --wait 0));
is($status, 1, 'another one cannot take it back once more');
($status, $output, $errors) = versioning($project,
	qw(apply --wait 0 --patches), 'patches/done.sql');
is($status, 4, 'another one waits, although there is nothing to do');
like($errors, qr/another deployer is at work: process/, 'and for the deployer');
end_session($gate);
is((finish_versioning($run))[0], 0, 'the deployer ends well');
is(registered($project), 'done', 'the patch is taken back');

# Somebody who is in a transaction
$session = session();
execute($session, "BEGIN; SELECT _v.register_patch('slow');");
like((versioning($project, 'status'))[1],
	qr/^1 applied, 1 pending, 0 blocked$/m, 'a transaction is none of that');
end_session($session);

done_testing();


# Starts a session of somebody who works by hand.
sub session
{
	my %session = (input => '', output => '');

	local $ENV{PGAPPNAME} = 'by hand';
	$session{harness} = IPC::Run::start(
		[ qw(psql -X -q -A -t -U), $role, '-d', $database ],
		'<', \$session{input}, '>', \$session{output}, '2>&1');
	push @sessions, \%session;
	return \%session;
}

# Has it run some statements.
sub execute
{
	my ($session, $statements) = @_;

	$session->{output} = '';
	$session->{input} .= "$statements\n\\echo done\n";
	$session->{harness}->pump until $session->{output} =~ /^done$/m;
	return;
}

sub end_session
{
	my ($session) = @_;

	$session->{input} .= "\\q\n";
	$session->{harness}->finish;
	@sessions = grep { $_ != $session } @sessions;
	return;
}

# The state of a patch in JSON, and all of that.
sub state_of
{
	my ($name, @arguments) = @_;
	my (undef, $output) = versioning($project, 'status', '--json', @arguments);
	my $all = decode_json($output);
	my ($patch) = grep { $_->{patch} eq $name } @{ $all->{patches} };

	return ($patch, $all);
}

# Starts a command that waits for the session, and returns when it says so.
sub waiting
{
	my $run = start_versioning($project, @_);

	ok(wait_for(sub {
		$run->{harness}->pump_nb;
		return $run->{errors} =~ /waiting for a session that is in a patch: .*$who$/m;
	}), "$_[0] waits");
	return $run;
}
