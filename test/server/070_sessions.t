#!/usr/bin/perl

# A session keeps nothing from call to call: the extension may be dropped and
# made again, the table altered, rewritten, re-indexed between two calls.

use strict;
use warnings;

use FindBin;
use IPC::Run ();
use lib "$FindBin::Bin/../lib";
use Scratch;
use Test::More;

my $database = database('db');
my $refused = qr/P0001: Cannot uninstall base, as it is required by: users\./;
my $begin = "SELECT _v.register_patch('base');
			 SELECT _v.register_patch('users', ARRAY['base'], ARRAY['rival']);";

# Whether the register is what $begin made, in the same session.
my $check = q{
	DO $$
	BEGIN
		IF NOT _v.try_register_patch('users-2', ARRAY['users']) THEN
			RAISE EXCEPTION 'not registered';
		END IF;
		PERFORM _v.unregister_patch('users-2');
		BEGIN
			PERFORM _v.unregister_patch('base');
			RAISE EXCEPTION 'base went' USING ERRCODE = 'ZZ001';
		EXCEPTION WHEN raise_exception THEN
			IF SQLERRM <> 'Cannot uninstall base, as it is required by: users.'
			THEN
				RAISE EXCEPTION '%', SQLERRM USING ERRCODE = 'ZZ001';
			END IF;
		END;
		BEGIN
			PERFORM _v.register_patch('rival');
			RAISE EXCEPTION 'rival came' USING ERRCODE = 'ZZ001';
		EXCEPTION WHEN raise_exception THEN
			IF SQLERRM NOT LIKE '%installed: users.' THEN
				RAISE EXCEPTION '%', SQLERRM USING ERRCODE = 'ZZ001';
			END IF;
		END;
		PERFORM _v.assert_patch_is_applied('base');
	END
	$$;};

# DROP EXTENSION and CREATE EXTENSION

value($database, 'CREATE EXTENSION versioning');
succeeds($database, "$begin $check
	PREPARE p (text) AS SELECT _v.register_patch(\$1);
	EXECUTE p ('prepared');
	DROP EXTENSION versioning;
	CREATE EXTENSION versioning;
	$begin $check
	EXECUTE p ('prepared');
	$check", 'DROP EXTENSION and CREATE EXTENSION in one session');
succeeds($database, "BEGIN; $check
	DROP EXTENSION versioning;
	CREATE EXTENSION versioning;
	$begin $check
	DROP EXTENSION versioning;
	CREATE EXTENSION versioning;
	$begin $check
	COMMIT; $check", 'and in one transaction');
succeeds($database, "BEGIN; DROP EXTENSION versioning;
	CREATE EXTENSION versioning; ROLLBACK; $check",
	'and in one that is rolled back');
fails($database, "SELECT _v.assert_patch_is_applied('base');
	DROP EXTENSION versioning; SELECT _v.register_patch('a')",
	qr/3F000: schema "_v" does not exist/, 'after DROP EXTENSION nothing is there');
value($database, "CREATE EXTENSION versioning; $begin");

# What happens to the table

for my $between (
	'ALTER TABLE _v.patches ADD COLUMN note text DEFAULT \'none\'',
	'ALTER TABLE _v.patches DROP COLUMN note',
	'ALTER TABLE _v.patches ADD COLUMN id int GENERATED ALWAYS AS IDENTITY',
	'VACUUM _v.patches',
	'VACUUM FULL _v.patches',
	'CLUSTER _v.patches USING patches_pkey',
	'REINDEX TABLE _v.patches',
	'REINDEX TABLE CONCURRENTLY _v.patches',
	'REINDEX INDEX CONCURRENTLY _v.patches_requires_idx',
	'ANALYZE _v.patches',
	'ALTER INDEX _v.patches_requires_idx SET (fastupdate = off)',
	'ALTER INDEX _v.patches_conflicts_idx SET (fastupdate = on)',
	'ALTER TABLE _v.patches SET UNLOGGED',
	'ALTER TABLE _v.patches SET LOGGED',
	'ALTER TABLE _v.patches SET (fillfactor = 10)',
	'CREATE INDEX ON _v.patches (applied_tsz)',
	'DISCARD ALL',
	'DISCARD PLANS',
	'SET enable_indexscan = off; SET enable_bitmapscan = off',
	'SET enable_seqscan = off',
	'SET default_transaction_isolation = serializable',
	'SET row_security = off',
	'SET session_replication_role = replica',
	'LOAD \'versioning\'',
	'UPDATE _v.patches SET applied_by = applied_by || \'.\'',
	'UPDATE _v.patches SET requires = requires, conflicts = conflicts')
{
	succeeds($database, "$check $between; $check",
		"between two calls: $between");
}

# Two-phase commit: the lock is held, the row is there after COMMIT PREPARED.

SKIP:
{
	skip 'max_prepared_transactions is 0', 8
	  if value('postgres', 'SHOW max_prepared_transactions') == 0;

	succeeds($database, "BEGIN; SELECT _v.register_patch('two-phase', ARRAY['base']);
		PREPARE TRANSACTION 'versioning test'", 'PREPARE TRANSACTION');
	fails($database, "SET lock_timeout = '100ms'; SELECT _v.register_patch('x')",
		qr/55P03: canceling statement due to lock timeout/,
		'the prepared transaction lets nobody in');
	is(value($database, "SELECT count(*) FROM _v.patches WHERE patch_name = 'two-phase'"),
		0, 'its row is not seen');
	succeeds($database, "COMMIT PREPARED 'versioning test'",
		'another session commits it');
	fails($database, "SELECT _v.register_patch('two-phase')",
		qr/P0001: Patch two-phase is already applied!/, 'then it is');
	fails($database, "SELECT _v.unregister_patch('base')",
		qr/P0001: .* required by: users, two-phase\./,
		'and counts as a dependent');
	succeeds($database, "BEGIN; SELECT _v.unregister_patch('two-phase');
		PREPARE TRANSACTION 'versioning test'", 'PREPARE TRANSACTION again');
	succeeds($database, "ROLLBACK PREPARED 'versioning test';
		SELECT _v.assert_patch_is_applied('two-phase')",
		'rolled back, the patch is there');
	value($database, "SELECT _v.unregister_patch('two-phase')");
}

# Logical replication: rows can be published, and taken out all the same.

value($database, 'SET client_min_messages = error;
				  CREATE PUBLICATION everything FOR ALL TABLES');
succeeds($database, "$check SELECT _v.register_patch('published');
	SELECT _v.unregister_patch('published'); $check",
	'in a publication FOR ALL TABLES');
value($database, 'ALTER TABLE _v.patches REPLICA IDENTITY FULL');
succeeds($database, "SELECT _v.register_patch('published');
	SELECT _v.unregister_patch('published')", 'with REPLICA IDENTITY FULL');
value($database, 'ALTER TABLE _v.patches REPLICA IDENTITY NOTHING');
fails($database, "SELECT _v.register_patch('published');
	SELECT _v.unregister_patch('published')",
	qr/55000: cannot delete from table "patches" because it does not have a replica identity/,
	'with REPLICA IDENTITY NOTHING');
value($database, 'DROP PUBLICATION everything;
	ALTER TABLE _v.patches REPLICA IDENTITY DEFAULT;
	SELECT _v.unregister_patch(\'published\')');

# try_register_patch warns with the texts of register_patch.

my %warning = (
	q{'base'} => 'Patch base is already applied!',
	q{'rival'} =>
	  'Versioning patches conflict. Conflicting patche(s) installed: users.',
	q{'x', '{y,z}'} => 'Missing prerequisite(s): y, z.');
for my $arguments (sort keys %warning)
{
	my ($status, $output, $errors) =
	  psql($database, "SELECT _v.try_register_patch($arguments)");
	is($output, 'f', "try_register_patch($arguments) returns false");
	like($errors, qr/WARNING:  P0001: \Q$warning{$arguments}\E\n/,
		'and warns');
}
is(value($database, q{SET client_min_messages = error;
					  SELECT _v.try_register_patch('x', '{y}')}),
	'f', 'the warning can be turned off');

# psql prints (0 rows), as it did.

my ($status, $output, $errors) = run('psql', '-X', '-d', $database, '-c',
	"SELECT _v.register_patch('seen')", '-c', "SELECT _v.unregister_patch('seen')");
is("$output$errors", " register_patch \n----------------\n(0 rows)\n\n"
	  . " unregister_patch \n------------------\n(0 rows)\n\n",
	'psql prints no row');

# The register is locked while a long list is looked up, so that can be
# interrupted: before all of it was looked up, of which a warning would tell.

{
	my $canceller = IPC::Run::start(
		[ qw(psql -X -q -d), $database, '-c', q{
			DO $$
			DECLARE
				holder int;
			BEGIN
				FOR i IN 1 .. 60000 LOOP
					SELECT pid INTO holder FROM pg_locks
					 WHERE relation = '_v.patches'::regclass AND granted
					   AND mode = 'ExclusiveLock';
					EXIT WHEN pg_cancel_backend(holder);
					PERFORM pg_sleep(0.001);
				END LOOP;
			END
			$$} ], '<', \'');
	my ($status, undef, $errors) = psql($database, q{
		CREATE TEMPORARY TABLE list AS
			SELECT array_agg('p' || i) AS names FROM generate_series(1, 1000000) i;
		SELECT _v.try_register_patch('long', names) FROM list});
	IPC::Run::finish($canceller);
	is($status, 3, 'a long list of requirements');
	like($errors, qr/\A[^\n]*ERROR:  57014: /, 'can be interrupted');
}

done_testing();
