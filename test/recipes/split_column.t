# split-column: what is written to one of the two, to both, or to the column is
# everywhere; what the two cannot hold stays in the column.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Recipe;
use Scratch qw(value role);
use Test::More;

my $role = role('reader');

# Each operation as the old and the new application do it
my @operations = (
	map({ [ $_, $_ ] } q{DELETE FROM goods WHERE id < 0},
		q{UPDATE goods SET note = 'x' WHERE id IN (2, 12, 13, 998)},
		q{INSERT INTO goods (id) VALUES (-2)},
		q{UPDATE goods SET id = -id WHERE id IN (8, 900)},
		q{UPDATE goods SET id = -id WHERE id IN (-8, -900)}),
	[ q{INSERT INTO goods (id, code) VALUES (-1, 'L00001B00001')},
		q{INSERT INTO goods (id, location, batch)
			VALUES (-1, 'L00001', 'B00001')} ],
	map({ my $id = $_; (
		[ qq{UPDATE goods SET code = 'L00002' || substr(code, 7)
				WHERE id = $id},
			qq{UPDATE goods SET location = 'L00002' WHERE id = $id} ],
		[ qq{UPDATE goods SET code = substr(code, 1, 6) || 'B00002'
				WHERE id = $id},
			qq{UPDATE goods SET batch = 'B00002' WHERE id = $id} ]) }
		-1, 1, 499, 999),
	[ q{UPDATE goods SET code = 'L00003' WHERE id IN (3, 996)},
		q{UPDATE goods SET location = 'L00003', batch = ''
			WHERE id IN (3, 996)} ],
	[ q{UPDATE goods SET code = substr(code, 1, 6) || 'B00004'
			WHERE id IN (4, 996)},
		q{UPDATE goods SET location = location, batch = 'B00004'
			WHERE id IN (4, 996)} ],
	[ q{INSERT INTO goods (id, code)
			VALUES (5, 'L00005B00005'), (-5, 'L00006B00006')
			ON CONFLICT (id) DO UPDATE SET code = EXCLUDED.code},
		q{INSERT INTO goods (id, batch, location)
			VALUES (5, 'B00005', 'L00005'), (-5, 'B00006', 'L00006')
			ON CONFLICT (id) DO UPDATE
			SET (location, batch) = (EXCLUDED.location, EXCLUDED.batch)} ],
	[ qq{COPY goods (id, code) FROM stdin;\n-6\tL00007B00007\n-7\t\\N\n\\.\n},
		qq{COPY goods (id, location, batch) FROM stdin;\n}
		. qq{-6\tL00007\tB00007\n-7\t\\N\t\\N\n\\.\n} ],
	[ q{UPDATE goods SET code = NULL WHERE id IN (-6)},
		q{UPDATE goods SET location = NULL, batch = NULL WHERE id IN (-6)} ],
	[ q{SET session_replication_role = replica;
			INSERT INTO goods (id, code) VALUES (-9, 'L00009B00009');
			UPDATE goods SET code = 'L00010B00010' WHERE id = 9},
		q{SET session_replication_role = replica;
			INSERT INTO goods (id, location, batch)
			VALUES (-9, 'L00009', 'B00009');
			UPDATE goods SET location = 'L00010', batch = 'B00010'
			WHERE id = 9} ]);
push @operations,
	[ q{MERGE INTO goods USING (VALUES (10, 'L00011B00011'),
			(-10, 'L00012B00012')) AS n (id, v) ON goods.id = n.id
			WHEN MATCHED THEN UPDATE SET code = v
			WHEN NOT MATCHED THEN INSERT (id, code) VALUES (n.id, v)},
		q{MERGE INTO goods USING (VALUES (10, 'L00011', 'B00011'),
			(-10, 'L00012', 'B00012')) AS n (id, l, b) ON goods.id = n.id
			WHEN MATCHED THEN UPDATE SET location = l, batch = b
			WHEN NOT MATCHED THEN INSERT (id, location, batch)
				VALUES (n.id, l, b)} ]
  if value('postgres', 'SHOW server_version_num') >= 150000;

my $parts = q{SELECT id, substr(code, 1, 6), substr(code, 7, 6), note
	FROM goods ORDER BY id};
try_recipe(
	name => 'split-goods',
	recipe => [qw(split-column table=goods column=code first=location
		second=batch), 'first_value=substr(code, 1, 6)',
		'second_value=substr(code, 7, 6)', 'second_type=varchar(6)' ],
	tables => qq{
		CREATE TABLE goods (id int PRIMARY KEY, note text, code text COLLATE "C"
			CONSTRAINT odd CHECK (code <> '?'), UNIQUE (code, id));
		INSERT INTO goods SELECT n, '', to_char(n, 'fm"L"00000')
			|| to_char(n, 'fm"B"00000')
			FROM generate_series(1, 1000) AS n;
		UPDATE goods SET code = NULL WHERE id = 11;
		UPDATE goods SET code = code || ' and more' WHERE id IN (12, 600);
		UPDATE goods SET code = 'short' WHERE id IN (13, 601);
		CREATE INDEX ON goods (lower(code));
		CREATE STATISTICS several ON code, note FROM goods;
		COMMENT ON COLUMN goods.code IS 'Both in one';
		GRANT SELECT (code), UPDATE (code) ON goods TO $role},
	operations => \@operations,
	old => 'SELECT id, code, note FROM goods ORDER BY id',
	new => 'SELECT id, location, batch, note FROM goods ORDER BY id',
	expected => $parts,
	forgets => 'UPDATE goods SET code = substr(code, 1, 12)',
	direct => qq{
		ALTER TABLE goods ADD location text, ADD batch varchar(6),
			DROP code;
		GRANT SELECT (location), UPDATE (location), SELECT (batch),
			UPDATE (batch) ON goods TO $role});

done_testing();
