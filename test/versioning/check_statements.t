# versioning check and the server agree on which statements cannot be run inside
# of a transaction.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Check;
use Scratch qw(database psql value);
use Test::More;

my $database = database('db');

value($database, <<'SQL');
CREATE TABLE t (a int4 PRIMARY KEY);
CREATE INDEX i ON t (a);
CREATE TABLE whole (a int4) PARTITION BY LIST (a);
CREATE TABLE part PARTITION OF whole FOR VALUES IN (1);
CREATE TABLE "detach" () INHERITS (t);
CREATE PUBLICATION vacuum;
CREATE SCHEMA "concurrently";
CREATE TABLE "concurrently".t ();
SET client_min_messages = error;
CREATE SUBSCRIPTION s CONNECTION 'dbname=x' PUBLICATION p WITH (connect = false);
CREATE SUBSCRIPTION slotless CONNECTION 'dbname=x' PUBLICATION p
    WITH (connect = false, slot_name = NONE);
SQL

my @refused = (
	'VACUUM',
	'VACUUM t',
	'VACUUM (VERBOSE, ANALYZE) t',
	"/* comment */ vacuum -- comment\n",
	'CREATE INDEX CONCURRENTLY ON t (a)',
	'CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS j ON t (a)',
	'create /* not */ index concurrently j on t (a)',
	'DROP INDEX CONCURRENTLY i',
	'DROP INDEX CONCURRENTLY IF EXISTS i',
	'REINDEX INDEX CONCURRENTLY i',
	'REINDEX TABLE CONCURRENTLY t',
	'REINDEX (VERBOSE) TABLE CONCURRENTLY t',
	'REINDEX SCHEMA public',
	"REINDEX DATABASE $database",
	"REINDEX SYSTEM $database",
	'CREATE DATABASE d',
	'DROP DATABASE IF EXISTS d',
	"CREATE TABLESPACE t LOCATION '/nowhere'",
	'DROP TABLESPACE IF EXISTS t',
	"ALTER SYSTEM SET work_mem = '1MB'",
	'ALTER SYSTEM RESET ALL',
	"ALTER DATABASE $database SET TABLESPACE pg_default",
	'CLUSTER',
	'CLUSTER VERBOSE',
	'DISCARD ALL',
	"COMMIT PREPARED 'x'",
	"ROLLBACK PREPARED 'x'",
	"CREATE SUBSCRIPTION u CONNECTION 'dbname=x' PUBLICATION p",
	"CREATE SUBSCRIPTION u CONNECTION 'dbname=x' PUBLICATION p "
	  . 'WITH (enabled = false, create_slot = true)',
	'DROP SUBSCRIPTION s',
	'DO $$ BEGIN PERFORM 1; COMMIT; END $$',
	'DO LANGUAGE plpgsql $$ BEGIN IF true THEN ROLLBACK AND CHAIN; END IF; '
	  . 'END $$',
	'REINDEX (CONCURRENTLY) TABLE t',
	'REINDEX (VERBOSE, CONCURRENTLY on) INDEX i',
	'REINDEX (CONCURRENTLY 1) TABLE t',
	'ALTER TABLE whole DETACH PARTITION part CONCURRENTLY',
	'ALTER TABLE IF EXISTS ONLY public.whole DETACH PARTITION public.part '
	  . 'CONCURRENTLY');

my @accepted = (
	'ANALYZE t',
	'ANALYZE',
	'CREATE INDEX ON t (a)',
	'CREATE INDEX "concurrently" ON t (a)',
	'DROP INDEX i',
	'REINDEX TABLE t',
	'REINDEX INDEX i',
	'REINDEX TABLE "concurrently".t',
	'CLUSTER t USING i',
	'CREATE TABLE "concurrently".u ()',
	'CREATE TABLE vacuum ()',
	'DISCARD TEMP',
	'DISCARD PLANS',
	"ALTER DATABASE $database SET work_mem = '1MB'",
	'ALTER TABLE whole DETACH PARTITION part',
	'ALTER TABLE t SET (autovacuum_enabled = false)',
	'ALTER PUBLICATION vacuum ADD TABLE t',
	'COMMENT ON TABLE t IS \'VACUUM; CREATE INDEX CONCURRENTLY\'',
	"CREATE SUBSCRIPTION u CONNECTION 'dbname=x' PUBLICATION p "
	  . 'WITH (connect = false)',
	'ALTER SUBSCRIPTION s SET PUBLICATION q WITH (refresh = false)',
	'ALTER SUBSCRIPTION s RENAME TO v',
	'DO $$ DECLARE commit int4 := 1; BEGIN commit := 2; '
	  . 'PERFORM \'; COMMIT;\'; /* ; COMMIT; */ END $$',
	'CREATE PROCEDURE c() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$',
	'EXPLAIN SELECT 1',
	'CHECKPOINT',
	'REINDEX (CONCURRENTLY false) TABLE t');

# The server refuses it with active_sql_transaction, or
# invalid_transaction_termination. A statement that fails for another reason
# says nothing.
sub server_refuses
{
	my ($statement) = @_;
	my ($status, undef, $errors) =
	  psql($database, "BEGIN;\n$statement;\nROLLBACK;");

	return 1 if $errors =~ /ERROR:  (?:25001|2D000):/;
	return $status == 0 ? 0 : "neither: $errors";
}

sub check_refuses
{
	my ($statement) = @_;
	my $found = script_findings("BEGIN;\nREGISTER\n$statement;\nCOMMIT;");

	return $found eq '3 inside-transaction' ? 1
	  : $found eq '' ? 0
	  : "neither: $found";
}

for my $statement (@refused)
{
	is(server_refuses($statement), 1, "the server refuses $statement");
	is(check_refuses($statement), 1, '... and so do we');
}
for my $statement (@accepted)
{
	is(server_refuses($statement), 0, "the server runs $statement");
	is(check_refuses($statement), 0, '... and so it is fine');
}

# What not every release has: is it refused?

my $version = value($database, 'SHOW server_version_num') / 10000;

for my $later (
	[ 17, 1, 'ALTER SUBSCRIPTION s SET (failover)' ],
	[ 17, 1, 'ALTER SUBSCRIPTION s SET (streaming = on, failover = false)' ],
	[ 18, 1, 'ALTER SUBSCRIPTION s SET (two_phase = false)' ],
	[ 18, 0, 'ALTER SUBSCRIPTION s SET (two_phase = true)' ],
	[ 19, 1, 'REPACK' ],
	[ 19, 1, 'REPACK (VERBOSE)' ],
	[ 19, 1, 'REPACK USING INDEX' ],
	[ 19, 1, 'REPACK (CONCURRENTLY) t' ],
	[ 19, 1, 'REPACK (VERBOSE off, CONCURRENTLY on) t USING INDEX t_pkey' ],
	[ 19, 1, 'REPACK (ANALYZE) t' ],
	[ 19, 1, 'repack (analyse) t (a)' ],
	[ 19, 0, 'REPACK t' ],
	[ 19, 0, 'REPACK t USING INDEX t_pkey' ],
	[ 19, 0, 'REPACK (CONCURRENTLY off, ANALYZE 0) "concurrently".t' ],
	[ 19, 0, 'CREATE TABLE repack ()' ],
	[ 19, 0, 'CHECKPOINT (MODE fast)' ])
{
	my ($since, $is_refused, $statement) = @$later;

	is(check_refuses($statement), $is_refused, $statement);
  SKIP:
	{
		skip "version $since has $statement", 1 if $version < $since;
		is(server_refuses($statement), $is_refused,
			"... as the server takes $statement");
	}
}

# The other way round: the server refuses it with no_active_sql_transaction.

for my $statement (
	'SAVEPOINT s', 'RELEASE SAVEPOINT s', 'release s',
	'ROLLBACK TO SAVEPOINT s', 'ROLLBACK WORK TO s', 'LOCK TABLE t',
	'lock t in share mode', 'COMMIT AND CHAIN', 'END TRANSACTION AND CHAIN',
	'ROLLBACK AND CHAIN', 'ABORT WORK AND CHAIN')
{
	my (undef, undef, $errors) = psql($database, "$statement;");
	my $script = "BEGIN;\nREGISTER\nSAVEPOINT s;\nCOMMIT;\n$statement;\n";

	like($errors, qr/ERROR:  25P01:/,
		"the server refuses $statement without a transaction");
	like(script_findings($script), qr/^5 outside-transaction/,
		'... and so do we');
	is(script_findings("BEGIN;\nREGISTER\n$statement;\nCOMMIT;"), '',
		'in one it is fine')
	  if $statement =~ /^(?:SAVEPOINT|RELEASE|LOCK|ROLLBACK.* TO)/i;
}
for my $statement ('COMMIT', 'ROLLBACK', 'COMMIT AND NO CHAIN', 'BEGIN; COMMIT',
	'SELECT 1 \; LOCK TABLE t')
{
	my ($status) = psql($database, "$statement;");

	is($status, 0, "the server runs $statement without a transaction");
	unlike(script_messages("BEGIN;\nREGISTER\nCOMMIT;\n$statement;"),
		qr/only run inside a transaction block/, '... and so it is fine');
}

# What would need another server to be tried
is(check_refuses($_), 1, $_)
  for 'ALTER SUBSCRIPTION s REFRESH PUBLICATION',
  'ALTER SUBSCRIPTION s SET PUBLICATION q',
  'ALTER SUBSCRIPTION s ADD PUBLICATION q WITH (copy_data = false)',
  'ALTER SUBSCRIPTION s DROP PUBLICATION q';
is(check_refuses('ALTER SUBSCRIPTION s REFRESH SEQUENCES'),
	0, 'ALTER SUBSCRIPTION s REFRESH SEQUENCES');
is( check_refuses(
		"CREATE SUBSCRIPTION u CONNECTION 'dbname=x' PUBLICATION p "
		  . 'WITH (enabled = off, create_slot = off, slot_name = NONE)'),
	0,
	'CREATE SUBSCRIPTION without a slot');

value($database,
	'ALTER SUBSCRIPTION s SET (slot_name = NONE); DROP SUBSCRIPTION s;'
	  . 'DROP SUBSCRIPTION slotless');

done_testing();
