#!/usr/bin/perl

# What depends on a relation or a column is dropped and comes back as it was:
# a dump before and after is the same. Whose code runs on the way is its
# owner's, as that owner, and nobody gains anything.

use strict;
use warnings;

use FindBin;
use File::Temp qw(tempdir);
use lib "$FindBin::Bin/../lib";
use Scratch;
use Test::More;

my $version = value('postgres', 'SHOW server_version_num');
my $files = tempdir(CLEANUP => 1);
my ($owner, $reader, $other, $granter, $deployer) =
  map { role($_) } qw(owner reader other granter deployer);
my %roles = (OWNER => $owner, READER => $reader, OTHER => $other,
	GRANTER => $granter, DEPLOYER => $deployer);

# SQL with the roles of this test in the place of these words
sub named
{
	my ($script) = @_;
	return $script =~ s/\b(OWNER|READER|OTHER|GRANTER|DEPLOYER)_ROLE\b/$roles{$1}/gr;
}

# A new database with the extension and what the script makes.
sub made
{
	my ($name, $script) = @_;
	my $database = database($name);

	value($database, named("CREATE EXTENSION versioning; $script"));
	return $database;
}

# The dump of a database, less what differs in each dump, and the journals.
sub dump_of
{
	my ($database) = @_;
	my ($status, $output, $errors) =
	  run('pg_dump', '--exclude-table-data=_v.*', $database);

	is("$status$errors", '0', 'pg_dump');
	return $output =~ s/^\\(?:un)?restrict .*//gmr;
}

# What depends on this, with its types, is dropped and restored. In between
# something may be done. Passes if the dump is the same. Returns the objects.
sub same_again
{
	my ($database, $arguments, $name, $between) = @_;
	my $before = dump_of($database);
	my $dropped = value($database, named(qq{
		BEGIN;
		SELECT _v.register_patch('no-op');
		SELECT object_type || ' ' || identity
		  FROM _v.drop_dependents($arguments);
		${\($between // '')};
		SELECT _v.restore_dependents() AS n \\gset
		COMMIT;
		SELECT _v.unregister_patch('no-op')}));

	is(dump_of($database), $before, "$name: the dump is the same");
	return split /\n/, $dropped;
}

# All kinds, and what each of them can have

my $publishes = $version >= 150000 ? q{
	CREATE PUBLICATION pub FOR TABLE app.users (id, email, name)
		WHERE (domain IS NULL), app.log;} : '';
my $invoker = $version >= 150000 ? 'security_invoker' : 'security_barrier';
my $everything = q{
	CREATE SCHEMA app;
	CREATE SCHEMA "Odd ""schema";
	GRANT ALL ON SCHEMA app, "Odd ""schema" TO OWNER_ROLE, OTHER_ROLE;
	CREATE TABLE app.users (id int PRIMARY KEY, name text NOT NULL CHECK (name
		<> ''), email text UNIQUE, age int DEFAULT 3,
	    created timestamptz DEFAULT now(),
	    domain text GENERATED ALWAYS AS (split_part(email, '@', 2)) STORED NOT
		NULL,
	    mail_length int GENERATED ALWAYS AS (length(email)) STORED CHECK
		(mail_length > 0));
	INSERT INTO app.users VALUES (1, 'a', 'a@x'), (2, 'b', 'b@y');
	ALTER TABLE app.users OWNER TO OWNER_ROLE;
	CREATE INDEX users_email_idx ON app.users (lower(email));
	CREATE INDEX users_domain_idx ON app.users (domain);
	CREATE UNIQUE INDEX users_domain_name ON app.users (domain, name);
	ALTER TABLE app.users CLUSTER ON users_domain_idx;
	ALTER TABLE app.users REPLICA IDENTITY USING INDEX users_domain_name;
	COMMENT ON INDEX app.users_domain_idx IS 'it''s \\ an index';
	CREATE STATISTICS app.users_stat (dependencies) ON domain, name FROM
		app.users;
	ALTER STATISTICS app.users_stat SET STATISTICS 77;
	COMMENT ON STATISTICS app.users_stat IS 'a statistic';
	ALTER STATISTICS app.users_stat OWNER TO OTHER_ROLE;
	ALTER TABLE app.users ALTER domain SET STATISTICS 33, ALTER domain SET
		STORAGE EXTERNAL, ALTER domain SET (n_distinct = 5);
	ALTER TABLE app.users ALTER domain SET COMPRESSION pglz;
	COMMENT ON COLUMN app.users.domain IS 'after @';
	GRANT SELECT (domain), UPDATE (domain) ON app.users TO READER_ROLE;
	CREATE TABLE app.domains (name text, CONSTRAINT d_pk PRIMARY KEY (name));
	INSERT INTO app.domains VALUES ('x'), ('y');
	ALTER TABLE app.domains OWNER TO OWNER_ROLE;
	ALTER TABLE app.users ADD CONSTRAINT "to Domains" FOREIGN KEY (domain)
		REFERENCES app.domains DEFERRABLE INITIALLY DEFERRED;
	COMMENT ON CONSTRAINT "to Domains" ON app.users IS 'fk';
	-- triggers
	CREATE FUNCTION app.trg() RETURNS trigger LANGUAGE plpgsql AS
		'BEGIN RETURN NEW; END';
	CREATE TRIGGER t1 BEFORE UPDATE ON app.users FOR EACH ROW WHEN (OLD.email
		IS DISTINCT FROM NEW.email) EXECUTE FUNCTION app.trg('x');
	CREATE TRIGGER t2 AFTER UPDATE OF email ON app.users FOR EACH ROW EXECUTE
		FUNCTION app.trg();
	CREATE TRIGGER t3 AFTER INSERT ON app.users FOR EACH ROW WHEN (NEW.domain =
		'x') EXECUTE FUNCTION app.trg();
	CREATE CONSTRAINT TRIGGER t4 AFTER UPDATE OF email ON app.users DEFERRABLE
		INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION app.trg();
	CREATE TRIGGER t5 AFTER UPDATE ON app.users FOR EACH ROW EXECUTE FUNCTION
		app.trg();
	ALTER TABLE app.users DISABLE TRIGGER t1;
	ALTER TABLE app.users ENABLE ALWAYS TRIGGER t2;
	ALTER TABLE app.users ENABLE REPLICA TRIGGER t3;
	COMMENT ON TRIGGER t2 ON app.users IS 'trigger';
	-- rules
	CREATE TABLE app.log (email text, at timestamptz);
	CREATE RULE r1 AS ON UPDATE TO app.users DO ALSO INSERT INTO app.log VALUES
		(NEW.email, now());
	CREATE RULE r2 AS ON DELETE TO app.users WHERE OLD.email = 'x' DO NOTHING;
	ALTER TABLE app.users DISABLE RULE r1;
	ALTER TABLE app.users ENABLE ALWAYS RULE r2;
	COMMENT ON RULE r2 ON app.users IS 'rule';
	-- policies
	ALTER TABLE app.users ENABLE ROW LEVEL SECURITY;
	CREATE POLICY p1 ON app.users USING (email = current_user);
	CREATE POLICY "P 2" ON app.users AS RESTRICTIVE FOR UPDATE TO READER_ROLE,
		OTHER_ROLE USING (email <> 'it''s') WITH CHECK (email <> '');
	CREATE POLICY p3 ON app.log FOR INSERT TO READER_ROLE WITH CHECK (email IN
		(SELECT u.email FROM app.users u));
	COMMENT ON POLICY p1 ON app.users IS 'policy';
	-- views
	CREATE VIEW app.v1 WITH (security_barrier) AS SELECT id, email, name FROM
		app.users WHERE email LIKE '%@%' AND
		email <> 'a\\_' AND created > '2001-02-03 04:05:06+00';
	CREATE VIEW app.v2 WITH (INVOKER) AS SELECT id, email, upper(email) AS up,
		'1 year 2 mons -3 days'::interval AS i,
		'{NULL,"NULL"}'::text[] AS n, '<a/><b/>'::xml AS x,
		0.1::float8 + 1/3::float8 AS f
		FROM app.v1;
	CREATE VIEW "Odd ""schema"."View 3" AS SELECT id, email AS "E Mail" FROM
		app.users WHERE email IS NOT NULL WITH CASCADED CHECK OPTION;
	CREATE VIEW app.v4 AS SELECT v.*, o."E Mail" FROM app.v2 v JOIN
		"Odd ""schema"."View 3" o USING (id);
	CREATE RECURSIVE VIEW app.v5 (n, e) AS SELECT id, email FROM app.users
		UNION ALL SELECT n + 1, e FROM v5 WHERE n < 3;
	CREATE VIEW app.v6 AS SELECT id, email FROM app.users WHERE id > 3 WITH
		LOCAL CHECK OPTION;
	CREATE VIEW app.v7 AS SELECT domain, count(*) FROM app.users GROUP BY
		domain;
	CREATE VIEW app.v9 AS SELECT name, (SELECT max(email) FROM app.v6) FROM
		app.users GROUP BY id;
	ALTER VIEW app.v6 ALTER email SET DEFAULT 'nobody@x', ALTER id SET DEFAULT
		7;
	CREATE SEQUENCE app.of_view OWNED BY app.v6.id;
	CREATE SEQUENCE app.of_column START 7;
	ALTER SEQUENCE app.of_column OWNER TO OWNER_ROLE;
	ALTER SEQUENCE app.of_column OWNED BY app.users.mail_length;
	ALTER VIEW app.v1 RENAME COLUMN name TO "the Name";
	COMMENT ON VIEW app.v1 IS 'the ''first'' \\ one';
	COMMENT ON COLUMN app.v1.email IS 'mail';
	ALTER VIEW app.v1 OWNER TO OWNER_ROLE;
	ALTER VIEW "Odd ""schema"."View 3" OWNER TO OTHER_ROLE;
	CREATE TRIGGER iv INSTEAD OF INSERT ON app.v4 FOR EACH ROW EXECUTE FUNCTION
		app.trg();
	COMMENT ON TRIGGER iv ON app.v4 IS 'instead';
	CREATE RULE rv AS ON UPDATE TO app.v4 DO INSTEAD NOTHING;
	GRANT SELECT ON app.v1 TO GRANTER_ROLE WITH GRANT OPTION;
	GRANT USAGE ON SCHEMA app TO GRANTER_ROLE, READER_ROLE;
	SET ROLE GRANTER_ROLE;
	GRANT SELECT ON app.v1 TO READER_ROLE;
	RESET ROLE;
	GRANT INSERT ON app.v1 TO PUBLIC;
	GRANT SELECT (id), UPDATE (email) ON app.v2 TO READER_ROLE WITH GRANT
		OPTION;
	REVOKE ALL ON app.v5 FROM current_user;
	GRANT DELETE ON app.v5 TO OTHER_ROLE;
	-- matviews
	CREATE MATERIALIZED VIEW app.m1 WITH (fillfactor = 70,
		toast.autovacuum_enabled = false) AS SELECT id, email, domain FROM app.v1
		JOIN app.users USING (id, email);
	CREATE UNIQUE INDEX m1_id ON app.m1 (id);
	CREATE INDEX m1_expr ON app.m1 ((email || 'x') text_pattern_ops) WITH
		(fillfactor = 60) WHERE id > 0;
	ALTER INDEX app.m1_expr ALTER COLUMN 1 SET STATISTICS 55;
	ALTER MATERIALIZED VIEW app.m1 CLUSTER ON m1_id;
	ALTER MATERIALIZED VIEW app.m1 ALTER email SET STATISTICS 11, ALTER email
		SET STORAGE MAIN, ALTER email SET (n_distinct = -0.5);
	ALTER TABLE app.m1 REPLICA IDENTITY FULL;
	CREATE STATISTICS app.m1_stat ON email, domain FROM app.m1;
	ALTER MATERIALIZED VIEW app.m1 OWNER TO OWNER_ROLE;
	COMMENT ON MATERIALIZED VIEW app.m1 IS 'mat';
	CREATE MATERIALIZED VIEW app.m2 AS SELECT * FROM app.m1 WITH NO DATA;
	CREATE VIEW app.v10 AS SELECT m.* FROM app.m1 m JOIN app.m2 USING (id);
	GRANT SELECT ON app.m2 TO READER_ROLE;
	-- functions
	CREATE FUNCTION app.f1(i int, j text DEFAULT 'x') RETURNS text LANGUAGE sql
		STABLE BEGIN ATOMIC SELECT email FROM app.users WHERE id = i; END;
	CREATE FUNCTION app.f2(OUT a int, OUT b text) RETURNS SETOF record LANGUAGE
		sql SECURITY DEFINER SET search_path = app, pg_temp COST 7 ROWS 3 BEGIN
		ATOMIC SELECT id, email FROM app.v4; END;
	CREATE FUNCTION app.f3(v app.v1) RETURNS int LANGUAGE plpgsql AS
		'BEGIN RETURN v.id; END';
	CREATE FUNCTION app.f4() RETURNS SETOF app.m1 LANGUAGE sql AS
		'SELECT * FROM app.m1';
	CREATE FUNCTION app.f5(VARIADIC x app.v2[]) RETURNS int LANGUAGE sql AS
		'SELECT 1';
	CREATE TABLE app.refers (d text, n text, CONSTRAINT r_fk FOREIGN KEY (d, n)
		REFERENCES app.users (domain, name) NOT VALID);
	CREATE PROCEDURE app.p1(i int) LANGUAGE sql BEGIN ATOMIC UPDATE app.users
		SET email = 'x' WHERE id = i; END;
	REVOKE ALL ON FUNCTION app.f1 FROM PUBLIC;
	GRANT EXECUTE ON FUNCTION app.f1 TO READER_ROLE WITH GRANT OPTION;
	COMMENT ON FUNCTION app.f1 IS 'fun';
	COMMENT ON PROCEDURE app.p1 IS 'proc';
	ALTER FUNCTION app.f1 DEPENDS ON EXTENSION plpgsql;
	ALTER TRIGGER t2 ON app.users DEPENDS ON EXTENSION plpgsql;
	ALTER MATERIALIZED VIEW app.m1 DEPENDS ON EXTENSION plpgsql;
	ALTER INDEX app.m1_expr DEPENDS ON EXTENSION plpgsql;
	ALTER FUNCTION app.f1 OWNER TO OWNER_ROLE;
	CREATE VIEW app.v11 AS SELECT app.f1(1) AS x, f.* FROM app.f2() f;
	CREATE TABLE app.uses (a int, b text DEFAULT app.f1(1), c text CHECK (c <>
		app.f1(2)));
	CREATE DOMAIN app.dom AS text CHECK (VALUE <> app.f1(3));
	COMMENT ON CONSTRAINT dom_check ON DOMAIN app.dom IS 'dc';
	-- publications
	DO $$
	BEGIN
		FOR i IN 1..60 LOOP
			EXECUTE format('CREATE VIEW app.n%s AS SELECT * FROM app.%s', i,
				CASE WHEN i = 1 THEN 'v1' WHEN i % 5 = 0 THEN 'm1'
					 ELSE 'n' || greatest(1, i - i % 5) END);
		END LOOP;
	END $$;
	ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO OTHER_ROLE;
	ALTER DEFAULT PRIVILEGES FOR ROLE OWNER_ROLE GRANT ALL ON TABLES TO
		OTHER_ROLE, PUBLIC;
	ALTER DEFAULT PRIVILEGES FOR ROLE OWNER_ROLE REVOKE EXECUTE ON FUNCTIONS
		FROM PUBLIC;
	ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO OTHER_ROLE;
};
$everything =~ s/INVOKER\b/$invoker/;

my $recorder = q{
	CREATE EVENT TRIGGER versioning_changes ON ddl_command_end
		EXECUTE FUNCTION _v.record_changes();
	CREATE EVENT TRIGGER versioning_drops ON sql_drop
		EXECUTE FUNCTION _v.record_changes();};
my $guard = q{
	CREATE EVENT TRIGGER versioning_guard ON ddl_command_end
		EXECUTE FUNCTION _v.require_patch();
	CREATE EVENT TRIGGER versioning_guard_start ON ddl_command_start
		EXECUTE FUNCTION _v.require_patch();};

my $database = made('everything', qq{
	$recorder
	SELECT _v.register_patch('first');
	$everything
	$publishes
	ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO OTHER_ROLE;
	ALTER DEFAULT PRIVILEGES FOR ROLE OWNER_ROLE
		GRANT ALL ON TABLES TO OTHER_ROLE, PUBLIC;
	ALTER DEFAULT PRIVILEGES FOR ROLE OWNER_ROLE
		REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
	ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO OTHER_ROLE;
	$guard});

{
	my $told = q{
		SELECT string_agg(format('%s %s %s', object_type, identity, first_id),
						  E'\n' ORDER BY object_type, identity, first_id)
		  FROM _v.changes AS c
		 WHERE id = (SELECT max(id) FROM _v.changes AS l
					  WHERE (l.object_type, l.identity) =
							(c.object_type, c.identity))
		   AND object_type <> 'publication relation'};
	my $lives = value($database, $told);
	my @dropped = same_again($database, q{'app.users', 'email'}, 'all kinds');

	cmp_ok(scalar @dropped, '>=', 100, 'of a hundred dependents');
	for my $kind ('view', 'materialized view', 'index', 'rule', 'trigger',
		'policy', 'function', 'procedure', 'table column', 'default value',
		'table constraint', 'domain constraint', 'statistics object',
		$version >= 150000 ? 'publication relation' : ())
	{
		ok((grep { /^$kind / } @dropped), "there is a $kind");
	}
	my %told = map { $_ => 1 } split /\n/, value($database, $told);
	is_deeply([ grep { !$told{$_} } split /\n/, $lives ],
		[], 'each object goes on with its life');
	is(
		value($database, q{
			SELECT string_agg(concat_ws(' ', patch_name, action, object_type),
							  ', ' ORDER BY changed_at)
			  FROM _v.blame('app.users.mail_length')}),
		'first created table, no-op dropped table column, '
		  . 'no-op created table column',
		'as does a column that was there from the beginning');
	is(
		value($database, q{
			SELECT string_agg(DISTINCT created_by_patch || ' ' ||
							  changed_by_patch, ', ')
			  FROM _v.objects WHERE object_type ~ 'view|function'
							    AND identity ~ '^app.([vmn]|f[0-9])'}),
		'first no-op', 'it is known who made them, and who changed them');
	is(
		value($database, q{
			SELECT string_agg(patch_name || ' ' || action, ', ')
			  FROM (SELECT DISTINCT ON (patch_name, action) *
					  FROM _v.blame('app.n2')
					 WHERE action IN ('created', 'dropped')
					 ORDER BY patch_name, action) AS b}),
		'first created, no-op created, no-op dropped', 'and so does blame');
	like(
		value($database, q{
			SELECT string_agg(patch_name || ' ' || action, ', '
							  ORDER BY changed_at)
			  FROM _v.blame('app.n2.email')}),
		qr/^first created, no-op dropped, no-op created/, 'of a column, too');
	value($database, q{
		BEGIN; SELECT _v.register_patch('rename');
		ALTER VIEW app.n2 RENAME email TO mail; COMMIT});
	is(
		value($database, q{
			SELECT string_agg(patch_name || ' ' || action, ', '
							  ORDER BY changed_at)
			  FROM _v.blame('app.n2.mail')}),
		'first created, no-op dropped, no-op created, rename renamed',
		'that has another name by now');
	is(
		value($database, 'SELECT count(*) FROM app.m1') . value(
			$database,
			q{SELECT string_agg(relispopulated::text, ' ' ORDER BY relname)
				FROM pg_class WHERE relkind = 'm'}),
		'2true false', 'what was filled is filled, and nothing else');
}

same_again($database, q{'app.users', 'email'}, 'with another type',
	'ALTER TABLE app.users ALTER email TYPE varchar(100);
	 ALTER TABLE app.users ALTER email TYPE text');
same_again($database, q{'app.users'}, 'of a whole table');
same_again($database, q{'app.v1'}, 'of a whole view');
fails($database, q{BEGIN; SELECT _v.drop_dependents('app.users', 'email')},
	qr/VP001: cannot execute DROP .* outside a patch/, 'outside a patch');

# Whatever PostgreSQL prints of a definition it reads again.

{
	my $database = made('odd', q{
	CREATE SCHEMA ops;
	CREATE TYPE mood AS ENUM ('sad', 'it''s \\ ok', 'happy');
	CREATE DOMAIN posint AS int CHECK (VALUE > 0);
	CREATE TYPE comp AS (a int, b posint);
	CREATE FUNCTION ops.eq(int, text) RETURNS boolean LANGUAGE sql IMMUTABLE
		AS 'SELECT $1::text = $2';
	CREATE OPERATOR ops.=== (LEFTARG = int, RIGHTARG = text, FUNCTION =
		ops.eq);
	CREATE TABLE "select" (id int, a int, "Weird "" col" text COLLATE "C", m
		mood, ts timestamptz, j jsonb, r int4range,
	g int GENERATED ALWAYS AS (a * 2) STORED,
	g2 text COLLATE "POSIX" GENERATED ALWAYS AS (a::text) STORED,
	g3 numeric(10,2) GENERATED ALWAYS AS (a / 3.0) STORED,
	g4 int4range GENERATED ALWAYS AS (int4range(a, a + 1)) STORED,
	EXCLUDE USING gist (g4 WITH &&) WHERE (g > 0),
	UNIQUE (g) INCLUDE (id) DEFERRABLE INITIALLY DEFERRED,
	UNIQUE (g2, id) WITH (fillfactor = 40),
	CHECK (g > 0) NO INHERIT, CHECK (g3 IS NOT NULL AND a > 0) NOT VALID);
	INSERT INTO "select" SELECT i, i FROM generate_series(1, 20) i;
	ALTER TABLE "select" ADD PRIMARY KEY (g3);
	COMMENT ON CONSTRAINT "select_pkey" ON "select" IS 'pk';
	COMMENT ON INDEX "select_pkey" IS 'pki';
	ALTER TABLE "select" REPLICA IDENTITY USING INDEX select_pkey;
	CREATE INDEX ON "select" USING hash (g2);
	CREATE INDEX ON "select" (g DESC NULLS LAST, (g2 || 'x') COLLATE "C"
		varchar_pattern_ops) WITH (fillfactor = 50, deduplicate_items = off)
		WHERE g > 3;
	CREATE INDEX ON "select" USING brin (g) WITH (pages_per_range = 7,
		autosummarize);
	CREATE STATISTICS exprs ON (a + 1), (g || 'x') FROM "select";
	CREATE TABLE fkt (x numeric(10,2) REFERENCES "select" MATCH FULL ON DELETE
		CASCADE ON UPDATE SET NULL, y numeric);
	CREATE VIEW v1 AS SELECT *, row_number() OVER w AS rn, sum(a) FILTER
		(WHERE a > 1) OVER (w ROWS BETWEEN 1 PRECEDING AND CURRENT ROW EXCLUDE
		TIES) AS "Sum" FROM "select" WINDOW w AS (PARTITION BY m ORDER BY a);
	CREATE VIEW v2 ("A", "a", b) AS WITH RECURSIVE x AS MATERIALIZED (SELECT a
		FROM "select" UNION SELECT a + 1 FROM x WHERE a < 3) SEARCH DEPTH
		FIRST BY a SET o SELECT a, o::text, a OPERATOR(ops.===) '1' FROM x;
	CREATE VIEW v3 AS SELECT m, a, count(*) FROM "select" TABLESAMPLE
		bernoulli (50) REPEATABLE (1) GROUP BY GROUPING SETS ((m), (a), ())
		HAVING count(*) > 0 ORDER BY 1 NULLS FIRST LIMIT 3 OFFSET 1;
	CREATE VIEW v4 AS SELECT x.*, 'it''s \\ ok'::mood AS mm, '{1,2}'::posint[]
		AS arr, '(1,2)'::comp AS c, ROW(a, 1)::comp AS c2, E'\\\\ \\n ''' AS esc,
		U&'\\0441' AS uni, B'101' AS bits, '\\x00ff'::bytea AS by,
		'1 day 02:03:04.5'::interval AS iv,
		'2001-02-03 04:05:06.789+09'::timestamptz AS ts2, 'infinity'::float8
		AS inf, 1e-300::float8 AS f, 0.1::float4 AS f4, '[1,3)'::int4range AS
		rg FROM "select" s, LATERAL (SELECT s.a AS la, s."Weird "" col" AS w
		OFFSET 0) x;
	CREATE VIEW v5 AS VALUES (1, 'a'), ((SELECT max(a) FROM "select"), 'b');
	CREATE VIEW v6 AS SELECT a FROM "select" FOR UPDATE;
	CREATE VIEW v7 AS SELECT XMLELEMENT(name "x y", XMLATTRIBUTES(a AS "at"),
		XMLFOREST(a AS b)) AS x, (xpath('/a', '<a/>'))[1] AS p, CASE a WHEN 1
		THEN 'x' END AS c, COALESCE(a, 1), GREATEST(a, 2), NULLIF(a, 3), a IS
		DISTINCT FROM 3 AS d, a BETWEEN 1 AND 2 AS bt, a IN (1, 2) AS i, a =
		ANY (ARRAY[1, 2]) AS an, (a, id) < (1, 2) AS rc, EXISTS (SELECT 1 FROM
		"select" z WHERE z.a = s.a) AS ex, ts AT TIME ZONE 'UTC' AS tz,
		EXTRACT(year FROM ts) AS y, "Weird "" col" SIMILAR TO 'x_' AS sim,
		overlay("Weird "" col" placing 'x' from 1) AS ov, trim(both 'x' from
		"Weird "" col") AS tr, CURRENT_TIMESTAMP(2) AS ct, j -> 'a' ->> 0 AS
		jj FROM "select" s;
	CREATE VIEW v9 AS SELECT v1."Sum", v2."A", v3.count FROM v1 CROSS JOIN v2
		LEFT JOIN v3 ON (v3.a = v1.a);
	CREATE VIEW v10 AS SELECT s FROM "select" s WHERE s.a > 1;
	CREATE VIEW v11 AS (SELECT a FROM "select" EXCEPT ALL SELECT g FROM
		"select") INTERSECT SELECT rn::int FROM v1 UNION ALL SELECT g FROM v1;
	CREATE VIEW v12 AS SELECT u.* FROM ROWS FROM (generate_series(1, 2),
		unnest(ARRAY['a'])) WITH ORDINALITY AS u (p, q, o) JOIN "select" ON a
		= p;
	CREATE FUNCTION fa(x v1, INOUT y anyelement, OUT z v2[], VARIADIC w v3[]
		DEFAULT NULL) LANGUAGE plpgsql COST 3 LEAKPROOF PARALLEL SAFE SET
		work_mem = '3MB' SET "my.var" TO 'a''b' SET search_path = public,
		"Od d" AS $f$ BEGIN END $f$;
	CREATE FUNCTION fb(a int = (1 + 1)) RETURNS TABLE (x int, "Y y" v4) STRICT
		STABLE BEGIN ATOMIC SELECT a, NULL::v4; SELECT s.a, ROW(v4.*)::v4 FROM
		"select" s, v4; END;
	CREATE FUNCTION fc() RETURNS v5 LANGUAGE sql RETURN (SELECT v5 FROM v5
		LIMIT 1);
	CREATE FUNCTION fd(int) RETURNS int LANGUAGE sql IMMUTABLE RETURN (SELECT
		max(a) FROM v1);
	CREATE PROCEDURE pa(IN a v1, b int DEFAULT fd(3)) SECURITY DEFINER BEGIN
		ATOMIC INSERT INTO "select" (a) VALUES (b); DELETE FROM v6; END;
	CREATE VIEW v13 AS SELECT (fb()).*, fd(2), (fc()).column1;
	CREATE TABLE hasf (a int DEFAULT fd(1), b int CONSTRAINT "the Check" CHECK
		(b <> fd(2)) NO INHERIT, c int);
	CREATE TABLE hasf_child (d int) INHERITS (hasf);
	CREATE INDEX hasf_i ON hasf (fd(c));
	CREATE POLICY "Po l" ON hasf FOR SELECT TO CURRENT_USER USING (EXISTS
		(SELECT FROM v9 WHERE "A" = c));
	CREATE FUNCTION trg() RETURNS trigger LANGUAGE plpgsql AS
		'BEGIN RETURN NULL; END';
	CREATE TRIGGER "T r" AFTER UPDATE OF a, g ON "select" FOR EACH ROW WHEN
		(OLD.* IS DISTINCT FROM NEW.* AND NEW.a > 1) EXECUTE FUNCTION
		trg('a\\b', 'it''s', '');
	CREATE TRIGGER t2 AFTER UPDATE ON "select" REFERENCING OLD TABLE AS "o o"
		NEW TABLE AS n FOR EACH STATEMENT EXECUTE FUNCTION trg();
	CREATE TRIGGER t3 INSTEAD OF UPDATE OR DELETE OR INSERT ON v1 FOR EACH ROW
		EXECUTE FUNCTION trg('x');
	CREATE TRIGGER t4 AFTER TRUNCATE ON "select" EXECUTE FUNCTION trg();
	CREATE TRIGGER t5 BEFORE INSERT ON v10 EXECUTE FUNCTION trg();
	CREATE RULE "R u" AS ON INSERT TO v10 DO INSTEAD (INSERT INTO fkt VALUES
		(1); NOTIFY "ch an");
	CREATE RULE ru2 AS ON UPDATE TO "select" WHERE OLD.a <> NEW.a DO ALSO
		(UPDATE fkt SET y = NEW.a WHERE x = OLD.g3; DELETE FROM fkt WHERE y =
		NEW.a);
	CREATE MATERIALIZED VIEW mv1 AS SELECT * FROM v1; CREATE UNIQUE INDEX ON
		mv1 (rn, a); CREATE INDEX ON mv1 USING gist (r);
	CREATE MATERIALIZED VIEW mv2 AS SELECT fd(a) AS x FROM mv1;
	CREATE MATERIALIZED VIEW mv3 AS SELECT * FROM mv2 WITH NO DATA;
	CREATE VIEW v14 AS SELECT * FROM mv3, mv2 m (mm);});

	cmp_ok(scalar same_again($database, q{'"select"', 'a'}, 'odd definitions',
		'ALTER TABLE "select" ALTER a TYPE bigint;
		 ALTER TABLE "select" ALTER a TYPE int'), '>=', 40, 'of many');
	same_again($database, q{'"select"'}, 'odd definitions of a whole table');
}

# Constraints and columns as there are since version 18

SKIP:
{
	skip 'NOT NULL is no constraint here, and all is stored and enforced', 3
	  if $version < 180000;
	my $database = made('eighteen', q{
		CREATE TABLE other (id int PRIMARY KEY);
		CREATE TABLE t (a int,
			b int GENERATED ALWAYS AS (a) STORED,
			c int GENERATED ALWAYS AS (a) VIRTUAL
				CONSTRAINT "no Null" NOT NULL,
			d int GENERATED ALWAYS AS (a) STORED PRIMARY KEY,
			e int GENERATED ALWAYS AS (a) STORED
				REFERENCES other NOT ENFORCED,
			CONSTRAINT positive CHECK (c > 0) NOT ENFORCED,
			span int4range GENERATED ALWAYS AS (int4range(a, a + 1)) STORED);
		ALTER TABLE t ADD CONSTRAINT known NOT NULL b NO INHERIT NOT VALID;
		COMMENT ON CONSTRAINT known ON t IS 'not null';
		CREATE TABLE spans (id int4range, a int,
			span int4range GENERATED ALWAYS AS (int4range(a, a + 1)) STORED,
			PRIMARY KEY (id, span WITHOUT OVERLAPS));
		CREATE TABLE within (id int4range, span int4range,
			FOREIGN KEY (id, PERIOD span) REFERENCES spans);
		CREATE VIEW v AS SELECT c FROM t});

	cmp_ok(scalar same_again($database, q{'t', 'a'}, 'as since version 18'),
		'>=', 8, 'not null, virtual, not enforced');
	same_again($database, q{'spans', 'a'}, 'keys with times');
}

# The example in the reference

{
	my $reference = "$FindBin::Bin/../../doc/reference.md";
	open my $page, '<', $reference or die "cannot open $reference: $!\n";
	my ($section) = do { local $/; <$page> }
	  =~ /^## What depends on it\n(.*?)^## /ms;
	my ($example, $forget) = $section =~ /^```sql\n(.*?)^```/gms;
	my $database = made('reference', q{
		SELECT _v.register_patch('users');
		CREATE TABLE users (name text, email varchar(20));
		CREATE VIEW user_emails AS SELECT email FROM users;
		CREATE TRIGGER notify AFTER UPDATE OF email ON users
			EXECUTE FUNCTION suppress_redundant_updates_trigger()});

	succeeds($database, $example, 'the example does what it says');
	is(
		value($database, q{
			SELECT format_type(atttypid, atttypmod) FROM pg_attribute
			 WHERE attrelid = 'user_emails'::regclass AND attname = 'email'}),
		'text', 'with the view');
	succeeds($database, "BEGIN;
		SELECT _v.drop_dependents('public.users', 'email'); $forget COMMIT",
		'what is given up');
	is(value($database, q{SELECT to_regclass('user_emails')}), '', 'is gone');
}

# Labels: whoever checks them need not be there for a look at the statement.

{
	my $database = made('label', q{
		CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t;
		INSERT INTO pg_seclabel VALUES
			('v'::regclass, 'pg_class'::regclass, 1, 'nobody''s', 'se"cret')});

	fails($database, q{
		BEGIN; SELECT _v.drop_dependents('t', 'a');
		SELECT _v.restore_dependents()},
		qr/QUERY:  SECURITY LABEL FOR "nobody's" ON COLUMN public.v.a IS 'se"cret'/,
		'a security label');
}

# What the session has set makes no difference

{
	my $settings = q{
		SET DateStyle = 'German, DMY'; SET IntervalStyle = sql_standard;
		SET extra_float_digits = -15; SET transform_null_equals = on;
		SET search_path = app, pg_catalog, pg_temp;
		SET quote_all_identifiers = on;
		SET TimeZone = 'Asia/Tokyo';
		SET array_nulls = off;
		SET xmloption = document;
	} . ($version < 190000 ? 'SET standard_conforming_strings = off' : '');
	my $before = dump_of($database);

	succeeds($database, qq{
		$settings;
		BEGIN;
		SELECT _v.register_patch('settings');
		SELECT count(*) FROM _v.drop_dependents('users', 'email');
		RESET ALL;
		SELECT _v.restore_dependents();
		COMMIT;
		BEGIN;
		SELECT _v.register_patch('settings again');
		SELECT count(*) FROM _v.drop_dependents('app.users', 'email');
		$settings;
		SELECT _v.restore_dependents();
		COMMIT}, 'under odd settings');
	is(dump_of($database), $before, 'the dump is the same');
}

# Where indexes and materialized views are

SKIP:
{
	my ($status) = psql('postgres', q{
		SET allow_in_place_tablespaces = on;
		CREATE TABLESPACE versioning_test_170 LOCATION ''});
	skip 'this PostgreSQL has no tablespaces in place', 3 if $status != 0;
	my $database = made('space', q{
		CREATE TABLE t (a int);
		CREATE MATERIALIZED VIEW m TABLESPACE versioning_test_170
			AS SELECT a FROM t;
		CREATE INDEX there ON m (a) TABLESPACE versioning_test_170;
		CREATE INDEX here ON m (a);
		CREATE MATERIALIZED VIEW n AS SELECT a FROM t});

	same_again($database, q{'t', 'a'}, 'tablespaces',
		'SET LOCAL default_tablespace = versioning_test_170');
	value('postgres', "DROP DATABASE $database;
		DROP TABLESPACE versioning_test_170");
}

# Partitions and children: what depends on the column of one of them

{
	my $database = made('family', q{
		CREATE TABLE p (id int, note text) PARTITION BY RANGE (id);
		CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
		CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20)
			PARTITION BY RANGE (id);
		CREATE TABLE p3 PARTITION OF p2 FOR VALUES FROM (10) TO (15);
		CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql
			AS 'BEGIN RETURN NULL; END';
		CREATE TRIGGER every AFTER UPDATE OF note ON p FOR EACH ROW
			EXECUTE FUNCTION nothing();
		CREATE TRIGGER never AFTER UPDATE OF note ON p FOR EACH ROW
			EXECUTE FUNCTION nothing();
		CREATE TRIGGER own AFTER UPDATE OF note ON p3 FOR EACH ROW
			EXECUTE FUNCTION nothing();
		ALTER TABLE p3 DISABLE TRIGGER every;
		ALTER TABLE p DISABLE TRIGGER never;
		ALTER TABLE p1 ENABLE REPLICA TRIGGER never;
		CREATE INDEX ON p (note);
		CREATE VIEW whole AS SELECT note FROM p;
		CREATE VIEW part AS SELECT note FROM p3;
		CREATE TABLE parent (note text);
		CREATE TABLE child (a int) INHERITS (parent);
		CREATE VIEW of_child AS SELECT note FROM child;
		CREATE TABLE g (id int, a text, b text GENERATED ALWAYS AS (a) STORED)
			PARTITION BY RANGE (id);
		CREATE TABLE g1 PARTITION OF g (b NOT NULL) FOR VALUES FROM (0) TO (10);
		CREATE TABLE g2 (id int, a text, b text GENERATED ALWAYS AS (a) STORED);
		ALTER TABLE g ATTACH PARTITION g2 FOR VALUES FROM (10) TO (20);
		ALTER TABLE g ADD CHECK (b <> '');
		CREATE INDEX ON g1 (b);
		CREATE TABLE g3 PARTITION OF g FOR VALUES FROM (20) TO (30)
			PARTITION BY RANGE (id);
		CREATE TABLE g4 PARTITION OF g3 FOR VALUES FROM (20) TO (25);
		CREATE INDEX "a g2" ON g2 (b);
		CREATE INDEX g_b ON g (b);
		COMMENT ON INDEX "a g2" IS 'of g2';
		COMMENT ON COLUMN g1.b IS 'of g1';
		ALTER TABLE g1 ALTER b SET STATISTICS 7;
		CREATE STATISTICS s ON id, b FROM g2;
		CREATE VIEW of_g1 AS SELECT b FROM g1});
	my @dropped = same_again($database, q{'p', 'note'}, 'partitions',
		'ALTER TABLE p ALTER note TYPE varchar; ALTER TABLE p ALTER note TYPE text');
	is_deeply(
		[ sort @dropped ],
		[
			'trigger every on public.p', 'trigger never on public.p',
			'trigger own on public.p3', 'view public.part',
			'view public.whole'
		],
		'triggers and views of partitions');
	is_deeply(
		[ sort(same_again($database, q{'g', 'a'}, 'computed in each')) ],
		[
			'index public.g_b', 'statistics object public.s',
			'table column public.g.b', 'table column public.g1.b',
			'table column public.g2.b', 'table column public.g3.b',
			'table column public.g4.b', 'table constraint g_b_check on public.g',
			'view public.of_g1'
		],
		'and what partitions have of their own');
	is_deeply([ same_again($database, q{'parent', 'note'}, 'inheritance') ],
		['view public.of_child'], 'a view of a child');
}

# Another column comes after the one that is computed.

{
	my $database = made('column_order',
		'CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a) STORED, c int)');
	my ($status, $output, $errors) = psql($database, q{
		BEGIN;
		SELECT _v.drop_dependents('t', 'a');
		SELECT _v.restore_dependents();
		COMMIT});
	like($errors, qr/NOTICE: .* generated column public.t.b will be the last/,
		'that a column comes last is told');
}

# A definition that does not fit any more

{
	my $database = made('fits', 'CREATE TABLE t (a int, b int);
		CREATE VIEW v AS SELECT a, b FROM t');
	fails($database, q{
		BEGIN;
		SELECT _v.drop_dependents('t', 'a');
		ALTER TABLE t DROP a;
		SELECT _v.restore_dependents()},
		qr/42703: cannot restore view public.v: column "?(?:t\.)?a"? does not exist\n.*QUERY:  CREATE VIEW public.v AS +SELECT (?:t\.)?a,/s,
		'the statement is shown');
	fails($database, q{
		BEGIN;
		SELECT _v.drop_dependents('t', 'a');
		CREATE VIEW v AS SELECT;
		SELECT _v.restore_dependents()},
		qr/42P07: cannot restore view public.v: relation "v" already exists\nDETAIL:  The statement was run as role "postgres".\nHINT:  .*SELECT _v.forget_dependents\('public.v'\);\nQUERY:  CREATE VIEW public.v/,
		'something in its place');
}

# An owner who is dropped meanwhile

{
	my $gone = role('gone');
	my $database = made('gone', "CREATE TABLE t (a int);
		CREATE VIEW v AS SELECT a FROM t; ALTER VIEW v OWNER TO $gone");

	fails($database, "BEGIN; SELECT _v.drop_dependents('t', 'a');
		DROP ROLE $gone; SELECT _v.restore_dependents()",
		qr/42704: cannot restore view public.v: a role that owned it.*SELECT _v.forget_dependents\('public.v'\);/s,
		'an owner who is gone');
}

# What others have changed since then is not seen in such a transaction.

for my $level ('REPEATABLE READ', 'SERIALIZABLE')
{
	fails($database, "BEGIN ISOLATION LEVEL $level;
		SELECT _v.drop_dependents('_v.patches')",
		qr/0A000: cannot drop dependents in a $level transaction.*\nHINT:  BEGIN ISOLATION LEVEL READ COMMITTED;\n/s,
		"a $level transaction");
}

# A view that is temporary

succeeds($database, q{
	SET versioning.bypass_guard = on;
	CREATE TABLE public.t (a int);
	CREATE TEMPORARY VIEW v AS SELECT a FROM public.t;
	CREATE TEMPORARY VIEW w AS SELECT a FROM v;
	BEGIN;
	SELECT _v.drop_dependents('public.t', 'a');
	SELECT _v.restore_dependents();
	COMMIT;
	TABLE pg_temp.w; DROP TABLE public.t CASCADE}, 'temporary views');

{
	my $database = made('temporary', 'CREATE TABLE t (a int)');

	like(
		value($database, qq{
			CREATE TEMPORARY VIEW v AS SELECT a FROM t;
			\\! psql -X -d $database -c "SELECT _v.drop_dependents('t')" 2>&1}),
		qr/cannot drop view pg_temp\S+v, .*\n.*another session\.\n.* is gone when that session has ended/,
		'a temporary view of another session');
}

# Two phases

{
	my $database = made('phases', 'CREATE TABLE t (a int);
		CREATE VIEW v AS SELECT a FROM t');
	my $message = qr/55000: cannot commit while 1 dependent that was dropped is not restored\nDETAIL:  It is: view public.v.\n.*SELECT _v.forget_dependents\('public.v'\);/;

	fails($database, "SELECT _v.drop_dependents('t', 'a')",
		$message, 'a statement that is a transaction');
	fails($database, q{
		BEGIN; SELECT _v.drop_dependents('t', 'a'); COMMIT},
		$message, 'COMMIT');
	fails($database, q{
		BEGIN; SELECT _v.drop_dependents('t', 'a');
		PREPARE TRANSACTION 'phases'}, $message, 'PREPARE TRANSACTION');
	succeeds($database, 'TABLE v', 'nothing was done');
	succeeds($database, q{
		BEGIN; SELECT _v.drop_dependents('t', 'a');
		SELECT _v.restore_dependents(); PREPARE TRANSACTION 'phases';
		COMMIT PREPARED 'phases'; BEGIN; COMMIT; TABLE v},
		'a transaction that has restored all can be prepared');
	succeeds($database, q{
		BEGIN; SELECT _v.drop_dependents('t', 'a'); ROLLBACK;
		BEGIN; COMMIT; TABLE v}, 'a rollback forgets');
}

# Whose code runs as whom. An owner who is not trusted has put functions into
# all that is restored, and a superuser restores it.

{
	my $database = made('owners', climb($owner) . q{
		GRANT CREATE ON SCHEMA public TO OWNER_ROLE;
		CREATE TABLE called (by name);
		GRANT INSERT ON called TO PUBLIC;});
	value($database, q{
		CREATE FUNCTION volatile_try() RETURNS void LANGUAGE plpgsql AS $$
			BEGIN
				INSERT INTO public.called VALUES (current_user);
				BEGIN
					RESET ROLE;
					RESET SESSION AUTHORIZATION;
				EXCEPTION WHEN OTHERS THEN
					NULL;
				END;
				PERFORM public.climb();
			END $$;
		CREATE FUNCTION try(a text) RETURNS text IMMUTABLE LANGUAGE plpgsql
			AS $$BEGIN PERFORM public.volatile_try(); RETURN a; END $$;
		CREATE DOMAIN dom AS text CHECK (public.try(VALUE) <> '');
		CREATE TABLE t (a text,
						b text GENERATED ALWAYS AS (public.try(a)) STORED
							   CHECK (public.try(b) <> ''));
		INSERT INTO t VALUES ('x');
		CREATE INDEX ON t (public.try(b));
		CREATE VIEW v AS SELECT a, '{x}'::dom[] AS d FROM t;
		CREATE MATERIALIZED VIEW m AS SELECT public.try(a) AS e, a FROM t;
		CREATE INDEX ON m (public.try(a));
		CREATE FUNCTION f(a text DEFAULT ('{x}'::dom[])[1]) RETURNS text
			BEGIN ATOMIC SELECT t.a FROM t; END;
		CREATE TABLE u (a dom DEFAULT f(), CHECK (f(a) = public.try(a)));
		INSERT INTO u VALUES ('x');
		CREATE POLICY p ON t USING (a <> ('{x}'::dom[])[1]);
		CREATE RULE r AS ON DELETE TO t WHERE old.a <> ('{x}'::dom[])[1]
			DO ALSO NOTHING}, user => $owner);

	succeeds($database, q{
		TRUNCATE called;
		BEGIN;
		SELECT _v.drop_dependents('t', 'a');
		SELECT _v.restore_dependents();
		COMMIT}, 'a superuser restores what is not his');
	is(value($database, 'SELECT string_agg(DISTINCT by, NULL) FROM called'),
		$owner, 'which runs code as its owner');
	is(
		value($database,
			"SELECT rolsuper FROM pg_roles WHERE rolname = '$owner'"),
		'f', 'who gains nothing');

	# What one role has had remembered, another one does not run or give up.
	value($database, q{
		GRANT SELECT ON t TO PUBLIC;
		CREATE FUNCTION plant(role oid) RETURNS void LANGUAGE sql
			SECURITY DEFINER AS $$
			SELECT _v.remember_dependent('view', 'public.x', NULL, NULL,
				ARRAY[$1], ARRAY['SELECT public.climb()'], NULL) $$;
		CREATE FUNCTION give_up() RETURNS void LANGUAGE sql
			SECURITY DEFINER AS $$ SELECT _v.forget_dependents('public.v') $$;
		} . "ALTER FUNCTION plant OWNER TO $owner;
		ALTER FUNCTION give_up OWNER TO $owner");
	fails($database, 'BEGIN; SELECT plant(0); SELECT _v.restore_dependents()',
		qr/42501: view public.x was dropped by role "$owner"/,
		'a statement that another role has planted');
	fails($database, 'SELECT plant(10)',
		qr/42501: must be able to SET ROLE "postgres" to restore view public.x/,
		'a statement that is to be run as a superuser');
	fails($database, q{BEGIN; SELECT _v.drop_dependents('t', 'a');
		SELECT give_up()}, qr/42501: view public.v was dropped by role/,
		'giving up what another role has dropped');
	is(
		value($database,
			"SELECT rolsuper FROM pg_roles WHERE rolname = '$owner'"),
		'f', 'nobody has gained anything');
}

# Settings that code of an owner makes are not those of what comes after it. A
# type that is not the one that is meant would call climb().

{
	my $database = made('settings', climb($owner) . q{
		GRANT CREATE ON SCHEMA public TO OWNER_ROLE;
		CREATE SCHEMA evil AUTHORIZATION OWNER_ROLE;});
	value($database, q{
		CREATE FUNCTION evil.called(pg_catalog.text) RETURNS boolean
			LANGUAGE plpgsql
			AS $$BEGIN PERFORM public.climb(); RETURN true; END$$;
		CREATE DOMAIN evil.text AS pg_catalog.text CHECK (evil.called(VALUE));
		CREATE FUNCTION evil.volatile_set() RETURNS void LANGUAGE plpgsql AS
			$$BEGIN
				PERFORM set_config('search_path', 'evil, pg_catalog', false);
			END$$;
		CREATE FUNCTION evil.set(a int) RETURNS int IMMUTABLE LANGUAGE plpgsql
			AS $$BEGIN PERFORM evil.volatile_set(); RETURN a; END$$;
		CREATE TABLE t (a int,
						b int GENERATED ALWAYS AS (evil.set(a)) STORED);
		CREATE VIEW v AS SELECT a, b FROM t;
		INSERT INTO t VALUES (1)}, user => $owner);
	value($database, q{CREATE VIEW mine AS SELECT 'x'::text, a FROM v});

	like(
		value($database, q{
			SET search_path = public;
			BEGIN;
			SELECT _v.drop_dependents('t', 'a');
			SELECT _v.restore_dependents();
			COMMIT;
			SHOW search_path}),
		qr/^public$/m, 'no setting is left behind');
	is(
		value($database,
			"SELECT rolsuper FROM pg_roles WHERE rolname = '$owner'"),
		'f', 'and nobody gains anything by one');
	is(
		value($database, q{
			SELECT format_type(atttypid, NULL) FROM pg_attribute
			 WHERE attrelid = 'mine'::regclass AND attnum = 1}),
		'text', 'what others have made is what it was');
}

# What a role may drop that is no superuser

{
	my $database = made('deployer', q{
		GRANT CREATE ON SCHEMA public TO OWNER_ROLE, DEPLOYER_ROLE;
		CREATE TABLE t (a int);
		CREATE VIEW v AS SELECT a FROM t;
		ALTER TABLE t OWNER TO DEPLOYER_ROLE;
		ALTER VIEW v OWNER TO OWNER_ROLE});
	my $both = q{
		BEGIN; SELECT _v.drop_dependents('t', 'a');
		SELECT _v.restore_dependents(); COMMIT};

	fails($database, $both, qr/42501: must be owner of view v/,
		'a view that is not his', user => $deployer);
	value($database, "GRANT $owner TO $deployer");
	succeeds($database, $both, 'a view of a role that he is a member of',
		user => $deployer);
	is(
		value($database,
			q{SELECT relowner::regrole FROM pg_class WHERE relname = 'v'}),
		$owner, 'which stays the owner');
	value($database, named(q{
		GRANT SELECT ON v TO GRANTER_ROLE WITH GRANT OPTION;
		SET ROLE GRANTER_ROLE; GRANT SELECT ON v TO READER_ROLE}));
	fails($database, $both,
		qr/42501: must be able to SET ROLE "$granter" to restore view public.v/,
		'a privilege that somebody else has granted', user => $deployer);
	succeeds($database, $both, 'a superuser restores it');
	is(
		value($database, named(q{
			SELECT a.grantor::regrole FROM pg_class, aclexplode(relacl) AS a
			 WHERE relname = 'v' AND grantee = 'READER_ROLE'::regrole})),
		$granter, 'as granted by the same role');
	succeeds($database, "BEGIN; REVOKE USAGE ON SCHEMA _v FROM PUBLIC; $both",
		'an owner who may not use the schema _v');

	# GRANTER_ROLE has granted SELECT to READER_ROLE, and has it now from
	# OTHER_ROLE.
	value($database, named(q{
		GRANT INSERT ON v TO GRANTER_ROLE WITH GRANT OPTION;
		GRANT SELECT ON v TO OTHER_ROLE WITH GRANT OPTION;
		SET ROLE OTHER_ROLE;
		GRANT SELECT ON v TO GRANTER_ROLE WITH GRANT OPTION;
		RESET ROLE;
		REVOKE SELECT ON v FROM GRANTER_ROLE}));
	my $privileges = q{
		SELECT a.* FROM pg_class, aclexplode(relacl) AS a
		 WHERE relname = 'v' ORDER BY a};
	my $before = value($database, $privileges);
	succeeds($database, $both, 'a role whose grant option is from another one');
	is(value($database, $privileges), $before, 'all have what they had');
	value($database, "REVOKE CREATE ON SCHEMA public FROM $owner");
	fails($database, $both,
		qr/42501: cannot restore view public.v: permission denied for schema public\nDETAIL:  The statement was run as role "$owner".\nHINT:  Grant role "$owner" what it lacks, restore, and revoke that. Or else: .*SELECT _v.forget_dependents\('public.v'\)/,
		'an owner who may not create it any more');
}

done_testing();
