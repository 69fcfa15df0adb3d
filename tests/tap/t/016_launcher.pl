# Every database with the extension has its workers, whatever happens to them or to the database,
# and none stands in the way of the database's owner.
use strict;
use warnings;

use ExportCluster;
use Test::More;

my $node = ExportCluster->create('main', conf => <<'CONF');
export.max_databases = 3
max_worker_processes = 16
restart_after_crash = on
CONF
my $watch = $node->session('template1');

sub launcher { return $watch->query("SELECT pid FROM pg_stat_activity WHERE backend_type = 'export launcher'") }

sub has_dispatcher {
    my ($database, $yes) = @_;
    my $not = $yes ? '' : 'NOT';
    return $watch->poll(<<"SQL");
SELECT $not EXISTS (SELECT FROM pg_stat_activity
                    WHERE backend_type = 'export dispatcher' AND datname = '$database'
                      AND usename = 'export_owner' AND state = 'idle')
SQL
}

ok($watch->poll("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE backend_type = 'export launcher')"),
    'the launcher runs');
is($watch->query("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'export dispatcher'"),
    '0', 'no database has the extension, none has a worker');

# The launcher is told at commit, and only then.
my $session = $node->session;
$session->query('BEGIN; CREATE EXTENSION export; ROLLBACK');
$session->query('BEGIN; SAVEPOINT s; CREATE EXTENSION export; ROLLBACK TO s; COMMIT');
$session->query('BEGIN; CREATE EXTENSION export');
is($watch->query("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'export dispatcher'"),
    '0', 'nothing before the commit');
$session->query('COMMIT');
ok(has_dispatcher('postgres', 1), 'CREATE EXTENSION');
$session->query('DROP EXTENSION export');
ok(has_dispatcher('postgres', 0), 'DROP EXTENSION');
$session->query('CREATE EXTENSION export');
ok(has_dispatcher('postgres', 1), 'CREATE EXTENSION again');
$session->query('DROP SCHEMA export CASCADE');
ok(has_dispatcher('postgres', 0), 'DROP SCHEMA ... CASCADE');
$session->query('CREATE EXTENSION export');
ok(has_dispatcher('postgres', 1), 'and once more');
$session->quit;

# Statements that need the database without other sessions.
$watch->query('CREATE DATABASE copy TEMPLATE postgres');
ok(has_dispatcher('copy', 1), 'a database has the extension from its template');
ok(has_dispatcher('postgres', 1), 'the template keeps its worker');
$watch->query('ALTER DATABASE copy RENAME TO renamed');
ok(has_dispatcher('renamed', 1), 'ALTER DATABASE ... RENAME');
my $client = $node->session('renamed');
is($watch->sqlstate('DROP DATABASE renamed'), '55006', 'a client\'s session is in the way of DROP DATABASE');
ok(has_dispatcher('renamed', 1), 'and the worker comes back');
$client->quit;
$watch->query("DROP DATABASE renamed");
ok(has_dispatcher('renamed', 0), 'a worker is not');

# They come back after their own end, the launcher's, a restart and a crash.
my $dispatcher = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'export dispatcher'";
my $pid = $watch->query($dispatcher);
$watch->query("SELECT pg_terminate_backend($pid)");
ok($watch->poll("SELECT EXISTS ($dispatcher AND pid <> $pid)"), 'the dispatcher was terminated');
$pid = launcher();
$watch->query("SELECT pg_terminate_backend($pid)");
ok( $watch->poll("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE backend_type = 'export launcher' AND pid <> $pid)"),
    'the launcher was terminated');
$watch->query('CREATE DATABASE second TEMPLATE template0');
$node->safe_psql('second', 'CREATE EXTENSION export');
ok(has_dispatcher('second', 1), 'the new launcher hears of a new database');
ok(has_dispatcher('postgres', 1), 'and has not lost the others');
$watch->quit;
$node->restart;
$watch = $node->session('template1');
ok(has_dispatcher('postgres', 1) && has_dispatcher('second', 1), 'a restart');
my $since = -s $node->logfile;
my $killed = launcher();
kill 'KILL', $killed;
$node->await_recovery($since);
$watch->abandoned;
$watch = $node->session('template1');
ok(has_dispatcher('postgres', 1) && has_dispatcher('second', 1), 'a crash');

# One bad database stops nobody else.
$watch->query('REVOKE CONNECT ON DATABASE second FROM PUBLIC, export_owner');
$pid = $watch->query("$dispatcher AND datname = 'second'");
$since = -s $node->logfile;
$watch->query("SELECT pg_terminate_backend($pid)");
$node->wait_for_log(qr/permission denied for database "second"/, $since);
$watch->query('CREATE DATABASE third TEMPLATE template0');
$node->safe_psql('third', 'CREATE EXTENSION export');
ok(has_dispatcher('third', 1), 'one may not connect, another may');
$watch->query('GRANT CONNECT ON DATABASE second TO export_owner');
ok(has_dispatcher('second', 1), 'it is tried again');

# Only so many databases; a slot that is given back is used again.
$watch->query('CREATE DATABASE fourth TEMPLATE template0');
$since = -s $node->logfile;
$node->safe_psql('fourth', 'CREATE EXTENSION export');
$node->wait_for_log(qr/no workers for the database with OID \d+.*HINT:  Raise export.max_databases/s,
    $since);
ok(has_dispatcher('fourth', 0), 'no slot is free');
$watch->query('DROP DATABASE third');
$node->safe_psql('fourth', 'DROP EXTENSION export; CREATE EXTENSION export');
ok(has_dispatcher('fourth', 1), 'one is free again');

# They hold nothing while they wait.
is($watch->query(<<'SQL'), '0', 'no snapshot, no transaction, no lock');
SELECT count(*) FROM pg_stat_activity a
WHERE a.backend_type LIKE 'export %'
  AND (a.backend_xmin IS NOT NULL OR a.backend_xid IS NOT NULL OR a.xact_start IS NOT NULL
       OR EXISTS (SELECT FROM pg_locks l WHERE l.pid = a.pid))
SQL

$watch->quit;
$node->stop('fast');
$node->check_log($killed);
done_testing();
