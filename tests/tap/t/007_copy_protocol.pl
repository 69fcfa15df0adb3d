# COPY as clients see it: what the server announces, and which bytes arrive.
use strict;
use warnings;

use ExportCluster;
use Digest::SHA qw(sha256_hex);
use IPC::Run;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = ExportCluster->create('main', conf => "export.table_limit = '256kB'\n");
$node->install;
$node->safe_psql('postgres',
        'CREATE TABLE t (a int, b text);'
      . " INSERT INTO t VALUES (1, 'Zürich'), (2, 'a,b'), (3, NULL); GRANT SELECT ON t TO alice");
my $out = $node->files . '/out';

sub psql_ok {
    my ($command, $name) = @_;
    my ($code, $stdout, $stderr) =
      $node->psql('postgres', $command, extra_params => [ '-U', 'alice' ]);
    is("$code$stderr", '0', $name);
    return $stdout;
}

# psql's \copy.
psql_ok("\\copy (select a, b from t order by a) to '$out' with (format jsonl)", '\copy of a query');
my $document = slurp_file($out);
is( $document,
    qq({"a":1,"b":"Z\xc3\xbcrich"}\n{"a":2,"b":"a,b"}\n{"a":3,"b":null}\n),
    'writes the document');
psql_ok("\\copy t (b, a) to '$out' with (format export_csv, dialect 'excel-eu')",
    '\copy of a table');
is( slurp_file($out),
    "\xef\xbb\xbfb;a\r\nZ\xc3\xbcrich;1\r\na,b;2\r\n;3\r\n",
    'writes columns in that order');
psql_ok("\\copy (select a, b from t order by a) to program 'cat > $out' with (format jsonl)",
    '\copy to a program');
is(slurp_file($out), $document, 'hands it the document');

# What is stored comes out byte for byte.
for my $rows (3, 20_000) {
    for my $options ('{}', '{"compression": "gzip"}', '{"compression": "zstd"}') {
        my $query = ExportCluster::rows_query($rows);
        my $id = psql_ok("SELECT export.run(\$q\$$query\$q\$, 'csv', '$options')",
            "a document of $rows rows, $options");
        psql_ok("\\copy (select export.read('$id')) to '$out' with (format raw)",
            '\copy of it, raw');
        is( -s $out,
            $node->safe_psql(
                'postgres', "SELECT delivered_bytes FROM export.artifacts WHERE id = '$id'"
            ),
            'has the size on record');
        is( sha256_hex(slurp_file($out)),
            $node->safe_psql(
                'postgres',
                "SELECT encode(delivered_sha256, 'hex') FROM export.artifacts WHERE id = '$id'"
            ),
            'and the digest');
        my $unpack = $options =~ /gzip/ ? 'gzip' : $options =~ /zstd/ ? 'zstd' : next;
        my $plain = '';
        IPC::Run::run([ $unpack, '-dc' ], '<', $out, '>', \$plain) or die "$unpack: $?";
        is( sha256_hex($plain),
            $node->safe_psql(
                'postgres', "SELECT encode(sha256, 'hex') FROM export.artifacts WHERE id = '$id'"
            ),
            "$unpack makes of it the document");
    }
}

# Compressed on the way.
for my $tool ('gzip', 'zstd') {
    psql_ok(
        "\\copy (select a, b from t order by a) to '$out' with (format jsonl, compression '$tool')",
        "\\copy, $tool");
    my $plain = '';
    IPC::Run::run([ $tool, '-dc' ], '<', $out, '>', \$plain) or die "$tool: $?";
    is($plain, $document, "$tool reads it");
}

# client_encoding says how statements and answers are written, not documents.
for my $encoding ('LATIN1', 'UTF8', 'SJIS') {
    local $ENV{PGCLIENTENCODING} = $encoding;
    psql_ok("\\copy (select a, b from t order by a) to '$out' with (format jsonl)",
        "client_encoding $encoding");
    is(slurp_file($out), $document, 'changes no byte');
    psql_ok(
        "\\copy (select b from t where a = 1) to '$out' with (format export_csv, encoding 'LATIN1')",
        'the option encoding');
    is(slurp_file($out), "b\nZ\xfcrich\n", 'does');
}

# What the server announces: format 0 and the columns for text, 1 and none for bytes; and what
# psycopg's COPY makes of it.
my $python = <<'PYTHON';
import sys, psycopg
from psycopg.pq import ExecStatus

with psycopg.connect(sys.argv[1]) as connection:
    for statement in sys.argv[2:]:
        result = connection.pgconn.exec_(statement.encode())
        assert result.status == ExecStatus.COPY_OUT, (statement, result.error_message)
        size, messages = 0, 0
        while True:
            length, data = connection.pgconn.get_copy_data(0)
            if length < 0:
                break
            size, messages = size + len(data), messages + 1
        done = connection.pgconn.get_result()
        assert done.status == ExecStatus.COMMAND_OK, (statement, done.error_message)
        assert connection.pgconn.get_result() is None
        formats = {result.fformat(i) for i in range(result.nfields)}
        with connection.cursor() as cursor:
            with cursor.copy(statement) as copy:
                through_cursor = sum(len(data) for data in copy)
        assert through_cursor == size, (statement, through_cursor, size)
        status = done.command_status.decode()
        print(result.binary_tuples, result.nfields, sorted(formats), status, size)
PYTHON
my $query = 'SELECT a, b FROM t ORDER BY a';
my $id = psql_ok("SELECT export.run('$query', 'jsonl')", 'one more document');
my $many = 'SELECT i FROM generate_series(1, 100000) i';
my @announced = (
    [ "COPY ($query) TO STDOUT WITH (FORMAT json)" => qr/^0 2 \[0\] COPY 3 \d+$/ ],
    [   "COPY ($query) TO STDOUT WITH (FORMAT jsonl)" =>
          qr/^0 2 \[0\] COPY 3 @{[ length $document ]}$/
    ],
    [ "COPY t TO STDOUT WITH (FORMAT export_csv)" => qr/^0 2 \[0\] COPY 3 \d+$/ ],
    [ "COPY t (b) TO STDOUT WITH (FORMAT export_csv)" => qr/^0 1 \[0\] COPY 3 \d+$/ ],
    [   "COPY ($query) TO STDOUT WITH (FORMAT jsonl, columns '[\"b\"]')" =>
          qr/^0 1 \[0\] COPY 3 \d+$/
    ],
    [   "COPY ($query) TO STDOUT WITH (FORMAT jsonl, compression 'gzip')" =>
          qr/^1 0 \[\] COPY 3 \d+$/
    ],
    [   "COPY ($query) TO STDOUT WITH (FORMAT export_csv, compression 'zstd')" =>
          qr/^1 0 \[\] COPY 3 \d+$/
    ],
    [   "COPY (SELECT export.read('$id')) TO STDOUT WITH (FORMAT raw)" =>
          qr/^1 0 \[\] COPY 1 @{[ length $document ]}$/
    ],
    [ "COPY (SELECT ''::bytea) TO STDOUT WITH (FORMAT raw)" => qr/^1 0 \[\] COPY 1 0$/ ],
    [   "COPY (SELECT 1 AS a WHERE false) TO STDOUT WITH (FORMAT jsonl)" => qr/^0 1 \[0\] COPY 0 0$/
    ],
    [   "COPY ($many) TO STDOUT WITH (FORMAT export_csv, header 'false')" =>
          qr/^0 1 \[0\] COPY 100000 588895$/
    ],);
my ($stdout, $stderr) = ('', '');
IPC::Run::run(
    [   '/usr/bin/python3', '-c', $python,
        $node->connstr('postgres') . ' user=alice',
        map { $_->[0] } @announced
    ],
    '>',
    \$stdout,
    '2>',
    \$stderr);
is($stderr, '', 'psycopg copies');
my @answers = split /\n/, $stdout;
like($answers[$_] // '', $announced[$_][1], $announced[$_][0]) for 0 .. $#announced;

# Errors before and after the announcement leave the connection in step.
my $alice = $node->session('postgres', user => 'alice');
for (
    [   'COPY (SELECT 1/(3-i) FROM generate_series(1, 5) i) TO STDOUT WITH (FORMAT jsonl)' =>
          '22012'
    ],
    [ 'COPY (SELECT 1, 2) TO STDOUT WITH (FORMAT raw)' => '42804' ],
    [ 'COPY (SELECT NULL::bytea) TO STDOUT WITH (FORMAT raw)' => '22004' ],
    [ "COPY (SELECT ''::bytea) TO STDOUT WITH (FORMAT raw, encoding 'UTF8')" => '22023' ],
    [ 'COPY (DELETE FROM t RETURNING a) TO STDOUT WITH (FORMAT jsonl)' => '0A000' ],
    [ "COPY ($query) TO STDOUT WITH (FORMAT jsonl, delimiter ';')" => '22023' ],
    [ "COPY ($query) TO PROGRAM 'cat' WITH (FORMAT jsonl)" => '0A000' ])
{
    my ($sql, $state) = @$_;
    is($alice->sqlstate($sql), $state, $sql);
    is($alice->query("COPY (SELECT 1 AS a) TO STDOUT WITH (FORMAT jsonl)"),
        '{"a":1}', 'the next COPY works');
}
$alice->quit;

# By itself, because psql takes what follows a failed COPY FROM in a script for its data.
my ($code, undef, $messages) = $node->psql('postgres', 'COPY t FROM STDIN WITH (FORMAT jsonl)');
like($messages, qr/COPY FROM does not take format "jsonl"/, 'COPY FROM has an error of its own');

unlink $out;
$node->check_invariants;
$node->stop;
$node->check_log;
done_testing();
