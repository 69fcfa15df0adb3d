-- Parameters of the query: after the options, or as "args" in them.
\ir include/helpers.psql
BEGIN;
SELECT no_plan();
SET LOCAL timezone = 'UTC';
CREATE ROLE arg_alice IN ROLE export_user;
SET LOCAL ROLE arg_alice;


SELECT is(convert_from(export.stream('SELECT $1::int + 1 AS a', 'jsonl', '{}', 41), 'UTF8'),
          E'{"a":42}\n', 'a typed value');
SELECT is(convert_from(export.stream('SELECT $1::int + 1 AS a', 'jsonl', '{}', '41'), 'UTF8'),
          E'{"a":42}\n', 'a bare literal takes the type that the query gives it');
SELECT is(convert_from(export.stream('SELECT $1::date - 1 AS a', 'jsonl', '{}', '2024-03-01'),
                       'UTF8'), E'{"a":"2024-02-29"}\n', 'a bare literal as a date');
SELECT is(convert_from(export.stream('SELECT $1 AS a', 'jsonl', '{}', '41'), 'UTF8'),
          E'{"a":"41"}\n', 'a bare literal that the query gives no type is text');
SELECT is(convert_from(export.stream('SELECT $1 AS a', 'jsonl', '{}', 41), 'UTF8'),
          E'{"a":41}\n', 'a typed value keeps its type');
SELECT is(convert_from(export.stream('SELECT $1::int AS a', 'jsonl', '{}', NULL), 'UTF8'),
          E'{"a":null}\n', 'NULL');
SELECT is(convert_from(export.stream('SELECT $1 AS a, pg_typeof($1)::text AS b', 'jsonl', '{}',
                                     NULL::numeric), 'UTF8'),
          E'{"a":null,"b":"numeric"}\n', 'NULL of a type');
SELECT is(convert_from(export.stream('SELECT $1 AS a, $2 AS b, $3::text AS c', 'jsonl', '{}',
                                     1.50, true, 'x'), 'UTF8'),
          E'{"a":1.50,"b":true,"c":"x"}\n', 'several of several types');
SELECT is(convert_from(export.stream('SELECT $2 AS a, $1 AS b', 'jsonl', '{}',
                                     VARIADIC ARRAY[1, 2]), 'UTF8'),
          E'{"a":2,"b":1}\n', 'a VARIADIC array is its elements');
SELECT is(convert_from(export.stream('SELECT $1::text AS a, $2::text AS b', 'jsonl', '{}',
                                     VARIADIC ARRAY['x', NULL]), 'UTF8'),
          E'{"a":"x","b":null}\n', 'with a null among them');
SELECT is(convert_from(export.stream('SELECT $1 AS a', 'jsonl', '{}', ARRAY[1, NULL, 3]), 'UTF8'),
          E'{"a":[1,null,3]}\n', 'an array is one argument');
SELECT is(convert_from(export.stream('SELECT a FROM unnest($1::int[]) a', 'jsonl', '{}', '{7,8}'),
                       'UTF8'), E'{"a":7}\n{"a":8}\n', 'an array as a bare literal');
SELECT is(convert_from(export.stream('SELECT 1 AS a', 'jsonl', '{}', VARIADIC '{}'::int[]), 'UTF8'),
          E'{"a":1}\n', 'an empty VARIADIC array is no argument');
SELECT is(error_of($$ SELECT export.stream('SELECT 1', 'csv', '{}', VARIADIC NULL::int[]) $$),
          '22004 the VARIADIC array of arguments must not be null', 'a null VARIADIC array');
SELECT is(convert_from(export.stream('SELECT $1 AS a', 'jsonl', '{}',
                                     '2024-01-02 03:04:05+00'::timestamptz), 'UTF8'),
          E'{"a":"2024-01-02T03:04:05+00:00"}\n', 'a timestamp');
SELECT is(convert_from(export.stream('SELECT $1 AS a', 'jsonl', '{}',
                                     E'it''s "x"; DROP TABLE y --'), 'UTF8'),
          E'{"a":"it''s \\"x\\"; DROP TABLE y --"}\n', 'a value is never part of the query');

-- options.args: strings and nulls.
SELECT is(streamed('SELECT $1::int + 1 AS a, $2::text AS b, $3::boolean AS c', 'jsonl',
                   '{"args": ["41", null, "yes"]}'), E'{"a":42,"b":null,"c":true}\n',
          'options.args');
SELECT is(streamed('SELECT a FROM generate_series(1, 3) a WHERE a BETWEEN $1 AND $2', 'jsonl',
                   '{"args": ["1", "2"]}'),
          E'{"a":1}\n{"a":2}\n', 'options.args take the types that the query gives them');
SELECT is(streamed('SELECT a FROM unnest($1::text[]) a', 'jsonl', '{"args": ["{x,\"y z\"}"]}'),
          E'{"a":"x"}\n{"a":"y z"}\n', 'an array in options.args');
SELECT is(streamed('SELECT $1::int AS a WHERE $1::int > 1', 'jsonl', '{"args": ["2"]}'),
          E'{"a":2}\n', 'one parameter used twice');
SELECT is(error_of($$ SELECT export.stream('SELECT $1::int', 'csv', '{"args": [1]}') $$),
          '22023 option "args" must be an array of strings and nulls | Got 1.',
          'args that are no strings');
SELECT throws_ok($$ SELECT export.stream('SELECT 1', 'csv', '{"args": "1"}') $$, '22023',
                 'option "args" must be an array of strings and nulls', 'args that are no array');
SELECT throws_ok($$ SELECT export.stream('SELECT $1::int', 'csv', '{"args": ["x"]}') $$, '22P02',
                 'invalid input syntax for type integer: "x"', 'a text that is not of the type');
SELECT throws_ok($$ SELECT export.stream('SELECT $1::int', 'csv', '{}', 'x') $$, '22P02',
                 'invalid input syntax for type integer: "x"', 'a literal that is not of the type');
SELECT throws_ok($$ SELECT export.stream('SELECT $1 + 1 AS a', 'csv', '{}', true) $$, '42883', NULL,
                 'a typed value that the query cannot use');

-- Too few, too many, twice: in each of run, stream, preview.
CREATE TEMP TABLE doors AS SELECT * FROM (VALUES
    ('run', 'export.run(%L, ''csv'', %L%s)'),
    ('stream', 'export.stream(%L, ''csv'', %L%s)'),
    ('preview', 'export.preview(%L, ''csv'', %L, 20%s)')) doors (door, call);
SELECT is(error_of('SELECT ' || format(call, 'SELECT $1::int, $2::int', '{}', ', 1')),
          '22023 too few arguments for the query | The query uses 2, the call gives 1.',
          door || ': too few') FROM doors;
SELECT is(error_of('SELECT ' || format(call, 'SELECT $1::int', '{"args": []}', '')),
          '22023 too few arguments for the query | The query uses 1, the call gives 0.',
          door || ': none') FROM doors WHERE door <> 'preview';
SELECT is(error_of('SELECT ' || format(call, 'SELECT $1::int', '{}', ', 1, 2')),
          '22023 too many arguments for the query | The query uses 1, the call gives 2.',
          door || ': too many') FROM doors;
SELECT is(error_of('SELECT ' || format(call, 'SELECT 1', '{"args": ["1"]}', '')),
          '22023 too many arguments for the query | The query uses 0, the call gives 1.',
          door || ': too many in options.args') FROM doors;
SELECT is(error_of('SELECT ' || format(call, 'SELECT $1::int', '{"args": ["1"]}', ', 1')),
          '22023 arguments are given twice | The call has arguments after the options, and the '
          'options have "args".', door || ': both given') FROM doors;
SELECT throws_ok('SELECT ' || format(call, 'SELECT $1::int', '{}', ', ''x'''), '22P02', NULL,
                 door || ': wrong text') FROM doors;
SELECT is(error_of('SELECT ' || format(call, 'SELECT $0', '{}', '')),
          '42P02 there is no parameter $0', door || ': $0') FROM doors WHERE door <> 'preview';
SELECT throws_ok('SELECT ' || format(call, 'SELECT $65536', '{}', ', 1'), NULL, NULL,
                 door || ': a number that no parameter has') FROM doors;

-- preview and run give what stream gives.
SELECT is(export.preview('SELECT $1::int + 1 AS a, $2::text AS b', 'csv', '{}', 5, '41', NULL)
          -> 'rows', '[["42", null]]', 'preview with arguments');
SELECT is(export.preview('SELECT $1::int + 1 AS a', 'csv', '{"args": ["41"]}') -> 'rows',
          '[["42"]]', 'preview with options.args');
SELECT export.run('SELECT $1 AS a, $2::int AS b, $3 AS c', 'jsonl', '{}', 'x', '2', ARRAY[1.5])
       AS stored \gset
SELECT is(sha256, sha256(E'{"a":"x","b":2,"c":[1.5]}\n'), 'run with arguments')
FROM export.artifacts WHERE id = :'stored';
SELECT is(arguments, '[{"value": "x"}, {"value": "2"}, {"type": "numeric[]", "value": "{1.5}"}]',
          'the history has them') FROM export.artifacts WHERE id = :'stored';
SELECT export.run('SELECT $1::int AS b', 'jsonl', '{"args": ["7"]}') AS from_options \gset
SELECT is(sha256, sha256(E'{"b":7}\n'), 'run with options.args')
FROM export.artifacts WHERE id = :'from_options';

-- Arguments of the call itself.
SELECT is(error_of('SELECT export.run(NULL)'), '22004 argument "query" must not be null',
          'no query');
SELECT is(error_of('SELECT export.stream(''SELECT 1'', NULL)'),
          '22004 argument "format" must not be null', 'no format');
SELECT is(streamed('SELECT 1 AS a', 'csv', NULL), E'a\n1\n', 'no options are the defaults');
SELECT is(export.preview(query => 'SELECT 1 AS a', max_rows => 1, options => '{}', format => 'csv')
          -> 'rows', '[["1"]]', 'arguments by name');

SELECT finish();
ROLLBACK;
