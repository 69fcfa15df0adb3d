# Other hooks beside ours.  With export first in shared_preload_libraries ours is the innermost, and
# every other one sees the COPY statement; last, it takes its COPY before they see the statement.
# Executor hooks see the inner query, and the writes to our tables, in either order.
use strict;
use warnings;

use ExportCluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $jsonl = 'COPY (SELECT a, 101 AS c FROM t) TO STDOUT WITH (FORMAT jsonl)';
my $csv = 'COPY (SELECT a, 101 AS c FROM t) TO STDOUT WITH (FORMAT csv)';
my $raw = q{COPY (SELECT convert_to(a || '101', 'UTF8') FROM t) TO STDOUT WITH (FORMAT raw)};
my $table = 'COPY t (a) TO STDOUT WITH (FORMAT jsonl)';
my $query = 'SELECT a, 101 AS c FROM t';
my $run = "SELECT export.run('$query')";
my $stream = "SELECT export.stream('$query')";

# pg_stat_statements has constants as parameters.
sub counted { return $_[0] =~ s/'101'|101/\$1/r =~ s/'UTF8'/\$2/r . "|$_[1]|$_[2]"; }

# The outcome, by the session, and the intent, by the audit writer.
my @audited = ('INSERT INTO export._audit|1|1') x 2;

# For each statement, with export first: the lines of pgaudit and auto_explain, and the rows of
# pg_stat_statements with calls and rows.  Core COPY sets what is right for ours.
my %expected = (
    $csv => {
        pgaudit => [ "READ,SELECT,,,\"$csv", "READ,COPY,,,\"$csv" ],
        auto_explain => [$csv],
        statements => [ counted($csv, 1, 3), "$csv|1|3" ],
    },
    $jsonl => {
        pgaudit => [ "READ,SELECT,,,\"$jsonl", "READ,COPY,,,\"$jsonl" ],
        auto_explain => [ $jsonl, 'INSERT INTO export._audit' ],
        statements => [ counted($jsonl, 1, 3), "$jsonl|1|3", @audited ],
    },
    $table => {
        pgaudit => [ "READ,SELECT,,,\"$table", "READ,COPY,,,\"$table" ],
        auto_explain => [ $table, 'INSERT INTO export._audit' ],
        statements => [ "$table|1|3", "$table|1|3", @audited ],
    },
    $raw => {
        pgaudit => [ "READ,SELECT,,,\"$raw", "READ,COPY,,,\"$raw" ],
        auto_explain => [$raw],
        statements => [ counted($raw, 1, 3), "$raw|1|3" ],
    },
    $run => {
        pgaudit => [
            "READ,SELECT,,,\"$run", "FUNCTION,EXECUTE,FUNCTION,export.run,\"$run",
            "READ,SELECT,,,\"$query\"",
        ],
        auto_explain => [
            $query,
            'INSERT INTO export._artifact',
            'INSERT INTO export._artifact_chunk',
            'INSERT INTO export._audit',
            $run,
        ],
        statements => [
            'INSERT INTO export._artifact_chunk|1|1',
            'INSERT INTO export._artifact|1|1',
            @audited,
            counted($query, 1, 3),
            'SELECT export.run($1)|1|1',
        ],
    },
    $stream => {
        pgaudit => [
            "READ,SELECT,,,\"$stream", "FUNCTION,EXECUTE,FUNCTION,export.stream,\"$stream",
            "READ,SELECT,,,\"$query\"",
        ],
        auto_explain => [ $query, 'INSERT INTO export._audit', $stream ],
        statements => [
            @audited,
            counted($query, 1, 3),
            'SELECT export.stream($1)|1|1',
        ],
    },);

# With export last no utility hook sees a COPY of ours.
sub without_utility_hooks {
    my ($statement, $of) = @_;
    return $of if $statement !~ /jsonl|raw/;
    my @statements = @{ $of->{statements} };
    splice @statements, 1, 1;

    # The outcome is then a statement of the same level as the intent.
    my @others = grep { !/_audit/ } @statements;
    @statements = (@others, 'INSERT INTO export._audit|2|2') if @others < @statements;
    return {
        %$of,
        pgaudit => [ grep { !/^READ,COPY/ } @{ $of->{pgaudit} } ],
        statements => \@statements };
}

# Shortens the statements that are ours; drops what the test itself asks.
sub tidy {
    return grep { !/pg_backend_pid|pg_stat_statements_reset/ } map {
        s/INSERT INTO (export\.\w+) \(.*\)( DO NOTHING)?/INSERT INTO $1/r =~ s/(\\n|\n);//r =~ s/\\\\/\\/gr =~
          s/,<not logged>$//r
    } @_;
}

sub check_order {
    my ($order, $expect) = @_;
    my $node = ExportCluster->create($order =~ s/,.*//r, preload => $order, conf => <<'CONF');
pgaudit.log = 'all'
auto_explain.log_min_duration = 0
auto_explain.log_nested_statements = on
auto_explain.log_format = 'json'
pg_stat_statements.track = 'all'
CONF
    $node->install;
    $node->safe_psql('postgres',
            'CREATE TABLE t AS SELECT i AS a FROM generate_series(1, 3) i;'
          . ' GRANT SELECT ON t TO alice; CREATE EXTENSION pg_stat_statements');
    my $alice = $node->session('postgres', user => 'alice');
    for my $statement (sort keys %expected) {
        $node->safe_psql('postgres', 'SELECT pg_stat_statements_reset()');
        my $since = -s $node->logfile;
        $alice->query($statement);

        # Without what the audit writer does; processes of the server have no application.
        my $log = slurp_file($node->logfile, $since) =~
          s/^[-\d]+ [:.\d]+ \w+ \[\d+\] LOG:.*?(?=^\d{4}-|\z)//gmsr;
        my $expected = $expect->($statement, $expected{$statement});
        my $name = $statement =~ s/WITH //r;
        is_deeply([ tidy($log =~ /LOG:  AUDIT: SESSION,\d+,\d+,(.*)/g) ],
            $expected->{pgaudit}, "$order: pgaudit of $name");
        is_deeply(
            [ tidy($log =~ /"Query Text": "(.*)",?$/mg) ],
            $expected->{auto_explain},
            "$order: auto_explain of $name");
        my $rows = $node->safe_psql('postgres',
                "SELECT string_agg(query || '|' || calls || '|' || rows, E'\\n%')"
              . ' FROM pg_stat_statements WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())'
        );
        is_deeply(
            [ sort(tidy(split /\n%/, $rows)) ],
            [ sort @{ $expected->{statements} } ],
            "$order: pg_stat_statements of $name");
    }
    $alice->quit;
    $node->check_invariants;
    $node->stop;
    $node->check_log;
    return;
}

check_order('export,pgaudit,auto_explain,pg_stat_statements', sub { return $_[1]; });
check_order('pg_stat_statements,auto_explain,pgaudit,export', \&without_utility_hooks);
done_testing();
