# Other hooks beside ours.  With export first in shared_preload_libraries ours is the innermost, and
# every other one sees the COPY statement; last, it takes its COPY before they see the statement.
# Executor hooks see the inner query in either order.
use strict;
use warnings;

use ExportCluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $target;

# Statements by name, each with a constant of its own by which its traces are found.
my %statements = (
    'COPY jsonl' => 'COPY (SELECT a, 101 AS c FROM t) TO STDOUT WITH (FORMAT jsonl)',
    'COPY csv' => 'COPY (SELECT a, 102 AS c FROM t) TO STDOUT WITH (FORMAT csv)',
    'COPY raw' => "COPY (SELECT '\\x31303300'::bytea || length('103'::text || a::text)::text::bytea FROM t)"
      . ' TO STDOUT WITH (FORMAT raw)',
    run => "SELECT export.run('SELECT a, 104 AS c FROM t')",
    stream => "SELECT export.stream('SELECT a, 105 AS c FROM t')",
    'COPY table' => 'COPY t (a) TO STDOUT WITH (FORMAT jsonl)',
);

sub traces_of {
    my ($order) = @_;
    my $name = $order =~ s/,.*//r;
    my $node = ExportCluster->create($name, preload => $order, conf => <<'CONF');
pgaudit.log = 'all'
pgaudit.log_catalog = off
auto_explain.log_min_duration = 0
auto_explain.log_nested_statements = on
auto_explain.log_format = 'json'
pg_stat_statements.track = 'all'
pg_stat_statements.track_utility = on
CONF
    $node->install;
    $node->safe_psql('postgres', 'CREATE TABLE t AS SELECT i AS a FROM generate_series(1, 3) i;'
          . ' GRANT SELECT ON t TO alice; CREATE EXTENSION pg_stat_statements');
    my %traces;
    for my $statement (sort keys %statements) {
        $node->safe_psql('postgres', 'SELECT pg_stat_statements_reset()');
        my $since = -s $node->logfile;
        my $alice = $node->session('postgres', user => 'alice');
        $alice->query($statements{$statement});
        $alice->quit;
        my $log = slurp_file($node->logfile, $since);
        my @audit = $log =~ /LOG:  AUDIT: SESSION,\d+,\d+,(.*)/g;
        my @explain = $log =~ /"Query Text": "(.*)",?$/mg;
        $traces{$statement} = { audit => \@audit, explain => \@explain,
            rows => $node->safe_psql('postgres', 'SELECT query, calls, rows FROM pg_stat_statements ORDER BY 1') };
    }
    $node->check_invariants;
    $node->stop;
    $node->check_log;
    return \%traces;
}

my $first = traces_of('export,pgaudit,auto_explain,pg_stat_statements');
my $last = traces_of('pg_stat_statements,auto_explain,pgaudit,export');
for (sort keys %statements) {
    diag explain { $_ => $first->{$_} };
    diag explain { last => $last->{$_} };
}
ok(0);done_testing();
