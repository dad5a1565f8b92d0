# Autovacuum gives way to a patch, unless it works against the wraparound of
# transaction numbers: that is waited for, and named.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use Scratch qw(value);
use Test::More;

# A table that autovacuum is long at work on
my $slow = 'autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1';

value('postgres', q{ALTER SYSTEM SET autovacuum_naptime = '1s'});
value('postgres', 'SELECT pg_reload_conf()');

# Waits until autovacuum is at work on the table of a project.
sub is_vacuumed
{
	my ($project, $how, $name) = @_;

	return ok(wait_for(sub { value('postgres', "SELECT count(*)
			FROM pg_stat_activity
			WHERE datname = '$project->{database}'
			  AND backend_type = 'autovacuum worker'
			  AND query LIKE 'autovacuum: VACUUM%public.held$how'") }),
		$name);
}

# Not every role is shown what a process is.
my $deployer = 'autovacuum_deployer';
value('postgres', "CREATE ROLE $deployer LOGIN");

for my $way ([], ['--psql'], [ '--username', $deployer ])
{
	my $project = project('plain' . @$way,
		'patches/1.sql' => patch('one', 'ALTER TABLE held ADD more int;'));

	value($project->{database}, "CREATE TABLE held (a int) WITH ($slow,
			autovacuum_vacuum_threshold = 0,
			autovacuum_vacuum_scale_factor = 0);
		INSERT INTO held SELECT generate_series(1, 200000);
		DELETE FROM held;
		ALTER TABLE held OWNER TO $deployer;
		GRANT SELECT, INSERT ON _v.patches TO $deployer;");
	is_vacuumed($project, '', "@$way: autovacuum is at work");

	# If it did not, it would take minutes.
	applies($project, 'one', "@$way: it gives way", '--retry-for', '20s',
		@$way);
	like(value($project->{database}, 'SELECT waited_for FROM _v.attempts
			ORDER BY id DESC LIMIT 1'),
		qr/^public\.held: \d+ autovacuum(?!.*privilege)/,
		"@$way: it is named");
	value($project->{database},
		'ALTER TABLE held SET (autovacuum_enabled = false)');
}

# That against wraparound does not; it comes even where all other is switched
# off. Each subtransaction has a number.
my $project = project('wraparound',
	'patches/1.sql' => patch('one', 'ALTER TABLE held ADD more int;'));
value($project->{database}, "CREATE TABLE held (a int) WITH ($slow,
		autovacuum_enabled = false, autovacuum_freeze_max_age = 100000);
	INSERT INTO held SELECT generate_series(1, 200000);");
value($project->{database}, <<'SQL');
CREATE TABLE numbers (a int);
DO $$
BEGIN
	FOR i IN 1 .. 101000
	LOOP
		BEGIN
			INSERT INTO numbers VALUES (i);
		EXCEPTION WHEN division_by_zero THEN
			NULL;
		END;
	END LOOP;
END
$$;
SQL
is_vacuumed($project, ' (to prevent wraparound)',
	'autovacuum is at work against wraparound');
for my $way ([], ['--psql'])
{
	refuses($project, '',
		[
			qr/ it was waiting for public\.held: process \d+.*running: autovacuum: VACUUM(?: ANALYZE)? public\.held \(to prevent wraparound\)\.$/m,
			qr/^versioning: detail: Nothing of it was kept\.$/m
		],
		"against wraparound @$way", '--retry-for', '2s', @$way);
	is(value($project->{database}, "SELECT count(*) FROM pg_attribute
			WHERE attrelid = 'held'::regclass AND attname = 'more'"),
		0, "against wraparound @$way: there is nothing of the patch");
}

value('postgres', 'ALTER SYSTEM RESET autovacuum_naptime');
value('postgres', 'SELECT pg_reload_conf()');
done_testing();
