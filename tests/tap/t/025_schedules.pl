# Schedules on a server: each run becomes one job, late ones by their policy, and nothing of one
# schedule stops another.  Nothing waits for a minute: what is due is put into the past.
use strict;
use warnings;

use ExportCluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = ExportCluster->create('main', init => { allows_streaming => 1 });
$node->install;
my $admin = $node->session;
my $alice = $node->session('postgres', user => 'alice');
$admin->query(<<'SQL');
CREATE ROLE bob LOGIN IN ROLE export_user;
CREATE TABLE sales (day date);
INSERT INTO sales SELECT d FROM generate_series(date '2020-01-01', '2020-12-31', '1 day') d;
GRANT SELECT ON sales TO alice;
SQL
my $bob = $node->session('postgres', user => 'bob');

sub create {
    my ($session, $cron, $arguments) = @_;
    return $session->query(<<"SQL");
SELECT export.create_schedule('$cron', time_zone => 'UTC', jitter => '0', $arguments)
SQL
}

# As if nobody had looked since that time.
sub put_back {
    my ($id, $time) = @_;
    $admin->query("UPDATE export._schedule SET next_fire = '$time', due_at = '$time' WHERE id = '$id'");
    wake();
    return;
}

# One run, for that time, on a schedule that has no other.
sub fire {
    my ($id, $time) = @_;
    $admin->query(<<"SQL");
UPDATE export._schedule SET state = 'active', start_at = '$time', end_at = '$time',
                            next_fire = '$time', due_at = '$time'
WHERE id = '$id'
SQL
    wake();
    $admin->poll("SELECT state <> 'active' FROM export._schedule WHERE id = '$id'");
    return;
}

# Any change of a schedule has the dispatcher look.
my $idle = create($bob, '0 0 1 1 *', "query => 'SELECT 1'");
sub wake { return $bob->query("SELECT export.alter_schedule('$idle')"); }

sub states {
    my ($id) = @_;
    return $admin->query(<<"SQL");
SELECT coalesce(string_agg(state, ' ' ORDER BY scheduled_at), '') FROM export.schedule_runs
WHERE schedule_id = '$id'
SQL
}

sub settled {
    my ($id, $states) = @_;
    return $admin->poll(<<"SQL");
SELECT coalesce(string_agg(state, ' ' ORDER BY fire_at), '') = '$states' FROM export._schedule_fire
WHERE schedule = '$id'
SQL
}

sub state_of {
    my ($id) = @_;
    return $admin->query("SELECT concat_ws(' ', state, reason) FROM export.schedules WHERE id = '$id'");
}

# Late runs.
my $once = create($alice, '0 8 * * *', "query => 'SELECT count(*) FROM sales'");
put_back($once, '2020-06-01 08:00Z');
ok(settled($once, 'missed succeeded'), 'years late: one run is made');
is($admin->query("SELECT scheduled_at <= now() AND scheduled_at > now() - interval '1 day' FROM export.schedule_runs WHERE schedule_id = '$once' AND state = 'succeeded'"),
    't', 'the last one that was missed');
is($admin->query("SELECT next_run > now() FROM export.schedules WHERE id = '$once'"), 't',
    'and the next one is to come');
is($alice->query("SELECT owner, title, error IS NULL FROM export.schedule_runs WHERE schedule_id = '$once' AND state = 'succeeded'"),
    'alice||t', 'the owner sees the run');
is($bob->query("SELECT count(*) FROM export.schedule_runs WHERE schedule_id = '$once'"), '0',
    'somebody else does not');
put_back($once, '2020-06-01 08:00Z');
$admin->poll("SELECT next_run > now() FROM export.schedules WHERE id = '$once'");
is($admin->query("SELECT count(*) FROM export._job WHERE owner_name = 'alice'"), '1',
    'the same times once more make no job again');

my $all = create($alice, '0 8 * * *', "query => 'SELECT 1', missed => 'all', max_missed => 3");
put_back($all, '2020-06-01 08:00Z');
ok(settled($all, 'missed succeeded succeeded succeeded'), 'all: the last three, one after the other');
is($admin->query(<<"SQL"), 't', 'in their order, none before the one before had ended');
SELECT bool_and(before IS NULL OR before <= started_at)
FROM (SELECT started_at, lag(finished_at) OVER (ORDER BY scheduled_at) AS before
      FROM export.schedule_runs WHERE schedule_id = '$all' AND state = 'succeeded') r
SQL

# Later than a run may be, whatever the time of day.
my $minute = $admin->query("SELECT extract(minute FROM now() AT TIME ZONE 'UTC' - interval '30 minutes')");
my $skip = create($alice, "$minute * * * *", "query => 'SELECT 1', missed => 'skip'");
put_back($skip, $admin->query("SELECT date_trunc('minute', now()) - interval '30 minutes'"));
ok(settled($skip, 'missed'), 'skip: none');

# The document is that of the time in the calendar.
$alice->query(<<'SQL');
SELECT export.save_template('template months { title "Months"
  from sales as s where s.day in last_month sheet "S" { column "Day" = s.day } }')
SQL
my $months = create($alice, '0 8 1 * *', "template => 'months'");
$alice->query(<<'SQL');
SELECT export.save_template('template months { title "Months, changed"
  from sales as s sheet "S" { column "Day" = s.day } }', base_version => 1)
SQL
fire($months, '2020-03-01 08:00Z');
ok(settled($months, 'succeeded'), 'a template');
is($alice->query(<<"SQL"), '29|1|2020-03-01 08:00:00+00|Months', 'of February 2020, in the version that was scheduled');
SET timezone = 'UTC';
SELECT a.rows, a.template_version, a.document_time, a.title
FROM export.schedule_runs r JOIN export.artifacts a ON a.id = r.artifact_id WHERE r.schedule_id = '$months'
SQL
is($admin->query("SELECT state FROM export.schedules WHERE id = '$months'"), 'ended',
    'after the end a schedule has ended');
$alice->query("SELECT export.alter_schedule('$months', template_version => 2)");
fire($months, '2020-04-01 08:00Z');
ok(settled($months, 'succeeded succeeded'), 'with the new version');
is($alice->query("SELECT max(a.rows) FROM export.schedule_runs r JOIN export.artifacts a ON a.id = r.artifact_id WHERE r.schedule_id = '$months'"),
    '366', 'which its owner has taken on');

$alice->query("SELECT export.drop_template('months')");
fire($months, '2020-05-01 08:00Z');
ok(settled($months, 'succeeded succeeded failed'), 'without its template');
is($admin->query("SELECT sqlstate FROM export.schedule_runs WHERE schedule_id = '$months' AND state = 'failed'"),
    '42704', 'a run fails');

# Overlap: the first run waits for a lock.
my $query = "query => 'SELECT wait()', start_at => '2000-01-01Z'";
my %overlap = (
    skip => 'succeeded skipped skipped',
    queue => 'succeeded succeeded skipped',
    allow => 'succeeded succeeded succeeded');
$admin->query('SELECT pg_advisory_lock(42)');
my %id = map { $_ => create($alice, '0 8 * * *', "$query, overlap => '$_'") } keys %overlap;
for my $policy (sort keys %overlap) {
    fire($id{$policy}, "2020-01-0$_ 08:00Z") for 1 .. 3;
}
is(scalar(split ' ', states($id{$_})), 3, "overlap $_: three runs are known") for sort keys %overlap;
is($admin->query("SELECT string_agg(DISTINCT state, ' ') FROM export._schedule_fire WHERE schedule = '$id{queue}' AND fire_at = '2020-01-02 08:00Z'"),
    'waiting', 'queue: the second waits for the first');
$admin->query('SELECT pg_advisory_unlock(42)');
ok(settled($id{$_}, $overlap{$_}), "overlap $_: $overlap{$_}") for sort keys %overlap;

# Five failures in a row.
my $failing = create($alice, '0 8 * * *',
    "query => 'SELECT 1 / (count(*) - 366) FROM sales', missed => 'all', max_missed => 5, overlap => 'allow'");
fire($failing, "2020-01-0$_ 08:00Z") for 1 .. 3;
ok(settled($failing, 'failed failed failed'), 'failures');
is($admin->query("SELECT failures FROM export.schedules WHERE id = '$failing'"), '3', 'are counted');
$admin->query("INSERT INTO sales VALUES ('2021-01-01')");
fire($failing, '2020-01-04 08:00Z');
ok(settled($failing, 'failed failed failed succeeded'), 'a success');
is($admin->query("SELECT failures FROM export.schedules WHERE id = '$failing'"), '0', 'ends the count');
$admin->query("DELETE FROM sales WHERE day = '2021-01-01'");
$admin->query("UPDATE export._schedule SET state = 'active', end_at = 'infinity' WHERE id = '$failing'");
put_back($failing, '2020-01-05 08:00Z');
ok(settled($failing, 'failed failed failed succeeded missed failed failed failed failed failed'),
    'five failures in a row');
is(state_of($failing), 'suspended failures', 'suspend a schedule');
like($node->log_text, qr/schedule \Q$failing\E is suspended/, 'and the log says so');
$alice->query("SELECT export.resume_schedule('$failing')");
is($alice->query("SELECT state, failures, next_run > now() FROM export.schedules WHERE id = '$failing'"),
    'active|0|t', 'until it is resumed');

# Of others nobody is stopped: a row that is broken, one that is locked, an owner who is gone.
my $dispatcher = $admin->query("SELECT pid FROM pg_stat_activity WHERE backend_type = 'export dispatcher'");
my $broken = create($alice, '0 8 * * *', "query => 'SELECT 1'");
my $lost = create($alice, '0 8 * * *', "query => 'SELECT 1'");
my $locked = create($alice, '0 8 * * *', "query => 'SELECT 1'");
my $good = create($bob, '0 8 * * *', "query => 'SELECT 1'");
$admin->query("UPDATE export._schedule SET cron = '99 * * * *' WHERE id = '$broken'");
$admin->query("UPDATE export._schedule SET time_zone = 'Mars/Base' WHERE id = '$lost'");
$alice->query("BEGIN; SELECT export.pause_schedule('$locked')");
$admin->query("UPDATE export._schedule SET next_fire = '2020-06-01 08:00Z', due_at = '2020-06-01 08:00Z' WHERE id IN ('$broken', '$lost', '$good')");
wake();
ok(settled($good, 'missed succeeded'), 'a good schedule among them runs');
is(state_of($broken), 'suspended invalid_schedule', 'a broken one is suspended');
is(state_of($lost), 'suspended unknown_time_zone', 'so is one whose zone is gone');
$alice->query('ROLLBACK');
put_back($locked, '2020-06-01 08:00Z');
ok(settled($locked, 'missed succeeded'), 'a locked one runs when it is free');
$admin->query('ALTER ROLE alice NOLOGIN');
put_back($locked, '2020-07-01 08:00Z');
ok($admin->poll("SELECT state = 'suspended' AND reason = 'role_cannot_login' FROM export._schedule WHERE id = '$locked'"),
    'an owner who cannot log in');
is($alice->sqlstate("SELECT export.resume_schedule('$locked')"), '55000', 'who cannot resume it');
$admin->query('ALTER ROLE alice LOGIN');
$alice->query("SELECT export.resume_schedule('$locked')");
is($admin->query("SELECT pid FROM pg_stat_activity WHERE backend_type = 'export dispatcher'"),
    $dispatcher, 'the dispatcher has gone on all the while');

is($admin->query('SELECT string_agg(i::text, chr(10)) FROM export.check_invariants() i'), '',
    'the invariants hold');

# A database from a dump asks first.
my $before = $admin->query("SELECT count(*) FROM export.schedules WHERE state = 'active'");
cmp_ok($before, '>', 2, 'some schedules are active');
my $dump = PostgreSQL::Test::Utils::tempdir() . '/dump';
$node->command_ok([ 'pg_dump', '-f', $dump, $node->connstr('postgres') ], 'pg_dump');
$admin->query('CREATE DATABASE restored');
$node->command_ok([ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-f', $dump, $node->connstr('restored') ], 'restore');
my $there = $node->session('restored');
my $bob_there = $node->session('restored', user => 'bob');
is($there->query('SELECT count(*) FROM export.schedules'), $admin->query('SELECT count(*) FROM export.schedules'),
    'a dump has the schedules');
$there->query("UPDATE export._schedule SET next_fire = '2020-06-01 08:00Z', due_at = '2020-06-01 08:00Z' WHERE state = 'active'");
$bob_there->query("SELECT export.alter_schedule('$idle')");
ok($there->poll("SELECT count(*) = $before FROM export.schedules WHERE state = 'paused' AND reason = 'restored'"),
    'restored, all active ones are paused');
is($there->query('SELECT count(*) FROM export._schedule_fire'), '0', 'and none has run');
$bob_there->query("SELECT export.resume_schedule('$idle')");
is($there->query("SELECT state FROM export.schedules WHERE id = '$idle'"), 'active', 'until they are resumed');
$_->quit for $there, $bob_there;

# So does a standby that was promoted; a server that was restarted goes on.
$node->backup('b');
my $standby = ExportCluster->new('standby');
$standby->init_from_backup($node, 'b', has_streaming => 1);
$standby->start;
$node->wait_for_catchup($standby);
# As if a government had moved the time that it waits for.
$admin->query("UPDATE export._schedule SET next_fire = '2099-01-01', due_at = '2099-01-01' WHERE id = '$idle'");
$_->quit for $admin, $alice, $bob;
$node->restart;
$admin = $node->session;
$bob = $node->session('postgres', user => 'bob');
put_back($good, '2020-06-01 08:00Z');
ok($admin->poll("SELECT state = 'active' AND next_run > now() FROM export.schedules WHERE id = '$good'"),
    'after a restart a schedule goes on');
ok($admin->poll("SELECT next_run < now() + interval '1 year 1 day' FROM export.schedules WHERE id = '$idle'"),
    'and its next time is found anew');
$_->quit for $admin, $bob;
$node->stop;
$standby->promote;
my $promoted = $standby->session;
ok($promoted->poll("SELECT count(*) = $before FROM export.schedules WHERE state = 'paused' AND reason = 'promoted'"),
    'promoted, all active ones are paused');
$promoted->quit;
$standby->stop;

done_testing();
