# What versioning check says of the transactions of a script.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Check;
use Test::More;

# Is this found in the script, lines and names?
sub finds
{
	my ($script, $expected, $name) = @_;
	return is(script_findings($script), $expected, $name);
}

# Nothing is found in these.
my %sane = (
	'a transaction of its own' => <<'SQL',
BEGIN;
REGISTER
CREATE TABLE t ();
COMMIT;
SQL
	'no transaction' => <<'SQL',
REGISTER
CREATE TABLE t ();
CREATE TABLE u ();
SQL
	'other words for the same' => <<'SQL',
start transaction isolation level serializable, read write;
REGISTER
CREATE TABLE t ();
end work;
SQL
	'BEGIN WORK and COMMIT TRANSACTION' =>
	  "BEGIN WORK ISOLATION LEVEL SERIALIZABLE;REGISTER COMMIT TRANSACTION;",
	'comments, meta-commands, settings and assertions before BEGIN' => <<'SQL',
/* A patch.
   BEGIN; CREATE TABLE x (); COMMIT; */
\set ON_ERROR_STOP on
\echo 'BEGIN; VACUUM;'
SET client_min_messages = warning;
RESET client_min_messages;
SET SESSION AUTHORIZATION DEFAULT;
SHOW search_path;
SELECT pg_catalog.set_config('search_path', '', false);
SELECT _v.assert_user_is_one_of('deploy', 'postgres'),
       _v.assert_patch_is_applied('base');
SELECT * FROM _v.assert_user_is_superuser();
-- now it begins
BEGIN;
SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;
SET LOCAL lock_timeout = '1s';
SET CONSTRAINTS ALL DEFERRED;
LOCK TABLE pg_class IN SHARE MODE;
SAVEPOINT s;
SELECT _v.assert_patch_is_applied('base');
REGISTER
RELEASE SAVEPOINT s;
CREATE TABLE t ();
COMMIT;
RESET ALL;
\echo done
SQL
	'the same before the registration of a script without transaction' =>
	  <<'SQL',
\set ON_ERROR_STOP on
SET search_path = public;
SELECT _v.assert_user_is_superuser();
REGISTER
CREATE TABLE t ();
SQL
	'the extension that the first patch creates' =>
	  "BEGIN;\nCREATE EXTENSION IF NOT EXISTS versioning;\nREGISTER\nCOMMIT;",
	'try_register_patch in a DO block' => <<'SQL',
BEGIN;
DO $$
BEGIN
    IF _v.try_register_patch('p') THEN
        CREATE TABLE t ();
    END IF;
END
$$;
COMMIT;
SQL
	'try_register_patch with \gset and \if' => <<'SQL',
BEGIN;
SELECT _v.try_register_patch('p') AS is_new \gset
\if :is_new
CREATE TABLE t ();
\endif
COMMIT;
SQL
	'a transaction that is rolled back in a rehearsal' => <<'SQL',
BEGIN;
REGISTER
CREATE TABLE t ();
\if :{?rehearsal}
ROLLBACK;
\else
COMMIT;
\endif
SQL
	'a transaction that begins one way or the other' => <<'SQL',
\if :serializable
BEGIN ISOLATION LEVEL SERIALIZABLE;
\else
BEGIN;
\endif
REGISTER
CREATE TABLE t ();
COMMIT;
SQL
	'a BEGIN that may be one too many' =>
	  "BEGIN;\nREGISTER\n\\if :x\nBEGIN;\n\\endif\nCREATE TABLE t ();\nEND;",
	'a look around that is rolled back' => <<'SQL',
BEGIN;
CREATE TABLE t ();
ROLLBACK;
BEGIN;
REGISTER
COMMIT;
SQL
	'ROLLBACK TO' => <<'SQL',
BEGIN;
REGISTER
SAVEPOINT s;
CREATE TABLE t ();
ROLLBACK WORK TO SAVEPOINT s;
ROLLBACK TO s;
COMMIT;
SQL
	'COMMIT AND CHAIN at the last' => <<'SQL',
BEGIN;
REGISTER
CREATE TABLE t ();
COMMIT AND NO CHAIN;
SQL
	'AUTOCOMMIT off' => <<'SQL',
\set AUTOCOMMIT off
REGISTER
CREATE TABLE t ();
COMMIT;
\set AUTOCOMMIT on
SQL
	'a query with all in it' =>
	  "BEGIN \\; SELECT _v.register_patch('p') \\; CREATE TABLE t () \\; COMMIT;",
	'a transaction that is prepared and committed' =>
	  "BEGIN;\nREGISTER\nPREPARE TRANSACTION 'x';\nCOMMIT PREPARED 'x';",
	'BEGIN in COPY data and strings' => <<'SQL',
BEGIN;
REGISTER
COPY t FROM stdin;
COMMIT;
VACUUM;
\.
INSERT INTO t VALUES ('
COMMIT;
VACUUM;
'), ($q$
COMMIT;
$q$);
CREATE FUNCTION f() RETURNS void LANGUAGE sql BEGIN ATOMIC SELECT 1; END;
CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$;
COMMIT;
SQL
	'a statement that psql forgets' =>
	  "BEGIN;\nREGISTER\nVACUUM \\r\nCOMMIT;\nCREATE TABLE t () \\r\n",
	'VACUUM behind a false \if' =>
	  "BEGIN;\nREGISTER\n\\if false\nVACUUM;\n\\endif\nCOMMIT;",
	'behind \q nothing runs' => "BEGIN;\nREGISTER\nCOMMIT;\n\\q\nVACUUM;\n",
	'no transaction, one statement' => <<'SQL',
-- versioning: no-transaction
SET lock_timeout = '1s';
REGISTER
CREATE INDEX CONCURRENTLY i ON t (a);
SQL
	'no transaction, the registration in one' => <<'SQL',
-- versioning: no-transaction
BEGIN;
REGISTER
COMMIT;
VACUUM t;
SQL
	'no transaction, but all is in one' => <<'SQL',
-- versioning: no-transaction
BEGIN;
REGISTER
CREATE TABLE t ();
CREATE TABLE u ();
COMMIT;
SQL
	'windows line ends' =>
	  "-- versioning: no-transaction\r\nREGISTER\r\nVACUUM t;\r\n",
	'a byte order mark' =>
	  "\xEF\xBB\xBF-- versioning: no-transaction\nREGISTER\nVACUUM t;\n",
	'a subscription without its slot' => <<'SQL',
BEGIN;
REGISTER
ALTER SUBSCRIPTION s DISABLE;
ALTER SUBSCRIPTION s SET (slot_name = NONE);
DROP SUBSCRIPTION s;
CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p WITH (connect = false);
COMMIT;
SQL
);
finds($sane{$_}, '', "nothing: $_") for sort keys %sane;

is( findings(
		{
			'patches/p.sql' => <<'SQL',
BEGIN;
SELECT _v.register_patch('p');
CREATE TABLE t ();
COMMIT;

BEGIN;
SELECT _v.register_patch('q', ARRAY['p']);
CREATE TABLE u ();
COMMIT;
SQL
			'rollbacks/p.sql' => <<'SQL',
SELECT _v.unregister_patch('q');
SELECT _v.unregister_patch('p');
DROP TABLE u;
SQL
		}),
	'',
	'nothing: two patches in a file, each with a transaction');

# The registration comes first.

finds("BEGIN;\nCREATE TABLE t ();\nREGISTER\nCOMMIT;",
	'3 registration-not-first', 'a registration behind another statement');
finds("CREATE TABLE t ();\nCREATE TABLE u ();\nREGISTER",
	'3 registration-not-first', 'the same in a script without a transaction');
finds("BEGIN;\nSELECT now();\nREGISTER\nCOMMIT;",
	'3 registration-not-first', 'a query before the registration');
finds("BEGIN;\nSELECT 1; SELECT _v.assert_user_is_superuser(); REGISTER\nEND;",
	'2 registration-not-first', 'all of it on one line');
is(script_messages("BEGIN;\nCREATE TABLE t ();\nREGISTER\nCOMMIT;"),
	"patches/p.sql:3: registration is not the first statement of its "
	  . "transaction: that is in line 2 [registration-not-first]\n",
	'the message says what is first');
is( findings(
		{
			'patches/p.sql' => "SELECT _v.register_patch('p');",
			'rollbacks/p.sql' =>
			  "BEGIN;\nDROP TABLE t;\nSELECT _v.unregister_patch('p');\nEND;"
		}),
	"rollbacks/p.sql:3 registration-not-first\n",
	'rollbacks, too, begin with what takes the patch back');

# All is in one transaction.

finds("CREATE TABLE t ();\nBEGIN;\nREGISTER\nCOMMIT;",
	'1 outside-transaction', 'a statement before BEGIN');
finds("BEGIN;\nREGISTER\nCOMMIT;\n\nCREATE TABLE t ();\nDROP TABLE u;\n",
	'5 outside-transaction', 'statements behind COMMIT: the first of them');
finds("SELECT 1;\nSELECT 2;\nBEGIN;\nREGISTER\nCOMMIT;\nSELECT 3",
	'1 outside-transaction 6 outside-transaction',
	'statements before and behind, the last without a semicolon');
finds("REGISTER\nBEGIN;\nCREATE TABLE t ();\nCOMMIT;",
	'1 outside-transaction 3 outside-transaction',
	'a registration before BEGIN');
finds("BEGIN;\nREGISTER\nCOMMIT;\nBEGIN;\nCREATE TABLE t ();\nCOMMIT;",
	'5 outside-transaction', 'a second transaction that registers nothing');
finds("BEGIN;\nREGISTER\nCOMMIT AND CHAIN;\nCREATE TABLE t ();\nCOMMIT;",
	'4 outside-transaction', 'COMMIT AND CHAIN');
finds("REGISTER\nCREATE TABLE t ();\nCOMMIT;",
	'', 'COMMIT without BEGIN, of the transaction around the script');
finds("REGISTER\nCOMMIT;\nCREATE TABLE t ();",
	'3 outside-transaction', 'a statement after such a COMMIT');
finds("REGISTER\n\\if :x\nCOMMIT;\n\\endif\nCREATE TABLE t ();",
	'5 outside-transaction', 'behind what may be a COMMIT, without a BEGIN');
finds("BEGIN;\nREGISTER\nCOMMIT;\nCREATE INDEX CONCURRENTLY i ON t (a);",
	'4 outside-transaction', 'CREATE INDEX CONCURRENTLY behind COMMIT');
like(
	script_messages(
		"BEGIN;\nREGISTER\nCOMMIT;\nCREATE INDEX CONCURRENTLY i ON t (a);"),
	qr/CREATE INDEX CONCURRENTLY .*"-- versioning: no-transaction"/,
	'the message says what to do then');

# Transactions are committed.

finds("BEGIN;\nREGISTER\nCREATE TABLE t ();\n", '1 not-committed',
	'no COMMIT');
finds("BEGIN;\nREGISTER\nCREATE TABLE t ();\nROLLBACK;\n", '4 not-committed',
	'ROLLBACK instead');
finds("BEGIN;\nREGISTER\nCREATE TABLE t ();\nABORT WORK;\n",
	'4 not-committed', 'ABORT instead');
like(script_messages("BEGIN;\nREGISTER\nROLLBACK;\n"),
	qr/the registration in line 2 is rolled back/, '... said so');
like(script_messages("BEGIN;\nREGISTER\nCOMMIT;", 'rollbacks/p.sql' =>
		  "BEGIN;\nSELECT _v.unregister_patch('p');\nROLLBACK;\n"),
	qr/the unregister_patch in line 2 is rolled back/, '... of a rollback, too');
finds("BEGIN;\nREGISTER\nBEGIN;\nCREATE TABLE t ();\nCOMMIT;",
	'3 not-committed 4 outside-transaction', 'BEGIN instead');
finds("BEGIN;\nREGISTER\n-- COMMIT;\n/* COMMIT; */\n\\if false\nCOMMIT;\n"
	  . "\\endif\n", '1 not-committed', 'COMMIT where it does not run');
finds("\\set AUTOCOMMIT off\nREGISTER\nCREATE TABLE t ();",
	'2 not-committed', 'no COMMIT with AUTOCOMMIT off');
finds("BEGIN;\nREGISTER\nCOMMIT AND CHAIN;", '3 not-committed',
	'COMMIT AND CHAIN at the end');
finds("\\unset AUTOCOMMIT\nREGISTER\nCREATE TABLE t ();",
	'2 not-committed', 'or without AUTOCOMMIT');
finds("BEGIN;\nREGISTER\nPREPARE TRANSACTION 'x';", '3 not-committed',
	'a transaction that is merely prepared');
finds("REGISTER\n\\c other\nCREATE TABLE t ();", '2 not-committed',
	'\connect leaves the transaction around the script');
finds("-- versioning: no-transaction\nBEGIN;\nREGISTER\n", '2 not-committed',
	'no COMMIT in a script that says it wants no transaction');

# What cannot be in a transaction

finds("BEGIN;\nREGISTER\nCREATE INDEX CONCURRENTLY i ON t (a);\nCOMMIT;",
	'3 inside-transaction', 'CREATE INDEX CONCURRENTLY in a transaction');
finds("REGISTER\nCREATE INDEX CONCURRENTLY i ON t (a);",
	'2 inside-transaction', 'or in the one that is put around the script');
like(script_messages("REGISTER\nVACUUM;"),
	qr/p\.sql:2: VACUUM cannot .*"-- versioning: no-transaction"/,
	'the message says how to do without that one');
finds("-- versioning: no-transaction\nREGISTER\nVACUUM \\; VACUUM;",
	'3 inside-transaction', 'several of them in a query');
finds("-- versioning: no-transaction\nBEGIN;\nREGISTER\nVACUUM;\nCOMMIT;",
	'4 inside-transaction',
	'the same in a transaction where there should be none');
finds("\\set AUTOCOMMIT off\nREGISTER\nVACUUM;\nCOMMIT;",
	'3 inside-transaction', 'the same with AUTOCOMMIT off');

finds("\\set AUTOCOMMIT off\nVACUUM;\nREGISTER\nCOMMIT;",
	'2 outside-transaction', 'psql sends no BEGIN before it');

# Without a transaction, one thing is done.

finds("-- versioning: no-transaction\nREGISTER\nVACUUM t;\nVACUUM u;\n"
	  . 'VACUUM v;', '4 several-statements', 'several without a transaction');
finds("-- versioning: no-transaction\nBEGIN;\nREGISTER\nCREATE TABLE t ();\n"
	  . "CREATE TABLE u ();\nCOMMIT;\nVACUUM u;",
	'7 several-statements', 'a transaction and another statement');

# There, too, the registration comes first: what stands before is in no patch.
finds("-- versioning: no-transaction\nVACUUM t;\nREGISTER",
	'3 registration-not-first', 'a registration behind the statement');
finds("-- versioning: no-transaction\nVACUUM t;\nBEGIN;\nREGISTER\nCOMMIT;",
	'4 registration-not-first', 'a transaction behind the statement');
is( findings(
		{
			'patches/p.sql' => "SELECT _v.register_patch('p');",
			'rollbacks/p.sql' => <<'SQL'
-- versioning: no-transaction
DROP INDEX CONCURRENTLY i;
SELECT _v.unregister_patch('p');
SQL
		}),
	"rollbacks/p.sql:3 registration-not-first\n",
	'the same in a rollback');

is( findings(
		{
			'patches/p.sql' => "SELECT _v.register_patch('p');",
			'rollbacks/p.sql' => <<'SQL'
-- versioning: no-transaction
SELECT _v.unregister_patch('p');
DROP INDEX CONCURRENTLY i;
DROP INDEX CONCURRENTLY j;
SQL
		}),
	"rollbacks/p.sql:4 several-statements\n",
	'several statements of a rollback');

is( script_messages("REGISTER\nVACUUM;\n"),
	'patches/p.sql:2: VACUUM cannot run inside a transaction block: write '
	  . '"-- versioning: no-transaction" to run the file without one '
	  . "[inside-transaction]\n", 'what can be done is said');

done_testing();
