# Databases that are not in UTF8: JSON is valid UTF-8 all the same, or the error names row and
# column.
use strict;
use warnings;

use Encode qw(decode encode FB_CROAK);
use ExportCluster;
use JSON::PP;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = ExportCluster->create('main');
$node->safe_psql('postgres',
        "CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0;"
      . " CREATE DATABASE ascii ENCODING 'SQL_ASCII' TEMPLATE template0;"
      . " CREATE DATABASE japan ENCODING 'EUC_JP' TEMPLATE template0");
my $out = $node->files . '/out';

# The bytes that a COPY to a file writes, or why it fails (core COPY leaves half a file then).
sub copied {
    my ($session, $select, $with) = @_;
    unlink $out;
    my (undef, $messages) = $session->try_query("COPY ($select) TO '$out' WITH ($with)");
    return $messages =~ /ERROR/ ? $messages : slurp_file($out);
}

my %sample = (
    latin => [ 'LATIN1', "Z\xfcrich \xa3 \xff" ],
    japan => [ 'EUC_JP', "\xc6\xfc\xcb\xdc" ],
    ascii => [ undef, "plain" ],);
for my $database (sort keys %sample) {
    my ($encoding, $bytes) = @{ $sample{$database} };
    $node->install($database);
    my $session = $node->session($database);
    my $hex = unpack 'H*', $bytes;
    $session->query("CREATE TABLE t AS SELECT convert_from('\\x$hex', '"
          . ($encoding // 'SQL_ASCII')
          . "') AS text, 1 AS \"n\"")
      if $encoding;
    $session->query("CREATE TABLE t AS SELECT 'plain'::text AS text, 1 AS n") unless $encoding;
    my $text = $encoding ? decode($encoding eq 'EUC_JP' ? 'euc-jp' : 'latin1', $bytes) : $bytes;

    for my $format ('json', 'jsonl') {
        my $json = copied(
            $session,
            'SELECT text, ARRAY[text] AS list, to_jsonb(text) AS j FROM t',
            "FORMAT $format");
        my $row = eval { JSON::PP->new->utf8->decode($json) };
        $row = $row->[0] if ref $row eq 'ARRAY';
        is_deeply(
            $row,
            { text => $text, list => [$text], j => $text },
            "$database: $format is valid and right");
    }
    my $csv = copied($session, 'SELECT text FROM t', "FORMAT export_csv, header 'false'");
    is($csv, encode('UTF-8', $text) . "\n", "$database: CSV is in UTF-8");
    my $id =
      $session->query("SELECT export.run('SELECT text FROM t', 'csv', '{\"header\": false}')");
    is( $session->query("SELECT encode(export.read('$id'), 'hex')"),
        unpack('H*', encode('UTF-8', $text) . "\n"),
        "$database: a document likewise");

    # CSV in other encodings is what COPY makes, where COPY can.
    for my $to ('UTF8', 'LATIN1', 'LATIN9', 'WIN1252', 'EUC_JP', 'SJIS') {
        my $core = copied($session, 'SELECT text, n FROM t', "FORMAT csv, HEADER, ENCODING '$to'");
        my $ours = copied($session, 'SELECT text, n FROM t', "FORMAT export_csv, encoding '$to'");
        if ($core =~ /ERROR:  (\w{5})/) {
            like($ours, qr/ERROR:  $1/, "$database to $to: COPY and we refuse alike");
        } else {
            is($ours, $core, "$database to $to: as COPY");
        }
    }
    $session->query(
        "SELECT export.preview('SELECT text FROM t', 'csv', '{\"encoding\": \"UTF8\"}')");
    $session->quit;
}

# A character that the target lacks: refused with row and column, or replaced.
my $utf8 = 'postgres';
$node->install($utf8);
my $session = $node->session($utf8);
$session->query(
    "CREATE TABLE t AS SELECT i AS n, CASE i WHEN 3 THEN U&'\\65E5\\672C' ELSE 'Z' || U&'\\00FC' END"
      . ' AS text FROM generate_series(1, 4) i'
);
my $messages =
  copied($session, 'SELECT n, text FROM t ORDER BY n', "FORMAT export_csv, encoding 'LATIN1'");
like($messages, qr/ERROR:  22P05/, 'LATIN1 without Japanese: refused as COPY does');
like($messages, qr/row 3/, 'with the row');
like($messages, qr/column "text"/, 'and the column');
ok(!-e $out, 'and no file');
is(
    copied(
        $session,
        'SELECT n, text FROM t ORDER BY n',
        "FORMAT export_csv, encoding 'LATIN1', unencodable 'replace'"
    ),
    "n,text\n1,Z\xfc\n2,Z\xfc\n3,??\n4,Z\xfc\n",
    'replaced when asked');
is(
    copied(
        $session,
        'SELECT n, text FROM t WHERE n <> 3 ORDER BY n',
        "FORMAT export_csv, encoding 'LATIN1'"
    ),
    copied(
        $session,
        'SELECT n, text FROM t WHERE n <> 3 ORDER BY n',
        "FORMAT csv, HEADER, ENCODING 'LATIN1'"
    ),
    'what LATIN1 has is as with COPY');

# SQL_ASCII takes any byte; what is not UTF-8 cannot go into JSON.
my $ascii = $node->session('ascii');
$ascii->query(
    "CREATE TABLE bytes AS SELECT i AS n,"
      . " convert_from(decode(CASE i WHEN 2 THEN 'e97a' ELSE 'c3a97a' END, 'hex'),"
      . " 'SQL_ASCII') AS text FROM generate_series(1, 3) i");
for my $format ('json', 'jsonl') {
    $messages = copied($ascii, 'SELECT n, text FROM bytes ORDER BY n', "FORMAT $format");
    like($messages, qr/ERROR:  22021/, "SQL_ASCII, bytes that are not UTF-8: $format refuses");
    like($messages, qr/row 2/, 'with the row');
    like($messages, qr/column "text"/, 'and the column');
    my $json = copied($ascii, 'SELECT text FROM bytes WHERE n = 1', "FORMAT $format");
    my $row = eval { JSON::PP->new->utf8->decode($json) };
    $row = $row->[0] if ref $row eq 'ARRAY';
    is_deeply($row, { text => "\x{e9}z" }, "$format takes those that are");
}
$messages = copied($ascii, 'SELECT ARRAY[text] AS list FROM bytes WHERE n = 2', 'FORMAT jsonl');
like($messages, qr/ERROR:  22021.*column "list"/s, 'in an array likewise');
$messages =
  copied($ascii, 'SELECT 1 AS a, ROW(text) AS pair FROM bytes WHERE n = 2', 'FORMAT jsonl');
like($messages, qr/ERROR:  22021.*column "pair"/s, 'in a composite likewise');
$messages = copied($ascii, "SELECT 1 AS \"\xe9\"", 'FORMAT jsonl');
like($messages, qr/ERROR:  22021/, 'in a heading likewise');
$_->quit for $ascii, $session;

unlink $out;
$node->check_invariants($_, "in $_") for sort(keys %sample), $utf8;
$node->stop;
$node->check_log;
done_testing();
