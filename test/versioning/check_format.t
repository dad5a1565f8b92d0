# versioning check --format: the forms that reviews take, and that nothing in a
# file or its name breaks them.

use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use JSON::PP qw(decode_json);
use Test::More;

my $project = project('check_format',
	'patches/a.sql' => patch('a', '', 'nowhere'),
	'patches/b.sql' => patch('other'),
	'rollbacks/a.sql' => rollback_file('a'));

# What check prints in a form, without a database.
sub checked
{
	my ($place, @arguments) = @_;
	return versioning({ %$place, database => '' }, 'check', @arguments);
}

# The same as JSON.
sub told
{
	my ($place, @arguments) = @_;
	return decode_json((checked($place, @arguments))[1]);
}

my $text = 'patch "a" requires "nowhere", which no file registers';
my $missing = 'no rollback takes patch "other" back';

# Text
my ($status, $output) = checked($project);
is($status, 1, 'text: exit status');
my $plain = $output;
like($plain, qr{\Apatches/a\.sql:2: \Q$text\E \[unknown-requirement\]\n}, 'text');
like($plain, qr/^2 patch files, 1 rollback file: 2 problems, 1 remark\n\z/m,
	'text: summary');
is((checked($project, '--format', 'text'))[1], $plain, '--format text');

# JSON
($status, $output) = checked($project, '--json');
is($status, 1, 'JSON: exit status');
is((checked($project, '--format', 'json'))[1], $output, '--format json');
my $json = decode_json($output);
is_deeply($json->{findings}[0],
	{ kind => 'unknown-requirement', level => 'error', file => 'patches/a.sql',
		line => 2, text => $text },
	'JSON: a finding');
is_deeply([ sort map { "$_->{level} $_->{kind}" } @{ $json->{findings} } ],
	[ 'error no-rollback', 'error unknown-requirement', 'info name-differs' ],
	'JSON: problems and remarks');
is_deeply([ @$json{qw(patch_files rollback_files problems remarks)} ],
	[ 2, 1, 2, 1 ], 'JSON: how many');
is(scalar @{ told($project, '--json', '-q')->{findings} }, 2,
	'JSON: -q leaves out remarks');
is(told($project, '--json', '--disable', 'no-rollback')->{problems}, 1,
	'JSON: --disable');

# GitHub
($status, $output) = checked($project, '--format', 'github');
is($status, 1, 'github: exit status');
like($output, qr{\A::error file=patches/a\.sql,line=2,title=unknown-requirement::\Q$text\E\n},
	'github: a problem');
like($output, qr{^::notice file=patches/b\.sql,(?:line=\d+,)?title=name-differs::}m,
	'github: a remark');
is(scalar(() = $output =~ /^/mg), 3, 'github: nothing else');

# GitLab
my $issues = told($project, '--format', 'gitlab');
is_deeply(
	$issues->[0], {
		description => $text,
		check_name => 'unknown-requirement',
		fingerprint => sha256_hex("unknown-requirement|patches/a.sql|$text|0"),
		severity => 'major',
		location => { path => 'patches/a.sql', lines => { begin => 2 } } },
	'gitlab: a problem');
is((grep { $_->{severity} eq 'info' } @$issues), 1, 'gitlab: a remark');

# SARIF
my $sarif = told($project, '--format', 'sarif');
is($sarif->{version}, '2.1.0', 'sarif: its version');
my $run = $sarif->{runs}[0];
is($run->{tool}{driver}{name}, 'versioning', 'sarif: the tool');
my $result = $run->{results}[0];
is($run->{tool}{driver}{rules}[ $result->{ruleIndex} ]{id},
	$result->{ruleId}, 'sarif: a rule');
is($result->{ruleId}, 'unknown-requirement', 'sarif: its name');
is_deeply([ $result->{level}, $result->{message}{text} ], [ 'error', $text ],
	'sarif: what is wrong');
is_deeply(
	$result->{locations}[0]{physicalLocation}, {
		artifactLocation => { uri => 'patches/a.sql' },
		region => { startLine => 2 } },
	'sarif: where');
is((values %{ $result->{partialFingerprints} })[0],
	$issues->[0]{fingerprint}, 'sarif: the same fingerprint');

# A line above does not make it another one.
add_files($project, 'patches/a.sql' => "--\n" . patch('a', '', 'nowhere'));
my $moved = told($project, '--format', 'gitlab');
is($moved->[0]{location}{lines}{begin}, 3, 'a finding has moved');
is($moved->[0]{fingerprint}, $issues->[0]{fingerprint},
	'and is recognized');

# The same finding twice is two.
add_files($project,
	'patches/a.sql' => "SELECT _v.register_patch(:x);\nSELECT _v.register_patch(:x);\n");
my %seen = map { $_->{fingerprint} => 1 }
  @{ $moved = told($project, '--format', 'gitlab') };
is(keys %seen, @$moved, 'no two have the same fingerprint');

# Nothing is wrong
my $good = project('good', 'patches/a.sql' => patch('a'),
	'rollbacks/a.sql' => rollback_file('a'));
is_deeply([ checked($good, '--format', 'github') ], [ 0, '', '' ],
	'github: nothing is wrong');
is_deeply(told($good, '--format', 'gitlab'), [], 'gitlab: nothing is wrong');
is_deeply(told($good, '--format', 'sarif')->{runs}[0]{results}, [],
	'sarif: nothing is wrong');

# Files of somebody whom nobody trusts
my $path = "patches/x\n::add-mask::y,line=1%0A\"<\xff\e.sql";
my $name = "n\n::set-env name=a::b\r\n##[error]%0A\"\\\xc3\xa9\x01";
my $hostile = project('hostile', $path => patch($name, '', "no\nwhere::"));
($status, $output) = checked($hostile, '--format', 'github');
is($status, 1, 'hostile, github: exit status');
is(scalar(() = $output =~ /^/mg), scalar(() = $output =~ /^::(?:error|notice) file=/mg),
	'hostile, github: each line is a finding of ours');
unlike($output, qr/[\r\e\x01]/, 'hostile, github: no control characters');
like($output, qr{^::error file=patches/x%0A%3A%3Aadd-mask%3A%3Ay%2Cline=1%250A"<\xff\\x1B\.sql,line=\d+,title=}m,
	'hostile, github: the path is one property');
like($output, qr/::patch "n%0A::set-env name=a::b%0D%0A##\[error\]%250A/,
	'hostile, github: the message is one');
for my $form (qw(json gitlab sarif))
{
	my $told = eval { told($hostile, '--format', $form) };

	ok($told, "hostile, $form: it is JSON") || diag($@);
	unlike((checked($hostile, '--format', $form))[1], qr/[\e\x01\r]/,
		"hostile, $form: no control characters");
}
my $where = "patches/x\n::add-mask::y,line=1%0A\"<\x{FFFD}\e.sql";
is(told($hostile, '--json')->{findings}[0]{file}, $where,
	'hostile, json: the path');
is(told($hostile, '--format', 'gitlab')->[0]{location}{path}, $where,
	'hostile, gitlab: the path');
my $uri = told($hostile, '--format', 'sarif')
  ->{runs}[0]{results}[0]{locations}[0]{physicalLocation}{artifactLocation}{uri};
like($uri, qr{^[-\w/.~%]+$}, 'hostile, sarif: a URI');
is($uri =~ s/%(..)/chr hex $1/egr, $path, 'hostile, sarif: of the path');

# A message that has the form of a link is none.
my $link = '[approve](https://example.com/x)';
my $linked = project('linked', 'patches/x.sql' => patch("$link \\](1)"));
for (told($linked, '--format', 'sarif')->{runs}[0]{results}[0]{message}{text})
{
	unlike($_, qr/\]\(/, 'sarif: no link');
	like($_, qr/\[approve\]\\\(https:/, 'sarif: what would be one is shown');
}
like((told($linked, '--json'))->{findings}[0]{text}, qr/\Q$link\E/,
	'json: it is left as it is');

# Nor are the characters after ASCII that control a terminal.
my $control = project('control', 'patches/x.sql' => patch("x\xc2\x9b31m"));
unlike((checked($control, '--format', $_))[1], qr/\x9b/,
	"$_: no control characters after ASCII")
  for qw(text json github gitlab sarif);
is(told($control, '--json')->{findings}[0]{text} =~ /\x{9b}/, 1,
	'JSON: but it says that there is one');

# What is said beside the findings
my $beside = project('beside', 'patches/a.sql' => patch('a'),
	'rollbacks/a.sql' => rollback_file('a'));
mkdir "$beside->{directory}/x" or die "cannot make a directory: $!\n";
symlink '../x', "$beside->{directory}/patches/##[stop-commands]x"
  or die "cannot link: $!\n";
($status, $output, my $errors) = checked($beside, '--format', 'github');
is($errors, '', 'github: nothing on standard error');
like($output, qr{\A::warning::"patches/##\[stop-commands\]x" is a symbolic link.*\n\z},
	'github: what is left out is a command of ours');
like((checked($beside, '--format', 'gitlab'))[2],
	qr/warning: "patches\S+ is a symbolic link/, 'gitlab: standard error');

# A finding that is not about a file
unlink "$good->{directory}/rollbacks/a.sql";
my $findings = told($good, qw(--format gitlab --patches nowhere));
is_deeply($findings->[0]{location}, { path => '.', lines => { begin => 1 } },
	'gitlab: no file');
($status, $output) = checked($good, qw(--format github --patches nowhere));
like($output, qr/^::error title=unreadable::could not find "nowhere"/,
	'github: no file');

# What is wrong with the options
for (
	[ qr/--format takes text, json, github, gitlab or sarif, not "x\\n"/,
		'check', '--format', "x\n" ],
	[ qr/--json and --format cannot be used/, 'check', '--json',
		'--format=github' ],
	[ qr/--format cannot be used with status/, 'status', '--format', 'json' ])
{
	my ($message, @arguments) = @$_;
	my ($is, $printed, $errors) = versioning($good, @arguments);

	is($is, 2, "exit status: $message");
	is($printed, '', "no output: $message");
	like($errors, $message, "message: $message");
}

done_testing();
