# A file of plain SQL is run by versioning itself, another one by a psql of its
# own. Nobody can tell the difference: what is printed, the exit status, what is
# in the database and in the history are the same when psql runs all of them,
# but for what is noted of files that are not one transaction.
#
# Each project is run twice, once with --psql, in two databases that see the
# same projects in the same order.

use strict;
use warnings;

use File::Basename qw(dirname);
use File::Path qw(remove_tree);
use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use Fixtures;
use Scratch qw(run value);
use Test::More;

# How many scripts are made up, and from which seed
my $count = $ENV{VERSIONING_SCRIPTS} // 200;
my $seed = $ENV{VERSIONING_SEED} // 1;

my $directory;
my @ways;
for my $name (qw(plain psql))
{
	my $project = project("both_$name");
	push @ways, $project;
	$directory //= $project->{directory};
	$project->{directory} = $directory;
}

# How often
my $runs = 0;

# Runs both ways; returns whether all is the same. What differs is shown.
sub is_same
{
	my ($test, @command) = @_;
	my @seen;

	for my $way (0, 1)
	{
		my $project = $ways[$way];
		my ($status, $output, $errors) =
		  versioning($project, @command, $way ? '--psql' : ());

		for ($output, $errors)
		{
			s/(actual time|ing Time|tion Time)[=:][\d. ms]+/$1 TIME/g;
			s/\b\d+ ms\b|\b\d+\.\d s\b/TIME/g;
			s/\b$project->{database}\b/DATABASE/g;
			s/(process|PID) \d+/$1 N/g;
			s/\b\d{4}-\d\d-\d\d \S+/TIME/g;

			# Those of the projects before it, which are no longer here
			s/^versioning: warning: patch ".*" is unfinished since .*\n//mg;
		}
		push @seen,
		  "status $status\n-- output\n$output-- errors\n$errors"
		  . "-- history\n" . history($project);
	}
	# How far a file has come that is not one transaction is known only if
	# psql does not run it.
	if ($seen[1] =~ /It is not known what was kept of what begins/)
	{
		s/^versioning: (?:detail|hint): (?:\d+ of its \d+ parts |It is registered, but unfinished|It is not known what was kept of |Find out how much of it was done|Nothing of it was kept|The next "versioning apply" ).*\n//mg
		  for @seen;
	}
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	$runs++;
	return is($seen[0], $seen[1], $test);
}

# What the history has of the last patches, but for times.
sub history
{
	my ($project) = @_;
	return value($project->{database}, q{
		SELECT string_agg(concat_ws(' ', event, patch_name, source_file,
		       source_sha256, requires, application_name), E'\n' ORDER BY id)
		  FROM (SELECT * FROM _v.history ORDER BY id DESC LIMIT 9) AS h}) . "\n";
}

# What is in the schemas of a project.
sub dump_of
{
	my ($project) = @_;
	my ($status, $output, $errors) =
	  run('pg_dump', '--schema=public', '-d', $project->{database});

	die "pg_dump failed: $errors" if $status;
	return $output =~ s/^\\(?:un)?restrict .*\n//mgr;
}

sub write_files
{
	my (@files) = @_;

	remove_tree("$directory/patches", "$directory/rollbacks");
	mkdir "$directory/$_" for qw(patches rollbacks);
	add_files({ directory => $directory }, @files);
	return;
}

sub content
{
	my ($path) = @_;

	open my $file, '<', $path or die "cannot read $path: $!\n";
	local $/;
	return <$file>;
}

# The examples
{
	my $examples = dirname($FindBin::Bin) . '/examples';
	my %files =
	  map { s{^\Q$examples\E/}{}r => content($_) } glob "$examples/*/*.sql";

	write_files(%files);
	is_same('the examples', 'apply', '--verbose');
	is_same('their rollbacks', 'rollback', '--verbose', '--last', 3);
}

# The scripts that list-dependencies is tested with. Many register the same
# patches, so each finds an empty register.
for my $fixture (Fixtures::cases())
{
	# Whether psql sees that its pipe is broken depends on who is faster.
	next if $fixture->{name} eq '\g with a pipe takes the rest of its line';
	value($_->{database}, 'DELETE FROM _v.patches') for @ways;
	write_files("patches/$fixture->{file}" => $fixture->{script});
	is_same("$fixture->{subject}: $fixture->{name}", 'apply', '--verbose');
}

# What psql prints, and what is said about it
my %cases = (
	'an error with a place' =>
	  "REGISTER\nSELECT 1,\n  -- not there\n\n  nowhere;\nSELECT 2;\n",
	'an error without a semicolon' => "REGISTER\nSELECT 1/0\n\n",
	'an error on the last line' => "REGISTER\nSELECT 1/0",
	'an error behind a comment of C' =>
	  "REGISTER\n/* a\n comment */ SELECT\nnowhere;\n",
	'an error in the first line of a line with two' =>
	  "REGISTER SELECT 1; SELECT 1/0; SELECT 2;\n",
	'carriage returns' => "REGISTER\r\nSELECT 1,\r\n nowhere;\r\n",
	'a byte order mark' => "\xEF\xBB\xBFREGISTER\nSELECT 1/0;\n",
	'notices and warnings' => <<'SQL',
REGISTER
CREATE TABLE IF NOT EXISTS pg_class_like (a int);
CREATE TABLE IF NOT EXISTS pg_class_like (a int);
DO $$ BEGIN RAISE NOTICE 'one
two'; RAISE WARNING 'three' USING DETAIL = 'd', HINT = 'h'; END $$;
COMMENT ON TABLE pg_class_like IS 'c';
SELECT 2;
DROP TABLE pg_class_like;
DROP TABLE IF EXISTS pg_class_like;
SQL
	'a name that is too long' => "REGISTER\nSELECT 1;\nSELECT 1 AS "
	  . 'a' x 80 . ";\nSELECT 2;\n",
	'warnings of escapes' => "REGISTER\nSET standard_conforming_strings = off;\n"
	  . "SELECT 1;\nSELECT 'a\\\\b';\n",
	'results' => <<'SQL',
REGISTER
SELECT 1 AS a, NULL AS b, 'x' || chr(10) || 'y' AS c;
SELECT;
SELECT 1 AS a WHERE false;
SELECT generate_series(1, 3) AS "Wide Title", repeat('x', 100);
CREATE TEMPORARY TABLE t (a int, b text) ON COMMIT DROP;
INSERT INTO t VALUES (1, 'ä'), (2, 'b') RETURNING *;
UPDATE t SET a = 3;
TABLE t;
VALUES (1.5, 'x'::name), (NULL, 'y');
SHOW work_mem;
EXPLAIN (COSTS off) SELECT 1;
WITH w AS (DELETE FROM t RETURNING a) SELECT * FROM w;
DECLARE c CURSOR FOR SELECT generate_series(1, 5);
FETCH 2 FROM c;
PREPARE p (int) AS SELECT $1 + 1 AS next;
EXECUTE p(1);
DEALLOCATE p;
SQL
	'a parameter' => "REGISTER\nSELECT \$1;\n",
	'a parameter with a type' => "REGISTER\nSELECT \$1::int;\n",
	'several commands in a routine' => <<'SQL',
REGISTER
CREATE FUNCTION atomic_f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END;
SELECT atomic_f();
DROP FUNCTION atomic_f();
CREATE TABLE rule_t (a int);
CREATE RULE r AS ON INSERT TO rule_t DO ALSO (SELECT 1; SELECT 2);
DROP TABLE rule_t;
SQL
	'empty queries' => "REGISTER\n;;\n/* nothing */;\n-- nothing\n;\nSELECT 1;;\n",
	'variables that are none' =>
	  "REGISTER\nSELECT (ARRAY[1,2,3])[1:2], '12:30'::time, 'a:b', :x;\n",
	'variables' => "REGISTER\nSELECT :x AS number, :'x', :\"x\";\n",
	'a meta-command' => "REGISTER\n\\set y 5\nSELECT :y;\n\\echo :y\n",
	'COPY data' => "REGISTER\nCREATE TEMPORARY TABLE t (a int);\n"
	  . "COPY t FROM STDIN;\n1\n2\n\\.\nCOPY t TO STDOUT;\n",
	'bad COPY data' => "REGISTER\nCREATE TEMPORARY TABLE t (a int);\n"
	  . "COPY t FROM STDIN;\n1\nx\n\\.\n",
	'a COMMIT without a BEGIN' =>
	  "REGISTER\nCREATE TABLE committed ();\nCOMMIT;\nSELECT 1;\n",
	'an error after such a COMMIT' =>
	  "REGISTER\nCREATE TABLE kept ();\nCOMMIT;\nCREATE TABLE kept2 ();\nSELECT 1/0;\n",
	'an error before such a COMMIT' =>
	  "REGISTER\nCREATE TABLE o1 ();\nSELECT 1/0;\nCOMMIT;\n",
	'a ROLLBACK without a BEGIN' => "REGISTER\nROLLBACK;\nSELECT 1;\n",
	'an END in a branch that is not taken' =>
	  "REGISTER\n\\if 0\nEND;\n\\endif\nCREATE TABLE o2 ();\nSELECT 1/0;\n",
	'an error at the COMMIT around it' => "REGISTER\n"
	  . "CREATE TABLE d (a int PRIMARY KEY, b int REFERENCES d\n"
	  . "DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO d VALUES (1, 2);\n",
	'an error at the COMMIT of a statement' =>
	  "-- versioning: no-transaction\nREGISTER\n"
	  . "CREATE TABLE e (a int PRIMARY KEY, b int REFERENCES e\n"
	  . "DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO e\nVALUES (1, 2);\nSELECT 1;\n",
	'a transaction without an end' => "BEGIN;\nREGISTER\nCREATE TABLE u ();\n",
	'one after that of the patch' =>
	  "BEGIN;\nREGISTER\nCOMMIT;\nBEGIN;\nCREATE TABLE u ();\n",
	'AND CHAIN' => "BEGIN;\nREGISTER\nCOMMIT AND CHAIN;\nCREATE TABLE chained ();\nROLLBACK;\n",
	'savepoints' => "BEGIN;\nREGISTER\nSAVEPOINT s;\nCREATE TABLE gone ();\n"
	  . "ROLLBACK TO s;\nRELEASE s;\nCOMMIT;\n",
	'an error before ROLLBACK TO' => "BEGIN;\nREGISTER\nSAVEPOINT s;\n"
	  . "SELECT 1/0;\nROLLBACK TO s;\nCOMMIT;\n",
	'statements without a transaction' => "-- versioning: no-transaction\n"
	  . "CREATE TABLE alone (a int);\nREGISTER\n"
	  . "CREATE INDEX CONCURRENTLY alone_a ON alone (a);\nVACUUM alone;\n"
	  . "CREATE PROCEDURE commits() LANGUAGE plpgsql AS\n"
	  . "'BEGIN INSERT INTO alone VALUES (1); COMMIT; INSERT INTO alone VALUES (1); ROLLBACK; END';\n"
	  . "CALL commits();\nSELECT count(*) FROM alone;\nDROP TABLE alone;\nDROP PROCEDURE commits;\n",
	'an error without a transaction' => "-- versioning: no-transaction\n"
	  . "REGISTER\nCREATE TABLE half ();\nSELECT nowhere;\nCREATE TABLE rest ();\n",
	'what cannot be in a transaction' => "REGISTER\nVACUUM;\n",
	'a statement outside of the transaction' =>
	  "CREATE TABLE early ();\nBEGIN;\nREGISTER\nSELECT 1/0;\nCOMMIT;\n",
	'an isolation level' => "BEGIN;\nSET TRANSACTION ISOLATION LEVEL SERIALIZABLE;\n"
	  . "REGISTER\nSHOW transaction_isolation;\nCOMMIT;\n",
	'a registration that is not run' => "DO \$\$ BEGIN IF false THEN\n"
	  . "PERFORM _v.register_patch('NAME'); END IF; END \$\$;\nCREATE TABLE v ();\n",
	'what the session says of the file' =>
	  "REGISTER\nSELECT current_setting('versioning.source_file') ~ 'patches/.*sql', "
	  . "length(current_setting('versioning.source_sha256'));\n",
	'DISCARD ALL' => "-- versioning: no-transaction\nREGISTER\nDISCARD ALL;\nSELECT 1;\n",
	'the cursors that there are' => "REGISTER\nSELECT name FROM pg_cursors;\n",
	'LISTEN' => "-- versioning: no-transaction\nREGISTER\nLISTEN x;\nNOTIFY x;\nSELECT 1;\n",
	'the end of its session' => "REGISTER\nSELECT pg_terminate_backend(pg_backend_pid());\nSELECT 1;\n",
	'another encoding' => "REGISTER\nSET client_encoding = LATIN1;\nSELECT '\xE4';\n",
	'SET NAMES' => "REGISTER\nSET NAMES 'LATIN1';\nSELECT 'x\xE4';\n",
	'bytes that are no text' => "REGISTER\nSELECT 'x\xE4';\n",
	'an unterminated string' => "REGISTER\nSELECT 'x;\nSELECT 2;\n",
	'an open parenthesis' => "REGISTER\nSELECT (1;\nSELECT 2;\n",
	'nothing behind it' => "REGISTER",
	'an error of syntax' => "REGISTER\nSELEKT 1;\n",
	'a long message' => "REGISTER\nDO \$\$ BEGIN RAISE 'long' USING DETAIL = 'd', HINT = 'h', COLUMN = 'c'; END \$\$;\n",
	'a psql that stops' => "REGISTER\n\\q\nSELECT 1/0;\n",
	'ON_ERROR_STOP off' => "\\set ON_ERROR_STOP off\nREGISTER\nSELECT 1/0;\n",
	'AUTOCOMMIT off' => "\\set AUTOCOMMIT off\nREGISTER\n",
	'an unknown meta-command' => "REGISTER\n\\nosuch\n",
	'a file that is not there' => "REGISTER\n\\i nowhere.sql\n");

my $number = 0;
for my $case (sort keys %cases)
{
	my $name = 'case_' . ++$number;
	my $text = $cases{$case}
	  =~ s/REGISTER/SELECT _v.register_patch('$name');/r =~ s/NAME/$name/r;

	write_files("patches/$name.sql" => $text);
	is_same($case, 'apply', '--verbose', '-v', 'x=7');
}

# What the parser warns of is shown with its line.
for my $way ([], ['--psql'])
{
	write_files('patches/warns.sql' => "SELECT _v.register_patch('warns');\n"
		  . "SELECT now()::timestamp(7) IS NULL;\nSELECT 1/0;\n");
	like((versioning($ways[0], 'apply', @$way))[2],
		qr{^psql:patches/warns\.sql:2: WARNING:  TIMESTAMP\(7\)}m,
		"a warning of the parser @$way");
}

# Scripts that are made up
my @transactions = (
	[ '', '' ], [ '', '' ], [ "BEGIN;\n", "COMMIT;\n" ],
	[ "START TRANSACTION ISOLATION LEVEL REPEATABLE READ;\n", "END;\n" ],
	[ "-- versioning: no-transaction\n", '' ], [ "BEGIN;\n", '' ],
	[ '', "COMMIT;\n" ], [ "BEGIN;\n", "ROLLBACK;\n" ],
	[ "BEGIN;\n", "COMMIT;\nSELECT 'after it';\n" ]);
my @statements = (
	"CREATE TABLE t_%d (a int PRIMARY KEY, b text DEFAULT 'x');\n",
	"CREATE TABLE t_%d (a int,\n\n  -- a column\n  b text);\nINSERT INTO t_%1\$d VALUES (1, 'a;b');\n",
	"SELECT %d AS number; SELECT 'a', \$\$b;\$\$;\n",
	"SELECT\n  %d,\n  'it''s; quoted' AS \"col;umn\"\n;\n",
	"/* c; */ SELECT %d /* nested /* ; */ */ -- ; end\n, 2;\n",
	"CREATE VIEW v_%d AS SELECT 1 AS a;\nCOMMENT ON VIEW v_%1\$d IS E'a\\'b;';\n",
	"DO \$x\$ BEGIN RAISE NOTICE 'note %d'; END; \$x\$;\n",
	"DO \$x\$ BEGIN RAISE WARNING 'warn %d' USING HINT = 'a hint'; END; \$x\$;\n",
	"DROP TABLE IF EXISTS t_none_%d;\n",
	"CREATE FUNCTION f_%d() RETURNS int LANGUAGE sql AS 'SELECT 1; SELECT 2';\nSELECT f_%1\$d();\n",
	"SET LOCAL work_mem = '%dMB';\n",
	"SAVEPOINT s_%d;\nSELECT 1;\nROLLBACK TO SAVEPOINT s_%1\$d;\n",
	"CREATE TEMPORARY TABLE tt_%d AS SELECT 1 AS x;\nTABLE tt_%1\$d;\n",
	"CREATE TYPE e_%d AS ENUM ('a', 'b');\n",
	"SELECT generate_series(1, %d %% 5);\n",
	"\n\n-- a comment; %d\n\n",
	"SELECT %d AS \"\xC3\xA4\", '\xE2\x82\xAC';\n",
	"SELECT U&'d\\0061t\\+000061', %d;\n",
	"\\set n %d\nSELECT :n AS n;\n",
	"\\echo line %d\n",
	"SELECT 1/(%d - %1\$d);\n",
	"SELECT no_column_%d FROM\n  pg_class;\n",
	"CREATE INDEX ON no_table_%d (a);\n",
	"SELECT 'unfinished %d\n",
	"INSERT INTO _v.patches VALUES (%d);\n");
srand $seed;
for my $script (1 .. $count)
{
	my ($before, $after) = @{ $transactions[ rand @transactions ] };
	my $register = "SELECT _v.register_patch('made_$script');\n";
	my @body;

	# The last ones fail, so they are rare.
	for (0 .. rand 8)
	{
		my $choice = rand() < 0.9 ? rand @statements - 5 : rand @statements;
		push @body, sprintf $statements[$choice], $script * 10 + @body;
	}
	splice @body, rand() < 0.8 ? 0 : rand @body + 1, 0, $register;
	my $text = $before . join('', @body) . $after;

	$text =~ s/\n/\r\n/g if rand() < 0.1;
	$text =~ s/;?\n\z// if rand() < 0.2;
	write_files("patches/made_$script.sql" => $text);
	is_same("script $script of seed $seed", 'apply', '--verbose')
	  || diag("--- the script:\n$text");
}

is(registered($ways[0]), registered($ways[1]), 'the registers are the same');
is(dump_of($ways[0]) =~ s/both_plain/both/gr,
	dump_of($ways[1]) =~ s/both_psql/both/gr, 'the schemas are the same');
cmp_ok($runs, '>', 100, 'this was seen often enough');

done_testing();
