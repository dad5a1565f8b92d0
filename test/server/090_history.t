#!/usr/bin/perl

# History is written whoever registers, whatever was done to the table, the
# schema, the search_path; and nobody gets anything out of that but its owner.

use strict;
use warnings;

use File::Temp;
use FindBin;
use lib "$FindBin::Bin/../lib";
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
	for my $change (
		q{UPDATE _v.history SET event = 'x'}, 'DELETE FROM _v.history',
		'TRUNCATE _v.history', 'DELETE FROM _v.history WHERE false')
	{
		fails($database, $change, qr/42501: permission denied for table history/,
			"the owner: $change", user => $owner);
		fails($database, $change, qr/42501: table "history" is append-only/,
			"a superuser: $change");
	}
	fails($database, 'DROP TABLE _v.history',
		qr/42501: must be owner of table history/,
		'the owner does not drop it', user => $owner);
	fails($database, $_, qr/42501: must be owner of (?:table|relation|schema|function|sequence)/,
		"the owner: $_", user => $owner)
	  for
	  q{ALTER TABLE _v.history ALTER role_name TYPE text USING 'forged'},
	  'ALTER TABLE _v.history INHERIT _v.patches',
	  'ALTER TABLE _v.history ADD CHECK (true)',
	  'CREATE INDEX ON _v.history (event)',
	  'CREATE RULE r AS ON INSERT TO _v.history DO INSTEAD NOTHING',
	  'ALTER TABLE _v.history OWNER TO CURRENT_USER',
	  'ALTER EXTENSION versioning DROP TABLE _v.history',
	  'ALTER SCHEMA _v RENAME TO other',
	  'ALTER FUNCTION _v.current_patch() RENAME TO other',
	  q{CREATE OR REPLACE FUNCTION _v.record_changes() RETURNS event_trigger
		LANGUAGE plpgsql AS 'BEGIN END'},
	  'ALTER SEQUENCE _v.history_id_seq RESTART';
	fails(
		$database,
		q{INSERT INTO _v.history (event, happened_at) VALUES ('x', now())},
		qr/42501: table "history" is append-only/,
		"$_: INSERT", user => $_) for $owner, 'postgres';
	fails(
		$database,
		"COPY _v.changes (first_id, changed_at, role_name, command_tag, object_type, identity, action) FROM STDIN;\n1\tnow\tx\tx\tx\tx\tx\n\\.\n",
		qr/42501: table "changes" is append-only/,
		"$_: COPY into changes, though nothing was recorded yet", user => $_)
	  for $owner, 'postgres';
	is(value($database, $last), "applied a $deployer $deployer",
		'it is as it was');
}

# The first registration ends the time for restoring, also for a statement that
# began before it.

{
	my $database = installed();
	fails($database, q{
		WITH registered AS MATERIALIZED (SELECT _v.try_register_patch('a') AS ok)
		INSERT INTO _v.history (event, happened_at)
		SELECT 'forged', now() FROM registered WHERE ok},
		qr/42501: table "history" is append-only/,
		'a statement that registers, and adds a row of its own',
		user => $owner);
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
		CREATE POLICY none ON _v.history USING (false) WITH CHECK (false)});
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
		GRANT TRIGGER ON _v.history TO $attacker});
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
		CREATE RULE r AS ON INSERT TO _v.history DO INSTEAD NOTHING});
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

# No code of anybody's is run by writing, also if a superuser has given the table
# away: what would be run is named, and nothing is registered.

{
	my $database = installed();
	my $body = 'LANGUAGE plpgsql IMMUTABLE AS
		$$BEGIN PERFORM public.climb(); RETURN $1; END$$';
	value($database, qq{
		GRANT CREATE ON SCHEMA public TO $owner;
		ALTER TABLE _v.history OWNER TO $owner});
	value($database, qq{
	${\climb($owner)}
		CREATE FUNCTION public.climb(text) RETURNS text $body;
		CREATE FUNCTION public.climb(int) RETURNS int $body;
		CREATE DOMAIN public.ladder AS text
			CHECK (public.climb(coalesce(VALUE, '')) <> '')},
		user => $owner);
	value($database, q{
		CREATE FUNCTION public.compare(text, text) RETURNS int
			LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN public.climb(1); END';
		CREATE OPERATOR CLASS public.ladder_ops FOR TYPE text USING btree AS
			OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=,
			OPERATOR 5 >, FUNCTION 1 public.compare(text, text)});
	for my $case (
		[ q{ADD CONSTRAINT c CHECK (public.climb(event) = event) NOT VALID},
			'the constraint c', 'DROP CONSTRAINT c' ],
		[ q{ADD note text}, 'the column note', 'DROP COLUMN note' ],
		[ q{ALTER source_file SET DEFAULT public.climb('x')},
			'a default to column source_file',
			'ALTER COLUMN source_file DROP DEFAULT' ],
		[ 'CREATE INDEX i ON _v.history (event) WHERE public.climb(1) = 1',
			'the index i', '' ],
		[ 'CREATE INDEX i ON _v.history (public.climb(event))',
			'the index i', '' ],
		[ 'CREATE INDEX i ON _v.history (((event::public.ladder)::text))',
			'the index i', '' ],
		[ 'CREATE INDEX i ON _v.history (event public.ladder_ops)',
			'the index i', '' ])
	{
		my ($addition, $named, $repair) = @$case;

		$addition = "ALTER TABLE _v.history $addition"
		  if $addition !~ /^CREATE/;
		$repair = $repair eq '' ? 'DROP INDEX _v.i' :
		  "ALTER TABLE _v.history $repair";
		value($database, $addition, user => $owner);
		fails($database, "SELECT _v.register_patch('a')",
			qr/55000: table _v\.history is not as CREATE EXTENSION made it.*DETAIL:  Somebody has added \Q$named\E\..*HINT:  \Q$repair\E;/s,
			"$addition: a superuser registers nothing");
		fails($database, "SELECT _v.register_patch('a')", qr/55000/,
			"$addition: nor does a role", user => $deployer);
		unharmed($addition);
		value($database, $repair, user => $owner);
	}
	succeeds($database, "SELECT _v.register_patch('a'), current_user",
		'after all hints were followed', user => $deployer);
	value($database, 'CREATE INDEX ON _v.history (lower(event), patch_name)
					   WHERE event <> \'adopted\'');
	succeeds($database, "SELECT _v.register_patch('b'), current_user",
		"an index with PostgreSQL's own functions does no harm");
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

# A number that is taken, as in what was once a logical replica, is passed over.

{
	my $database = installed();
	my $take = 'INSERT INTO _v.history (id, event, happened_at)
		OVERRIDING SYSTEM VALUE VALUES (%s, \'applied\', now())';
	value($database, 'SET session_replication_role = replica; '
		. sprintf($take, 7));
	value($database, q{SELECT _v.register_patch('a'); SELECT _v.register_patch('b')});
	is(value($database, q{SELECT string_agg(id::text, ' ' ORDER BY id) FROM _v.history}),
		'7 8 9', 'the next number is greater than those that are there');
	value($database, 'SET session_replication_role = replica; '
		. sprintf($take, '9223372036854775807'));
	fails($database, q{SELECT _v.register_patch('c')},
		qr/2200H: there is no number after 9223372036854775807 in sequence _v\.history_id_seq.*HINT/s,
		'the last number of all is said to be the last');
	is(value($database, 'SELECT count(*) FROM _v.patches'), 2,
		'and nothing is registered');
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
