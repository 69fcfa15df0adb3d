# Dump, restore, DROP EXTENSION and CREATE EXTENSION: what goes along and what is refused.
use strict;
use warnings;

use ExportCluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = ExportCluster->create('main', conf => "export.table_limit = '256kB'\n");
$node->install;
my $other = ExportCluster->create('other', conf => "export.table_limit = '256kB'\n");
my $large = ExportCluster::rows_query(20_000);
my $secret = 'a value that must not be in a dump';

$node->safe_psql('postgres',
    "CREATE TABLE t AS SELECT i AS a FROM generate_series(1, 3) i; GRANT SELECT ON t TO alice");
my $alice = $node->session('postgres', user => 'alice');
$alice->query("SELECT export.run(\$q\$SELECT '$secret' AS a\$q\$)");
my $file_id = $alice->query("SELECT export.run(\$q\$$large\$q\$)");
my $shared = $alice->query("SELECT export.run('SELECT a FROM t')");
$alice->query("SELECT export.share('$shared', 'export_auditor')");
my $dropped = $alice->query("SELECT export.run('SELECT 1')");
$alice->query("SELECT export.drop_artifact('$dropped')");
my $audited = $node->safe_psql('postgres', 'SELECT count(*) FROM export._audit');
cmp_ok($audited, '>=', 6, 'there is an audit log');

my $dumps = 0;

sub dump_of {
    my ($dump_audit) = @_;
    my $dump = $node->basedir . '/dump_' . ++$dumps;
    local $ENV{PGOPTIONS} = $dump_audit ? '-c export.dump_audit=on' : '';
    $node->command_ok([ 'pg_dump', '-f', $dump, $node->connstr('postgres') ],
        "pg_dump, export.dump_audit $dump_audit");
    return $dump;
}
my ($plain, $with_audit) = (dump_of(0), dump_of(1));
my $audit_rows = qr/^COPY export\._audit .* FROM stdin;\n(?!\\\.)/m;
unlike(
    slurp_file($plain),
    qr/$audit_rows|COPY export\._artifact|\Q$secret\E/,
    'no row of ours is in a dump');
like(slurp_file($with_audit), $audit_rows, 'the audit log is, when asked for');
unlike(slurp_file($with_audit), qr/COPY export\._artifact/, 'documents never are');
$node->safe_psql('postgres', 'ALTER DATABASE postgres SET export.dump_audit = on');
my $by_database = dump_of(0);
like(slurp_file($by_database), $audit_rows, 'or when the database is set so');
$node->safe_psql('postgres', 'ALTER DATABASE postgres RESET export.dump_audit');

# Into another cluster, where the roles come with pg_dumpall or not at all.
$other->safe_psql('postgres', 'CREATE ROLE alice LOGIN');
for ([ plain => $plain, 0 ], [ audited => $with_audit, $audited ]) {
    my ($name, $dump, $rows) = @$_;
    $other->safe_psql('postgres', "CREATE DATABASE $name");
    $other->command_ok(
        [ 'psql', '-X', '-v', 'ON_ERROR_STOP=1', '-q', '-f', $dump, $other->connstr($name) ],
        "restore: $name");
    $other->safe_psql($name, 'GRANT export_user TO alice');
    is(
        $other->safe_psql(
            $name,
            'SELECT (SELECT count(*) FROM export._audit), (SELECT count(*) FROM export._artifact),'
              . ' (SELECT count(*) FROM export._artifact_chunk)'
        ),
        "$rows|0|0",
        "$name: the audit log or nothing");
    my $session = $other->session($name, user => 'alice');
    is($session->sqlstate("SELECT export.read('$shared')"), '42704', "$name: no document");
    my $id = $session->query("SELECT export.run('SELECT a FROM t', 'jsonl')");
    is( $session->query("SELECT encode(export.read('$id'), 'escape')"),
        qq({"a":1}\n{"a":2}\n{"a":3}\n),
        "$name: it works");
    my $large_id = $session->query("SELECT export.run(\$q\$$large\$q\$)");
    is( $session->query("SELECT sum(length(p)) > 0 FROM (SELECT export.read('$large_id') AS p) r"),
        't', "$name: in the directory too");
    $session->quit;
    $other->check_invariants($name, "in $name");
}
is(
    $other->safe_psql(
        'audited',
        "SELECT string_agg(DISTINCT system_identifier::text, ' ') ="
          . " (SELECT system_identifier::text FROM pg_control_system()) FROM export._audit WHERE kind = 'share'"
    ),
    'f',
    'a restored audit row says where it comes from');

# DROP EXTENSION while somebody streams: it waits for the end of that transaction.
my $dropper = $node->session;
my $watch = $node->session;
$alice->query("BEGIN; DECLARE c CURSOR FOR SELECT length(export.stream(\$q\$$large\$q\$))");
is($alice->query('FETCH 1 FROM c'), '262144', 'a stream is under way');
my $reader = $node->session('postgres', user => 'alice');
$reader->query("BEGIN; DECLARE c CURSOR FOR SELECT length(export.read('$file_id'))");
is($reader->query('FETCH 1 FROM c'), '262144', 'so is a read');
$dropper->begin('DROP EXTENSION export');
$watch->poll_blocked($dropper);
is($reader->sqlstate('FETCH ALL FROM c; COMMIT'), '00000', 'the read ends well');
$reader->quit;

# The stream has locked nothing of ours: whoever comes first wins, and the other gets a clear error.
(undef, my $messages) = $alice->try_query('FETCH ALL FROM c; COMMIT');
unlike($messages, qr/XX000|server closed/, 'the stream ends well or with a clear error');
$alice->try_query('ROLLBACK');
is(ExportSession::sqlstate_of(($dropper->end)[1]), '00000', 'then the extension is gone');
is($alice->sqlstate("SELECT export.run('SELECT 1')"), '42883', 'with its functions');
is($alice->sqlstate('COPY (SELECT 1) TO STDOUT WITH (FORMAT jsonl)'),
    '55000', 'and COPY says what is missing');

# A schema that CREATE EXTENSION has made is not part of the extension; PostgreSQL leaves it.
is(
    $watch->query(
            "SELECT (SELECT count(*) FROM pg_class WHERE relnamespace = 'export'::regnamespace),"
          . " (SELECT count(*) FROM pg_proc WHERE pronamespace = 'export'::regnamespace)"
    ),
    '0|0',
    'the schema is empty');
cmp_ok(scalar(my @left = $node->documents_on_disk),
    '==', 1, 'files of the directory are not removed');

# Created again, it owns nothing, and cleanup sweeps what the old one left.
my ($code, $stdout, $stderr) = $node->psql('postgres', 'CREATE EXTENSION export');
is($code, 0, 'created again');
like(
    $stderr,
    qr/(NOTICE|WARNING):  role "export_user" already has members: alice/,
    'members of its roles are listed');
unlike(
    $stderr,
    qr/(NOTICE|WARNING):  role "export_(owner|admin|auditor)"/,
    'of those that have any');
is($watch->query('SELECT export.cleanup()'), '1', 'what the old one left is swept');
is($alice->sqlstate("SELECT export.run('SELECT 1')"), '00000', 'and it works');
$node->check_invariants;
$watch->query('DROP EXTENSION export');

# Roles that exist already: good ones are taken, each bad attribute is refused.
my %bad = (
    export_owner => [
        map { [ "ALTER ROLE export_owner $_->[0]", "ALTER ROLE export_owner $_->[1]" ] }
          [ 'SUPERUSER', 'NOSUPERUSER' ],
        [ 'BYPASSRLS', 'NOBYPASSRLS' ],
        [ 'CREATEROLE', 'NOCREATEROLE' ],
        [ 'CREATEDB', 'NOCREATEDB' ],
        [ 'REPLICATION', 'NOREPLICATION' ],
        [ 'NOLOGIN', 'LOGIN' ],
        [ 'CONNECTION LIMIT 1', 'CONNECTION LIMIT 0' ],
        [ 'CONNECTION LIMIT -1', 'CONNECTION LIMIT 0' ],
        [ "PASSWORD 'x'", 'PASSWORD NULL' ]
    ],);
push @{ $bad{export_owner} }, [ 'GRANT export_owner TO alice', 'REVOKE export_owner FROM alice' ],
  [ 'GRANT pg_read_all_data TO export_owner', 'REVOKE pg_read_all_data FROM export_owner' ];
for my $role ('export_user', 'export_admin', 'export_auditor') {
    $bad{$role} = [ map { [ "ALTER ROLE $role $_", "ALTER ROLE $role NO$_" ] }
          qw(SUPERUSER BYPASSRLS CREATEROLE CREATEDB REPLICATION LOGIN) ];
    push @{ $bad{$role} },
      [ "GRANT pg_read_all_data TO $role", "REVOKE pg_read_all_data FROM $role" ];
}
for my $role (sort keys %bad) {
    for (@{ $bad{$role} }) {
        my ($spoil, $mend) = @$_;
        $watch->query($spoil);
        (undef, $messages) = $watch->try_query('CREATE EXTENSION export');
        is(ExportSession::sqlstate_of($messages), '55000', "$spoil: refused");
        like($messages, qr/role "$role" exists and/, 'with the role named');
        $watch->query($mend);
    }
}

# A role that is spoilt later: whatever would act as it refuses.
$watch->query('CREATE EXTENSION export');
for (@{ $bad{export_owner} }) {
    my ($spoil, $mend) = @$_;
    next if $spoil =~ /NOLOGIN|pg_read_all_data/;
    $watch->query($spoil);
    is($alice->sqlstate("SELECT export.run('SELECT 1')"), '55000', "$spoil: no export");
    is($alice->sqlstate('COPY (SELECT 1) TO STDOUT WITH (FORMAT jsonl)'),
        '55000', "$spoil: no COPY");
    $watch->query($mend);
}
is($alice->sqlstate("SELECT export.run('SELECT 1')"), '00000', 'mended, it works');
$watch->query('DROP EXTENSION export');

# A schema that somebody made beforehand.
$watch->query('CREATE ROLE mallory LOGIN; DROP SCHEMA export');
for (
    [ 'CREATE SCHEMA export AUTHORIZATION mallory', 'of somebody else' ],
    [ 'CREATE SCHEMA export; CREATE TABLE export._audit (a int)', 'with a table' ],
    [   'CREATE SCHEMA export; CREATE FUNCTION export.version() RETURNS text LANGUAGE sql AS $$ SELECT 1::text $$',
        'with a function'
    ],
    [ 'CREATE SCHEMA export; CREATE TYPE export.x AS ENUM ()', 'with a type' ],
    [   'CREATE SCHEMA export; CREATE OPERATOR export.= (FUNCTION = int4eq, LEFTARG = int, RIGHTARG = int)',
        'with an operator'
    ])
{
    my ($sql, $name) = @$_;
    $watch->query($sql);
    (undef, $messages) = $watch->try_query('CREATE EXTENSION export');
    is(ExportSession::sqlstate_of($messages), '55000', "a schema $name: refused");
    like($messages, qr/schema "export" already exists/, 'with the reason');
    $watch->query('DROP SCHEMA export CASCADE');
}
is(
    $watch->query(
        "CREATE EXTENSION export; SELECT extname FROM pg_extension WHERE extname = 'export'"),
    'export',
    'without it all is well');

$_->quit for $alice, $dropper;
$node->check_invariants;
$watch->quit;
$_->stop for $node, $other;
$_->check_log for $node, $other;
done_testing();
