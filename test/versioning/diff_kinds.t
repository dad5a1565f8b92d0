# versioning diff: one difference of each kind that PostgreSQL can print is
# found, and nothing else; none is found between a database and its dump that
# was restored.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use IPC::Run ();
use Scratch qw(database role psql value run);
use Test::More;

my $program = $ENV{VERSIONING} // 'versioning';
my $release = value('postgres', 'SHOW server_version_num');
my $alice = role('alice', '');
my $bob = role('bob', '');

# The lines about differences in what versioning diff -q prints, and its exit
# status.
sub differences
{
	my @got = run($program, 'diff', '-q', @_);

	diag($got[2]) if $got[2] ne '';
	return ($got[0], sort map { s/^ +//r } grep { /^ .*: / }
		  split /\n/, $got[1]);
}

# What both have: something of each kind, and something for each aspect. Each
# change below has something of its own.
my $base = <<"SQL";
CREATE SCHEMA s;
SET search_path = s, public;
CREATE SCHEMA of_alice;
CREATE TABLE t (a int, b text, c int, d int DEFAULT 1, e text, f int NOT NULL,
    g int, h int GENERATED ALWAYS AS IDENTITY, i int, k text, l int,
    m int GENERATED ALWAYS AS (1) STORED, n text, o text, p text, q int);
CREATE TABLE gone (a int PRIMARY KEY, b text CHECK (b <> ''));
CREATE INDEX gone_index ON gone (b);
COMMENT ON COLUMN gone.b IS 'gone';
CREATE TABLE logged (a int);
CREATE TABLE with_options (a text) WITH (fillfactor = 70);
CREATE TABLE with_toast_options (a text);
CREATE TABLE of_role (a int);
CREATE TABLE with_replica (a int NOT NULL, UNIQUE (a));
CREATE TABLE clustered (a int);
CREATE INDEX clustered_index ON clustered (a);
CREATE TABLE secured (a int);
CREATE TABLE forced (a int);
CREATE TABLE parent (a int, b int DEFAULT 1,
    CONSTRAINT positive CHECK (a > 0));
CREATE TABLE child (c int) INHERITS (parent);
CREATE TABLE orphan (a int, b int DEFAULT 1,
    CONSTRAINT positive CHECK (a > 0));
CREATE TABLE parted (a int NOT NULL, b int) PARTITION BY RANGE (a);
CREATE TABLE part_1 PARTITION OF parted FOR VALUES FROM (1) TO (10);
CREATE TABLE part_2 PARTITION OF parted FOR VALUES FROM (10) TO (20);
CREATE TABLE part_3 PARTITION OF parted FOR VALUES FROM (20) TO (30);
CREATE TABLE part_4 (a int NOT NULL, b int);
CREATE INDEX ON parted (b);
CREATE TABLE constrained (a int, b int, c int, d int, e int,
    CONSTRAINT checked CHECK (a > 0), CONSTRAINT named UNIQUE (b),
    CHECK (c > 0), PRIMARY KEY (d));
CREATE TABLE referring (a int, b int,
    CONSTRAINT reference FOREIGN KEY (a) REFERENCES constrained (d));
ALTER TABLE referring ADD CONSTRAINT unvalidated
    FOREIGN KEY (b) REFERENCES constrained (d) NOT VALID;
CREATE TABLE indexed (a int, b int, c int, d int);
CREATE INDEX other_index ON indexed (a);
CREATE INDEX index_options ON indexed (b);
CREATE INDEX index_comment ON indexed (c);
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN RETURN NEW; END';
CREATE TRIGGER on_parts BEFORE INSERT ON parted
    FOR EACH ROW EXECUTE FUNCTION note();
CREATE TABLE triggered (a int);
CREATE TRIGGER other_trigger BEFORE INSERT ON triggered
    FOR EACH ROW EXECUTE FUNCTION note();
CREATE TRIGGER disabled BEFORE INSERT ON triggered
    FOR EACH ROW EXECUTE FUNCTION note();
CREATE TABLE ruled (a int);
CREATE RULE other_rule AS ON DELETE TO ruled DO INSTEAD NOTHING;
CREATE RULE disabled AS ON UPDATE TO ruled DO ALSO NOTHING;
CREATE TABLE restricted (a int);
CREATE POLICY other_policy ON restricted USING (a > 1);
CREATE POLICY for_role ON restricted TO $alice USING (true);
CREATE TABLE counted (a int, b int, c int);
CREATE STATISTICS other_statistics ON a, b FROM counted;
CREATE VIEW v AS SELECT a, b FROM t;
CREATE VIEW view_options AS SELECT a, b FROM t;
CREATE VIEW view_default AS SELECT a, b FROM t;
CREATE VIEW view_comment AS SELECT a, b FROM t;
CREATE MATERIALIZED VIEW mv AS SELECT a FROM t;
CREATE TABLE now_view (a int);
CREATE SEQUENCE ids;
CREATE SEQUENCE owned_ids;
CREATE SEQUENCE given_ids;
CREATE INDEX moved ON indexed (c);
CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION of_role(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION granted(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1';
CREATE AGGREGATE total(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0');
CREATE TYPE mood AS ENUM ('sad', 'glad');
CREATE TYPE pair AS (a int, b text);
CREATE DOMAIN age AS int DEFAULT 1;
CREATE DOMAIN checked_age AS int CONSTRAINT low CHECK (VALUE > 0);
CREATE TYPE span AS RANGE (SUBTYPE = float8);
CREATE TYPE base_type;
CREATE FUNCTION base_in(cstring) RETURNS base_type LANGUAGE internal STRICT
    AS 'textin';
CREATE FUNCTION base_out(base_type) RETURNS cstring LANGUAGE internal STRICT
    AS 'textout';
CREATE TYPE base_type (INPUT = base_in, OUTPUT = base_out, LIKE = text);
CREATE FUNCTION same(pair, pair) RETURNS bool LANGUAGE sql IMMUTABLE
    AS 'SELECT true';
CREATE OPERATOR === (LEFTARG = pair, RIGHTARG = pair, FUNCTION = same);
CREATE OPERATOR CLASS int_ops FOR TYPE int USING btree AS
    OPERATOR 1 <, OPERATOR 3 =, FUNCTION 1 btint4cmp(int, int);
CREATE OPERATOR FAMILY family USING btree;
CREATE COLLATION german (PROVIDER = libc, LOCALE = 'C');
CREATE CONVERSION to_utf8 FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
CREATE TEXT SEARCH PARSER parser (START = prsd_start,
    GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype);
CREATE TEXT SEARCH TEMPLATE template (LEXIZE = dsimple_lexize);
CREATE TEXT SEARCH DICTIONARY dictionary (TEMPLATE = simple);
CREATE TEXT SEARCH CONFIGURATION configuration (COPY = simple);
CREATE CAST (pair AS mood) WITH INOUT;
CREATE FOREIGN DATA WRAPPER wrapper OPTIONS (a '1');
CREATE SERVER server FOREIGN DATA WRAPPER wrapper OPTIONS (host 'a');
CREATE SERVER server_options FOREIGN DATA WRAPPER wrapper OPTIONS (host 'a');
CREATE USER MAPPING FOR $alice SERVER server OPTIONS (password 'secret1');
CREATE FOREIGN TABLE ft (a int OPTIONS (name 'a')) SERVER server
    OPTIONS (name 'a');
CREATE FOREIGN TABLE ft_columns (a int OPTIONS (name 'a')) SERVER server;
CREATE PUBLICATION pub FOR TABLE t;
CREATE PUBLICATION pub_options FOR TABLE t;
CREATE FUNCTION on_event() RETURNS event_trigger LANGUAGE plpgsql AS
    'BEGIN END';
CREATE EVENT TRIGGER event ON ddl_command_end EXECUTE FUNCTION on_event();
CREATE EVENT TRIGGER disabled_event ON ddl_command_end
    EXECUTE FUNCTION on_event();
ALTER EVENT TRIGGER event DISABLE;
ALTER EVENT TRIGGER disabled_event DISABLE;
CREATE ACCESS METHOD method TYPE INDEX HANDLER bthandler;
ALTER DEFAULT PRIVILEGES FOR ROLE $alice IN SCHEMA s
    GRANT SELECT ON TABLES TO PUBLIC;
CREATE EXTENSION citext SCHEMA s;
CREATE PROCEDURAL LANGUAGE plnew HANDLER plpgsql_call_handler;
CREATE TABLE reread (a varchar CHECK (a IN ('a', 'b''c]')),
    b int DEFAULT -1::int CHECK (b IN (2, -2::int)),
    c numeric CHECK (c > -1.5::numeric), d text DEFAULT 'a\\b');
CREATE INDEX reread_index ON reread (b)
    WHERE a NOT IN (upper('x')::varchar, 'y', NULL);
CREATE STATISTICS of_reread_too ON b, (a IN ('x', 'y')), (a NOT IN ('x', 'z'))
    FROM reread;
CREATE VIEW of_reread AS SELECT ARRAY[ARRAY[a, a], ARRAY['x', 'y']]::text[]
    FROM reread WHERE a IN ('x', 'y') AND -b < -5::int;
CREATE FUNCTION reread() RETURNS text[] LANGUAGE sql AS
    'SELECT (ARRAY[''a''::varchar])::text[]';
CREATE TABLE defaulted (a int DEFAULT 1, b text, c text);
CREATE TABLE of_defaulted () INHERITS (defaulted);
CREATE TABLE without_default () INHERITS (defaulted);
ALTER TABLE without_default ALTER a DROP DEFAULT;
CREATE MATERIALIZED VIEW stored AS SELECT text 'a' AS a;
CREATE FUNCTION dependent() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE TABLE dependent (a int PRIMARY KEY);
COMMENT ON TABLE of_role IS 'a comment';
GRANT SELECT ON of_role TO $bob;
GRANT ALL ON constrained TO $bob;
REVOKE TRUNCATE ON referring FROM postgres;
SQL

# Changes, and the lines about them. "B" is the second database.
my @changes = (
	[ 'ALTER DATABASE "B" SET work_mem = 1234', 'database: settings differ' ],
	[ "COMMENT ON DATABASE \"B\" IS 'x'", 'database: comment differs' ],
	[ "ALTER DATABASE \"B\" OWNER TO $alice", 'database: owner differs' ],
	[ "GRANT CREATE ON DATABASE \"B\" TO $bob", 'database: grants differ' ],
	[ 'CREATE SCHEMA new', 'schema new: only in B' ],
	[ "ALTER SCHEMA of_alice OWNER TO $alice",
		'schema of_alice: owner differs' ],
	[ 'GRANT USAGE ON SCHEMA s TO PUBLIC', 'schema s: grants differ' ],
	[ "COMMENT ON SCHEMA public IS 'x'", 'schema public: comment differs' ],

	[ 'REVOKE EXECUTE ON FUNCTION pg_sleep FROM PUBLIC',
		'function pg_catalog.pg_sleep(double precision): grants differ' ],
	[ "GRANT SELECT ON pg_authid TO $bob",
		'table pg_catalog.pg_authid: grants differ' ],
	[ "GRANT SELECT (rolpassword) ON pg_authid TO $bob",
		'column pg_catalog.pg_authid.rolpassword: grants differ' ],
	[ "GRANT CREATE ON SCHEMA pg_catalog TO $bob",
		'schema pg_catalog: grants differ' ],

	# Tables
	[ 'DROP TABLE gone', 'table s.gone: only in A' ],
	[ 'CREATE TABLE new (a int PRIMARY KEY, b int CHECK (b > 1))',
		'table s.new: only in B' ],
	[ 'ALTER TABLE logged SET UNLOGGED', 'table s.logged: differs' ],
	[ 'ALTER TABLE with_options SET (fillfactor = 50)',
		'table s.with_options: options differ' ],
	[ 'ALTER TABLE with_toast_options SET (toast.autovacuum_enabled = off)',
		'table s.with_toast_options: options differ' ],
	[ "ALTER TABLE of_role OWNER TO $alice", 'table s.of_role: owner differs' ],
	[ "REVOKE SELECT ON of_role FROM $bob", 'table s.of_role: grants differ' ],
	[ 'COMMENT ON TABLE of_role IS NULL', 'table s.of_role: comment differs' ],
	[ 'ALTER TABLE with_replica REPLICA IDENTITY FULL',
		'table s.with_replica: replica identity differs' ],
	[ 'ALTER TABLE clustered CLUSTER ON clustered_index',
		'table s.clustered: cluster differs' ],
	[ 'ALTER TABLE secured ENABLE ROW LEVEL SECURITY',
		'table s.secured: row security differs' ],
	[ 'ALTER TABLE forced FORCE ROW LEVEL SECURITY',
		'table s.forced: row security differs' ],
	[ 'ALTER TABLE orphan INHERIT parent',
		'table s.orphan: inheritance differs' ],
	[ 'ALTER TABLE part_2 ALTER b SET DEFAULT 4',
		'column s.part_2.b: differs' ],
	[ 'ALTER TABLE parted DETACH PARTITION part_3;'
		  . 'ALTER TABLE parted ATTACH PARTITION part_3 '
		  . 'FOR VALUES FROM (20) TO (31)',
		'table s.part_3: inheritance differs' ],
	[ 'ALTER TABLE child ALTER b SET DEFAULT 3',
		'column s.child.b: differs' ],
	[ 'ALTER TABLE of_defaulted ALTER a DROP DEFAULT',
		'column s.of_defaulted.a: differs' ],
	[ 'ALTER TABLE of_defaulted ALTER b SET STORAGE EXTERNAL',
		'column s.of_defaulted.b: storage differs' ],
	[ 'ALTER TABLE ONLY defaulted ALTER c SET STORAGE MAIN',
		'column s.defaulted.c: storage differs',
		'column s.of_defaulted.c: storage differs',
		'column s.without_default.c: storage differs' ],
	[ 'DROP TABLE now_view; CREATE VIEW now_view AS SELECT 1 AS a',
		'table s.now_view: only in A', 'view s.now_view: only in B' ],

	# Columns
	[ 'ALTER TABLE t ADD new int', 'column s.t.new: only in B' ],
	[ 'ALTER TABLE t DROP g', 'column s.t.g: only in A' ],
	[ 'ALTER TABLE t ALTER c TYPE int8', 'column s.t.c: differs' ],
	[ 'ALTER TABLE t ALTER d SET DEFAULT 2', 'column s.t.d: differs' ],
	[ 'ALTER TABLE t ALTER e TYPE text COLLATE "C"',
		'column s.t.e: differs' ],
	[ 'ALTER TABLE t ALTER f DROP NOT NULL', 'column s.t.f: differs' ],
	[ 'ALTER TABLE t ALTER h SET INCREMENT 5', 'column s.t.h: differs' ],
	[ 'ALTER TABLE t ALTER i SET (n_distinct = 5)',
		'column s.t.i: options differ' ],
	[ 'ALTER TABLE t ALTER k SET STORAGE EXTERNAL',
		'column s.t.k: storage differs' ],
	[ "COMMENT ON COLUMN t.l IS 'x'", 'column s.t.l: comment differs' ],
	[ 'ALTER TABLE t ALTER m DROP EXPRESSION', 'column s.t.m: differs' ],
	[ 'GRANT SELECT (n) ON t TO PUBLIC', 'column s.t.n: grants differ' ],
	[ 'ALTER TABLE t ALTER p SET COMPRESSION pglz',
		'column s.t.p: compression differs' ],

	# Of tables
	[ 'ALTER TABLE constrained DROP CONSTRAINT checked;'
		  . 'ALTER TABLE constrained ADD CONSTRAINT checked CHECK (a > 1)',
		'constraint checked on s.constrained: differs' ],
	[ 'ALTER TABLE constrained DROP CONSTRAINT named',
		'constraint named on s.constrained: only in A' ],
	[ 'ALTER TABLE constrained ADD CHECK (e > 0)',
		'constraint constrained_e_check on s.constrained: only in B' ],
	[ 'ALTER TABLE constrained DROP CONSTRAINT constrained_c_check;'
		  . 'ALTER TABLE constrained ADD CONSTRAINT constrained_c_check '
		  . 'CHECK (c > 5)',
		'constraint constrained_c_check on s.constrained: differs' ],
	[ "COMMENT ON CONSTRAINT constrained_pkey ON constrained IS 'x'",
		'constraint constrained_pkey on s.constrained: comment differs' ],
	[ 'ALTER INDEX constrained_pkey SET (fillfactor = 50)',
		'constraint constrained_pkey on s.constrained: options differ' ],
	[ "COMMENT ON INDEX constrained_pkey IS 'x'",
		'constraint constrained_pkey on s.constrained: '
		  . 'comment on the index differs' ],
	[ 'ALTER TABLE referring VALIDATE CONSTRAINT unvalidated',
		'constraint unvalidated on s.referring: differs' ],
	[ 'ALTER TABLE referring ALTER CONSTRAINT reference DEFERRABLE',
		'constraint reference on s.referring: differs' ],
	[ 'CREATE INDEX new_index ON indexed (d)',
		'index s.new_index: only in B' ],
	[ 'DROP INDEX other_index; CREATE INDEX other_index ON indexed (a DESC)',
		'index s.other_index: differs' ],
	[ 'ALTER INDEX index_options SET (fillfactor = 50)',
		'index s.index_options: differs' ],
	[ "COMMENT ON INDEX index_comment IS 'x'",
		'index s.index_comment: comment differs' ],
	[ 'CREATE TRIGGER new BEFORE INSERT ON triggered '
		  . 'FOR EACH ROW EXECUTE FUNCTION note()',
		'trigger new on s.triggered: only in B' ],
	[ 'CREATE OR REPLACE TRIGGER other_trigger AFTER INSERT ON triggered '
		  . 'FOR EACH ROW EXECUTE FUNCTION note()',
		'trigger other_trigger on s.triggered: differs' ],
	[ 'ALTER TABLE triggered DISABLE TRIGGER disabled',
		'trigger disabled on s.triggered: enabled differs' ],
	[ 'CREATE OR REPLACE RULE other_rule AS ON DELETE TO ruled DO ALSO NOTHING',
		'rule other_rule on s.ruled: differs' ],
	[ 'ALTER TABLE ruled DISABLE RULE disabled',
		'rule disabled on s.ruled: enabled differs' ],
	[ 'ALTER POLICY other_policy ON restricted USING (a > 2)',
		'policy other_policy on s.restricted: differs' ],
	[ "ALTER POLICY for_role ON restricted TO $bob",
		'policy for_role on s.restricted: differs' ],
	[ 'CREATE STATISTICS new_statistics ON b, c FROM counted',
		'statistics object s.new_statistics: only in B' ],
	[ "COMMENT ON INDEX part_1_b_idx IS 'x'",
		'index s.part_1_b_idx: comment differs' ],
	[ 'ALTER TABLE part_2 DISABLE TRIGGER on_parts',
		'trigger on_parts on s.part_2: enabled differs' ],
	[ "COMMENT ON CONSTRAINT positive ON child IS 'x'",
		'constraint positive on s.child: comment differs' ],
	[ "ALTER STATISTICS other_statistics OWNER TO $alice",
		'statistics object s.other_statistics: owner differs' ],

	# Views and sequences
	[ 'CREATE OR REPLACE VIEW v AS SELECT a, b FROM t WHERE a > 1',
		'view s.v: differs' ],
	[ 'ALTER VIEW view_options SET (security_barrier)',
		'view s.view_options: options differ' ],
	[ 'ALTER VIEW view_default ALTER a SET DEFAULT 5',
		'view column s.view_default.a: differs' ],
	[ "COMMENT ON COLUMN view_comment.a IS 'x'",
		'view column s.view_comment.a: comment differs' ],
	[ 'DROP MATERIALIZED VIEW mv', 'materialized view s.mv: only in A' ],
	[ 'ALTER MATERIALIZED VIEW stored ALTER a SET STORAGE EXTERNAL',
		'materialized view column s.stored.a: storage differs' ],
	[ 'ALTER SEQUENCE ids CACHE 5', 'sequence s.ids: differs' ],
	[ 'ALTER SEQUENCE owned_ids OWNED BY t.a',
		'sequence s.owned_ids: owned by differs' ],
	[ 'DROP SEQUENCE given_ids; CREATE TABLE with_ids (a int);'
		  . 'CREATE SEQUENCE given_ids OWNED BY with_ids.a',
		'sequence s.given_ids: owned by differs',
		'table s.with_ids: only in B' ],
	[ 'DROP INDEX moved; CREATE INDEX moved ON logged (a)',
		'index s.moved: differs' ],
	[ 'GRANT USAGE ON SEQUENCE t_h_seq TO PUBLIC',
		'column s.t.h: grants on the sequence differ' ],

	# Functions and types
	[ "CREATE OR REPLACE FUNCTION f(a int) RETURNS int LANGUAGE sql AS "
		  . "'SELECT 2'",
		'function s.f(integer): differs' ],
	[ "ALTER FUNCTION of_role OWNER TO $alice",
		'function s.of_role(integer): owner differs' ],
	[ 'REVOKE EXECUTE ON FUNCTION granted FROM PUBLIC',
		'function s.granted(integer): grants differ' ],
	[ "CREATE FUNCTION f(a text) RETURNS int LANGUAGE sql AS 'SELECT 2'",
		'function s.f(pg_catalog.text): only in B' ],
	[ 'CREATE OR REPLACE FUNCTION reread() RETURNS text[] LANGUAGE sql AS '
		  . "'SELECT ARRAY[(''a''::varchar)::text]'",
		'function s.reread(): differs' ],
	[ 'ALTER FUNCTION dependent() DEPENDS ON EXTENSION plpgsql',
		'function s.dependent(): dependency on an extension differs' ],
	[ 'ALTER INDEX dependent_pkey DEPENDS ON EXTENSION plpgsql',
		'constraint dependent_pkey on s.dependent: '
		  . 'dependency on an extension differs' ],
	[ 'ALTER PROCEDURE p() SECURITY DEFINER', 'procedure s.p(): differs' ],
	[ "CREATE OR REPLACE AGGREGATE total(int) "
		  . "(SFUNC = int4pl, STYPE = int, INITCOND = '1')",
		'aggregate s.total(integer): differs' ],
	[ "ALTER TYPE mood ADD VALUE 'new'", 'type s.mood: differs' ],
	[ 'ALTER TYPE pair ADD ATTRIBUTE c int',
		'composite type column s.pair.c: only in B' ],
	[ 'ALTER DOMAIN age SET DEFAULT 2', 'type s.age: differs' ],
	[ 'ALTER DOMAIN checked_age ADD CONSTRAINT high CHECK (VALUE < 9)',
		'domain constraint high on s.checked_age: only in B' ],
	[ "ALTER TYPE span OWNER TO $alice", 'type s.span: owner differs' ],
	[ 'ALTER TYPE base_type SET (STORAGE = main)',
		'type s.base_type: differs' ],
	[ 'REVOKE USAGE ON TYPE span FROM PUBLIC', 'type s.span: grants differ' ],

	# The others
	[ 'ALTER OPERATOR === (pair, pair) SET (RESTRICT = eqsel)',
		'operator s.===(s.pair,s.pair): differs' ],
	[ 'ALTER OPERATOR FAMILY family USING btree ADD '
		  . 'FUNCTION 1 (int4, int4) btint4cmp(int4, int4)',
		'operator family s.family USING btree: differs' ],
	[ 'ALTER OPERATOR FAMILY int_ops USING btree ADD OPERATOR 5 > (int, int)',
		'operator class s.int_ops USING btree: differs' ],
	[ "COMMENT ON OPERATOR FAMILY int_ops USING btree IS 'x'",
		'operator family s.int_ops USING btree: comment differs' ],
	[ "CREATE COLLATION new FROM german", 'collation s.new: only in B' ],
	[ "COMMENT ON COLLATION german IS 'x'",
		'collation s.german: comment differs' ],
	[ "ALTER CONVERSION to_utf8 OWNER TO $alice",
		'conversion s.to_utf8: owner differs' ],
	[ 'DROP TEXT SEARCH PARSER parser',
		'text search parser s.parser: only in A' ],
	[ 'CREATE TEXT SEARCH TEMPLATE new (LEXIZE = dsimple_lexize)',
		'text search template s.new: only in B' ],
	[ 'ALTER TEXT SEARCH DICTIONARY dictionary (Accept = false)',
		'text search dictionary s.dictionary: differs' ],
	[ 'ALTER TEXT SEARCH CONFIGURATION configuration '
		  . 'DROP MAPPING FOR asciiword',
		'text search configuration s.configuration: differs' ],
	[ 'DROP CAST (pair AS mood); '
		  . 'CREATE CAST (pair AS mood) WITH INOUT AS ASSIGNMENT',
		'cast (s.pair AS s.mood): differs' ],
	[ "ALTER FOREIGN DATA WRAPPER wrapper OPTIONS (SET a '2')",
		'foreign-data wrapper wrapper: options differ' ],
	[ "ALTER SERVER server_options OPTIONS (SET host 'b')",
		'server server_options: options differ' ],
	[ "GRANT USAGE ON FOREIGN SERVER server TO $bob",
		'server server: grants differ' ],
	[ "ALTER USER MAPPING FOR $alice SERVER server "
		  . "OPTIONS (SET password 'secret2')",
		"user mapping $alice on server server: "
		  . 'options differ, which may be passwords' ],
	[ "ALTER FOREIGN TABLE ft OPTIONS (SET name 'b')",
		'foreign table s.ft: options differ' ],
	[ "ALTER FOREIGN TABLE ft_columns ALTER a OPTIONS (SET name 'b')",
		'foreign table column s.ft_columns.a: options differ' ],
	[ "ALTER FOREIGN TABLE ft ALTER a OPTIONS (ADD pg_name 'b')",
		'foreign table column s.ft.a: options differ' ],
	[ "ALTER PUBLICATION pub ADD TABLE secured",
		'publication relation s.secured in publication pub: only in B' ],
	[ "ALTER PUBLICATION pub_options SET (publish = 'insert')",
		'publication pub_options: differs' ],
	[ 'ALTER SUBSCRIPTION sub SET (synchronous_commit = on)',
		'subscription sub: differs' ],
	[ 'ALTER EVENT TRIGGER disabled_event ENABLE REPLICA',
		'event trigger disabled_event: enabled differs' ],
	[ 'DROP EVENT TRIGGER event', 'event trigger event: only in A' ],
	[ 'DROP ACCESS METHOD method', 'access method method: only in A' ],
	[ "ALTER DEFAULT PRIVILEGES FOR ROLE $alice IN SCHEMA s "
		  . 'GRANT INSERT ON TABLES TO PUBLIC',
		"default acl for role $alice in schema s on tables: differs" ],
	[ "ALTER DEFAULT PRIVILEGES FOR ROLE $bob "
		  . 'REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC',
		"default acl for role $bob on functions: only in B" ],
	[ 'DROP EXTENSION citext', 'extension citext: only in A' ],
	[ 'DROP LANGUAGE plnew', 'language plnew: only in A' ],
	[ 'CREATE TRANSFORM FOR int LANGUAGE sql '
		  . '(FROM SQL WITH FUNCTION prsd_lextype(internal))',
		'transform for integer '
		  . ($release < 160000 ? 'on ' : '')
		  . 'language sql: only in B' ],
	[ 'CREATE EXTENSION hstore SCHEMA s', 'extension hstore: only in B' ]);

push @changes,
  [ 'ALTER PUBLICATION pub_options ADD TABLES IN SCHEMA of_alice',
	'publication namespace of_alice in publication pub_options: only in B' ],
  [ 'CREATE TABLE nulls (a int, UNIQUE NULLS NOT DISTINCT (a))',
	'table s.nulls: only in B' ]
  if $release >= 150000;

# CREATE DATABASE does not copy subscriptions.
my $subscription = <<'SQL';
CREATE SUBSCRIPTION sub CONNECTION 'dbname=x' PUBLICATION a
    WITH (connect = false, slot_name = NONE, enabled = false);
SQL

push @changes,
  [ 'ALTER TABLE secured ADD CONSTRAINT not_nothing NOT NULL a',
	'column s.secured.a: differs',
	'constraint not_nothing on s.secured: only in B' ],
  [ 'ALTER TABLE forced ADD b int GENERATED ALWAYS AS (a + 1)',
	'column s.forced.b: only in B' ],
  [ 'ALTER TABLE logged ADD CONSTRAINT loose CHECK (a > 1) NOT ENFORCED',
	'constraint loose on s.logged: only in B' ]
  if $release >= 180000;

my $a = database('a');
value($a, $base);
my $b = database('b', '-T', $a);
value($_, $subscription) for $a, $b;
my @got = differences($a, $b);
is_deeply(\@got, [0], 'a database and its copy are the same');

# Between a database and its dump, which is restored without its languages: of
# these pg_dump dumps only what an extension might make.
value($a, 'DROP LANGUAGE plnew');
my $dump = (run('pg_dump', $a))[1];
my $restored = database('restored');
my ($status, undef, $errors) = psql($restored, $dump);
is($status, 0, 'the dump is restored') || diag($errors);
is_deeply([ differences($a, $restored) ], [0],
	'a database and its dump that was restored are the same');
is_deeply([ differences('--all', $a, $restored) ], [0],
	'so they are in all that is not compared as a rule');
value($a, 'CREATE PROCEDURAL LANGUAGE plnew HANDLER plpgsql_call_handler');

# Settings of a database, by which the server prints
my $set = database('set', '-T', $a);
value($set, $subscription);
value('postgres', "ALTER DATABASE $set SET $_")
  for 'quote_all_identifiers = on', "DateStyle = 'German'",
  $release < 190000 ? 'standard_conforming_strings = off' : ();
is_deeply([ differences($a, $set) ], [ 1, 'database: settings differ' ],
	'the settings of a database do not count for what is in it');

my @expected;
for my $change (@changes)
{
	my ($sql, @lines) = @$change;

	value($b, 'SET search_path = s, public; ' . $sql =~ s/"B"/"$b"/gr);
	push @expected, map { s/only in A/only in $a/r =~ s/only in B/only in $b/r }
	  @lines;
}
my @lines = differences($a, $b);
is(shift @lines, 1, 'exit status of differences');
my (%got, %expected);
@got{@lines} = ();
@expected{@expected} = ();
ok(exists $got{$_}, "found: $_") for @expected;
is_deeply([ grep { !exists $expected{$_} } @lines ], [], 'nothing else');
is(scalar @lines, scalar @expected, 'each is found once');

@lines = differences('--no-owner', $a, $b);
is_deeply([ grep { /owner/ } @lines ], [], '--no-owner leaves owners out');
@lines = differences('--no-privileges', $a, $b);
is_deeply([ grep { /grants/ } @lines ], [],
	'--no-privileges leaves grants out');

my $output = (run($program, 'diff', $a, $b))[1];
unlike($output, qr/secret\d/, 'passwords of user mappings are not shown');
unlike((run($program, 'diff', '--json', $a, $b))[1], qr/secret\d/,
	'nor are they in JSON');

# What is no difference unless it is asked for

my $first = database('first');
my $second = database('second');
value($first, <<'SQL');
CREATE TABLE t (a int, b int CHECK (b > 0), UNIQUE (a));
CREATE TABLE numbered (a int GENERATED ALWAYS AS IDENTITY,
    b varchar CHECK (b IN ('x', 'y')));
CREATE TABLE former (a int PRIMARY KEY);
ALTER TABLE former RENAME TO renamed;
CREATE TABLE long_name_of_a_table_that_is_rather_long_for_a_name (
    and_a_column_with_a_long_name_as_well int CHECK
        (and_a_column_with_a_long_name_as_well > 0));
SQL
value($second, <<'SQL');
CREATE TABLE renamed (a int PRIMARY KEY);
CREATE TABLE t (b int, a int,
    CONSTRAINT t_b_check1 CHECK (b > 0), CONSTRAINT t_a_key2 UNIQUE (a));
ALTER TABLE t ALTER a SET STATISTICS 50;
CREATE TABLE numbered (a int GENERATED ALWAYS AS IDENTITY
    (SEQUENCE NAME numbers), b varchar, CONSTRAINT numbered_b_check1
    CHECK (b::text = ANY (ARRAY[('x'::varchar)::text, ('y'::varchar)::text])));
CREATE TABLE long_name_of_a_table_that_is_rather_long_for_a_name (
    and_a_column_with_a_long_name_as_well int);
ALTER TABLE long_name_of_a_table_that_is_rather_long_for_a_name ADD CONSTRAINT
    long_name_of_a_table_that_is_rather_and_a_column_with_lo_check1
    CHECK (and_a_column_with_a_long_name_as_well > 0);
SQL
value($_, 'CREATE TABLE referring (a int REFERENCES t (a))')
  for $first, $second;
value($second, 'ALTER TABLE referring DISABLE TRIGGER ALL');
is_deeply([ differences($first, $second) ], [0],
	'order of columns, names that the server chose, statistics targets');
@lines = differences('--all', $first, $second);
is_deeply(
	[ map { s/ in \S+$//r } @lines ],
	[   1,
		'column public.numbered.a: name of the sequence differs',
		'column public.t.a: position differs',
		'column public.t.a: statistics differ',
		'column public.t.b: position differs',
		'constraint former_pkey on public.renamed: only',
		'constraint long_name_of_a_table_that_is_and_a_column_with_a_long_nam'
		  . '_check on public.'
		  . 'long_name_of_a_table_that_is_rather_long_for_a_name: only',
		'constraint long_name_of_a_table_that_is_rather_and_a_column_with_lo_'
		  . 'check1 on public.'
		  . 'long_name_of_a_table_that_is_rather_long_for_a_name: only',
		'constraint numbered_b_check on public.numbered: only',
		'constraint numbered_b_check1 on public.numbered: only',
		'constraint referring_a_fkey on public.referring: triggers differ',
		'constraint renamed_pkey on public.renamed: only',
		'constraint t_a_key on public.t: only',
		'constraint t_a_key2 on public.t: only',
		'constraint t_b_check on public.t: only',
		'constraint t_b_check1 on public.t: only' ],
	'with --all they are');

done_testing();
