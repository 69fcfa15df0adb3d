# What a rollback undoes and what it does not: documents go, bytes that left are on record.
use strict;
use warnings;

use ExportCluster;
use Test::More;

my $node = ExportCluster->create('main', conf => <<'CONF');
export.table_limit = '256kB'
max_prepared_transactions = 2
CONF
$node->install;
my $watch = $node->session;
my $alice = $node->session('postgres', user => 'alice');
my $target = $node->files . '/target';

my $small = 'SELECT 1 AS a';
my $large = ExportCluster::rows_query(20_000);
my $marker = 0;

# Returns when the audit writer has written all that it was told before.
sub await_writer {
    $watch->query("BEGIN; SELECT export.preview('SELECT 1 AS a'); ROLLBACK");
    return;
}

# The outcomes of alice's audit rows and of her log lines that came after mark().
sub mark {
    await_writer();
    $watch->query('CREATE TEMP TABLE IF NOT EXISTS seen (event_id uuid)');
    $watch->query('INSERT INTO seen SELECT event_id FROM export._audit');
    $marker = -s $node->logfile;
    return;
}

sub audited {
    await_writer();
    return $watch->query(
            "SELECT coalesce(string_agg(kind || ' ' || outcome, ', ' ORDER BY kind, at), '')"
          . " FROM export._audit WHERE event_id NOT IN (SELECT event_id FROM seen)"
          . " AND session_user_name = 'alice'");
}

sub logged {
    my @lines = map { /"kind": "(\w+)", "outcome": "(\w+)"/ ? "$1 $2" : 'unreadable' }
      grep { /"session_user": "alice"/ } $node->log_events($marker);
    return join ', ', @lines;
}

sub stored {
    return $watch->query('SELECT (SELECT count(*) FROM export._artifact),'
          . ' (SELECT count(*) FROM export._artifact_chunk), (SELECT count(*) FROM export._artifact_drop),'
          . ' (SELECT count(*) FROM export._artifact_share)')
      . '|'
      . join ',', $node->documents_on_disk;
}

sub succeeds {
    my ($sql, $name) = @_;
    is($alice->sqlstate($sql), '00000', $name);
    $alice->try_query('ROLLBACK');    # where the COMMIT was not reached
    return;
}

# A table document, a directory document and what can be done with them, committed.
my $table_id = $alice->query("SELECT export.run('$small')");
my $file_id = $alice->query("SELECT export.run(\$q\$$large\$q\$, 'csv')");
is(scalar(my @files = $node->documents_on_disk), 1, 'one document is in the directory');

my %calls = (
    'run into a table' => [ run => "SELECT export.run('$small')" ],
    'run into the directory' => [ run => "SELECT export.run(\$q\$$large\$q\$, 'jsonl')" ],
    rerun => [ rerun => "SELECT export.rerun('$file_id')" ],
    'drop of a table document' => [ drop => "SELECT export.drop_artifact('$table_id')" ],
    'drop of a file' => [ drop => "SELECT export.drop_artifact('$file_id')" ],
    share => [ share => "SELECT export.share('$table_id', 'export_auditor')" ],
    read => [ read => "SELECT export.read('$file_id')" ],
    stream => [ stream => "SELECT export.stream('$small')" ],
    preview => [ preview => "SELECT export.preview('$small')" ],
    copy => [ copy => "COPY ($small) TO STDOUT WITH (FORMAT jsonl)" ],
    'copy to a file' => [ copy => "COPY ($small) TO '$target' WITH (FORMAT jsonl)" ],);

for my $name (sort keys %calls) {
    my ($kind, $sql) = @{ $calls{$name} };
    my $before = stored();

    mark();
    succeeds("BEGIN; $sql; ROLLBACK", "$name, ROLLBACK");
    is(stored(), $before, "$name, ROLLBACK: nothing stored changed");

    # What changes nothing but the database is undone with its row; bytes may have left.
    is( audited(),
        $kind =~ /^(drop|share)$/ ? '' : "$kind rolled_back",
        "$name, ROLLBACK: the audit row says so");
    is(logged(), "$kind completed, $kind rolled_back", "$name, ROLLBACK: the log has both");

    mark();
    succeeds("BEGIN; SAVEPOINT s; $sql; ROLLBACK TO s; COMMIT", "$name, savepoint");
    is(stored(), $before, "$name, savepoint: nothing stored changed");
    is(audited(), "$kind rolled_back", "$name, savepoint: the audit row says so");
    is(logged(), "$kind completed, $kind rolled_back", "$name, savepoint: the log has both");

    mark();
    succeeds("BEGIN; SAVEPOINT a; SAVEPOINT b; $sql; RELEASE b; ROLLBACK TO a; COMMIT",
        "$name, savepoint in a savepoint");
    is(stored(), $before, "$name, savepoint in a savepoint: nothing stored changed");
    is(audited(), "$kind rolled_back", "$name, savepoint in a savepoint: the audit row says so");

    mark();
    $alice->try_query("BEGIN; $sql; SELECT 1/0; COMMIT");
    is(stored(), $before, "$name, error afterwards: nothing stored changed");
    is(logged(), "$kind completed, $kind rolled_back", "$name, error afterwards: the log has both");

    next if $kind eq 'copy';    # not a statement of PL/pgSQL
    mark();
    succeeds(<<"SQL", "$name, PL/pgSQL exception");
DO \$do\$
BEGIN
    BEGIN
        PERFORM @{[ $sql =~ s/^SELECT //r ]};
        RAISE EXCEPTION 'no';
    EXCEPTION WHEN raise_exception THEN NULL;
    END;
END
\$do\$
SQL
    is(stored(), $before, "$name, PL/pgSQL exception: nothing stored changed");
    is(audited(), "$kind rolled_back", "$name, PL/pgSQL exception: the audit row says so");
    is( logged(),
        "$kind completed, $kind rolled_back",
        "$name, PL/pgSQL exception: the log has both");
}
ok(-s $target, 'a file that COPY has written stays, as with any COPY');
unlink $target;

# An export that itself fails.
for my $sql (
    "SELECT export.run('SELECT 1/(i-5) FROM generate_series(1,10) i')",
    "SELECT export.run(\$q\$SELECT i/(i-19999), md5(i::text)||md5((-i)::text) FROM generate_series(1,20000) i\$q\$)",
    "SELECT export.stream('SELECT 1/(i-5) FROM generate_series(1,10) i')",
    "SELECT export.preview('SELECT 1/(i-5) FROM generate_series(1,10) i')",
    "COPY (SELECT 1/(i-5) FROM generate_series(1,10) i) TO STDOUT WITH (FORMAT jsonl)",
    "COPY (SELECT 1/(i-5) FROM generate_series(1,10) i) TO '$target' WITH (FORMAT jsonl)")
{
    my ($kind) = $sql =~ /(run|stream|preview|COPY)/;
    $kind = lc $kind;
    my $before = stored();
    mark();
    is($alice->sqlstate($sql), '22012', "$kind of a failing query fails");
    is(stored(), $before, "failing $kind: nothing stored");
    is(audited(), "$kind aborted", "failing $kind: the audit row says so");
    is(logged(), "$kind aborted", "failing $kind: the log says aborted");
    ok(!-e $target, "failing $kind: no file");

    next if $kind eq 'copy';
    mark();
    succeeds(
        "DO \$do\$ BEGIN PERFORM @{[ $sql =~ s/^SELECT //r ]};"
          . ' EXCEPTION WHEN division_by_zero THEN NULL; END $do$',
        "failing $kind, caught");
    is(stored(), $before, "failing $kind, caught: nothing stored");
    is(audited(), "$kind aborted", "failing $kind, caught: the audit row says aborted");
}

# A stream that is left early.
mark();
my $stream = "SELECT length(export.stream(\$q\$$large\$q\$))";
succeeds("BEGIN; DECLARE c CURSOR FOR $stream; FETCH 2 FROM c; CLOSE c; COMMIT",
    'a cursor closed early');
is(audited(), 'stream incomplete', 'a closed cursor: the audit row says incomplete');
is(
    $watch->query(
            'SELECT bytes >= 524288 AND bytes < 1400000 AND rows < 20000 AND sha256 IS NULL'
          . " FROM export._audit WHERE event_id NOT IN (SELECT event_id FROM seen)"
          . " AND session_user_name = 'alice' AND phase = 'outcome'"
    ),
    't',
    'with the bytes so far and no digest');
mark();
succeeds("$stream LIMIT 1", 'LIMIT');
is(audited(), 'stream incomplete', 'LIMIT: likewise');
mark();
succeeds("BEGIN; DECLARE c CURSOR FOR $stream; FETCH 1 FROM c; ROLLBACK", 'ROLLBACK of a cursor');
is(audited(), 'stream aborted', 'ROLLBACK of an open cursor: the audit row says aborted');
is(logged(), 'stream aborted', 'ROLLBACK of an open cursor: the log says aborted');
mark();
my $read = "SELECT length(export.read('$file_id'))";
succeeds("BEGIN; DECLARE c CURSOR FOR $read; FETCH 1 FROM c; COMMIT", 'a read left early');
is(audited(), 'read incomplete', 'a read left early: the audit row says incomplete');

# A document is unreadable in the transaction that made it, and in its subtransactions.
is($alice->sqlstate("DO \$do\$ BEGIN PERFORM export.read(export.run('$small')); END \$do\$"),
    '55000', 'no reading before the commit');
$alice->query('BEGIN; SAVEPOINT s');
my $id = $alice->query("SELECT export.run('$small')");
$alice->query('RELEASE s; SAVEPOINT t');
is($alice->sqlstate("SELECT export.read('$id')"), '55000', 'nor in another subtransaction');
$alice->query('ROLLBACK TO t');
is($alice->sqlstate("SELECT export.rerun('$id')"), '55000', 'nor can it be run again');
$alice->query('ROLLBACK');

# Two-phase commit: what is in a table may be prepared, what is in the directory may not.
mark();
$alice->query("BEGIN; SELECT export.run('$small'); PREPARE TRANSACTION 'one'");
is(audited(), '', 'prepared: nothing visible');
$alice->query("COMMIT PREPARED 'one'");
is(audited(), 'run completed', 'committed: audited');
my $before = stored();
is($alice->sqlstate("BEGIN; SELECT export.run(\$q\$$large\$q\$); PREPARE TRANSACTION 'two'"),
    '0A000', 'a document in the directory cannot be prepared');
$alice->try_query('ROLLBACK');
is(stored(), $before, 'and is gone');

$alice->quit;
$node->check_invariants;
$watch->quit;
$node->stop;
$node->check_log;
done_testing();
