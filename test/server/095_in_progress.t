#!/usr/bin/perl

# What others see of a patch that is registered outside a transaction block: it
# is in progress until its session has ended, or goes on to another one.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use IPC::Run ();
use Scratch;
use Test::More;

my $reader = role('reader');
my $deployer = role('deployer');
my $database = database('db');
my $other = database('other');

value($_, "CREATE EXTENSION versioning;
	GRANT INSERT, DELETE ON _v.patches TO $deployer") for $database, $other;

# A session, to run statements in one after the other.
my ($input, $output) = ('', '');
my $session;

sub connect_session
{
	($input, $output) = ('', '');
	$session = IPC::Run::start(
		[ qw(psql -X -q -A -t -U), $deployer, '-d', $database ],
		'<', \$input, '>', \$output, '2>&1');
	return;
}

# It does not outlive a test that dies.
END
{
	my $status = $?;
	$session->kill_kill(grace => 1) if $session;
	$? = $status;
}

sub execute
{
	my ($statements) = @_;
	$output = '';
	$input .= "$statements\n\\echo done\n";
	IPC::Run::pump($session) until $output =~ /^done$/m;
	return;
}

# What a role without any privilege sees.
sub seen
{
	my ($in) = @_;
	return value($in // $database, q{
		SELECT string_agg(concat_ws(' ', event, patch_name, role_name,
									application_name), ', ')
		  FROM _v.in_progress}, user => $reader);
}

is(seen(), '', 'nothing is in progress');

connect_session();
execute(q{SELECT _v.register_patch('index');});
is(seen(), "applied index $deployer psql", 'a patch outside a block');
is(seen($other), '', 'in its own database');
is(
	value($database, q{
		SELECT usename || ' ' || (since = happened_at) || ' ' || h.patch_name
		  FROM _v.in_progress AS p JOIN pg_stat_activity USING (pid)
		  JOIN _v.history AS h ON h.id = history_id}),
	"$deployer true index", 'its session, its time, and its row of history');
execute(q{SET application_name = 'deploy'; SELECT 1 / 0;});
is(seen(), "applied index $deployer deploy", 'after an error, too');
execute(q{BEGIN; SELECT _v.register_patch('next');});
is(seen(), "applied index $deployer deploy",
	'as long as the next one is not committed');
execute('ROLLBACK;');
is(seen(), "applied index $deployer deploy", 'and after it was rolled back');
execute(q{BEGIN; SELECT _v.register_patch('next'); COMMIT;});
is(seen(), '', 'a patch in a block is done when that is committed');
execute(q{SELECT _v.unregister_patch('next');});
is(seen(), "taken back next $deployer deploy", 'a rollback outside a block');
execute('DISCARD ALL;');
is(seen(), '', 'DISCARD ALL');

# A session that ends, and one that is ended

execute(q{SELECT _v.unregister_patch('index');});
is(seen(), "taken back index $deployer psql", 'another one');
$input = "\\q\n";
IPC::Run::finish($session);
wait_for_end();
is(seen(), '', 'ends with its session');

connect_session();
execute(q{SELECT _v.register_patch('index');});
value($database, 'SELECT pg_terminate_backend(pid) FROM _v.in_progress');
wait_for_end();
is(seen(), '', 'however that ends');
$input = "\\q\n";
IPC::Run::finish($session);

# Two at a time

connect_session();
execute(q{SELECT _v.register_patch('one');});
is(
	value($database, q{
		SELECT _v.register_patch('two');
		SELECT string_agg(patch_name, ' ' ORDER BY history_id)
		  FROM _v.in_progress}, user => $deployer),
	'one two', 'two sessions');

# The search_path has no say.

value($database, q{
	CREATE SCHEMA evil;
	CREATE FUNCTION evil.differs(bigint, bigint) RETURNS bool
		LANGUAGE sql AS 'SELECT $1 <> $2';
	CREATE OPERATOR evil.= (FUNCTION = evil.differs,
							LEFTARG = bigint, RIGHTARG = bigint);
	CREATE VIEW evil.pg_locks AS SELECT 1 AS pid;
	GRANT USAGE ON SCHEMA evil TO PUBLIC});
is(
	value($database, q{SET search_path = evil, pg_catalog;
		SELECT patch_name FROM _v.in_progress}, user => $reader),
	'one', 'under a search_path that others have written to');
$input = "\\q\n";
IPC::Run::finish($session);

done_testing();

# Waits until the server has seen that the session is over.
sub wait_for_end
{
	value($database, q{
		DO $$BEGIN
			WHILE EXISTS (SELECT FROM pg_stat_activity
						   WHERE usename = '} . $deployer . q{') LOOP
				PERFORM pg_sleep(0.01), pg_stat_clear_snapshot();
			END LOOP;
		END$$});
	return;
}
