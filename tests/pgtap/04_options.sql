-- Options of documents, from the SQL side: what is accepted, what is refused, and what comes out.
\ir include/helpers.psql
BEGIN;
SELECT no_plan();
SET LOCAL timezone = 'UTC';
CREATE ROLE opt_alice IN ROLE export_user;
SET LOCAL ROLE opt_alice;

-- What export.formats() lists.
SELECT set_eq('SELECT DISTINCT format, media_type, file_extension FROM export.formats()',
              $$ VALUES ('csv', 'text/csv', 'csv'), ('json', 'application/json', 'json'),
                        ('jsonl', 'application/x-ndjson', 'jsonl'),
                        ('xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
                         'xlsx'),
                        ('pdf', 'application/pdf', 'pdf') $$, 'formats');
SELECT is_empty($$ SELECT format, option FROM export.formats()
                   WHERE coalesce(meaning, '') = '' OR type IS NULL
                      OR (type = 'choice') <> (choices IS NOT NULL) $$,
                'each option has a type and a meaning, choices have their list');
SELECT is_empty($$ SELECT format, option FROM export.formats()
                   WHERE type = 'choice' AND default_value <> ALL (choices) $$,
                'the default of a choice is one of its list');
SELECT set_eq(
    $$ SELECT option FROM export.formats() WHERE format = 'csv' $$,
    ARRAY['dialect', 'delimiter', 'quote', 'escape', 'null', 'force_quote', 'header', 'line_end',
          'bom', 'encoding', 'unencodable', 'formula_guard', 'decimal', 'interval', 'args',
          'container', 'sheet', 'columns', 'time_zone', 'compression', 'title', 'document_time', 'file_name'],
    'options of csv');
SELECT set_eq(
    $$ SELECT option FROM export.formats() WHERE format = 'json' $$,
    ARRAY['pretty', 'big_integers', 'non_finite', 'bytea', 'duplicate_names', 'omit_nulls', 'args',
          'columns', 'time_zone', 'compression', 'title', 'document_time', 'file_name'],
    'options of json');
SELECT set_eq(
    $$ SELECT option FROM export.formats() WHERE format = 'jsonl' $$,
    $$ SELECT option FROM export.formats() WHERE format = 'json' AND option <> 'pretty'
       UNION ALL VALUES ('container'), ('sheet') $$,
    'options of jsonl');

-- Each listed option is accepted with its default and each of its choices, and with no value of
-- another type.
SELECT is(error_of(format('SELECT streamed_bytes(''SELECT 1 AS a'', %L, %L)', format,
                          jsonb_build_object(option, choice))), 'no error',
          format('%s: %s = %s', format, option, choice))
FROM export.formats(), unnest(choices) choice
WHERE (option, choice) <> ('decimal', 'comma');
\set dated '{"document_time": "2026-01-01 00:00+00"}'
SELECT is(streamed_bytes('SELECT 1 AS a, ''x'' AS b, NULL AS c', format,
                         :'dated'::jsonb
                         || jsonb_build_object(option, CASE WHEN type = 'boolean'
                                                            THEN to_jsonb(default_value::boolean)
                                                            ELSE to_jsonb(default_value) END)),
          streamed_bytes('SELECT 1 AS a, ''x'' AS b, NULL AS c', format, :'dated'),
          format('%s: the default of %s is %s', format, option, default_value))
FROM export.formats()
WHERE type IN ('boolean', 'choice') OR option IN ('delimiter', 'quote', 'encoding');
SELECT is(streamed_bytes('SELECT 1 AS a, ''x'' AS b', format,
                         jsonb_build_object(option, NULL) || :'dated'::jsonb),
          streamed_bytes('SELECT 1 AS a, ''x'' AS b', format, :'dated'),
          format('%s: %s = null is the default', format, option))
FROM export.formats() WHERE option <> 'document_time';
SELECT throws_like(
    format('SELECT streamed_bytes(''SELECT 1 AS a'', %L, %L)', format,
           jsonb_build_object(option, CASE WHEN type IN ('boolean', 'integer') THEN '"maybe"'::jsonb
                                           ELSE '17' END)),
    format('option "%s" must be %%', option), format('%s: %s of a wrong type', format, option))
FROM export.formats();
SELECT throws_like(
    format('SELECT streamed_bytes(''SELECT 1 AS a'', %L, %L)', format,
           jsonb_build_object(option, 'nono')),
    format('option "%s" must be %%', option), format('%s: %s has no choice "nono"', format, option))
FROM export.formats() WHERE type IN ('choice', 'character');

-- Refusals name the option and the nearest valid one.
SELECT is(error_of($$ SELECT export.run('SELECT 1', 'csv', '{"delimeter": ";"}') $$),
          '22023 unknown option "delimeter" for format csv | Did you mean "delimiter"?',
          'unknown option, run');
SELECT is(error_of($$ SELECT export.stream('SELECT 1', 'json', '{"prety": true}') $$),
          '22023 unknown option "prety" for format json | Did you mean "pretty"?',
          'unknown option, stream');
SELECT is(error_of($$ SELECT export.preview('SELECT 1', 'csv', '{"Header": true}') $$),
          '22023 unknown option "Header" for format csv | Did you mean "header"?',
          'names are compared exactly');
SELECT is(error_of($$ SELECT export.run('SELECT 1', 'csv', '{"zzzzzzzz": 1}') $$),
          '22023 unknown option "zzzzzzzz" for format csv | '
          'See export.formats() for the options of each format.', 'nothing is near');
SELECT is(error_of($$ SELECT export.run('SELECT 1', 'jsonl', '{"pretty": true}') $$),
          '22023 option "pretty" does not apply to format jsonl | It is an option of json.',
          'option of another format');
SELECT is(error_of($$ SELECT export.run('SELECT 1', 'json', '{"delimiter": ";"}') $$),
          '22023 option "delimiter" does not apply to format json | It is an option of csv.',
          'option of csv for json');
SELECT is(error_of($$ SELECT export.run('SELECT 1', 'cvs') $$),
          '22023 unknown format "cvs" | The formats are csv, json, jsonl, xlsx, pdf. | Did you mean "csv"?',
          'unknown format');
SELECT throws_ok($$ SELECT export.run('SELECT 1', 'CSV') $$, '22023', 'unknown format "CSV"',
                 'names of formats are compared exactly');
SELECT is(error_of($$ SELECT export.run('SELECT 1', 'csv', '{"header": "yes"}') $$),
          '22023 option "header" must be a boolean | Got "yes".', 'wrong type');
SELECT is(error_of($$ SELECT export.run('SELECT 1', 'csv', '{"compression": "gizp"}') $$),
          '22023 option "compression" must be one of none, gzip, zstd | Got "gizp". | '
          'Did you mean "gzip"?', 'wrong choice');
SELECT throws_ok($$ SELECT export.run('SELECT 1', 'csv', '[]') $$, '22023',
                 'options must be a JSON object', 'options that are no object');
SELECT throws_ok($$ SELECT export.run('SELECT 1', 'csv', '{"delimiter": ";;"}') $$, '22023',
                 'option "delimiter" must be a single ASCII character', 'two characters');
SELECT throws_ok($$ SELECT export.run('SELECT 1', 'csv', '{"encoding": "nope"}') $$, '22023', NULL,
                 'an encoding that is not known');

-- columns: order, choice, headings.
SELECT is(streamed('SELECT 1 AS a, 2 AS b, 3 AS c', 'csv', '{"columns": ["c", "a"]}'),
          E'c,a\n3,1\n', 'columns by order');
SELECT is(streamed('SELECT 1 AS a, 2 AS b', 'csv',
                   '{"columns": [{"name": "b", "heading": "B & b"}, "a", {"name": "b"}]}'),
          E'B & b,a,b\n2,1,2\n', 'headings, and a column twice');
SELECT is(streamed('SELECT 1 AS a, 2 AS b', 'jsonl',
                   '{"columns": [{"name": "b", "heading": "x"}]}'), E'{"x":2}\n',
          'headings are the keys of JSON');
SELECT is(error_of($$ SELECT streamed('SELECT 1 AS amount', 'csv', '{"columns": ["amuont"]}') $$),
          '42703 option "columns": the query has no column "amuont" | Did you mean "amount"?',
          'unknown column');
SELECT is(error_of($$ SELECT streamed('SELECT 1 AS a, 2 AS a', 'csv', '{"columns": ["a"]}') $$),
          '42702 option "columns": the query has several columns "a" | '
          'Give them different names with AS.', 'ambiguous column');
SELECT is(streamed('SELECT 1 AS a, 2 AS a'), E'a,a\n1,2\n', 'the same name twice in CSV');
SELECT throws_ok($$ SELECT streamed('SELECT 1 AS a', 'csv', '{"columns": []}') $$, '22023',
                 'option "columns" must name a column', 'no column');
SELECT is(error_of($$ SELECT streamed('SELECT 1 AS a', 'csv',
                                      '{"columns": [{"name": "a", "headnig": "x"}]}') $$),
          '22023 unknown key "headnig" in columns[0] | Did you mean "heading"?',
          'unknown key of a column');
SELECT throws_ok($$ SELECT streamed('SELECT', 'csv') $$, '22023', 'the query has no columns',
                 'a query without columns');

-- time_zone.
SELECT is(streamed($$ SELECT '2024-07-01 12:00:00+00'::timestamptz AS t $$, 'csv',
                   jsonb_build_object('time_zone', zone)), format(E't\n%s\n', text), zone)
FROM (VALUES ('UTC', '2024-07-01 12:00:00+00'), ('Europe/Berlin', '2024-07-01 14:00:00+02'),
             ('Asia/Kolkata', '2024-07-01 17:30:00+05:30'),
             ('America/St_Johns', '2024-07-01 09:30:00-02:30'),
             ('+02:00', '2024-07-01 14:00:00+02'), ('-03:30', '2024-07-01 08:30:00-03:30'),
             ('+5', '2024-07-01 17:00:00+05'), ('-00:30', '2024-07-01 11:30:00-00:30'),
             ('+05:45', '2024-07-01 17:45:00+05:45')) zones (zone, text);
SET LOCAL timezone = 'Asia/Tokyo';
SELECT is(streamed($$ SELECT '2024-07-01 12:00:00+00'::timestamptz AS t $$),
          E't\n2024-07-01 21:00:00+09\n', 'the session''s zone is the default');
SELECT is(streamed($$ SELECT now()::text = now()::text AS t,
                   '2024-07-01 12:00:00+00'::timestamptz::text AS u $$,
                   'csv', '{"time_zone": "UTC"}'), E't,u\nt,2024-07-01 12:00:00+00\n',
          'the zone holds inside the query');
SELECT is(current_setting('timezone'), 'Asia/Tokyo', 'and not after it');
SET LOCAL timezone = 'UTC';
SELECT is(error_of(format('SELECT streamed(''SELECT 1'', ''csv'', %L)',
                          jsonb_build_object('time_zone', zone))),
          format('22023 option "time_zone": "%s" is not a time zone | Use a name of '
                 'pg_timezone_names, such as Europe/Berlin, or an offset such as +02:00.', zone),
          'no zone: ' || zone)
FROM unnest(ARRAY['Europe/Atlantis', '+16:00', '+25:00', '+02:75', '+02:00:30',
                  '../etc/passwd']) zone;

-- compression.
SELECT collect_tap(
           is(substring(zip FROM 1 FOR 2), '\x1f8b', 'gzip has its magic number'),
           is(get_byte(zip, octet_length(zip) - 4) + 256 * get_byte(zip, octet_length(zip) - 3)
              + 65536 * get_byte(zip, octet_length(zip) - 2), octet_length(plain),
              'and at its end the size of what was compressed'),
           cmp_ok(octet_length(zip), '<', octet_length(plain) / 2, 'and is smaller'))
FROM (SELECT streamed_bytes('SELECT g, g % 7 AS h FROM generate_series(1, 100000) g', 'csv',
                            '{"compression": "gzip"}'),
             streamed_bytes('SELECT g, g % 7 AS h FROM generate_series(1, 100000) g'))
     documents (zip, plain);
SELECT collect_tap(is(substring(zip FROM 1 FOR 4), '\x28b52ffd', 'zstd has its magic number'),
                   cmp_ok(octet_length(zip), '<', 400000, 'and is smaller'))
FROM streamed_bytes('SELECT g, g % 7 AS h FROM generate_series(1, 100000) g', 'csv',
                    '{"compression": "zstd"}') zip;

-- Options of CSV.
SELECT is(visible(streamed(query, 'csv', options::jsonb)), wanted, name) FROM (VALUES
    ('delimiter', 'SELECT 1 AS a, ''x;y'' AS b', '{"delimiter": ";"}', 'a;b\n1;"x;y"\n'),
    ('delimiter tab', 'SELECT 1 AS a, 2 AS b', E'{"delimiter": "\\t"}', E'a\tb\\n1\t2\\n'),
    ('quote', 'SELECT ''it''''s'' AS a', '{"quote": "''"}', 'a\n''it''''s''\n'),
    ('escape', 'SELECT ''a"b\c'' AS a', '{"escape": "\\"}', 'a\n"a\"b\\c"\n'),
    ('null', 'SELECT NULL AS a, ''NULL'' AS b, '''' AS c', '{"null": "NULL"}',
     'a,b,c\nNULL,"NULL",\n'),
    ('null and the empty text', 'SELECT NULL AS a, '''' AS b', '{}', 'a,b\n,""\n'),
    ('force_quote', 'SELECT 1 AS a, NULL AS b, ''x'' AS c', '{"force_quote": true}',
     'a,b,c\n"1",,"x"\n'),
    ('force_quote of columns', 'SELECT 1 AS a, 2 AS b', '{"force_quote": ["b"]}', 'a,b\n1,"2"\n'),
    ('header', 'SELECT 1 AS a', '{"header": false}', '1\n'),
    ('line_end', 'SELECT 1 AS a', '{"line_end": "crlf"}', 'a\r\n1\r\n'),
    ('bom', 'SELECT 1 AS a', '{"bom": true}', '\BOMa\n1\n'),
    ('formula_guard', 'SELECT ''=1+1'' AS a, -1 AS b', '{"formula_guard": true}',
     'a,b\n"''=1+1",-1\n'),
    ('decimal', 'SELECT 1.50 AS a, 2 AS b', '{"decimal": "comma", "delimiter": ";"}',
     'a;b\n1,50;2\n'),
    ('interval', 'SELECT ''1 day 2 hours''::interval AS a', '{"interval": "iso_8601"}',
     'a\nP1DT2H\n'),
    ('interval by default', 'SELECT ''1 day 2 hours''::interval AS a', '{}', 'a\n1 day 02:00:00\n'),
    ('rfc4180', 'SELECT ''a,b'' AS a, NULL AS b', '{"dialect": "rfc4180"}',
     'a,b\r\n"a,b",\r\n'),
    ('excel', 'SELECT ''=A1'' AS a, 1.5 AS b', '{"dialect": "excel"}',
     '\BOMa,b\r\n"''=A1",1.5\r\n'),
    ('excel-eu', 'SELECT ''@x'' AS a, 1.5 AS b', '{"dialect": "excel-eu"}',
     '\BOMa;b\r\n"''@x";1,5\r\n'),
    ('an option over its dialect', 'SELECT 1 AS a', '{"dialect": "excel", "bom": false}',
     'a\r\n1\r\n')) cases (name, query, options, wanted);
SELECT is(streamed_bytes('SELECT ''Zoë €'' AS a', 'csv', '{"encoding": "LATIN9"}'),
          convert_to(E'a\nZoë €\n', 'LATIN9'), 'encoding');
SELECT throws_ok($$ SELECT streamed_bytes('SELECT ''Ω'' AS a', 'csv', '{"encoding": "LATIN1"}') $$,
                 '22P05', NULL, 'a character that the encoding lacks');
SELECT is(streamed_bytes('SELECT ''aΩb'' AS a', 'csv',
                         '{"encoding": "LATIN1", "unencodable": "replace"}'), E'a\na?b\n',
          'or its replacement');
SELECT is(error_of(format('SELECT streamed(''SELECT 1'', ''csv'', %L)', options)), wanted, options)
FROM (VALUES
    ('{"delimiter": "\n"}', '22023 option "delimiter" cannot be newline or carriage return'),
    ('{"delimiter": "\""}', '22023 delimiter and quote must be different'),
    ('{"null": "a,b"}', '22023 option "null" must not contain the delimiter'),
    ('{"null": "\n"}', '22023 option "null" cannot contain newline or carriage return'),
    ('{"bom": true, "encoding": "LATIN1"}',
     '22023 option "bom" requires encoding UTF8 | The encoding is LATIN1.'),
    ('{"decimal": "comma"}', '22023 the delimiter cannot be the decimal sign | '
     'Use delimiter ";" or decimal "point".')) refusals (options, wanted);

-- Options of JSON.
SELECT is(streamed(query, 'jsonl', options::jsonb), wanted || E'\n', name) FROM (VALUES
    ('big_integers', 'SELECT 9007199254740991 AS a, 9007199254740993 AS b',
     '{"big_integers": "string"}', '{"a":9007199254740991,"b":"9007199254740993"}'),
    ('big_integers by default', 'SELECT 9007199254740993 AS a', '{}', '{"a":9007199254740993}'),
    ('non_finite by default', 'SELECT ''NaN''::float8 AS a, ''-Infinity''::float8 AS b', '{}',
     '{"a":"NaN","b":"-Infinity"}'),
    ('non_finite', 'SELECT ''NaN''::float8 AS a, ''infinity''::date AS b',
     '{"non_finite": "null"}', '{"a":null,"b":null}'),
    ('bytea by default', 'SELECT ''\xdeadbeef''::bytea AS a', '{}', '{"a":"3q2+7w=="}'),
    ('bytea', 'SELECT ''\xdeadbeef''::bytea AS a', '{"bytea": "hex"}', '{"a":"\\xdeadbeef"}'),
    ('duplicate_names', 'SELECT 1 AS a, 2 AS a, 3 AS a', '{"duplicate_names": "suffix"}',
     '{"a":1,"a_2":2,"a_3":3}'),
    ('omit_nulls', 'SELECT 1 AS a, NULL AS b, 3 AS c', '{"omit_nulls": true}',
     '{"a":1,"c":3}'),
    ('all nulls omitted', 'SELECT NULL AS a', '{"omit_nulls": true}', '{}'),
    ('nested values',
     'SELECT ARRAY[[1,2],[3,4]] AS a, ROW(1, ''x'') AS b, ''{"k": [1]}''::jsonb AS c',
     '{}', '{"a":[[1,2],[3,4]],"b":{"f1":1,"f2":"x"},"c":{"k":[1]}}')
    ) cases (name, query, options, wanted);
SELECT is(streamed('SELECT g AS a, NULL AS b FROM generate_series(1, 2) g', 'json'),
          E'[\n{"a":1,"b":null},\n{"a":2,"b":null}\n]\n', 'json is an array, a line for each row');
SELECT is(streamed('SELECT 1 AS a, ''x'' AS b', 'json', '{"pretty": true}'),
          E'[\n  {\n    "a": 1,\n    "b": "x"\n  }\n]\n', 'pretty');
SELECT is(error_of($$ SELECT streamed('SELECT ''NaN''::float8 AS a', 'json',
                                      '{"non_finite": "error"}') $$),
          '22003 value NaN cannot be written as JSON | JSON has neither NaN nor infinity, and the '
          'option non_finite is "error". | Set the option non_finite to "string" or "null".',
          'non_finite as an error');
SELECT throws_ok($$ SELECT streamed('SELECT 1 AS a, 2 AS a', 'json') $$, '42701',
                 'column name "a" appears more than once', 'duplicate names are an error');

SELECT finish();
ROLLBACK;
