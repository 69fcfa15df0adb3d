# Many jobs of one role, and of many roles: none lost, none run twice, nobody waits for all of another's.
use strict;
use warnings;

use ExportCluster;
use Test::More;
use Time::HiRes qw(time);

my $long = $ENV{CHECK_LONG};
my ($of_one, $owners, $of_each) = $long ? (10_000, 200, 50) : (400, 40, 4);

my $node = ExportCluster->create('main', conf => <<'CONF');
max_worker_processes = 16
autovacuum = on
CONF
$node->install;
my $watch = $node->session;
my $alice = $node->session('postgres', user => 'alice');
$watch->query("DO \$\$ BEGIN FOR i IN 1..$owners LOOP EXECUTE format('CREATE ROLE o%s LOGIN IN ROLE export_user', i); END LOOP; END \$\$");

sub drained {
    return $watch->poll("SELECT NOT EXISTS (SELECT FROM export._job_state WHERE state IN ('queued', 'running'))");
}

# A rate is told, not tested: it is the machine's.
sub told {
    my ($what) = @_;
    note $watch->query("SELECT count(*) || ' jobs of $what: ' || round(count(*) / extract(epoch FROM max(finished_at) - min(created_at)))"
          . " || ' a second, from submit to start in the middle ' || percentile_cont(0.5) WITHIN GROUP (ORDER BY started_at - created_at)"
          . " FROM export.jobs WHERE state = 'succeeded'");
    return;
}

sub sound {
    my ($count, $what) = @_;
    is($watch->query("SELECT count(*) || ' ' || count(DISTINCT artifact_id) || ' ' || max(attempt) FROM export.jobs WHERE state = 'succeeded'"),
        "$count $count 1", "$what: each has run once");
    is($watch->query('SELECT count(*) FROM export._artifact'), $count, "$what: one document each");
    is($watch->query('SELECT count(*) FROM export.check_invariants()'), '0', "$what: the invariants hold");
    return;
}

$alice->query("SELECT count(export.submit('SELECT ' || i)) FROM generate_series(1, $of_one) i");
my $late = $node->session('postgres', user => 'o1');
my $job = $late->query("SELECT export.submit('SELECT 1')");
is($late->query("SELECT export.wait('$job', '60 s')"), 'succeeded', 'one job of another role');
cmp_ok($watch->query("SELECT count(*) FROM export.jobs a, export.jobs b WHERE b.id = '$job' AND a.owner = 'alice'"
      . ' AND a.started_at BETWEEN b.created_at AND b.started_at'), '<=', 8, 'does not wait for all of them');
$late->quit;
local $PostgreSQL::Test::Utils::timeout_default = 600 if $long;
drained();
told('one role');
sound($of_one + 1, 'one role');

$watch->query('TRUNCATE export._job, export._job_state, export._artifact, export._artifact_chunk, export._audit');
for my $i (1 .. $owners) {
    $watch->query("SET SESSION AUTHORIZATION o$i; SELECT count(export.submit('SELECT 1')) FROM generate_series(1, $of_each); RESET SESSION AUTHORIZATION");
}
drained();
told('many roles');
sound($owners * $of_each, 'many roles');

# A job on an idle server.
my @times;
for (1 .. 20) {
    my $id = $alice->query("SELECT export.submit('SELECT 1')");
    $alice->query("SELECT export.wait('$id')");
    push @times, $watch->query("SELECT 1000 * extract(epoch FROM started_at - created_at) FROM export.jobs WHERE id = '$id'");
}
@times = sort { $a <=> $b } @times;
note "on an idle server: from submit to start $times[10] ms in the middle, $times[-1] ms at most";
$_->quit for $alice, $watch;
$node->stop('fast');
$node->check_log;
done_testing();
