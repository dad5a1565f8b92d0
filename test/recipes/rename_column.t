# rename-column: each application has what the other one writes, and the column
# keeps all that it had.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use Recipe;
use Scratch qw(fails succeeds value role);
use Test::More;

my $role = role('reader');

# An operation whose two forms differ in the column's name only.
sub both
{
	my ($operation) = @_;
	return [ map { $operation =~ s/:column/$_/gr } qw(email mail) ];
}

my @operations = map { both($_) } (
	q{DELETE FROM users WHERE id < 0},
	q{INSERT INTO users (id, :column) VALUES (-1, 'minus one')},
	q{INSERT INTO users (id) VALUES (-2)},
	q{INSERT INTO users (id, :column) VALUES (-3, NULL)},
	q{UPDATE users SET :column = 'one' WHERE id IN (1, 999)},
	q{UPDATE users SET note = 'x' WHERE id IN (2, 998)},
	q{UPDATE users SET :column = :column WHERE id IN (3, 997)},
	q{UPDATE users SET :column = upper('FOUR') WHERE id IN (4, 1, -3)},
	q{UPDATE users SET :column = NULL WHERE id = -1},
	q{UPDATE users SET (:column, note) = ('five', 'five') WHERE id = -1},
	q{INSERT INTO users (id, :column) VALUES (5, 'new five'), (-5, 'new')
		ON CONFLICT (id) DO UPDATE SET :column = EXCLUDED.:column},
	q{INSERT INTO users (id, :column) VALUES (6, 'new six')
		ON CONFLICT DO NOTHING},
	qq{COPY users (id, :column) FROM stdin;\n-6\tcopied\n-7\t\\N\n\\.\n},
	q{DELETE FROM users WHERE id IN (-6, 7)},
	q{INSERT INTO users (id, :column) VALUES (7, 'back again')},
	q{UPDATE users SET id = -id WHERE id IN (8, 900)},
	q{UPDATE users SET id = -id WHERE id IN (-8, -900)},
	q{SET session_replication_role = replica;
		INSERT INTO users (id, :column) VALUES (-9, 'replicated');
		UPDATE users SET :column = 'replicated' WHERE id = 9});
push @operations, both(q{
	MERGE INTO users USING (VALUES (10, 'ten'), (-10, 'new')) AS n (id, v)
		ON users.id = n.id
		WHEN MATCHED THEN UPDATE SET :column = v
		WHEN NOT MATCHED THEN INSERT (id, :column) VALUES (n.id, v)})
  if value('postgres', 'SHOW server_version_num') >= 150000;

my $tables = qq{
	CREATE TABLE users (id int PRIMARY KEY, note text,
		email varchar(40) COLLATE "C" CHECK (email <> ''));
	INSERT INTO users SELECT n, '', nullif('user' || n, 'user11')
		FROM generate_series(1, 1000) AS n;
	GRANT SELECT (email), UPDATE (email) ON users TO $role;
	CREATE INDEX ON users (lower(email)) WHERE email > 'u';
	CREATE VIEW emails AS SELECT email FROM users;
	CREATE STATISTICS few ON email, note FROM users;
	COMMENT ON COLUMN users.email IS 'Where to write to';};

my %try = (
	name => 'rename',
	recipe => [qw(rename-column table=users column=email new=mail)],
	tables => $tables,
	operations => \@operations,
	old => 'SELECT id, email, note FROM users ORDER BY id',
	new => 'SELECT id, mail, note FROM users ORDER BY id',
	direct => 'ALTER TABLE users RENAME email TO mail');

try_recipe(%try);

# With a default, that and an explicit NULL cannot be told from one another.
try_recipe(%try,
	tables => $tables . q{
		UPDATE users SET email = '?' WHERE email IS NULL;
		ALTER TABLE users ALTER email SET DEFAULT 'nobody',
			ALTER email SET NOT NULL;},
	operations => [ grep { $_->[0] !~ /NULL|\\N/ } @operations ]);

# A domain
my $project = project('domain');
value($project->{database}, q{
	CREATE DOMAIN short AS varchar(9) COLLATE "C" CHECK (VALUE <> '');
	CREATE DOMAIN shorter AS short CHECK (VALUE <> '?');
	CREATE DOMAIN there AS text NOT NULL;
	CREATE TABLE notes (id int PRIMARY KEY, note shorter, more there, extra text);
	INSERT INTO notes VALUES (1, 'one', '')});
for my $arguments (
	'rename-column table=notes column=more new=text',
	'change-type table=notes column=more type=text',
	'split-column table=notes column=more first=a second=b first_value=more '
		. 'second_value=more',
	'merge-columns table=notes first=more second=note new=c value=more '
		. 'first_value=c second_value=c')
{
	my (undef, undef, $errors) = versioning($project, qw(new more --recipe),
		split(' ', $arguments), '-d', $project->{database});
	like($errors, qr/"more" is of a domain that is NOT NULL/, $arguments);
}
begin_recipe($project, 'domain',
	qw(rename-column table=notes column=note new=text));
runs($project, 'apply', 'domain-start');
for my $arguments (
	'drop-column table=notes column=note',
	'add-not-null table=notes column=text value=id',
	'split-table table=notes columns=extra,note new=others',
	'rename-column table=notes column=note new=other',
	'rename-column table=notes column=text new=other',
	'change-type table=notes column=note type=text',
	'split-column table=notes column=note first=a second=b first_value=note '
		. 'second_value=note',
	'merge-columns table=notes first=note second=extra new=c value=note '
		. 'first_value=c second_value=c')
{
	my (undef, undef, $errors) = versioning($project, qw(new again --recipe),
		split(' ', $arguments), '-d', $project->{database});
	like($errors, qr/another recipe is at work on column "(note|text)", by trigger "zz_domain"/,
		"not at the same time: $arguments");
}
run_job($project, 'domain');
succeeds($project->{database}, q{INSERT INTO notes (id, text, more) VALUES (2, 'two', '')},
	'a column of a domain is written by its new name');
fails($project->{database}, q{UPDATE notes SET text = ''}, qr/short_check/,
	'and checked');
runs($project, 'apply');
like(schema($project->{database}), qr/^ +text public\.shorter$/m,
	'it has its domain');

done_testing();
