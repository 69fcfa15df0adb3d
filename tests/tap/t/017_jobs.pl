# Exports in the background: what they give, as whom they run, and what nobody gains by them.
use strict;
use warnings;

use ExportCluster;
use Test::More;

my $node = ExportCluster->create('main', conf => <<'CONF');
max_worker_processes = 16
max_prepared_transactions = 2
export.capture_settings = 'app.tenant'
CONF
$node->install;
my $watch = $node->session;
$watch->query(<<'SQL');
CREATE ROLE bob LOGIN IN ROLE export_user;
CREATE ROLE admin LOGIN IN ROLE export_admin;
CREATE ROLE auditor LOGIN IN ROLE export_auditor;
CREATE SCHEMA shop AUTHORIZATION alice;
CREATE SCHEMA evil AUTHORIZATION bob;
GRANT USAGE ON SCHEMA evil TO alice;
GRANT USAGE ON SCHEMA shop TO bob;
SQL
my $alice = $node->session('postgres', user => 'alice');
my $bob = $node->session('postgres', user => 'bob');
my $admin = $node->session('postgres', user => 'admin');

# The state a job ends in.
sub ended { return $_[0]->query("SELECT export.wait('$_[1]', '60 s')") }

sub content {
    my ($session, $job) = @_;
    return $session->query(
        "SELECT rtrim(convert_from(string_agg(piece, ''), 'UTF8'), E'\n') FROM (SELECT export.read(artifact_id)"
          . " AS piece FROM export.jobs WHERE id = '$job') p");
}

# Submits, waits, returns the document.
sub document {
    my ($session, $arguments) = @_;
    my $job = $session->query("SELECT export.submit($arguments)");
    is(ended($session, $job), 'succeeded', "succeeded: $arguments");
    return content($session, $job);
}

sub of_job {
    my ($session, $column, $job) = @_;
    return $session->query("SELECT $column FROM export.jobs WHERE id = '$job'");
}

# ---- the document is that of export.run

$alice->query('SET search_path = shop; CREATE TABLE item (id int, price numeric, at timestamptz);'
      . " INSERT INTO item VALUES (1, 2.50, '2024-03-01 12:00Z'), (2, NULL, NULL)");
$alice->query("SET TimeZone = 'Asia/Tokyo'; SET DateStyle = 'SQL, DMY'");
my $run = $alice->query("SELECT export.run('SELECT * FROM item', 'jsonl')");
is( document($alice, "'SELECT * FROM item', 'jsonl'"),
    $alice->query("SELECT rtrim(convert_from(string_agg(p, ''), 'UTF8'), E'\n') FROM (SELECT export.read('$run') p) r"),
    'path and zone of the session that submitted');
is(document($alice, "'SELECT ''01/02/2024''::date AS d', 'jsonl'"),
    '{"d":"2024-02-01"}', 'and its order of day and month');
is(document($alice, "'SELECT \$1 + 1 AS a, \$2 AS b', 'jsonl', '{}', 41, NULL::text"),
    '{"a":42,"b":null}', 'arguments');
is(document($alice, "'SELECT \$1::int AS a', 'jsonl', '{\"args\": [\"7\"]}'"),
    '{"a":7}', 'arguments in the options');
# Resolving the names changes nothing of what a query gives.
$alice->query("CREATE TABLE n AS SELECT i, i % 3 AS g, i::text AS t FROM generate_series(1, 30) i;"
      . " CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE DOMAIN small AS int CHECK (VALUE < 100);"
      . ' CREATE FUNCTION twice(int) RETURNS int LANGUAGE sql AS $$ SELECT $1 * 2 $$');
my @shapes = (
    'VALUES (1, NULL), (2, \'b\')', 'TABLE n', 'SELECT *, 1, \'x\', now() IS NULL FROM n ORDER BY i DESC',
    'SELECT g AS "G g", count(*), sum(i) FILTER (WHERE i > 5) FROM n GROUP BY g HAVING count(*) > 1 ORDER BY 1',
    'SELECT DISTINCT ON (g) g, t FROM n ORDER BY g, i DESC',
    'SELECT g, grouping(g), count(*) FROM n GROUP BY GROUPING SETS ((g), ()) ORDER BY 1, 2',
    'SELECT i, lag(i) OVER w, rank() OVER (PARTITION BY g ORDER BY i) FROM n WINDOW w AS (ORDER BY i) ORDER BY i',
    'WITH RECURSIVE r (a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM r WHERE a < 5) SELECT * FROM r',
    'SELECT i FROM n UNION (SELECT 100 EXCEPT SELECT 101) ORDER BY 1 LIMIT 3 OFFSET 1',
    'SELECT i FROM n ORDER BY g FETCH FIRST 3 ROWS WITH TIES',
    'SELECT a.i, b.t FROM n a JOIN n b USING (i) LEFT JOIN LATERAL (SELECT a.i) l ON true ORDER BY 1',
    'SELECT n FROM n ORDER BY i', 'SELECT (n).t, ROW(i, t), ARRAY[i, g], (ARRAY[1, 2])[1] FROM n ORDER BY i',
    'SELECT \'ok\'::mood, 5::small, twice(i), i OPERATOR(pg_catalog.+) 1, t COLLATE "C" FROM n ORDER BY i',
    'SELECT CASE WHEN i > 2 THEN \'a\' ELSE t END, coalesce(NULL, i), i IN (1, 2), i = ANY (ARRAY[1]), t LIKE \'1%\' FROM n ORDER BY i',
    'SELECT * FROM ROWS FROM (generate_series(1, 2), unnest(ARRAY[\'a\', \'b\'])) WITH ORDINALITY AS f (a, b, c)',
    'SELECT EXISTS (SELECT FROM n WHERE i = 1), (SELECT max(i) FROM n), extract(year FROM date \'2024-02-29\')',
    'SELECT xmlelement(name a, t)::text, interval \'1 day\' * 2, date \'2024-01-01\' + i, \'{"a": 1}\'::jsonb -> \'a\' FROM n ORDER BY i');
my ($job, @runs, @jobs);
for my $shape (@shapes) {
    push @runs, $alice->query("SELECT export.run(\$q\$$shape\$q\$, 'csv')");
    push @jobs, $alice->query("SELECT export.submit(\$q\$$shape\$q\$, 'csv')");
}
ended($alice, $_) for @jobs;
for my $i (0 .. $#shapes) {
    is( $alice->query("SELECT j.state || ' ' || (a.sha256 = b.sha256) FROM export.jobs j, export.artifacts a, export.artifacts b"
              . " WHERE j.id = '$jobs[$i]' AND a.id = j.artifact_id AND b.id = '$runs[$i]'"),
        'succeeded true', $shapes[$i]);
}
$job = $alice->query(q{SELECT export.submit_document('{"title": "T", "sections": [
    {"kind": "table", "name": "a", "query": "SELECT id FROM item"},
    {"kind": "text", "name": "t", "text": "hello"}]}', 'pdf')});
is(ended($alice, $job), 'succeeded', 'a document of several sections');

# A template runs in the version that it had.
my $source = 'template items { title "%s" from shop.item as i sheet "S" { column "%s" = i.id order by i.id } }';
$alice->query("SELECT export.save_template('" . sprintf($source, 'A', 'First') . "')");
$alice->query('BEGIN');
$job = $alice->query("SELECT export.submit_template('items', '{}', 'jsonl', title => 'Items')");
$alice->query("SELECT export.save_template('" . sprintf($source, 'A', 'Second') . "', base_version => 1)");
$alice->query('COMMIT');
is(ended($alice, $job), 'succeeded', 'a template');
is(content($alice, $job), qq({"First":1}\n{"First":2}), 'in the version of the submit');

# ---- terms

is( $alice->sqlstate("SELECT export.submit('SELECT 1', priority => 5000)"), '22023', 'priority');
is( $alice->sqlstate("SELECT export.submit('SELECT 1', max_attempts => 0)"), '22023', 'attempts');
is( $alice->sqlstate("SELECT export.submit('SELECT 1', time_limit => '0 s')"), '22023', 'limit');
is( $alice->sqlstate("SELECT export.submit('SELECT 1', not_before => 'infinity')"), '22023', 'time');
is($alice->sqlstate("SELECT export.submit('SELEC 1')"), '42601', 'an error of syntax is told at once');
is($alice->sqlstate("SELECT export.submit('SELECT * FROM nothing')"), '42P01', 'an unknown table too');
is($alice->sqlstate("SELECT export.submit('DELETE FROM item')"), '0A000', 'and what is not a SELECT');
$job = $alice->query("SELECT export.submit('SELECT 1', idempotency_key => 'k', title => 'Mine')");
is($alice->query("SELECT export.submit('SELECT 1', idempotency_key => 'k')"), $job,
    'the same key is the same job');
is($alice->sqlstate("SELECT export.submit('SELECT 2', idempotency_key => 'k')"), '22023',
    'but not for another query');
isnt($bob->query("SELECT export.submit('SELECT 1', idempotency_key => 'k')"), $job,
    'nor for another role');
is(of_job($alice, 'title', $job), 'Mine', 'title');
$job = $alice->query("SELECT export.submit('SELECT 1', not_before => clock_timestamp() + interval '0.3 s')");
is(of_job($alice, "state || ' ' || (not_before > created_at)", $job), 'queued true', 'it waits for its time');
is(ended($alice, $job), 'succeeded', 'and runs then');

# ---- wait, cancel, retry

my $other = $node->session('postgres', user => 'alice');
$other->query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1');
$job = $alice->query("SELECT export.submit('SELECT 1')");
is($other->query("SELECT export.wait('$job')"), 'succeeded', 'wait() sees what its snapshot does not');
$other->query('COMMIT');
$alice->query('BEGIN');
$job = $alice->query("SELECT export.submit('SELECT 1')");
is($alice->sqlstate("SELECT export.wait('$job')"), '55000', 'wait() in the transaction of the submit');
$alice->query('ROLLBACK');
is($watch->query("SELECT count(*) FROM export._job WHERE id = '$job'"), '0', 'ROLLBACK leaves nothing');
is($bob->sqlstate("SELECT export.wait('$run')"), '42704', 'wait() for no job');

$watch->query('SELECT pg_advisory_lock(42)');
$job = $alice->query("SELECT export.submit('SELECT public.wait()')");
$watch->poll("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND locktype = 'advisory')");
is($alice->query("SELECT export.wait('$job', '0.05 s')"), 'running', 'wait() gives up in time');
$_->begin("SELECT export.wait('$job', '60 s')") for $alice, $other;
is($bob->sqlstate("SELECT export.cancel('$job')"), '42704', 'somebody else\'s job does not exist');
$admin->query("SELECT export.cancel('$job')");
is_deeply([ map { ($_->end)[0] } $alice, $other ], [ "cancelled\n", "cancelled\n" ],
    'an administrator cancels it; both who wait hear of it');
is(of_job($alice, "sqlstate || ' ' || error", $job), '57014 cancelled by export.cancel()', 'and why');
$alice->query("BEGIN; SELECT export.retry('$job')");
is(of_job($bob, 'count(*)', $job), '0', 'others do not see it');
is(of_job($admin, 'state', $job), 'cancelled', 'retry takes effect at commit');
$watch->query('SELECT pg_advisory_unlock(42)');
$alice->query('COMMIT');
is(ended($alice, $job), 'succeeded', 'it runs again');
is($alice->sqlstate("SELECT export.cancel('$job')"), '55000', 'an ended job cannot be cancelled');
is($alice->sqlstate("SELECT export.retry('$job')"), '55000', 'nor a good one retried');
$job = $alice->query("SELECT export.submit('SELECT 1', not_before => now() + interval '1 hour')");
$alice->query("SELECT export.cancel('$job')");
is(ended($alice, $job), 'cancelled', 'one that has not begun is cancelled too');
$job = $alice->query("SELECT export.submit('SELECT pg_sleep(60)', time_limit => '0.2 s')");
is(ended($alice, $job), 'failed', 'the time limit');
like(of_job($alice, 'error', $job), qr/time limit/, 'says so');

# A function that catches the cancel is ended all the same.
$watch->query(<<'SQL');
CREATE FUNCTION stubborn() RETURNS int LANGUAGE plpgsql AS $$
BEGIN LOOP BEGIN PERFORM pg_sleep(60); EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP; END $$;
SQL
my $stubborn = $alice->query("SELECT export.submit('SELECT public.stubborn()', time_limit => '0.1 s')");

# ---- NOTIFY

my $listener = $node->session('postgres', user => 'bob');
$listener->query('LISTEN export_job; LISTEN mine');
$job = $bob->query("SELECT export.submit('SELECT 1', notify => 'mine')");
ended($bob, $job);
my $heard = '';
my $deadline = time + $PostgreSQL::Test::Utils::timeout_default;
while ($heard !~ /"mine"/ && time < $deadline) { $heard .= join '', $listener->try_query('SELECT 1') }
for my $state ('running', 'succeeded') {
    like($heard, qr/"export_job" with payload "\{"job": "$job", "state": "$state"\}"/, "NOTIFY $state");
}
like($heard, qr/"mine" with payload "\{"job": "$job", "state": "succeeded"\}"/, 'and on one\'s own channel');
$listener->quit;

# ---- as whom it runs (A8), in a clean session

is(document($alice, "'SELECT current_user AS a, session_user AS b, current_setting(''is_superuser'') AS c', 'jsonl'"),
    '{"a":"alice","b":"alice","c":"off"}', 'as the owner and nobody else');
$watch->query(<<'SQL');
CREATE FUNCTION escape(how text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN EXECUTE how; RETURN 'escaped as ' || current_user;
EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE; END $$;
SQL
for my $how ('SET ROLE postgres', 'RESET ROLE', 'SET SESSION AUTHORIZATION postgres',
    'RESET SESSION AUTHORIZATION', "SELECT set_config(''role'', ''postgres'', false)",
    "SELECT set_config(''session_authorization'', ''postgres'', false)", 'SET ROLE export_owner',
    'CREATE TABLE public.x (i int)', 'SET transaction_read_only = off') {
    my $given = document($alice, "'SELECT public.escape(\$1) AS a', 'jsonl', '{}', '" . $how . "'::text");
    unlike($given, qr/escaped as (?!alice)/, "no escape: $how");
}
$watch->query("ALTER ROLE alice SET search_path = evil; ALTER ROLE alice SET TimeZone = 'UTC';"
      . ' ALTER ROLE alice SET default_transaction_read_only = on;'
      . ' ALTER ROLE alice SET extra_float_digits = -15');
$watch->poll("SELECT NOT EXISTS (SELECT FROM export.workers WHERE kind = 'runner' AND role = 'alice' AND state <> 'busy')");
is(document($alice, "'SELECT current_setting(''search_path'') AS p, current_setting(''TimeZone'') AS z', 'jsonl'"),
    '{"p":"shop, pg_temp","z":"Asia/Tokyo"}', 'ALTER ROLE ... SET changes nothing');
$watch->query('ALTER ROLE alice RESET ALL');

# What one job leaves in the session, the next one does not find.
$watch->query(<<'SQL');
CREATE FUNCTION litter() RETURNS text LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_advisory_lock(77); PERFORM set_config('app.left', 'x', false); PERFORM setseed(0.5);
RETURN pg_backend_pid(); END $$;
CREATE FUNCTION look() RETURNS text LANGUAGE sql AS
$$ SELECT pg_backend_pid() || ' ' || (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid())
   || ' ' || coalesce(current_setting('app.left', true), '') $$;
SQL
my ($first) = document($bob, "'SELECT public.litter() AS a', 'jsonl'") =~ /(\d+)/;
is(document($bob, "'SELECT public.look() AS a', 'jsonl'"), qq({"a":"$first 0 "}),
    'the same process, without lock or setting');
$watch->query('GRANT pg_monitor TO bob');
isnt((document($bob, "'SELECT public.look() AS a', 'jsonl'") =~ /(\d+)/)[0], $first,
    'a new process after the role got another membership');

# Settings that policies of row security read (A24): only those on the list, only as the session had them.
$alice->query("SET app.tenant = '7'; SET app.other = '8'");
is(document($alice, "'SELECT current_setting(''app.tenant'', true) AS a, current_setting(''app.other'', true) AS b', 'jsonl'"),
    '{"a":"7","b":null}', 'captured settings');

# ---- what is planted (A6, A7)

$watch->query('SET search_path = public');
$alice->query('SET search_path = evil, shop, pg_catalog; CREATE TABLE shop.word (w varchar)');
$alice->query("INSERT INTO shop.word VALUES ('x')");
my $later = "not_before => clock_timestamp() + interval '0.2 s'";
$job = $alice->query("SELECT export.submit('SELECT lower(w) AS a, w || ''!'' AS b, id FROM word, item WHERE id = 1', 'jsonl', $later)");
$bob->query(<<'SQL');
CREATE FUNCTION evil.lower(varchar) RETURNS text LANGUAGE sql AS $$ SELECT 'planted' $$;
CREATE FUNCTION evil.lower(text) RETURNS text LANGUAGE sql AS $$ SELECT 'planted' $$;
CREATE FUNCTION evil.concat(varchar, text) RETURNS text LANGUAGE sql AS $$ SELECT 'planted' $$;
CREATE OPERATOR evil.|| (LEFTARG = varchar, RIGHTARG = text, FUNCTION = evil.concat);
CREATE TABLE evil.word AS SELECT 'planted'::varchar AS w;
CREATE TABLE evil.item AS SELECT 1 AS id;
GRANT SELECT ON ALL TABLES IN SCHEMA evil TO alice;
SQL
is(ended($alice, $job), 'succeeded', 'planted after the submit');
is(content($alice, $job), '{"a":"x","b":"x!","id":1}', 'names mean what they meant');
$alice->query('CREATE TEMP TABLE item (id int); SET search_path = shop');
is(document($alice, "'SELECT count(*) AS n FROM item', 'jsonl'"), '{"n":2}', 'a temporary table shadows nothing');
is($alice->sqlstate("SELECT export.submit('SELECT * FROM pg_temp.item')"), '0A000', 'and cannot be exported later');

# What has changed since is no surprise in the document.
$job = $alice->query("SELECT export.submit('SELECT id FROM item', 'jsonl', $later)");
my $renamed = $alice->query("SELECT export.submit('SELECT price FROM item', 'jsonl', $later)");
$alice->query('ALTER TABLE shop.item ALTER id TYPE bigint; ALTER TABLE shop.item RENAME price TO cost');
is(ended($alice, $job), 'failed', 'another type');
is(of_job($alice, 'sqlstate', $job), '55000', 'is told');
is(ended($alice, $renamed), 'failed', 'another name');
is(of_job($alice, 'sqlstate', $renamed), '42703', 'too');

# Policies are those of the time it runs.
$alice->query('CREATE TABLE shop.own AS SELECT 1 AS a; GRANT SELECT ON shop.own TO bob');
$job = $bob->query("SELECT export.submit('SELECT a FROM shop.own', 'json', $later)");
$alice->query('ALTER TABLE shop.own ENABLE ROW LEVEL SECURITY');
is(ended($bob, $job), 'succeeded', 'row security enabled after the submit');
is(content($bob, $job), '[]', 'holds');

# ---- who may not (A15, and owners who cannot run)

$watch->query(<<'SQL');
CREATE FUNCTION public.definer() RETURNS uuid LANGUAGE sql SECURITY DEFINER AS
$$ SELECT export.submit('SELECT 1') $$;
CREATE ROLE group_role NOLOGIN IN ROLE export_user;
GRANT group_role TO alice;
CREATE ROLE old LOGIN VALID UNTIL '2000-01-01' IN ROLE export_user;
CREATE ROLE nobody LOGIN;
GRANT USAGE ON SCHEMA export TO nobody;
SQL
is($bob->sqlstate('SELECT public.definer()'), '0A000', 'not in a SECURITY DEFINER function');
is($watch->sqlstate("SELECT export.submit('SELECT 1')"), '42501', 'not as a superuser');
is($watch->sqlstate("SET ROLE group_role; SELECT export.submit('SELECT 1')"), '42501', 'not as a role without LOGIN');
is($watch->sqlstate("SET ROLE old; SELECT export.submit('SELECT 1')"), '42501', 'not as an expired role');
is($watch->sqlstate("SET ROLE nobody; SELECT export.submit('SELECT 1')"), '42501', 'not without export_user');
$watch->query('RESET ROLE');

# Between submit and start the owner may become one who cannot run: the job says why and waits.
my %blocked = (
    role_cannot_login => [ 'ALTER ROLE bob NOLOGIN', 'ALTER ROLE bob LOGIN' ],
    role_expired => [ "ALTER ROLE bob VALID UNTIL '2000-01-01'", "ALTER ROLE bob VALID UNTIL 'infinity'" ],
    role_renamed => [ 'ALTER ROLE bob RENAME TO robert', 'ALTER ROLE robert RENAME TO bob' ],
    no_privilege => [ 'REVOKE export_user FROM bob', 'GRANT export_user TO bob' ],
    no_connect => [ 'REVOKE CONNECT ON DATABASE postgres FROM PUBLIC; GRANT CONNECT ON DATABASE postgres TO alice, admin',
        'GRANT CONNECT ON DATABASE postgres TO PUBLIC' ],
    superuser_disallowed => [ 'ALTER ROLE bob SUPERUSER', 'ALTER ROLE bob NOSUPERUSER' ],);
for my $reason (sort keys %blocked) {
    my ($do, $undo) = @{ $blocked{$reason} };
    $bob->query('BEGIN');
    $job = $bob->query("SELECT export.submit('SELECT 1', title => '$reason')");
    $watch->query($do);
    $bob->query('COMMIT');
    $watch->poll("SELECT state = 'blocked' AND blocked_reason = '$reason' FROM export.jobs WHERE id = '$job'");
    is(document($alice, "'SELECT 1 AS a', 'jsonl'"), '{"a":1}', "$reason: others are served");
    $watch->query($undo);
    document($alice, "'SELECT 2', 'jsonl'");
    is(ended($watch, $job), 'succeeded', "$reason: and so is it in the end");
}

$watch->query('ALTER ROLE bob CONNECTION LIMIT 0');
is(ended($bob, $bob->query("SELECT export.submit('SELECT 1')")), 'succeeded', 'a connection limit is for clients');
$watch->query('ALTER ROLE bob CONNECTION LIMIT -1');

# A dropped role, and another one of the same name (A26).
$watch->query('CREATE ROLE carol LOGIN IN ROLE export_user');
my $carol = $node->session('postgres', user => 'carol');
$job = $carol->query("SELECT export.submit('SELECT 1', $later)");
$carol->quit;
$watch->query('DROP ROLE carol; CREATE ROLE carol LOGIN IN ROLE export_user');
$watch->poll("SELECT state = 'blocked' AND blocked_reason = 'role_missing' FROM export.jobs WHERE id = '$job'");
is($node->safe_psql('postgres', "SELECT count(*) FROM export.jobs WHERE id = '$job'", extra_params => [ '-U', 'carol' ]),
    '0', 'a new role of the name has nothing of the old one\'s');

# Superusers, if they are let: without views, which run their owner's choice of code.
$watch->query('CREATE VIEW public.seen AS SELECT 1 AS a');
$watch->query('ALTER SYSTEM SET export.allow_superuser_jobs = on; SELECT pg_reload_conf()');
$watch->poll("SELECT current_setting('export.allow_superuser_jobs') = 'on'");
$job = $watch->query("SELECT export.submit('SELECT current_user AS a', 'jsonl')");
is(ended($watch, $job), 'succeeded', 'a superuser who may');
is(content($watch, $job), '{"a":"postgres"}', 'as himself');
$job = $watch->query("SELECT export.submit('TABLE public.seen')");
is(ended($watch, $job), 'failed', 'but no views');
$watch->query('ALTER SYSTEM RESET export.allow_superuser_jobs; SELECT pg_reload_conf()');

# ---- progress, of sessions too

$watch->query('SELECT pg_advisory_lock(42)');
$other->begin("SELECT export.run('SELECT i, public.wait() FROM generate_series(1, 2) i WHERE i < 3', 'json')");
$watch->poll("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND locktype = 'advisory')");
is($alice->query("SELECT owner || ' ' || format || ' ' || phase || ' ' || rows || ' ' || (estimated_rows > 0)"
      . " || ' ' || (percent = 0) || ' ' || (job_id IS NULL) || ' ' || (pid = " . $other->pid . ') FROM export.progress'),
    'alice json running 0 true true true true', 'an export of a session is seen');
is($bob->query('SELECT count(*) FROM export.progress'), '0', 'by its own role');
is($admin->query('SELECT count(*) FROM export.progress'), '1', 'and by administrators');
$watch->query('SELECT pg_advisory_unlock(42)');
$other->end;
is($admin->query('SELECT count(*) FROM export.progress'), '0', 'until it has ended');
is($bob->sqlstate('SELECT * FROM export.workers'), '42501', 'the workers are for administrators');
is($admin->query("SELECT string_agg(DISTINCT kind, ' ' ORDER BY kind) FROM export.workers WHERE pid IS NOT NULL") =~
      s/ runner$//r, 'audit writer dispatcher launcher', 'who see them');

# ---- errors and who reads them (A22)

$alice->query("CREATE TABLE shop.secret AS SELECT 'ssn-123-45'::text AS ssn");
$job = $alice->query("SELECT export.submit('SELECT ssn::int FROM secret', 'csv')");
is(ended($alice, $job), 'failed', 'an error that does not pass');
is(of_job($alice, 'failures', $job), '1', 'is not tried again');
like(of_job($alice, 'error', $job), qr/ssn-123-45/, 'the owner sees the message');
is($admin->query("SELECT count(*) FROM export.jobs j WHERE j::text LIKE '%ssn-123%'"), '0', 'an administrator does not');
is(of_job($admin, 'sqlstate', $job), '22P02', 'but the SQLSTATE');
my $auditor = $node->session('postgres', user => 'auditor');
is($auditor->query("SELECT count(*) > 0 FROM export.audit a WHERE a.job_id IS NOT NULL AND a.kind = 'job' AND a.outcome = 'completed'"),
    't', 'the audit log knows jobs');
is($auditor->query("SELECT count(*) FROM export.audit a WHERE a::text LIKE '%ssn-123%'"), '0', 'without values');
$auditor->quit;

# ---- retry

$watch->query("CREATE FUNCTION fail(state text) RETURNS int LANGUAGE plpgsql AS \$\$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = state; END \$\$");
for my $state ('40001', '40P01', '55P03', '53100', '08006', '58030') {
    $job = $alice->query("SELECT export.submit('SELECT public.fail(''$state'')')");
    $watch->poll("SELECT state = 'retry_wait' FROM export.jobs WHERE id = '$job'");
    is(of_job($alice, "failures || ' ' || sqlstate || ' ' || (not_before > now() + interval '5 s' AND not_before < now() + interval '20 s')", $job),
        "1 $state true", "$state may pass");
    $alice->query("SELECT export.cancel('$job')");
}
$job = $alice->query("SELECT export.submit('SELECT public.fail(''40001'')', max_attempts => 1)");
is(ended($alice, $job), 'failed', 'only so many attempts');

is(ended($alice, $stubborn), 'failed', 'a function that catches every cancel is ended');
like(of_job($alice, 'error', $stubborn), qr/time limit/, 'for its time limit');

# ---- a prepared transaction, which wakes nobody
$alice->query("BEGIN");
$job = $alice->query("SELECT export.submit('SELECT 1')");
$alice->query("PREPARE TRANSACTION 'p'");
$alice->query("COMMIT PREPARED 'p'");
document($alice, "'SELECT 3', 'jsonl'");
is(ended($alice, $job), 'succeeded', 'the next look around finds it');

# ---- fairness (A41): who comes later with one job does not wait for all of the other's
$watch->query('SELECT pg_advisory_lock(42)');
$alice->query("SELECT count(export.submit('SELECT public.wait()')) FROM generate_series(1, 300)");
$watch->poll("SELECT count(*) = 4 FROM export.jobs WHERE owner = 'alice' AND state = 'running'");
$job = $bob->query("SELECT export.submit('SELECT 1', title => 'late')");
$watch->query('SELECT pg_advisory_unlock(42)');
is(ended($bob, $job), 'succeeded', 'the late one is served');
cmp_ok($watch->query("SELECT count(*) FROM export.jobs a WHERE a.owner = 'alice' AND a.query LIKE '%wait%'"
      . " AND a.started_at > (SELECT b.created_at FROM export.jobs b WHERE b.id = '$job')"
      . " AND a.started_at < (SELECT b.started_at FROM export.jobs b WHERE b.id = '$job')"),
    '<=', 8, 'soon');
$watch->poll("SELECT NOT EXISTS (SELECT FROM export.jobs WHERE state IN ('queued', 'running'))");

# Priority, and a limit of running jobs for a role.
$watch->query('ALTER SYSTEM SET export.max_jobs_per_owner = 1; SELECT pg_reload_conf()');
$watch->query('SELECT pg_advisory_lock(42)');
$alice->query("BEGIN; SELECT export.submit('SELECT public.wait()', priority => 100)");
my $low = $alice->query("SELECT export.submit('SELECT 1', priority => -1)");
my $high = $alice->query("SELECT export.submit('SELECT 1', priority => 1)");
$alice->query('COMMIT');
$watch->poll("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND locktype = 'advisory')");
is($watch->query("SELECT count(*) FROM export.jobs WHERE state = 'running'"), '1', 'one at a time');
$watch->query('SELECT pg_advisory_unlock(42)');
ended($alice, $_) for $low, $high;
is($watch->query("SELECT (SELECT started_at FROM export.jobs WHERE id = '$high') < (SELECT started_at FROM export.jobs WHERE id = '$low')"),
    't', 'the higher priority first');

is($watch->query('SELECT count(*) FROM export.check_invariants()'), '0', 'the invariants hold');
$_->quit for $alice, $bob, $other, $admin, $watch;
$node->stop('fast');
$node->check_log;
done_testing();
