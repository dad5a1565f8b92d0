# Jobs: what may be one, on which keys, whose rights it has, how it fails, and
# that it can be paused, resumed, set and canceled.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Scratch;
use Test::More;

my ($owner, $deployer, $nobody) = map { role($_) } qw(owner deployer nobody);
my $database = database('jobs', '-O', $owner);
my $update = 'UPDATE t SET n = n + 1 FROM batch WHERE t.id = batch.id';

value($database, 'CREATE EXTENSION versioning');
value($database, "GRANT CREATE ON SCHEMA public TO $owner;
	GRANT INSERT, DELETE ON _v.patches TO $owner, $deployer");

# Makes a table t anew, with a key, and its rows, from i = 1 to 1000, and a job j
# on it. Options: user, statement, check, table, first (SQL before the job).
sub job
{
	my ($key, $values, %options) = @_;
	my $statement = $options{statement} // $update;
	my $check = $options{check} ? "\$\$$options{check}\$\$" : 'NULL';

	value($database, <<"SQL", user => $options{user} // $owner);
SELECT _v.unregister_patch('p') FROM _v.patches;
DROP TABLE IF EXISTS t, other CASCADE;
CREATE TABLE t ($key, n int NOT NULL DEFAULT 0);
INSERT INTO t SELECT $values FROM generate_series(1, 1000) AS i;
ANALYZE t;
BEGIN;
SELECT _v.register_patch('p');
@{[ $options{first} // '' ]};
SELECT _v.register_job('j', 't', \$\$$statement\$\$, $check);
SELECT _v.set_job('j', 'pause', '0');
COMMIT;
SQL
	return;
}

sub runs
{
	my ($name, %options) = @_;
	return succeeds($database, "CALL _v.run_job('j')", $name,
		user => $options{user} // $owner);
}

# How often rows were touched: "how often:how many", and the state of the job.
sub touched
{
	return value($database, q{SELECT string_agg(n || ':' || c, ' ' ORDER BY n) || ', ' ||
		(SELECT state FROM _v.jobs) FROM (SELECT n, count(*) AS c FROM t GROUP BY n) AS s});
}

# Keys of any type

for (
	[ 'integers', 'id int PRIMARY KEY', 'i' ],
	[ 'negative ones', 'id bigint PRIMARY KEY', '500 - i' ],
	[ 'text', 'id text PRIMARY KEY', q[chr(65 + i % 50) || '"\\,{ ' || i] ],
	[ 'varchar', 'id varchar(20) PRIMARY KEY', q{'x' || i} ],
	[ 'text in an order of a language', 'id text COLLATE "C" PRIMARY KEY', q{md5(i::text)} ],
	[ 'char', 'id char(9) PRIMARY KEY', 'i' ],
	[ 'uuid', 'id uuid PRIMARY KEY', 'md5(i::text)::uuid' ],
	[ 'timestamptz', 'id timestamptz PRIMARY KEY', q{now() + i * interval '1 hour'} ],
	[ 'interval', 'id interval PRIMARY KEY', q{i * interval '7 h -3 d'} ],
	[ 'numeric', 'id numeric PRIMARY KEY', 'i / 7.0' ],
	[ 'double precision', 'id float8 PRIMARY KEY', 'i / 7.0::float8' ],
	[ 'bytea', 'id bytea PRIMARY KEY', q{decode(md5(i::text), 'hex')} ],
	[ 'an array', 'id int[] PRIMARY KEY', 'ARRAY[i % 30, i]' ],
	[ 'an odd name', '"i"" D" int PRIMARY KEY, id int', 'i, i',
		'UPDATE t SET n = n + 1 FROM batch AS b WHERE t."i"" D" = b."i"" D"' ],
	[ 'several columns', 'a text, id int, c date, PRIMARY KEY (a, c, id)',
		q{'x' || i % 3, i, date '2020-01-01' + i % 5},
		'UPDATE t SET n = n + 1 FROM batch AS b WHERE (t.a, t.c, t.id) = (b.a, b.c, b.id)' ],
	[ 'a unique index', 'id int NOT NULL UNIQUE', 'i' ])
{
	my ($name, $key, $values, $statement) = @$_;
	job($key, $values, statement => $statement);
	value($database, "SET DateStyle = 'German'; SET IntervalStyle = 'iso_8601';
		SET TimeZone = 'Asia/Kathmandu'; SET extra_float_digits = -3;
		CALL _v.run_job('j')", user => $owner);
	is(touched(), '1:1000, done', "a key of $name");
}

value($database, "CREATE DOMAIN code AS varchar(9) CHECK (VALUE <> '');
	CREATE TYPE mood AS ENUM ('c', 'b', 'a')", user => $owner);
job('id code PRIMARY KEY', 'i');
runs('a key of a domain');
is(touched(), '1:1000, done', 'each row once');
job('m mood, id int, PRIMARY KEY (m, id)', q{('{a,b,c}'::mood[])[i % 3 + 1], i});
runs('a key of an enumeration');
is(touched(), '1:1000, done', 'each row once');

# Rows that lie together are not looked up one by one.
for (
	[ 'id int PRIMARY KEY', 'i', $update ],
	[ 'id varchar(20) PRIMARY KEY', q{'x' || i}, $update ],
	[ 'a int, id int, PRIMARY KEY (id, a)', 'i % 3, i',
		'UPDATE t SET n = n + 1 FROM batch AS b WHERE (b.a, b.id) = (t.a, t.id)' ],
	[ 'id int PRIMARY KEY', 'i', 'DELETE FROM t USING batch WHERE batch.id = t.id AND n = 0' ])
{
	my ($key, $values, $statement) = @$_;
	job($key, $values, statement => $statement);
	value($database, "INSERT INTO t SELECT $values FROM generate_series(1001, 20000) AS i; ANALYZE t", user => $owner);
	runs("$statement, by the key");
	cmp_ok(value($database, "SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = 't_pkey'"),
		'<', 2000, 'ranges of the index are read');
}

for (
	[ 'id int', 'no key' ],
	[ 'id int UNIQUE', 'a column that may be NULL' ],
	[ 'id int PRIMARY KEY DEFERRABLE', 'a key that is deferrable' ])
{
	my ($key, $name) = @$_;
	value($database, "DROP TABLE IF EXISTS u; CREATE TABLE u ($key)", user => $owner);
	fails($database, "BEGIN; SELECT _v.register_patch('q');
		SELECT _v.register_job('k', 'u', 'DELETE FROM u USING batch WHERE u.id = batch.id')",
		qr/55000: table "u" has no key that a job could go by\n/, $name, user => $owner);
}

# What is no job

my $begin = "BEGIN; SELECT _v.register_patch('q');";
for (
	[ "SELECT _v.register_job('k', 't', '$update')", qr/55000: a job is registered by a patch/, 'outside a patch' ],
	[ "BEGIN; SELECT _v.unregister_patch('p'); SELECT _v.register_job('k', 't', '$update')",
		qr/55000: a job is registered by a patch/, 'in a rollback' ],
	[ "$begin SELECT _v.register_job('j', 't', '$update')", qr/42710: job "j" already exists/, 'a name twice' ],
	[ "$begin SELECT _v.register_job(NULL, 't', '$update')", qr/22004/, 'no name' ],
	[ "$begin SELECT _v.register_job('', 't', '$update')", qr/22023/, 'an empty name' ],
	[ "$begin SELECT _v.register_job('k', NULL, '$update')", qr/22004/, 'no table' ],
	[ "$begin SELECT _v.register_job('k', 't', NULL)", qr/22004/, 'no statement' ],
	[ "$begin SELECT _v.register_job('k', 't', 'UPDATE t SET n = 1')",
		qr/42601: the statement of a job must read from "batch"/, 'without batch' ],
	[ "$begin SELECT _v.register_job('k', 't', 'SELECT FROM batch; SELECT FROM batch')",
		qr/42601: the statement of a job must be one command/, 'two statements' ],
	[ "$begin SELECT _v.register_job('k', 't', 'VACUUM t')", qr/42601/, 'a utility command' ],
	[ "$begin SELECT _v.register_job('k', 't', 'CREATE TABLE x AS SELECT FROM batch')", qr/42601/, 'CREATE TABLE AS' ],
	[ "$begin SELECT _v.register_job('k', 't', '')", qr/42601/, 'nothing' ],
	[ "$begin SELECT _v.register_job('k', 't', 'UPDATE t SET x = 1 FROM batch')", qr/42703/, 'what cannot be analysed' ],
	[ "$begin SELECT _v.register_job('k', 't', '$update', 'SELECT n, n FROM t')",
		qr/42601: the check of a job must be a query that counts/, 'a check of two columns' ],
	[ "$begin SELECT _v.register_job('k', 't', '$update', 'SELECT now()')", qr/42601: the check/, 'a check that does not count' ],
	[ "CREATE TEMPORARY TABLE x (id int PRIMARY KEY); $begin SELECT _v.register_job('k', 'x', '$update')",
		qr/42809: there can be no job on "x"\n.*temporary/, 'a temporary table' ],
	[ "CREATE VIEW v AS SELECT * FROM t; $begin SELECT _v.register_job('k', 'v', '$update')",
		qr/42809: there can be no job on "v"/, 'a view' ],
	[ "CREATE TABLE child () INHERITS (t); $begin SELECT _v.register_job('k', 't', '$update')",
		qr/42809: there can be no job on "t"\n.*inherit/, 'a table that others inherit from' ])
{
	my ($sql, $error, $name) = @$_;
	fails($database, $sql, $error, "no job: $name", user => $owner);
}

# What a statement may be

job('id int PRIMARY KEY', 'i', first => 'CREATE TABLE other (id int, n int)',
	statement => 'INSERT INTO other SELECT t.id, 7 FROM t JOIN batch USING (id)');
runs('INSERT into another table');
is(value($database, 'SELECT concat_ws(\' \', count(*), count(DISTINCT id), max(n)) FROM other'), '1000 1000 7', 'has all rows');
job('id int PRIMARY KEY', 'i', statement => 'DELETE FROM t USING batch WHERE t.id = batch.id AND t.id % 2 = 0',
	check => 'SELECT count(*) FROM t WHERE id % 2 = 0');
runs('DELETE');
is(touched(), '0:500, done', 'has deleted what it was to');
job('id int PRIMARY KEY', 'i', statement => 'UPDATE t SET n = n + 1, id = t.id + 5000 FROM batch WHERE t.id = batch.id');
runs('an UPDATE of the key');
is(touched(), '1:1000, done', 'does each row once');
is(value($database, 'SELECT concat(min(id), \' \', max(id)) FROM t'), '5001 6000', 'and only once');

# Rows whose key changes before the job begins

job('id int PRIMARY KEY', 'i');
value($database, "UPDATE t SET id = id + 10000 WHERE id < 5; UPDATE t SET id = - id WHERE id BETWEEN 5 AND 8;
	DELETE FROM t WHERE id = -8; INSERT INTO t VALUES (8), (100000);", user => $owner);
runs('keys have changed');
is(value($database, "SELECT count(*) FROM t WHERE n <> 1 AND id NOT IN (8, 100000)"), 0, 'each row once');
is(value($database, 'SELECT count(*) FROM _v.job_moved'), 0, 'no note is left');

# Many of them: a note is found without reading all others.
job('id int PRIMARY KEY', 'i');
value($database, 'UPDATE t SET id = id + 10000; UPDATE t SET id = id + 10000', user => $owner);
runs('all keys have changed');
is(touched(), '1:1000, done', 'each row once');
cmp_ok(value($database, "SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE relname = 'job_moved'"),
	'<', 100_000, 'a note is found at once');

# A BEFORE trigger changes the key, which no UPDATE has named.
job('id int PRIMARY KEY', 'i');
value($database, "CREATE FUNCTION change() RETURNS trigger LANGUAGE plpgsql AS
	'BEGIN IF NEW.n = -1 THEN NEW.id = NEW.id + 7000; NEW.n = 0; END IF; RETURN NEW; END';
	CREATE TRIGGER a BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION change();
	UPDATE t SET n = -1 WHERE id IN (3, 4)", user => $owner);
runs('a trigger has changed keys');
is(touched(), '1:1000, done', 'each row once');

# A key changes when the job has done the rows before 700, and those after it not.
sub is_in_the_middle
{
	psql($database, "CALL _v.run_job('j')", user => $owner);
	is(touched(), '0:301 1:699, failed', 'the job is in the middle');
	value($database, "UPDATE _v.job_list SET statement = '$update'; SELECT _v.resume_job('j')");
	return;
}

# Equal keys of other bytes, where PostgreSQL has taken them for the same
# (clusters made before 16.1 and its siblings): 24 hours are a day.
my $bad = 'UPDATE t SET n = n + 1 / (t.id - 700) * 0 + 1 FROM batch WHERE t.id = batch.id';
value($database, "SET allow_system_table_mods = on; INSERT INTO pg_amproc
	SELECT 99999, amprocfamily, amproclefttype, amprocrighttype, 4, 'btequalimage'
	  FROM pg_amproc WHERE amproc = 'interval_cmp'::regproc");
job('id interval PRIMARY KEY', q{i * interval '1 day'}, statement =>
	q{UPDATE t SET n = n + 1 / (date_part('day', t.id) - 700)::int * 0 + 1 FROM batch WHERE t.id = batch.id});
is_in_the_middle();
value($database, "UPDATE t SET id = id + interval '2000 days' WHERE id < '8 days' OR id > '995 days';
	UPDATE t SET id = date_part('day', id) * interval '24 hours' WHERE id > '2000 days'", user => $owner);
runs('keys that are written in another way');
is(touched(), '1:1000, done', 'each row once');
value($database, 'SET allow_system_table_mods = on; DELETE FROM pg_amproc WHERE oid = 99999');

# Triggers change the key that the command has changed: of the same row, or of
# all rows that it is about.
for (
	[ 'AFTER', 'the row', 'id = OLD.id + 10000', 'id = OLD.id + 30000' ],
	[ 'AFTER', 'all rows', 'id BETWEEN 10000 AND 20000', 'id = id + 20000' ],
	[ 'BEFORE', 'those before', 'id BETWEEN 10000 AND 20000', 'id = id + 20000' ],
	[ 'AFTER', 'the row, and back', 'id = OLD.id + 10000', 'id = OLD.id' ],
	[ 'AFTER', 'the row, again and again', 'id BETWEEN 10000 AND 50000', 'id = id + 10000' ])
{
	my ($when, $which, $where, $set) = @$_;
	my $depth = $which =~ /again and again/ ? 9 : 2;

	job('id int PRIMARY KEY', 'i', statement => $bad);
	value($database, "CREATE OR REPLACE FUNCTION change_again() RETURNS trigger LANGUAGE plpgsql AS
		'BEGIN IF pg_trigger_depth() < $depth THEN UPDATE t SET $set WHERE $where; END IF; RETURN NEW; END'", user => $owner);
	is_in_the_middle();
	value($database, "CREATE TRIGGER a $when UPDATE OF id ON t FOR EACH ROW EXECUTE FUNCTION change_again();
		UPDATE t SET id = id + 10000 WHERE id BETWEEN 690 AND 710;
		DROP TRIGGER a ON t;
		UPDATE t SET id = -id WHERE id > 1000 AND id % 2 = 0", user => $owner);
	runs("a trigger $when UPDATE changes the key of $which");
	is(touched(), '1:1000, done', 'each row once');
}

# A cascade changes it after all of the command was noted.
job('a int, id int UNIQUE, PRIMARY KEY (id, a)', '0, i', statement => $bad);
is_in_the_middle();
value($database, "ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES t (id) ON UPDATE CASCADE NOT VALID;
	ALTER TABLE t DISABLE TRIGGER USER; ALTER TABLE t ENABLE ALWAYS TRIGGER versioning_job_j;
	UPDATE t SET a = id WHERE id BETWEEN 650 AND 750;
	UPDATE t SET id = id + 10000 WHERE id BETWEEN 650 AND 750", user => $owner);
runs('a foreign key changes the key again');
is(touched(), '1:1000, done', 'each row once');

# Partitions, one of which has its columns in another order

sub partitioned_job
{
	value($database, "SELECT _v.unregister_patch('p') FROM _v.patches;
		DROP TABLE t; CREATE TABLE t (id int PRIMARY KEY, n int DEFAULT 0) PARTITION BY RANGE (id);
		CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (-1000) TO (300);
		CREATE TABLE t2 (n int DEFAULT 0, id int NOT NULL);
		ALTER TABLE t ATTACH PARTITION t2 FOR VALUES FROM (300) TO (1000000);
		INSERT INTO t (id) SELECT i FROM generate_series(1, 1000) AS i;
		BEGIN; SELECT _v.register_patch('p'); SELECT _v.register_job('j', 't', '$_[0]');
		SELECT _v.set_job('j', 'pause', '0'); COMMIT", user => $owner);
	return;
}

partitioned_job($bad);
is_in_the_middle();
value($database, "CREATE TABLE t3 PARTITION OF t FOR VALUES FROM (1000000) TO (2000000);
	UPDATE t SET id = 5000 WHERE id = 900; UPDATE t1 SET id = 0 WHERE id = 1;
	UPDATE t SET id = -id WHERE id BETWEEN 680 AND 720 OR id BETWEEN 990 AND 995;
	UPDATE t SET id = 1000 - id WHERE id IN (-990, -991, -680);
	UPDATE t SET id = 1500000 - id WHERE id BETWEEN 1 AND 10 OR id BETWEEN 985 AND 989;
	INSERT INTO t SELECT i, 1 FROM generate_series(985, 989) AS i;
	INSERT INTO t VALUES (680, 1), (10, 1);
	BEGIN; SAVEPOINT s; UPDATE t SET id = id - 1100 WHERE id BETWEEN 721 AND 730; ROLLBACK TO s; COMMIT", user => $owner);
value($database, "MERGE INTO t USING (VALUES (11, 1), (12, 2), (984, 3), (983, 4)) AS v(a, b) ON t.id = a
	WHEN MATCHED AND b % 2 = 1 THEN DELETE WHEN MATCHED THEN UPDATE SET id = b + 1000010", user => $owner)
  if value($database, 'SHOW server_version_num') >= 150000;
runs('a partitioned table');
is(value($database, 'SELECT string_agg(id::text, chr(32)) FROM t WHERE n <> 1 AND id NOT IN (680, 10, 985, 986, 987, 988, 989)'), '',
	'each row once, with those that have moved to another partition');
is(value($database, q{SELECT count(*) FROM pg_trigger WHERE tgname ~ '^versioning_'}), 8, 'its triggers are on each partition');
value($database, "SELECT _v.cancel_job('j')");
is(value($database, q{SELECT count(*) FROM pg_trigger WHERE tgname ~ '^versioning_'}), 0, 'and gone when it is canceled');

# Triggers change what moves, and insert rows as well.
partitioned_job($bad);
is_in_the_middle();
value($database, "CREATE OR REPLACE FUNCTION change_again() RETURNS trigger LANGUAGE plpgsql AS
	'BEGIN IF pg_trigger_depth() > 1 THEN RETURN NULL; END IF;
		IF TG_OP = ''DELETE'' THEN INSERT INTO t VALUES (OLD.id + 3000, 1) ON CONFLICT DO NOTHING;
			UPDATE t SET id = -id WHERE id BETWEEN 960 AND 965 OR id BETWEEN 660 AND 665;
		ELSE UPDATE t SET id = 2000 - NEW.id WHERE id = NEW.id; END IF; RETURN NULL; END';
	CREATE TRIGGER z AFTER INSERT OR DELETE ON t FOR EACH ROW EXECUTE FUNCTION change_again();
	CREATE TRIGGER a AFTER INSERT OR DELETE ON t FOR EACH ROW EXECUTE FUNCTION change_again();
	UPDATE t SET id = -id WHERE id BETWEEN 695 AND 705;
	DROP TRIGGER z ON t; DROP TRIGGER a ON t", user => $owner);
runs('triggers of a partitioned table change what moves');
is(value($database, 'SELECT string_agg(id::text, chr(32)) FROM t WHERE n <> 1 AND id NOT BETWEEN 3690 AND 3710'), '',
	'each row once');

# A job is on all partitions, and seen to be.
partitioned_job($update);
value($database, 'ALTER TABLE t2 DISABLE TRIGGER ALL', user => $owner);
value($database, "SET statement_timeout = '1min'; CALL _v.run_jobs('1 s')", user => $owner);
is(value($database, 'SELECT rows_done FROM _v.jobs'), 0, 'a job whose trigger is disabled on a partition does nothing');
value($database, 'ALTER TABLE t2 ENABLE ALWAYS TRIGGER versioning_job_j; ALTER TABLE t2 ENABLE ALWAYS TRIGGER versioning_move_j', user => $owner);
runs('enabled again, it');
is(touched(), '1:1000, done', 'goes on');

# It means what it meant when it was registered, whoever runs it.
job('id int PRIMARY KEY', 'i', first => "SET LOCAL DateStyle = 'ISO, MDY'; SET LOCAL lc_monetary = 'C';
	SET LOCAL default_text_search_config = 'pg_catalog.english';
	ALTER TABLE t ADD written text DEFAULT '02/03/2004', ADD d date, ADD words tsvector, ADD bytes text",
	statement => "UPDATE t SET n = n + 1, d = written::date, words = to_tsvector('the dogs'), bytes = '\\x01ff'::bytea
		FROM batch WHERE t.id = batch.id",
	check => "SELECT count(*) FROM t WHERE '02/03/2004'::date <> '2004-02-03'");
succeeds($database, "SET DateStyle = 'SQL, DMY'; SET bytea_output = 'escape';
	SET default_text_search_config = 'pg_catalog.simple'; CALL _v.run_job('j')", 'under other settings', user => $owner);
is(value($database, 'SELECT DISTINCT concat_ws(\' \', d, words, bytes) FROM t'), "2004-02-03 'dog':2 \\x01ff",
	'the statement does what it was to do');

# Whose rights

job('id int PRIMARY KEY', 'i', first => "CREATE FUNCTION who() RETURNS trigger LANGUAGE plpgsql AS
	'BEGIN INSERT INTO other VALUES (current_user, current_setting(''search_path'')); RETURN NEW; END';
	CREATE TABLE other (who text, path text);
	CREATE TRIGGER a BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION who()");
value($database, 'CREATE SCHEMA hostile; CREATE TABLE hostile.t (id int, n int); GRANT ALL ON SCHEMA hostile TO PUBLIC');
succeeds($database, "SET search_path = hostile; CALL _v.run_job('j')", 'a superuser runs it');
is(value($database, 'SELECT string_agg(DISTINCT concat_ws(\' \', who, path), \',\') FROM other'),
	"$owner public, pg_temp", 'as the role that has registered it, under its search_path');
is(touched(), '1:1000, done', 'on its table');
job('id int PRIMARY KEY', 'i', first => 'CREATE TRIGGER a BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION who();
	CREATE TABLE other (who text, path text)', statement => q{UPDATE t SET n = n + array_length('{NULL}'::text[], 1)
		+ coalesce(length(('{NULL}'::text[])[1]), 0) FROM batch WHERE t.id = batch.id AND E'it\'s' = 'it''s'});
succeeds($database, "SET session_replication_role = replica; SET array_nulls = off;
	SET backslash_quote = off; CALL _v.run_job('j')", 'with what a superuser has set');
is(value($database, 'SELECT count(*) FROM other'), 1000, 'triggers fire');
is(touched(), '1:1000, done', 'and it does what it was to do');

my @forbidden = (
	[ 'SET ROLE', 'RESET ROLE', qr/cannot set parameter "role" within security-definer function/ ],
	[ 'a temporary table', 'CREATE TEMPORARY TABLE x ()', qr/cannot create temporary table within security-restricted operation/ ],
	[ 'SET SESSION AUTHORIZATION', 'RESET SESSION AUTHORIZATION', qr/cannot set parameter "session_authorization" within/ ]);
for (@forbidden)
{
	my ($name, $command, $error) = @$_;
	job('id int PRIMARY KEY', 'i', first => "CREATE OR REPLACE FUNCTION evil(int) RETURNS int LANGUAGE plpgsql AS
		'BEGIN $command; RETURN 1; END'", statement => 'UPDATE t SET n = evil(t.n) FROM batch WHERE t.id = batch.id');
	fails($database, "CALL _v.run_job('j')", qr/55000: job "j" has failed\n.*$error/, "no $name");
}
job('id int PRIMARY KEY', 'i', first => "CREATE OR REPLACE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
	'BEGIN INSERT INTO other VALUES (current_user); RETURN NULL; END';
	CREATE TABLE other (who text);
	CREATE CONSTRAINT TRIGGER d AFTER UPDATE ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note()");
succeeds($database, "CALL _v.run_job('j')", 'a table with a deferred trigger');
is(value($database, 'SELECT string_agg(DISTINCT who, \' \') FROM other'), $owner, 'which never runs as the caller');
job('id int PRIMARY KEY', 'i', first => "CREATE OR REPLACE FUNCTION evil(int) RETURNS int LANGUAGE plpgsql AS
		'BEGIN SET CONSTRAINTS ALL DEFERRED; RETURN 1; END';
	CREATE CONSTRAINT TRIGGER d AFTER UPDATE ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note()",
	statement => 'UPDATE t SET n = evil(t.n) FROM batch WHERE t.id = batch.id');
fails($database, "CALL _v.run_job('j')", qr/cannot fire deferred trigger within security-restricted operation/, 'not even if it wants to');

job('id int PRIMARY KEY', 'i');
my @calls = ("CALL _v.run_job('j')", map { "SELECT _v.${_}_job('j')" } qw(pause resume cancel));
for ("SELECT _v.set_job('j', 'tries', '1')", @calls)
{
	fails($database, $_, qr/42501: permission denied for job "j"/, "not for anyone: $_", user => $nobody);
}
succeeds($database, "TABLE $_", "everybody can dump $_", user => $nobody) for qw(_v.job_list _v.job_pieces _v.job_moved);
fails($database, "INSERT INTO _v.job_moved VALUES (gen_random_uuid(), 'j', '{1}', true)", qr/42501/, 'nobody writes them', user => $owner);
is(value($database, 'SELECT state FROM _v.jobs', user => $nobody), 'waiting', 'everybody reads _v.jobs');
runs('a role that may register runs a job of another one', user => $deployer);
is(touched(), '1:1000, done', 'with the rights of that');
fails($database, "CREATE TABLE mine (id int PRIMARY KEY);
	CREATE TRIGGER x AFTER UPDATE ON mine FOR EACH ROW EXECUTE FUNCTION _v.note_moved_key('j2');
	BEGIN; SELECT _v.register_patch('q'); SELECT _v.register_job('j2', 't', '$update');
	INSERT INTO mine VALUES (1); UPDATE mine SET id = 2",
	qr/55000: job "j2" is about table public\.t, not about public\.mine/, 'no notes about another table', user => $owner);

# A role that is not the one any more
my $old = role('old');
value($database, "GRANT CREATE ON SCHEMA public TO $old; GRANT INSERT, DELETE ON _v.patches TO $old; DROP TABLE t");
job('id int PRIMARY KEY', 'i', user => $old);
value($database, "ALTER ROLE $old RENAME TO ${old}_renamed; CREATE ROLE $old SUPERUSER");
fails($database, "CALL _v.run_job('j')", qr/55000: job "j" has failed\n.*role "$old" of job "j" does not exist/, 'its namesake is another role');
value($database, "DROP ROLE $old; ALTER ROLE ${old}_renamed RENAME TO $old");
succeeds($database, "SELECT _v.resume_job('j'); CALL _v.run_job('j')", 'it has its name again');
is(touched(), '1:1000, done', 'and the job is done');
value($database, 'DROP TABLE t');

# Rows that are hidden from its role would be left out.

my $hide = 'ALTER TABLE t ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; CREATE POLICY odd ON t USING (id % 2 = 1)';
my $show = 'ALTER TABLE t NO FORCE ROW LEVEL SECURITY';
job('id int PRIMARY KEY', 'i', first => "$hide; $show");
value($database, 'ALTER TABLE t FORCE ROW LEVEL SECURITY', user => $owner);
fails($database, "CALL _v.run_job('j')", qr/55000: job "j" has failed\n.*affected by row-level security policy for table "t"/, 'rows hidden later', user => $owner);
value($database, "$show; SELECT _v.resume_job('j')", user => $owner);
runs('rows that policies do not hide from the owner');
is(touched(), '1:1000, done', 'all of them');
fails($database, "SELECT _v.unregister_patch('p'); ALTER TABLE t FORCE ROW LEVEL SECURITY; BEGIN;
	SELECT _v.register_patch('p'); SELECT _v.register_job('j', 't', '$update')",
	qr/42501: row-level security hides rows of "t" from role "$owner"/, 'rows hidden before', user => $owner);

# Failures

job('id int PRIMARY KEY', 'i', statement => $bad);
fails($database, "CALL _v.run_job('j')", qr/55000: job "j" has failed\n.*division by zero, at key \{700\}\n.*SELECT _v\.resume_job\('j'\)/s,
	'a job that fails says at which key', user => $owner);
is(touched(), '0:301 1:699, failed', 'what it did before is kept');
is(value($database, 'SELECT batches_given_up FROM _v.jobs'), 1, 'one batch is given up');
fails($database, "CALL _v.run_job('j')", qr/55000: job "j" has failed/, 'it stays so', user => $owner);
fails($database, "SELECT _v.assert_job_is_done('j')", qr/P0001: Job "j" is not done\.\nDETAIL:  It has failed, at 70 %\.\nHINT:  CALL _v\.run_job\('j'\); or: versioning run j/, 'it is not done', user => $owner);
value($database, "SELECT _v.resume_job('j'); SELECT _v.set_job('j', 'on_error', 'continue')", user => $owner);
fails($database, "CALL _v.run_job('j')", qr/a batch was given up, the last one after: division by zero, at key \{700\}/, 'on_error = continue', user => $owner);
is(touched(), '0:1 1:999, failed', 'does the other rows');
value($database, "UPDATE _v.job_list SET statement = '$update'");
value($database, 'UPDATE t SET id = 100000 WHERE id = 700', user => $owner);
succeeds($database, "SELECT _v.resume_job('j'); CALL _v.run_job('j')", 'when the cause is gone', user => $owner);
is(touched(), '1:1000, done', 'what was given up is done');

# A row whose key has changed may fail, too.
job('id int PRIMARY KEY', 'i', statement => $bad);
value($database, "SELECT _v.set_job('j', 'on_error', 'continue');
	UPDATE t SET id = id + 10000 WHERE id BETWEEN 3 AND 6;
	UPDATE t SET id = 0 WHERE id = 700; UPDATE t SET id = 700 WHERE id = 2", user => $owner);
fails($database, "CALL _v.run_job('j')", qr/a batch was given up, the last one after: division by zero, at key \{700\}/,
	'a job that goes on after a row whose key has changed', user => $owner);
is(touched(), '0:1 1:999, failed', 'does the other ones');
is(value($database, 'SELECT batches_given_up FROM _v.jobs'), 1, 'which are seen');
value($database, "UPDATE _v.job_list SET statement = '$update'");
succeeds($database, "SELECT _v.resume_job('j'); CALL _v.run_job('j')", 'when the cause is gone', user => $owner);
is(touched(), '1:1000, done', 'it is done as well, and nothing else');

job('id int PRIMARY KEY', 'i', check => 'SELECT sum(n)::int FROM t WHERE n < 0');
fails($database, "CALL _v.run_job('j')", qr/the check of job "j" returned NULL/, 'a check that does not know', user => $owner);

job('id int PRIMARY KEY', 'i', check => 'SELECT count(*) FROM t WHERE n < 2');
fails($database, "CALL _v.run_job('j')", qr/the check counts 1000 that are not right/, 'a check that fails', user => $owner);
is(touched(), '1:1000, failed', 'when all rows were in a batch');
succeeds($database, "SELECT _v.resume_job('j'); CALL _v.run_job('j')", 'begins anew', user => $owner);
is(touched(), '2:1000, done', 'and does each row once more');

job('id int PRIMARY KEY', 'i');
value($database, 'ALTER TABLE t RENAME TO t_old', user => $owner);
fails($database, "CALL _v.run_job('j')", qr/55000: job "j" has failed\n.*relation "public\.t" does not exist/, 'a table that was renamed', user => $owner);
fails($database, 'UPDATE t_old SET id = 0 WHERE id = 1', qr/55000: job "j" is about table public\.t, not about public\.t_old/, 'its keys do not change unseen', user => $owner);
value($database, "SELECT _v.cancel_job('j')", user => $owner);
is(value($database, q{SELECT count(*) FROM pg_trigger WHERE tgname ~ 'versioning_job'}), 0, 'canceled, it leaves no trigger there');
value($database, 'ALTER TABLE t_old RENAME TO t', user => $owner);

value($database, "SELECT _v.unregister_patch('p'); BEGIN; SELECT _v.register_patch('p');
	SELECT _v.register_job(E'it''s \\\\a \\u00e4', 't', '$update'); COMMIT", user => $owner);
fails($database, "SELECT _v.assert_job_is_done(E'it''s \\\\a \\u00e4')", qr/HINT:  CALL _v\.run_job\( ?E'it''s [^;]*'\);\n/,
	'no command that the shell would not take', user => $owner);
value($database, "SELECT _v.unregister_patch('p')", user => $owner);
is(value($database, q{SELECT count(*) FROM pg_trigger WHERE tgname ~ 'versioning_job'}), 0, 'an odd name leaves no trigger either');

job('id int PRIMARY KEY, CHECK (id < 900)', '- i', statement => 'UPDATE t SET id = 900 FROM batch WHERE t.id = batch.id');
fails($database, "CALL _v.run_job('j')", qr/has failed/, 'a constraint', user => $owner);
like(value($database, 'SELECT last_error FROM _v.jobs'), qr/^new row for relation "t" violates check constraint "t_id_check", at key \{-1000\}$/, 'the error has no row');

job("id int PRIMARY KEY, k int NOT NULL UNIQUE", "i, - i");
value($database, 'ALTER TABLE t DROP CONSTRAINT t_pkey', user => $owner);
my $no_key = qr/table "t" no longer has the key that a job goes by/;
fails($database, "CALL _v.run_job('j')", $no_key, 'another key', user => $owner);
fails($database, 'UPDATE t SET id = 0 WHERE id = 1', $no_key, 'does not change unseen', user => $owner);
value($database, "ALTER TABLE t ADD PRIMARY KEY (id)", user => $owner);
succeeds($database, "SELECT _v.resume_job('j'); CALL _v.run_job('j')", 'it is there again', user => $owner);
is(touched(), '1:1000, done', 'each row once');

# States

job('id int PRIMARY KEY', 'i');
value($database, "SELECT _v.pause_job('j')", user => $owner);
succeeds($database, "CALL _v.run_job('j')", 'a paused job is not run', user => $owner);
is(touched(), '0:1000, paused', 'nothing is done');
succeeds($database, "SELECT _v.resume_job('j'); CALL _v.run_jobs('1 minute')", 'run_jobs runs what is due', user => $owner);
is(touched(), '1:1000, done', 'all of it');
succeeds($database, "CALL _v.run_jobs('1 hour')", 'and returns when there is nothing', user => $owner);
fails($database, "SELECT _v.${_}_job('j')", qr/55000: job "j" cannot be ${_}d/, "what is done is not ${_}d", user => $owner) for qw(pause resume);
is(value($database, "SELECT string_agg(event, ', ' ORDER BY id) FROM _v.history WHERE job_name = 'j' AND id >
	(SELECT max(id) FROM _v.history WHERE event = 'applied')"), 'job paused, job resumed, job started, job done', 'history has it');
is(value($database, q{SELECT count(*) FROM pg_trigger WHERE tgname = 'versioning_job_j'}), 1, 'the trigger is there');
succeeds($database, "SELECT _v.assert_job_is_done('j')", 'it is done', user => $owner);
is(value($database, q{SELECT count(*) FROM pg_trigger WHERE tgname = 'versioning_job_j'}), 0, 'and then the trigger is gone');

fails($database, "SELECT _v.set_job('j', 'nonsense', '1')", qr/42704: setting "versioning\.job_nonsense" does not exist/, 'an unknown setting', user => $owner);
fails($database, "SELECT _v.set_job('j', 'versioning.job_tries', 'x')", qr/22023/, 'a wrong value', user => $owner);
succeeds($database, "SELECT _v.set_job('j', 'job_tries', '7'), _v.set_job('j', 'tries', NULL)", 'a setting is taken back', user => $owner);
is(value($database, 'SELECT settings FROM _v.job_list'), '{pause=0}', 'and nothing of it is left');

for my $call ("CALL _v.run_job('x')", "SELECT _v.cancel_job('x')")
{
	fails($database, $call, qr/42704: job "x" does not exist/, "no job: $call", user => $owner);
}
fails($database, "SELECT _v.assert_job_is_done('x')", qr/P0001: Job "x" is not done\.\nDETAIL:  There is no such job\./, 'no job is not done', user => $owner);
fails($database, "BEGIN; CALL _v.run_job('j')", qr/25001: _v\.run_job\('j'\) cannot run inside a transaction block/, 'in a block', user => $owner);
fails($database, "BEGIN; CALL _v.run_jobs('1s')", qr/25001/, 'run_jobs in a block', user => $owner);

job('id int PRIMARY KEY', 'i');
succeeds($database, "SET default_transaction_isolation = 'serializable'; CALL _v.run_job('j')", 'another isolation level', user => $owner);
is(touched(), '1:1000, done', 'makes no difference');

job('id int PRIMARY KEY', 'i');
succeeds($database, "SELECT _v.cancel_job('j')", 'canceled', user => $owner);
is(value($database, q{SELECT (SELECT count(*) FROM _v.jobs) + (SELECT count(*) FROM pg_trigger WHERE tgname = 'versioning_job_j')}), 0, 'nothing is left');
job('id int PRIMARY KEY', 'i');
succeeds($database, "SELECT _v.unregister_patch('p')", 'its patch is taken back by another role', user => $deployer);
is(value($database, q{SELECT (SELECT count(*) FROM _v.jobs) + (SELECT count(*) FROM pg_trigger WHERE tgname = 'versioning_job_j')}), 0, 'nothing is left');
is(value($database, "SELECT event || ' ' || role_name FROM _v.history WHERE job_name = 'j' ORDER BY id DESC LIMIT 1"), "job canceled $deployer", 'history says who');

done_testing();
