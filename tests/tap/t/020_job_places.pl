# Jobs where something is in their way: locks, dropped roles, tables and databases, a standby, its
# promotion, a synchronous standby that is gone.
use strict;
use warnings;

use ExportCluster;
use Test::More;

my $node = ExportCluster->create(
    'main',
    init => { allows_streaming => 1 },
    conf => <<'CONF');
max_worker_processes = 16
default_transaction_isolation = 'repeatable read'
CONF
$node->install;
my $watch = $node->session;
my $alice = $node->session('postgres', user => 'alice');
$watch->query('CREATE ROLE bob LOGIN IN ROLE export_user; CREATE SCHEMA shop AUTHORIZATION alice;'
      . ' CREATE TABLE shop.item AS SELECT 1 AS id; GRANT USAGE ON SCHEMA shop TO bob;'
      . ' GRANT SELECT ON shop.item TO PUBLIC');

sub submit {
    my ($session, $query, $terms) = @_;
    return $session->query("SELECT export.submit(\$q\$$query\$q\$" . ($terms ? ", $terms" : '') . ')');
}

sub ended { return $_[0]->query("SELECT export.wait('$_[1]', '60 s')") }
sub of_job { return $watch->query("SELECT $_[0] FROM export.jobs WHERE id = '$_[1]'") }

sub await_waiting {
    my ($type) = @_;
    return $watch->poll("SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
          . " WHERE NOT l.granted AND l.locktype = '$type' AND a.backend_type = 'export runner')");
}

my $job = submit($alice, 'SELECT * FROM shop.item');
is(ended($alice, $job), 'succeeded', 'repeatable read by default');

# ---- a table that somebody has locked, and one that is gone

my $holder = $node->session;
$holder->query('BEGIN; LOCK TABLE shop.item');
my $later = "not_before => clock_timestamp() + interval '0.2 s'";
$holder->query('COMMIT');
$job = submit($alice, 'SELECT * FROM shop.item', $later);
$holder->query('BEGIN; LOCK TABLE shop.item');
await_waiting('relation');
$alice->query("SELECT export.cancel('$job')");
is(ended($alice, $job), 'cancelled', 'a job that waits for a lock can be cancelled');
$job = submit($alice, 'SELECT 1');
is(ended($alice, $job), 'succeeded', 'and keeps nobody else waiting');
$holder->query('COMMIT; CREATE TABLE shop.gone (i int); GRANT SELECT ON shop.gone TO PUBLIC');
$job = submit($alice, 'SELECT * FROM shop.gone', $later);
$holder->query('DROP TABLE shop.gone');
is(ended($alice, $job), 'failed', 'a table that is gone');
is(of_job('sqlstate', $job), '42P01', 'is told');

# A session that leaves its transaction open does not keep the workers waiting.
$alice->query('BEGIN');
submit($alice, 'SELECT 1');
$watch->query('SELECT pg_advisory_lock(42)');
my $bob = $node->session('postgres', user => 'bob');
my $running = submit($bob, 'SELECT public.wait()');
await_waiting('advisory');
$bob->query("BEGIN; SELECT export.cancel('$running')");
$watch->query('SELECT pg_advisory_unlock(42)');
is(ended($watch, $running), 'succeeded', 'an open transaction with a cancel keeps no job from its end');
$bob->query('COMMIT');
$alice->query('ROLLBACK');

# ---- a role that is dropped while its job runs

$watch->query('CREATE ROLE carol LOGIN IN ROLE export_user');
my $carol = $node->session('postgres', user => 'carol');
$watch->query('SELECT pg_advisory_lock(42)');
$job = submit($carol, 'SELECT public.wait()');
$carol->quit;
await_waiting('advisory');
$watch->query('DROP ROLE carol');
$watch->query('SELECT pg_advisory_unlock(42)');
like(ended($watch, $job), qr/^(succeeded|failed)$/, 'a role dropped while its job runs: it ends');
is(ended($alice, submit($alice, 'SELECT 1')), 'succeeded', 'others are served');

# ---- somebody has put a trigger on a table of ours (A9)

$watch->query('CREATE FUNCTION evil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$');
$job = submit($alice, 'SELECT 1', $later);
$watch->query('CREATE TRIGGER evil BEFORE UPDATE ON export._job_state FOR EACH ROW EXECUTE FUNCTION evil()');
is($alice->sqlstate("SELECT export.submit('SELECT 1')"), '55000', 'a trigger on an internal table: refused');
$watch->query('DROP TRIGGER evil ON export._job_state');
is(ended($alice, $job), 'succeeded', 'without it the workers go on');

# ---- the extension and a database with running jobs are dropped

$watch->query("CREATE DATABASE second TEMPLATE template0");
$node->install('second');
my $there = $node->session('second', user => 'alice');
my $lock = $node->session('second');
$lock->query('SELECT pg_advisory_lock(42)');
$there->query("SELECT export.submit('SELECT public.wait()')");
await_waiting('advisory');
$lock->query('DROP EXTENSION export');
ok($watch->poll("SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = 'second' AND backend_type LIKE 'export %')"),
    'DROP EXTENSION ends the workers');
$lock->query('CREATE EXTENSION export');
$there->query("SELECT export.submit('SELECT public.wait()')");
await_waiting('advisory');
$_->quit for $there, $lock;
$watch->query('DROP DATABASE second');
ok($watch->poll("SELECT NOT EXISTS (SELECT FROM export.workers WHERE database = 'second' OR state = 'lost')"),
    'DROP DATABASE is not kept from it by a running job');

# ---- a synchronous standby that is gone

$watch->query("ALTER SYSTEM SET synchronous_standby_names = 'gone'; SELECT pg_reload_conf()");
$watch->query("SET synchronous_commit = local");
$alice->query("SET synchronous_commit = local");
$watch->poll("SELECT current_setting('synchronous_standby_names') = 'gone'");
$job = submit($alice, 'SELECT 1');
$watch->poll("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE backend_type = 'export runner' AND wait_event = 'SyncRep')");
is(of_job('state', $job), 'running', 'the claim does not wait for the replica, the document does');
$_->quit for $alice, $bob, $holder, $watch;
$node->stop('fast');
$node->append_conf('postgresql.auto.conf', "synchronous_standby_names = ''");
$node->start;
$watch = $node->session;
is(ended($watch, $job), 'succeeded', 'the server could be stopped, and the job has succeeded');

# ---- a standby, and its promotion while a job runs on the old primary

$node->backup('base');
$watch->query('SELECT pg_advisory_lock(42)');
$alice = $node->session('postgres', user => 'alice');
my $standby = ExportCluster->new('standby');
$standby->init_from_backup($node, 'base', has_streaming => 1);
$standby->start;
$job = submit($alice, 'SELECT public.wait()');
await_waiting('advisory');
$node->wait_for_catchup($standby);
my $look = $standby->session;
is($look->query("SELECT count(*) FROM pg_stat_activity WHERE backend_type LIKE 'export %'"), '0',
    'a standby has no workers');
is($look->query("SELECT state FROM export.jobs WHERE id = '$job'"), 'running', 'and sees the jobs');
is($look->sqlstate("SET ROLE alice; SELECT export.submit('SELECT 1')"), '25006', 'none can be submitted');
$look->query('RESET ROLE');
$_->quit for $alice, $watch;
$node->stop('immediate');
$standby->promote;
is($look->query("SELECT export.wait('$job', '60 s')"), 'succeeded', 'promoted: the job has run here');
is($look->query('SELECT count(*) FROM export.check_invariants()'), '0', 'the invariants hold');
$look->quit;
$standby->stop('fast');
$_->check_log for $node, $standby;
done_testing();
