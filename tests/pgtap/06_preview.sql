-- export.preview: rows as they will be written, columns, and what the planner expects.
\ir include/helpers.psql
BEGIN;
SELECT no_plan();
SET LOCAL timezone = 'UTC';
CREATE ROLE look_alice IN ROLE export_user;
CREATE TABLE hundred (id integer, amount numeric(10, 2), note varchar(20));
INSERT INTO hundred SELECT g, g * 1.5, 'note ' || g FROM generate_series(1, 100) g;
ANALYZE hundred;
GRANT SELECT ON hundred TO look_alice;
SET LOCAL ROLE look_alice;

SELECT set_eq($$ SELECT jsonb_object_keys(export.preview('SELECT 1 AS a')) $$,
              ARRAY['columns', 'rows', 'more', 'estimated_rows', 'estimated_cost', 'sheets'],
              'keys of a preview');
SELECT is(export.preview('TABLE hundred') -> 'columns',
          '[{"name": "id", "type": "integer", "heading": "id"},
            {"name": "amount", "type": "numeric(10,2)", "heading": "amount"},
            {"name": "note", "type": "character varying(20)", "heading": "note"}]',
          'columns with types and headings');
SELECT is(export.preview('TABLE hundred', 'csv',
                         '{"columns": [{"name": "note", "heading": "Note"}, "id"]}', 1),
          export.preview('SELECT note, id FROM hundred', 'csv',
                         '{"columns": [{"name": "note", "heading": "Note"}, "id"]}', 1),
          'columns as chosen');
SELECT is(export.preview('TABLE hundred', 'csv',
                         '{"columns": [{"name": "note", "heading": "Note"}]}', 1)
          -> 'columns',
          '[{"name": "note", "type": "character varying(20)", "heading": "Note"}]', 'headings');

-- How many rows.
SELECT collect_tap(is(jsonb_array_length(preview -> 'rows'), rows,
                      format('max_rows %s: rows', given)),
                   is(preview -> 'more', to_jsonb(more), format('max_rows %s: more', given)))
FROM (VALUES (0, 0, true), (1, 1, true), (99, 99, true), (100, 100, false), (101, 100, false),
             (NULL, 20, true)) sizes (given, rows, more),
     export.preview('TABLE hundred', 'csv', '{}', given) preview;
SELECT is(jsonb_array_length(export.preview('TABLE hundred') -> 'rows'), 20, '20 rows by default');
SELECT is(export.preview('SELECT 1 AS a WHERE false') - 'estimated_cost' - 'estimated_rows',
          '{"columns": [{"name": "a", "type": "integer", "heading": "a"}], "rows": [],
            "more": false, "sheets": 1}', 'no rows');
SELECT throws_ok(format('SELECT export.preview(''SELECT 1'', ''csv'', ''{}'', %s)', n), '22023',
                 'argument "max_rows" must be between 0 and 1000', 'max_rows ' || n)
FROM unnest(ARRAY[-1, 1001]) n;

-- As they will be written.
SELECT is(export.preview('SELECT id, amount, note, NULL AS n FROM hundred ORDER BY id', 'csv',
                         '{}', 2)
          -> 'rows', '[["1", "1.50", "note 1", null], ["2", "3.00", "note 2", null]]', 'csv');
SELECT is(export.preview(query, format, options::jsonb) -> 'rows',
          jsonb_build_array(jsonb_build_array(wanted)), name)
FROM (VALUES
    ('csv: text is not quoted', 'SELECT ''a,"b"'' AS a', 'csv', '{}', 'a,"b"'),
    ('csv: the formula guard', 'SELECT ''=1'' AS a', 'csv', '{"dialect": "excel"}', '''=1'),
    ('csv: decimal comma', 'SELECT 1.5 AS a', 'csv', '{"dialect": "excel-eu"}', '1,5'),
    ('csv: time zone', 'SELECT ''2024-07-01 12:00+00''::timestamptz AS a', 'csv',
     '{"time_zone": "Europe/Berlin"}', '2024-07-01 14:00:00+02'),
    ('csv: boolean', 'SELECT true AS a', 'csv', '{}', 't'),
    ('json: boolean', 'SELECT true AS a', 'json', '{}', 'true'),
    ('json: array', 'SELECT ARRAY[1,2] AS a', 'json', '{}', '[1,2]'),
    ('json: a time in ISO 8601', 'SELECT ''2024-07-01 12:00+00''::timestamptz AS a', 'jsonl', '{}',
     '"2024-07-01T12:00:00+00:00"'),
    ('json: text', 'SELECT ''a"b'' AS a', 'json', '{}', '"a\"b"'),
    ('json: an interval', 'SELECT ''1 day''::interval AS a', 'json', '{}', '"P1D"'),
    ('another encoding', 'SELECT ''Zoë'' AS a', 'csv', '{"encoding": "LATIN1"}', 'Zoë'))
    cases (name, query, format, options, wanted);
SELECT throws_ok($$ SELECT export.preview('SELECT 1 AS a, 2 AS a', 'json') $$, '42701', NULL,
                 'what the format refuses, the preview refuses');

-- What the planner expects.
SELECT ok((p ->> 'estimated_rows')::numeric = 100 AND (p ->> 'estimated_cost')::numeric > 0,
          'estimates are those of the whole query')
FROM export.preview('TABLE hundred', 'csv', '{}', 1) p;

-- Errors have the position in the query.
CREATE FUNCTION pg_temp.error_place(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    context text;
BEGIN
    EXECUTE statement;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS context = PG_EXCEPTION_CONTEXT;
    RETURN SQLSTATE || ' ' || split_part(context, E'\n', 1);
END
$$;
SELECT is(pg_temp.error_place($$ SELECT export.preview('SELECT nix FROM hundred') $$),
          '42703 query of an export', 'a column that is not there');
SELECT throws_ok($$ SELECT export.preview('SELEC 1') $$, '42601',
                 'syntax error at or near "SELEC"', 'no SQL');
SELECT throws_ok($$ SELECT export.preview('') $$, '42601', 'the query is empty', 'no query');
SELECT throws_ok($$ SELECT export.preview('TABLE nowhere') $$, '42P01',
                 'relation "nowhere" does not exist', 'a table that is not there');
SELECT throws_ok($$ SELECT export.preview('SELECT 1 / (id - 3) FROM hundred ORDER BY id') $$,
                 '22012', 'division by zero', 'an error in a row that is shown');
SELECT is(jsonb_array_length(export.preview('SELECT 1 / (id - 50) AS a FROM hundred') -> 'rows'),
          20,
          'rows beyond those shown are not computed');

-- Nothing is stored.
SELECT is_empty('SELECT id FROM export.artifacts', 'a preview stores nothing');

SELECT finish();
ROLLBACK;
