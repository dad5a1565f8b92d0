# The part of the benchmark that measures the recorder of changes. See run.

use strict;
use warnings;

our ($tmp);

# What is created: the columns of a table.
my %tables = (
	'a table with a key and an identity' =>
	  'id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY, '
	  . 'user_id int4 NOT NULL, made timestamptz DEFAULT now()',
	'a table of two columns' => 'a int4, b text');

my $tables = 10_000;
my $changes = 100_000;

sub measure_changes
{
	make_recorded_database($_) for qw(plain recorded);
	psql('recorded', <<'SQL');
CREATE EVENT TRIGGER versioning_changes ON ddl_command_end
    EXECUTE FUNCTION _v.record_changes();
CREATE EVENT TRIGGER versioning_drops ON sql_drop
    EXECUTE FUNCTION _v.record_changes();
SQL

	print_head('changes', 'us');
	for my $table (sort keys %tables)
	{
		print_subject("CREATE TABLE with the recorder, $table");
		compare_creates($tables{$table});
	}

	print_subject("With $tables tables and $changes changes");
	fill_changes();
	print_limit('SELECT * FROM _v.objects', 1000, 'ms',
		median(map { time_statements('recorded', 'SELECT * FROM _v.objects') }
			  1 .. 5));
	print_limit('_v.blame of a table', 5, 'ms', time_blame('t%d'));
	print_limit('_v.blame of a column', 5, 'ms', time_blame('t%d.note'));
	print_limit('_v.blame of a constraint', 5, 'ms',
		time_blame('t%1$d_pkey on public.t%1$d'));
	return;
}

sub make_recorded_database
{
	my ($database) = @_;
	run('createdb', $database);
	psql($database, 'CREATE EXTENSION versioning');
	return;
}

# Runs statements in one session, each in a transaction of its own, and returns
# the milliseconds that psql saw each of them take.
sub time_statements
{
	my ($database, @statements) = @_;

	write_file("$tmp/statements", join '', "\\timing on\n",
		map { "$_;\n" } @statements);
	open my $pipe, '-|', qw(psql -X -q -A -t -v ON_ERROR_STOP=1 -d), $database,
	  '-f', "$tmp/statements"
	  or die "cannot run psql: $!\n";
	my @times = map { /^Time: ([\d.]+) ms/ ? $1 : () } <$pipe>;
	close $pipe or die "psql failed\n";
	return @times;
}

# Creates tables in both databases in turn, and compares. The first ones of a
# session are not counted, nor is what removes them.
sub compare_creates
{
	my ($columns) = @_;
	my %times;

	for my $batch (1 .. 30)
	{
		for my $database ($batch % 2 ? qw(plain recorded) : qw(recorded plain))
		{
			my @times = time_statements($database,
				map { "CREATE TABLE new_$_ ($columns)" } 1 .. 15);

			push @{ $times{$database} }, @times[ 5 .. $#times ];
			psql($database, join '', map { "DROP TABLE new_$_;\n" } 1 .. 15);
		}
	}
	print_comparison('CREATE TABLE without', 1.15,
		map { 1000 * median(@{ $times{$_} }) } qw(plain recorded));
	return;
}

# Makes the tables and the changes of them.
sub fill_changes
{
	psql('recorded', <<"SQL");
DO \$\$
BEGIN
    FOR i IN 1 .. $tables LOOP
        EXECUTE format('CREATE TABLE t%s (id int8 PRIMARY KEY, note text)', i);
        IF i % 200 = 0 THEN COMMIT; END IF;
    END LOOP;
    FOR i IN 1 .. $tables LOOP
        EXECUTE format('ALTER TABLE t%s ADD COLUMN more int', i);
        EXECUTE format('COMMENT ON TABLE t%s IS ''%s''', i, i);
        EXECUTE format('ALTER TABLE t%s RENAME COLUMN note TO notes', i);
        EXECUTE format('ALTER TABLE t%s RENAME COLUMN notes TO note', i);
        IF i % 200 = 0 THEN COMMIT; END IF;
    END LOOP;
    WHILE (SELECT count(*) FROM _v.changes) < $changes LOOP
        EXECUTE format('GRANT SELECT ON t%s TO PUBLIC',
                       1 + floor(random() * $tables));
    END LOOP;
END
\$\$;
VACUUM ANALYZE;
SQL
	return;
}

# Returns what _v.blame takes, in milliseconds, of objects with such names. The
# first ones of the session are not counted.
sub time_blame
{
	my ($format) = @_;
	my @times = time_statements('recorded',
		map { "SELECT * FROM _v.blame('" . sprintf($format, 97 * $_) . "')" }
		  1 .. 60);
	return median(@times[ 10 .. $#times ]);
}

1;
