-- export.run, read, rerun, share, unshare, drop_artifact and the history.  Documents can be read
-- only after the commit, so these tests commit.
\ir include/helpers.psql
SET client_min_messages = warning;
DROP ROLE IF EXISTS run_alice, run_bob, run_team, run_admin, run_leaver;
CREATE ROLE run_alice IN ROLE export_user;
CREATE ROLE run_team;
CREATE ROLE run_bob IN ROLE export_user, run_team;
CREATE ROLE run_admin IN ROLE export_user, export_admin;
CREATE ROLE run_leaver IN ROLE export_user;
RESET client_min_messages;

CREATE TABLE lines AS
SELECT g AS id, repeat(md5(g::text), 3) AS pad FROM generate_series(1, 8000) g;
GRANT SELECT ON lines TO run_alice, run_bob;

SELECT no_plan();
SET timezone = 'UTC';
SET ROLE run_alice;

-- Small documents: content, counts, digest.
SELECT export.run('SELECT 1 AS a, ''x,y'' AS b UNION ALL SELECT 2, NULL ORDER BY 1') AS small \gset
SELECT is(text_of(:'small'), E'a,b\n1,"x,y"\n2,\n', 'csv is the default');
SELECT row_eq(
    format('SELECT owner = ''run_alice'', title, format, media_type, compression, rows, bytes, '
           'location, state, query, arguments, options, shared_with, time_zone, expires_at - created_at, '
           'dropped_at '
           'FROM export.artifacts WHERE id = %L', :'small'),
    ROW(true, NULL::text, 'csv'::text, 'text/csv'::text, 'none'::text, 2::bigint,
        15::bigint, 'table'::text, 'stored'::text,
        'SELECT 1 AS a, ''x,y'' AS b UNION ALL SELECT 2, NULL ORDER BY 1'::text, '[]'::jsonb,
        '{}'::jsonb, '{}'::name[], 'UTC'::text, interval '30 days', NULL::timestamptz),
    'the history tells what the document is');
SELECT is(sha256, sha256(bytes_of(:'small')), 'sha256 is that of the bytes')
FROM export.artifacts WHERE id = :'small';
SELECT ok(delivered_bytes = bytes AND delivered_sha256 = sha256,
          'what is delivered is the document, if it is not compressed')
FROM export.artifacts WHERE id = :'small';
SELECT ok(duration > '0' AND document_time <= created_at AND created_at <= clock_timestamp(),
          'times are in order')
FROM export.artifacts WHERE id = :'small';
SELECT is(file_name, 'export-' || (document_time AT TIME ZONE 'UTC')::date || '.csv',
          'default file name')
FROM export.artifacts WHERE id = :'small';

SELECT export.run('SELECT 1 AS a', 'jsonl', '{"title": "My title", "compression": "gzip"}')
       AS titled \gset
SELECT row_eq(
    format('SELECT title, file_name = ''My title-'' || (document_time AT TIME ZONE ''UTC'')::date '
           '|| ''.jsonl.gz'', media_type, compression, bytes, delivered_bytes <> bytes '
           'FROM export.artifacts WHERE id = %L', :'titled'),
    ROW('My title'::text, true, 'application/gzip'::text, 'gzip'::text, 8::bigint, true),
    'title, file name and media type of a compressed document');
SELECT ok(delivered_sha256 = sha256(bytes_of(:'titled')) AND sha256 = sha256(E'{"a":1}\n'),
          'digests of the document and of what is delivered')
FROM export.artifacts WHERE id = :'titled';
SELECT is(octet_length(bytes_of(:'titled')), delivered_bytes::integer, 'delivered_bytes')
FROM export.artifacts WHERE id = :'titled';

-- No rows, no bytes.
SELECT export.run('SELECT 1 AS a WHERE false') AS empty_csv,
       export.run('SELECT 1 AS a WHERE false', 'json') AS empty_json,
       export.run('SELECT 1 AS a WHERE false', 'jsonl') AS no_bytes \gset
SELECT is(text_of(:'empty_csv'), E'a\n', 'no rows: the header');
SELECT is(text_of(:'empty_json')::jsonb, '[]', 'no rows: an empty array');
SELECT is(bytes_of(:'no_bytes'), '', 'no rows: no lines');
SELECT is((SELECT count(*) FROM export.read(:'no_bytes')), 0::bigint,
          'a document without bytes has no pieces');
SELECT row_eq(format('SELECT rows, bytes, sha256 FROM export.artifacts WHERE id = %L', :'no_bytes'),
              ROW(0::bigint, 0::bigint, sha256('')), 'its counts and digest');
SELECT is(bytes_of(:'no_bytes', 0), '', 'from_byte 0 is its end');
SELECT throws_ok(format('SELECT export.read(%L, 1)', :'no_bytes'), '22023',
                 'argument "from_byte" is outside the document', 'and 1 is outside');

-- Across the borders of chunks.
SELECT export.run('TABLE lines ORDER BY id') AS large \gset
SELECT bytes AS size FROM export.artifacts WHERE id = :'large' \gset
SELECT cmp_ok(:size::bigint, '>', 3 * 262144::bigint, 'the document has four chunks');
SELECT is(text_of(:'large') = (SELECT E'id,pad\n' || string_agg(format(E'%s,%s\n', id, pad), ''
                                                               ORDER BY id) FROM lines),
          true, 'its bytes are those of the table');
SELECT results_eq(
    format('SELECT octet_length(piece) FROM export.read(%L) piece', :'large'),
    format('VALUES (262144), (262144), (262144), (%s - 3 * 262144)', :size),
    'read gives pieces of 262144 bytes');
SELECT results_eq(
    format('SELECT octet_length(piece) FROM export.read(%L, 262143) piece', :'large'),
    format('VALUES (1), (262144), (262144), (%s - 3 * 262144)', :size),
    'pieces end where chunks end, wherever one begins');
SELECT is_empty(
    format('SELECT place FROM unnest(ARRAY[0, 1, 1000, 262143, 262144, 262145, 524287, 524288, '
           '524289, 786431, 786432, %2$s - 1, %2$s]) place '
           'WHERE bytes_of(%1$L, place) IS DISTINCT FROM substring(bytes_of(%1$L) FROM place + 1)',
           :'large', :size),
    'from_byte at every kind of position');
SELECT is(bytes_of(:'large', :size), '', 'from_byte at the end gives nothing');
SELECT is(error_of(format('SELECT export.read(%L, -1)', :'large')),
          format('22023 argument "from_byte" is outside the document | The document has %s bytes.',
                 :size), 'from_byte below 0');
SELECT throws_ok(format('SELECT export.read(%L, %s)', :'large', :size + 1), '22023', NULL,
                 'from_byte beyond the end');
SELECT throws_ok(format('SELECT export.read(%L, 9223372036854775807)', :'large'), '22023', NULL,
                 'from_byte at the end of the type');
SELECT is_empty(format('SELECT export.read(NULL)'), 'read of NULL is nothing');
SELECT is_empty(format('SELECT export.read(%L, NULL)', :'large'), 'from NULL is nothing');
SELECT ok(stored_bytes < bytes, 'what is stored is compressed')
FROM export.artifacts WHERE id = :'large';
RESET ROLE;
SELECT results_eq(
    format('SELECT number, plain_size FROM export._artifact_chunk WHERE artifact = %L '
           'ORDER BY number', :'large'),
    format('VALUES (0, 262144), (1, 262144), (2, 262144), (3, %s - 3 * 262144)', :size),
    'chunks are of the stated size');
SELECT is((SELECT stored_bytes FROM export._artifact WHERE id = :'large'),
          (SELECT sum(octet_length(data)) FROM export._artifact_chunk WHERE artifact = :'large')
          ::bigint, 'stored_bytes is what the chunks take');

-- Nothing is left of a run that fails or is rolled back.
SELECT count(*) AS artifacts_before, (SELECT count(*) FROM export._artifact_chunk) AS chunks_before
FROM export._artifact \gset
SET ROLE run_alice;
SELECT throws_ok($$ SELECT export.run('SELECT 1 / (5000 - id), pad FROM lines') $$,
                 '22012', 'division by zero', 'an error in the middle');
BEGIN;
SELECT export.run('TABLE lines') AS rolled_back \gset
SELECT is(count(*), 1::bigint, 'the transaction itself sees its history')
FROM export.artifacts WHERE id = :'rolled_back';
ROLLBACK;
SELECT throws_ok(format('SELECT export.read(%L)', :'rolled_back'), '42704',
                 format('export "%s" does not exist', :'rolled_back'), 'rolled back: not there');
RESET ROLE;
SELECT is(ARRAY[count(*), (SELECT count(*) FROM export._artifact_chunk)],
          ARRAY[:artifacts_before, :chunks_before]::bigint[], 'no row is left')
FROM export._artifact;

-- The same rows and options give the same bytes; rerun.
SET ROLE run_alice;
SELECT export.run('SELECT $1 AS n, $2::date AS d, pad FROM lines WHERE id <= $1 ORDER BY id',
                  'json', '{"columns": ["d", "n", "pad"], "title": "Twice"}', 3, '2020-02-29')
       AS first \gset
SET search_path = pg_catalog;
SET timezone = 'Asia/Tokyo';
SELECT export.rerun(:'first') AS second \gset
RESET search_path;
SELECT isnt(:'second'::uuid, :'first'::uuid, 'rerun makes a new document');
SELECT is(bytes_of(:'second'), bytes_of(:'first'), 'with the same bytes');
SELECT is_empty(
    format('SELECT query, format, options, arguments, title, time_zone, rows, bytes, sha256 '
           'FROM export.artifacts WHERE id = %L EXCEPT '
           'SELECT query, format, options, arguments, title, time_zone, rows, bytes, sha256 '
           'FROM export.artifacts WHERE id = %L', :'second', :'first'),
    'and the same history, the time zone of then included');
SELECT is(arguments, '[{"type": "integer", "value": "3"}, {"value": "2020-02-29"}]',
          'the history has the arguments') FROM export.artifacts WHERE id = :'second';
SET timezone = 'UTC';
SELECT export.run('TABLE lines ORDER BY id', 'csv', '{"compression": "gzip"}') AS zip_1 \gset
SELECT export.run('TABLE lines ORDER BY id', 'csv', '{"compression": "gzip"}') AS zip_2 \gset
SELECT ok(bytes_of(:'zip_1') = bytes_of(:'zip_2'), 'gzip of the same rows is the same bytes');
SELECT throws_ok('SELECT export.rerun(''11111111-2222-4333-8444-555555555555'')', '42704',
                 'export "11111111-2222-4333-8444-555555555555" does not exist',
                 'rerun of nothing');
SELECT is(export.rerun(NULL), NULL, 'rerun of NULL');

-- One's own rows only.
SET ROLE run_bob;
SELECT is_empty('SELECT id FROM export.artifacts', 'others see nothing');
SELECT throws_ok(format('SELECT export.%I(%L)', f, :'small'), '42704',
                 format('export "%s" does not exist', :'small'), f || ' of another''s document')
FROM unnest(ARRAY['read', 'rerun', 'drop_artifact']) f;
SELECT throws_ok(format('SELECT export.%I(%L, ''run_bob'')', f, :'small'), '42704',
                 format('export "%s" does not exist', :'small'), f || ' of another''s document')
FROM unnest(ARRAY['share', 'unshare']) f;

-- Administrators: metadata of all, content of none.
SET ROLE run_admin;
SELECT row_eq(
    format('SELECT owner = ''run_alice'', format, rows, bytes, query, arguments, options, '
           'shared_with FROM export.artifacts WHERE id = %L', :'small'),
    ROW(true, 'csv'::text, 2::bigint, 15::bigint, NULL::text, NULL::jsonb, NULL::jsonb,
        NULL::name[]), 'an administrator sees metadata, not the query');
SELECT throws_ok(format('SELECT export.%I(%L)', f, :'small'), '42704',
                 format('export "%s" does not exist', :'small'), f || ' by an administrator')
FROM unnest(ARRAY['read', 'rerun', 'drop_artifact']) f;

-- Shared documents.
SET ROLE run_alice;
SELECT lives_ok(format('SELECT export.share(%L, ''run_team'')', :'small'), 'share with a group');
SELECT lives_ok(format('SELECT export.share(%L, ''run_team'')', :'small'), 'twice is once');
SELECT is(shared_with, '{run_team}', 'the owner sees with whom')
FROM export.artifacts WHERE id = :'small';
SET ROLE run_bob;
SELECT is(text_of(:'small'), E'a,b\n1,"x,y"\n2,\n', 'a member of the group reads it');
SELECT results_eq('SELECT id, query, arguments, options, shared_with FROM export.artifacts',
                  format('VALUES (%L::uuid, NULL::text, NULL::jsonb, NULL::jsonb, NULL::name[])',
                         :'small'),
                  'and sees its history without the query');
SELECT throws_ok(format('SELECT export.%I(%L)', f, :'small'), '42704',
                 format('export "%s" does not exist', :'small'), f || ' is for the owner')
FROM unnest(ARRAY['rerun', 'drop_artifact']) f;
SELECT throws_ok(format('SELECT export.share(%L, ''run_bob'')', :'small'), '42704', NULL,
                 'a share cannot be passed on');
SET ROLE run_alice;
SELECT lives_ok(format('SELECT export.unshare(%L, ''run_team'')', :'small'), 'unshare');
SELECT throws_ok(format('SELECT export.unshare(%L, ''run_team'')', :'small'), '42704',
                 'the export is not shared with that role', 'twice is an error');
SELECT throws_ok(format('SELECT export.share(%L, 4294967295::oid::regrole)', :'small'), '42704',
                 NULL, 'share with a role that is not there');
SET ROLE run_bob;
SELECT throws_ok(format('SELECT export.read(%L)', :'small'), '42704',
                 format('export "%s" does not exist', :'small'), 'no longer shared');

-- Dropping removes the content; the history stays.
SET ROLE run_alice;
SELECT export.share(:'large', 'run_bob');
SELECT lives_ok(format('SELECT export.drop_artifact(%L)', :'large'), 'drop_artifact');
SELECT row_eq(format('SELECT state, rows, dropped_at IS NOT NULL FROM export.artifacts '
                     'WHERE id = %L', :'large'),
              ROW('dropped'::text, 8000::bigint, true), 'its history stays');
SELECT throws_ok(format('SELECT export.%I(%L)', f, :'large'), '42704',
                 format('export "%s" does not exist', :'large'), f || ' after the drop')
FROM unnest(ARRAY['read', 'rerun', 'drop_artifact']) f;
RESET ROLE;
SELECT is((SELECT count(*) FROM export._artifact_chunk WHERE artifact = :'large')
          + (SELECT count(*) FROM export._artifact_share WHERE artifact = :'large'), 0::bigint,
          'content and shares are gone');

-- A role that is gone leaves its history, with its name, to administrators.
SET ROLE run_leaver;
SELECT export.run('SELECT 1 AS a') AS orphan \gset
RESET ROLE;
DROP ROLE run_leaver;
SET ROLE run_admin;
SELECT row_eq(format('SELECT owner = ''run_leaver'', rows FROM export.artifacts WHERE id = %L',
                     :'orphan'),
              ROW(true, 1::bigint), 'the documents of a role that is gone');
RESET ROLE;

SELECT finish();
DROP TABLE lines;
DROP ROLE run_alice, run_bob, run_team, run_admin;
