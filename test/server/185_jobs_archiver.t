# A job gives way to the archiver.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Scratch;
use Server;
use Test::More;

plan skip_all => 'run by test/harness/cluster only'
  unless $ENV{VERSIONING_CLUSTER};

my $server = Server->new(archive_mode => 'on', archive_command => 'false');
my %environment = $server->environment;
@ENV{ keys %environment } = values %environment;

value('postgres', <<'SQL');
CREATE EXTENSION versioning;
CREATE TABLE t (id int PRIMARY KEY, n int NOT NULL DEFAULT 0);
INSERT INTO t SELECT i FROM generate_series(1, 100) AS i;
BEGIN;
SELECT _v.register_patch('p');
SELECT _v.register_job('j', 't', 'UPDATE t SET n = n + 1 FROM batch WHERE t.id = batch.id');
SELECT _v.set_job('j', 'max_archive_backlog', '1');
COMMIT;
SELECT pg_switch_wal();
CREATE TABLE a (); SELECT pg_switch_wal();
CREATE TABLE b (); SELECT pg_switch_wal();
SQL

# What is due is not run, and does not keep the scheduler.
succeeds('postgres', "CALL _v.run_jobs('1 hour')", 'run_jobs returns');
is(value('postgres', 'SELECT rows_done FROM _v.jobs'), 0, 'the job is held back');
like(value('postgres', 'SELECT held_back FROM _v.job_list'),
	qr/^\d files of WAL wait to be archived$/, 'it says by what');
succeeds('postgres', "SELECT _v.set_job('j', 'max_archive_backlog', '0'); CALL _v.run_job('j')",
	'without a limit it runs');
is(value('postgres', 'SELECT concat(state, rows_done) FROM _v.jobs'), 'done100', 'to its end');

$server->remove;
done_testing();
