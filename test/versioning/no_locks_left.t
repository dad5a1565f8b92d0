# A patch takes all the locks that the server has room for. Until it has been
# rolled back, the server can answer no question, and that is waited for.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use OwnCluster;
use Scratch qw(run value);
use Test::More;

make_cluster('small');
run($step_down, 'sh', '-c', 'printf "%s\n" "$2" >>"$1/postgresql.conf"', 'sh',
	"$directory/small", 'max_connections = 20');
start('small');

my $project = project('greedy');
add_files($project, 'patches/greedy.sql' => <<'SQL');
BEGIN;
SELECT _v.register_patch('greedy');
DO $$ BEGIN
    FOR i IN 1 .. 500 LOOP
        EXECUTE format('CREATE TABLE greedy_%s (id int PRIMARY KEY, t text)', i);
    END LOOP;
END $$;
SELECT pg_advisory_xact_lock(i) FROM generate_series(1, 1000000) AS i;
COMMIT;
SQL
add_files($project, 'rollbacks/greedy.sql' => <<'SQL');
BEGIN;
SELECT _v.unregister_patch('greedy');
COMMIT;
SQL

for my $way ([], ['--psql'])
{
	my ($status, undef, $errors) = versioning($project, 'apply', @$way);
	is($status, 3, "apply @$way: it fails");
	like($errors, qr/out of shared memory/, '... for want of locks');
	unlike($errors, qr/not known|still/, '... and it is known what has come of it');
}
my ($status, $output, $errors) = versioning($project, 'rehearse');
is($status, 3, 'rehearse: it fails') or diag $output, $errors;
is(value('postgres', q{SELECT count(*) FROM pg_database
	WHERE datname LIKE 'versioning_rehearsal_%'}), 0,
	'... and no scratch database is left behind') or diag $errors;

stop();
done_testing();
