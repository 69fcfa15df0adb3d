# Nothing leaves the server, and no query of an export starts, before the intent is durable; and
# whatever becomes of the attempt can be found.
use strict;
use warnings;

use ExportCluster;
use Test::More;
use Time::HiRes qw(time);

my $node = ExportCluster->create('main', conf => <<'CONF');
restart_after_crash = on
max_worker_processes = 16
export.max_databases = 2
export.audit_timeout = '1s'
CONF
my @killed;
my $stream = q(SELECT length(export.stream('SELECT 1 AS a')));
my $no_bytes = q(SELECT encode(export.stream('SELECT 1 AS byte_that_leaked'), 'escape'));
my %doors = (
    run => q(SELECT export.run('SELECT 1 AS a')),
    stream => $stream,
    copy => 'COPY (SELECT 1 AS a) TO STDOUT WITH (FORMAT jsonl)',
    preview => q(SELECT export.preview('SELECT 1 AS a')),
);

sub writer {
    my ($watch, $database) = @_;
    $database //= 'postgres';
    my $sql = 'SELECT pid FROM pg_stat_activity'
      . " WHERE backend_type = 'export audit writer' AND datname = '$database'";
    $watch->poll("SELECT EXISTS ($sql AND state = 'idle')");
    return $watch->query($sql);
}

# What the audit has of the attempts with this query: outcomes, by phase.
sub trace {
    my ($watch, $query) = @_;
    return $watch->query(<<"SQL");
SELECT coalesce(string_agg(coalesce(o.outcome, 'none'), ', ' ORDER BY o.outcome), '')
FROM export._audit i LEFT JOIN export._audit o ON o.intent_id = i.intent_id AND o.phase = 'outcome'
WHERE i.phase = 'intent' AND i.query LIKE '%$query%'
SQL
}

# The transaction that creates the extension cannot export: the writer does not see it.
my $watch = $node->session;
my (undef, $messages) = $watch->try_query("BEGIN; CREATE EXTENSION export; $stream; ROLLBACK");
like(
    $messages,
    qr/ERROR:  55000: cannot export in the transaction that created the extension.*HINT:  Commit/s,
    'CREATE EXTENSION in the same transaction');
$watch->query('ROLLBACK');
$node->install;
is($watch->query($stream), '4', 'committed, it can at once');
my $alice = $node->session('postgres', user => 'alice');

# Whatever happens to the transaction, there is a trace.
my @ends = (
    [ 'ROLLBACK', "BEGIN; $stream; ROLLBACK", 'rolled_back' ],
    [ 'savepoint', "BEGIN; SAVEPOINT s; $stream; ROLLBACK TO s; COMMIT", 'rolled_back' ],
    [
        'exception',
        "DO \$\$ BEGIN PERFORM length(export.stream('SELECT 1 AS a')); RAISE EXCEPTION 'no';"
          . ' EXCEPTION WHEN raise_exception THEN NULL; END $$',
        'rolled_back'
    ],
    [ 'error', "SELECT export.stream('SELECT 1 AS a, 1/(i-1) FROM generate_series(1,1) i')", 'aborted' ],
    [ 'error after it', "BEGIN; $stream; SELECT 1/0; COMMIT", 'rolled_back' ],
    [ 'COMMIT', "BEGIN; $stream; COMMIT", 'completed' ],);
for my $case (@ends) {
    my ($name, $sql, $outcome) = @$case;
    my $query = "SELECT 1 AS \"$name\"";
    $sql =~ s/SELECT 1 AS a/$query/;
    $alice->try_query($sql);
    $watch->poll("SELECT EXISTS (SELECT FROM export._audit i JOIN export._audit o USING (intent_id)"
          . " WHERE i.query LIKE '$query%' AND i.phase = 'intent' AND o.phase = 'outcome')");
    is(trace($watch, $name), $outcome, "$name leaves its trace");
}
is($watch->query('SELECT count(*) FROM export.audit_unresolved'), '0', 'all of them are resolved');

# A writer that does not answer: in time an error, and no bytes.
my $writer = writer($watch);
kill 'STOP', $writer;
for my $door (sort keys %doors) {
    my $sql = $doors{$door} =~ s/AS a/AS byte_that_leaked/r;
    my $since = time;
    my ($bytes, $said) = $alice->try_query($sql);
    like(
        $said,
        qr/ERROR:  55000: the intent to export could not be recorded within 1000 ms.*has not answered/s,
        "$door while the writer is stopped");
    unlike($bytes, qr/byte_that_leaked/, "$door: no bytes");
    cmp_ok(time - $since, '>=', 0.9, "$door has waited");
}
$alice->begin($no_bytes);
my $pid = $alice->pid;
$watch->poll("SELECT wait_event = 'Extension' FROM pg_stat_activity WHERE pid = $pid");
$watch->query("SELECT pg_cancel_backend($pid)");
my ($bytes, $said) = $alice->end;
like($said, qr/ERROR:  57014/, 'the wait can be cancelled');
kill 'CONT', $writer;
is($alice->query($stream), '4', 'it goes on when the writer does');
is( $watch->query(
        q(SELECT count(*) FROM export._audit WHERE query LIKE '%byte_that_leaked%' AND phase = 'outcome')
    ),
    '0',
    'no export of these');
$watch->poll("SELECT count(*) = 5 FROM export._audit WHERE phase = 'denied' AND intent = 'none'"
      . " AND intent_id IS NOT NULL");
is($watch->query('SELECT count(*) FROM export.audit_unresolved'), '0', 'and none is unresolved');

# A lock on the audit table: of somebody else, and one's own.
$watch->query('BEGIN; LOCK TABLE export._audit IN SHARE MODE');
(undef, $said) = $alice->try_query($no_bytes);
like($said, qr/ERROR:  55P03: .*HINT:  Somebody has locked export._audit/s, 'a lock');
(undef, $said) = $watch->try_query($no_bytes);
like($said, qr/ERROR:  55000: cannot export in a transaction that holds a lock on the audit table/,
    'a lock of this transaction');
$watch->query('ROLLBACK');
is($alice->query($stream), '4', 'it goes on without the lock');

$watch->query('BEGIN; LOCK TABLE export._artifact_chunk');
$alice->begin(q(SELECT length(export.stream('SELECT 2 AS while_locked'))));
$watch->poll_blocked($alice);
is(trace($watch, 'while_locked'), 'none', 'a lock on another table is not in the way of the intent');
$watch->query('ROLLBACK');
is(($alice->end)[0], "15\n", 'and the export goes on after it');

# The writer ends: another comes, and who waits gets the answer.
$node->append_conf('postgresql.conf', "export.audit_timeout = '20s'\n");
$node->reload;
$watch->poll("SELECT current_setting('export.audit_timeout') = '20s'");
$writer = writer($watch);
kill 'STOP', $writer;
my @waiting = map { $node->session('postgres', user => 'alice') } 1 .. 3;
$_->begin($stream) for @waiting;
for my $session (@waiting) {
    my $waits = $session->pid;
    $watch->poll("SELECT wait_event = 'Extension' FROM pg_stat_activity WHERE pid = $waits");
}
$watch->query("SELECT pg_terminate_backend($writer)");
kill 'CONT', $writer;
is(($_->end)[0], "4\n", 'answered by the next writer') for @waiting;

# SIGKILL of the writer while clients wait: the server restarts, and nothing has left.
$writer = writer($watch);
kill 'STOP', $writer;
$_->begin($no_bytes) for @waiting;
for my $session (@waiting) {
    my $waits = $session->pid;
    $watch->poll("SELECT wait_event = 'Extension' FROM pg_stat_activity WHERE pid = $waits");
}
my $since = -s $node->logfile;
push @killed, $writer;
kill 'KILL', $writer;
$node->await_recovery($since);
for my $session (@waiting) {
    my ($leaked) = $session->abandoned;
    unlike($leaked, qr/byte_that_leaked/, 'no bytes without a durable intent');
}
$_->abandoned for $alice, $watch;
$watch = $node->session;
$alice = $node->session('postgres', user => 'alice');
is($alice->query($stream), '4', 'after the crash it goes on');

# SIGKILL of the exporter once bytes may have left: the intent tells of it.
my $holder = $node->session;
$holder->query('SELECT pg_advisory_lock(42)');
$alice->begin(q(SELECT export.stream('SELECT wait() AS crashed')));
$holder->poll_blocked($alice);
$since = -s $node->logfile;
push @killed, $alice->pid;
kill 'KILL', $alice->pid;
$node->await_recovery($since);
$_->abandoned for $alice, $holder, $watch;
$watch = $node->session;
is(trace($watch, 'crashed'), 'none', 'a crash leaves the intent without an outcome');
is($watch->query(q(SELECT kind || ' ' || query || ' ' || a."session_user" FROM export.audit_unresolved a)),
    'stream SELECT wait() AS crashed alice', 'export.audit_unresolved shows it');

# Each database has its own writer; where there is no room for one, nothing is exported.
$watch->query("CREATE DATABASE $_ TEMPLATE template0") for 'second', 'third';
$node->safe_psql('second', 'CREATE EXTENSION export');
my $second = $node->session('second');
is($second->query($stream), '4', 'a second database');
isnt(writer($watch, 'second'), writer($watch), 'with a writer of its own');
is($second->query(q(SELECT count(*) FROM export.audit WHERE phase = 'intent')),
    '1', 'and its own records');
$node->safe_psql('third', 'CREATE EXTENSION export');
my $third = $node->session('third');
(undef, $said) = $third->try_query($no_bytes);
like(
    $said,
    qr/ERROR:  53400: .*This database has no workers.*HINT:  Raise export.max_databases/s,
    'a third is one too many');
$third->quit;

# DROP EXTENSION: the writer leaves, nothing waits, and it can be made again.
$second->query('DROP EXTENSION export');
$watch->poll("SELECT NOT EXISTS (SELECT FROM pg_stat_activity"
      . " WHERE backend_type = 'export audit writer' AND datname = 'second')");
$second->query('CREATE EXTENSION export');
is($second->query($stream), '4', 'CREATE EXTENSION again');
$second->quit;

# Without the preload exports go on without intents, unless those are required.
$watch->quit;
$node->append_conf('postgresql.conf', "shared_preload_libraries = ''\n");
$node->restart;
$watch = $node->session;
is($watch->query($stream), '4', 'without the preload');
is( $watch->query("SELECT string_agg(DISTINCT intent, ',') FROM export.audit WHERE backend_pid = "
          . $watch->pid),
    'none',
    'the row says that it had no intent');
$node->append_conf('postgresql.conf', "export.require_intent = on\n");
$node->reload;
$watch->poll("SELECT current_setting('export.require_intent') = 'on'");
(undef, $said) = $watch->try_query($no_bytes);
like($said, qr/ERROR:  55000: cannot execute export.stream\(\) without a durable intent/,
    'export.require_intent refuses it');

$watch->quit;
$node->stop;
$node->check_log(@killed);
done_testing();
