-- export.stream: pieces as they are made.  What it leaves behind, however early it is left.
\ir include/helpers.psql
SET client_min_messages = warning;
DROP ROLE IF EXISTS stream_alice;
CREATE ROLE stream_alice IN ROLE export_user, pg_read_all_stats;
RESET client_min_messages;

CREATE TABLE many AS SELECT g AS id, md5(g::text) AS pad FROM generate_series(1, 40000) g;
GRANT SELECT ON many TO stream_alice;

-- What the session holds.
CREATE FUNCTION held() RETURNS TABLE (what text, count bigint)
LANGUAGE sql AS $$
    SELECT 'contexts', count(*) FROM pg_backend_memory_contexts WHERE name LIKE 'export%'
    UNION ALL
    SELECT 'locks on many', count(*) FROM pg_locks
    WHERE pid = pg_backend_pid() AND relation = 'many'::regclass
    UNION ALL
    SELECT 'cursors', count(*) FROM pg_cursors WHERE name NOT LIKE '<%' AND name <> ''
$$;

SELECT no_plan();
SET timezone = 'UTC';
SET ROLE stream_alice;

-- Pieces.
SELECT export.run('TABLE many ORDER BY id') AS stored \gset
SELECT is(streamed_bytes('TABLE many ORDER BY id') = bytes_of(:'stored'), true,
          'the pieces of a stream are the document of a run');
SELECT is((SELECT sha256(streamed_bytes('TABLE many ORDER BY id', 'json',
                                        '{"compression": "zstd"}'))),
          (SELECT sha256(streamed_bytes('TABLE many ORDER BY id', 'json',
                                        '{"compression": "zstd"}'))),
          'the same rows and options are the same bytes');
SELECT bytes AS size FROM export.artifacts WHERE id = :'stored' \gset
SELECT cmp_ok(:size::bigint, '>', 5 * 262144::bigint, 'the document has several pieces');
SELECT bag_eq($$ SELECT octet_length(piece) = 262144, count(*)
                 FROM (SELECT export.stream('TABLE many ORDER BY id') AS piece) x GROUP BY 1 $$,
              format('VALUES (true, %s::bigint), (false, 1)', :size / 262144),
              'all pieces but the last have 262144 bytes');
SELECT is((SELECT sha256(string_agg(piece, ''))
           FROM (SELECT * FROM export.stream('TABLE many ORDER BY id') AS piece) x),
          sha256(bytes_of(:'stored')), 'a stream in FROM has the same bytes');
SELECT is((SELECT count(*) FROM export.stream('SELECT 1 AS a WHERE false', 'jsonl')), 0::bigint,
          'a document without bytes has no pieces');
SELECT is(streamed('SELECT 1 AS a WHERE false', 'csv'), E'a\n', 'no rows: the header');
SELECT is((SELECT octet_length(string_agg(piece, '')) FROM
           (SELECT export.stream('SELECT repeat(''x'', 3000000) AS a', 'csv') AS piece) x), 3000003,
          'a row larger than a piece');

-- Left early.
SELECT is((SELECT octet_length(piece) FROM (SELECT export.stream('TABLE many') AS piece LIMIT 1) x),
          262144, 'LIMIT');
SELECT is((SELECT count(*) FROM (SELECT export.stream(
               'SELECT 1 / (30000 - id) AS a, pad FROM many') AS piece LIMIT 1) x), 1::bigint,
          'what comes after the LIMIT is not computed');

BEGIN;
DECLARE early CURSOR FOR SELECT export.stream('TABLE many ORDER BY id') AS piece;
CREATE TEMP TABLE got (piece bytea);
FETCH 1 FROM early \g /dev/null
SELECT is((SELECT count FROM held() WHERE what = 'cursors'), 1::bigint, 'the cursor is open');
SELECT cmp_ok((SELECT count FROM held() WHERE what = 'contexts'), '>', 0::bigint,
              'and its export is under way');
SELECT is(current_setting('transaction_read_only'), 'off', 'outside the read-only nest');
INSERT INTO got VALUES ('x');
SELECT is((SELECT count(*) FROM got), 1::bigint, 'and can write');
CLOSE early;
SELECT results_eq('SELECT * FROM held()',
                  $$ VALUES ('contexts', 0::bigint), ('locks on many', 1), ('cursors', 0) $$,
                  'CLOSE ends the inner executor; locks last until the commit, as with SELECT');
ROLLBACK;

-- Nothing is left of many streams, ended in every way.
CREATE TEMP TABLE usage (what text, moment text, bytes bigint, count bigint);
GRANT ALL ON usage TO PUBLIC;
CREATE OR REPLACE PROCEDURE pg_temp.note(moment text) LANGUAGE sql AS $$
    INSERT INTO usage
    SELECT 'contexts', $1, sum(total_bytes), count(*) FROM pg_backend_memory_contexts
    WHERE name NOT IN ('CacheMemoryContext', 'index info', 'relation rules', 'CachedPlanSource',
                       'CachedPlanQuery', 'CachedPlan', 'SPI Plan', 'PL/pgSQL function',
                       'SQL function', 'RelCache hash table', 'PLpgSQL cast cache')
$$;
CREATE OR REPLACE PROCEDURE pg_temp.streams(times integer) LANGUAGE plpgsql AS $$
DECLARE
    piece bytea;
    early CURSOR FOR SELECT export.stream('SELECT id, repeat(pad, 2) AS pad FROM many');
BEGIN
    FOR i IN 1 .. times LOOP
        PERFORM export.stream('SELECT id FROM many WHERE id < 100', 'json');
        SELECT p INTO piece FROM (SELECT export.stream('TABLE many') AS p LIMIT 1) x;
        OPEN early;
        FETCH early INTO piece;
        CLOSE early;
        BEGIN
            PERFORM export.stream('SELECT 1 / (30000 - id) AS a, pad FROM many');
        EXCEPTION WHEN division_by_zero THEN
        END;
        BEGIN
            PERFORM export.stream('SELECT nix FROM many');
        EXCEPTION WHEN undefined_column THEN
        END;
    END LOOP;
END
$$;
CALL pg_temp.streams(3);
CALL pg_temp.note('before');
CALL pg_temp.streams(20);
CALL pg_temp.note('after');
SELECT is((SELECT count FROM usage WHERE moment = 'after'),
          (SELECT count FROM usage WHERE moment = 'before'),
          'a hundred streams leave no memory context behind');
SELECT is((SELECT bytes FROM usage WHERE moment = 'after')
          - (SELECT bytes FROM usage WHERE moment = 'before') < 100000, true, 'nor memory');
SELECT is_empty($$ SELECT locktype, relation::regclass, mode FROM pg_locks
                   WHERE pid = pg_backend_pid() AND relation = 'many'::regclass $$,
                'nor locks');
BEGIN;
SELECT export.stream('TABLE many') LIMIT 1 \g /dev/null
SAVEPOINT s;
SELECT is(error_of($$ SELECT export.stream('SELECT 1 / (30000 - id) AS a, pad FROM many') $$),
          '22012 division by zero', 'an error in the middle');
COMMIT;
SELECT is((SELECT count FROM held() WHERE what = 'contexts'), 0::bigint,
          'no context of an export is left');

-- Another session sees whether this one, idle, still pins a snapshot.
\setenv PGHOST :HOST
\setenv PGPORT :PORT
\setenv PGUSER :USER
\setenv PGDATABASE :DBNAME
SELECT pg_backend_pid() AS pid \gset
\setenv EXPORT_PID :pid
\set pins 'SELECT backend_xmin IS NOT NULL FROM pg_stat_activity WHERE pid = '
\setenv EXPORT_PINS :pins
BEGIN ISOLATION LEVEL READ COMMITTED;
DECLARE pinned CURSOR FOR SELECT export.stream('TABLE many') AS piece;
FETCH 1 FROM pinned \g /dev/null
\set while_open `psql -XAt -c "$EXPORT_PINS $EXPORT_PID"`
CLOSE pinned;
\set after_close `psql -XAt -c "$EXPORT_PINS $EXPORT_PID"`
SELECT is(:'while_open'::text, 't', 'an open stream keeps its snapshot');
SELECT is(:'after_close'::text, 'f', 'CLOSE lets go of it');
SAVEPOINT s;
DECLARE failing CURSOR FOR
    SELECT export.stream('SELECT 1 / (30000 - id) AS a, pad FROM many') AS piece;
FETCH 1 FROM failing \g /dev/null
SELECT is(error_of('MOVE ALL FROM failing'), '22012 division by zero', 'an error while fetching');
ROLLBACK TO s;
\set after_error `psql -XAt -c "$EXPORT_PINS $EXPORT_PID"`
SELECT is(:'after_error'::text, 'f', 'so does an error');
COMMIT;

-- Savepoints.
BEGIN;
DECLARE kept CURSOR FOR SELECT sha256(string_agg(piece, '')) FROM
    (SELECT export.stream('TABLE many ORDER BY id') AS piece) x;
SAVEPOINT s;
SELECT export.stream('TABLE many') LIMIT 1 \g /dev/null
ROLLBACK TO s;
FETCH 1 FROM kept \gset kept_
COMMIT;
SELECT is(:'kept_sha256'::bytea, sha256(bytes_of(:'stored')),
          'a stream goes on after a savepoint was rolled back');

BEGIN;
DECLARE parts CURSOR FOR SELECT export.stream('TABLE many ORDER BY id') AS piece;
FETCH 1 FROM parts \gset part1_
SAVEPOINT s;
FETCH 1 FROM parts \gset part2_
RELEASE s;
SAVEPOINT t;
FETCH 1 FROM parts \gset part3_
SELECT is(:'part1_piece'::bytea || :'part2_piece'::bytea || :'part3_piece'::bytea
          = substring(bytes_of(:'stored') FROM 1 FOR 3 * 262144), true,
          'pieces fetched in several subtransactions');
COMMIT;

BEGIN;
SAVEPOINT s;
DECLARE inner_cursor CURSOR FOR SELECT export.stream('TABLE many ORDER BY id') AS piece;
FETCH 1 FROM inner_cursor \g /dev/null
ROLLBACK TO s;
SELECT is((SELECT count(*) FROM pg_backend_memory_contexts WHERE name LIKE 'export%'), 0::bigint,
          'a rolled back savepoint takes its stream along');
SELECT is(streamed('SELECT 1 AS a'), E'a\n1\n', 'and the next one works');
COMMIT;

-- Cursors side by side.
BEGIN;
DECLARE one CURSOR FOR SELECT export.stream('TABLE many ORDER BY id') AS piece;
DECLARE two CURSOR FOR SELECT export.stream('SELECT pad, id FROM many ORDER BY id DESC', 'jsonl')
    AS piece;
FETCH 1 FROM one \gset one1_
FETCH 1 FROM two \gset two1_
FETCH 1 FROM one \gset one2_
FETCH 1 FROM two \gset two2_
CLOSE one;
FETCH 1 FROM two \gset two3_
SELECT is(:'one1_piece'::bytea || :'one2_piece'::bytea
          = substring(bytes_of(:'stored') FROM 1 FOR 2 * 262144), true, 'two cursors: the first');
SELECT is(:'two1_piece'::bytea || :'two2_piece'::bytea || :'two3_piece'::bytea
          = (SELECT substring(streamed_bytes('SELECT pad, id FROM many ORDER BY id DESC', 'jsonl')
                              FROM 1 FOR 3 * 262144)), true, 'two cursors: the second');
COMMIT;
SELECT is((SELECT count(DISTINCT sha256(a)) FROM
           (SELECT string_agg(p, '') AS a
            FROM (SELECT export.stream('TABLE many ORDER BY id') AS p) x
            UNION ALL
            SELECT string_agg(p, '')
            FROM (SELECT export.stream('TABLE many ORDER BY id') AS p) y) z),
          1::bigint, 'two streams in one statement');

-- A cursor WITH HOLD is run to its end at the commit, and read afterwards.
BEGIN;
DECLARE keeper CURSOR WITH HOLD FOR SELECT export.stream('TABLE many ORDER BY id') AS piece;
FETCH 1 FROM keeper \gset held1_
COMMIT;
FETCH 1 FROM keeper \gset held2_
SELECT is(:'held1_piece'::bytea || :'held2_piece'::bytea
          = substring(bytes_of(:'stored') FROM 1 FOR 2 * 262144), true, 'WITH HOLD');
SELECT is((SELECT count FROM held() WHERE what = 'contexts'), 0::bigint,
          'its export has ended with the transaction');
CLOSE keeper;

-- SELECT * spools to temporary files, and is correct.
SELECT is((SELECT octet_length(string_agg(stream, ''))
           FROM export.stream('TABLE many ORDER BY id')),
          :size, 'SELECT * FROM export.stream()');
SELECT is((SELECT octet_length(stream) FROM export.stream('TABLE many ORDER BY id') LIMIT 1),
          262144,
          'SELECT * FROM export.stream() LIMIT 1');

-- Several rows in the select list, and beside a set-returning function.
SELECT is((SELECT string_agg(convert_from(p, 'UTF8'), '' ORDER BY i) FROM
           (SELECT i, export.stream('SELECT $1::int AS a', 'jsonl', '{}', i) AS p
            FROM generate_series(1, 3) i) x), E'{"a":1}\n{"a":2}\n{"a":3}\n',
          'a stream for each row of a query');
SELECT is((SELECT count(*) FROM (SELECT export.stream('TABLE many') AS p, generate_series(1, 3)) x
           WHERE p IS NOT NULL), (:size / 262144 + 1)::bigint,
          'beside a shorter set-returning function');

RESET ROLE;
SELECT finish();
DROP TABLE many;
DROP OWNED BY stream_alice;
DROP ROLE stream_alice;
