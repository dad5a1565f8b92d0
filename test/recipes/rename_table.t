# rename-table: both names can be read and written.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use Recipe;
use Scratch qw(fails succeeds value role);
use Test::More;

my $reader = role('reader');
my $owner = role('owner');

# An operation whose two forms differ in the table's name only.
sub both
{
	my ($operation) = @_;
	return [ map { $operation =~ s/:table/$_/gr } qw(s.users s.people) ];
}

my @operations = map { both($_) } (
	q{DELETE FROM :table WHERE id < 0},
	q{INSERT INTO :table (id, email) VALUES (-1, 'minus one') RETURNING note},
	q{INSERT INTO :table (id) VALUES (-2), (-3)},
	q{UPDATE :table SET email = 'one' WHERE id IN (1, 999)},
	q{INSERT INTO :table (id, email) VALUES (5, 'new five'), (-5, 'new')
		ON CONFLICT (id) DO UPDATE SET email = EXCLUDED.email},
	q{INSERT INTO :table (id, email) VALUES (6, 'new six')
		ON CONFLICT DO NOTHING},
	q{SELECT 1 FROM :table WHERE id = 1 FOR UPDATE},
	qq{SET ROLE $reader; UPDATE :table SET email = 'role' WHERE id = 7});
push @operations, both(q{
	MERGE INTO :table AS u USING (VALUES (10, 'ten'), (-10, 'new')) AS n (id, v)
		ON u.id = n.id
		WHEN MATCHED THEN UPDATE SET email = v
		WHEN NOT MATCHED THEN INSERT (id, email) VALUES (n.id, v)})
  if value('postgres', 'SHOW server_version_num') >= 170000;

my %try = (
	name => 'people',
	recipe => [qw(rename-table table=s.users new=people)],
	tables => qq{
		CREATE SCHEMA s;
		GRANT USAGE ON SCHEMA s TO $reader, $owner;
		CREATE TABLE s.users (id int PRIMARY KEY, email text, note text
			DEFAULT 'none');
		INSERT INTO s.users SELECT n, 'user' || n, ''
			FROM generate_series(1, 1000) AS n;
		CREATE TABLE s.sessions (user_id int REFERENCES s.users);
		CREATE VIEW s.emails AS SELECT email FROM s.users;
		GRANT SELECT ON s.users TO $reader;
		GRANT UPDATE (email) ON s.users TO $reader},
	operations => \@operations,
	old => 'SELECT id, email, note FROM s.users ORDER BY id',
	new => 'SELECT id, email, note FROM s.people ORDER BY id',
	direct => 'ALTER TABLE s.users RENAME TO people');
try_recipe(%try);

# The view gives nobody more rights, and obeys policies.

my $project = project('rights');
value($project->{database}, qq{$try{tables};
	ALTER TABLE s.users ENABLE ROW LEVEL SECURITY;
	CREATE POLICY few ON s.users USING (id < 10)});
SKIP:
{
	if (value('postgres', 'SHOW server_version_num') < 150000)
	{
		my ($status, undef, $errors) = versioning($project, 'new', 'people',
			'--recipe', @{ $try{recipe} }, '-d', $project->{database});
		like($errors, qr/policies/, 'policies before release 15');
		skip 'no policies', 4;
	}
	begin_recipe($project, 'people', @{ $try{recipe} });
	runs($project, 'apply', 'people-start');
	is(value($project->{database},
			"SET ROLE $reader; SELECT count(*) FROM s.users"),
		9, 'policies hold for the view');
	fails($project->{database}, "SET ROLE $reader; UPDATE s.users SET note = ''",
		qr/permission denied/, 'so do the rights on columns');
}

done_testing();
