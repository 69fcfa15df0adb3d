# A cluster with export in it, and what must hold there after every fault.
package ExportCluster;

use strict;
use warnings;
use parent 'PostgreSQL::Test::Cluster';

use ExportSession;
use File::Find;
use PostgreSQL::Test::Utils qw(slurp_file);    # more would hide methods of the same name
use Test::More;

# Options: preload (default 'export'), conf (lines of postgresql.conf), initdb (arguments),
# init (hash for PostgreSQL::Test::Cluster's init).
sub create {
    my ($class, $name, %options) = @_;
    my $node = $class->new($name);
    $node->init(
        extra => [ '--encoding=UTF8', '--locale=C', @{ $options{initdb} // [] } ],
        %{ $options{init} // {} });
    my $preload = $options{preload} // 'export';
    my $documents = $node->documents;
    mkdir $documents, 0700 or die "mkdir $documents: $!";
    mkdir $node->files or die "mkdir: $!";
    $node->append_conf('postgresql.conf', <<"CONF");
shared_preload_libraries = '$preload'
export.directory = '$documents'
autovacuum = off
log_min_messages = log
log_statement = none
work_mem = '64MB'
CONF
    $node->append_conf('postgresql.conf', $options{conf}) if $options{conf};
    $node->start;
    return $node;
}

# Where documents are, and where COPY may write.
sub documents { return $_[0]->basedir . '/documents'; }
sub files { return $_[0]->basedir . '/files'; }

# The extension, a plain role that may export (alice), and functions that stop a query at a known
# place: those who hold advisory lock 42 decide when it goes on.
sub install {
    my ($node, $database) = @_;
    $node->safe_psql($database // 'postgres', <<'SQL');
CREATE EXTENSION export;
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'alice') THEN
        CREATE ROLE alice LOGIN IN ROLE export_user, pg_write_server_files;
    END IF;
END
$$;
CREATE FUNCTION wait() RETURNS int LANGUAGE plpgsql VOLATILE AS
$$ BEGIN PERFORM pg_advisory_xact_lock_shared(42); RETURN 0; END $$;
CREATE FUNCTION wait_in_planner() RETURNS int LANGUAGE plpgsql IMMUTABLE AS
$$ BEGIN PERFORM pg_advisory_xact_lock_shared(42); RETURN 0; END $$;
SQL
    return;
}

sub session {
    my ($node, $database, %options) = @_;
    return ExportSession->new($node, $database, %options);
}

# The query of a document with as many rows, which no compression makes shorter than 32 bytes a
# row, and which waits at row `stop`.
sub rows_query {
    my ($rows, $stop) = @_;
    $stop //= 0;
    return
        "SELECT i, md5(i::text) || md5((-i)::text) AS text, CASE WHEN i = $stop THEN wait() END AS"
      . " stop FROM generate_series(1, $rows) i";
}

# Every file below a folder, as paths relative to it.
sub files_below {
    my ($folder) = @_;
    my @found;
    find({ no_chdir => 1, wanted => sub { push @found, substr($_, length($folder) + 1) if -f } },
        $folder);
    return sort @found;
}

# Files that a process has open and that belong to an export or a spool.
sub open_files {
    my ($node, $pid) = @_;
    my $below = join '|', map { quotemeta } $node->documents, $node->files, '/pgsql_tmp/';
    my @open = map { readlink($_) // () } glob "/proc/$pid/fd/*";
    return grep { /$below/ } @open;
}

sub log_text {
    my ($node) = @_;
    return slurp_file($node->logfile);
}

# The objects of the audit lines from that position of the log on.
sub log_events {
    my ($node, $offset) = @_;
    return slurp_file($node->logfile, $offset // 0) =~ /export audit: (\{.*\})/g;
}

sub documents_on_disk { return files_below($_[0]->documents); }

# Names that documents of this database should have on disk.
my $owned_files = <<'SQL';
SELECT (SELECT system_identifier FROM pg_control_system()) || '-' ||
       (SELECT oid FROM pg_database WHERE datname = current_database()) || '/' || file
FROM export._artifact a
WHERE file IS NOT NULL AND NOT EXISTS (SELECT FROM export._artifact_drop d WHERE d.artifact = a.id)
SQL

# Each must be empty.
my %broken = (
    'document without an equal audit row' => <<'SQL',
SELECT a.id FROM export._artifact a
WHERE NOT EXISTS (SELECT FROM export._audit e
                  WHERE e.artifact_id = a.id AND e.kind IN ('run', 'rerun', 'job')
                    AND e.outcome = 'completed'
                    AND (e.sha256, e.bytes, e.rows) = (a.sha256, a.bytes, a.rows))
SQL
    'readable document whose bytes are not those recorded' => <<'SQL',
SELECT a.id
FROM export._artifact a,
     LATERAL (SELECT coalesce(string_agg(piece, ''), '') AS bytes
              FROM (SELECT export.read(a.id) AS piece) p) r
WHERE NOT EXISTS (SELECT FROM export._artifact_drop d WHERE d.artifact = a.id)
  AND (length(r.bytes), sha256(r.bytes)) <> (a.delivered_bytes, a.delivered_sha256)
SQL
    'document in the table without all its chunks' => <<'SQL',
SELECT a.id FROM export._artifact a
WHERE a.file IS NULL
  AND NOT EXISTS (SELECT FROM export._artifact_drop d WHERE d.artifact = a.id)
  AND a.chunks <> (SELECT count(*) FROM export._artifact_chunk c WHERE c.artifact = a.id)
SQL
    'chunks that no readable document owns' => <<'SQL',
SELECT DISTINCT c.artifact FROM export._artifact_chunk c
WHERE NOT EXISTS (SELECT FROM export._artifact a WHERE a.id = c.artifact AND a.file IS NULL)
   OR EXISTS (SELECT FROM export._artifact_drop d WHERE d.artifact = c.artifact)
SQL
    'temporary file' => 'SELECT name FROM pg_ls_tmpdir()',);

# Returns once the server has got over the crash of a backend.  Since: a position in the log.
sub await_recovery {
    my ($node, $since) = @_;
    $node->wait_for_log(qr/all server processes terminated; reinitializing/, $since);
    $node->wait_for_log(qr/reinitializing.*database system is ready to accept connections/s,
        $since);
    return;
}

# The invariants of the tables that do not hold.
sub broken_invariants {
    my ($session) = @_;
    return grep { $session->query($broken{$_}) ne '' } sort keys %broken;
}

# Files of this database's documents: those that are on disk and those that should be.
sub document_files {
    my ($node, $session) = @_;
    my $folder = $session->query("SELECT system_identifier || '-' || (SELECT oid FROM pg_database"
          . ' WHERE datname = current_database()) FROM pg_control_system()');
    return (
        [ grep { m{^\Q$folder\E/} } $node->documents_on_disk ],
        [ sort split /\n/, $session->query($owned_files) ]);
}

# What must hold when nothing is under way.
sub check_invariants {
    my ($node, $database, $when) = @_;
    $database //= 'postgres';
    subtest 'nothing is left behind' . ($when ? " $when" : '') => sub {
        my $session = $node->session($database);
        ok($session->poll(<<'SQL'), 'no other session holds a snapshot, a transaction or a lock');
SELECT NOT EXISTS (
    SELECT FROM pg_stat_activity a
    WHERE a.backend_type = 'client backend' AND a.pid <> pg_backend_pid()
      AND (a.backend_xmin IS NOT NULL OR a.backend_xid IS NOT NULL
           OR EXISTS (SELECT FROM pg_locks l WHERE l.pid = a.pid)))
SQL
        $session->query('SELECT export.cleanup()');
        is_deeply([ broken_invariants($session) ], [], 'the tables say the same as the bytes');
        my ($on_disk, $owned) = $node->document_files($session);
        is_deeply($on_disk, $owned, 'the files of the directory are those of the documents');
        is_deeply([ grep { /\.part/ } files_below($node->files) ],
            [], 'no file of COPY half written');
        $session->quit;
    };
    return;
}

# The server's log tells of no crash but those that the test caused, and of nothing leaked.
sub check_log {
    my ($node, @killed) = @_;
    my $log = $node->log_text;
    is_deeply(
        [ sort $log =~ /\(PID (\d+)\) was terminated by signal/g ],
        [ sort @killed ],
        'only what was killed has died of a signal');
    unlike($log, qr/TRAP:|PANIC:/, 'no failed assertion, no panic');
    unlike($log, qr/WARNING:.*(?:leak|still referenced)/, 'nothing leaked');
    unlike($log, qr/could not remove file/, 'every file to be removed was there');
    return;
}

1;
