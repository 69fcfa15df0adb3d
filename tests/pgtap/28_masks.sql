-- Masks: what a masked value looks like, and every way around one that is refused (A11, A12).
\ir include/helpers.psql
CREATE ROLE mask_alice IN ROLE export_user;
CREATE ROLE mask_boss IN ROLE export_user;
CREATE ROLE mask_admin IN ROLE export_admin;
CREATE TABLE people (id int PRIMARY KEY, name text, ssn text, born date, joined timestamptz, salary numeric);
INSERT INTO people VALUES
    (1, 'Zoë', '123-45-6789', '1980-03-31', '2020-12-31 23:30+00', 1000.50),
    (2, 'Bo', NULL, 'infinity', NULL, 2000);
CREATE TABLE visits (person int, ssn text);
INSERT INTO visits VALUES (1, '123-45-6789');
CREATE VIEW people_view AS SELECT id, name, ssn FROM people;
CREATE VIEW derived_view AS SELECT id, upper(ssn) AS shout FROM people;
CREATE TABLE parent_people (id int, ssn text) PARTITION BY LIST (id);
CREATE TABLE child_people PARTITION OF parent_people DEFAULT;
INSERT INTO parent_people VALUES (1, 'child-ssn');
CREATE FUNCTION leak_scalar(int) RETURNS text LANGUAGE sql STABLE AS
    $$ SELECT ssn FROM people WHERE id = $1 $$;
CREATE FUNCTION leak_rows() RETURNS TABLE (leaked text) LANGUAGE sql STABLE AS $$ SELECT ssn FROM people $$;
CREATE FUNCTION leak_plpgsql() RETURNS text LANGUAGE plpgsql STABLE AS
    $$ BEGIN RETURN (SELECT ssn FROM people LIMIT 1); END $$;
CREATE FUNCTION harmless() RETURNS bigint LANGUAGE plpgsql STABLE AS
    $$ BEGIN RETURN (SELECT count(id) FROM people); END $$;
GRANT SELECT ON people, visits, people_view, derived_view, parent_people, child_people
    TO mask_alice, mask_boss;

BEGIN;
SELECT no_plan();
SET LOCAL timezone = 'UTC';

-- Masks that the request itself asks for.
SET LOCAL ROLE mask_alice;
SELECT is(streamed('SELECT ssn, name, born, joined, salary FROM people ORDER BY id', 'csv',
                   '{"columns": [{"name": "ssn", "mask": "partial(0, 4)"}, {"name": "name", "mask": "partial(1, 1)"},
                                 {"name": "born", "mask": "year"}, {"name": "joined", "mask": "month"},
                                 {"name": "salary", "mask": "redact"}]}'),
          E'ssn,name,born,joined,salary\n*******6789,Z*ë,1980,2020-12,[redacted]\n,**,,,[redacted]\n',
          'partial, year, month, redact; null stays null; infinity is no year');
SELECT is(streamed('SELECT joined FROM people WHERE id = 1', 'json',
                   '{"time_zone": "Europe/Berlin", "columns": [{"name": "joined", "mask": "year"}]}'),
          E'[\n{"joined":2021}\n]\n', 'a year in the document''s zone, as a number');
SELECT is(streamed('SELECT salary FROM people WHERE id = 1', 'json',
                   '{"columns": [{"name": "salary", "mask": "null"}]}'),
          E'[\n{"salary":null}\n]\n', 'null');
SELECT matches(streamed('SELECT ssn AS a, ssn AS b FROM people WHERE id = 1', 'csv',
                   '{"columns": [{"name": "a", "mask": "hash"}, {"name": "b", "mask": "hash"}]}'),
               E'^a,b\n([0-9a-f]{16}),\\1\n$', 'the same value has the same code');
SELECT is(error_of($$ SELECT streamed('SELECT name FROM people', 'csv',
                          '{"columns": [{"name": "name", "mask": "year"}]}') $$),
          '42804 the mask of column "name" is for dates and timestamps | The column is of type text. '
          '| Use redact, hash, partial(first, last) or null.', 'a mask of another type');

-- A11: a mask is one of a closed list.
SELECT is(error_of(format('SELECT streamed(''SELECT 1 AS a'', ''csv'', %L)',
              jsonb_build_object('columns', jsonb_build_array(jsonb_build_object('name', 'a', 'mask', mask))))),
          '22023 "' || mask || '" is not a mask | '
          'The masks are redact, hash, partial(first, last), year, month, null.', 'A11: ' || mask)
FROM unnest(ARRAY['pg_read_file(''x'')', 'partial(1,2)||name', '(SELECT 1)', 'partial(''1'',2)']) mask;
RESET ROLE;
SET LOCAL ROLE mask_admin;
SELECT throws_ok(format('SELECT export.set_mask(''people'', ''ssn'', %L)', mask), '22023', NULL,
                 'A11: set_mask: ' || mask)
FROM unnest(ARRAY['', 'none', 'upper(ssn)', 'redact; DROP TABLE people', 'partial(1)']) mask;
SELECT throws_ok($$ SELECT export.set_mask('people', 'nosuch', 'redact') $$, '42703', NULL, 'no column');
SELECT throws_ok($$ SELECT export.set_mask('people', 'ctid', 'redact') $$, '42703', NULL, 'system column');
SELECT throws_ok($$ SELECT export.set_mask('people', 'name', 'year') $$, '42804', NULL, 'wrong type');

-- The administrator's mask.
SELECT lives_ok($$ SELECT export.set_mask('people', 'ssn', 'hash') $$, 'set');
SELECT lives_ok($$ SELECT export.set_mask('people', 'ssn', 'partial(0, 4)', '{mask_boss}') $$, 'set anew');
SELECT lives_ok($$ SELECT export.set_mask('child_people', 'ssn', 'redact') $$, 'of a partition');
SELECT bag_eq('SELECT relation::text, "column"::text, mask, exempt::text FROM export.masks',
                  $$ VALUES ('child_people', 'ssn', 'redact', '{}'),
                            ('people', 'ssn', 'partial(0, 4)', '{mask_boss}') $$, 'listed');
SET LOCAL ROLE mask_alice;
SELECT throws_ok($$ SELECT export.set_mask('people', 'name', 'redact') $$, '42501', NULL, 'only administrators');
SELECT throws_ok($$ SELECT export.drop_mask('people', 'ssn') $$, '42501', NULL, 'only administrators drop');

-- Uses that show the column as it is: masked.
SELECT is(streamed(query), shown, 'masked: ' || query)
FROM (VALUES
    ('SELECT ssn FROM people WHERE id = 1', E'ssn\n*******6789\n'),
    ('SELECT ssn AS x FROM people WHERE id = 1', E'x\n*******6789\n'),
    ('SELECT p.ssn, p.id FROM people p WHERE id = 1', E'ssn,id\n*******6789,1\n'),
    ('SELECT id, ssn FROM people_view WHERE id = 1', E'id,ssn\n1,*******6789\n'),
    ('SELECT x FROM (SELECT ssn AS x FROM people WHERE id = 1 OFFSET 0) s', E'x\n*******6789\n'),
    ('WITH c AS (SELECT ssn FROM people WHERE id = 1) SELECT ssn FROM c', E'ssn\n*******6789\n'),
    ('WITH c AS MATERIALIZED (SELECT ssn FROM people WHERE id = 1) SELECT ssn FROM c', E'ssn\n*******6789\n'),
    ('SELECT ssn FROM people WHERE id = 1 UNION ALL SELECT ''x''', E'ssn\n*******6789\n*\n'),
    ('SELECT ''x'' AS a UNION ALL SELECT ssn FROM people WHERE id = 1', E'a\n*\n*******6789\n'),
    ('SELECT a.ssn FROM people a JOIN visits v ON v.person = a.id', E'ssn\n*******6789\n'),
    ('SELECT ssn::varchar FROM people WHERE id = 1', E'ssn\n*******6789\n'),
    ('SELECT j.ssn FROM (people JOIN visits v (pid, vssn) ON pid = id) j', E'ssn\n*******6789\n'),
    ('SELECT l.ssn FROM visits v, LATERAL (SELECT ssn FROM people WHERE id = v.person) l', E'ssn\n*******6789\n'),
    ('WITH RECURSIVE r(a, n) AS (SELECT ssn, 1 FROM people WHERE id = 1 UNION ALL SELECT a, n + 1 FROM r WHERE n < 2) '
     'SELECT a FROM r', E'a\n*******6789\n*******6789\n'),
    ('WITH RECURSIVE r(a, b, n) AS (SELECT ssn, ''z'', 1 FROM people WHERE id = 1 UNION ALL SELECT b, a, n + 1 FROM r WHERE n < 2) '
     'SELECT b FROM r', E'b\n*\n*******6789\n'),
    ('TABLE parent_people', E'id,ssn\n1,[redacted]\n'),
    ('TABLE child_people', E'id,ssn\n1,[redacted]\n'),
    ('SELECT id, name FROM people ORDER BY name', E'id,name\n2,Bo\n1,Zoë\n'),
    ('SELECT count(*) FROM people', E'count\n2\n'),
    ('SELECT harmless()', E'harmless\n2\n'),
    ('SELECT ssn FROM visits', E'ssn\n123-45-6789\n')) v (query, shown);

-- A12: every other use is refused.
SELECT matches(error_of(format('SELECT streamed(%L)', query)), '^42501 .*(masked column|has values of masked)',
               'A12: ' || query)
FROM unnest(ARRAY[
    'SELECT upper(ssn) FROM people', 'SELECT ssn || '''' FROM people', 'SELECT substring(ssn, 1, 3) FROM people',
    'SELECT left(ssn, 1), substr(ssn, 2) FROM people', 'SELECT row_to_json(p) FROM people p',
    'SELECT to_jsonb(people) FROM people', 'SELECT people FROM people', 'SELECT ROW(ssn) FROM people',
    'SELECT (people).ssn || ''x'' FROM people', 'SELECT ARRAY[ssn] FROM people', 'SELECT array_agg(ssn) FROM people',
    'SELECT string_agg(ssn, '','') FROM people', 'SELECT max(ssn) FROM people', 'SELECT count(ssn) FROM people',
    'SELECT count(DISTINCT ssn) FROM people', 'SELECT name FROM people WHERE ssn = ''123-45-6789''',
    'SELECT name FROM people WHERE ssn LIKE ''1%''', 'SELECT name FROM people WHERE ssn IS NULL',
    'SELECT name FROM people ORDER BY ssn', 'SELECT ssn FROM people ORDER BY 1', 'SELECT DISTINCT ssn FROM people',
    'SELECT DISTINCT ON (ssn) name FROM people', 'SELECT ssn FROM people GROUP BY ssn',
    'SELECT count(*) FROM people GROUP BY ssn', 'SELECT name FROM people GROUP BY name HAVING max(ssn) > ''1''',
    'SELECT name, rank() OVER (ORDER BY ssn) FROM people', 'SELECT name, lag(ssn) OVER (ORDER BY id) FROM people',
    'SELECT name, row_number() OVER (PARTITION BY ssn) FROM people',
    'SELECT p.name FROM people p JOIN visits v ON v.ssn = p.ssn', 'SELECT name FROM people JOIN visits USING (ssn)',
    'SELECT name FROM people NATURAL JOIN visits', 'SELECT ssn FROM people FULL JOIN visits USING (ssn)',
    'SELECT name FROM people WHERE ssn IN (SELECT ssn FROM visits)',
    'SELECT person FROM visits WHERE ssn IN (SELECT ssn FROM people)',
    'SELECT person FROM visits v WHERE EXISTS (SELECT 1 FROM people p WHERE p.ssn = v.ssn)',
    'SELECT (SELECT ssn FROM people LIMIT 1)', 'SELECT ARRAY(SELECT ssn FROM people)',
    'SELECT (SELECT p FROM people p LIMIT 1)', 'SELECT length(x) FROM (SELECT ssn AS x FROM people) s',
    'SELECT x FROM (SELECT ssn AS x FROM people) s WHERE x > ''1''',
    'SELECT x FROM (SELECT ssn AS x FROM people ORDER BY x LIMIT 1) s',
    'WITH c AS (SELECT ssn FROM people) SELECT upper(ssn) FROM c', 'SELECT s FROM (SELECT id, ssn FROM people) s',
    'SELECT ssn FROM people UNION SELECT ssn FROM visits', 'SELECT ssn FROM visits INTERSECT SELECT ssn FROM people',
    'SELECT ssn FROM visits EXCEPT SELECT ssn FROM people', 'SELECT ssn FROM people UNION ALL SELECT ''x'' ORDER BY 1',
    'SELECT shout FROM derived_view', 'SELECT id FROM derived_view WHERE shout > ''1''',
    'SELECT upper(ssn) FROM people_view', 'SELECT id FROM people_view WHERE ssn > ''1''',
    'SELECT leak_scalar(1)', 'SELECT leaked FROM leak_rows()', 'SELECT leak_plpgsql()',
    'SELECT p.ssn, f.leaked FROM people p, leak_rows() f', 'SELECT name FROM people WHERE leak_plpgsql() > ''1''',
    'SELECT query_to_xml(''SELECT ssn FROM people'', true, false, '''')', 'SELECT table_to_xml(''people'', true, false, '''')',
    'SELECT unnest(ARRAY[ssn]) FROM people', 'SELECT u FROM people, unnest(string_to_array(ssn, NULL)) u',
    'SELECT v FROM people, LATERAL (VALUES (ssn)) x (v)', 'SELECT CASE WHEN ssn > ''1'' THEN 1 END FROM people',
    'SELECT coalesce(ssn, ''none'') FROM people', 'SELECT ssn::bytea FROM people', 'SELECT ssn COLLATE "C" FROM people',
    'SELECT name FROM people LIMIT (SELECT length(max(ssn)) FROM people)',
    'SELECT g FROM people, generate_series(1, length(ssn)) g',
    'SELECT name FROM people TABLESAMPLE BERNOULLI (length((SELECT min(ssn) FROM people)))',
    'SELECT upper(ssn) FROM parent_people', 'SELECT upper(ssn) FROM child_people',
    'SELECT most_common_vals FROM pg_stats',
    'WITH RECURSIVE r(a, n) AS (SELECT ssn, 1 FROM people UNION ALL SELECT upper(a), n + 1 FROM r WHERE n < 2) SELECT a FROM r'
    ]) query;

-- The mask goes before what the request asks for, in COPY and previews as well.
SELECT is(streamed('SELECT ssn FROM people WHERE id = 1', 'csv', '{"columns": [{"name": "ssn", "mask": "partial(50, 0)"}]}'),
          E'ssn\n*******6789\n', 'a weaker mask does not help');
SELECT is(export.preview('SELECT ssn FROM people WHERE id = 1') -> 'rows', '[["*******6789"]]', 'in a preview');

-- Exempt roles, and a mask that is gone.
SET LOCAL ROLE mask_boss;
SELECT is(streamed('SELECT upper(ssn) AS s FROM people WHERE id = 1'), E's\n123-45-6789\n', 'an exempt role');
SET LOCAL ROLE mask_admin;
SELECT lives_ok($$ SELECT export.drop_mask('people', 'ssn') $$, 'dropped');
SELECT throws_ok($$ SELECT export.drop_mask('people', 'ssn') $$, '42704', NULL, 'is gone');
SET LOCAL ROLE mask_alice;
SELECT is(streamed('SELECT leak_plpgsql() AS s'), E's\n123-45-6789\n', 'without a mask nothing is refused');

-- A renamed column stays masked, and so does one that takes its name.
RESET ROLE;
SELECT export.set_mask('people', 'ssn', 'redact');
ALTER TABLE people RENAME ssn TO tax_id;
SET LOCAL ROLE mask_alice;
SELECT is(streamed('SELECT tax_id FROM people WHERE id = 1'), E'tax_id\n[redacted]\n', 'renamed');
RESET ROLE;
ALTER TABLE people ADD ssn text DEFAULT 'new';
SET LOCAL ROLE mask_alice;
SELECT is(streamed('SELECT tax_id, ssn FROM people WHERE id = 1'), E'tax_id,ssn\n[redacted],[redacted]\n',
          'and the one of its old name too');
RESET ROLE;
SELECT is((SELECT count(*) FROM export.audit WHERE kind IN ('set_mask', 'drop_mask')), 5::bigint, 'masks are audited');

SELECT finish();
ROLLBACK;
DROP VIEW people_view, derived_view;
DROP TABLE people, visits, parent_people;
DROP FUNCTION leak_scalar, leak_rows, leak_plpgsql, harmless;
DROP ROLE mask_alice, mask_boss, mask_admin;
