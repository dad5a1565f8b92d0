#!/usr/bin/perl

# Each patch runs as in a fresh session: what one leaves behind in psql or on the
# server, the next does not see. Patches of plain SQL share a session, others
# have a psql of their own.
#
# Each case is two patches: one that leaves something behind and one that fails
# if it finds it. That it does find it is made sure of by running both in one
# session without us.

use strict;
use warnings;

use File::Temp qw(tempdir);
use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use Scratch qw(database role value run);
use Test::More;

my $shared = project('shared');
my $control = database('control');
my $role = role('other', 'SUPERUSER');
my $count = 0;

value($control, 'CREATE EXTENSION versioning');

# The same in plain SQL.
sub plain_check
{
	my ($condition) = @_;
	return "SELECT 1 / CASE WHEN ($condition) THEN 1 ELSE 0 END AS not_fresh;\n";
}

# Fails if the condition, an expression, is not true.
sub check
{
	my ($condition) = @_;
	return "SELECT ($condition) AS is_fresh \\gset\n"
	  . "\\if :is_fresh\n\\else\nSELECT 1 / 0 AS not_fresh;\n\\endif\n";
}

# A project of two files, the second after the first.
sub pair
{
	my ($first, $second) = @_;
	my $project = { %$shared, directory => tempdir(CLEANUP => 1) };

	$count++;
	add_files($project,
		'patches/1.sql' => $first->("first-$count"),
		'patches/2.sql' => $second->("second-$count", "first-$count"),
		'rollbacks/none.txt' => '');
	return $project;
}

# A file whose registration stands first, without a transaction of its own.
sub plain
{
	my ($body, $head) = @_;

	return sub {
		my ($name, @requirements) = @_;
		my $requirements = join ', ', map { "'$_'" } @requirements;

		return ($head // '')
		  . "SELECT _v.register_patch('$name', ARRAY[$requirements]::text[]);\n"
		  . "$body\n";
	};
}

# One of two patches that psql runs, or none of them if that is possible
sub is_fresh_after
{
	my ($test, $first, $condition) = @_;

	is_fresh_after_either($test, $first,
		$condition =~ /\n/ ? $condition : check($condition));
	is_fresh_after_either("$test, in plain SQL", $first,
		plain_check($condition))
	  if "$first$condition" !~ /[\\\n]|:'/;
	return;
}

sub is_fresh_after_either
{
	my ($test, $first, $second) = @_;
	my $project = pair(plain($first), plain($second));
	my ($status, $output, $errors) = versioning($project, 'apply');

	is($status, 0, "$test is not seen by the next patch")
	  || diag("$output\n$errors");

	chdir $project->{directory};
	($status, $output, $errors) =
	  run(qw(psql -X -q -v ON_ERROR_STOP=1 -d), $control,
		qw(-f patches/1.sql -f patches/2.sql));
	isnt($status, 0, "$test is seen without us");
	chdir '/';
	return;
}

# On the server
is_fresh_after('a setting', "SET work_mem = '5MB';",
	q{current_setting('work_mem') <> '5MB'});
is_fresh_after('search_path', 'SET search_path = pg_catalog, _v;',
	q{current_setting('search_path') = '"$user", public'});
is_fresh_after('a role', "SET ROLE \"$role\";",
	q{current_user = session_user});
is_fresh_after(
	'a session authorization',
	"SET SESSION AUTHORIZATION \"$role\";",
	qq{session_user <> '$role' AND current_user <> '$role'});
is_fresh_after('a temporary table', 'CREATE TEMPORARY TABLE t_left (a int);',
	q{to_regclass('pg_temp.t_left') IS NULL});
is_fresh_after('a prepared statement', 'PREPARE left_over AS SELECT 1;',
	q{NOT EXISTS (SELECT FROM pg_prepared_statements)});
is_fresh_after(
	'a cursor',
	'DECLARE left_over CURSOR WITH HOLD FOR SELECT 1;',
	q{NOT EXISTS (SELECT FROM pg_cursors)});
is_fresh_after('LISTEN', 'LISTEN left_over;',
	q{NOT EXISTS (SELECT FROM pg_listening_channels())});
is_fresh_after('an advisory lock', 'SELECT pg_advisory_lock(4711);',
	q{NOT EXISTS (SELECT FROM pg_locks
		WHERE locktype = 'advisory' AND objid = 4711
		  AND pid = pg_backend_pid())} =~ s/\s+/ /gr);
is_fresh_after(
	'what a sequence gave',
	"CREATE TEMPORARY SEQUENCE s_left; SELECT nextval('s_left');",
	"DO \$\$\nBEGIN\n  PERFORM lastval();\n"
	  . "  RAISE EXCEPTION 'there is one' USING ERRCODE = 'ZZ001';\n"
	  . "EXCEPTION WHEN object_not_in_prerequisite_state THEN\nEND\n\$\$;\n");
is_fresh_after('client_encoding', "SET client_encoding = 'LATIN1';",
	q{current_setting('client_encoding') = 'UTF8'});
is_fresh_after('isolation', 'SET SESSION CHARACTERISTICS AS TRANSACTION '
	  . 'ISOLATION LEVEL SERIALIZABLE;',
	q{current_setting('default_transaction_isolation') = 'read committed'});

# In psql
is_fresh_after('\encoding', '\encoding LATIN1',
	q{:'ENCODING' = 'UTF8' AND current_setting('client_encoding') = 'UTF8'});
is_fresh_after('a variable', "\\set left_over 1\n\\set other 'it''s\\\\n: \\n'",
	"\\if :{?left_over}\nSELECT 1 / 0;\n\\endif\n"
	  . "\\if :{?other}\nSELECT 1 / 0;\n\\endif\n");
is_fresh_after('a variable of \gset', 'SELECT 1 AS left_over \gset',
	"\\if :{?left_over}\nSELECT 1 / 0;\n\\endif\n");
is_fresh_after("the variable $_->[0]", "\\set $_->[0] $_->[1]",
	":'$_->[0]' = '$_->[2]'")
  for (
	[ VERBOSITY => 'verbose', 'default' ],
	[ SHOW_CONTEXT => 'always', 'errors' ],
	[ ECHO => 'all', 'none' ],
	[ ECHO_HIDDEN => 'on', 'off' ],
	[ QUIET => 'off', 'on' ],
	[ FETCH_COUNT => 1, 0 ],
	[ SINGLESTEP => 'on', 'off' ],
	[ ON_ERROR_ROLLBACK => 'on', 'off' ]);
is_fresh_after('a variable that looks like others',
	'\set left_over \'x\\\'\nAUTOCOMMIT = \\\'off\'',
	"\\if :{?left_over}\nSELECT 1 / 0;\n\\endif\n"
	  . check(q{:'AUTOCOMMIT' = 'on'}));
is_fresh_after('an environment variable', '\setenv LEFT_OVER 1',
	"\\set value `echo \"\$LEFT_OVER\"`\n" . check(q{:'value' = ''}));
is_fresh_after('another connection',
	"COMMIT;\n\\c postgres", "current_database() = '$shared->{database}'");

# Without our knowing from the file. With others before and behind it
{
	my $reconnect = "\\set file c.psql\n\\cd patches\n\\i :file\n";
	my $project = project('reconnect',
		'patches/c.psql' => "\\c -\n",
		'patches/1.sql' => plain('SELECT 1;')->('a'),
		'patches/2.sql' => "BEGIN;\nSELECT _v.register_patch('b', '{a}');\n"
		  . "COMMIT;\n$reconnect",
		'patches/3.sql' => plain($reconnect)->('c', 'b'),
		'patches/4.sql' => plain('SELECT 1;')->('d', 'c'));
	my ($status, $output, $errors) = versioning($project, 'apply');

	is($status, 3, 'another connection in a transaction of ours')
	  || diag($errors);
	is(registered($project), 'a b', '... keeps it from being committed');
	add_files($project, 'patches/3.sql' => patch('c', '', 'b'));
	($status, $output, $errors) = versioning($project, 'apply');
	is($status, 0, 'a new connection to the same database') || diag($errors);
	is(registered($project), 'a b c d', '... does not keep others from it');
}

{
	my $project = pair(
		plain('\set ON_ERROR_STOP off'),
		plain("SELECT 1 / 0;\n", "-- versioning: no-transaction\n"));
	my ($status, $output, $errors) = versioning($project, 'apply');

	is($status, 3, 'ON_ERROR_STOP is on for the next patch');
	like($errors, qr{psql:patches/2\.sql:3: ERROR:  division by zero},
		'... and its error has file and line');
}

{
	my $project = pair(
		plain('\set AUTOCOMMIT off'),
		plain('VACUUM pg_class;', "-- versioning: no-transaction\n"));
	my ($status, $output, $errors) = versioning($project, 'apply');

	is($status, 0, 'AUTOCOMMIT is on for the next patch') || diag($errors);
}

{
	my $project = pair(plain('\cd /'), plain('\i patches/included.psql'));

	add_files($project, 'patches/included.psql' => "SELECT 1;\n");
	my ($status, $output, $errors) = versioning($project, 'apply');
	is($status, 0, '\cd does not move the next patch') || diag($errors);
}

{
	my $project = pair(plain('\o left_over.txt'), plain("SELECT 'seen';"));
	my ($status, $output, $errors) =
	  versioning($project, 'apply', '--verbose');

	is($status, 0, '\o');
	like($output, qr/seen/, '... does not keep the output of the next patch');
}

{
	my $project = pair(plain('\timing on'), plain("SELECT 'seen';"));
	my ($status, $output, $errors) =
	  versioning($project, 'apply', '--verbose');

	is($status, 0, '\timing');
	like($output, qr/seen/, '... and the next patch has output');
	unlike($output =~ s/.*seen//sr,
		qr/Time:/, '... whose time is not measured');
}

# What sessions begin with, changed by a patch
{
	my $project = pair(
		plain("ALTER DATABASE \"$shared->{database}\" SET work_mem = '6MB';"),
		plain(check(q{current_setting('work_mem') = '6MB'})));
	my ($status, $output, $errors) = versioning($project, 'apply');

	is($status, 0, 'ALTER DATABASE SET is seen by the next patch')
	  || diag($errors);
	value($shared->{database},
		"ALTER DATABASE \"$shared->{database}\" RESET work_mem");
}
{
	my $project = pair(
		plain(
			qq{ALTER ROLE CURRENT_USER IN DATABASE "$shared->{database}"
			   SET work_mem = '7MB';}),
		plain(check(q{current_setting('work_mem') = '7MB'})));
	my ($status, $output, $errors) = versioning($project, 'apply');

	is($status, 0, 'ALTER ROLE SET is seen by the next patch')
	  || diag($errors);
	value($shared->{database},
		"ALTER ROLE CURRENT_USER IN DATABASE \"$shared->{database}\" "
		  . 'RESET work_mem');
}

# A role that every session begins with, as it is set for who connects
{
	my $owner = role('owner', 'SUPERUSER');
	my $login = role('login', "IN ROLE \"$owner\"");
	my $whoever = check(qq{current_user = '$owner'});

	value('postgres', qq{ALTER ROLE "$login" SET role = "$owner"});
	my $project = pair(plain("$whoever\nRESET ROLE;\nSET ROLE NONE;"),
		plain($whoever));
	my ($status, $output, $errors) =
	  versioning($project, 'apply', '-U', $login);

	is($status, 0, 'a role that sessions begin with is there for each patch')
	  || diag($errors);
}

# All variables and all of the format, whatever this psql has of them
{
	my $list = "\\echo <<\n\\set\n\\pset\n\\echo >>";
	my $mess = join "\n", '\pset format html', '\pset border 2',
	  '\pset expanded auto', '\pset null (null)', '\pset title \'a title\'',
	  '\pset tableattr width=1', '\pset fieldsep_zero', '\pset recordsep_zero',
	  '\pset tuples_only', '\pset footer off', '\pset linestyle unicode',
	  '\pset columns 7', '\pset pager always', '\pset csv_fieldsep ;',
	  '\pset numericlocale on', '\pset pager_min_lines 3',
	  '\pset unicode_border_linestyle double', '\set HISTSIZE 1',
	  '\unset VERBOSITY', '\set PROMPT1 x', '\set COMP_KEYWORD_CASE lower';
	my $project = project('listing',
		'patches/1.sql' => plain($list)->('a'),
		'patches/2.sql' => plain($mess)->('b', 'a'),
		'patches/3.sql' => plain($list)->('c', 'b'));
	my ($status, $output, $errors) =
	  versioning($project, 'apply', '--verbose', '-v', 'mine=it\'s \\ mine');
	my @listings = $output =~ /<<\n(.*?)>>\n/sg;

	is($status, 0, 'a mess') || diag($errors);
	is(@listings, 2, '... between two listings');
	is($listings[1], $listings[0], '... is not seen in the second one');
	like($listings[1], qr/^mine = 'it's \\ mine'$/m,
		'... which has the variables of the command line');
	like($listings[1], qr/^fieldsep_zero +off$/m, '... and its separators');
}

# What DISCARD ALL does not undo
is_fresh_after('a library', q(LOAD 'auto_explain'; SET auto_explain.log_analyze = on;),
	q{current_setting('auto_explain.log_analyze', true) IS NULL});
is_fresh_after('a library that a string loads',
	q(DO $do$ BEGIN EXECUTE $x$LOAD 'auto_explain'$x$;
		SET auto_explain.log_analyze = on; END $do$;) =~ s/\s+/ /gr,
	q{current_setting('auto_explain.log_analyze', true) IS NULL});
SKIP:
{
	skip 'there is no dblink', 4
	  if value('postgres', q{SELECT count(*) FROM pg_available_extensions
		WHERE name = 'dblink'}) == 0;
	value($_, 'CREATE EXTENSION dblink') for $shared->{database}, $control;
	is_fresh_after('a connection of dblink',
		"SELECT dblink_connect('left_over', 'dbname=postgres "
		  . "host=$ENV{PGHOST} port=$ENV{PGPORT}');",
		q{dblink_get_connections() IS NULL});
}

# A file that is edited while the one before it is run: what was read is run if
# it is plain SQL; if it takes psql, it is not run.
for my $way ([], ['--psql'])
{
	my $project = project('edited' . @$way,
		'patches/1.sql' => patch('a', 'SELECT pg_sleep(1);'),
		'patches/2.sql' => patch('b', 'CREATE TABLE b ();', 'a'));
	my $run = start_versioning($project, 'apply', @$way);

	ok(wait_for(sub { value('postgres', qq{SELECT count(*)
		FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'
		  AND datname = '$project->{database}'}) > 0 }), 'a patch is run');
	my $digest = qx(sha256sum <$project->{directory}/patches/2.sql) =~ s/ .*//sr;
	add_files($project,
		'patches/2.sql' => patch('b', 'CREATE TABLE other ();', 'a'));
	my ($status, undef, $errors) = finish_versioning($run);

	is($status, @$way ? 3 : 0, "an edited file @$way: exit status")
	  || diag($errors);
	is(value($project->{database},
		q{SELECT string_agg(relname, ' ') FROM pg_class
		   WHERE relname IN ('b', 'other')}),
		@$way ? '' : 'b', "an edited file @$way: what was run");
	is(value($project->{database}, q{SELECT source_sha256 FROM _v.history
		WHERE patch_name = 'b'}), @$way ? '' : $digest,
		"an edited file @$way: its digest");
	like($errors, qr/the file of patch "b" has changed since it was read.*\n.*Nothing of it was run/,
		"an edited file @$way: message")
	  if @$way;
}

# One that is edited while it is run itself
{
	my $project = project('edits_itself',
		'patches/1.sql' => patch('a', '\! echo "-- more" >>patches/1.sql'));
	my ($status, undef, $errors) = versioning($project, 'apply');

	is($status, 0, 'a file that edits itself') || diag($errors);
	like($errors, qr{file "patches/1\.sql" has changed while it was run},
		'... is told of');
}

# The same of what is included; but a patch may include what one before it has
# made.
for my $is_there (0, 1)
{
	my $test = $is_there ? 'an included file is changed by the patch before'
	  : 'an included file is made by the patch before';
	my $project = project("included_$is_there",
		'patches/1.sql' => patch('a', '\! echo "CREATE TABLE b ();" >b.inc'),
		'patches/2.sql' => patch('b', '\i b.inc', 'a'));
	add_files($project, 'b.inc' => "CREATE TABLE other ();\n") if $is_there;
	my ($status, undef, $errors) = versioning($project, 'apply');

	is($status, $is_there ? 3 : 0, "$test: exit status") || diag($errors);
	like($errors, $is_there ? qr/"b", or one that it includes, has changed/ :
		  qr/\A\z/, "$test: message");
}

# Words that psql or a shell would take for something else, and what must reach
# the file as it is
{
	my @names = (
		"it's", 'back\\slash', ':name', '"quoted"', '$dollar', "new\nline",
		'-', '~', '%percent', "\xC3\xA4", '{a,b}', 'NULL', ' space ');
	my $project = project('names');
	my $number = 0;

	add_files($project, 'patches/' . ($_ =~ tr/\n//dr) . '.sql' => patch($_))
	  for @names;
	my ($status, $output, $errors) = versioning($project, 'apply');
	is($status, 0, 'names with special characters') || diag($errors);
	is(value($project->{database}, 'SELECT count(*) FROM _v.patches'),
		scalar @names, '... are all registered');

  SKIP:
	{
		skip 'a backslash never escapes since version 19', 1
		  if value('postgres', 'SHOW server_version_num') >= 190000;
		my $other = project('scs', 'patches/1.sql' =>
			  "SELECT _v.register_patch('back\\\\slash''s');\n");
		value('postgres', qq{ALTER DATABASE "$other->{database}"
			SET standard_conforming_strings = off});
		($status, $output, $errors) =
		  versioning($other, 'apply', '--patches', 'patches');
		is($status, 3, 'a name that this server reads in another way is noticed')
		  || diag("$output\n$errors");
	}
}

# The psql that runs patches
{
	my $project = project('io',
		'patches/1.sql' => plain(
			"CREATE TABLE t (a int);\nCOPY t FROM STDIN;\n1\n2\n\\.\n"
			  . "\\copy t from pstdin\n"
			  . "\\copy t from program 'echo 3'\n"
			  . "\\! cat\n" . check('(SELECT count(*) FROM t) = 3'))->('a'),
		'patches/2.sql' => plain("SELECT 1;\n\\q\nSELECT 1 / 0;")->('b', 'a'),
		'patches/3.sql' => plain(
			"SELECT repeat('x', 100000) FROM generate_series(1, 50);\n"
			  . "DO \$\$ BEGIN FOR i IN 1..20000 LOOP "
			  . "RAISE NOTICE 'flood %', i; END LOOP; END \$\$;\n"
			  . "\\! sleep 100 & echo no newline | tr -d '\\n'\n")
		  ->('c', 'b'),
		'patches/4.sql' => plain('SELECT 1')->('d', 'c'));
	my ($status, $output, $errors) = versioning($project, 'apply');

	is($status, 0,
		'COPY, standard input, \q, floods of output, programs left behind')
	  || diag($output, substr $errors, -300);
	is(registered($project), 'a b c d', '... do not keep a patch from it');
	is(() = $errors =~ /flood/g, 20000, '... and no message is lost');
}

{
	my $project = project('prompt');
	my $asked = "asked_$$";

	value($project->{database}, "CREATE ROLE $asked PASSWORD 'secret'");
	for my $command ("\\password $asked", "\\prompt 'Name?' name", '\e',
		'\edit', '\ef lower', '\ev pg_views')
	{
		add_files($project,
			'patches/1.sql' => plain('SELECT 1')->('before'),
			'patches/2.sql' => plain($command)->('a', 'before'));
		my ($status, $output, $errors) = versioning($project, 'apply');

		is($status, 1, "nobody is there to answer $command");
		like($errors, qr{patches/2\.sql:\d: \S+ needs somebody who answers},
			'... which is said with its line');
		is(registered($project), '', '... before anything is run');
	}
	is( value('postgres', "SELECT rolpassword IS NOT NULL FROM pg_authid
			WHERE rolname = '$asked'"), 't', '... so a password is kept');
	value('postgres', "DROP ROLE $asked");
	is(sessions($project), 0, '... and nothing hangs');
}

{
	my $project = project('echo',
		'patches/1.sql' =>
		  plain("\\set ECHO all\n\\set QUIET off\n\\set SINGLESTEP on")->('a'),
		'patches/2.sql' => plain("SELECT 'second';")->('b', 'a'));
	my ($status, $output, $errors) =
	  versioning($project, 'apply', '--verbose');

	is($status, 0, 'psql that echoes what it reads') || diag($errors);
	unlike($output =~ s/.*\[1\/2\]//sr, qr/DISCARD|\\set|\\echo/,
		'... does not show what we have it do for the next patch');
}

done_testing();
