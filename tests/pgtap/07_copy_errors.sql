-- COPY with the formats of the extension, as far as SQL can see it: files, rights, refusals.
-- What goes over the wire is tested with clients.
\ir include/helpers.psql
SET client_min_messages = warning;
DROP ROLE IF EXISTS copy_alice, copy_writer, copy_nobody;
CREATE ROLE copy_alice IN ROLE export_user;
CREATE ROLE copy_writer IN ROLE export_user, pg_write_server_files;
CREATE ROLE copy_nobody IN ROLE pg_write_server_files;
RESET client_min_messages;

SELECT no_plan();
SET timezone = 'UTC';
-- Where the library is not preloaded, a plain role's first call of any function loads it.
SELECT concat_ws(',', current_setting('shared_preload_libraries'),
                 current_setting('session_preload_libraries')) ~ '\mexport\M' AS preloaded \gset
SET ROLE copy_writer;
SELECT is(error_of('COPY (SELECT 1 AS a) TO ''/nowhere/at/all'' WITH (FORMAT jsonl)') ~ '^58P01',
          :'preloaded'::boolean,
          'formats are there from the start, if the library is preloaded');
SELECT isnt(export.version(), NULL, 'a first call');
SELECT throws_ok('COPY (SELECT 1 AS a) TO ''/nowhere/at/all'' WITH (FORMAT jsonl)', '58P01', NULL,
                 'then they are there in any case');
RESET ROLE;

CREATE SCHEMA copies;
GRANT USAGE ON SCHEMA copies TO PUBLIC;
CREATE TABLE copies.people (id integer, name text,
                            twice integer GENERATED ALWAYS AS (id * 2) STORED);
INSERT INTO copies.people VALUES (1, 'Zoë'), (2, NULL);
CREATE TABLE copies.child () INHERITS (copies.people);
INSERT INTO copies.child VALUES (3, 'child');
CREATE TABLE copies.parts (id integer) PARTITION BY LIST (id);
CREATE VIEW copies.seen AS SELECT * FROM copies.people;
CREATE MATERIALIZED VIEW copies.kept AS SELECT * FROM copies.people;
CREATE SEQUENCE copies.counter;
GRANT SELECT ON ALL TABLES IN SCHEMA copies TO copy_alice, copy_writer, copy_nobody;
GRANT SELECT ON copies.counter TO copy_writer;

SELECT format('%s/export_copy_%s', current_setting('data_directory'), pg_backend_pid())
    AS file \gset
CREATE FUNCTION written(file text) RETURNS text LANGUAGE sql SECURITY DEFINER AS $$
    SELECT convert_from(pg_read_binary_file($1), 'UTF8')
$$;
CREATE TABLE copies.place AS
SELECT :'file'::text AS file, current_setting('data_directory') AS directory;
GRANT SELECT ON copies.place TO PUBLIC;
-- A COPY to the file, and what is in it afterwards.
CREATE FUNCTION copied(what text, options text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('COPY %s TO %L WITH (%s)', what, (SELECT file FROM copies.place), options);
    RETURN written((SELECT file FROM copies.place));
END
$$;

-- The formats, to a file.
SET ROLE copy_writer;
SELECT is(copied('(SELECT id, name FROM copies.people)', 'FORMAT jsonl'),
          E'{"id":1,"name":"Zoë"}\n{"id":2,"name":null}\n{"id":3,"name":"child"}\n', 'jsonl');
SELECT is(copied('(SELECT id FROM copies.people ORDER BY 1)', 'FORMAT json'),
          E'[\n{"id":1},\n{"id":2},\n{"id":3}\n]\n', 'json');
SELECT is(copied('(SELECT id, name FROM copies.people ORDER BY 1)', 'FORMAT export_csv'),
          E'id,name\n1,Zoë\n2,\n3,child\n', 'export_csv has a header by default');
SELECT is(copied('copies.people', 'FORMAT jsonl'),
          E'{"id":1,"name":"Zoë"}\n{"id":2,"name":null}\n',
          'a table: without children and generated columns, as COPY does');
SELECT is(copied('copies.people (name, id)', 'FORMAT export_csv, header false'),
          E'Zoë,1\n,2\n', 'a table with columns');
SELECT is(copied('(VALUES (1, 2))', 'FORMAT export_csv'), E'column1,column2\n1,2\n', 'VALUES');
SELECT is(copied('(TABLE copies.people ORDER BY id LIMIT 1)', 'FORMAT jsonl'),
          E'{"id":1,"name":"Zoë","twice":2}\n', 'TABLE');
SELECT is(copied('(SELECT 1.5 AS a, ''x;y'' AS b)',
                 'FORMAT export_csv, dialect ''excel-eu'', bom false, line_end lf'),
          E'a;b\n1,5;"x;y"\n', 'options by name, words and strings');
SELECT is(copied('(SELECT 1 AS a, 2 AS b)', 'FORMAT export_csv, header off, force_quote (b)'),
          E'1,"2"\n', 'a list of names');
SELECT is(copied('(SELECT 1 AS a, 2 AS b)', 'FORMAT export_csv, header, force_quote *'),
          E'a,b\n"1","2"\n', 'a star, and a boolean without value');
SELECT is(copied('(SELECT 1 AS a, 2 AS b)',
                 'FORMAT jsonl, columns ''["b", {"name": "a", "heading": "A"}]'''),
          E'{"b":2,"A":1}\n', 'structured options are JSON in a string');
SELECT is(copied('(SELECT $1::int AS a)', 'FORMAT jsonl, args ''["7"]'''), E'{"a":7}\n', 'args');
SELECT is(copied('(SELECT ''2024-07-01 12:00+00''::timestamptz AS t)',
                 'FORMAT jsonl, time_zone ''Europe/Berlin'''),
          E'{"t":"2024-07-01T14:00:00+02:00"}\n', 'time_zone');
SELECT is(copied('(SELECT convert_to(x, ''UTF8'') FROM unnest(ARRAY[''a'', '''', ''b'']) x)',
                 'FORMAT raw'), 'ab', 'raw is the bytes, one after the other');
SELECT is(copied('(SELECT export.stream(''SELECT 1 AS a'', ''jsonl''))', 'FORMAT raw'),
          E'{"a":1}\n', 'raw of a stream');
SELECT is(copied('(SELECT 1 AS a)', 'FORMAT csv'), E'1\n', 'csv is the server''s own');
SELECT is(copied('(SELECT 1 AS a, NULL AS b)', 'FORMAT text'), E'1\t\\N\n', 'and so is text');

-- Rights.
SET ROLE copy_alice;
SELECT is(error_of(format('COPY copies.people TO %L WITH (FORMAT jsonl)', file)),
          '42501 must be superuser or have privileges of the pg_write_server_files role to COPY to '
          'a file | Anyone can COPY to stdout. psql''s \copy command also works for '
          'anyone.', 'a file needs the right to write files') FROM copies.place;
SELECT throws_ok(format('COPY (SELECT ''''::bytea) TO %L WITH (FORMAT raw)', file), '42501', NULL,
                 'for raw too') FROM copies.place;
SET ROLE copy_nobody;
SELECT is(error_of(format('COPY (SELECT 1) TO %L WITH (FORMAT %s)', file, f)),
          '42501 permission denied to export | This needs the privileges of the role '
          '"export_user". | An administrator can GRANT export_user TO copy_nobody.',
          f || ' needs export_user')
FROM copies.place, unnest(ARRAY['json', 'jsonl', 'export_csv', 'raw']) f;
SET ROLE copy_writer;
SELECT throws_ok('COPY (SELECT 1 AS a) TO ''relative.jsonl'' WITH (FORMAT jsonl)', '42602',
                 'relative path not allowed for COPY to file', 'relative path');
SELECT throws_ok(format('COPY (SELECT 1 AS a) TO %L WITH (FORMAT jsonl)', directory), '42809', NULL,
                 'a directory') FROM copies.place;
SELECT throws_ok('COPY (SELECT 1 AS a) TO ''/nowhere/at/all'' WITH (FORMAT jsonl)', '58P01', NULL,
                 'a directory that is not there');
RESET ROLE;
SELECT throws_ok(format('COPY copies.nope TO %L WITH (FORMAT jsonl)', :'file'), '42P01',
                 'relation "copies.nope" does not exist', 'a table that is not there');
REVOKE SELECT ON copies.people FROM copy_writer;
GRANT SELECT (id) ON copies.people TO copy_writer;
SET ROLE copy_writer;
SELECT throws_ok(format('COPY copies.people TO %L WITH (FORMAT jsonl)', file), '42501',
                 'permission denied for table people', 'rights on columns count')
FROM copies.place;
SELECT is(copied('copies.people (id)', 'FORMAT jsonl'), E'{"id":1}\n{"id":2}\n',
          'and are enough for those columns');
-- A file is written whole or not at all.
SELECT throws_ok(format('COPY (SELECT 1 / (2 - id) AS a FROM copies.people ORDER BY id) TO %L '
                        'WITH (FORMAT jsonl)', file),
                 '22012', 'division by zero', 'an error in the middle')
FROM copies.place;
SELECT is(written(file), E'{"id":1}\n{"id":2}\n', 'leaves the file as it was') FROM copies.place;
RESET ROLE;
GRANT SELECT ON copies.people TO copy_writer;
SELECT is_empty(format('SELECT name FROM pg_ls_dir(%L) name '
                       'WHERE name LIKE ''export\_copy\_%%.partial%%''',
                       current_setting('data_directory')), 'and no part of one');

-- Refusals.
SET ROLE copy_writer;
SELECT is(error_of(format(statement, file)), wanted, statement)
FROM copies.place, (VALUES
    ('COPY copies.people FROM %L WITH (FORMAT json)',
     '0A000 COPY FROM does not take format "json" | It is a format of the extension "export", '
     'which only writes.'),
    ('COPY copies.people FROM %L WITH (FORMAT raw)',
     '0A000 COPY FROM does not take format "raw" | It is a format of the extension "export", '
     'which only writes.'),
    ('COPY copies.people TO PROGRAM ''cat'' WITH (FORMAT jsonl)',
     '0A000 COPY TO PROGRAM does not take format "jsonl" | Use psql''s \copy ... to program, which '
     'runs the program where the client is.'),
    ('COPY copies.seen TO %L WITH (FORMAT jsonl)',
     '42809 cannot copy from view "seen" | Try the COPY (SELECT ...) TO variant.'),
    ('COPY copies.kept TO %L WITH (FORMAT jsonl)',
     '42809 cannot copy from materialized view "kept" | Try the COPY (SELECT ...) TO variant.'),
    ('COPY copies.parts TO %L WITH (FORMAT jsonl)',
     '42809 cannot copy from partitioned table "parts" | Try the COPY (SELECT ...) TO variant.'),
    ('COPY (INSERT INTO copies.people VALUES (9) RETURNING id) TO %L WITH (FORMAT jsonl)',
     '0A000 an export takes one SELECT, not INSERT | Use SELECT, VALUES, TABLE or WITH queries '
     'that only read.'),
    ('COPY (UPDATE copies.people SET id = 9 RETURNING id) TO %L WITH (FORMAT json)',
     '0A000 an export takes one SELECT, not UPDATE | Use SELECT, VALUES, TABLE or WITH queries '
     'that only read.'),
    ('COPY (DELETE FROM copies.people RETURNING id) TO %L WITH (FORMAT export_csv)',
     '0A000 an export takes one SELECT, not DELETE | Use SELECT, VALUES, TABLE or WITH queries '
     'that only read.'),
    ('COPY (DELETE FROM copies.people RETURNING ''''::bytea) TO %L WITH (FORMAT raw)',
     '0A000 an export takes one SELECT, not DELETE | Use SELECT, VALUES, TABLE or WITH queries '
     'that only read.'),
    ('COPY (SELECT 1 AS a INTO copies.made) TO %L WITH (FORMAT jsonl)',
     '0A000 an export takes one SELECT, not SELECT INTO | Use SELECT, VALUES, TABLE or WITH '
     'queries that only read.'),
    ('COPY (SELECT * FROM copies.people FOR UPDATE) TO %L WITH (FORMAT jsonl)',
     '0A000 an export takes one SELECT, not SELECT with row locks (FOR UPDATE or FOR SHARE) | Use '
     'SELECT, VALUES, TABLE or WITH queries that only read.'),
    ('COPY (WITH x AS (DELETE FROM copies.people RETURNING id) TABLE x) TO %L WITH (FORMAT json)',
     '0A000 an export takes one SELECT, not a data-modifying WITH query | Use SELECT, VALUES, '
     'TABLE or WITH queries that only read.'),
    ('COPY (WITH x AS (DELETE FROM copies.people RETURNING ''''::bytea) TABLE x) TO %L '
     'WITH (FORMAT raw)',
     '0A000 an export takes one SELECT, not a data-modifying WITH query | Use SELECT, VALUES, '
     'TABLE or WITH queries that only read.'),
    ('COPY (SELECT export.stream(''SELECT 1 AS a'')) TO %L WITH (FORMAT jsonl)',
     '0A000 export.stream() cannot be called here | It is inside another export or another '
     'security-restricted operation, such as maintenance of an index or a materialized view. | '
     'Call it from the statement that the client sends.'),
    ('COPY (SELECT 1 AS a) TO %L WITH (FORMAT jsonl, prety true)',
     '22023 unknown option "prety" for format jsonl | See export.formats() for the options of '
     'each format.'),
    ('COPY (SELECT 1 AS a) TO %L WITH (FORMAT export_csv, delimeter '';'')',
     '22023 unknown option "delimeter" for format csv | Did you mean "delimiter"?'),
    ('COPY (SELECT 1 AS a) TO %L WITH (FORMAT json, delimiter '';'')',
     '22023 option "delimiter" does not apply to format json | It is an option of csv.'),
    ('COPY (SELECT 1 AS a) TO %L WITH (FORMAT export_csv, header maybe)',
     '22023 option "header" must be a boolean | Got "maybe".'),
    ('COPY (SELECT 1 AS a) TO %L WITH (FORMAT export_csv, delimiter)',
     '22023 option "delimiter" requires a value'),
    ('COPY (SELECT 1 AS a) TO %L WITH (FORMAT export_csv, header, header false)',
     '22023 option "header" is given more than once'),
    ('COPY (SELECT 1 AS a) TO %L WITH (FORMAT jsonl, columns ''[1'')',
     '22023 options are not valid JSON | The error is at byte 3.'),
    ('COPY (SELECT 1 AS a) TO %L WITH (FORMAT raw)',
     '42804 COPY with format "raw" takes exactly one column of type bytea | Use it to fetch a '
     'finished document: COPY (SELECT export.read(id)) TO STDOUT WITH (FORMAT raw).'),
    ('COPY (SELECT ''''::bytea, ''''::bytea) TO %L WITH (FORMAT raw)',
     '42804 COPY with format "raw" takes exactly one column of type bytea | Use it to fetch a '
     'finished document: COPY (SELECT export.read(id)) TO STDOUT WITH (FORMAT raw).'),
    ('COPY (SELECT ''''::text) TO %L WITH (FORMAT raw)',
     '42804 COPY with format "raw" takes exactly one column of type bytea | Use it to fetch a '
     'finished document: COPY (SELECT export.read(id)) TO STDOUT WITH (FORMAT raw).'),
    ('COPY (SELECT NULL::bytea) TO %L WITH (FORMAT raw)',
     '22004 COPY with format "raw" cannot write a null'),
    ('COPY (SELECT ''''::bytea) TO %L WITH (FORMAT raw, compression gzip)',
     '22023 COPY with format "raw" takes no other options'),
    ('COPY (SELECT 1 AS a) TO %L WITH (FORMAT jsonnl)',
     '22023 COPY format "jsonnl" not recognized')) refusals (statement, wanted);
SELECT is(error_of(format('COPY copies.people (twice) TO %L WITH (FORMAT jsonl)', file)),
          error_of(format('COPY copies.people (twice) TO %L WITH (FORMAT csv)', file)),
          'a generated column is refused as COPY refuses it') FROM copies.place;
SELECT is(error_of(format('COPY copies.people (id, id) TO %L WITH (FORMAT export_csv)', file)),
          error_of(format('COPY copies.people (id, id) TO %L WITH (FORMAT csv)', file)),
          'a column twice is refused as COPY refuses it') FROM copies.place;
SELECT throws_ok(format('COPY copies.people (nope) TO %L WITH (FORMAT %s)', file, f), '42703', NULL,
                 f || ': an unknown column') FROM copies.place, unnest(ARRAY['jsonl', 'csv']) f;
SELECT throws_ok(format('COPY copies.counter TO %L WITH (FORMAT %s)', file, f), '42809', NULL,
                 f || ': a sequence') FROM copies.place, unnest(ARRAY['jsonl', 'csv']) f;
RESET ROLE;
SELECT is((SELECT count(*) FROM copies.people), 3::bigint, 'nothing was written to the table');

-- To the client.
\set ON_ERROR_STOP off
SET ROLE copy_alice;
COPY (SELECT 1 AS a) TO STDOUT WITH (FORMAT jsonl) \g /dev/null
\set to_client :SQLSTATE
COPY (SELECT 1 / (id - 2) AS a FROM copies.people) TO STDOUT WITH (FORMAT jsonl) \g /dev/null
SELECT is(:'to_client'::text, '00000', 'COPY TO STDOUT');
SELECT is(streamed('SELECT 1 AS a'), E'a\n1\n',
          'the session goes on after an error in the middle of COPY TO STDOUT');
RESET ROLE;
\set ON_ERROR_STOP on

SELECT finish();
DO $$ BEGIN EXECUTE format('COPY (SELECT 1 WHERE false) TO PROGRAM %L',
                           'rm -f ' || (SELECT file FROM copies.place)); END $$;
SET client_min_messages = warning;
DROP SCHEMA copies CASCADE;
DROP ROLE copy_alice, copy_writer, copy_nobody;
