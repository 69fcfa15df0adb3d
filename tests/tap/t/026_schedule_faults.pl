# The dispatcher dies while it makes the jobs of schedules: each run is there once afterwards, with
# one job.  Needs a build with fault points.
use strict;
use warnings;

use ExportCluster;
use Test::More;
use Time::HiRes qw(usleep);

my $node = ExportCluster->create('main', conf => <<'CONF');
max_worker_processes = 16
restart_after_crash = off
CONF
$node->install;
plan skip_all => 'not a build with fault points'
  if $node->safe_psql('postgres', "SELECT count(*) FROM pg_settings WHERE name = 'export.fault'") eq '0';

my $alice = $node->session('postgres', user => 'alice');
my $admin = $node->session;
my $count = 20;
$alice->query(<<"SQL");
SELECT count(export.create_schedule('0 8 * * *', 'SELECT 1', time_zone => 'UTC', missed => 'all',
                                    max_missed => 2, jitter => '0'))
FROM generate_series(1, $count)
SQL
my $late = "UPDATE export._schedule SET next_fire = '2020-06-01 08:00Z', due_at = '2020-06-01 08:00Z'";

# The point, and what is there when the server is up again.
for my $point ('fired', 'claimed', 'claim_committed') {
    $node->append_conf('postgresql.conf', "export.fault = '$point:kill9'");
    $node->reload;
    $admin->poll("SELECT current_setting('export.fault') = '$point:kill9'");
    $admin->query('DELETE FROM export._schedule_fire');
    my $orphans = $admin->query("SELECT count(*) FROM export._job WHERE options ? 'document_time'");
    $admin->query($late);
    $alice->begin("SELECT export.submit('SELECT 1')");
    my $lock = $node->data_dir . '/postmaster.pid';
    my $deadline = time + $PostgreSQL::Test::Utils::timeout_default;
    usleep(10_000) while -e $lock && time < $deadline;
    ok(!-e $lock, "$point: the dispatcher dies, and the server with it");
    $_->abandoned for $admin, $alice;
    undef $node->{_pid};
    $node->append_conf('postgresql.conf', "export.fault = ''");
    $node->start;
    $admin = $node->session;
    $alice = $node->session('postgres', user => 'alice');
    ok($admin->poll("SELECT count(*) = 2 * $count FROM export._schedule_fire WHERE state = 'succeeded'"),
        "$point: afterwards every run is made");
    is($admin->query("SELECT count(*) FROM export._job j WHERE j.options ? 'document_time' AND NOT EXISTS (SELECT FROM export._schedule_fire f WHERE f.job = j.id)"), $orphans,
        "$point: no job was made without a run");
    is($admin->query("SELECT count(*) - count(DISTINCT job) FROM export._schedule_fire WHERE job IS NOT NULL"), '0',
        "$point: with a job of its own");
    is($admin->query('SELECT string_agg(i::text, chr(10)) FROM export.check_invariants() i'), '',
        "$point: the invariants hold");
}
$_->quit for $admin, $alice;
$node->stop;

done_testing();
