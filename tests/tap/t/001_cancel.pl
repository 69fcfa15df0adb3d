# A cancelled or timed-out export leaves nothing behind, wherever it was, and the session goes on.
use strict;
use warnings;

use ExportCluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = ExportCluster->create('main', conf => "export.table_limit = '2MB'\n");
$node->install;
my $watch = $node->session;
my $holder = $node->session;
my $alice = $node->session('postgres', user => 'alice');
my $target = $node->files . '/target';

sub documents_named {
    my ($pattern) = @_;
    return grep { /$pattern/ } $node->documents_on_disk;
}

sub files_named {
    my ($pattern) = @_;
    return grep { /$pattern/ } ExportCluster::files_below($node->files);
}
sub spool_exists { return $watch->query('SELECT count(*) > 0 FROM pg_ls_tmpdir()') eq 't'; }

# Each way to export: its size, the row to stop at, and what is on disk while it stands there.
my %doors = (
    'run into a table' => {
        rows => 40_000,
        stop => 35_000,
        sql => sub { "SELECT export.run(\$q\$$_[0]\$q\$, 'csv')" },
        exists => { row => \&spool_exists },
    },
    'run into the directory' => {
        rows => 100_000,
        stop => 90_000,
        sql => sub { "SELECT export.run(\$q\$$_[0]\$q\$, 'jsonl')" },
        exists => {
            row => sub { documents_named('\.part$') == 1 },
            finish => sub { documents_named('\d$') == 1 && !documents_named('\.part$') },
        },
    },
    'run of a workbook' => {
        rows => 60_000,
        stop => 55_000,
        sql => sub { "SELECT export.run(\$q\$$_[0]\$q\$, 'xlsx')" },
        exists => {
            row => sub { documents_named('\.part$') == 1 },
            finish => sub { documents_named('\d$') == 1 && !documents_named('\.part$') },
        },
    },
    'run of pages' => {
        rows => 60_000,
        stop => 55_000,
        sql => sub { "SELECT export.run(\$q\$$_[0]\$q\$, 'pdf')" },
        exists => {
            row => sub { documents_named('\.part$') == 1 },
            finish => sub { documents_named('\d$') == 1 && !documents_named('\.part$') },
        },
    },
    'stream of a workbook' => {
        rows => 2_000,
        stop => 1_500,
        sql => sub { "SELECT length(export.stream(\$q\$$_[0]\$q\$, 'xlsx'))" },
    },
    stream => {
        rows => 20_000,
        stop => 15_000,
        sql => sub { "SELECT length(export.stream(\$q\$$_[0]\$q\$, 'json'))" },
    },
    'COPY to the client' => {
        rows => 20_000,
        stop => 15_000,
        sql => sub { "COPY ($_[0]) TO STDOUT WITH (FORMAT jsonl)" },
    },
    'COPY to a file' => {
        rows => 20_000,
        stop => 15_000,
        sql => sub { "COPY ($_[0]) TO '$target' WITH (FORMAT jsonl)" },
        exists => {
            row => sub { files_named('\.partial') == 1 },
            finish => sub { files_named('\.partial') == 1 },
        },
    },
    preview => {
        rows => 20,
        stop => 10,
        sql => sub { "SELECT export.preview(\$q\$$_[0]\$q\$)" },
    },);

# Where the export waits, and who keeps it waiting.  At the end it waits to write its rows.
my $by_advisory_lock = [ 'SELECT pg_advisory_lock(42)', 'SELECT pg_advisory_unlock(42)' ];
my $by_table_lock = [ 'BEGIN; LOCK TABLE export._artifact_share', 'COMMIT' ];
my @stages = (
    [   planning => sub { "SELECT wait_in_planner() FROM generate_series(1, $_[0])" },
        $by_advisory_lock
    ],
    [
        'first row' => sub {
            "SELECT i FROM generate_series(1, $_[0]) i ORDER BY i + CASE WHEN i = 5"
              . ' THEN wait() ELSE 0 END';
        },
        $by_advisory_lock
    ],
    [ row => \&ExportCluster::rows_query, $by_advisory_lock ],
    [ finish => sub { ExportCluster::rows_query($_[0]) }, $by_table_lock ],);

my $state = <<'SQL';
SELECT (SELECT count(*) FROM export._artifact), (SELECT count(*) FROM export._artifact_chunk),
       (SELECT count(*) FROM export._audit WHERE outcome = 'completed'),
       (SELECT count(*) FROM pg_ls_tmpdir())
SQL

# Nothing may be on disk, in a table or open in the backend that was not there before.
sub is_clean {
    my ($before, $name) = @_;
    is($watch->query($state), $before, "$name: no row and no temporary file");
    is_deeply([ $node->documents_on_disk, files_named('.') ], [], "$name: no file");
    is_deeply([ $node->open_files($alice->pid) ], [], "$name: no open file");
    is($alice->query("SELECT 'alive'"), 'alive', "$name: the session goes on");
    return;
}

for my $door (sort keys %doors) {
    my %door = %{ $doors{$door} };
    for (@stages) {
        my ($stage, $query, $lock) = @$_;
        my $sql = $door{sql}->($query->($door{rows}, $door{stop}));
        my $before = $watch->query($state);
        $holder->query($lock->[0]);

        $alice->begin($sql);
        $watch->poll_blocked($alice);
        my $exists = $door{exists}{$stage};
        ok($exists->(), "$door, $stage: it is half done") if $exists;
        $watch->query('SELECT pg_cancel_backend(' . $alice->pid . ')');
        my (undef, $messages) = $alice->end;
        is(ExportSession::sqlstate_of($messages), '57014', "$door, $stage: cancelled");
        like($messages, qr/due to user request/, "$door, $stage: by the user");

        # However slow the machine: the lock is held until the timeout has struck.
        $alice->query("SET statement_timeout = '300ms'");
        (undef, $messages) = $alice->try_query($sql);
        is(ExportSession::sqlstate_of($messages), '57014', "$door, $stage: timed out");
        like($messages, qr/due to statement timeout/, "$door, $stage: by the timeout");
        $alice->query('RESET statement_timeout');

        $holder->query($lock->[1]);
        is_clean($before, "$door, $stage");

        # Terminated: the session is gone, and so is all it had begun.
        $holder->query($lock->[0]);
        $alice->begin($sql);
        $watch->poll_blocked($alice);
        $watch->query('SELECT pg_terminate_backend(' . $alice->pid . ')');
        is(ExportSession::sqlstate_of(($alice->abandoned)[1]), '57P01',
            "$door, $stage: terminated");
        $watch->poll_gone($alice->pid);
        $holder->query($lock->[1]);
        $alice = $node->session('postgres', user => 'alice');
        is_clean($before, "$door, $stage, terminated");
    }
}

# What was cancelled works when it is let through, in the same session.
for my $door (sort keys %doors) {
    my %door = %{ $doors{$door} };
    is($alice->sqlstate($door{sql}->(ExportCluster::rows_query($door{rows}, $door{stop}))),
        '00000', "$door: completes");
}
is(
    $watch->query(
        "SELECT string_agg(kind || ' ' || rows, ', ' ORDER BY kind, rows) FROM export._audit"
          . " WHERE outcome = 'completed'"
    ),
    'copy 20000, copy 20000, preview 20, run 40000, run 60000, run 60000, run 100000,'
      . ' stream 2000, stream 20000',
    'and is audited');
unlink $target or die "unlink $target: $!";

# read: at its beginning, then between two chunks (of a table) or before its audit row (of a file).
# A reader keeps the tables that it has read locked, so the second lock is on another one.
for my $rows (40_000, 100_000) {
    my $id = $watch->query("SELECT id FROM export._artifact WHERE rows = $rows");
    my $name = "read of $rows rows";
    my $before = $watch->query($state);
    my $files = [ $node->documents_on_disk ];

    $holder->query($by_table_lock->[0]);
    $alice->begin("SELECT length(export.read('$id'))");
    $watch->poll_blocked($alice);
    $watch->query('SELECT pg_cancel_backend(' . $alice->pid . ')');
    is(ExportSession::sqlstate_of(($alice->end)[1]), '57014', "$name: cancelled at its beginning");
    $holder->query($by_table_lock->[1]);

    $alice->query("BEGIN; DECLARE c CURSOR FOR SELECT length(export.read('$id'))");
    is($alice->query('FETCH 1 FROM c'), '262144', "$name: the first chunk");
    $holder->query('BEGIN; LOCK TABLE export._audit');
    $alice->begin('FETCH ALL FROM c');
    $watch->poll_blocked($alice);
    $watch->query('SELECT pg_cancel_backend(' . $alice->pid . ')');
    is(ExportSession::sqlstate_of(($alice->end)[1]), '57014', "$name: cancelled on the way");
    $alice->query('ROLLBACK');
    $holder->query($by_table_lock->[1]);

    is($watch->query($state), $before, "$name: no row and no temporary file");
    is_deeply([ $node->documents_on_disk ], $files, "$name: no file came or went");
    is_deeply([ $node->open_files($alice->pid) ], [], "$name: no open file");
    is( $alice->query("SELECT sum(length(piece)) FROM (SELECT export.read('$id') AS piece) p"),
        $watch->query("SELECT bytes FROM export._artifact WHERE id = '$id'"),
        "$name: completes");
}

$_->quit for $alice, $holder;
$node->check_invariants;
$watch->quit;
$node->stop;
$node->check_log;
done_testing();
