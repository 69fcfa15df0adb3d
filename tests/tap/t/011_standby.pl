# A hot standby, and read-only transactions on the primary: what needs a row is refused, what does
# not may run with the log as its record.
use strict;
use warnings;

use ExportCluster;
use Test::More;

my $primary = ExportCluster->create(
    'primary',
    init => { allows_streaming => 1 },
    conf => "export.table_limit = '256kB'\n");
$primary->install;
my $large = ExportCluster::rows_query(20_000);
$primary->safe_psql('postgres',
    'CREATE TABLE t AS SELECT i AS a FROM generate_series(1, 3) i; GRANT SELECT ON t TO alice');
my $on_primary = $primary->session('postgres', user => 'alice');
my $id = $on_primary->query("SELECT export.run('SELECT a FROM t', 'jsonl')");
my $file_id = $on_primary->query("SELECT export.run(\$q\$$large\$q\$)");

$primary->backup('backup');
my $standby = ExportCluster->new('standby');
$standby->init_from_backup($primary, 'backup', has_streaming => 1);
mkdir $standby->documents, 0700 or die $!;
$standby->append_conf('postgresql.conf', "export.directory = '" . $standby->documents . "'\n");
$standby->start;
$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));

my $document = qq({"a":1}\n{"a":2}\n{"a":3}\n);
my @writes = (
    "SELECT export.run('SELECT a FROM t')",
    "SELECT export.rerun('$id')",
    "SELECT export.drop_artifact('$id')",
    "SELECT export.share('$id', 'export_auditor')",
    "SELECT export.unshare('$id', 'export_auditor')",);
my %reads = (
    stream => [ "SELECT encode(export.stream('SELECT a FROM t', 'jsonl'), 'escape')", $document ],
    copy => [ 'COPY (SELECT a FROM t) TO STDOUT WITH (FORMAT jsonl)', $document =~ s/\n$//r ],
    preview => [ "SELECT export.preview('SELECT a FROM t') -> 'rows'", '[["1"], ["2"], ["3"]]' ],
    read => [ "SELECT encode(export.read('$id'), 'escape')", $document ],
    raw =>
      [ "COPY (SELECT export.read('$id')) TO STDOUT WITH (FORMAT raw)", $document =~ s/\n$//r ],);

# begin: what makes a session of that node read-only; end: what undoes it after an error.
sub check_read_only {
    my ($node, $name, $begin, $end) = @_;
    my $alice = $node->session('postgres', user => 'alice');
    my $refused = sub {
        my ($sql, $hint) = @_;
        $alice->query($begin) if $begin;
        my (undef, $messages) = $alice->try_query($sql);
        $alice->query($end) if $end;
        is(ExportSession::sqlstate_of($messages), '25006', "$name: $sql is refused");
        like($messages, $hint, 'with what to do instead');
    };
    $refused->($_, qr/HINT:  Use a read-write transaction on the primary server/) for @writes;

    # On a primary server the audit writer records what needs no row of its own.
    my $recorded = $node == $primary;
    if (!$recorded) {
        $refused->($reads{$_}[0], qr/HINT:  .*export\.audit_read_only/) for sort keys %reads;
    }
    $alice->query($begin) if $begin;
    is(
        $alice->query(
            'SELECT export.version() IS NOT NULL AND (SELECT count(*) FROM export.formats()) > 10'),
        't',
        "$name: what leaves no trace works");
    cmp_ok($alice->query('SELECT count(*) FROM export.artifacts'),
        '>=', 2, "$name: so does the history");
    $alice->query($end) if $end;
    $alice->quit;

    $node->append_conf('postgresql.conf', "export.audit_read_only = 'log'\n");
    $node->reload;
    my $watch = $node->session;
    $watch->poll("SELECT current_setting('export.audit_read_only') = 'log'");
    $alice = $node->session('postgres', user => 'alice');
    my $count = "SELECT count(*) FROM export._audit WHERE session_user_name = 'alice'"
      . " AND phase = 'outcome'";
    my $audited = $watch->query($count);
    $refused->($_, qr/HINT:  Use a read-write transaction on the primary server/) for @writes;
    for my $kind (sort keys %reads) {
        my $since = -s $node->logfile;
        $alice->query($begin) if $begin;
        is($alice->query($reads{$kind}[0]), $reads{$kind}[1], "$name, log: $kind works");
        $alice->query($end) if $end;
        my @events = $node->log_events($since);
        my $logged = $kind eq 'raw' ? 'read' : $kind;
        is(scalar @events, 1, "$name, log: one line for $kind");
        like(
            $events[0] // '',
            qr/"kind": "$logged", "outcome": "completed".*"rows": \d+, "bytes": [1-9]/,
            "$name, log: which says what was done");
    }
    my $sum = "SELECT sum(length(p)) FROM (SELECT export.read('$file_id') AS p) r";
    $alice->query($begin) if $begin;
    if ($node == $primary) {
        is( $alice->query($sum),
            $watch->query("SELECT bytes FROM export._artifact WHERE id = '$file_id'"),
            "$name, log: a document of the directory");
    } else {

        # Each server has a directory of its own; nothing of PostgreSQL replicates it.
        is($alice->sqlstate($sum), '58P01', "$name, log: a document of the directory is not here");
    }
    $alice->query($end) if $end;
    my $since = -s $node->logfile;
    $alice->query($begin) if $begin;
    $alice->try_query("SELECT export.stream('SELECT 1/(3-a) FROM t')");
    $alice->query($end) if $end;
    my @events = $node->log_events($since);
    like(
        $events[0] // '',
        qr/"kind": "stream", "outcome": "aborted"/,
        "$name, log: a failure is logged too");
    if ($recorded) {
        my $expected = $audited + keys(%reads) + 2;
        ok($watch->poll("SELECT ($count) = $expected"), "$name: the audit writer has written rows");
        is($watch->query("$count AND intent <> 'durable'"), '0', "$name: with their intents");
    } else {
        is($watch->query($count), $audited, "$name: no row was written");
    }
    is($watch->query('SELECT count(*) FROM pg_ls_tmpdir()'), '0', "$name: no temporary file");
    $_->quit for $alice, $watch;
    return;
}

check_read_only($standby, 'standby', '', '');
check_read_only($primary, 'read-only transaction', 'BEGIN READ ONLY', 'COMMIT');
my $session =
  $primary->session('postgres', user => 'alice', options => '-c default_transaction_read_only=on');
is($session->sqlstate($writes[0]), '25006', 'a read-only session is refused likewise');
is($session->sqlstate("BEGIN READ WRITE; $writes[0]; COMMIT"), '00000', 'until it says otherwise');
$session->quit;

# Promoted, the standby is like any other server.
$standby->promote;
my $watch = $standby->session;
$watch->poll('SELECT NOT pg_is_in_recovery()');
my $alice = $standby->session('postgres', user => 'alice');
is($alice->sqlstate($writes[0]), '00000', 'after promotion run works');
is($watch->query('SELECT count(*) FROM export._audit') > 2 ? 1 : 0, 1, 'and is audited');
$_->quit for $alice, $watch, $on_primary;

$primary->check_invariants;
$_->stop for $standby, $primary;
$_->check_log for $standby, $primary;
done_testing();
