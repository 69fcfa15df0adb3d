# Rows of the audit are coded and sealed; whatever is done to them without the keys is found.
use strict;
use warnings;

use ExportCluster;
use PostgreSQL::Test::Utils qw(append_to_file slurp_file);
use Test::More;

my $node = ExportCluster->create('main');
$node->install;
my $watch = $node->session;
my $alice = $node->session('postgres', user => 'alice');
my $run = "SELECT export.run('SELECT 1 AS a') IS NOT NULL";
my $ring = $node->basedir . '/keyring';
my $verify = 'SELECT sealed, unsealed, anchored, problem, event_id FROM export.verify_audit()';

# Without a key ring rows have no code.
$alice->query($run);
is($watch->query('SELECT count(*) FROM export._audit WHERE mac IS NOT NULL OR mac_key IS NOT NULL'),
    '0', 'no codes without a key ring');
my (undef, $said) = $watch->try_query($verify);
like($said, qr/ERROR:  55000: export.verify_audit\(\) needs a key ring.*keyring_init/s, 'and says so');

# The key ring.
$node->append_conf('postgresql.conf', "export.keyring = '$ring'\n");
$node->reload;
$watch->poll("SELECT current_setting('export.keyring') = '$ring'");
(undef, $said) = $alice->try_query($run);
like($said, qr/ERROR:  55000: export.keyring ".*" cannot be used/,
    'with a key ring that is not there nothing is exported');
is($alice->sqlstate('SELECT export.keyring_init()'), '42501', 'only superusers make it');
is($watch->query('SELECT export.keyring_init()'), $ring, 'they do');
is(sprintf('%o', (stat $ring)[2] & 07777), '600', 'for the server alone');
my $keys = slurp_file($ring);
is($watch->sqlstate('SELECT export.keyring_init()'), '58P02', 'and not over another');
is(slurp_file($ring), $keys, 'which stays');

sub sealed {
    return $watch->poll("SELECT unsealed = 0 AND problem IS NULL FROM export.verify_audit()");
}

sub checkpoints { return grep { /checkpoints$/ } glob "$ring.*"; }

# Exports in several batches.
for my $batch (1 .. 3) {
    $alice->query($run) for 1 .. 4;
    $alice->query("BEGIN; $run; ROLLBACK");
    ok(sealed(), "batch $batch is sealed");
}
my $count = $watch->query('SELECT count(*) FROM export._audit');
is($watch->query($verify), "$count|0|$count||", 'all are sealed, signed, and in the file');
is($watch->query('SELECT count(*) FROM export.audit WHERE mac IS NULL'), '2',
    'all but those before the key ring have their code');
my ($file) = checkpoints();
my $notes = slurp_file($file);
my @sizes = $notes =~ /^export-\d+-\d+\n(\d+)\n[\w+\/=]{44}\n\n\xe2\x80\x94 export-\d+-\d+ [\w+\/=]+\n\n/mg;
is($sizes[-1], $count, 'the file ends with the last checkpoint');
like($node->log_text, qr/export audit checkpoint:\s+export-\d+-\d+\s+$count\s/,
    'which the server log has too');

# What is done, as superuser and without the keys, and what is said of it.
my ($early, $late) = (4, $count - 2);
my $id = sub { "(SELECT event_id FROM export._audit_seal WHERE seal_no = $_[0])" };
my $columns = $watch->query(<<'SQL');
SELECT string_agg(attname || ' ' || atttypid::regtype, ',' ORDER BY attnum) FROM pg_attribute
WHERE attrelid = 'export._audit'::regclass AND attnum > 0 AND NOT attisdropped
  AND attname NOT IN ('event_id', 'recorded_by', 'mac', 'mac_key')
SQL
my %other = (
    'timestamp with time zone' => "'2001-01-01'",
    text => "'other'",
    uuid => "'00000000-0000-0000-0000-000000000000'",
    name => "'other'",
    integer => '4711',
    bigint => '4711',
    inet => "'10.0.0.1'",
    xid8 => "'4711'",
    jsonb => "'[1]'",
    bytea => "'other'",
    interval => "'1 day'",);

sub check_found {
    my ($name, $change, $problem, $place) = @_;
    my $event = defined $place ? $watch->query('SELECT ' . $id->($place)) : '';
    $watch->query("BEGIN; $change");
    my ($sealed, undef, undef, $found, $at) = split /\|/, $watch->query($verify), -1;
    like($found, $problem, "$name: found");
    is($at, $event, "$name: where it is") if defined $place;
    is($sealed, $place, "$name: what is before it is good") if defined $place;
    $watch->query('ROLLBACK');
    return;
}

for my $column (split /,/, $columns) {
    my ($name, $type) = split / /, $column, 2;
    check_found(
        "$name changed",
        "UPDATE export._audit SET $name = $other{$type} WHERE event_id = " . $id->($early),
        qr/^added or changed: its code is wrong$/, $early);
}
check_found('code changed', 'UPDATE export._audit SET mac = sha256(mac) WHERE event_id = ' . $id->($late),
    qr/^added or changed: its code is wrong$/, $late);
check_found('code taken away',
    'UPDATE export._audit SET mac = NULL, mac_key = NULL WHERE event_id = ' . $id->($late),
    qr/^added or changed: it has no code$/, $late);
check_found('a row before the key ring changed',
    q(UPDATE export._audit SET kind = 'nur' WHERE event_id = ) . $id->(0), qr/^changed$/, 0);
check_found('row removed', 'DELETE FROM export._audit WHERE event_id = ' . $id->($early),
    qr/^removed: the row is missing$/, $early);
check_found('row removed with its seal', "DELETE FROM export._audit WHERE event_id = @{[ $id->($early) ]};"
      . " DELETE FROM export._audit_seal WHERE seal_no = $early",
    qr/^removed: its seal is missing$/);
check_found('row removed and the seals renumbered',
    "DELETE FROM export._audit WHERE event_id = @{[ $id->($early) ]};"
      . " DELETE FROM export._audit_seal WHERE seal_no = $early;"
      . " UPDATE export._audit_seal SET seal_no = -seal_no WHERE seal_no > $early;"
      . ' UPDATE export._audit_seal SET seal_no = -seal_no - 1 WHERE seal_no < 0',
    qr/^removed, added or reordered with their seals/);
my $swap = sub {
    my ($what) = @_;
    return 'CREATE TEMP TABLE two ON COMMIT DROP AS SELECT * FROM export._audit_seal'
      . " WHERE seal_no IN ($early, $late); DELETE FROM export._audit_seal WHERE seal_no IN ($early, $late);"
      . " INSERT INTO export._audit_seal SELECT a.seal_no, b.event_id, $what.leaf FROM two a, two b"
      . ' WHERE a.seal_no <> b.seal_no';
};
check_found('two rows swapped', $swap->('a'), qr/^reordered: it was sealed elsewhere$/);
check_found('two rows swapped with their leaves', $swap->('b'),
    qr/^removed, added or reordered with their seals/);
my $copy = 'CREATE TEMP TABLE one ON COMMIT DROP AS SELECT * FROM export._audit WHERE event_id = '
  . $id->($early) . '; UPDATE one SET event_id = gen_random_uuid()';
check_found('row added', "$copy; INSERT INTO export._audit SELECT * FROM one",
    qr/^added: it was there before others/);
check_found('row added as new',
    "$copy, recorded_by = pg_current_xact_id(); INSERT INTO export._audit SELECT * FROM one",
    qr/^added or changed: its code is wrong$/);
check_found('row added as new without a code',
    "$copy, recorded_by = pg_current_xact_id(), mac = NULL, mac_key = NULL;"
      . ' INSERT INTO export._audit SELECT * FROM one',
    qr/^added or changed: it has no code$/);
check_found('row added with a seal',
    "$copy; INSERT INTO export._audit SELECT * FROM one;"
      . " INSERT INTO export._audit_seal SELECT $count, event_id, mac FROM one",
    qr/^added or changed: its code is wrong$/);
check_found('the last checkpoint removed',
    "DELETE FROM export._audit_checkpoint WHERE size = $count; DELETE FROM export._audit_seal"
      . " WHERE seal_no >= (SELECT max(size) FROM export._audit_checkpoint);"
      . ' DELETE FROM export._audit WHERE event_id NOT IN (SELECT event_id FROM export._audit_seal)',
    qr/^removed with their seals: the last checkpoint has more rows$/);
check_found('everything removed', 'TRUNCATE export._audit, export._audit_seal, export._audit_checkpoint',
    qr/^removed with their seals: the last checkpoint has more rows$/);
check_found('a checkpoint forged', "UPDATE export._audit_checkpoint SET note = replace(note, E'\\n$count\\n', E'\\n1\\n')",
    qr/checkpoint is not signed by a key of the key ring$/);
is($watch->query($verify), "$count|0|$count||", 'all of that undone, nothing is found');
is($alice->sqlstate($verify), '42501', 'only auditors verify');

# A change that is committed, so that the sealer has seen it: the rows after it are sealed all the same.
$watch->query(q(UPDATE export._audit SET backend_pid = backend_pid + 1 WHERE event_id = ) . $id->($early));
$alice->query($run);
like($watch->query($verify), qr/^$early\|.*its code is wrong/, 'committed, it is found too');
$watch->query(q(UPDATE export._audit SET backend_pid = backend_pid - 1 WHERE event_id = ) . $id->($early));
ok(sealed(), 'and good again, nothing is lost');

# A bad key ring: who has the keys goes on, who has none exports nothing.
append_to_file($ring, "nonsense\n");
my $since = -s $node->logfile;
is($alice->query($run), 't', 'a bad file: the keys of before stay in force');
ok($node->log_contains('has changed and is not used', $since), 'the log says so');
unlike(slurp_file($node->logfile, $since), qr/[0-9a-f]{64} *$/m, 'without any key');
my $fresh = $node->session('postgres', user => 'alice');
(undef, $said) = $fresh->try_query($run);
like($said, qr/ERROR:  55000: .*DETAIL:  line 4 of the key ring: it does not begin with "key"/s,
    'a new session has none');
open my $out, '>', $ring or die $!;
print {$out} $keys;
close $out or die $!;
chmod 0644, $ring or die $!;
(undef, $said) = $fresh->try_query($run);
like($said, qr/DETAIL:  It must have permissions u=rw \(0600\) or less/, 'nor has it of an open file');
chmod 0600, $ring or die $!;
is($fresh->query($run), 't', 'repaired, it works');
ok(sealed(), 'and is sealed');

# A new key: rows of the old one are still good.
my @lines = split /\n/, $keys =~ s/ active / decrypt_only /gr;
append_to_file("$ring.new", join("\n", @lines, 
    'key new-mac audit-mac active 2026-11-27T10:00:00Z ' . '1' x 64,
    'key new-sign audit-sign active 2026-11-27T10:00:00Z ' . '2' x 64) . "\n");
chmod 0600, "$ring.new" or die $!;
rename "$ring.new", $ring or die $!;
is($alice->query($run), 't', 'the keys are changed');
is($watch->query('SELECT mac_key FROM export._audit ORDER BY at DESC LIMIT 1'), 'new-mac',
    'and the new one is used');
ok(sealed(), 'rows and checkpoints of both are good');

$_->quit for $fresh, $alice, $watch;
$node->stop;
$node->check_log;
done_testing();
