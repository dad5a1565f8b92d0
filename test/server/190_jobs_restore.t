# Jobs in a dump go on where they were, and a restore is no way to run code as
# another role.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Scratch;
use Test::More;

my ($owner, $other) = map { role($_) } qw(owner other);
my $source = database('source', '-O', $owner);
my $target = database('target', '-O', $owner);
my $planted = database('planted', '-O', $owner);

# A job that has given up a row in the middle, and knows of keys that have
# changed on both sides of it.

value($source, "CREATE EXTENSION versioning; CREATE SCHEMA app; SET search_path = app;
	CREATE TABLE t (id int PRIMARY KEY, n int NOT NULL DEFAULT 0);
	INSERT INTO t SELECT i FROM generate_series(1, 1000) AS i;
	BEGIN; SELECT _v.register_patch('p');
	SELECT _v.register_job('j', 't', 'UPDATE t SET n = n + 1 / (t.id - 700) * 0 + 1
		FROM batch WHERE t.id = batch.id');
	SELECT _v.set_job('j', 'pause', '0'); COMMIT;
	UPDATE t SET id = 2000 WHERE id = 1; UPDATE t SET id = 0 WHERE id = 999", user => $owner);
fails($source, "CALL _v.run_job('j')", qr/at key \{700\}/, 'it fails', user => $owner);
value($source, "SET search_path = app; UPDATE t SET id = 3000 WHERE id = 2;
	UPDATE t SET id = -1 WHERE id = 998; UPDATE t SET id = 5000 WHERE id = 700", user => $owner);
my ($status, $dump, $errors) = run('pg_dump', '-U', $owner, '-d', $source);
is($status, 0, 'the owner of the extension dumps it') or diag $errors;

value($target, $dump, user => $owner);
for my $table (qw(job_list job_pieces job_moved))
{
	my $query = "SELECT string_agg(x::text, '; ' ORDER BY x::text) FROM _v.$table AS x";
	is(value($target, $query), value($source, $query), "$table is the same");
}
succeeds($target, "SELECT _v.resume_job('j'); CALL _v.run_job('j')", 'it goes on', user => $owner);
is(value($target, q{SELECT string_agg(n || ':' || c, ' ' ORDER BY n) || ', ' ||
	(SELECT state FROM _v.jobs) FROM (SELECT n, count(*) AS c FROM app.t GROUP BY n) AS s}),
	'1:1000, done', 'each row was touched once');

# On another cluster the name of the role counts, and not its OID.
value($source, "UPDATE _v.job_list SET system_identifier = 1, role_oid = 1");
succeeds($source, "SELECT _v.resume_job('j'); CALL _v.run_job('j')", 'a job from elsewhere', user => $owner);

# Planting

value($planted, 'CREATE EXTENSION versioning', user => $owner);
my $list = value($source, q{SELECT format('INSERT INTO _v.job_list SELECT (jsonb_populate_record(NULL::_v.job_list, %L::jsonb || ''{"role_name": "%%s"}'')).*', to_jsonb(j)) FROM _v.job_list AS j});
for my $role ('postgres', $other, 'nobody at all')
{
	fails($planted, sprintf($list, $role), qr/42501: permission denied to bring in a job of another role/, "no job of $role", user => $owner);
}
fails($planted, "INSERT INTO _v.job_pieces VALUES ('j', 1, NULL, '{1}', 0, false, NULL)", qr/42501/, 'no piece of no job', user => $owner);
SKIP:
{
	skip 'membership is all there is before PostgreSQL 16', 1 if value($planted, 'SHOW server_version_num') < 160000;
	value($planted, "GRANT $other TO $owner WITH INHERIT FALSE, SET FALSE");
	fails($planted, sprintf($list, $other), qr/42501: permission denied to bring in a job of another role/,
		'nor of one that one is a member of, and cannot become', user => $owner);
	value($planted, "REVOKE $other FROM $owner");
}
value($planted, sprintf($list, 'postgres'));
fails($planted, "INSERT INTO _v.job_pieces VALUES ('j', 1, NULL, '{1}', 0, false, NULL)", qr/42501/, 'no piece of a job of another role', user => $owner);
fails($planted, "INSERT INTO _v.job_moved VALUES (gen_random_uuid(), 'j', '{1}', true)", qr/42501/, 'nor a note', user => $owner);
fails($planted, $_, qr/42501/, "not by hand: $_", user => $owner)
  for "UPDATE _v.job_list SET role_name = '$owner'", 'DELETE FROM _v.job_pieces', 'TRUNCATE _v.job_moved';
fails($planted, "SET session_replication_role = replica", qr/42501/, 'nor as a replica', user => $owner);

done_testing();
