# No space: a clear error, the file gone, the server healthy.
use strict;
use warnings;

use ExportCluster;
use PostgreSQL::Test::Utils;
use Test::More;

# More than the small file system has, even compressed; but not more than the table may take.
my $huge = ExportCluster::rows_query(600_000);
my $node = ExportCluster->create('main', conf => "export.table_limit = '64MB'\n");
$node->install;
my $watch = $node->session;
my $alice = $node->session('postgres', user => 'alice');
my $small_fs = $ENV{EXPORT_SMALL_FS};

sub available {
    my ($out) = run_command([ 'df', '--output=avail', '-B1', $small_fs ]);
    return ($out =~ /(\d+)\s*$/)[0];
}

# After the error: nothing stored, nothing open, and the same session can go on.
sub is_healthy {
    my ($name) = @_;
    is(
        $watch->query(
            'SELECT (SELECT count(*) FROM export._artifact), (SELECT count(*) FROM export._artifact_chunk),'
              . ' (SELECT count(*) FROM pg_ls_tmpdir())'
        ),
        '0|0|0',
        "$name: nothing stored, no temporary file");
    is_deeply([ $node->documents_on_disk ], [], "$name: no document on disk");
    is_deeply([ $node->open_files($alice->pid) ], [], "$name: no open file");
    my $id = $alice->query("SELECT export.run('SELECT 1 AS a')");
    is($alice->query("SELECT encode(export.read('$id'), 'escape')"),
        "a\n1\n", "$name: the next export works");
    $alice->query("SELECT export.drop_artifact('$id')");
    $watch->query('DELETE FROM export._artifact_drop; DELETE FROM export._artifact');
    return;
}

# The spool of a document obeys temp_file_limit.
$watch->query("ALTER ROLE alice SET temp_file_limit = '2MB'");
$alice->quit;
$alice = $node->session('postgres', user => 'alice');
is($alice->sqlstate("SELECT export.run(\$q\$$huge\$q\$)"), '53400', 'temp_file_limit');
is_healthy('temp_file_limit');
$alice->query("SET work_mem = '64kB'");
is($alice->sqlstate("SELECT count(*) FROM export.stream(\$q\$$huge\$q\$)"),
    '53400', 'temp_file_limit of a stream in FROM, which PostgreSQL spools');
is($alice->sqlstate("SELECT count(*) FROM (SELECT export.stream(\$q\$$huge\$q\$)) s"),
    '53400', 'and of what the query itself spools');
$alice->query('RESET work_mem');
is($alice->query("COPY (SELECT count(*) AS n FROM ($huge) q) TO STDOUT WITH (FORMAT jsonl)"),
    '{"n":600000}', 'COPY needs no temporary file');
is_healthy('temp_file_limit of a stream');
$watch->query('ALTER ROLE alice RESET temp_file_limit');
$alice->quit;
$alice = $node->session('postgres', user => 'alice');

SKIP: {
    skip 'no small file system: only root can mount one', 1 unless $small_fs;
    my $free = available();
    cmp_ok($free, '<', 9_000_000, 'the file system is small');

    # The directory.
    mkdir "$small_fs/documents", 0700 or die $!;
    $watch->query("ALTER SYSTEM SET export.directory = '$small_fs/documents'");
    $watch->query("ALTER SYSTEM SET export.table_limit = '256kB'");
    $watch->query('SELECT pg_reload_conf()');
    $watch->poll("SELECT current_setting('export.table_limit') = '256kB'");
    $alice->quit;
    $alice = $node->session('postgres', user => 'alice');
    my $folder_only = available();

    for my $options ('{}', '{"compression": "gzip"}', '{"compression": "zstd"}') {
        my (undef, $messages) =
          $alice->try_query("SELECT export.run(\$q\$$huge\$q\$, 'jsonl', '$options')");
        is(ExportSession::sqlstate_of($messages), '53100', "a full directory, $options");
        like(
            $messages,
            qr/could not write file ".*\.part": No space left on device/,
            'the error names the file');
        is_deeply([ ExportCluster::files_below($small_fs) ], [], 'the part file is gone');
        cmp_ok(available(), '>', $folder_only - 100_000, 'and so is what it took');
        is_healthy('a full directory');
    }
    my $fits = ExportCluster::rows_query(50_000);
    my $id = $alice->query("SELECT export.run(\$q\$$fits\$q\$)");
    is(scalar(my @files = ExportCluster::files_below($small_fs)), 1, 'what fits is stored');
    is(
        $alice->query(
                "SELECT sum(length(piece)) = (SELECT bytes FROM export.artifacts WHERE id = '$id')"
              . " FROM (SELECT export.read('$id') AS piece) p"
        ),
        't',
        'and reads');
    $alice->query("SELECT export.drop_artifact('$id')");
    is_deeply([ ExportCluster::files_below($small_fs) ], [], 'and goes');
    $watch->query('DELETE FROM export._artifact_drop; DELETE FROM export._artifact');

    # COPY to a file.
    for my $format ('jsonl', 'export_csv', 'raw') {
        my $query =
          $format eq 'raw'
          ? "SELECT convert_to(repeat(md5(i::text), 1000), 'UTF8') FROM generate_series(1, 1000) i"
          : $huge;
        append_to_file("$small_fs/target", 'old');
        my (undef, $messages) =
          $alice->try_query("COPY ($query) TO '$small_fs/target' WITH (FORMAT $format)");
        is(ExportSession::sqlstate_of($messages), '53100', "COPY $format to a full file system");
        is_deeply([ ExportCluster::files_below($small_fs) ], ['target'], 'leaves no half file');
        is(slurp_file("$small_fs/target"), 'old', 'and the old content');
        unlink "$small_fs/target";
        is_healthy("COPY $format to a full file system");
    }

    # Temporary files: the spool of a document, and what the query itself spills.
    mkdir "$small_fs/space", 0700 or die $!;
    $watch->query("CREATE TABLESPACE small LOCATION '$small_fs/space'");
    $watch->query('GRANT CREATE ON TABLESPACE small TO PUBLIC');
    $watch->query("ALTER SYSTEM SET export.table_limit = '64MB'");
    $watch->query('SELECT pg_reload_conf()');
    $watch->poll("SELECT current_setting('export.table_limit') = '64MB'");
    $alice->quit;
    $alice = $node->session('postgres', user => 'alice');
    $alice->query('SET temp_tablespaces = small');
    is($alice->sqlstate("SELECT export.run(\$q\$$huge\$q\$)"),
        '53100', 'a full temporary tablespace: the spool');
    is_deeply([ grep { /pgsql_tmp/ } ExportCluster::files_below("$small_fs/space") ],
        [], 'no temporary file is left');
    is_healthy('the spool');
    $alice->query("SET work_mem = '64kB'");

    for my $sql (
        "SELECT export.run(\$q\$$huge ORDER BY 2\$q\$)",
        "COPY ($huge ORDER BY 2) TO STDOUT WITH (FORMAT jsonl)",
        "SELECT export.stream(\$q\$$huge ORDER BY 2\$q\$)",
        "SELECT export.preview(\$q\$$huge ORDER BY 2\$q\$)")
    {
        my $name = ($sql =~ /(run|COPY|stream|preview)/)[0] . ', a sort';
        is($alice->sqlstate($sql), '53100', "a full temporary tablespace: $name");
        is_deeply([ grep { /pgsql_tmp/ } ExportCluster::files_below("$small_fs/space") ],
            [], "$name: no temporary file is left");
        is_healthy($name);
    }
    $alice->query('RESET temp_tablespaces');
    $watch->query('DROP TABLESPACE small');
}

$alice->quit;
$node->check_invariants;
$watch->quit;
$node->stop;
$node->check_log;
done_testing();
