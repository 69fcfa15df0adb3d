# Whatever dies at whatever moment: a job that was accepted ends once, in one state, with one
# document or none.  Needs a build with fault points.
use strict;
use warnings;

use ExportCluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(usleep);

my $node = ExportCluster->create('main', conf => <<'CONF');
max_worker_processes = 16
restart_after_crash = off
log_line_prefix = '%n [%p] '
CONF
$node->install;
plan skip_all => 'not a build with fault points'
  if $node->safe_psql('postgres', "SELECT count(*) FROM pg_settings WHERE name = 'export.fault'") eq '0';

my $watch = $node->session;
my $alice = $node->session('postgres', user => 'alice');
my @killed;

# Every process that starts from now on has the setting, and those that run have been told.
sub set_fault {
    my ($fault) = @_;
    $node->append_conf('postgresql.conf', "export.fault = '$fault'");
    return unless defined $node->{_pid};
    $node->reload;
    my $deadline = time + $PostgreSQL::Test::Utils::timeout_default;
    usleep(10_000)
      until $node->safe_psql('postgres', 'SHOW export.fault') eq $fault || time > $deadline;
    return;
}

sub submit {
    my ($query, $terms) = @_;
    $query //= ExportCluster::rows_query(20);
    return $alice->query("SELECT export.submit(\$q\$$query\$q\$" . ($terms ? ", $terms" : '') . ')');
}

sub ended { return $watch->query("SELECT export.wait('$_[0]', '60 s')") }

sub of_job { return $watch->query("SELECT $_[0] FROM export.jobs WHERE id = '$_[1]'") }

# Sessions of a server that is down.  Before the next start: the server would keep psql's pipes open.
sub abandon { $_->abandoned for $watch, $alice; return }

sub connect_again {
    $watch = $node->session;
    $alice = $node->session('postgres', user => 'alice');
    return;
}

# Returns once the server is down by itself.
sub await_death {
    my $lock = $node->data_dir . '/postmaster.pid';
    my $deadline = time + $PostgreSQL::Test::Utils::timeout_default;
    usleep(10_000) while -e $lock && time < $deadline;
    ok(!-e $lock, 'the server is down');
    undef $node->{_pid};
    return;
}

# Not so a zombie that nobody has waited for yet.
sub lives { return defined readlink "/proc/$_[0]/exe" }

sub killed_in_log {
    my ($since) = @_;
    my $text = slurp_file($node->logfile, $since);
    push @killed, $text =~ /\(PID (\d+)\) was terminated by signal 9/g;
    return;
}

sub healthy {
    my ($what) = @_;
    is($watch->query('SELECT count(*) FROM export.check_invariants()'), '0', "$what: the invariants hold");
    return;
}

sub await_runner_at {
    my ($what) = @_;
    return $watch->poll("SELECT EXISTS (SELECT FROM export.progress WHERE job_id IS NOT NULL AND phase = '$what')");
}

# ---- 5: SIGKILL at each phase; with the query of a document of several chunks

my %crashes = (
    claimed => 0, claim_committed => 1, loaded => 1, planned => 1, 'row:kill9:3' => 1, chunk => 1,
    written => 1, stored => 1, published => 1, committed => 0);
for my $point (sort keys %crashes) {
    my $fault = $point =~ /:/ ? $point : "$point:kill9";
    my $since = -s $node->logfile;
    set_fault($fault);
    # The server may be gone before the session hears of its commit.
    eval { submit(ExportCluster::rows_query(5000), "title => '$point'") };
    await_death();
    killed_in_log($since);
    abandon();
    set_fault('');
    $since = -s $node->logfile;
    $node->start;
    connect_again();
    my $job = $watch->query("SELECT id FROM export.jobs WHERE title = '$point'");
    is(ended($job), 'succeeded', "killed at $point: the job has run");
    is(of_job("crashes || ' ' || failures", $job), "$crashes{$point} 0", 'the crash is counted, if it was running');
    my ($ready) = slurp_file($node->logfile, $since) =~
      /^([\d.]+) \[\d+\] LOG:  database system is ready to accept connections/m;
    cmp_ok(of_job("extract(epoch FROM started_at) - $ready", $job), '<', 2, 'within 2 s')
      if $point ne 'committed';
    healthy("killed at $point");
}
$node->append_conf('postgresql.conf', 'restart_after_crash = on');
$node->reload;

# ---- errors at each phase

for my $case ([ 'chunk:enospc', 'retry_wait', '53100' ], [ 'row:nomem', 'retry_wait', '53200' ],
    [ 'planned:fatal', 'retry_wait', '08006' ], [ 'published:error', 'failed', 'XX000' ],
    [ 'stored:error', 'failed', 'XX000' ], [ 'loaded:error', 'retry_wait', '08006' ],
    [ 'failed:error', 'retry_wait', '08006' ]) {
    my ($fault, $state, $sqlstate) = @$case;
    set_fault($fault);
    my $job = submit($fault =~ /failed/ ? 'SELECT 1 / (i - 1) FROM generate_series(1, 1) i' : undef);
    $watch->poll("SELECT state = '$state' FROM export.jobs WHERE id = '$job'");
    is(of_job("sqlstate || ' ' || failures || ' ' || crashes || ' ' || (artifact_id IS NULL)", $job),
        "$sqlstate 1 0 true", "$fault: $state, no document");
    set_fault('');
    $alice->query("SELECT export." . ($state eq 'failed' ? 'retry' : 'cancel') . "('$job')");
    is(ended($job), $state eq 'failed' ? 'succeeded' : 'cancelled', 'and what its owner wants then');
    healthy($fault);
}
my $job = submit('SELECT sum(a.i) FROM generate_series(1, 3000000) a(i) ORDER BY 1');
ok(ended($job) eq 'succeeded', 'a query that spills');
$watch->query("ALTER ROLE alice SET temp_file_limit = '64kB';"
      . " SELECT pg_terminate_backend(pid) FROM export.workers WHERE kind = 'runner'");
$job = submit('SELECT i FROM generate_series(1, 3000000) i ORDER BY i DESC');
$watch->poll("SELECT state IN ('retry_wait', 'succeeded') FROM export.jobs WHERE id = '$job'");
is(of_job('sqlstate', $job), '53400', 'a limit that an administrator set for the role holds');
$alice->query("SELECT export.cancel('$job')");
$watch->query('ALTER ROLE alice RESET temp_file_limit');

# ---- 7, 8: ended by its owner at different moments

set_fault('planned:sleep');
$job = submit();
await_runner_at('planning');
my $runner = $watch->query("SELECT pid FROM export.workers WHERE job_id = '$job'");
is($alice->query("SELECT pg_terminate_backend($runner)"), 't', 'the owner may terminate the process');
is(ended($job), 'cancelled', 'which cancels the job');
$job = submit();
await_runner_at('planning');
$runner = $watch->query("SELECT pid FROM export.workers WHERE job_id = '$job'");
$alice->query("SELECT pg_cancel_backend($runner)");
is(ended($job), 'cancelled', 'so does pg_cancel_backend');
set_fault('written:sleep');
$job = submit();
await_runner_at('storing');
$alice->query("SELECT export.cancel('$job')");
is(ended($job), 'cancelled', 'and export.cancel(), while the document is stored');
healthy('cancelled');

# ---- 44, 45: what needs the extension, or the database, without running jobs

set_fault('row:sleep');
$job = submit();
await_runner_at('running');
$alice->quit;
$watch->query('CREATE DATABASE copy TEMPLATE postgres');
await_runner_at('running');
is(of_job("state || ' ' || failures || ' ' || crashes", $job), 'running 0 0', 'CREATE DATABASE: the job begins again');
$watch->query('DROP DATABASE copy');
await_runner_at('running');
$watch->query('BEGIN; DROP EXTENSION export');
is($watch->query("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'export runner'"), '0',
    'DROP EXTENSION does not wait for a running job');
$watch->query('ROLLBACK');
await_runner_at('running');

$alice = $node->session('postgres', user => 'alice');

# ---- 10, 14, 15, 13, 12: the server stops in each manner

my $dispatcher = "SELECT pid FROM export.workers WHERE kind = 'dispatcher'";
my $pid = $watch->query($dispatcher);
$watch->query("SELECT pg_terminate_backend($pid)");
$watch->poll("SELECT ($dispatcher) <> $pid");
is(of_job('state', $job), 'running', 'a job survives its dispatcher');
for my $mode ('fast', 'smart', 'immediate', 'SIGKILL') {
    my $clean = $mode eq 'fast' || $mode eq 'smart';
    my ($failures, $crashes) = split / /, of_job("failures || ' ' || crashes", $job);
    if ($mode eq 'SIGKILL') {
        my @orphans = split /\n/, $watch->query("SELECT pid FROM pg_stat_activity");
        my $postmaster = $node->{_pid};
        kill 'KILL', $postmaster;
        undef $node->{_pid};
        my $deadline = time + $PostgreSQL::Test::Utils::timeout_default;
        usleep(10_000) while (grep { lives($_) } @orphans) && time < $deadline;
        is_deeply([ grep { lives($_) } @orphans ], [], 'every process ends with the postmaster');

        # The next server takes a zombie for a living one.
        usleep(10_000) while (kill 0, $postmaster) && time < $deadline;
        abandon();
    } elsif ($mode eq 'smart') {
        $_->quit for $watch, $alice;
        $node->stop($mode);
    } else {
        $node->stop($mode);
        abandon();
    }
    $node->start;
    connect_again();
    await_runner_at('running');
    is(of_job("failures || ' ' || crashes", $job), "$failures " . ($crashes + ($clean ? 0 : 1)),
        "$mode: the job runs again, " . ($clean ? 'uncounted' : 'a crash counted'));
    $watch->query("UPDATE export._job_state SET crashes = 0 WHERE job = '$job'");
}
set_fault('');
is(ended($job), 'succeeded', 'in the end it succeeds');
healthy('stopped and started');

# ---- 58: a job that crashes the server each time

set_fault('row:kill9');
my $since = -s $node->logfile;
eval { submit('SELECT 1', "title => 'crasher'") };
$node->wait_for_log(qr/(?:was terminated by signal 9.*){3}database system is ready to accept connections/s, $since);
killed_in_log($since);
abandon();
connect_again();
$job = $watch->query("SELECT id FROM export.jobs WHERE title = 'crasher'");
$watch->poll("SELECT state = 'dead' FROM export.jobs WHERE id = '$job'");
is(of_job("crashes || ' ' || (error IS NOT NULL)", $job), '3 true', 'dead after three crashes');
my $other = submit('SELECT 1 WHERE false');
is(ended($other), 'succeeded', 'the queue goes on');
set_fault('');
$alice->query("SELECT export.retry('$job')");
is(ended($job), 'succeeded', 'the dead can be retried');
healthy('dead');

# ---- 54: no process to be had

$_->quit for $watch, $alice;
$node->append_conf('postgresql.conf', "max_logical_replication_workers = 0\nmax_worker_processes = 2");
$node->restart;
$watch = $node->session;
$alice = $node->session('postgres', user => 'alice');
$since = -s $node->logfile;
$job = submit();
$node->wait_for_log(qr/no background worker is free for a job/, $since);
is(of_job("(state IN ('queued', 'running')) || ' ' || failures || ' ' || crashes", $job),
    'true 0 0', 'without a free process a job waits');
$_->quit for $watch, $alice;
$node->append_conf('postgresql.conf', 'max_worker_processes = 8');
$node->restart;
$watch = $node->session;
is(ended($job), 'succeeded', 'until there is one');
healthy('no process');
$watch->quit;
$node->stop('fast');
$node->check_log(@killed);
done_testing();
