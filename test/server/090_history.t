#!/usr/bin/perl

# History is written whoever registers, whatever was done to the table, the
# schema, the search_path; and nobody gets anything out of that but its owner.

use strict;
use warnings;

use File::Temp;
use FindBin;
use lib "$FindBin::Bin/lib";
use Scratch;
use Test::More;

my $owner = role('owner');
my $deployer = role('deployer');
my $attacker = role('attacker');
my $number = 0;

my $last = q{
	SELECT concat_ws(' ', event, patch_name, role_name, session_role_name)
	  FROM _v.history ORDER BY id DESC LIMIT 1};

# A database with the extension, which belongs to a role that is no superuser.
sub installed
{
	my $database = database(++$number);
	value('postgres', "GRANT CREATE ON DATABASE $database TO $owner, $attacker");
	value($database, "GRANT CREATE ON SCHEMA public TO $owner, $attacker");
	value($database, qq{
		CREATE EXTENSION versioning;
		GRANT INSERT, DELETE ON _v.patches TO $deployer}, user => $owner);
	return $database;
}

# Nobody has become a superuser.
sub unharmed
{
	my ($name) = @_;
	is(
		value('postgres', qq{
			SELECT count(*) FROM pg_roles
			 WHERE rolsuper AND rolname LIKE 'versioning_test%'}),
		0, "$name: nobody has become a superuser");
	return;
}

# Who it was

{
	my $database = installed();
	value($database, "SELECT _v.register_patch('a')", user => $deployer);
	is(value($database, $last), "applied a $deployer $deployer",
		'a role by itself');
	value($database, "SET ROLE $deployer; SELECT _v.unregister_patch('a')");
	is(value($database, $last), "taken back a $deployer postgres",
		'a superuser as that role');
	value($database, qq{
		CREATE FUNCTION definer() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
		AS 'BEGIN PERFORM _v.register_patch(''b''); END'}, user => $owner);
	value($database, 'SELECT definer()', user => $deployer);
	is(value($database, $last), "applied b $owner $deployer",
		'a function that runs as its owner');
	value($database, q{
		SET application_name = 'a script'; SELECT _v.register_patch('c')});
	is(
		value($database, q{
			SELECT application_name, client_address IS NULL
			  FROM _v.history ORDER BY id DESC LIMIT 1}),
		'a script|t', 'the application; a socket has no address');
	is(value($database, 'SELECT count(*) FROM _v.history', user => $attacker),
		4, 'everybody reads it');
}

# Nobody but the owner writes

{
	my $database = installed();
	value($database, "SELECT _v.register_patch('a')", user => $deployer);
	for my $role ($deployer, $attacker)
	{
		fails($database, $_, qr/42501: permission denied/,
			"$role: $_", user => $role)
		  for
		  'INSERT INTO _v.history (event, happened_at) VALUES (1, now())',
		  q{UPDATE _v.history SET event = 'x'},
		  'DELETE FROM _v.history',
		  'TRUNCATE _v.history',
		  q{SELECT setval('_v.history_id_seq', 1)},
		  q{SELECT nextval('_v.history_id_seq')};
		fails($database, $_, qr/42501: must be (?:member of role|able to SET ROLE|owner)/,
			"$role: $_", user => $role)
		  for
		  'ALTER TABLE _v.history DISABLE TRIGGER append_only',
		  'DROP TRIGGER append_only ON _v.history',
		  'DROP TABLE _v.history';
		fails($database, $_, qr/42501: permission denied/, "$role: $_",
			user => $role)
		  for 'CREATE TRIGGER t BEFORE INSERT ON _v.history EXECUTE FUNCTION'
		  . ' suppress_redundant_updates_trigger()',
		  'BEGIN; LOCK TABLE _v.history IN ACCESS EXCLUSIVE MODE';
	}
	fails($database, $_, qr/42501: table "history" is only added to/,
		"the owner: $_", user => $owner)
	  for q{UPDATE _v.history SET event = 'x'}, 'DELETE FROM _v.history',
	  'TRUNCATE _v.history', 'DELETE FROM _v.history WHERE false';
	fails($database, 'DROP TABLE _v.history',
		qr/2BP01: cannot drop table _v.history because extension versioning requires it/,
		'the owner does not drop it', user => $owner);
	is(value($database, $last), "applied a $deployer $deployer",
		'it is as it was');
}

# Privileges on the schema, the table and the sequence are not needed.

{
	my $database = installed();
	value($database, qq{
		REVOKE ALL ON _v.history FROM PUBLIC, $owner;
		CREATE FUNCTION public.call(text) RETURNS void LANGUAGE plpgsql AS
			'BEGIN PERFORM _v.register_patch(\$1); END';
		GRANT EXECUTE ON FUNCTION public.call(text) TO PUBLIC},
		user => 'postgres');
	succeeds($database, "SELECT _v.register_patch('a')",
		'without a privilege on it', user => $deployer);
	fails($database, 'SELECT * FROM _v.history',
		qr/42501: permission denied for table history/,
		'who may not read it does not', user => $deployer);
	is(value($database, $last), "applied a $deployer $deployer",
		'it is written');
}

# Row-level security is not asked.

{
	my $database = installed();
	value($database, q{
		ALTER TABLE _v.history ENABLE ROW LEVEL SECURITY;
		ALTER TABLE _v.history FORCE ROW LEVEL SECURITY;
		CREATE POLICY none ON _v.history USING (false) WITH CHECK (false)},
		user => $owner);
	succeeds($database, "SELECT _v.register_patch('a')",
		'under row-level security', user => $deployer);
	succeeds($database, "SELECT _v.register_patch('b')",
		'the owner, too', user => $owner);
	is(value($database, 'SELECT count(*) FROM _v.history'), 2,
		'it is written');
	is(value($database, 'SELECT count(*) FROM _v.history', user => $owner), 0,
		'and the policy hides it');
}

# Triggers and rules are passed over: they would run as the owner.

{
	my $database = installed();
	value($database, qq{
		GRANT TRIGGER ON _v.history TO $attacker}, user => $owner);
	value($database, qq{
		CREATE FUNCTION public.steal() RETURNS trigger LANGUAGE plpgsql AS
		\$\$BEGIN
			EXECUTE 'GRANT ALL ON _v.patches TO $attacker';
			RETURN NULL;
		END\$\$;
		CREATE TRIGGER a BEFORE INSERT ON _v.history
			FOR EACH ROW EXECUTE FUNCTION public.steal();
		CREATE TRIGGER b BEFORE INSERT ON _v.history
			EXECUTE FUNCTION public.steal();
		CREATE TRIGGER c AFTER INSERT ON _v.history
			FOR EACH ROW EXECUTE FUNCTION public.steal();
		CREATE CONSTRAINT TRIGGER d AFTER INSERT ON _v.history
			DEFERRABLE INITIALLY DEFERRED
			FOR EACH ROW EXECUTE FUNCTION public.steal();
		CREATE TRIGGER e AFTER INSERT ON _v.history REFERENCING NEW TABLE AS n
			EXECUTE FUNCTION public.steal()},
		user => $attacker);
	value($database, q{
		CREATE RULE r AS ON INSERT TO _v.history DO INSTEAD NOTHING},
		user => $owner);
	succeeds($database, "SELECT _v.register_patch('a')",
		'with triggers and a rule', user => $deployer);
	succeeds($database, "SELECT _v.register_patch('b')",
		'as a superuser');
	succeeds($database, "SELECT _v.unregister_patch('b')",
		'as the owner', user => $owner);
	is(value($database, 'SELECT count(*) FROM _v.history'), 3,
		'it is written');
	is(
		value($database,
			"SELECT has_table_privilege('$attacker', '_v.patches', 'DELETE')"),
		'f', 'and none has run');
}

# What the owner has built into the table runs as the owner, whoever registers.

{
	my $database = installed();
	value($database, qq{
		CREATE TABLE public.seen (who text);
		GRANT INSERT ON public.seen TO PUBLIC;
		CREATE FUNCTION public.climb(text) RETURNS text LANGUAGE plpgsql
		AS \$\$BEGIN
			INSERT INTO public.seen VALUES (current_user);
			BEGIN
				EXECUTE 'ALTER ROLE $owner SUPERUSER';
			EXCEPTION WHEN insufficient_privilege THEN NULL;
			END;
			RETURN \$1;
		END\$\$;
		ALTER TABLE _v.history ADD CHECK (public.climb(event) = event);
		ALTER TABLE _v.history ADD note text DEFAULT public.climb('x');
		TRUNCATE public.seen}, user => $owner);
	value($database, 'GRANT USAGE, CREATE ON SCHEMA public TO PUBLIC');
	succeeds($database, "SELECT _v.register_patch('a'), current_user",
		'a constraint with a function');
	is(value($database, 'SELECT DISTINCT who FROM public.seen'), $owner,
		'runs as the owner');
	is(
		value($database, "SELECT _v.register_patch('b'); SELECT current_user",
			user => $deployer),
		$deployer, 'the caller is the caller again');
	unharmed('a constraint');
	value($database, q{
		ALTER TABLE _v.history ADD CHECK (patch_name <> 'bad')});
	is(
		value($database, q{
			DO $$BEGIN
				PERFORM _v.register_patch('bad');
			EXCEPTION WHEN check_violation THEN
				NULL;
			END$$;
			SELECT current_user}, user => $deployer),
		$deployer, 'also after an error');
}

# Nothing of the caller's search_path is called.

{
	my $database = installed();
	value($database, qq{
		CREATE SCHEMA evil;
		CREATE FUNCTION evil.now() RETURNS timestamptz LANGUAGE sql AS
			'SELECT NULL::timestamptz';
		CREATE FUNCTION evil.nextval(regclass) RETURNS bigint LANGUAGE plpgsql AS
			\$\$BEGIN
				EXECUTE 'ALTER ROLE $attacker SUPERUSER';
				RETURN 1;
			END\$\$;
		CREATE TABLE evil.history (LIKE _v.history);
		CREATE TABLE evil.patches (LIKE _v.patches);
		CREATE DOMAIN evil.text AS pg_catalog.text CHECK (false);
		GRANT USAGE ON SCHEMA evil TO PUBLIC}, user => $attacker);
	succeeds($database, q{
		CREATE TEMPORARY TABLE history (x int);
		SET search_path = evil, pg_temp, pg_catalog;
		SELECT _v.register_patch('a'); SELECT _v.current_patch();},
		'a hostile search_path');
	is(value($database, $last), 'applied a postgres postgres',
		'it is written to the right table');
	unharmed('a hostile search_path');
}

# Read-only

{
	my $database = installed();
	for my $call (q{_v.register_patch('a')}, q{_v.unregister_patch('a')})
	{
		fails($database, "BEGIN READ ONLY; SELECT $call",
			qr/25006: cannot execute (?:INSERT|DELETE) in a read-only transaction/,
			"$call in a read-only transaction");
	}
	is(
		value($database, q{
			BEGIN READ ONLY;
			SELECT coalesce(_v.current_patch(), 'none');
			SELECT count(*) FROM _v.history}),
		"none\n0", 'it is looked at');
}

# Where the sequence lags behind, as in what was once a logical replica, nothing
# is registered without its row, and the error says where.

{
	my $database = installed();
	value($database, q{
		INSERT INTO _v.history (id, event, happened_at)
		OVERRIDING SYSTEM VALUE VALUES (1, 'applied', now())});
	fails($database, q{SELECT _v.register_patch('a')},
		qr/23505: .*"history_pkey".*CONTEXT:  writing to _v\.history/s,
		'an id that is taken');
	succeeds($database, q{SELECT _v.register_patch('a')}, 'the next one');
	is(value($database, 'SELECT count(*) FROM _v.patches'), 1,
		'the first was not registered');
}

# What a sequence has given the session is not changed by it.

{
	my $database = installed();
	fails($database, "SELECT _v.register_patch('a'); SELECT lastval()",
		qr/55000: lastval is not yet defined in this session/,
		'it is not seen in lastval()', user => $deployer);
	is(
		value($database, q{
			CREATE SEQUENCE s START 7; SELECT nextval('s');
			SELECT _v.register_patch('b');
			SELECT lastval(), currval('s')}),
		"7\n7|7", 'which goes on with another one');
	value($database, q{
		CREATE EVENT TRIGGER versioning_changes ON ddl_command_end
			EXECUTE FUNCTION _v.record_changes()});
	is(
		value($database, q{
			SELECT nextval('s'); CREATE TABLE t (a int);
			SELECT lastval() FROM _v.changes}),
		"8\n8", 'nor by what is recorded of a change');
	is(
		value($database, q{
			BEGIN; SELECT _v.register_patch('c'); ROLLBACK;
			SELECT _v.register_patch('d');
			SELECT id FROM _v.history ORDER BY id}),
		"1\n2\n4", 'what is rolled back leaves a gap');
	fails($database, q{
		ALTER TABLE _v.history ALTER id SET MAXVALUE 4;
		SELECT _v.register_patch('e')},
		qr/22003: setval: value 5 is out of bounds/, 'it ends somewhere');
}

# Sessions that write at the same time get different numbers.

SKIP:
{
	my $database = installed();
	my $script = File::Temp->new;
	my ($status, $output, $errors) = run('pgbench', '--version');
	skip 'pgbench is not installed', 3 if $status != 0;

	value($database, q{
		CREATE EVENT TRIGGER versioning_changes ON ddl_command_end
			EXECUTE FUNCTION _v.record_changes()});
	print $script 'BEGIN; CREATE TABLE t:client_id (a int);'
	  . " COMMENT ON TABLE t:client_id IS 'x'; DROP TABLE t:client_id; COMMIT;\n";
	close $script or die "cannot write $script: $!\n";
	($status, $output, $errors) = run(qw(pgbench -n -c 4 -t 50 -f), "$script",
		$database);
	is($status, 0, 'four sessions change tables') or diag $errors;
	unlike($errors, qr/WARNING|ERROR/, 'none of them is disturbed');
	is(
		value($database, q{
			SELECT count(*) >= 400, count(*) = max(id) FROM _v.changes}),
		't|t', 'each change has a number, and none is left out');
}

# A locked table is waited for, as any other.

{
	my $database = installed();
	fails($database, q{
		BEGIN; LOCK TABLE _v.history;
		PREPARE TRANSACTION 'versioning_test_090';
		SET lock_timeout = '10ms';
		SELECT _v.register_patch('a')},
		qr/55P03: canceling statement due to lock timeout/,
		'somebody has locked it');
	value($database, q{ROLLBACK PREPARED 'versioning_test_090'});
	is(value($database, 'SELECT count(*) FROM _v.patches'), 0,
		'nothing was registered');
}

done_testing();
