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

# Templates, masks, logos and rules of retention, with roles that the other cluster numbers otherwise,
# and with one that is gone.
$node->safe_psql('postgres', <<'SQL');
CREATE ROLE hr LOGIN IN ROLE export_user;
CREATE ROLE leaver IN ROLE export_user;
CREATE TABLE people (id int, ssn text);
INSERT INTO people VALUES (1, '123-45-6789');
CREATE TABLE gone (a text);
GRANT SELECT ON people TO alice, hr, leaver;
SELECT export.set_mask('people', 'ssn', 'partial(0, 4)', exempt => '{hr,leaver}');
SELECT export.set_mask('gone', 'a', 'redact');
SELECT export.set_logo('acme', decode('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64'));
SET SESSION AUTHORIZATION leaver;
SELECT export.save_template('template of_leaver { from people as p sheet "A" { column "id" = p.id } }');
RESET SESSION AUTHORIZATION;
SELECT export.set_retention('5 days', role => 'leaver'), export.set_retention('3 days', format => 'csv'),
       export.set_retention('9 days', role => 'hr', template => 'of_leaver');
SQL
my $ids = 'template ids { title "Ids" from public.people as p sheet "A" { column "id" = p.id } }';
$alice->query("SELECT export.save_template('$ids', 'first')");
$alice->query("SELECT export.save_template('" . ($ids =~ s/"id"/"no"/r) . "', 'second', 1)");
$alice->query("SELECT export.share_template('ids', role, level)"
      . " FROM (VALUES ('hr'::regrole, 'run'), ('leaver', 'edit'), (NULL, 'view')) s (role, level)");
my $leaver = $node->safe_psql('postgres', "SELECT 'leaver'::regrole::oid");
my $gone = $node->safe_psql('postgres', "SELECT 'gone'::regclass::oid");
$node->safe_psql('postgres', 'DROP TABLE gone; DROP OWNED BY leaver; DROP ROLE leaver');
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

unlike(slurp_file($plain), qr/^(?:.*\t)?(?:$leaver|$gone)(?:\t|$)|\{[^}]*\b$leaver\b/m,
    'what was dropped is nobody');

# Into another cluster, where the roles come with pg_dumpall or not at all.
$other->safe_psql('postgres', 'CREATE ROLE somebody; CREATE ROLE hr LOGIN; CREATE ROLE alice LOGIN');
is( $other->safe_psql('postgres', "SELECT 'alice'::regrole::oid") ne
      $node->safe_psql('postgres', "SELECT 'alice'::regrole::oid"),
    1, 'alice has another number there');
my $masked = "SELECT convert_from(export.stream('SELECT ssn FROM people', 'csv'), 'UTF8')";

# The templates of the dump, and what they give to whom.
sub check_kept {
    my ($name) = @_;
    my $session = $other->session($name, user => 'alice');
    is( $session->query('SELECT name, owner, "right", version, shares FROM export.templates'),
        'ids|alice|own|2|{"hr": "run", "everybody": "view"}',
        "$name: templates with owner and shares");
    is( $session->query(
            'SELECT version, author, note, source ~ \'"no"\' FROM export.template_versions ORDER BY 1'),
        "1|alice|first|f\n2|alice|second|t",
        "$name: with versions");
    is( $session->query("SELECT convert_from(export.stream_template('ids'), 'UTF8')"),
        "no\n1\n", "$name: that run");
    is($session->query($masked), "ssn\n*******6789\n", "$name: masks");
    $session->quit;
    $session = $other->session($name, user => 'hr');
    is($session->query($masked), "ssn\n123-45-6789\n", "$name: with the roles that are exempt");
    is( $session->query("SELECT convert_from(export.stream_template('ids'), 'UTF8')"),
        "no\n1\n", "$name: a share gives what it gave");
    $session->quit;
    is( $other->safe_psql(
            $name, 'SELECT relation, "column", mask, exempt FROM export.masks;'
              . ' SELECT name, bytes, set_by FROM export.logos;'
              . ' SELECT role, template, format, keep FROM export.retention ORDER BY keep'),
        "people|ssn|partial(0, 4)|{hr,leaver}\nacme|70|postgres\n||csv|3 days\nhr|of_leaver||9 days",
        "$name: masks, logos, rules of retention");
    return;
}
for ([ plain => $plain, 0 ], [ audited => $with_audit, $audited ]) {
    my ($name, $dump, $rows) = @$_;
    $other->safe_psql('postgres', "CREATE DATABASE $name");
    $other->command_ok(
        [ 'psql', '-X', '-v', 'ON_ERROR_STOP=1', '-q', '-f', $dump, $other->connstr($name) ],
        "restore: $name");
    $other->safe_psql($name, 'GRANT export_user TO alice, hr');
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
    check_kept($name);
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

# Where a role is missing, what names it is an error, all else is there, and the rest can follow.
my $custom = $node->basedir . '/dump.custom';
$node->command_ok([ 'pg_dump', '-Fc', '-f', $custom, $node->connstr('postgres') ], 'pg_dump -Fc');
$other->safe_psql($_, 'DROP TABLE people') for 'plain', 'audited';
$other->safe_psql('postgres', 'CREATE DATABASE partial');
$other->safe_psql('postgres', 'DROP ROLE hr');
my @restore = ('pg_restore', '-d', $other->connstr('partial'));
$other->command_checks_all(
    [ @restore, $custom ],
    1, [qr/^$/],
    [qr/role "hr" does not exist/],
    'restored without a role');
$other->safe_psql('partial', 'GRANT export_user TO alice; GRANT SELECT ON people TO alice');
is( $other->safe_psql('partial', 'SELECT "column", exempt FROM export.masks'),
    'ssn|{hr,leaver}', 'a mask does not need its exempt roles');
my $masked_reader = $other->session('partial', user => 'alice');
is($masked_reader->query($masked), "ssn\n*******6789\n", 'and holds');
is( $masked_reader->query('SELECT name, version, shares FROM export.templates'),
    'ids|2|', 'templates are there, without the shares');
$masked_reader->quit;
$other->safe_psql('partial', 'CREATE ROLE hr LOGIN IN ROLE export_user; GRANT SELECT ON people TO hr');
$other->command_ok([ @restore, '--data-only', '-n', 'export', '-t', $_, $custom ], "then $_")
  for '_template_share', '_retention';
check_kept('partial');
$other->check_invariants('partial', 'in partial');

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
