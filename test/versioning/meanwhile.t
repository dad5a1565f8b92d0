# Somebody registers a patch by hand, or takes it back, while versioning is
# about to do the same: the register is as it should be, but not by the file.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use Scratch qw(value);
use Test::More;

my $project = project('meanwhile',
	'patches/1.sql' => patch('one', 'CREATE TABLE one ();'),
	'patches/2.sql' => patch('two', 'CREATE TABLE two ();', 'one'),
	'rollbacks/1.sql' => rollback_file('one', 'DROP TABLE one;'));
my $database = $project->{database};

# Runs a command while a transaction has executed a statement; that commits when
# the command waits for it. Returns as versioning() does.
sub run_against
{
	my ($statement, @arguments) = @_;
	my ($input, $answer) = ("BEGIN;\n$statement;\n\\echo done\n", '');
	my $psql = IPC::Run::start([ 'psql', '-XAtq', '-d', $database ],
		'<', \$input, '>', \$answer, '2>', '/dev/null');
	$psql->pump until $answer =~ /done/;

	my $run = start_versioning($project, @arguments, '--lock-timeout', 0);
	ok( wait_for(sub {
			value('postgres', "SELECT count(*) FROM pg_stat_activity
				WHERE datname = '$database' AND wait_event_type = 'Lock'") > 0
		}),
		"$arguments[0]: it waits for the one who does it by hand");
	$input .= "COMMIT;\n";
	$psql->finish;
	return finish_versioning($run);
}

my $meanwhile = qr/^versioning: detail: It is (registered|taken back) all the same: somebody else has done that meanwhile/m;

my ($status, $output, $errors) =
  run_against("SELECT _v.register_patch('one')", 'apply');
is($status, 3, 'apply: exit status');
like($errors, qr{^psql:patches/1\.sql:2: ERROR:  Patch one is already applied}m,
	q(apply: psql's message));
like($errors, $meanwhile, 'apply: what was kept');
like($errors, qr/^versioning: 0 applied, 1 failed, 1 not attempted$/m,
	'apply: how far it has come');
unlike($output, qr/patch applied/, 'apply: no success');
is(value($database, "SELECT to_regclass('one') IS NULL"), 't',
	'apply: nothing was kept of the file');
applies($project, 'one two', 'the next run goes on behind it');

value($database, "SELECT _v.unregister_patch('two'); CREATE TABLE one ()");
($status, $output, $errors) =
  run_against("SELECT _v.unregister_patch('one')", 'rollback', 'one');
is($status, 3, 'rollback: exit status');
like($errors, $meanwhile, 'rollback: what was kept');
like($errors, qr/^versioning: 0 taken back, 1 failed, 0 not attempted$/m,
	'rollback: how far it has come');
is(value($database, "SELECT to_regclass('one') IS NULL"), 'f',
	'rollback: nothing was done by the file');

done_testing();
