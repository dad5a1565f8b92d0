# Databases that `versioning sandbox' makes, dropped at the end of a test.

package Sandboxes;

use strict;
use warnings;

use Exporter qw(import);
use Scratch qw(psql value);

our @EXPORT = qw(sandboxes templates comment_on);

# The names of the sandboxes, in order, with spaces between.
sub sandboxes
{
	return marked("NOT LIKE '%, template,%'");
}

# The same for their templates.
sub templates
{
	return marked("LIKE '%, template,%'");
}

sub marked
{
	my ($condition) = @_;
	return value('postgres', qq{
		SELECT string_agg(datname, ' ' ORDER BY datname) FROM pg_database
		 WHERE shobj_description(oid, 'pg_database') LIKE 'Made by versioning%'
		   AND shobj_description(oid, 'pg_database') $condition});
}

# The comment on a database.
sub comment_on
{
	my ($database) = @_;
	return value('postgres', qq{
		SELECT shobj_description(oid, 'pg_database') FROM pg_database
		 WHERE datname = '$database'});
}

END
{
	my $status = $?;

	my $names = value('postgres', q{
		SELECT quote_ident(datname) FROM pg_database
		 WHERE shobj_description(oid, 'pg_database') LIKE 'Made by versioning%'
		    OR datname LIKE 'versioning\_template\_%'});
	psql('postgres', "DROP DATABASE $_ WITH (FORCE)") for split /\n/, $names;
	$? = $status;
}

1;
