# A backend dies of SIGKILL in the middle of an export: after recovery a document is there whole and
# audited, or not at all.
use strict;
use warnings;

use ExportCluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $cycles = $ENV{CHECK_LONG} ? 500 : 30;
my $seed = $ENV{CHECK_SEED} || 1;
srand $seed;
note "seed $seed, $cycles cycles";

my $node = ExportCluster->create('main', conf => <<'CONF');
export.table_limit = '2MB'
restart_after_crash = on
CONF
$node->install;
my $target = $node->files . '/target';
my @killed;

# Starts a statement, kills its backend where it waits, and returns once the server is back.
sub kill_where_it_waits {
    my ($sql, $lock, $look) = @_;
    my $holder = $node->session;
    my $watch = $node->session;
    my $alice = $node->session('postgres', user => 'alice');
    $holder->query($lock);
    $alice->begin($sql);
    $watch->poll_blocked($alice);
    $look->($watch);
    my $since = -s $node->logfile;
    push @killed, $alice->pid;
    kill 'KILL', $alice->pid;
    $node->await_recovery($since);
    $_->abandoned for $alice, $watch, $holder;
    return;
}

my $waits = ExportCluster::rows_query(100_000, 90_000);
my $waits_small = ExportCluster::rows_query(40_000, 35_000);
my $runs = ExportCluster::rows_query(100_000);
my $advisory = 'SELECT pg_advisory_lock(42)';
my $table = 'BEGIN; LOCK TABLE export._artifact_share';
my $orphans = sub { $node->safe_psql('postgres', 'SELECT export.cleanup()') };
my @on_disk;

kill_where_it_waits(
    "SELECT export.run(\$q\$$waits_small\$q\$)",
    $advisory,
    sub {
        is($_[0]->query('SELECT count(*) FROM pg_ls_tmpdir()'), '1', 'killed with a spool');
    });
is($node->safe_psql('postgres', 'SELECT count(*) FROM pg_ls_tmpdir()'),
    '0', 'the restart removes the spool');
$node->check_invariants('postgres', 'by a kill with a spool');

kill_where_it_waits(
    "SELECT export.run(\$q\$$waits\$q\$)",
    $advisory,
    sub {
        @on_disk = $node->documents_on_disk;
        ok(@on_disk == 1 && $on_disk[0] =~ /\.part$/, 'killed with a part file');
    });
is_deeply([ $node->documents_on_disk ], \@on_disk, 'the part file is an orphan');
is($orphans->(), '1', 'cleanup sweeps it');
is_deeply([ $node->documents_on_disk ], [], 'nothing is left');
$node->check_invariants('postgres', 'by a kill with a part file');

kill_where_it_waits(
    "SELECT export.run(\$q\$$runs\$q\$)",
    $table,
    sub {
        @on_disk = $node->documents_on_disk;
        ok(@on_disk == 1 && $on_disk[0] !~ /\.part$/, 'killed after the rename, before the commit');
    });
is_deeply([ $node->documents_on_disk ], \@on_disk, 'the file is an orphan');
is($orphans->(), '1', 'cleanup sweeps it');
$node->check_invariants('postgres', 'by a kill before the commit');

append_to_file($target, 'old');
kill_where_it_waits("COPY ($waits) TO '$target' WITH (FORMAT jsonl)", $advisory, sub { });
is(slurp_file($target), 'old', 'the file that COPY was about to replace is as it was');

# Half a document stays beside it, under a name that says so; nobody sweeps folders of users.
my ($half) = grep { /\.partial/ } ExportCluster::files_below($node->files);
unlink $node->files . "/$half" if $half;

kill_where_it_waits("COPY ($waits) TO STDOUT WITH (FORMAT jsonl)", $advisory, sub { });
kill_where_it_waits("SELECT export.stream(\$q\$$waits\$q\$)", $advisory, sub { });
is($node->safe_psql('postgres', 'SELECT count(*) FROM export._artifact'),
    '0', 'no document of all these');
$node->check_invariants('postgres', 'by a kill of COPY and stream');

# The server is stopped in the middle: in a hurry, or with time to clean up.
for my $mode ('immediate', 'fast') {
    my $holder = $node->session;
    my $watch = $node->session;
    my @running = map { $node->session('postgres', user => 'alice') } 1 .. 3;
    $holder->query($advisory);
    $running[0]->begin("SELECT export.run(\$q\$$waits_small\$q\$)");
    $running[1]->begin("SELECT export.run(\$q\$$waits\$q\$)");
    $running[2]->begin("COPY ($waits) TO '$target' WITH (FORMAT jsonl)");
    $watch->poll_blocked($_) for @running;
    $node->stop($mode);
    $_->abandoned for @running, $watch, $holder;

    if ($mode eq 'fast') {
        is_deeply([ $node->documents_on_disk ], [], 'a fast stop removes part files');
        is_deeply([ grep { /\.partial/ } ExportCluster::files_below($node->files) ],
            [], 'and those of COPY');
    }
    $node->start;
    is($orphans->(), $mode eq 'fast' ? '0' : '1', "cleanup after $mode stop");
    is(slurp_file($target), 'old',
        "the file that COPY was about to replace is as it was after $mode stop");
    unlink map { $node->files . "/$_" }
      grep { /\.partial/ } ExportCluster::files_below($node->files);
    $node->check_invariants('postgres', "by $mode stop");
}

# Random moments: after a random number of answers or turns, in a random mixture of statements.
sub random_statement {
    my $rows = 1 + int rand 100_000;
    my $query = ExportCluster::rows_query($rows);
    my $few = ExportCluster::rows_query(1 + int $rows / 5);
    my @statements = (
        "SELECT export.run(\$q\$$query\$q\$, 'csv')",
        "SELECT export.run(\$q\$$query\$q\$, 'jsonl', '{\"compression\": \"zstd\"}')",
        "SELECT export.run('SELECT $rows AS a', 'json')",
        "SELECT export.run(\$q\$$query\$q\$, 'xlsx')",
        "SELECT export.run(\$q\$$few\$q\$, 'pdf')",
        "COPY ($few) TO '$target' WITH (FORMAT pdf)",
        "SELECT count(*) > 0 FROM (SELECT export.stream(\$q\$$query\$q\$)) s",
        "COPY ($query) TO '$target' WITH (FORMAT json)",
        "SELECT count(export.drop_artifact(id)) >= 0 FROM (SELECT id FROM export.artifacts WHERE state"
          . " = 'stored' LIMIT 1) a",
        "BEGIN; SELECT export.run(\$q\$$query\$q\$); ROLLBACK",);
    return $statements[ rand @statements ];
}

my $documents = 0;
for my $cycle (1 .. $cycles) {
    my $alice = $node->session('postgres', user => 'alice');
    my $since = -s $node->logfile;

    # What is answered here is committed.
    my @acknowledged;
    for (1 .. int rand 4) {
        my $sql = random_statement();
        my $answer = $alice->query($sql);
        push @acknowledged, $answer if $sql =~ /^SELECT export\.run/;
    }
    $alice->begin(random_statement());
    for (1 .. int rand 3000) { $alice->{run}->pump_nb; }
    push @killed, $alice->pid;
    kill 'KILL', $alice->pid;
    $alice->abandoned;
    $node->await_recovery($since);

    my $list = join ', ', map { "'$_'" } @acknowledged, '00000000-0000-0000-0000-000000000000';
    is( $node->safe_psql('postgres', "SELECT count(*) FROM export._artifact WHERE id IN ($list)"),
        scalar @acknowledged,
        "cycle $cycle: what was acknowledged is there");
    unlink map { $node->files . "/$_" }
      grep { /\.partial/ } ExportCluster::files_below($node->files);
    $node->check_invariants('postgres', "in cycle $cycle (seed $seed)");
    $documents += $node->safe_psql('postgres', "SELECT count(*) FROM export._artifact");

    # Dropped, or the checks would read ever more.
    $node->safe_psql('postgres',
        "SELECT export.drop_artifact(id) FROM export.artifacts WHERE state = 'stored'");
}
cmp_ok($documents, '>', 0, 'some cycles made documents');

$node->stop;
$node->check_log(@killed);
done_testing();
