# What a database holds of a PatchSet: which patches are registered, and which
# parts of each are there.
#
# It is looked at in one snapshot, with plain reads of catalogs and tables, so
# that it may be taken at any moment, also while a patch is being applied. That a
# patch and its registration commit together means that nothing is half there in
# any snapshot.

package Inventory;

use strict;
use warnings;

use Exporter qw(import);
use IPC::Run ();

our @EXPORT_OK = qw(inventory differences);

# The schema public, as lines of a number of a patch, a part and its state.
my $query = <<'SQL';
BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY;

SELECT 'register', patch_name, count(*) FROM _v.patches GROUP BY patch_name;

SELECT split_part(relname, '_', 2), split_part(relname, '_', 1),
       relkind::text || coalesce(indisvalid, true)
  FROM pg_class LEFT JOIN pg_index ON indexrelid = oid
 WHERE relnamespace = 'public'::regnamespace
   AND relname ~ '^(table|index|view)_\d+$';

SELECT split_part(attname, '_', 2), 'column of ' || relname,
       format_type(atttypid, atttypmod)
  FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
 WHERE relnamespace = 'public'::regnamespace AND NOT attisdropped
   AND attname ~ '^column_\d+$';

SELECT split_part(proname, '_', 2), 'function', md5(prosrc)
  FROM pg_proc
 WHERE pronamespace = 'public'::regnamespace AND proname ~ '^function_\d+$';

SELECT split_part(typname, '_', 2), 'type',
       (SELECT string_agg(enumlabel, ' ' ORDER BY enumsortorder)
          FROM pg_enum WHERE enumtypid = pg_type.oid)
  FROM pg_type
 WHERE typnamespace = 'public'::regnamespace AND typname ~ '^type_\d+$';

SELECT split_part(relname, '_', 2), 'comment', description
  FROM pg_description
  JOIN pg_class ON pg_class.oid = objoid
 WHERE classoid = 'pg_class'::regclass AND objsubid = 0
   AND relnamespace = 'public'::regnamespace AND relname ~ '^table_\d+$';

SELECT format('SELECT patch, ''ledger'', string_agg(note, ''+'') '
              'FROM ledger GROUP BY patch')
  FROM pg_class
 WHERE relnamespace = 'public'::regnamespace AND relname = 'ledger'
\gexec

-- rows
SELECT format('SELECT %s, ''rows'', count(*) || '' '' || coalesce(md5('
              'string_agg(id || note, '','' ORDER BY id)), '''') FROM %I',
              split_part(relname, '_', 2), relname)
  FROM pg_class
 WHERE relnamespace = 'public'::regnamespace AND relname ~ '^table_\d+$'
\gexec

COMMIT;
SQL

# Looks at a database. Returns a reference to a hash: for each patch that is
# registered or has left something, under its name, its parts and their states;
# that it is registered is one of these. Dies if the database cannot be asked.
# Option: without_rows, the tables that the patches have made are not read, so
# that whoever wants to alter them does not have to wait.
sub inventory
{
	my ($database, $set, %options) = @_;
	my $script =
	  $options{without_rows} ? $query =~ s/^-- rows\n.*?\n\n//msr : $query;
	my ($output, $errors) = ('', '');
	my @names = $set->names;
	my %found;

	IPC::Run::run(
		[
			qw(psql -X -q -A -t -v ON_ERROR_STOP=1 -d), $database,
			'-F', "\t", '-f', '-'
		],
		'<', \$script, '>', \$output, '2>', \$errors)
	  or die "the inventory failed: $errors";
	for my $line (split /\n/, $output)
	{
		my ($number, $part, $state) = split /\t/, $line, 3;
		if ($number eq 'register')
		{
			$found{$part}{registered} = "$state times";
		}
		else
		{
			my $name =
			  $number > 0 ? $names[ $number - 1 ] : "no patch $number";
			$found{$name}{$part} = $state;
		}
	}
	return \%found;
}

# Compares an inventory with that of a database where all is applied. Returns a
# phrase for each patch that is neither there with all its parts nor absent with
# all of them. Further arguments are parts that do not matter.
sub differences
{
	my ($found, $whole, @ignored) = @_;
	my @differences;

	for my $name (sort keys %$found)
	{
		my %parts = (%{ $found->{$name} }, %{ $whole->{$name} // {} });
		delete @parts{@ignored};
		my @wrong = grep {
			($found->{$name}{$_} // 'missing')
			  ne ($whole->{$name}{$_} // 'missing')
		} sort keys %parts;

		push @differences, "$name: " . join(', ', map {
			"$_ is " . ($found->{$name}{$_} // 'missing')
		} @wrong)
		  if @wrong;
	}
	return @differences;
}

1;
