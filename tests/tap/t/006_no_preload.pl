# Without shared_preload_libraries the COPY formats come with the first call of any of our
# functions, or with session_preload_libraries.
use strict;
use warnings;

use ExportCluster;
use Test::More;

my $node = ExportCluster->create('main', preload => '', conf => "export.table_limit = '256kB'\n");
$node->install;
my $watch = $node->session;

my $copy = 'COPY (SELECT 1 AS a) TO STDOUT WITH (FORMAT jsonl)';
my @doors = (
    'SELECT export.version()',
    "SELECT export.run('SELECT 1')",
    "SELECT export.stream('SELECT 1')",
    "SELECT export.preview('SELECT 1')",
    'SELECT count(*) > 0 FROM export.formats()',);
for my $door (@doors) {
    my $alice = $node->session('postgres', user => 'alice');
    my (undef, $messages) = $alice->try_query($copy);
    like(
        $messages,
        qr/ERROR:  22023: COPY format "jsonl" not recognized/,
        'a fresh session knows no jsonl');
    is($alice->sqlstate($door), '00000', $door);
    is($alice->query($copy), '{"a":1}', 'and now it does');
    is($alice->query('COPY (SELECT 1 AS a) TO STDOUT WITH (FORMAT csv, HEADER)'),
        "a\n1", 'csv is the core\'s');
    $alice->quit;
}

# What the configuration file says is in force from the moment the library is there.
my $alice = $node->session('postgres', user => 'alice');
is($alice->query('SELECT export.version() IS NOT NULL'), 't', 'the library is loaded');
is($alice->query('SHOW export.table_limit'),
    '256kB', 'settings have the values of the configuration');
is($alice->sqlstate('SHOW export.directory'), '42501', 'the directory is not for plain roles');
is($alice->sqlstate("SET export.directory = '/tmp'"), '55P02', 'nor is it a matter of a session');
is($alice->sqlstate("SET export.audit_read_only = 'log'"),
    '42501', 'settings of superusers are theirs');
is($alice->sqlstate('SET export.dump_audit = on'), '00000', 'that of a dump is anyone\'s');
is($alice->sqlstate('SET export.nonsense = on'), '42602', 'and the prefix is ours');
is($alice->sqlstate("LOAD 'export'"), '42501', 'LOAD is for superusers');
is($node->session->sqlstate("LOAD 'export'"), '00000', 'who may');
$alice->quit;

# A setting made by a plain role before the library was loaded has no force.
$alice = $node->session('postgres', user => 'alice');
$alice->query("SET export.audit_read_only = 'log'");
my (undef, $messages) = $alice->try_query('SELECT export.version()');
like(
    $messages,
    qr/WARNING.*permission denied to set parameter "export.audit_read_only"/,
    'loading the library takes it back');
is($alice->query('SHOW export.audit_read_only'), 'refuse', 'and the default is in force');
$alice->quit;

# Large documents work without preload too.
$alice = $node->session('postgres', user => 'alice');
my $id = $alice->query("SELECT export.run(\$q\$@{[ ExportCluster::rows_query(20_000) ]}\$q\$)");
is($watch->query("SELECT file IS NOT NULL FROM export._artifact WHERE id = '$id'"),
    't', 'a document in the directory');
$alice->quit;

# The background needs the preload, and says so.
$alice = $node->session('postgres', user => 'alice');
for my $call ("export.submit('SELECT 1')", "export.wait('$id')") {
    (undef, $messages) = $alice->try_query("SELECT $call");
    like(
        $messages,
        qr/ERROR:  55000:.*HINT:.*shared_preload_libraries = 'export'/s,
        "$call names the line to add");
}
is($alice->query('SELECT count(*) FROM export.progress'), '0', 'progress is empty');
$alice->quit;

# For pools: every new session of the database has the formats.
$watch->query("ALTER DATABASE postgres SET session_preload_libraries = 'export'");
$alice = $node->session('postgres', user => 'alice');
is($alice->query($copy), '{"a":1}', 'session_preload_libraries gives the formats at once');
is($alice->query('SHOW export.table_limit'), '256kB', 'and the settings');
$alice->quit;

# A database without the extension: the formats say what is missing.
$watch->query('CREATE DATABASE other');
my $other = $node->session('other');
is($other->sqlstate($copy), '22023', 'where nothing is loaded the core refuses');
$other->query("LOAD 'export'");
(undef, $messages) = $other->try_query($copy);
like(
    $messages,
    qr/ERROR:  55000: COPY format "jsonl" needs the extension "export"/,
    'where it is loaded, we do');
is($other->query('COPY (SELECT 1 AS a) TO STDOUT WITH (FORMAT csv)'), '1',
    'csv works all the same');
$other->quit;

$node->check_invariants;
$watch->quit;
$node->stop;
$node->check_log;
done_testing();
