-- Templates and parameters that are wrong, odd or hostile: each is told where and why, or does what is said.
\ir include/helpers.psql
CREATE ROLE tin_reader IN ROLE export_user;
CREATE TYPE mood AS ENUM ('calm');
CREATE TABLE entries (id int PRIMARY KEY, note text, "Id" int, gone int, tags text[], day date,
                      nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn int, secret text);
ALTER TABLE entries DROP COLUMN gone;
INSERT INTO entries (id, note, "Id", tags, day) VALUES
    (1, E'100%_\\', 10, '{a}', '2024-02-29'), (2, '100xx', 20, '{}', '2024-03-31'), (3, NULL, 30, NULL, NULL);
GRANT SELECT (id, note) ON entries TO tin_reader;
CREATE VIEW shown AS SELECT id, secret FROM entries;
GRANT SELECT ON shown TO tin_reader;

-- "SQLSTATE line:column" of the first error; what is raised has no place.
CREATE FUNCTION fault(source text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN coalesce((SELECT format('%s %s:%s', sqlstate, line, "column") FROM export.check_template(source)
                     WHERE severity = 'error' LIMIT 1), 'none');
EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE;
END $$;
CREATE FUNCTION of_column(expression text) RETURNS text LANGUAGE sql AS
$$ SELECT 'template t { from entries as e sheet "A" { column "x" = ' || expression || ' order by e.id } }' $$;
CREATE FUNCTION of_where(condition text, parameters text DEFAULT '') RETURNS text LANGUAGE sql AS
$$ SELECT 'template t { ' || parameters || ' from entries as e where ' || condition
          || ' sheet "A" { column "x" = e.id order by e.id } }' $$;
-- What the template gives as CSV without the heading, or the SQLSTATE.
CREATE FUNCTION gives(source text, parameters jsonb DEFAULT '{}', options jsonb DEFAULT '{}')
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    document text;
BEGIN
    PERFORM export.save_template(source);
    SELECT convert_from(coalesce(string_agg(piece, ''), ''), 'UTF8') INTO document
    FROM export.stream_template('t', parameters, 'csv', '{"header": false}' || options) piece;
    PERFORM export.drop_template('t');
    RETURN replace(document, E'\n', ' ');
EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE;
END $$;

BEGIN;
SELECT no_plan();

-- 1: nothing, a byte order mark, line ends.
SELECT is(fault(source), expected, 'text: ' || name) FROM (VALUES
    ('empty', '', '42601 1:1'), ('a comment', '# only', '42601 1:7'),
    ('a byte order mark', E'\uFEFF' || of_column('1'), '42601 1:1'),
    ('CR LF', replace(of_column('1'), ' ', E'\r\n'), 'none')) cases (name, source, expected);

-- 2, 3: size and depth.
SELECT is(fault(source), expected, 'size: ' || name) FROM (VALUES
    ('10 MiB', repeat('x', 10 * 1024 * 1024), '54000 1:1'), ('a token of 1 MiB', 'template ' || repeat('x', 1 << 20), '54000 1:1'),
    ('tokens', repeat('( ', 32000), '42601 1:1'),
    ('parentheses', of_column(repeat('(', 30000) || '1' || repeat(')', 30000)), '54000 1:89'),
    ('not', of_where(repeat('not ', 15000) || 'e.id = 1'), '54000 1:171'),
    ('case', of_column(repeat('case when true then ', 100) || '1' || repeat(' end', 100)), '54000 1:697'))
    cases (name, source, expected);

-- 4: what does not end.
SELECT is(fault(of_column(expression)), expected, 'ends: ' || expression) FROM (VALUES
    ('''open', '42601 1:57'), ('"open', '42601 1:57'), ('/* /* x */ */ 1', '42601 1:57'), ('$$x$$', '42601 1:57'),
    ('1 \', '42601 1:59'), ('1 -- x', '42601 1:59')) cases (expression, expected);

-- 5: texts are values, byte for byte.
SELECT is(gives(of_column(quote_literal(value)), '{}', '{"quote": "~"}'),
          repeat(value || ' ', 3), 'a value: ' || value)
FROM unnest(ARRAY['''; DROP TABLE entries; --', '$1', '%s', ':name', '{{x}}', '"', '$$']) value;

-- 6: names are exact.
SELECT is(fault(of_column(expression)), expected, 'name: ' || expression) FROM (VALUES
    ('e."Id"', 'none'), ('e.ID', 'none'), ('e."ID"', '42703 1:57'), ('e."id "', '42703 1:57'), (E'e.i\u200Bd', '42601 1:60'),
    (E'e.\u0456d', '42703 1:57'), (E'e."i\u202Ed"', '42703 1:57'), ('e.' || repeat('n', 63), 'none'),
    ('e.' || repeat('n', 64), '42703 1:57'), ('e."' || repeat('n', 1000) || '"', '42703 1:57'), ('e."select"', '42703 1:57'))
    cases (expression, expected);

-- 7: columns that there are not, or that are not for everybody.
SELECT is(fault(of_column(expression)), expected, 'column: ' || expression) FROM (VALUES
    ('e', '42703 1:57'), ('e.*', '42601 1:59'), ('e.ctid', '42703 1:57'), ('e.xmin', '42703 1:57'),
    ('e.tableoid', '42703 1:57'), ('e."........pg.dropped.4........"', '42703 1:57'), ('f.id', '42703 1:57'))
    cases (expression, expected);
SELECT is(fault('template t { from entries as e join entries as f on e.id = f.id sheet "A" { column "x" = id } }'),
          '42702 1:90', 'column: of two relations');

-- 8: relations of the system.
SELECT is(fault('template t { from ' || relation || ' as e sheet "A" { column "x" = e.a order by e.a } }'),
          expected || ' 1:19', 'relation: ' || relation) FROM (VALUES
    ('pg_catalog.pg_authid', '42501'), ('pg_class', '42501'), ('information_schema.tables', '42501'),
    ('export._audit', '42501'), ('export.artifacts', '42501'), ('pg_toast.pg_toast_1255', '42P01'), ('nosuch', '42P01'))
    cases (relation, expected);

-- 9: rights are those of the one who runs it.
SET LOCAL ROLE tin_reader;
SELECT is(gives(of_column('e.note')), E'100%_\\ 100xx  ', 'a column with a grant');
SELECT is(gives(of_column('e.secret')), '42501', 'a column without one');
SELECT is(gives('template t { from shown as e sheet "A" { column "x" = e.id order by e.id } }'), '1 2 3 ', 'a view');
RESET ROLE;

-- 10: numbers are exact or refused.
SELECT is(gives(of_column(number)), expected, 'number: ' || number) FROM (VALUES
    ('9223372036854775808', repeat('9223372036854775808 ', 3)), ('-9223372036854775809', repeat('-9223372036854775809 ', 3)),
    ('1e400', repeat('1' || repeat('0', 400) || ' ', 3)), ('-0', repeat('0 ', 3)), ('1e400::float', '22003'), ('1e999999', '22003'),
    ('NaN', '42703'), ('Infinity', '42703'), ('1_000', '42601'), ('0x10', '42601')) cases (number, expected);

-- 11: periods at the ends of months and of the calendar.
SELECT is(gives(of_where('e.day in ' || period), '{}', jsonb_build_object('document_time', now_is, 'time_zone', 'UTC')),
          expected, 'period: ' || period || ' at ' || now_is) FROM (VALUES
    ('last_month', '2024-03-31T12:00:00Z', '1 '), ('this_month', '2024-03-31T12:00:00Z', '2 '),
    ('last_month', '2024-04-30T23:59:59Z', '2 '), ('yesterday', '2024-03-01T00:00:00Z', '1 '),
    ('last_year', '2025-12-31T23:59:59Z', '1 2 ')) cases (period, now_is, expected);
SELECT is(gives(of_where('e.day in $p', 'param p daterange'), jsonb_build_object('p', period)), expected, 'period: ' || period::text)
FROM (VALUES ('{"from": "2024-02-29", "to": "2024-02-29"}'::jsonb, '1 '), ('{"from": "2024-03-01"}', '2 '),
             ('{"from": "2024-03-01", "to": "2024-02-29"}', '22023'), ('{"from": "2023-02-29"}', '22023'),
             ('{"from": "0000-01-01"}', '22023'), ('{"from": "infinity"}', '22023'), ('"next_month"', '22023'),
             ('{"since": "2024-03-01"}', '22023')) cases (period, expected);

-- 12, 13: patterns.
SELECT is(gives(of_where('e.note contains ''' || part || '''')), expected, 'contains: ' || part)
FROM (VALUES ('%_\', '1 '), ('0%', '1 '), ('_', '1 '), ('\', '1 '), ('100', '1 2 ')) cases (part, expected);
SELECT is(gives(of_where('e.note matches ''' || pattern || '''')), expected, 'matches: ' || left(pattern, 10))
FROM (VALUES ('^1.*x$', '2 '), ('(', '2201B'), (repeat('a', 10240), '54000'), ('(0+)+$', '')) cases (pattern, expected);

-- 14, 15: sets and limits.
SELECT is(gives(of_where(condition)), expected, 'set: ' || condition) FROM (VALUES
    ('e.id in ()', ''), ('e.id not in ()', '1 2 3 '), ('e.id in (1, 1)', '1 '), ('e.id in (1, ''x'')', '22P02'), ('e.id in (1, null)', '42804'),
    ('e.tags has any (''a'')', '1 '), ('e.tags has any ()', ''), ('e.tags has all ()', '1 2 ')) cases (condition, expected);
SELECT is(gives(of_where('e.id in $ids', 'param ids int[]?'), jsonb_build_object('ids', ids)), expected, 'set: ' || name)
FROM (VALUES ('none', '[]'::jsonb, ''), ('100,000', (SELECT jsonb_agg(g) FROM generate_series(2, 100001) g), '2 3 '),
             ('100,001', (SELECT jsonb_agg(g) FROM generate_series(1, 100001) g), '22023'), ('a null', '[1, null]', '22023'),
             ('mixed', '[1, "x"]', '22023'), ('nested', '[[1]]', '22023'), ('absent', 'null', '1 2 3 ')) cases (name, ids, expected);
SELECT is(gives('template t { from entries as e sheet "A" { column "x" = e.id order by e."Id" desc limit ' || rows || ' } }'),
          expected, 'limit ' || rows)
FROM (VALUES ('1', '3 '), ('9223372036854775807', '3 2 1 '), ('-1', '42601'), ('0', '42601'), ('9223372036854775808', '42601'),
             ('1.5', '42601')) cases (rows, expected);

-- 16: nothing but the language; functions are in 29_templates.sql.
SELECT is(left(fault(of_column(expression)), 5), '42601', 'not the language: ' || expression)
FROM unnest(ARRAY['pg_catalog.lower(e.note)', 'e.id operator(pg_catalog.+) 1', 'e.note::mood', 'e.note::public.mood', 'e.id @> 1',
                  'e.note::regclass', '(select 1)', 'array[1]', 'e.id over ()']) expression;

-- 18: parameters, each by name.
SELECT matches(error_of(format('SELECT export.save_template(%L); SELECT * FROM export.compile_template(''t'', %L)',
                               of_where('e.id = $n and e.note = $s', 'param n int param s text?'), parameters)),
               expected, 'parameters: ' || left(parameters, 40)) FROM (VALUES
    ('{}', '^22023 .*"n" is required'), ('{"n": null}', '^22023 .*"n" is required'), ('{"n": 1, "m": 1}', '^42P02 .*"m"|^22023 .*"m"'),
    ('{"n": "x"}', '^22023 .*"n" must be of type int'), ('{"n": 1.5}', '^22023 .*"n" must be of type int'),
    ('{"n": 9223372036854775808}', '^22023 .*"n" must be of type int'), ('{"n": [1]}', '^22023 .*"n" must be of type int'),
    ('{"n": 1, "s": 5}', '^22023 .*"s" must be of type text'), ('[]', '^22023'), ('1', '^22023'))
    cases (parameters, expected);
SELECT is(gives(of_where('e.note = $s', 'param s text'), jsonb_build_object('s', repeat('x', 5 * 1024 * 1024))), '54000',
          'parameters: 5 MiB');

SELECT finish();
ROLLBACK;
DROP VIEW shown;
DROP TABLE entries;
DROP FUNCTION fault, of_column, of_where, gives;
DROP TYPE mood;
DROP ROLE tin_reader;
