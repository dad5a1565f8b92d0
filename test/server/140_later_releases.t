#!/usr/bin/perl

# The recorder, _v.blame, _v.objects and the guard, with what not every release
# of PostgreSQL has.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Scratch;
use Test::More;

my $version = int(value('postgres', 'SHOW server_version_num') / 10000);
my $database = database('db');
my $quiet = 'SET client_min_messages = error;';

value($database, q{
	CREATE EXTENSION versioning;
	CREATE EVENT TRIGGER versioning_changes ON ddl_command_end
		EXECUTE FUNCTION _v.record_changes();
	CREATE EVENT TRIGGER versioning_drops ON sql_drop
		EXECUTE FUNCTION _v.record_changes();
	CREATE TABLE t (a int CONSTRAINT positive CHECK (a > 0));
	CREATE TABLE u (a int PRIMARY KEY)});

# Passes if a script leaves these rows, in any order and each with its patch.
# Skipped with a release that has not what is in the script.
sub records
{
	my ($since, $script, @expected) = @_;
	my $name = $script =~ s/\s+/ /gr;
	local $Test::Builder::Level = $Test::Builder::Level + 1;

  SKIP:
	{
		skip "version $since has $name", 1 if $version < $since;
		my $before = value($database, 'SELECT max(id) FROM _v.changes');
		value($database, "$quiet BEGIN;
			SELECT _v.register_patch('p' || (SELECT count(*) FROM _v.patches));
			$script; COMMIT");
		my $rows = value($database, qq{
			SELECT string_agg(concat_ws(' ', action, object_type, identity,
						'from ' || previous_identity,
						CASE WHEN history_id IS NULL THEN 'BY HAND' END), E'\n')
			  FROM _v.changes WHERE id > $before});
		is_deeply([ sort split /\n/, $rows ], [ sort @expected ], $name)
		  or diag($rows);
	}
	return;
}

# Passes if _v.objects has nothing of which it does not know when it came.
sub knows_all
{
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return is(value($database, q{
			SELECT string_agg(identity, ', ') FROM _v.objects
			 WHERE created_at IS NULL}), '', '_v.objects knows them all');
}

# NOT NULL constraints: they belong to the domain or the column.

records(14, 'CREATE DOMAIN d AS int', 'created type public.d');
records(17, 'ALTER DOMAIN d ADD CONSTRAINT x NOT NULL',
	'altered type public.d');
records(17, "COMMENT ON CONSTRAINT x ON DOMAIN d IS 'x'",
	'altered type public.d');
records(17, 'ALTER DOMAIN d RENAME CONSTRAINT x TO y',
	'altered type public.d');
records(17, 'ALTER DOMAIN d DROP NOT NULL', 'altered type public.d');
records(18, 'ALTER TABLE t ADD CONSTRAINT x NOT NULL a NOT VALID',
	'altered table public.t', 'altered table column public.t.a');
records(18, "COMMENT ON CONSTRAINT x ON t IS 'x'",
	'altered table column public.t.a');
records(18, 'ALTER TABLE t VALIDATE CONSTRAINT x',
	'altered table public.t', 'altered table column public.t.a');
records(18, 'ALTER TABLE t RENAME CONSTRAINT x TO y',
	'altered table public.t', 'altered table column public.t.a');
records(18, 'ALTER TABLE t DROP CONSTRAINT y',
	'altered table public.t');

# Other constraints, and columns

records(18, 'ALTER TABLE t ADD b int GENERATED ALWAYS AS (a + 1) VIRTUAL',
	'altered table public.t', 'created table column public.t.b');
records(18, 'ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES u
	NOT ENFORCED',
	'altered table public.t', 'created table constraint f on public.t');
records(18, 'ALTER TABLE t ALTER CONSTRAINT f ENFORCED',
	'altered table constraint f on public.t', 'altered table public.t');
records(19, 'ALTER TABLE t ALTER CONSTRAINT positive NOT ENFORCED',
	'altered table constraint positive on public.t',
	'altered table public.t');
records(18, 'CREATE TABLE during (id int4range, at daterange,
		PRIMARY KEY (id, at WITHOUT OVERLAPS))',
	'created table constraint during_pkey on public.during',
	'created table public.during', 'created index public.during_pkey');
records(18, 'ALTER INDEX during_pkey RENAME TO k',
	'renamed table constraint k on public.during '
	  . 'from during_pkey on public.during',
	'renamed index public.k from public.during_pkey');

# Schemas that bring what refers to what comes later

records(19, 'CREATE SCHEMA s CREATE TABLE a (x int REFERENCES b)
		CREATE TABLE b (x int PRIMARY KEY)',
	'created table constraint a_x_fkey on s.a',
	'created table constraint b_pkey on s.b',
	'created schema s', 'created table s.a', 'created table s.b',
	'created index s.b_pkey');

# Publications of all but some

records(19, 'CREATE PUBLICATION p FOR ALL TABLES EXCEPT (TABLE t, u)',
	'created publication p',
	'created publication excluded relation '
	  . 'public.t excluded from publication p',
	'created publication excluded relation '
	  . 'public.u excluded from publication p');
records(19, 'ALTER TABLE t RENAME TO v',
	'renamed table constraint f on public.v from f on public.t',
	'renamed table constraint positive on public.v from positive on public.t',
	'renamed table public.v from public.t',
	'renamed table column public.v.a from public.t.a',
	'renamed table column public.v.b from public.t.b',
	'renamed publication excluded relation '
	  . 'public.v excluded from publication p '
	  . 'from public.t excluded from publication p');
records(19, 'ALTER PUBLICATION p RENAME TO q',
	'renamed publication excluded relation '
	  . 'public.u excluded from publication q '
	  . 'from public.u excluded from publication p',
	'renamed publication excluded relation '
	  . 'public.v excluded from publication q '
	  . 'from public.v excluded from publication p',
	'renamed publication q from p');
SKIP:
{
	skip 'version 19 has CREATE PUBLICATION ... EXCEPT', 1 if $version < 19;
	is( value($database, q{
			SELECT string_agg(concat_ws(' ', action, identity), E'\n')
			  FROM _v.blame('public.v excluded from publication q')}),
		"created public.t excluded from publication p\n"
		  . "renamed public.v excluded from publication p\n"
		  . 'renamed public.v excluded from publication q',
		'_v.blame follows what is excluded');
}
knows_all();
records(19, 'ALTER PUBLICATION q SET ALL TABLES EXCEPT (TABLE v)',
	'altered publication q',
	'dropped publication excluded relation '
	  . 'public.u excluded from publication q');
records(19, 'ALTER PUBLICATION q SET ALL TABLES, ALL SEQUENCES',
	'altered publication q',
	'dropped publication excluded relation '
	  . 'public.v excluded from publication q');
records(19, 'ALTER PUBLICATION q SET ALL TABLES', 'altered publication q');
records(19, 'DROP PUBLICATION q', 'dropped publication q');

# What is in a table is written anew; nothing is changed.

my @repack = (
	'REPACK', 'REPACK u', 'REPACK u USING INDEX u_pkey', 'REPACK USING INDEX',
	'REPACK (ANALYZE) u', 'REPACK (CONCURRENTLY) u');

SKIP:
{
	skip 'version 19 has REPACK', @repack + 3 if $version < 19;
	value($database, q{
		CREATE EVENT TRIGGER versioning_guard ON ddl_command_end
			EXECUTE FUNCTION _v.require_patch();
		CREATE EVENT TRIGGER versioning_guard_start ON ddl_command_start
			EXECUTE FUNCTION _v.require_patch()});
	my $before = value($database, 'SELECT max(id) FROM _v.changes');
	for my $statement (@repack)
	{
		succeeds($database, $statement, "the guard lets $statement pass");
	}
	is(value($database, 'SELECT max(id) FROM _v.changes'), $before,
		'... of which no change is recorded');
	fails($database, 'CREATE PUBLICATION p FOR ALL TABLES EXCEPT (TABLE u)',
		qr/VP001: .* outside a patch: publication p/, 'a publication');
}

done_testing();
