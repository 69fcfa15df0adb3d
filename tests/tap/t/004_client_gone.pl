# The client is killed while it receives a document: the backend notices, says so and ends.
use strict;
use warnings;

use ExportCluster;
use Test::More;

my $node = ExportCluster->create('main', conf => "export.table_limit = '256kB'\n");
$node->install;
my $watch = $node->session;
my $holder = $node->session;

my $waits = ExportCluster::rows_query(20_000, 15_000);
my %doors = (
    'COPY to the client' => [ copy => "COPY ($waits) TO STDOUT WITH (FORMAT jsonl)" ],
    'compressed COPY' =>
      [ copy => "COPY ($waits) TO STDOUT WITH (FORMAT jsonl, compression 'gzip')" ],
    stream => [ stream => "SELECT export.stream(\$q\$$waits\$q\$)" ],);

# Waits until the audit says how the one attempt of that session has ended.
sub aborted {
    my ($session) = @_;
    my $pid = $session->pid;
    return $watch->poll(<<"SQL");
SELECT string_agg(coalesce(outcome, phase), ',' ORDER BY phase) = 'intent,aborted'
FROM export._audit WHERE backend_pid = $pid
SQL
}

# While the query waits the client dies; then the query goes on and has nobody to write to.
for my $door (sort keys %doors) {
    my ($kind, $sql) = @{ $doors{$door} };
    my $alice = $node->session('postgres', user => 'alice');
    my $since = -s $node->logfile;
    $holder->query('SELECT pg_advisory_lock(42)');
    $alice->begin($sql);
    $watch->poll_blocked($alice);
    $alice->kill_client;
    $holder->query('SELECT pg_advisory_unlock(42)');
    $watch->poll_gone($alice->pid);

    my @events = $node->log_events($since);
    is(scalar @events, 1, "$door: one event");
    like(
        $events[0],
        qr/"kind": "$kind", "outcome": "aborted".*"rows": [1-9]\d*, "bytes": [1-9]/,
        "$door: the log says aborted, and how much had left");
    ok(aborted($alice), "$door: so does the audit row");
    ok($node->log_contains('connection to client lost', $since), "$door: the backend says why");
}

# Between two FETCHes of a stream.
my $alice = $node->session('postgres', user => 'alice');
my $since = -s $node->logfile;
my $rows = ExportCluster::rows_query(20_000);
$alice->query("BEGIN; DECLARE c CURSOR FOR SELECT length(export.stream(\$q\$$rows\$q\$))");
is($alice->query('FETCH 1 FROM c'), '262144', 'a cursor has begun');
$alice->kill_client;
$watch->poll_gone($alice->pid);
my @events = $node->log_events($since);
is(scalar @events, 1, 'cursor: one event');
like(
    $events[0],
    qr/"kind": "stream", "outcome": "aborted".*"rows": [1-9]/,
    'cursor: the log says aborted');
ok(aborted($alice), 'cursor: so does the audit row');
$node->check_invariants('postgres', 'by clients that died');

# A document and a file need no client: they are finished, unless the server is told to look.
my $target = $node->files . '/target';
for
  my $sql ("SELECT export.run(\$q\$$waits\$q\$)", "COPY ($waits) TO '$target' WITH (FORMAT jsonl)")
{
    my ($kind) = $sql =~ /(run|COPY)/;
    $kind = lc $kind;
    for my $looks (1, 0) {
        $alice = $node->session(
            'postgres',
            user => 'alice',
            options => $looks ? '-c client_connection_check_interval=50ms' : '');
        my $completed = "SELECT count(*) FROM export._audit WHERE outcome = 'completed'";
        my $audited = $watch->query($completed);
        $since = -s $node->logfile;
        $holder->query('SELECT pg_advisory_lock(42)');
        $alice->begin($sql);
        $watch->poll_blocked($alice);
        $alice->kill_client;
        $watch->poll_gone($alice->pid) if $looks;
        $holder->query('SELECT pg_advisory_unlock(42)');
        $watch->poll_gone($alice->pid);
        @events = $node->log_events($since);
        my $outcome = $looks ? 'aborted' : 'completed';
        is(scalar @events, 1, "$kind: one event");
        like($events[0], qr/"kind": "$kind", "outcome": "$outcome"/, "$kind: $outcome");
        is($watch->query($completed) - $audited, $looks ? 0 : 1, "$kind: audit row");
        ok(aborted($alice), "$kind: audit row of what was aborted") if $looks;
        is(-e $target ? 1 : 0, $looks ? 0 : 1, 'copy: the file') if $kind eq 'copy';
    }
}
is($watch->query('SELECT rows FROM export._artifact'), '20000', 'the document is whole');

$_->quit for $holder;
$node->check_invariants;
$watch->quit;
$node->stop;
$node->check_log;
done_testing();
