# The checks that end every file here see what they are there for.
use strict;
use warnings;

use ExportCluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = ExportCluster->create('main', conf => "export.table_limit = '256kB'\n");
$node->install;
my $session = $node->session;
my $id = $session->query("SELECT export.run('SELECT 1')");
my $large_id =
  $session->query("SELECT export.run(\$q\$@{[ ExportCluster::rows_query(20_000) ]}\$q\$)");
my $dropped_id = $session->query("SELECT export.run('SELECT 2')");
$session->query("SELECT export.drop_artifact('$dropped_id')");
is_deeply([ ExportCluster::broken_invariants($session) ], [], 'at first all is well');

# What is done, how it is undone, and which check sees it.
my $unequal = 'document without an equal audit row';
my $unowned = 'chunks that no readable document owns';
my $copy_chunk = 'INSERT INTO export._artifact_chunk SELECT %s, coding, plain_size, data'
  . " FROM export._artifact_chunk WHERE artifact = '$id'";
for (
    [   "UPDATE export._audit SET rows = rows + 1 WHERE artifact_id = '$id' AND kind = 'run'",
        "UPDATE export._audit SET rows = rows - 1 WHERE artifact_id = '$id' AND kind = 'run'",
        $unequal
    ],
    [   "UPDATE export._audit SET bytes = bytes + 1 WHERE artifact_id = '$large_id' AND kind = 'run'",
        "UPDATE export._audit SET bytes = bytes - 1 WHERE artifact_id = '$large_id' AND kind = 'run'",
        $unequal
    ],
    [   "UPDATE export._audit SET kind = 'nur' WHERE artifact_id = '$large_id' AND kind = 'run'",
        "UPDATE export._audit SET kind = 'run' WHERE artifact_id = '$large_id' AND kind = 'nur'",
        $unequal
    ],
    [   "UPDATE export._artifact SET delivered_sha256 = sha256(delivered_sha256) WHERE id = '$large_id'",
        "UPDATE export._artifact SET delivered_sha256 = sha256 WHERE id = '$large_id'",
        'readable document whose bytes are not those recorded'
    ],
    [   sprintf($copy_chunk, "'$dropped_id', number"),
        "DELETE FROM export._artifact_chunk WHERE artifact = '$dropped_id'",
        $unowned
    ],
    [   sprintf($copy_chunk, "'00000000-0000-4000-8000-000000000000', number"),
        "DELETE FROM export._artifact_chunk WHERE artifact = '00000000-0000-4000-8000-000000000000'",
        $unowned
    ],
    [   sprintf($copy_chunk, 'artifact, 7'),
        'DELETE FROM export._artifact_chunk WHERE number = 7',
        'document in the table without all its chunks'
    ])
{
    my ($harm, $undo, $check) = @$_;
    $session->query($harm);
    is_deeply([ ExportCluster::broken_invariants($session) ], [$check], $check);
    $session->query($undo);
    is_deeply([ ExportCluster::broken_invariants($session) ], [], 'undone');
}

my $temporary = $node->data_dir . '/base/pgsql_tmp';
mkdir $temporary, 0700;
append_to_file("$temporary/pgsql_tmp1.1", 'x');
is_deeply([ ExportCluster::broken_invariants($session) ], ['temporary file'], 'temporary file');
unlink "$temporary/pgsql_tmp1.1";

my ($on_disk, $owned) = $node->document_files($session);
is_deeply($on_disk, $owned, 'on disk is what should be');
my $document = $node->documents . "/$on_disk->[0]";
append_to_file("$document.part", 'x');
($on_disk, $owned) = $node->document_files($session);
cmp_ok(@$on_disk, '>', @$owned, 'a part file is seen');
unlink "$document.part";
rename $document, "$document.away";
($on_disk, $owned) = $node->document_files($session);
isnt("@$on_disk", "@$owned", 'a missing file is seen');
rename "$document.away", $document;

$session->quit;
$node->check_invariants;
$node->stop;
$node->check_log;
done_testing();
