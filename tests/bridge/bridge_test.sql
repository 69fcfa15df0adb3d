-- The two doors of extension/bridge, from inside a server.
\set ON_ERROR_STOP 1
\set QUIET 1
\pset format unaligned
\pset tuples_only 1
\pset fieldsep '\n'
\ir functions.sql

BEGIN;
SELECT no_plan();

-- What every error leaves behind: no object, no handler, no context, no held interrupt.
CREATE FUNCTION left_clean(error jsonb) RETURNS boolean LANGUAGE sql AS $$
  SELECT error @> '{"raised": true, "alive": 0, "broken": 0, "holdoff": 0}'
$$;

-- ------------------------------------------------------------------ door 1: out of C++

SELECT is(bridge_test.add(40, 2), 42, 'values pass both doors');
SELECT is(bridge_test.error('nothing'),
          '{"raised": false, "alive": 0, "broken": 0, "holdoff": 0}', 'an entry without error');

PREPARE thrown (text, text, text, text) AS
  SELECT is(e ->> 'sqlstate', $2, $1 || ': SQLSTATE'),
         is(e ->> 'message', $3, $1 || ': message'),
         ok(left_clean(e), $1 || ': leaves nothing')
  FROM bridge_test.error($1, $4) e;
EXECUTE thrown ('error', '22023', 'a value is wrong', 'a value is wrong');
EXECUTE thrown ('bad_alloc', '53200', 'out of memory', '');
EXECUTE thrown ('std_exception', 'XX000', 'a library failed', 'a library failed');
EXECUTE thrown ('int', 'XX000', 'unexpected C++ exception', '');
EXECUTE thrown ('through_call', '22023', 'thrown in a call', 'thrown in a call');

SELECT is((bridge_test.error('error', 'm', 'Detail.', 'Hint.') - '{line,file,function,saved_errno}'::text[]),
          '{"raised": true, "alive": 0, "broken": 0, "holdoff": 0, "elevel": 21, "sqlstate": "22023",
            "to_server": 1, "to_client": 1, "hide_stmt": 0, "hide_ctx": 0, "cursorpos": 0,
            "internalpos": 0, "message": "m", "message_id": "%s", "detail": "Detail.",
            "hint": "Hint.", "detail_log": null, "backtrace": null, "schema": null, "table": null,
            "column": null, "datatype": null, "constraint": null, "internalquery": null}'::jsonb
          || jsonb_build_object('domain', e -> 'domain', 'context_domain', e -> 'context_domain',
                                'context', e -> 'context'),
          'Error brings state, message, detail and hint')
FROM bridge_test.error('error') e;
SELECT ok((e ->> 'detail') IS NULL AND (e ->> 'hint') IS NULL, 'an empty detail or hint is none')
FROM bridge_test.error('error', 'm', '', '') e;
SELECT is(bridge_test.error('error', '100%s %n %d') ->> 'message', '100%s %n %d',
          'a message is no format string');

-- ------------------------------------------------------------------ long texts

PREPARE cut (text, text, integer, integer) AS
  SELECT is(e ->> 'message', left($2, $3), $1 || ': message'),
         is(e ->> 'detail', left($2, $3), $1 || ': detail'),
         is(e ->> 'hint', left($2, $4), $1 || ': hint')
  FROM bridge_test.error('error', $2, $2, $2) e;
EXECUTE cut ('one byte', repeat('x', 5000), 1023, 511);
EXECUTE cut ('what just fits', repeat('x', 511), 511, 511);
EXECUTE cut ('one too many for the hint', repeat('x', 512), 512, 511);
EXECUTE cut ('two bytes', repeat('é', 5000), 511, 255);
EXECUTE cut ('three bytes', repeat('€', 5000), 341, 170);
EXECUTE cut ('three bytes, one later', 'x' || repeat('€', 5000), 341, 171);
EXECUTE cut ('three bytes, two later', 'xx' || repeat('€', 5000), 342, 171);
EXECUTE cut ('four bytes', repeat('😀', 5000), 255, 127);
EXECUTE cut ('four bytes, one later', 'x' || repeat('😀', 5000), 256, 128);
EXECUTE cut ('four bytes, three later', 'xxx' || repeat('😀', 5000), 258, 130);
EXECUTE cut ('mixed', repeat('aé€😀', 2000), 410, 205);

-- ------------------------------------------------------------------ door 2: through C++

-- The reference is the same ERROR raised where no C++ is: not a field may differ.
CREATE TEMP TABLE reference AS SELECT bridge_test.error('no_door') AS error;
SELECT ok(count(*) = 15, 'the reference sets all optional fields')
FROM reference, jsonb_each_text(error) f
WHERE (f.key IN ('message', 'detail', 'detail_log', 'hint', 'context', 'schema', 'table', 'column',
                 'datatype', 'constraint', 'internalquery') AND f.value IS NOT NULL)
   OR (f.key IN ('cursorpos', 'internalpos', 'hide_stmt', 'hide_ctx') AND f.value <> '0');
SELECT is(bridge_test.error('two_doors'), error, 'an ERROR loses nothing on its way through C++')
FROM reference;
SELECT is(bridge_test.error('thrown_again'), error, 'nor if it is caught and thrown again')
FROM reference;

-- Doors in doors, the error at each depth.
SELECT is(bridge_test.error('nested_raise', depth => d, level => l), error,
          format('%s doors deep, ERROR at %s', d, l))
FROM reference, generate_series(0, 3) d, generate_series(0, d) l ORDER BY d, l;
SELECT is(bridge_test.error('nested_throw', 'm', 'Detail.', 'Hint.', d, l),
          bridge_test.error('error', 'm', 'Detail.', 'Hint.'),
          format('%s doors deep, exception at %s', d, l))
FROM generate_series(0, 3) d, generate_series(0, d) l ORDER BY d, l;
SELECT is(bridge_test.error(s, depth => 3, level => 4) ->> 'raised', 'false',
          s || ': three doors without error')
FROM unnest('{nested_raise,nested_throw}'::text[]) s;
SELECT is(bridge_test.error('nested_raise', depth => 100, level => 100), error, '100 doors deep')
FROM reference;

-- ------------------------------------------------------------------ cancel, shutdown, no memory

PREPARE keeps (text, text, text) AS
  SELECT is(e ->> 'sqlstate', $2, $1 || ': SQLSTATE'),
         is(e ->> 'message', $3, $1 || ': message'),
         ok(left_clean(e), $1 || ': leaves nothing')
  FROM bridge_test.error($1) e;
EXECUTE keeps ('cancel', '57014', 'canceling statement due to user request');
EXECUTE keeps ('shutdown', '57P01', 'the server is shutting down');
EXECUTE keeps ('no_memory_for_error', '53200', 'out of memory');
SELECT is(bridge_test.error('two_doors'), error, 'and the next ERROR is whole again')
FROM reference;

-- ------------------------------------------------------------------ objects of a context

SELECT bridge_test.diary() \g /dev/null
SELECT is(bridge_test.error('owned_reset') ->> 'alive', '0', 'reset and delete destroy');
SELECT is(bridge_test.diary(), '+1 +2 -2 -1 +3 -3', 'each once, the youngest first');

SELECT is(e ->> 'message', 'a constructor failed', 'a constructor throws'),
       ok(left_clean(e), 'a constructor throws: leaves nothing')
FROM bridge_test.error('owned_constructor_throws') e;
SELECT is(bridge_test.diary(), '+1 -1', 'what was not made is not destroyed');

SELECT is(e ->> 'sqlstate', '53200', 'no memory for the object'),
       ok(left_clean(e), 'no memory for the object: leaves nothing')
FROM bridge_test.error('owned_without_memory') e;
SELECT is(bridge_test.diary(), '', 'no memory for the object: it was never made');

SELECT ok(left_clean(bridge_test.error('owned_then_error')), 'an abort destroys');
SELECT is(bridge_test.diary(), '+1 +2 -2 -1', 'an abort destroys each once, the youngest first');

SAVEPOINT s;
SELECT bridge_test.keep(7) \g /dev/null
SELECT is(bridge_test.alive(), 1, 'an object lives as long as its context');
ROLLBACK TO s;
SELECT is(bridge_test.diary(), '+7 -7', 'ROLLBACK TO destroys it');

SAVEPOINT s;
SELECT bridge_test.keep(8) \g /dev/null
RELEASE s;
SELECT is(bridge_test.alive(), 1, 'RELEASE does not');
SELECT bridge_test.diary() \g /dev/null

-- ------------------------------------------------------------------ PL/pgSQL catches

CREATE FUNCTION pg_temp.caught(scenario text, OUT fields jsonb) LANGUAGE plpgsql AS $$
DECLARE state text; message text; detail text; hint text; context text;
        schema_ text; table_ text; column_ text; type_ text; constraint_ text;
BEGIN
  PERFORM bridge_test.fail(scenario, 'm', 'Detail.', 'Hint.');
EXCEPTION WHEN OTHERS OR QUERY_CANCELED THEN
  GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT,
    detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT, context = PG_EXCEPTION_CONTEXT,
    schema_ = SCHEMA_NAME, table_ = TABLE_NAME, column_ = COLUMN_NAME,
    type_ = PG_DATATYPE_NAME, constraint_ = CONSTRAINT_NAME;
  fields := to_jsonb(ARRAY[state, message, detail, hint, schema_, table_, column_, type_,
                           constraint_, split_part(context, E'\n', 1)]);
END $$;

SELECT is(pg_temp.caught('two_doors'),
          '["23514", "message of a test: No space left on device", "Detail of a test.",
            "Hint of a test.", "a schema", "a table", "a column", "a type", "a constraint",
            "context of a test"]', 'PL/pgSQL sees every field of an ERROR');
SELECT is(pg_temp.caught('error') - 9, '["22023", "m", "Detail.", "Hint.", "", "", "", "", ""]',
          'and of an exception');
SELECT is(pg_temp.caught('cancel') ->> 0, '57014', 'and a cancel is a cancel');

CREATE FUNCTION pg_temp.catch_many(times integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  scenarios CONSTANT text[] := '{error,int,two_doors,nested_raise,bad_alloc,owned_then_error,
                                 cancel,nested_throw,no_memory_for_error,through_call}';
  seen jsonb := '{}';
BEGIN
  FOR i IN 1 .. times LOOP
    BEGIN
      PERFORM bridge_test.fail(scenarios[1 + i % 10], depth => 2, level => i % 3);
      RETURN 'nothing raised';
    EXCEPTION WHEN OTHERS OR QUERY_CANCELED THEN
      seen := jsonb_set(seen, ARRAY[SQLSTATE], to_jsonb(1 + coalesce((seen ->> SQLSTATE)::int, 0)));
    END;
    -- An ERROR of the server itself right after: a stale handler would be jumped to.
    BEGIN
      PERFORM 1 / (i - i);
    EXCEPTION WHEN division_by_zero THEN NULL;
    END;
  END LOOP;
  RETURN (seen || jsonb_build_object('alive', bridge_test.alive()))::text;
END $$;
SELECT bridge_test.diary() \g /dev/null
SELECT is(pg_temp.catch_many(1000)::jsonb,
          '{"22023": 300, "XX000": 100, "23514": 300, "53200": 200, "57014": 100, "alive": 1}',
          '1,000 errors caught in one transaction');
SELECT bridge_test.diary() \g /dev/null

-- ------------------------------------------------------------------ nothing of them stays

CREATE FUNCTION pg_temp.growth(scenario text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE before bigint;
BEGIN
  PERFORM count(bridge_test.error(scenario, repeat('€', 2000), depth => 2, level => 2))
  FROM generate_series(1, 200);
  before := bridge_test.malloc_bytes();
  PERFORM count(bridge_test.error(scenario, repeat('€', 2000), depth => 2, level => 2))
  FROM generate_series(1, 10000);
  RETURN bridge_test.malloc_bytes() - before;
END $$;
-- One lost exception object in each would be a megabyte.
SELECT ok(growth < 100000, format('10,000 times %s: malloc grows by %s bytes', s, growth))
FROM unnest('{error,bad_alloc,int,two_doors,thrown_again,nested_throw,nested_raise,
              owned_constructor_throws}'::text[]) s, pg_temp.growth(s) growth;

SELECT finish();
ROLLBACK;
