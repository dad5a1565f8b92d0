# Unfinished patches of an owner who is no superuser: who may note them, what a
# dump carries, and that nothing runs with the rights of others.

use strict;
use warnings;

use File::Temp qw(tempdir);
use FindBin;
use lib "$FindBin::Bin/../lib";
use Scratch;
use Test::More;

my ($owner, $writer, $member, $nobody) =
  map { role($_) } qw(owner writer member nobody);
my $database = database('source', '-O', $owner);

value('postgres', "GRANT $writer TO $member; ALTER ROLE $member NOINHERIT");
value($database, 'CREATE EXTENSION versioning', user => $owner);
value($database, "GRANT INSERT, DELETE ON _v.patches TO $writer",
	user => $owner);

# Who may
my $begin = "SELECT _v.note_progress('begins', '{a}', 3, 1, 'a.sql');
	SELECT _v.note_progress('done', '{a}', 1, 2, 'd1')";
succeeds($database, $begin, 'a role that may register', user => $writer);
succeeds($database, $begin, 'the owner', user => $owner);
succeeds($database, $begin, 'a member of a role that may', user => $member);
succeeds($database, "SET ROLE $writer; SELECT _v.register_patch('a');
	RESET ROLE; SELECT _v.note_progress('done', '{a}', 2, 3, 'd2')",
	'which registers as that role', user => $member);
fails($database, $begin,
	qr/42501: permission denied for table progress\n.*role "$nobody" does not have/,
	'nobody else', user => $nobody);
fails($database, "SELECT _v.resume_patch('a')",
	qr/42501: permission denied for table patches/, 'nor goes on with one',
	user => $nobody);
fails($database, "UPDATE _v.progress SET parts = 1", qr/42501/,
	'nobody writes it by hand', user => $writer);
is(value($database, 'SELECT concat(patch_name, part, parts) FROM _v.unfinished',
		user => $nobody), 'a33', 'everybody reads it');

# A superuser who sets another role has not become one who may not.
succeeds($database, "SET SESSION AUTHORIZATION $nobody; $begin",
	'what counts is for whom the session was opened');
value($database, "SELECT _v.note_progress('begins', '{a}', 3, 1, 'a.sql', '{d1,d2}')");

# Code of others that is run in such a session, as themselves, is nobody who may.
value($database, "CREATE SCHEMA his AUTHORIZATION $nobody");
value($database, q{
	CREATE TABLE his.seen (message text);
	CREATE FUNCTION his.try() RETURNS void LANGUAGE plpgsql AS $$
	BEGIN
		PERFORM _v.note_progress('over', '{a}');
		INSERT INTO his.seen VALUES ('done');
	EXCEPTION WHEN insufficient_privilege THEN
		INSERT INTO his.seen VALUES (SQLERRM);
	END$$;
	CREATE FUNCTION his.f(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$
	BEGIN PERFORM his.try(); RETURN $1; END$$;
	CREATE TABLE his.t AS SELECT 1 AS a;
	CREATE INDEX i ON his.t (his.f(a));
	TRUNCATE his.seen}, user => $nobody);
value($database, 'ANALYZE his.t; REINDEX TABLE his.t');
is(value($database, 'SELECT string_agg(DISTINCT message, \' \') FROM his.seen'),
	'cannot execute UNLISTEN within security-restricted operation',
	'the function of an index notes nothing');
is(value($database, 'SELECT count(*) FROM _v.unfinished'), 1,
	'and does not make a patch whole');
value($database, 'DROP SCHEMA his CASCADE');

# Code of the owner on the register does not run as a superuser.
value($database, "CREATE TABLE public.seen (who text); GRANT ALL ON public.seen TO PUBLIC;
	GRANT CREATE ON SCHEMA public TO $owner");
value($database, q{
	CREATE FUNCTION public.f() RETURNS trigger LANGUAGE plpgsql AS
		$$BEGIN INSERT INTO public.seen VALUES (current_user); RETURN NEW; END$$;
	CREATE TRIGGER f BEFORE UPDATE ON _v.progress
		FOR EACH ROW EXECUTE FUNCTION public.f()},
	user => $owner);
value($database, "SELECT _v.note_progress('done', '{a}', 3, 4, 'd3')");
is(value($database, 'SELECT string_agg(who, \' \') FROM public.seen'), $owner,
	'what a superuser notes runs a trigger of the owner as the owner');
value($database, 'DROP FUNCTION public.f() CASCADE', user => $owner);
value($database, 'DROP TABLE public.seen');

# What cannot be noted is not silently lost.
value($database, 'CREATE RULE none AS ON UPDATE TO _v.progress DO INSTEAD NOTHING',
	user => $owner);
fails($database, "SELECT _v.note_progress('$_', '{a}', 4, 5, NULL, '{d4}')",
	qr/55000: the progress of patch "a" could not be noted\n/,
	"a rule keeps a row as it was: $_") for qw(runs done);
value($database, 'DROP RULE none ON _v.progress', user => $owner);
fails($database, "SELECT _v.note_progress('done', '{gone}', 1, 2, 'd1')",
	qr/55000: the progress of patch "gone" could not be noted\n/, 'no row');

# A dump
my $copy = database('copy', '-O', $owner);
my ($status, $dump, $errors) = run('pg_dump', '-U', $owner, '-d', $database);
is($status, 0, 'the owner dumps it') || diag($errors);
my $file = tempdir(CLEANUP => 1) . '/dump';
open my $handle, '>', $file or die "cannot write $file: $!\n";
print $handle $dump;
close $handle;
($status, undef, $errors) = run(qw(psql -X -q -v ON_ERROR_STOP=1 -U), $owner,
	'-d', $copy, '-f', $file);
is("$status$errors", '0', 'and restores it');
is(value($copy, 'SELECT concat(patch_name, part, parts) FROM _v.unfinished'),
	'a43', 'what is unfinished is so in the copy');
fails($copy, "SELECT _v.register_patch('b', '{a}')",
	qr/P0001: Missing prerequisite\(s\): a\.\nDETAIL:  Patch "a" is unfinished since /,
	'and not enough for another one');

# The owner does with the tables as before.
succeeds($copy, 'ALTER TABLE _v.progress ADD COLUMN note text;
	ALTER TABLE _v.patches ADD COLUMN note text;
	SELECT * FROM _v.unfinished', 'the owner adds columns', user => $owner);
fails($copy, 'ALTER TABLE _v.progress RENAME COLUMN runs TO walks;
	SELECT _v.register_patch(\'b\', \'{a}\')',
	qr/42703: table _v\.progress has no column "runs"/,
	'one that renames columns is told', user => $owner);
succeeds($copy, 'DROP EXTENSION versioning', 'and drops it all', user => $owner);

done_testing();
