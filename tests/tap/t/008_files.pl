# Files on the server: those that COPY writes, and those of export.directory.
use strict;
use warnings;

use ExportCluster;
use IPC::Run;
use POSIX qw(mkfifo);
use PostgreSQL::Test::Utils;
use Test::More;

my $node = ExportCluster->create('main', conf => "export.table_limit = '256kB'\n");
$node->install;
my $watch = $node->session;
my $alice = $node->session('postgres', user => 'alice');
my $folder = $node->files;

sub copy_to {
    my ($path, $select) = @_;
    $select //= 'SELECT 1 AS a';
    return "COPY ($select) TO '$path' WITH (FORMAT jsonl)";
}
sub write_file { my ($path, $text) = @_; unlink $path; append_to_file($path, $text); return; }
sub mode_of { my ($path) = @_; return sprintf '%04o', (stat $path)[2] & 07777; }
my $failing = 'SELECT i, 1/(50000-i) FROM generate_series(1, 60000) i';

# Rights and paths: as COPY has them.
$watch->query('CREATE ROLE bob LOGIN IN ROLE export_user');
my $bob = $node->session('postgres', user => 'bob');
is($bob->sqlstate(copy_to("$folder/bob")), '42501', 'without pg_write_server_files no file');
is($bob->query('COPY (SELECT 1 AS a) TO STDOUT WITH (FORMAT jsonl)'), '{"a":1}', 'but STDOUT');
ok(!-e "$folder/bob", 'nothing was written');
$bob->quit;
is($alice->sqlstate(copy_to('relative')), '42602', 'no relative path');
is($alice->sqlstate(copy_to($folder)), '42809', 'not a directory');
is($alice->sqlstate(copy_to("$folder/none/file")), '58P01', 'not where there is no directory');
my (undef, $messages) = $alice->try_query(copy_to("$folder/none/file"));
like($messages, qr/HINT:  COPY TO instructs the PostgreSQL server process/,
    'with COPY\'s own hint');

# A new file.
is($alice->sqlstate(copy_to("$folder/new")), '00000', 'a new file');
is(slurp_file("$folder/new"), qq({"a":1}\n), 'has the document');
is(mode_of("$folder/new"), '0644', 'and the mode that COPY gives');
is($alice->sqlstate(copy_to("$folder/failed", $failing)), '22012', 'a query that fails');
ok(!-e "$folder/failed", 'makes no file');

# A file that is there.
for my $mode (0600, 0640, 0666) {
    write_file("$folder/there", 'old');
    chmod $mode, "$folder/there";
    open my $reader, '<', "$folder/there" or die $!;
    is($alice->sqlstate(copy_to("$folder/there", $failing)), '22012', 'a query that fails');
    is(slurp_file("$folder/there"), 'old', 'leaves the old content');
    is($alice->sqlstate(copy_to("$folder/there")), '00000', 'one that does not');
    is(slurp_file("$folder/there"), qq({"a":1}\n), 'replaces it');
    is(mode_of("$folder/there"), sprintf('%04o', $mode), 'and keeps the mode');
    is(do { local $/; <$reader> }, 'old', 'a reader still has the old content, whole');
    close $reader;
}
chmod 0400, "$folder/there";
is($alice->sqlstate(copy_to("$folder/there", 'SELECT 2')),
    '42501', 'a file that the server may not write');
is(slurp_file("$folder/there"), qq({"a":1}\n), 'stays as it is');

# Links.
write_file("$folder/behind", 'old');
symlink "$folder/behind", "$folder/link" or die $!;
is($alice->sqlstate(copy_to("$folder/link", $failing)), '22012', 'a failure through a link');
is(slurp_file("$folder/behind"), 'old', 'leaves what is behind it');
is($alice->sqlstate(copy_to("$folder/link")), '00000', 'through a link');
ok(-l "$folder/link", 'the link stays');
is(slurp_file("$folder/behind"), qq({"a":1}\n), 'what is behind it is replaced');
symlink "$folder/not yet", "$folder/dangling" or die $!;
is($alice->sqlstate(copy_to("$folder/dangling")), '00000', 'through a link to nothing');
ok(-l "$folder/dangling", 'the link stays');
is(-e "$folder/not yet" ? slurp_file("$folder/not yet") : 'none',
    qq({"a":1}\n), 'what it names is made');

# What is no file is written directly and stays what it is.
is($alice->sqlstate(copy_to('/dev/null', 'SELECT generate_series(1, 100000)')), '00000',
    'a device');
ok(-c '/dev/null', 'stays one');
my $fifo = "$folder/fifo";
mkfifo($fifo, 0600) or die $!;
my $received = '';
my $cat = IPC::Run::start([ 'cat', $fifo ], '>', \$received);
is($alice->sqlstate(copy_to($fifo, 'SELECT i AS a FROM generate_series(1, 3) i')),
    '00000', 'a FIFO');
$cat->finish;
is($received, join('', map { "{\"a\":$_}\n" } 1 .. 3), 'its reader has the document');
ok(-p $fifo, 'it stays one');

# raw: the same rules.
write_file("$folder/raw", 'old');
is(
    $alice->sqlstate(
        "COPY (SELECT ('\\x61' || repeat('0', 8 / (3 - i)))::bytea FROM generate_series(1, 4) i) TO"
          . " '$folder/raw' WITH (FORMAT raw)"
    ),
    '22012',
    'raw, failing');
is(slurp_file("$folder/raw"), 'old', 'leaves the old content');
is($alice->sqlstate("COPY (SELECT '\\x6100ff'::bytea) TO '$folder/raw' WITH (FORMAT raw)"),
    '00000', 'raw');
is(slurp_file("$folder/raw"), "a\0\xff", 'writes the bytes');

# export.directory: each that others could get at is refused, and nothing is made in it.
my $good = $node->documents;
my $large = "SELECT export.run(\$q\$@{[ ExportCluster::rows_query(20_000) ]}\$q\$)";

sub use_directory {
    my ($path) = @_;
    $watch->query("ALTER SYSTEM SET export.directory = '$path'");
    $watch->query('SELECT pg_reload_conf()');
    $watch->poll("SELECT current_setting('export.directory') = '$path'");

    # The session that is going to use it has got the signal too, but maybe not looked.
    $alice->quit;
    $alice = $node->session('postgres', user => 'alice');
    return;
}

my $base = $node->basedir;
mkdir "$base/$_" or die $! for 'open_parent', 'sticky_parent';
mkdir "$base/$_", 0700
  or die $!
  for 'group', 'world', 'open_parent/mine', 'open_parent/mine/deep', 'sticky_parent/mine', 'behind';
chmod 0750, "$base/group";
chmod 0701, "$base/world";
chmod 0777, "$base/open_parent";
chmod 01777, "$base/sticky_parent";
mkdir $node->data_dir . '/documents', 0700;
symlink $node->data_dir . '/documents', "$base/link_inside" or die $!;
symlink "$base/behind", "$base/link_good" or die $!;
symlink "$base/open_parent/mine", "$base/link_open" or die $!;
write_file("$base/file", 'x');
chmod 0600, "$base/file";

for (
    [ "$base/missing", '58P01', qr/could not use export.directory/, 'is missing' ],
    [ "$base/file", '55000', qr/It is not a directory/, 'is a file' ],
    [ "$base/group", '55000', qr/Other users can access it/, 'is open to the group' ],
    [ "$base/world", '55000', qr/Other users can access it/, 'is open to others' ],
    [ '/usr', '55000', qr/It belongs to another user/, 'belongs to another user' ],
    [   $node->data_dir . '/documents',
        '55000',
        qr/It lies inside the data directory/,
        'lies inside the data directory'
    ],
    [ $node->data_dir, '55000', qr/It lies inside the data directory/, 'is the data directory' ],
    [   "$base/link_inside", '55000',
        qr/It lies inside the data directory/, 'is a link into the data directory'
    ],
    [   "$base/open_parent/mine", '55000',
        qr/Other users can write into a directory above it/, 'can be moved away by others'
    ],
    [
        "$base/open_parent/mine/deep",
        '55000', qr/Other users can write into/,
        'has an ancestor that can be moved away by others'
    ],
    [   "$base/link_open", '55000',
        qr/Other users can write into a directory above it/, 'is a link to one that can be'
    ])
{
    my ($path, $state, $message, $name) = @$_;
    use_directory($path);
    (undef, $messages) = $alice->try_query($large);
    is(ExportSession::sqlstate_of($messages), $state, "a directory that $name: refused");
    like($messages, $message, "a directory that $name: the error says so");
    like($messages, qr/HINT:  .*install -d -m 0700/, 'and what to do') if $state eq '55000';
    is($alice->sqlstate("SELECT export.run('SELECT 1')"), '00000', 'a small document needs none');
}
is_deeply([ map { ExportCluster::files_below("$base/$_") } qw(group world open_parent behind) ],
    [], 'nothing was made there');
(undef, $messages) = $watch->try_query("ALTER SYSTEM SET export.directory = 'relative/path'");
like($messages, qr/22023.*must be an absolute path/s, 'a relative path is no value');
for my $path ("$base/sticky_parent/mine", "$base/link_good") {
    use_directory($path);
    is($alice->sqlstate($large), '00000', 'good: ' . $path =~ s/.*\///r);
    is(
        $watch->query(
                'SELECT count(export.drop_artifact(id)) FROM export.artifacts'
              . " WHERE location = 'directory' AND state = 'stored'"
        ),
        '1',
        'and dropped');
}
use_directory('');
is($alice->sqlstate($large), '53400', 'none: a document too large for a table is refused');
use_directory($good);

# A stored file that is not what was written gives an error, never wrong bytes.
my $id = $alice->query($large);
my $other = $alice->query($large);
my %path = map { m{/([^/.]+)\.\d+$} => "$good/$_" } $node->documents_on_disk;
is(mode_of($path{$id}), '0600', 'a document is for the server alone');
my $bytes = slurp_file($path{$id});
my $flipped = $bytes;
substr($flipped, -20, 1) ^= "\1";
my $in_chunk = $bytes;
substr($in_chunk, 100_000, 1) ^= "\1";

for (
    [ 'empty', '' ],
    [ 'cut off', substr($bytes, 0, -1) ],
    [ 'longer', $bytes . 'x' ],
    [ 'damaged in its index', $flipped ],
    [ 'damaged in a chunk', $in_chunk ],
    [ 'that of another document', slurp_file($path{$other}) ])
{
    my ($name, $content) = @$_;
    write_file($path{$id}, $content);
    is($alice->sqlstate("SELECT export.read('$id')"), 'XX001', "a file that is $name");
}
unlink $path{$id};
write_file("$base/secret", $bytes);
symlink "$base/secret", $path{$id} or die $!;
(undef, $messages) = $alice->try_query("SELECT export.read('$id')");
like($messages, qr/could not open file/, 'a link in place of a document is not followed');
unlink $path{$id};
is($alice->sqlstate("SELECT export.read('$id')"), '58P01', 'a file that is gone');
write_file($path{$id}, $bytes);
is($alice->sqlstate("SELECT export.read('$id')"), '00000', 'put back, it reads');

# Files that are none of ours are left alone.
write_file("$good/notes", 'x');
write_file($path{$id} =~ s{/[^/]*$}{/README}r, 'x');
$watch->query('SELECT export.cleanup()');
is_deeply(
    [ map { -e } "$good/notes", $path{$id} =~ s{/[^/]*$}{/README}r ],
    [ 1, 1 ],
    'cleanup leaves files of others');
unlink "$good/notes", $path{$id} =~ s{/[^/]*$}{/README}r;

$alice->quit;
$node->check_invariants;
$watch->quit;
$node->stop;
$node->check_log;
done_testing();
