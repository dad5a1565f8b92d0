#!/usr/bin/perl

# Names come back as they were given, whatever the encoding of the database and
# of the client, and compare byte by byte in every locale.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Scratch;
use Test::More;

# The name, in the client's encoding.
my $latin1 = "gr\xf6\xdfe";
my $utf8 = "gr\xc3\xb6\xc3\x9fe";

my $database = database('latin1',
	qw(--template=template0 --encoding=LATIN1 --locale=C));
value($database, 'CREATE EXTENSION versioning');
succeeds($database, "SET client_encoding = latin1;
	SELECT _v.register_patch('$latin1')", 'LATIN1: a name of a LATIN1 client');
is(value($database, "SET client_encoding = utf8;
	SELECT _v.assert_patch_is_applied('$utf8')"),
	"Patch $utf8 is applied.", 'LATIN1: is found by a UTF-8 client');
fails($database, "SET client_encoding = utf8; SELECT _v.register_patch('$utf8')",
	qr/P0001: Patch \Q$utf8\E is already applied!/, 'LATIN1: and in messages');
succeeds($database, "SET client_encoding = utf8;
	SELECT _v.register_patch('x', ARRAY['$utf8'])", 'LATIN1: and required');
fails($database, "SET client_encoding = latin1;
	SELECT _v.unregister_patch('$latin1')",
	qr/P0001: Cannot uninstall \Q$latin1\E, as it is required by: x\./,
	'LATIN1: and held');
fails($database, "SET client_encoding = utf8;
	SELECT _v.register_patch('\xe6\x97\xa5')", qr/22P05: /,
	'LATIN1: what it cannot hold is refused');

my $ascii = database('ascii',
	qw(--template=template0 --encoding=SQL_ASCII --locale=C));
value($ascii, 'CREATE EXTENSION versioning');
succeeds($ascii, "SELECT _v.register_patch('\xff\xfe');
	SELECT _v.register_patch('y', ARRAY['\xff\xfe'])", 'SQL_ASCII: any bytes');
fails($ascii, "SELECT _v.unregister_patch('\xff\xfe')",
	qr/P0001: Cannot uninstall \xff\xfe, as it is required by: y\./,
	'SQL_ASCII: come back');

# What comes with the connection goes unchecked into the session.

{
	my $utf8_database = database('utf8',
		qw(--template=template0 --encoding=UTF8 --locale=C));
	value($utf8_database, 'CREATE EXTENSION versioning');
	for my $name (qw(source_file revision os_user host))
	{
		local $ENV{PGOPTIONS} = "-c versioning.$name=gr\xf6\xdfe";
		my (undef, $row, $errors) = psql($utf8_database, "
			SELECT _v.register_patch('$name');
			SELECT $name IS NULL FROM _v.history
			 WHERE patch_name = '$name'");
		is($row, 't', "$name: what is no text does not go into history");
		like($errors,
			qr/WARNING:  22021: versioning.$name is not written to history, for it is not valid in encoding "UTF8"/,
			'and a warning says so');
	}
	is(value($utf8_database, "SET versioning.source_file = '$utf8';
		SELECT _v.register_patch('y');
		SELECT source_file FROM _v.history WHERE patch_name = 'y'"),
		$utf8, 'one that is text does');
}

# Another locale. In some of them names that look alike are sorted side by side,
# and two forms of a letter are none the less two names.

my @icu = value('postgres', 'SHOW server_version_num') >= 150000
  ? qw(--template=template0 --encoding=UTF8 --locale-provider=icu
  --icu-locale=de-u-ks-level2 --locale=C)
  : ();
my $locale = (grep { /^(?:de_DE|en_US)\.utf-?8$/i } split /\n/, (run('locale', '-a'))[1])[0];

for my $case (
	[ 'icu', 'an ICU locale', @icu ],
	[ 'libc', "locale " . ($locale // 'de_DE'), $locale
		? ('--template=template0', '--encoding=UTF8', "--locale=$locale")
		: () ],
	[ 'c_utf8', 'locale C.UTF-8',
		qw(--template=template0 --encoding=UTF8 --locale=C.UTF-8) ])
{
	my ($short, $name, @options) = @$case;

	SKIP:
	{
		skip "$name is not there", 6 unless @options;

		for my $adopted (0, 1)
		{
			my $what = $name . ($adopted ? ', adopted' : '');
			my $there = database("${short}_$adopted", @options);

			original($there, 'old') if $adopted;
			value($there, 'CREATE EXTENSION versioning');
			succeeds($there, "
				SELECT _v.register_patch(n)
				  FROM unnest(ARRAY['a', 'A', 'ä', 'a' || U&'\\0308', 'a-b', 'ab',
									'A-B', 'ß', 'ss']) n;
				SELECT _v.register_patch('all', ARRAY['ab', 'A', 'ss', 'a' || U&'\\0308'],
										 ARRAY['Strasse']);
				SELECT _v.register_patch('Straße');
				SELECT _v.register_patch('strasse');
				SELECT _v.unregister_patch('a');
				SELECT _v.unregister_patch('ä')",
				"$what: names that look alike are different names");
			fails($there, "SELECT _v.unregister_patch('ss')",
				qr/P0001: Cannot uninstall ss, as it is required by: all\./,
				"$what: held is what was required");
			fails($there, "SELECT _v.register_patch('Strasse')",
				qr/P0001: Versioning patches conflict\. .*: all\./,
				"$what: a conflict is with the name that was given");
		}
	}
}

done_testing();
