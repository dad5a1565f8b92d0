# Functions in the schema of the register that are not what the extension has
# installed there, as depesz's installer leaves them, are noticed, and can be
# mended as it is said.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use Scratch qw(database original role psql value);
use Test::More;

my $project = project('mended', 'patches/a.sql' => patch('a'),
	'rollbacks/a.sql' => rollback_file('a'), 'patches/b.sql' => patch('b'),
	'rollbacks/b.sql' => rollback_file('b'));
my $database = $project->{database};
my @database = ('-d', $database);

is((versioning($project, qw(apply a)))[0], 0, 'there is a patch');
is(foreign(), '', 'as it is installed, nothing is said');

# Each of the functions in PL/pgSQL
my @functions = split /\n/, value($database, <<'SQL');
SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_language l ON l.oid = prolang
 WHERE pronamespace = '_v'::regnamespace AND lanname = 'c'
   AND prorettype <> 'event_trigger'::regtype ORDER BY 1
SQL
for my $function (@functions)
{
	my $before = definition($function);

	value($database, replacement($function));
	my $said = foreign();
	like($said, qr/^the function \Q$function\E is not as the extension has installed it; a superuser puts it back by: /,
		"$function: it is noticed");
	my $refused = $function =~ /register_patch/;
	is_deeply([ refusals() ], $refused ? [ 1, 1, 1 ] : [ 0, 0, 0 ],
		"$function: " . ($refused ? 'nothing is run' : 'that does no harm'));
	like((versioning($project, 'check', @database))[1],
		qr/^\Q$said\E \[foreign-function\]$/m, "$function: check finds it");

	mend($said);
	is(foreign(), '', "$function: what is said about it mends it");
	is(definition($function), $before, "$function: and it is as it was");
}

# With other defaults
my $three = '_v.register_patch(text,text[],text[])';
my $before = definition($three);
value($database, replacement($three) =~ s/_v\.\w+\(.*?\) RETURNS/_v.register_patch(
	in_patch_name text, in_requirements text[] DEFAULT NULL,
	in_conflicts text[] DEFAULT NULL, OUT versioning int4) RETURNS/r);
isnt((psql($database, "SELECT _v.register_patch('x')"))[0], 0,
	'defaults: a call is not unique any more');
mend(foreign());
is(foreign(), '', 'defaults: it is mended');
is(definition($three), $before, 'defaults: and as it was');

# Another library, or another function of ours
for my $link (q('$libdir/plpgsql', 'plpgsql_call_handler'),
	q('$libdir/versioning', 'versioning_current_patch'))
{
	value($database, replacement('_v.unregister_patch(text)')
		  =~ s/LANGUAGE.*/LANGUAGE c AS $link/sr);
	like(foreign(), qr/unregister_patch\(text\) is not as /, "$link: it is noticed");
	mend(foreign());
	is(foreign(), '', "$link: it is mended");
}

# Others of the same name
for my $made (
	[ 'FUNCTION', '_v.register_patch(text,integer)', 1 ],
	[ 'FUNCTION', '_v.unregister_patch(name)', 1 ],
	[ 'FUNCTION', '_v.blame(integer)', 0 ])
{
	my ($kind, $signature, $expected) = @$made;
	value($database, "CREATE FUNCTION $signature RETURNS int LANGUAGE sql
		AS 'SELECT 1'");
	is(foreign(), "the function $signature is not the extension's, but has the name of one that is; drop it by: DROP FUNCTION $signature;",
		"$signature: it is noticed");
	is_deeply([ refusals() ], [ ($expected) x 3 ],
		"$signature: " . ($expected ? 'nothing is run' : 'no harm'));
	mend(foreign());
	is(foreign(), '', "$signature: it is mended");
}
value($database, "CREATE PROCEDURE _v.register_patch(int) LANGUAGE sql AS ''");
mend(foreign());
is(foreign(), '', 'a procedure: it is mended');

# Under the guard
value($database, replacement($three) . '; CREATE FUNCTION _v.register_patch(int)
	RETURNS int LANGUAGE sql AS $$SELECT 1$$');
value($database, 'CREATE EVENT TRIGGER guard ON ddl_command_end
	EXECUTE FUNCTION _v.require_patch()');
mend($_) for split /\n/, foreign();
is(foreign(), '', 'the guard does not keep from mending');
value($database, 'DROP EVENT TRIGGER guard');

# Nothing was lost, and all is well.
is(registered($project), 'a', 'the rows are kept');
is(
	value($database, "SELECT _v.register_patch('c');
		SELECT string_agg(patch_name, ' ' ORDER BY id) FROM _v.history"),
	'a c', 'register_patch writes history');
is((versioning($project, 'apply'))[0], 0, 'apply goes on');
is((versioning($project, qw(rollback b)))[0], 0, 'and rollback');

# His functions alone are as they should be, and so is a schema with others.
for my $variant (qw(old new))
{
	my $his = project("his_$variant", 'patches/a.sql' => patch('a'),
		'rollbacks/a.sql' => rollback_file('a'));

	value($his->{database}, 'DROP EXTENSION versioning');
	psql($his->{database}, 'DROP SCHEMA _v CASCADE');
	original($his->{database}, $variant);
	my (undef, undef, $errors) = versioning($his, 'status');
	is($errors, '', "$variant: nothing is said");
	applies($his, 'a', "$variant: apply");
	is((versioning($his, 'rehearse'))[0], 0, "$variant: rehearse");
}
value($database, "CREATE FUNCTION _v.mine() RETURNS int LANGUAGE sql
	AS 'SELECT 1'");
is(foreign(), '', 'a function of another name');

done_testing();


# What status says about functions, without the beginning of the line.
sub foreign
{
	my ($status, undef, $errors) = versioning($project, 'status');

	is($status, 0, 'status: exit status') if $status != 0;
	return join "\n", $errors =~ /^versioning: warning: (the function .*)$/mg;
}

# The exit statuses of what would run files.
sub refusals
{
	return map { (versioning($project, @$_))[0] }
	  [qw(apply --dry-run)], [qw(rollback --dry-run a)], ['rehearse'];
}

# Does what is said to be done.
sub mend
{
	my ($said) = @_;
	value($database, $said =~ s/.*? by: //r);
	return;
}

# All of pg_proc's row of a function that counts.
sub definition
{
	my ($function) = @_;
	return value($database, "SELECT pg_get_functiondef(p.oid), proacl, proowner
		FROM pg_proc p WHERE oid = '$function'::regprocedure");
}

# A statement that replaces a function by one in PL/pgSQL with the same
# signature.
sub replacement
{
	my ($function) = @_;
	return value($database, <<"SQL");
SELECT format('CREATE OR REPLACE %s _v.%I(%s)%s LANGUAGE '
              'plpgsql AS ''BEGIN RETURN%s; END''',
              CASE prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END,
              proname, pg_get_function_arguments(oid),
              ' RETURNS ' || pg_get_function_result(oid),
              CASE WHEN proretset OR prokind = 'p' OR prorettype = 'void'::regtype THEN ''
                   ELSE ' NULL' END)
  FROM pg_proc WHERE oid = '$function'::regprocedure
SQL
}
