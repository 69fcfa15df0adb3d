# Processes are killed at random while jobs are submitted, run, cancelled and waited for.  Whatever
# was accepted ends once; what this test was told has happened has happened.
use strict;
use warnings;

use ExportCluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time usleep);

my $cycles = $ENV{CRASH_CYCLES} || ($ENV{CHECK_LONG} ? 200 : 30);
my $seed = $ENV{CHECK_SEED} || 1;
srand $seed;
note "seed $seed, $cycles kills";

my $node = ExportCluster->create('main', conf => <<'CONF');
max_worker_processes = 16
restart_after_crash = on
export.table_limit = '64kB'
checkpoint_timeout = '1h'
CONF
$node->install;
$node->safe_psql('postgres', 'CREATE ROLE bob LOGIN IN ROLE export_user');

# What sessions were told of their submits: number -> id.
my %accepted;
my $number = 0;

# A burst of jobs of one role, some of which will be running when the kill comes.
sub submit_some {
    my ($session) = @_;
    for (1 .. 1 + int rand 4) {
        my $key = ++$number;
        my $rows = int 10**rand 4.3;
        my $id = eval {
            $session->query("SELECT export.submit('SELECT i, md5(i::text) FROM generate_series(1, $rows) i',"
                  . " idempotency_key => 'k$key', title => '$rows')");
        };
        return unless defined $id && $id =~ /^[0-9a-f-]{36}$/;
        $accepted{$key} = $id;
        eval { $session->query("SELECT export.cancel('$id')") } if rand() < 0.1;
    }
    return;
}

my %victims = (
    runner => "backend_type = 'export runner'",
    dispatcher => "backend_type = 'export dispatcher'",
    launcher => "backend_type = 'export launcher'",
    session => "backend_type = 'client backend' AND usename IN ('alice', 'bob')",);

my %kills;
my @killed;
for my $cycle (1 .. $cycles) {
    my $watch = $node->session;
    my @sessions = map { $node->session('postgres', user => $_) } 'alice', 'bob';
    submit_some($_) for @sessions;
    usleep(rand 60_000);
    my @kinds = sort keys %victims;
    my $kind = $kinds[ rand @kinds ];
    my $found = eval { $watch->query("SELECT pid FROM pg_stat_activity WHERE $victims{$kind} ORDER BY random() LIMIT 1") } || '';
    my $since = -s $node->logfile;
    if ($found =~ /^(\d+)$/ && kill 'KILL', $1) {
        $kills{$kind}++;
        push @killed, $1;
        $node->await_recovery($since);
    }
    $_->abandoned for @sessions, $watch;
}
note join ', ', map { "$_: $kills{$_}" } sort keys %kills;

my $watch = $node->session;
$watch->poll("SELECT NOT EXISTS (SELECT FROM export.jobs WHERE state IN ('queued', 'running'))");
cmp_ok(scalar @killed, '>=', $cycles / 2, 'processes were killed');
cmp_ok(scalar keys %accepted, '>=', $cycles, 'and jobs submitted');
my $list = join ', ', map { "('k$_', '$accepted{$_}'::uuid)" } sort { $a <=> $b } keys %accepted;
is($watch->query("SELECT string_agg(a.key, ' ') FROM (VALUES $list) a (key, id) WHERE NOT EXISTS "
      . "(SELECT FROM export._job j WHERE j.id = a.id AND j.idempotency_key = a.key)"),
    '', 'what was accepted is there');
is($watch->query("SELECT string_agg(DISTINCT state, ' ') FROM export.jobs WHERE state NOT IN ('succeeded', 'cancelled', 'dead')"),
    '', 'everything has ended');
is($watch->query('SELECT count(*) FROM export.jobs j JOIN export.artifacts a ON a.id = j.artifact_id WHERE a.rows <> j.title::bigint'),
    '0', 'with all its rows');
is($watch->query('SELECT count(*) FROM export._artifact a WHERE NOT EXISTS (SELECT FROM export._job_state s WHERE s.artifact = a.id)'),
    '0', 'no document belongs to no job');
is($watch->query("SELECT string_agg(invariant || ': ' || detail, E'\\n') FROM export.check_invariants()"),
    '', 'the invariants hold');
note $watch->query("SELECT string_agg(state || ': ' || n, ', ') FROM (SELECT state, count(*) AS n FROM export.jobs GROUP BY 1) s");
$watch->quit;
$node->check_invariants;
$node->stop('fast');
$node->check_log(@killed);
done_testing();
