#!/usr/bin/perl

# What others see of a patch that is registered outside a transaction block: it
# is in progress until its session has ended, or goes on to another one.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
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
	my ($user) = @_;
	($input, $output) = ('', '');
	$session = IPC::Run::start(
		[ qw(psql -X -q -A -t -U), $user // $deployer, '-d', $database ],
		'<', \$input, '>', \$output, '2>&1');
	return;
}

sub end_session
{
	$input = "\\q\n";
	IPC::Run::finish($session);
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
end_session();
wait_for_end();
is(seen(), '', 'ends with its session');

connect_session();
execute(q{SELECT _v.register_patch('index');});
value($database, 'SELECT pg_terminate_backend(pid) FROM _v.in_progress');
wait_for_end();
is(seen(), '', 'however that ends');
end_session();

# Two at a time

connect_session();
execute(q{SELECT _v.register_patch('one');});
is(
	value($database, q{
		SELECT _v.register_patch('two');
		SELECT string_agg(patch_name, ' ' ORDER BY history_id)
		  FROM _v.in_progress}, user => $deployer),
	'one two', 'two sessions');

# Another register, by another session: the patch is none of its patches.

{
	my $guard = q{
		CREATE EVENT TRIGGER versioning_changes ON ddl_command_end
			EXECUTE FUNCTION _v.record_changes();
		CREATE EVENT TRIGGER versioning_guard ON ddl_command_end
			EXECUTE FUNCTION _v.require_patch();};
	my $again = qq{DROP EXTENSION versioning CASCADE;
		CREATE EXTENSION versioning;
		GRANT INSERT, DELETE ON _v.patches TO $deployer; $guard};
	my $locks = q{SELECT count(*) FROM pg_locks JOIN pg_database AS d
					ON d.oid = database AND datname = current_database()
				   WHERE locktype = 'object' AND mode = 'ExclusiveLock'};

	value($database, "GRANT CREATE ON SCHEMA public TO $deployer");
	value($database, "BEGIN; $again COMMIT; SELECT _v.register_patch('another')");
	execute(q{SELECT coalesce(_v.current_patch(), 'no patch');});
	is($output, "no patch\ndone\n", 'a new register: the session is in no patch');
	execute('CREATE TABLE late (a int);');
	like($output, qr/ERROR:  cannot execute CREATE TABLE outside a patch/,
		'the guard refuses what it does');
	is(value($database, 'SELECT count(*) FROM _v.changes'), 0,
		'and it is not booked to another patch');
	is(value($database, $locks), 0, 'its lock is released');

	# In the own session, it depends on what becomes of it.
	end_session();
	connect_session('postgres');
	execute(q{SELECT _v.register_patch('four');});
	execute("BEGIN; SAVEPOINT s; $again SELECT coalesce(_v.current_patch(), 'no patch');");
	like($output, qr/^no patch$/m, 'in the session that drops the old register');
	execute('ROLLBACK TO s; COMMIT; SELECT _v.current_patch();');
	is($output, "four\ndone\n", 'and does not, in the end');
	execute("BEGIN; $again ROLLBACK; SELECT _v.current_patch();");
	like($output, qr/^four$/m, 'nor here');
	is(seen(), 'applied four postgres psql', 'the lock is held');
	execute(q{SELECT _v.register_patch(string_agg(md5(i::text), '') || 'name')
			FROM generate_series(1, 80) AS i;
		CREATE TABLE long (a int); CREATE INDEX CONCURRENTLY ON long (a);
		SELECT right(_v.current_patch(), 4);});
	is($output, "name\ndone\n", 'a long name');

	# Its row has gone, and another one has its number.
	value($database, q{SET versioning.bypass_guard = on;
		ALTER TABLE _v.history DISABLE TRIGGER append_only;
		TRUNCATE _v.history RESTART IDENTITY;
		ALTER TABLE _v.history ENABLE ALWAYS TRIGGER append_only;
		SELECT _v.register_patch('x' || i) FROM generate_series(1, 9) AS i});
	execute('CREATE TABLE lost (a int);');
	like($output, qr/ERROR:  cannot execute CREATE TABLE outside a patch/,
		'without its row of history it is none');
	value($database, q{SET versioning.bypass_guard = on;
		DROP EVENT TRIGGER versioning_guard});
	end_session();
	connect_session();
	execute(q{SELECT _v.register_patch('last');});
}

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
	'last', 'under a search_path that others have written to');
end_session();

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
