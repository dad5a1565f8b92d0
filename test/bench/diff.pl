# The part of the benchmark that measures versioning diff. See run.

use strict;
use warnings;

use Time::HiRes qw(time);

our ($tmp);

my $tables = 1000;
my $of_each = 10;

# How something is changed, in statements with the number of a table.
my @changes = (
	'ALTER TABLE t%1$s ADD COLUMN added int',
	'ALTER TABLE t%1$s DROP COLUMN e',
	'ALTER TABLE t%1$s ALTER b TYPE varchar(10)',
	'ALTER TABLE t%1$s ALTER d SET DEFAULT 7',
	'ALTER TABLE t%1$s ADD CHECK (c > 1)',
	'ALTER TABLE t%1$s DROP CONSTRAINT of_another',
	'CREATE INDEX added_%1$s ON t%1$s (c)',
	'DROP INDEX t%1$s_b',
	'COMMENT ON TABLE t%1$s IS \'changed\'',
	'GRANT UPDATE ON t%1$s TO PUBLIC',
	'ALTER TABLE t%1$s ENABLE ROW LEVEL SECURITY',
	'CREATE POLICY added ON t%1$s USING (true)',
	'ALTER TABLE t%1$s DISABLE TRIGGER noted',
	'DROP VIEW v%1$s',
	'CREATE OR REPLACE VIEW v%1$s AS SELECT id, c FROM t%1$s WHERE c > 3',
	'CREATE OR REPLACE FUNCTION f%1$s(int) RETURNS int LANGUAGE sql AS '
	  . '\'SELECT 2\'',
	'CREATE FUNCTION added_%1$s() RETURNS int LANGUAGE sql AS \'SELECT 2\'',
	'CREATE TABLE added_%1$s (id int8 PRIMARY KEY)',
	'CREATE TYPE added_%1$s_type AS ENUM (\'a\')',
	'CREATE SEQUENCE added_%1$s_ids');

sub measure_diff
{
	run('createdb', 'one');
	psql('one', <<"SQL");
CREATE EXTENSION versioning;
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN RETURN NEW; END';
DO \$\$
BEGIN
    FOR i IN 1 .. $tables LOOP
        EXECUTE format('CREATE TABLE t%1\$s (
            id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            of_another int8 CONSTRAINT of_another REFERENCES t%2\$s,
            b text, c int4 CHECK (c > 0), d int4 DEFAULT 5,
            e timestamptz NOT NULL DEFAULT now())', i, greatest(i - 1, 1));
        EXECUTE format('CREATE INDEX t%1\$s_b ON t%1\$s (lower(b))', i);
        EXECUTE format('CREATE TRIGGER noted BEFORE INSERT ON t%1\$s
            FOR EACH ROW EXECUTE FUNCTION note()', i);
        EXECUTE format('COMMENT ON TABLE t%1\$s IS ''%1\$s''', i);
        EXECUTE format('GRANT SELECT ON t%1\$s TO PUBLIC', i);
        EXECUTE format('CREATE VIEW v%1\$s AS SELECT id, c FROM t%1\$s', i);
        EXECUTE format('CREATE FUNCTION f%1\$s(int) RETURNS int
            LANGUAGE sql AS ''SELECT 1''', i);
        IF i % 100 = 0 THEN COMMIT; END IF;
    END LOOP;
END
\$\$;
VACUUM ANALYZE;
SQL
	run('createdb', '-T', 'one', 'two');
	change_second();

	print_head('diff', 'ms');
	print_subject("versioning diff, $tables tables, "
		  . @changes * $of_each
		  . ' differences');
	print_limit('pg_dump -s of both, to compare', undef, 'ms',
		time_diff(0, 'sh', '-c', 'pg_dump -s one; pg_dump -s two'));
	print_limit('with differences', 3000, 'ms',
		time_diff(1, qw(versioning diff one two)));
	run('createdb', '-T', 'one', 'three');
	print_limit('without any', 3000, 'ms',
		time_diff(0, qw(versioning diff one three)));
	return;
}

# Makes the second database another one, with recorded changes.
sub change_second
{
	my @statements;

	for my $kind (0 .. $#changes)
	{
		push @statements, sprintf $changes[$kind], 1 + $kind * $of_each + $_
		  for 1 .. $of_each;
	}
	psql('two', join '', map { "$_;\n" }
		  'CREATE EVENT TRIGGER changes ON ddl_command_end '
		  . 'EXECUTE FUNCTION _v.record_changes()',
		'CREATE EVENT TRIGGER drops ON sql_drop '
		  . 'EXECUTE FUNCTION _v.record_changes()',
		@statements);
	return;
}

# Returns the milliseconds that a command takes, the median of some, and dies
# if its exit status is another one.
sub time_diff
{
	my ($expected, @command) = @_;
	my @times;

	for (1 .. 5)
	{
		my $start = time;

		system('sh', '-c', 'exec "$@" >"$0"', "$tmp/output", @command) >> 8 ==
		  $expected
		  or die "$command[0] failed\n";
		push @times, 1000 * (time - $start);
	}
	return median(@times);
}

1;
