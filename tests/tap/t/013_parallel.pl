# Parallel plans: run and COPY use them and lose no row, stream and preview do without.
use strict;
use warnings;

use ExportCluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = ExportCluster->create('main', conf => <<'CONF');
max_worker_processes = 8
max_parallel_workers = 8
max_parallel_workers_per_gather = 4
min_parallel_table_scan_size = 0
parallel_setup_cost = 0
parallel_tuple_cost = 0
shared_preload_libraries = 'export,auto_explain'
auto_explain.log_min_duration = 0
auto_explain.log_analyze = on
auto_explain.log_nested_statements = on
auto_explain.log_timing = off
export.table_limit = '2MB'
CONF
$node->install;
$node->safe_psql('postgres', <<'SQL');
CREATE TABLE t AS SELECT i AS a, md5(i::text) AS b FROM generate_series(1, 50000) i;
GRANT SELECT ON t TO alice;
ANALYZE t;
CREATE FUNCTION calls_stream() RETURNS bigint LANGUAGE sql PARALLEL SAFE AS
$$ SELECT count(*) FROM (SELECT export.stream('SELECT 1')) s $$;
SQL
my $alice = $node->session('postgres', user => 'alice');
my $query = 'SELECT a, b FROM t';
my $target = $node->files . '/target';

# The plan of the export's query, as auto_explain saw it.
sub plan_after {
    my ($since) = @_;
    my ($plan) =
      slurp_file($node->logfile, $since) =~ /Query Text: [^\n]*SELECT a, b.*?\n(.*?)\n\d{4}-/s;
    return $plan // '';
}

sub sorted { my ($text) = @_; return join "\n", sort split /\n/, $text; }

my $expected = sorted($node->safe_psql('postgres', "COPY ($query) TO STDOUT WITH (FORMAT csv)"));
my %answers = (
    'run' => sub {
        my $id = $alice->query("SELECT export.run('$query', 'csv', '{\"header\": false}')");
        return
          sub { $alice->query("COPY (SELECT export.read('$id')) TO STDOUT WITH (FORMAT raw)") };
    },
    'run into the directory' => sub {
        my $wide = "SELECT a, b, md5(b || g) FROM t CROSS JOIN generate_series(1, 4) g";
        my $id = $alice->query("SELECT export.run('$wide', 'csv', '{\"header\": false}')");
        return sub {
            is(
                $node->safe_psql(
                    'postgres', "SELECT location FROM export.artifacts WHERE id = '$id'"
                ),
                'directory',
                'large enough');
            my %seen;
            $seen{s/,[^,]*$//r}++
              for split /\n/,
              $alice->query("COPY (SELECT export.read('$id')) TO STDOUT WITH (FORMAT raw)");
            is_deeply([ grep { $seen{$_} != 4 } keys %seen ], [], 'each row four times');
            return join "\n", keys %seen;
        };
    },
    'COPY to the client' => sub {
        my $text =
          $alice->query("COPY ($query) TO STDOUT WITH (FORMAT export_csv, header 'false')");
        return sub { $text };
    },
    'COPY to a file' => sub {
        $alice->query("COPY ($query) TO '$target' WITH (FORMAT export_csv, header 'false')");
        return sub { slurp_file($target) };
    },);
for my $door (sort keys %answers) {
    my $since = -s $node->logfile;
    my $answer = $answers{$door}->();
    like(
        plan_after($since),
        qr/Gather.*Workers Planned: [1-9].*Workers Launched: [1-9]/s,
        "$door: by a parallel plan");
    ok(sorted($answer->()) eq $expected, "$door: every row, once");
}

# The same under a sort, where the order is the query's.
my $since = -s $node->logfile;
my $ordered =
  $alice->query("COPY ($query ORDER BY b) TO STDOUT WITH (FORMAT export_csv, header 'false')");
like(plan_after($since), qr/Gather Merge.*Workers Launched: [1-9]/s, 'ORDER BY: a parallel plan');
ok( $ordered eq
      $node->safe_psql('postgres', "COPY ($query ORDER BY b) TO STDOUT WITH (FORMAT csv)"),
    'and in order');

for my $sql ("SELECT length(export.stream('$query', 'csv'))", "SELECT export.preview('$query')") {
    $since = -s $node->logfile;
    $alice->query($sql);
    my $plan = plan_after($since);
    like($plan, qr/Seq Scan/, ($sql =~ /(stream|preview)/)[0] . ': has a plan');
    unlike($plan, qr/Gather|Parallel/, 'which is not parallel') if $sql =~ /stream/;
}
my $text = '';
$text .= $_
  for $alice->query(
        "SELECT string_agg(encode(p, 'escape'), '') FROM (SELECT export.stream('$query', 'csv',"
      . ' \'{"header": false}\') AS p) s');
ok(sorted($text) eq $expected, 'stream: every row, once');

# An error in a worker, a cancel while workers run: nothing is left, and no worker stays.
is($alice->sqlstate("SELECT export.run('SELECT 1/(a - 25000) FROM t')"),
    '22012', 'an error in a worker');
is($alice->sqlstate("COPY (SELECT 1/(a - 25000) FROM t) TO '$target' WITH (FORMAT jsonl)"),
    '22012', 'likewise in COPY');
my $watch = $node->session;
$watch->query('CREATE FUNCTION wait_in_worker(int) RETURNS int LANGUAGE plpgsql PARALLEL SAFE AS'
      . ' $$ BEGIN IF $1 = 25000 THEN PERFORM pg_advisory_xact_lock_shared(42); END IF; RETURN $1; END $$'
);
my $holder = $node->session;
$holder->query('SELECT pg_advisory_lock(42)');
$alice->begin("SELECT export.run('SELECT wait_in_worker(a), b FROM t')");
$watch->poll('SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = \'advisory\' AND NOT granted)');
$watch->query('SELECT pg_cancel_backend(' . $alice->pid . ')');
is(ExportSession::sqlstate_of(($alice->end)[1]), '57014', 'cancelled while a worker waits');
$holder->query('SELECT pg_advisory_unlock(42)');
ok(
    $watch->poll(
        "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE backend_type = 'parallel worker')"),
    'no worker stays');

# Inside a worker nothing of ours runs.
$watch->query("SET force_parallel_mode = on; SET export.trust_check = off");
is($watch->sqlstate('SELECT calls_stream()'),
    '0A000', 'inside a parallel worker an export is refused');
unlink $target;
$_->quit for $alice, $holder;
$node->check_invariants;
$watch->quit;
$node->stop;
$node->check_log;
done_testing();
