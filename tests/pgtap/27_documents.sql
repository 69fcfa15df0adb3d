-- Documents of several sections: what they hold, one snapshot, what is recorded, what is refused.
\ir include/helpers.psql
CREATE FUNCTION document(sections jsonb, format text DEFAULT 'json', options jsonb DEFAULT '{}')
RETURNS text
LANGUAGE sql AS $$
    SELECT convert_from(coalesce(string_agg(piece, ''), ''), 'UTF8')
    FROM (SELECT export.stream_document(jsonb_build_object('sections', $1), $2, $3) AS piece) pieces
$$;
CREATE FUNCTION archive(options jsonb) RETURNS bytea LANGUAGE sql AS $$
    SELECT string_agg(piece, '' ORDER BY n)
    FROM export.stream_document('{"title": "T", "sections": [
        {"name": "A", "query": "SELECT 1 AS x"}, {"kind": "text", "name": "N", "text": "t"},
        {"name": "B/ä", "query": "SELECT 2 AS y"}]}', 'csv', options) WITH ORDINALITY AS s (piece, n)
$$;
CREATE ROLE doc_alice IN ROLE export_user;
CREATE ROLE doc_admin IN ROLE export_admin, export_user;
CREATE TABLE doc_numbers AS SELECT g AS n, g * 1.5 AS half FROM generate_series(1, 3) g;
GRANT SELECT ON doc_numbers TO doc_alice;

-- Stored, in a transaction of its own, because an artifact cannot be read where it was made.
SET ROLE doc_alice;
SELECT export.run_document('{
    "title": "Numbers", "author": "Alice",
    "sections": [
        {"kind": "figures", "name": "Key", "query": "SELECT sum(n) AS total FROM doc_numbers"},
        {"kind": "text", "name": "Note", "text": "One\n\nTwo"},
        {"name": "All", "title": "All numbers", "query": "SELECT * FROM doc_numbers WHERE n > $1::int",
         "args": ["1"]}]}', 'json') AS id \gset
RESET ROLE;

SET ROLE doc_alice;
SELECT export.run_document('{"title": "Two", "sections": [{"name": "A", "query": "SELECT 1 AS x"},
    {"name": "B", "query": "SELECT 2 AS y"}]}', 'csv', '{"container": "zip"}') AS archive \gset
RESET ROLE;

BEGIN;
SELECT no_plan();
SET LOCAL ROLE doc_alice;

SELECT results_eq(
    format('SELECT media_type, file_name LIKE ''Two-%%.zip'', rows FROM export.artifacts WHERE id = %L',
           :'archive'),
    $$ VALUES ('application/zip', true, 2::bigint) $$, 'an archive is called one');

SELECT is(text_of(:'id')::jsonb,
          '{"title": "Numbers",
            "sections": [{"name": "Key", "kind": "figures", "rows": [{"total": 6}]},
                         {"name": "Note", "kind": "text", "text": "One\n\nTwo"},
                         {"name": "All", "kind": "table", "title": "All numbers",
                          "rows": [{"n": 2, "half": 3.0}, {"n": 3, "half": 4.5}]}]}'::jsonb,
          'every section in its order');
SELECT results_eq(
    format('SELECT title, rows, query IS NULL, document -> ''author'', arguments, warnings
            FROM export.artifacts WHERE id = %L', :'id'),
    $$ VALUES ('Numbers', 3::bigint, true, '"Alice"'::jsonb, '[]'::jsonb, '{}'::text[]) $$,
    'the artifact has the description, and the rows of all sections');
SELECT is((SELECT count(*) FROM export.artifacts WHERE id = :'id' AND file_name LIKE 'Numbers-%.json'),
          1::bigint, 'the file is named after the title');
SELECT lives_ok(format('SELECT export.rerun(%L)', :'id'), 'run again');
SELECT is((SELECT count(DISTINCT sha256) FROM export.artifacts WHERE title = 'Numbers'), 1::bigint,
          'the same bytes again');
RESET ROLE;
SELECT results_eq(
    format('SELECT query, jsonb_array_length(relations), rows FROM export.audit
            WHERE artifact_id = %L AND kind = ''run'' AND phase = ''outcome''', :'id'),
    $$ VALUES (E'SELECT sum(n) AS total FROM doc_numbers;\n'
               'SELECT * FROM doc_numbers WHERE n > $1::int', 1, 3::bigint) $$,
    'the audit has the queries without arguments, and each relation once');
SET LOCAL ROLE doc_alice;

-- Formats of one table.
SELECT is(document('[{"name": "A", "query": "SELECT 1 AS x"}]', 'csv'), E'x\n1\n', 'csv of one table');
SELECT is(document('[{"name": "A", "query": "SELECT 1 AS x"}, {"name": "B", "query": "SELECT 2 AS y"}]',
                   'jsonl', '{"sheet": "B"}'), E'{"y":2}\n', 'jsonl of the sheet that is named');
SELECT is(document('[{"kind": "text", "name": "T", "text": "t"}, {"name": "B", "query": "SELECT 2 AS y"}]',
                   'csv'), E'y\n2\n', 'what a format does not show is left out');
SELECT is(document('[{"kind": "figures", "name": "T", "query": "SELECT 1/0"},
                     {"name": "B", "query": "SELECT 2 AS y"}]', 'csv'), E'y\n2\n',
          'and its query is not run');
SELECT is(error_of($$ SELECT document('[{"name": "A", "query": "SELECT 1"},
                                        {"name": "B", "query": "SELECT 2"}]', 'csv') $$),
          '22023 format csv holds one table and the document has 2 | Its tables are "A", "B". | '
          'Choose one with the option "sheet", or pack them all with "container": "zip".', 'several tables in a format of one');

-- Several tables, each a file of an archive.
SELECT is(substr(archive('{"container": "zip"}'), 1, 4), '\x504b0304'::bytea, 'an archive');
SELECT ok(position('A.csv'::bytea IN archive('{"container": "zip"}')) > 0 AND
          position(convert_to('B_ä.csv', 'UTF8') IN archive('{"container": "zip"}')) > 0,
          'with a file for each table');
SELECT is(archive('{"container": "zip"}'), archive('{"container": "zip"}'), 'the same bytes again');
SELECT ok(position('A.csv'::bytea IN archive('{"container": "zip", "sheet": "B/ä"}')) = 0,
          'or for the one that is named');
SELECT throws_ok($$ SELECT archive('{"container": "rar"}') $$, '22023', NULL, 'no other container');

-- One snapshot: the queries see the same, though each is volatile in what it could see.
SELECT is(
    (SELECT count(DISTINCT row ->> 'snapshot')
     FROM jsonb_array_elements(document(
         '[{"name": "A", "query": "SELECT pg_current_snapshot()::text AS snapshot"},
           {"name": "B", "query": "SELECT pg_current_snapshot()::text AS snapshot"},
           {"name": "C", "query": "SELECT pg_current_snapshot()::text AS snapshot"}]')::jsonb
         -> 'sections') section, jsonb_array_elements(section -> 'rows') row), 1::bigint,
    'one snapshot');

-- All names are checked before the first byte.
SELECT throws_ok($$ SELECT document('[{"name": "A", "query": "SELECT 1"},
                                      {"name": "B", "query": "SELECT nosuch"}]') $$,
                 '42703', NULL, 'a name of the last section');
SELECT throws_ok($$ SELECT document('[{"name": "A", "query": "SELECT 1"},
                                      {"name": "B", "query": "DELETE FROM doc_numbers"}]') $$,
                 '0A000', NULL, 'only queries that read');
SELECT is(error_of($$ SELECT document('[{"name": "A", "query": "SELECT 1 AS a", "columns": ["b"]}]') $$),
          '42703 option "columns": the query has no column "b" | Names are compared exactly, upper '
          'and lower case included.', 'a column that is not there');
SELECT is(error_of($$ SELECT document('[{"name": "A", "query": "SELECT $1::int AS a"}]') $$),
          '22023 too few arguments for the query | The query uses 1, the call gives 0.',
          'arguments are of one section');
SELECT is(error_of($$ SELECT document('[{"name": "A", "query": "SELECT 1", "colums": []}]') $$),
          '22023 unknown key "colums" in sections[0] | Did you mean "columns"?', 'an unknown key');
SELECT throws_ok('SELECT export.run_document(NULL, ''json'')', '22004', NULL, 'no document');
SELECT throws_ok('SELECT export.run_document(''{}'', NULL)', '22004', NULL, 'no format');
SELECT throws_ok($$ SELECT document('[{"name": "A", "query": "SELECT 1"}]', 'json',
                                    '{"columns": ["a"]}') $$, '22023',
                 'option "columns" does not apply to a document', 'an option of sections');

-- Rights are those of a SELECT.
RESET ROLE;
REVOKE SELECT ON doc_numbers FROM doc_alice;
SET LOCAL ROLE doc_alice;
SELECT throws_ok($$ SELECT document('[{"name": "A", "query": "SELECT * FROM doc_numbers"}]') $$,
                 '42501', NULL, 'a table one may not read');
RESET ROLE;
GRANT SELECT ON doc_numbers TO doc_alice;
SET LOCAL ROLE doc_alice;

-- Preview.
SELECT is(export.preview_document('{"title": "T", "sections": [
              {"name": "A", "query": "SELECT n FROM doc_numbers ORDER BY n"},
              {"name": "N", "kind": "text", "text": "x"}]}', 'json', '{}', 2)
              #- '{sections,0,estimated_rows}' #- '{sections,0,estimated_cost}',
          '{"title": "T", "sheets": 2, "sections": [
              {"name": "A", "kind": "table", "more": true, "rows": [["1"], ["2"]],
               "columns": [{"name": "n", "type": "integer", "heading": "n"}]},
              {"name": "N", "kind": "text", "text": "x"}]}'::jsonb, 'preview of each section');

-- The document's time.
SELECT lives_ok($$ SELECT export.run('SELECT 1 AS a', 'json',
                       '{"title": "dated", "document_time": "2026-03-31 12:00+02"}') $$, 'a given time');
SELECT is((SELECT document_time FROM export.artifacts WHERE title = 'dated'),
          '2026-03-31 10:00+00'::timestamptz, 'is recorded');
SELECT throws_ok($$ SELECT streamed('SELECT 1', 'json', '{"document_time": "infinity"}') $$, '22023',
                 NULL, 'a time that never comes');

-- Logos.
SET LOCAL ROLE doc_admin;
\set png 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
SELECT lives_ok(format('SELECT export.set_logo(''acme'', decode(%L, ''base64''))', :'png'), 'a logo');
SELECT lives_ok(format('SELECT export.set_logo(''acme'', decode(%L, ''base64''))', :'png'), 'replaced');
SELECT bag_eq('SELECT name, bytes, set_by::text FROM export.logos',
                  $$ VALUES ('acme', 70, 'doc_admin') $$, 'is listed');
SELECT throws_ok($$ SELECT export.set_logo('bad', 'GIF89a') $$, '22023', NULL, 'not a picture');
SELECT throws_ok($$ SELECT export.set_logo('', '') $$, '22023', 'a logo needs a name', 'no name');
SET LOCAL ROLE doc_alice;
SELECT throws_ok($$ SELECT export.set_logo('mine', '\x') $$, '42501', NULL, 'only administrators');
SELECT is(error_of($$ SELECT streamed_bytes('SELECT 1', 'pdf', '{"logo": "acmee"}') $$),
          '42704 logo "acmee" does not exist | See export.logos for the logos there are; '
          'export.set_logo() adds one.', 'a logo that is not there');
SELECT lives_ok($$ SELECT streamed_bytes('SELECT 1 AS a', 'pdf', '{"logo": "acme"}') $$, 'by name');
SELECT lives_ok(format('SELECT streamed_bytes(''SELECT 1 AS a'', ''pdf'', %L)',
                       jsonb_build_object('logo', 'data:image/png;base64,' || :'png')), 'inline');
SELECT throws_ok($$ SELECT streamed_bytes('SELECT 1', 'pdf', '{"logo": "data:text/html,x"}') $$,
                 '22023', NULL, 'not a data: URL of a picture');
SELECT throws_ok($$ SELECT streamed_bytes('SELECT 1', 'pdf', '{"logo": "/etc/passwd"}') $$, '42704',
                 NULL, 'never a file');
SELECT throws_ok($$ SELECT streamed_bytes('SELECT 1', 'pdf', '{"logo": "http://169.254.169.254/"}') $$,
                 '42704', NULL, 'never a host');
SET LOCAL ROLE doc_admin;
SELECT lives_ok('SELECT export.drop_logo(''acme'')', 'dropped');
SELECT throws_ok('SELECT export.drop_logo(''acme'')', '42704', NULL, 'is gone');
RESET ROLE;
SELECT bag_eq($$ SELECT kind, count(*) FROM export.audit WHERE kind LIKE '%logo' GROUP BY kind $$,
              $$ VALUES ('set_logo', 2::bigint), ('drop_logo', 1) $$, 'logos are audited');

SELECT finish();
ROLLBACK;
DROP TABLE doc_numbers;
DROP ROLE doc_alice, doc_admin;
