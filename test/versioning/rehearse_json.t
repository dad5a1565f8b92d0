# versioning rehearse --json: a line for each patch, and one for all.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use JSON::PP qw(decode_json);
use Test::More;

my $project = project('rehearse_json',
	'patches/1.sql' => patch('good', 'CREATE TABLE good (id int);'),
	'rollbacks/1.sql' => rollback_file('good', 'DROP TABLE good;'),
	'patches/2.sql' => patch("left\n\"behind\"", 'CREATE TABLE IF NOT EXISTS behind (id int);'),
	'rollbacks/2.sql' => rollback_file("left\n\"behind\""),
	'patches/3.sql' => patch('without', ''));

my ($status, $output) = versioning($project, qw(rehearse --json));
my @events = map { decode_json($_) } split /\n/, $output;
is($status, 1, 'exit status');
is_deeply(
	[ map { $_->{result} } @events ], [ 'ok', 'leaving', 'missing', undef ],
	'what has come of each');
is_deeply($events[0],
	{ event => 'step', number => 1, patches => ['good'],
		file => 'patches/1.sql', result => 'ok', text => 'ok',
		difference => undef },
	'one that is ok');
is_deeply($events[1]{patches}, ["left\n\"behind\""], 'an odd name');
like($events[1]{difference}, qr/^--- before .*^\+CREATE TABLE public\.behind/ms,
	'one that leaves something behind, and what');
is_deeply($events[3],
	{ event => 'end', ok => 1, leaving => 1, taking => 0, missing => 1,
		failed => 0, only_applied => 0, in_template => 0, not_reached => 0 },
	'how many there are');

add_files($project, 'patches/1.sql' => patch('good', 'SELECT 1/0;'));
($status, $output, my $errors) = versioning($project, qw(rehearse --json good));
@events = map { decode_json($_) } split /\n/, $output;
is($status, 3, 'a failure: exit status');
is_deeply([ map { $_->{result} // $_->{failed} } @events ], [ 'failed', 1 ],
	'a failure');
like($errors, qr/division by zero/, 'a failure: its message');
like((versioning($project, qw(rehearse --json --verbose)))[2],
	qr/--json and --verbose cannot be used together/, 'with --verbose');

done_testing();
