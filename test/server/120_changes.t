#!/usr/bin/perl

# Changes in sessions of their own: how the recorder gets along with locks,
# timeouts and other sessions, with the extension's own life, and with roles
# that would use it for more than it is for.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use IPC::Run ();
use Scratch;
use Test::More;

my $recorder = q{
	CREATE EVENT TRIGGER versioning_changes ON ddl_command_end
		EXECUTE FUNCTION _v.record_changes();
	CREATE EVENT TRIGGER versioning_drops ON sql_drop
		EXECUTE FUNCTION _v.record_changes();};
my $owner = role('owner');
my $deployer = role('deployer');
my $database = database('db');

# The latest changes, one a line
my $said = q{
	SELECT string_agg(concat_ws(' ', patch_name, command_tag, action, identity),
					  E'\n' ORDER BY c.id)
	  FROM _v.changes AS c LEFT JOIN _v.history AS h ON h.id = history_id};

value('postgres', "GRANT CREATE ON DATABASE $database TO $owner");
value($database, 'CREATE EXTENSION versioning', user => $owner);
value($database, "GRANT CREATE ON SCHEMA public TO $deployer;
	GRANT INSERT, DELETE ON _v.patches TO $deployer; $recorder");

# Outside of a transaction block

value($database, q{
	SELECT _v.register_patch('index');
	CREATE TABLE t (a int, b int);
	CREATE INDEX CONCURRENTLY t_a ON t (a);
	REINDEX INDEX CONCURRENTLY t_a;
	DROP INDEX CONCURRENTLY t_a}, user => $deployer);
is(value($database, $said), 'index CREATE TABLE created public.t
index CREATE INDEX created public.t_a
index DROP INDEX dropped public.t_a', 'commands that commit on their way');

# Two phases

value($database, q{
	BEGIN; CREATE TABLE prepared (a int); PREPARE TRANSACTION 'changes';
	COMMIT PREPARED 'changes'});
is(value($database, "$said WHERE identity = 'public.prepared'"),
	'CREATE TABLE created public.prepared', 'a prepared transaction');

# A snapshot that is older than the changes of others

{
	my ($input, $output, $errors) = ('', '', '');
	my $session = IPC::Run::start([ qw(psql -X -q -A -t -d), $database ],
		'<', \$input, '>', \$output, '2>', \$errors);

	$input = "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 'begun';\n";
	IPC::Run::pump($session) until $output =~ /begun/;
	value($database, 'ALTER TABLE t RENAME TO u');
	$input = "ALTER TABLE u ADD c int; COMMIT;\n";
	IPC::Run::finish($session);
	is($errors, '', 'a snapshot from before');
	is(
		value($database, q{
			SELECT count(DISTINCT first_id) FROM _v.changes
			 WHERE identity IN ('public.t', 'public.u')}),
		1, 'finds the life that another session has gone on with');
}

# Waiting for the table

{
	my ($input, $output, $errors) = ('', '', '');
	my $session = IPC::Run::start([ qw(psql -X -q -A -t -d), $database ],
		'<', \$input, '>', \$output, '2>', \$errors);

	$input = "BEGIN; LOCK TABLE _v.changes; SELECT 'locked';\n";
	IPC::Run::pump($session) until $output =~ /locked/;
	my ($status, undef, $warning) = psql($database, q{
		SET lock_timeout = '100ms'; CREATE TABLE waited (a int)});
	is($status, 0, 'lock_timeout: the command is done');
	like($warning, qr/WARNING:  55P03: change was not recorded: canceling statement due to lock timeout/,
		'and says that it was not recorded');
	fails($database, q{
		SET statement_timeout = '100ms'; CREATE TABLE timed_out (a int)},
		qr/ERROR:  57014: canceling statement due to statement timeout/,
		'statement_timeout is the user\'s to be heard');
	is(value($database, q{SELECT to_regclass('timed_out') IS NULL}), 't',
		'nothing of it is left');
	$input = "COMMIT;\n";
	IPC::Run::finish($session);
}

# At any moment of it

for my $timeout (map { (1 + int $_ / 8) } 1 .. 40)
{
	my ($status, undef, $errors) = psql($database,
		"SET client_min_messages = warning;
		 DROP TABLE IF EXISTS often, more_often;
		 SET statement_timeout = $timeout;
		 CREATE TABLE often (id serial PRIMARY KEY, a int UNIQUE);
		 ALTER TABLE often RENAME TO more_often;
		 DROP TABLE more_often;");
	next if $status == 0 ? $errors eq '' : $errors =~ /ERROR:  57014/;
	fail("statement_timeout = $timeout");
	diag $errors;
}
value($database, 'DROP TABLE IF EXISTS often, more_often');
is(
	value($database, q{
		SELECT count(*) FROM (SELECT DISTINCT ON (first_id) identity, action
								FROM _v.changes WHERE identity ~ 'often'
							   ORDER BY first_id, id DESC) AS last
		 WHERE action <> 'dropped'}),
	0, 'whenever statement_timeout comes, changes and rows go together');

# Who would rather not be recorded

succeeds($database, q{
	CREATE TABLE read_only AS
		SELECT set_config('transaction_read_only', 'on', true)},
	'a transaction that its command makes read-only: it is done',
	user => $deployer);
is(value($database, "$said WHERE identity = 'public.read_only'"),
	'CREATE TABLE AS created public.read_only', 'and is recorded');
{
	my $gone = role('gone');
	value('postgres', "GRANT $deployer TO $gone");
	succeeds($database, qq{
		SET ROLE $deployer;
		\\! psql -X -q -U postgres -d postgres -c 'DROP ROLE $gone'
		CREATE TABLE by_nobody (a int);
		SELECT _v.register_patch('by nobody')},
		'a session whose role was dropped: the command is done',
		user => $gone);
	is(
		value($database, q{
			SELECT role_name, session_role_name FROM _v.changes
			 WHERE identity = 'public.by_nobody'
			UNION ALL
			SELECT role_name, session_role_name FROM _v.history
			 WHERE patch_name = 'by nobody'}),
		"$deployer|\n$deployer|", 'and is recorded');
}

# No code of anybody's is run by recording, also if a superuser has given the
# table away: what would be run is named, and nothing is recorded.

my ($status, $errors);
value($database, "GRANT CREATE ON SCHEMA public TO $owner;
				  ALTER TABLE _v.changes OWNER TO $owner");
value($database, qq{
	CREATE FUNCTION climb() RETURNS void LANGUAGE plpgsql AS
		\$\$BEGIN
			PERFORM set_config('search_path', 'evil, pg_catalog', false);
			IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
				EXECUTE 'ALTER ROLE $owner SUPERUSER';
			END IF;
		END\$\$;
	CREATE FUNCTION me(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS
		'BEGIN PERFORM public.climb(); RETURN \$1; END';
	CREATE FUNCTION cancel(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS
		\$\$BEGIN RAISE SQLSTATE '57014'; END\$\$}, user => $owner);
for my $case (
	[ q{ALTER TABLE _v.changes ADD CONSTRAINT c CHECK (me(action) <> '') NOT VALID},
		'the constraint c', 'ALTER TABLE _v.changes DROP CONSTRAINT c' ],
	[ q{ALTER TABLE _v.changes ADD CONSTRAINT c CHECK (cancel(action) <> '') NOT VALID},
		'the constraint c', 'ALTER TABLE _v.changes DROP CONSTRAINT c' ],
	[ q{DROP INDEX _v.changes_identity_idx;
		CREATE INDEX changes_identity_idx ON _v.changes
			(hashtextextended(identity, 0), id) WHERE me('x') = 'x'},
		'the index changes_identity_idx',
		'DROP INDEX _v.changes_identity_idx;
		 CREATE INDEX changes_identity_idx ON _v.changes
			(hashtextextended(identity, 0), id)' ],
	[ q{CREATE INDEX i ON _v.changes (id) WHERE me('x') = 'x'},
		'the index i', 'DROP INDEX _v.i' ],
	[ q{CREATE INDEX i ON _v.changes (me(action))},
		'the index i', 'DROP INDEX _v.i' ],
	[ q{ALTER TABLE _v.changes ALTER schema_name SET DEFAULT me('x')},
		'a default to column schema_name',
		'ALTER TABLE _v.changes ALTER schema_name DROP DEFAULT' ])
{
	my ($addition, $named, $repair) = @$case;

	# Only the owner builds it, and looks at the table: to plan a query would
	# run what a superuser has been asked not to trust.
	my $before = value($database, "SET session_replication_role = replica;
		SET ROLE $owner; SET client_min_messages = error; $addition;
		SELECT count(*) FROM _v.changes");
	($status, undef, $errors) = psql($database,
		"CREATE TABLE bait (a int); DROP TABLE bait; SHOW search_path");
	is($status, 0, "$addition: the command is done");
	like($errors,
		qr/WARNING:  55000: change was not recorded: table _v\.changes is not as CREATE EXTENSION made it.*Somebody has added \Q$named\E\./s,
		'and what was added is named');
	is(value($database, 'SELECT count(*) FROM _v.changes', user => $owner),
		$before, 'nothing is written');
	is(
		value('postgres', "SELECT count(*) FROM pg_roles
							WHERE rolsuper AND rolname LIKE 'versioning_test_120%'"),
		0, 'and nobody is a superuser by it');
	value($database, "SET session_replication_role = replica;
					  SET ROLE $owner; $repair");
}

# The hint about an index that is needed brings it back.

value($database, 'CREATE TABLE t_of_hints ()');
for my $index (qw(changes_identity_idx changes_first_id_idx))
{
	for my $case (
		[ 'that would run code',
			"CREATE INDEX $index ON _v.changes (me(action))",
			'table _v.changes is not as CREATE EXTENSION made it' ],
		[ 'that is another one', "CREATE INDEX $index ON _v.changes (action)",
			"index _v.$index is not what it was installed as" ],
		[ 'that is gone', 'SELECT',
			"index _v.$index is not what it was installed as" ])
	{
		my ($name, $create, $said) = @$case;
		my $by_owner = "SET session_replication_role = replica;
			SET ROLE $owner; SET client_min_messages = error";
		my $definition = "SELECT pg_get_indexdef('_v.$index'::regclass)";
		my $installed = value($database, $definition);

		value($database, "$by_owner; DROP INDEX _v.$index; $create");
		(undef, undef, $errors) = psql($database, 'ALTER TABLE t_of_hints ADD a int');
		like($errors, qr/WARNING:  55000: change was not recorded: \Q$said\E/,
			"$index $name: is named");
		my ($hint) = $errors =~ /^HINT:  (.*)$/m;
		value($database, "$by_owner; $hint");
		is(value($database, $definition), $installed,
			"$index $name: the hint brings it back");
		value($database, 'ALTER TABLE t_of_hints DROP a');
	}
}

# A session that has written before looks again: the table is altered by the
# session itself, by another one, and in a transaction that is rolled back.

my $add = q{ALTER TABLE _v.changes ADD CONSTRAINT c CHECK (me(action) <> '') NOT VALID};
my $drop = q{ALTER TABLE _v.changes DROP CONSTRAINT c};
my $recorded = q{SELECT count(*) FROM _v.changes WHERE identity ~ 'bait_[1-6]'};
($status, my $counts, $errors) = psql($database, qq{
	CREATE TABLE bait_1 (a int); $recorded;
	SET session_replication_role = replica; $add; RESET session_replication_role;
	CREATE TABLE bait_2 (a int); $recorded;
	BEGIN; SET LOCAL session_replication_role = replica; $drop; COMMIT;
	CREATE TABLE bait_3 (a int); $recorded;
	\\! PGOPTIONS=-csession_replication_role=replica psql -X -q -d $database -c "$add"
	CREATE TABLE bait_4 (a int); $recorded;
	BEGIN; SET LOCAL session_replication_role = replica; $drop;
	SET LOCAL session_replication_role = origin;
	CREATE TABLE bait_5 (a int); $recorded; ROLLBACK;
	CREATE TABLE bait_6 (a int); $recorded;
	SET session_replication_role = replica; $drop;
	DROP TABLE bait_1, bait_2, bait_3, bait_4, bait_6});
is($counts, join("\n", 1, 1, 2, 2, 3, 2),
	'what was found right is looked at again after it is altered');
is(() = $errors =~ /change was not recorded/g, 3, 'and said each time')
  or diag $errors;
value($database, 'DROP FUNCTION me(text), cancel(text), climb();
				  ALTER TABLE _v.changes OWNER TO CURRENT_USER');
fails($database, q{
	CREATE FUNCTION mine() RETURNS event_trigger
	LANGUAGE c AS 'versioning', 'versioning_record_changes'},
	qr/42501: permission denied for language c/,
	'nobody has the function by another name', user => $deployer);
fails($database, 'SELECT _v.record_changes()', qr/0A000|39P03/,
	'it is called by event triggers only');
value($database, q{
	CREATE EVENT TRIGGER other ON ddl_command_start
		EXECUTE FUNCTION _v.record_changes()});
fails($database, 'CREATE TABLE other (a int)',
	qr/39P03: _v\.record_changes\(\) is for an event trigger on ddl_command_end or sql_drop/,
	'on these events only');
value($database, 'DROP EVENT TRIGGER other');

# The life of the extension

fails($database, 'DROP EXTENSION versioning',
	qr/2BP01: cannot drop extension versioning because other objects depend on it/,
	'the event triggers keep the extension');
succeeds($database, 'ALTER EXTENSION versioning UPDATE', 'an update');
($status, undef, $errors) =
  psql($database, 'DROP EXTENSION versioning CASCADE');
is("$status", '0', 'it goes with its event triggers');
unlike($errors, qr/WARNING/, 'without a word of the recorder');
succeeds($database, 'CREATE EXTENSION versioning', 'and comes back');
value($database, $recorder);
succeeds($database, 'CREATE TABLE again (a int)', 'and records');
is(value($database, $said), 'CREATE TABLE created public.again',
	'from the beginning');
succeeds($database, q{
	ALTER TABLE _v.changes RENAME TO elsewhere}, 'the table out of the way');
($status, undef, $errors) = psql($database, 'CREATE TABLE without (a int)');
is($status, 0, 'commands go on');
like($errors, qr/WARNING:  42P01: change was not recorded: table _v\.changes does not exist/,
	'and it says so');

# Two databases: each has its own.

my $other = database('other');
value($other, "CREATE EXTENSION versioning; $recorder CREATE TABLE here (a int)");
is(value($other, $said), 'CREATE TABLE created public.here',
	'another database has its own');

# What somebody adds to an extension does not go with it unseen.

SKIP:
{
	skip 'pgTAP is not installed', 1
	  if value($other, q{SELECT count(*) FROM pg_available_extensions
						  WHERE name = 'pgtap'}) == 0;
	value($other, q{
		CREATE TABLE added (a int);
		CREATE EXTENSION pgtap;
		ALTER EXTENSION pgtap ADD TABLE added;
		SET client_min_messages = warning;
		DROP EXTENSION pgtap});
	is(value($other, "$said WHERE c.command_tag = 'DROP EXTENSION'"),
		"DROP EXTENSION dropped pgtap\nDROP EXTENSION dropped public.added",
		'a table that was added to an extension is dropped with it');
}

# Many changes at once

value($other, q{
	DO $$BEGIN
		FOR i IN 1 .. 300 LOOP
			EXECUTE format('CREATE TABLE many_%s (id int PRIMARY KEY)', i);
		END LOOP;
	END$$;
	CREATE SCHEMA s;
	GRANT SELECT ON ALL TABLES IN SCHEMA public TO PUBLIC;
	ALTER SCHEMA public RENAME TO renamed;
	DROP SCHEMA renamed CASCADE;});
is(
	value($other, q{
		SELECT string_agg(action || ' ' || n, ', ' ORDER BY action)
		  FROM (SELECT action, count(*) AS n FROM _v.changes
				 WHERE identity LIKE '%many%' GROUP BY action) AS a}),
	'altered 300, created 900, dropped 900, renamed 900', 'many at once');

done_testing();
