# What a patch does to the whole cluster, it does in a scratch database, too.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use Rehearse;
use Scratch qw(role value);
use Test::More;

my $stays = qr/^versioning: hint: .*whole cluster.* it stays\.$/m;
my $old = role('old');
my $gone = role('gone');

# A project whose only patch does that, and whose rollback does the other.
sub one_patch
{
	my ($name, $done, $undone) = @_;
	return project($name, pair($name, $done, $undone));
}

# Does the line say that of the role?
sub said
{
	my ($done, $role) = @_;
	return
	  qr/^versioning: warning: meanwhile, somebody has $done the role $role$/m;
}

my $creating = one_patch('creating', 'CREATE ROLE made_for_good;',
	'DROP ROLE made_for_good;');
rehearses('a role is created', $creating, [], 0, [qr/1 ok$/m],
	[ said('created', 'made_for_good'), $stays ]);
value('postgres', 'DROP ROLE made_for_good');
my (undef, undef, $errors) = versioning($creating, 'diff');
like($errors, said('created', 'made_for_good'), 'a comparison says so, too');
value('postgres', 'DROP ROLE made_for_good');

my $roles = join ' ', map { "CREATE ROLE many_for_good_$_;" } 1 .. 12;
my $gone_again = $roles =~ s/CREATE/DROP/gr;
my $many = one_patch('many', $roles, $gone_again);
(undef, undef, $errors) = versioning($many, 'diff');
is(() = $errors =~ /somebody has created/g, 10, 'not too many are named');
like($errors, qr{^versioning: warning: and more, which makes 12$}m,
	'but counted');
value('postgres', $gone_again);

my $changing = one_patch(
	'changing',
	"ALTER ROLE $old PASSWORD 'new'; GRANT pg_monitor TO $old;",
	"REVOKE pg_monitor FROM $old;");
rehearses('a role is changed', $changing, [], 0, [qr/1 ok$/m],
	[ said('changed', $old) ]);

my $settings = project('settings');
add_files($settings,
	pair('settings',
		"ALTER DATABASE $settings->{database} SET work_mem = '5MB';", ''));
rehearses('settings of the target', $settings, [], 0, [],
	[qr/has changed the database $settings->{database}$/m]);

my $dropping = one_patch('dropping', "DROP ROLE $gone;", "CREATE ROLE $gone;");
rehearses('a role is dropped', $dropping, [], 0, [],
	[ said('dropped', $gone), $stays ]);

my $boxed = one_patch('boxed', "ALTER ROLE $old PASSWORD 'newer';", '');
(undef, undef, $errors) = versioning($boxed, 'sandbox', 'in_a_box');
like($errors, said('changed', $old), 'and so does what makes a sandbox');
versioning($boxed, 'sandbox', 'drop', 'in_a_box');
versioning($boxed, 'sandbox', 'drop', '--older-than', '0');

done_testing();
