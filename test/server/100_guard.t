#!/usr/bin/perl

# The guard in sessions as people have them: fresh ones, those of roles that may
# do next to nothing, deploys with psql and with versioning; under locks and
# timeouts; in a dump, and when the extension goes.

use strict;
use warnings;

use FindBin;
use File::Temp qw(tempdir);
use lib "$FindBin::Bin/../lib";
use Scratch;
use Test::More;

my $version = value('postgres', 'SHOW server_version_num');
my $files = tempdir(CLEANUP => 1);
my $number = 0;

my $guard = q{
	CREATE EVENT TRIGGER versioning_guard ON ddl_command_end
		EXECUTE FUNCTION _v.require_patch();
	CREATE EVENT TRIGGER versioning_guard_start ON ddl_command_start
		EXECUTE FUNCTION _v.require_patch();};

# A database that is guarded, with a table that was there before.
sub guarded
{
	my ($how) = @_;
	my $database = database(++$number);
	value($database, 'CREATE EXTENSION versioning; CREATE TABLE there (a int);'
		  . ($how // $guard));
	return $database;
}

# Passes if the script, in a session of its own, is refused by the guard.
sub refused
{
	my ($database, $script, $name, %options) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return fails($database, $script,
		qr/ERROR:  VP001: cannot execute [A-Z ]+ outside a patch/,
		$name, %options);
}

# What is the first thing that a session does

{
	my $database = guarded();
	refused($database, $_, "refused at first: $_")
	  for 'CREATE TABLE new (a int)', 'ALTER TABLE there ADD b int',
	  'DROP TABLE there', 'DROP TABLE IF EXISTS there',
	  'CREATE INDEX CONCURRENTLY ON there (a)',
	  'BEGIN; INSERT INTO there VALUES (1); DROP TABLE IF EXISTS there',
	  'GRANT SELECT ON there TO PUBLIC', q{COMMENT ON TABLE there IS 'x'};
	succeeds($database, $_, "passes at first: $_")
	  for 'DROP TABLE IF EXISTS nothing',
	  'BEGIN; INSERT INTO there VALUES (1); DROP TABLE IF EXISTS nothing;'
	  . ' CREATE TEMPORARY TABLE nothing (a int); COMMIT',
	  'BEGIN; INSERT INTO there VALUES (1); DROP FUNCTION IF EXISTS nothing();'
	  . 'COMMIT',
	  'CREATE TABLE IF NOT EXISTS there (a int)',
	  'BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT * FROM there;'
	  . ' CREATE TEMPORARY TABLE t (a int); DROP TABLE t; COMMIT',
	  'REINDEX TABLE there', 'TRUNCATE there',
	  q{SELECT _v.register_patch('index'); }
	  . 'CREATE INDEX CONCURRENTLY ON there (a)';
}

# A guard that has not seen the temporary table come

{
	my $database = guarded(q{
		CREATE EVENT TRIGGER versioning_guard ON ddl_command_end
			WHEN TAG IN ('DROP TABLE', 'DROP VIEW')
			EXECUTE FUNCTION _v.require_patch()});
	succeeds($database, 'CREATE TEMPORARY TABLE t (a int); DROP TABLE t',
		'a temporary table');
	succeeds($database,
		'CREATE TEMPORARY TABLE t (a int); CREATE TEMPORARY VIEW v AS TABLE t;
		 BEGIN; INSERT INTO there VALUES (1); DROP TABLE t CASCADE; COMMIT',
		'with a view, in a transaction that has written');
	succeeds($database,
		'CREATE TEMPORARY TABLE there (a int); DROP TABLE there',
		'with the name of a permanent one');
	refused($database, 'DROP TABLE there', 'the permanent one');
	refused($database,
		'CREATE TEMPORARY TABLE there (a int); DROP TABLE there; DROP TABLE there',
		'the permanent one behind it');
	refused($database,
		'BEGIN; CREATE TEMPORARY TABLE t (a int); DROP TABLE t, there',
		'both in one command');
}

# Who may bypass it

{
	my $role = role('builder');
	my $database = guarded("CREATE SCHEMA his AUTHORIZATION $role; $guard");

	# The setting is known when the library is loaded, which the guard does.
	refused($database,
		'SET versioning.bypass_guard = on; CREATE TABLE his.t (a int)',
		'a role that has said so before it was known', user => $role);
	refused($database,
		'CREATE TEMPORARY TABLE t (a int); RESET ALL; CREATE TABLE his.t (a int)',
		'or after', user => $role);
	local $ENV{PGOPTIONS} = '-c versioning.bypass_guard=on';
	refused($database, 'CREATE TABLE his.t (a int)',
		'in the options of the connection', user => $role);
	succeeds($database, 'CREATE TABLE his.by_hand (a int)',
		'the superuser in the options of the connection');
	is(
		value($database, q{
			SELECT event, role_name, command FROM _v.history
			 ORDER BY id DESC LIMIT 1}),
		'guard bypassed|postgres|CREATE TABLE: table his.by_hand',
		'it is in history');
	delete $ENV{PGOPTIONS};

	value('postgres', "ALTER ROLE $role SET versioning.bypass_guard = on");
	succeeds($database, 'CREATE TABLE his.t (a int); DROP TABLE his.t',
		'a role that a superuser has set it for', user => $role);
	value('postgres', "ALTER ROLE $role RESET versioning.bypass_guard");
	if ($version >= 150000)
	{
		value('postgres',
			"GRANT SET ON PARAMETER versioning.bypass_guard TO $role");
		succeeds($database,
			'SET versioning.bypass_guard = on; CREATE TABLE his.t (a int)',
			'a role that a superuser has granted it', user => $role);
		value('postgres',
			"REVOKE SET ON PARAMETER versioning.bypass_guard FROM $role");
	}
	refused($database, 'CREATE TABLE his.u (a int)', 'without, it does not',
		user => $role);
}

# Commands of a function that REFRESH calls

{
	my $database = guarded();
	value($database, q{
		CREATE EVENT TRIGGER versioning_changes ON ddl_command_end
			EXECUTE FUNCTION _v.record_changes();
		BEGIN;
		SELECT _v.register_patch('a');
		CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS
			'BEGIN CREATE TABLE public.hidden (a int); RETURN 1; END';
		CREATE MATERIALIZED VIEW m AS SELECT f() AS a WITH NO DATA;
		COMMIT});
	fails($database, 'REFRESH MATERIALIZED VIEW m',
		qr/VP001: cannot execute CREATE TABLE outside a patch: table public\.hidden/,
		'a function does not change anything under cover of a REFRESH');
	value($database, q{BEGIN; SELECT _v.unregister_patch('a');
		REFRESH MATERIALIZED VIEW m; COMMIT});
	is(
		value($database, q{
			SELECT count(*) FROM _v.changes WHERE identity = 'public.hidden'}),
		1, 'and what it does in a patch is recorded');
}

# A bypass is written also if the command makes its transaction read-only.

{
	my $database = guarded();
	succeeds($database, q{
		SET versioning.bypass_guard = on;
		CREATE TABLE t AS SELECT set_config('transaction_read_only', 'on', true)},
		'a bypass in a transaction that the command makes read-only');
	is(value($database, 'SELECT command FROM _v.history'),
		'CREATE TABLE AS: table public.t', 'is written');
}

# A bypass is written whatever the query does to the way that queries are read.

SKIP:
{
	skip 'strings are always standard', 1 if $version >= 190000;
	my $database = guarded();
	my ($status, undef, $errors) = run('psql', '-X', '-q', '-d', $database,
		'-c', q{SET versioning.bypass_guard = on;
			SET standard_conforming_strings = off;
			CREATE TABLE y2 (a text DEFAULT 'a\\');
			COMMENT ON TABLE y2 IS 'by hand'; SELECT 1});
	is($status . $errors . value($database,
			q{SELECT string_agg(command, ', ' ORDER BY id) FROM _v.history}),
		'0CREATE TABLE: table public.y2, COMMENT: table public.y2',
		'a query that changes how strings are read');
}

# A role that may do nothing but the DDL

{
	my $role = role('nobody');
	my $database = guarded(qq{
		CREATE SCHEMA his AUTHORIZATION $role;
		REVOKE ALL ON SCHEMA _v FROM PUBLIC;
		REVOKE ALL ON ALL TABLES IN SCHEMA _v FROM PUBLIC;
		REVOKE ALL ON ALL FUNCTIONS IN SCHEMA _v FROM PUBLIC;
		REVOKE EXECUTE ON FUNCTION pg_event_trigger_ddl_commands() FROM PUBLIC;
		$guard});
	refused($database, 'CREATE TABLE his.t (a int)', 'is refused',
		user => $role);
	succeeds($database,
		'CREATE TEMPORARY TABLE t (a int); ALTER TABLE t ADD b int; DROP TABLE t',
		'has temporary tables', user => $role);
	succeeds($database,
		"SET versioning.bypass_guard = on; SET ROLE $role;
		 CREATE TABLE his.t (a int)", 'bypasses it for a superuser');
	is(
		value($database,
			'SELECT role_name, session_role_name FROM _v.history'),
		"$role|postgres", 'and that is written');
	value($database, 'SET versioning.bypass_guard = on;
		ALTER TABLE _v.history ENABLE ROW LEVEL SECURITY;
		ALTER TABLE _v.history FORCE ROW LEVEL SECURITY');
	succeeds($database,
		"SET versioning.bypass_guard = on; SET ROLE $role;
		 DROP TABLE his.t", 'under row-level security, too');
	is(
		value($database, q{
			SELECT command FROM _v.history ORDER BY id DESC LIMIT 1}),
		'DROP TABLE: his.t', 'it is written');
}

# What the search_path has to offer is not used.

{
	my $database = guarded('');
	value($database, qq{
		CREATE SCHEMA evil;
		CREATE FUNCTION evil.pg_event_trigger_ddl_commands() RETURNS int
			LANGUAGE sql AS 'SELECT 1/0';
		CREATE FUNCTION evil.current_patch() RETURNS text
			LANGUAGE sql AS \$\$SELECT 'a patch'\$\$;
		CREATE OPERATOR evil.= (FUNCTION = int4ne, LEFTARG = int, RIGHTARG = int);
		CREATE TABLE evil.pg_class (oid oid);
		$guard});
	refused($database,
		'SET search_path = evil, public, pg_catalog; DROP TABLE there',
		'a hostile search_path');
	succeeds($database,
		'SET search_path = evil, public, pg_catalog;
		 CREATE TEMPORARY TABLE t (a int); DROP TABLE t', 'temporary tables');
}

# A bypass that cannot be written is not in the way; but a cancel is heard.

{
	my $database = guarded();
	my $bypass = 'SET versioning.bypass_guard = on;';
	value($database, q{
		BEGIN; LOCK TABLE _v.history; PREPARE TRANSACTION 'versioning_test_100'});
	my ($status, $output, $errors) = psql($database,
		"$bypass SET lock_timeout = '10ms'; CREATE TABLE by_hand (a int)");
	is($status, 0, 'with history locked, the command succeeds');
	like($errors,
		qr/WARNING:  55P03: could not write to history what bypassed the guard: canceling statement due to lock timeout/,
		'with a warning');
	is(value($database, q{SELECT to_regclass('by_hand') IS NOT NULL}), 't',
		'it is done');
	fails($database,
		"$bypass SET statement_timeout = '50ms'; CREATE TABLE by_hand_2 (a int)",
		qr/ERROR:  57014: canceling statement due to statement timeout/,
		'a timeout ends it');
	is(value($database, q{SELECT to_regclass('by_hand_2') IS NULL}), 't',
		'it is not done');
	value($database, q{ROLLBACK PREPARED 'versioning_test_100'});
}

# Deploys

{
	my $database = guarded();
	my %patches = (
		'one.sql' => q{
			BEGIN;
			SELECT _v.register_patch('one');
			CREATE TABLE one (a int PRIMARY KEY);
			COMMIT;},
		'two.sql' => q{
			SELECT _v.register_patch('two', ARRAY['one'], NULL);
			CREATE VIEW two AS SELECT * FROM one;},
		'three.sql' => q{-- versioning: no-transaction
			SELECT _v.register_patch('three', ARRAY['one'], NULL);
			CREATE INDEX CONCURRENTLY three ON one (a);
			COMMENT ON INDEX three IS 'of patch three';},
		'four.sql' => q{
			DO $$
			BEGIN
				IF _v.try_register_patch('four') THEN
					CREATE TABLE four (a int);
				END IF;
			END
			$$;});
	my %rollbacks = (
		'one.sql' => q{SELECT _v.unregister_patch('one'); DROP TABLE one;},
		'two.sql' => q{SELECT _v.unregister_patch('two'); DROP VIEW two;},
		'three.sql' => q{-- versioning: no-transaction
			SELECT _v.unregister_patch('three');
			DROP INDEX CONCURRENTLY three;},
		'four.sql' => q{SELECT _v.unregister_patch('four'); DROP TABLE four;});

	mkdir "$files/$_" or die "cannot make $files/$_: $!\n"
	  for qw(patches rollbacks);
	write_file("$files/patches/$_", $patches{$_}) for keys %patches;
	write_file("$files/rollbacks/$_", $rollbacks{$_}) for keys %rollbacks;
	my @options = ('-d', $database, '--patches', "$files/patches",
		'--rollbacks', "$files/rollbacks");
	my $versioning = $ENV{VERSIONING} // 'versioning';

	my ($status, $output, $errors) = run($versioning, 'apply', @options);
	is($status, 0, 'versioning apply') or diag "$output$errors";
	($status, $output, $errors) =
	  run($versioning, 'rollback', @options, '--last', '4');
	is($status, 0, 'versioning rollback') or diag "$output$errors";
	is(value($database, 'SELECT count(*) FROM _v.patches'), 0,
		'all is taken back');

	for my $file (qw(patches/one patches/two patches/three patches/four
		rollbacks/four rollbacks/three rollbacks/two rollbacks/one))
	{
		my @transaction = $file =~ /two|rollbacks.(?:one|four)/ ? '-1' : ();
		($status, $output, $errors) = run('psql', '-X', '-q', @transaction,
			'-v', 'ON_ERROR_STOP=1', '-d', $database, '-f', "$files/$file.sql");
		is("$status$errors", '0', "psql -f $file.sql @transaction");
	}
	is(
		value($database, q{
			SELECT count(*) FILTER (WHERE event = 'applied'),
				   count(*) FILTER (WHERE event = 'taken back')
			  FROM _v.history}),
		'8|8', 'history has all of it');
}

# What the script of an extension does is a part of CREATE EXTENSION, whose
# command alone is refused, warned of, or written to history.

SKIP:
{
	my $database = guarded();
	skip 'pgTAP is not installed', 3
	  if value($database, q{SELECT count(*) FROM pg_available_extensions
							 WHERE name = 'pgtap'}) == 0;
	refused($database, 'CREATE EXTENSION pgtap', 'CREATE EXTENSION');
	value($database,
		'SET versioning.bypass_guard = on; CREATE EXTENSION pgtap');
	is(value($database, 'SELECT command FROM _v.history'),
		'CREATE EXTENSION: extension pgtap', 'a bypass of it is one');
	value($database, q{SELECT _v.register_patch('no pgtap');
					   DROP EXTENSION pgtap;
					   DROP EVENT TRIGGER versioning_guard;
					   CREATE EVENT TRIGGER versioning_guard ON ddl_command_end
						   EXECUTE FUNCTION _v.warn_without_patch();});
	my ($status, $output, $errors) = psql($database, 'CREATE EXTENSION pgtap');
	is(() = $errors =~ /WARNING:  VP001/g, 1, 'and so is a warning');
}

# A dump carries it, and puts it behind all else.

for my $format ('plain', 'custom', 'directory')
{
	my $from = guarded();
	my $to = database("to_$format");
	my $file = "$files/dump_$format";
	value($from, q{
		BEGIN;
		SELECT _v.register_patch('a');
		CREATE TABLE t (a int PRIMARY KEY, b int REFERENCES t);
		CREATE INDEX ON t (b);
		CREATE MATERIALIZED VIEW m AS SELECT * FROM t;
		CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END';
		CREATE TRIGGER t AFTER INSERT ON t EXECUTE FUNCTION f();
		GRANT SELECT ON t TO PUBLIC;
		ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC;
		CREATE PUBLICATION p FOR TABLE t;
		COMMENT ON TABLE t IS 't';
		COMMIT;
		COMMENT ON EVENT TRIGGER versioning_guard IS 'guard';});
	my ($status, $output, $errors) =
	  run('pg_dump', '-F', $format, '-f', $file, $from);
	is("$status$errors", '0', "$format: pg_dump");
	($status, $output, $errors) =
	  $format eq 'plain'
	  ? run(qw(psql -X -q -v ON_ERROR_STOP=1 -d), $to, '-f', $file)
	  : run('pg_restore', '--exit-on-error',
		$format eq 'directory' ? ('-j', 2) : (), '-d', $to, $file);
	is($status, 0, "$format: restore") or diag $errors;
	unlike($errors, qr/ERROR/, "$format: no error");
	refused($to, 'CREATE TABLE new (a int)', "$format: it guards");
	succeeds($to, q{
		BEGIN; SELECT _v.unregister_patch('a'); DROP TABLE t CASCADE; COMMIT},
		"$format: it lets patches pass");

	# Over what is there, a restore is a change by hand.
	next if $format ne 'custom';
	value($from, 'SET versioning.bypass_guard = on; CREATE TABLE u (a int)');
	local $ENV{PGOPTIONS} = '-c versioning.bypass_guard=on';
	($status, $output, $errors) = run('pg_restore', '--exit-on-error',
		'--clean', '--if-exists', '-t', 'm', '-d', $from, $file);
	is($status, 0, 'a restore of a part, as a bypass') or diag $errors;
}

# The extension goes, and comes

{
	my $database = guarded();
	fails($database, 'DROP EXTENSION versioning',
		qr/2BP01: .*event trigger versioning_guard depends on function _v\.require_patch\(\)/s,
		'it does not go under its guard');
	succeeds($database, 'ALTER EXTENSION versioning UPDATE', 'it is updated');
	succeeds($database, 'DROP EXTENSION versioning CASCADE',
		'it goes with its guard');
	succeeds($database, 'CREATE TABLE free (a int)', 'which is gone');
	succeeds($database, "CREATE EXTENSION versioning; $guard", 'it comes again');
	refused($database, 'DROP TABLE free', 'and guards');
	succeeds($database, 'DROP EVENT TRIGGER versioning_guard;
		ALTER EVENT TRIGGER versioning_guard_start DISABLE;
		DROP TABLE free', 'a superuser disables it');
}

# The owner of the extension does not drop a superuser's guard with it.

{
	my $owner = role('owner');
	my $database = database('owned');
	my $columns = 'patch_name text NOT NULL, applied_tsz timestamptz NOT NULL,
		applied_by text NOT NULL, requires text[], conflicts text[]';
	my $type = $columns =~ s/ NOT NULL//gr;
	my $patch = q{BEGIN; SELECT _v.register_patch('a');};

	value($database, "GRANT CREATE ON DATABASE $database TO $owner;
		GRANT CREATE ON SCHEMA public TO $owner");
	value($database, 'CREATE EXTENSION versioning', user => $owner);
	value($database, $guard);
	fails($database, $_->[1],
		qr/42501: cannot drop extension versioning while it guards the database.*DETAIL:  Event trigger "versioning_guard_start", which belongs to role "postgres".*HINT:  A superuser can drop it first: DROP EVENT TRIGGER versioning_guard_start;/s,
		$_->[0], user => $owner)
	  for [ 'DROP EXTENSION', 'DROP EXTENSION versioning CASCADE' ],
	  [ 'in a patch', "$patch DROP EXTENSION versioning CASCADE" ],
	  [ 'in a patch of the session',
		q{SELECT _v.register_patch('b'); DROP EXTENSION versioning CASCADE} ],
	  [ 'among others', 'DROP EXTENSION IF EXISTS nothing, versioning CASCADE' ],
	  [ 'what the current user owns',
		q{SELECT _v.register_patch('c'); DROP OWNED BY CURRENT_ROLE CASCADE} ],
	  [ 'in a function',
		q{DO $$BEGIN EXECUTE 'DROP EXTENSION versioning CASCADE'; END$$} ],
	  [ 'DROP OWNED', "$patch DROP OWNED BY $owner CASCADE" ],
	  [ 'a parent of the table', "$patch CREATE TABLE base ($columns);
			ALTER TABLE _v.patches INHERIT base; DROP TABLE base CASCADE" ],
	  [ 'a type of the table', "$patch CREATE TYPE row_type AS ($type);
			ALTER TABLE _v.patches OF row_type; DROP TYPE row_type CASCADE" ],
	  [ 'the schema that the parent is in',
		"$patch CREATE SCHEMA s CREATE TABLE base ($columns);
			ALTER TABLE _v.patches INHERIT s.base; DROP SCHEMA s CASCADE" ];
	fails($database, 'DROP EXTENSION versioning', qr/2BP01/,
		'without CASCADE', user => $owner);
	SKIP:
	{
		skip 'settings cannot be granted', 2 if $version < 150000;
		value('postgres',
			"GRANT SET ON PARAMETER versioning.bypass_guard TO $owner");
		fails($database, 'SET versioning.bypass_guard = on;
			DROP EXTENSION versioning CASCADE',
			qr/42501: cannot drop extension versioning while it guards/,
			'a bypass is not for this', user => $owner);
		value('postgres',
			"REVOKE SET ON PARAMETER versioning.bypass_guard FROM $owner");
	}
	is(
		value($database, 'SELECT count(*) FROM pg_event_trigger'), 2,
		'the guard is there');
	succeeds($database, "BEGIN; SET LOCAL versioning.bypass_guard = on;
		DROP EXTENSION versioning CASCADE; ROLLBACK", 'a superuser may');
	value($database, 'ALTER EVENT TRIGGER versioning_guard_start DISABLE');
	succeeds($database, 'BEGIN; DROP EXTENSION versioning CASCADE; ROLLBACK',
		'one that is disabled guards nothing', user => $owner);
	value($database, 'ALTER EVENT TRIGGER versioning_guard_start ENABLE');
	succeeds($database, "BEGIN;
		CREATE TEMPORARY TABLE loads_the_library (a int);
		SET LOCAL ROLE postgres; DROP EVENT TRIGGER versioning_guard_start;
		SET LOCAL ROLE $owner; DROP EXTENSION versioning CASCADE; COMMIT",
		'nor does one that a superuser has dropped');
}

done_testing();

sub write_file
{
	my ($file, $text) = @_;
	open my $handle, '>', $file or die "cannot write $file: $!\n";
	print $handle $text;
	close $handle or die "cannot write $file: $!\n";
	return;
}
