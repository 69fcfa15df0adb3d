# One directory for several databases and sessions: cleanup removes what nobody owns, nothing else.
use strict;
use warnings;

use ExportCluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = ExportCluster->create('main', conf => "export.table_limit = '256kB'\n");
$node->install;
$node->safe_psql('postgres', 'CREATE DATABASE second');
$node->install('second');
my $large = ExportCluster::rows_query(20_000);
my $run = "SELECT export.run(\$q\$$large\$q\$)";

my %watch = map { $_ => $node->session($_) } 'postgres', 'second';
my %alice = map { $_ => $node->session($_, user => 'alice') } 'postgres', 'second';
my $cleanup = 'SELECT export.cleanup()';
my %id = map { $_ => $alice{$_}->query($run) } sort keys %alice;
is(scalar(my @both = $node->documents_on_disk), 2, 'a document of each database in one directory');

# Reads it to the end, or says why not.
sub readable {
    my ($database, $id) = @_;
    return $alice{$database}
      ->sqlstate("SELECT sum(length(p)) FROM (SELECT export.read('$id') AS p) r");
}

# Orphans: one in each database's folder.
my %folder = map { (/^(.*-\d+)\// ? $1 : die) => 1 } @both;
is(scalar keys %folder, 2, 'each database has a folder of its own');
my $n = 0;
for my $folder (sort keys %folder) {
    my ($file) = grep { /^\Q$folder\E/ } @both;
    my $name = sprintf '00000000-0000-4000-8000-%012d', ++$n;
    append_to_file($node->documents . '/' . $file =~ s{[^/]*$}{$name.700}r, 'orphan');
    append_to_file($node->documents . '/' . $file =~ s{[^/]*$}{$name.700.part}r, 'orphan');
}
for my $database ('postgres', 'second') {
    is($watch{$database}->query($cleanup),
        '2', "cleanup in $database removes the orphans of that database");
    is(readable($_, $id{$_}), '00000', "the document in $_ is there") for 'postgres', 'second';
}
is_deeply([ $node->documents_on_disk ], \@both, 'all documents, and nothing else');
is($watch{postgres}->query($cleanup), '0', 'again there is nothing to do');
is($alice{postgres}->sqlstate($cleanup), '42501', 'cleanup is for administrators');

# A run that has not committed: its part file, its finished file.
my $holder = $node->session;
$holder->query('SELECT pg_advisory_lock(42)');
$alice{postgres}
  ->begin("SELECT export.run(\$q\$@{[ ExportCluster::rows_query(20_000, 18_000) ]}\$q\$)");
$watch{postgres}->poll_blocked($alice{postgres});
is(scalar(grep { /\.part$/ } $node->documents_on_disk), 1, 'a run is under way');
is($watch{$_}->query($cleanup), '0', "cleanup in $_ leaves its part file alone")
  for 'postgres', 'second';
$holder->query('SELECT pg_advisory_unlock(42)');
my ($late_id) = split /\n/, ($alice{postgres}->end)[0];
is(readable('postgres', $late_id), '00000', 'it ends well');

$alice{postgres}->query('BEGIN');
my $open_id = $alice{postgres}->query($run);
is($watch{$_}->query($cleanup),
    '0', "a run that has not committed: cleanup in $_ leaves its file alone")
  for 'postgres', 'second';
$alice{postgres}->query('COMMIT');
is(readable('postgres', $open_id), '00000', 'after the commit it reads');

# The same in a subtransaction and in the cleaner's own transaction.
$alice{postgres}->query('BEGIN; SAVEPOINT s');
$open_id = $alice{postgres}->query($run);
$alice{postgres}->query('RELEASE s');
is($watch{postgres}->query($cleanup), '0', 'from a subtransaction likewise');
$alice{postgres}->query('COMMIT');
is(readable('postgres', $open_id), '00000', 'after the commit it reads');
my $own = $watch{postgres}->query("BEGIN; $run");
is($watch{postgres}->sqlstate("$cleanup; COMMIT"), '00000',
    'cleanup in the transaction of the run');
is(readable('postgres', $own), '42704', 'a document of another role is none');
is($watch{postgres}->sqlstate("SELECT count(*) FROM (SELECT export.read('$own')) r"),
    '00000', 'its owner reads it');

# Snapshots: a cleaner that looks at the tables as they were must not remove what has come since.
for my $level ('REPEATABLE READ', 'SERIALIZABLE') {
    $watch{postgres}->query("BEGIN ISOLATION LEVEL $level; SELECT count(*) FROM export._artifact");
    my $new = $alice{postgres}->query($run);
    $watch{postgres}->try_query($cleanup);
    $watch{postgres}->try_query('COMMIT');
    is(readable('postgres', $new),
        '00000', "$level: a document newer than the cleaner's snapshot stays");
}

# A drop that has not committed, and one that never will.
for my $order ('before', 'in another session') {
    my $victim = $alice{postgres}->query($run);
    my $cleaner = $order eq 'before' ? $watch{postgres} : $holder;
    $watch{postgres}->query("BEGIN; SELECT export.drop_artifact('$victim')");
    $cleaner->try_query($cleanup);
    $watch{postgres}->try_query('ROLLBACK');
    is(readable('postgres', $victim),
        '00000', "a drop that is rolled back, cleanup $order: the document stays");
    $watch{postgres}->query("BEGIN; SELECT export.drop_artifact('$victim')");
    $cleaner->try_query($cleanup);
    $watch{postgres}->try_query('COMMIT');
    is(readable('postgres', $victim), '42704', 'a drop that is committed: it is gone');
    is(scalar(grep { /$victim/ } $node->documents_on_disk), 0, 'and its file');
}

# Two cleaners at once, while others make and drop documents.
my @sessions = map { $node->session('postgres') } 1 .. 4;
for my $round (1 .. 5) {
    my @made = map { $alice{postgres}->query($run) } 1 .. 2;
    $sessions[0]->begin($cleanup);
    $sessions[1]->begin($cleanup);
    $sessions[2]->begin($run);
    $sessions[3]->begin("SELECT export.drop_artifact('$made[0]')");
    my @ends = map { [ $_->end ] } @sessions;
    is( join(' ', map { ExportSession::sqlstate_of($_->[1]) } @ends),
        '00000 00000 00000 00000',
        "round $round: all end well");
    is(readable('postgres', $made[1]), '00000', 'what was there stays');
    my ($during) = split /\n/, $ends[2][0];
    is($sessions[0]->sqlstate("SELECT count(*) FROM (SELECT export.read('$during')) r"),
        '00000', 'so does what came meanwhile');
}
$_->quit for @sessions;

# A database that is dropped leaves its files to the administrator; a new one never takes them.
$_->quit for $alice{second}, $watch{second};
$watch{postgres}->query('DROP DATABASE second');
cmp_ok(scalar(grep { !-e $node->documents . "/$_" } @both),
    '==', 0, 'DROP DATABASE removes no file');
$watch{postgres}->query('CREATE DATABASE second');
$node->install('second');
my $again = $node->session('second');
is($again->query($cleanup), '0', 'a database of the same name has another folder');
$again->query($run);
$again->quit;
$node->check_invariants($_, "in $_") for 'second', 'postgres';

# A session that is idle after exports keeps nothing.
is_deeply([ $node->open_files($alice{postgres}->pid) ], [], 'an idle session has no file open');
$_->quit for $alice{postgres}, $watch{postgres}, $holder;
$node->check_invariants;
$node->stop;
$node->check_log;
done_testing();
