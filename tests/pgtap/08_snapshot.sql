-- An export sees what a SELECT at its place would see, and keeps that one snapshot to its end.
\ir include/helpers.psql
BEGIN;
SELECT no_plan();
CREATE ROLE snap_alice IN ROLE export_user;
CREATE TABLE notes (id integer, note text);
CREATE TABLE log (line text);
GRANT ALL ON notes, log TO snap_alice;
SET LOCAL ROLE snap_alice;

-- Own changes of the transaction.
INSERT INTO notes VALUES (1, 'one'), (2, 'two');
SELECT is(streamed('TABLE notes ORDER BY id'), E'id,note\n1,one\n2,two\n',
          'own rows, not committed');
UPDATE notes SET note = 'deux' WHERE id = 2;
DELETE FROM notes WHERE id = 1;
SELECT is(streamed('TABLE notes ORDER BY id'), E'id,note\n2,deux\n', 'own UPDATE and DELETE');
SAVEPOINT s;
INSERT INTO notes VALUES (3, 'three');
SELECT is(export.preview('SELECT count(*) AS n FROM notes') -> 'rows', '[["2"]]',
          'rows of a subtransaction');
ROLLBACK TO s;
SELECT is(export.preview('SELECT count(*) AS n FROM notes') -> 'rows', '[["1"]]',
          'not those that were rolled back');
SELECT export.run('TABLE notes', 'jsonl') AS stored \gset
SELECT is(sha256, sha256(E'{"id":2,"note":"deux"}\n'), 'run sees them too')
FROM export.artifacts WHERE id = :'stored';
TRUNCATE notes;
SELECT is(streamed('TABLE notes'), E'id,note\n', 'own TRUNCATE');
CREATE TEMP TABLE scratch AS SELECT 1 AS a;
SELECT is(streamed('TABLE scratch'), E'a\n1\n', 'own temporary table');
RESET ROLE;
ALTER TABLE notes ADD extra integer DEFAULT 7;
SET LOCAL ROLE snap_alice;
INSERT INTO notes VALUES (1, 'one');
SELECT is(streamed('TABLE notes'), E'id,note,extra\n1,one,7\n', 'own ALTER TABLE');

-- A function that writes and then exports, inside one statement: like a SELECT there.
CREATE FUNCTION pg_temp.write_and_export() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO log VALUES ('written');
    RETURN streamed('TABLE log');
END
$$;
SELECT is(pg_temp.write_and_export(), E'line\nwritten\n', 'a volatile function sees what it wrote');
DELETE FROM log;

-- A data-modifying WITH around the call: the export is a statement of its own inside it.
CREATE FUNCTION pg_temp.counted() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    n bigint;
BEGIN
    SELECT count(*) INTO n FROM notes;
    RETURN n;
END
$$;
WITH added AS (INSERT INTO notes VALUES (2, 'two', 8) RETURNING id)
SELECT is(export.preview('SELECT count(*) AS n FROM notes') #>> '{rows,0,0}',
          pg_temp.counted()::text, 'in the middle of a statement: as a SELECT of a function')
FROM added;

-- One snapshot: what is written between two pieces is not seen.
DELETE FROM notes;
INSERT INTO notes SELECT g, repeat('x', 100), 0 FROM generate_series(1, 6000) g;
DECLARE pieces CURSOR FOR SELECT export.stream('SELECT id, note FROM notes ORDER BY id', 'jsonl')
    AS piece;
FETCH 1 FROM pieces \gset first_
UPDATE notes SET note = 'changed';
DELETE FROM notes WHERE id % 2 = 0;
INSERT INTO notes VALUES (7000, 'late', 0);
CREATE TEMP TABLE rest AS SELECT ''::bytea AS piece;
DO $$
DECLARE
    pieces refcursor := 'pieces';
    piece bytea;
BEGIN
    LOOP
        FETCH pieces INTO piece;
        EXIT WHEN NOT FOUND;
        INSERT INTO rest VALUES (piece);
    END LOOP;
END
$$;
SELECT is(convert_from(:'first_piece'::bytea || (SELECT string_agg(piece, '') FROM rest), 'UTF8')
          = (SELECT string_agg(format(E'{"id":%s,"note":"%s"}\n', g, repeat('x', 100)),
                               '' ORDER BY g)
             FROM generate_series(1, 6000) g), true,
          'a stream keeps the snapshot of its first piece');
SELECT is(streamed('SELECT count(*) AS n, count(*) FILTER (WHERE note = ''changed'') AS c '
                   'FROM notes'),
          E'n,c\n3001,3000\n', 'the next one sees the changes');

-- now() is the transaction's, as in a SELECT.
SELECT is(streamed('SELECT now()::text AS t'), format(E't\n%s\n', now()), 'now()') ;
SELECT is(streamed('SELECT statement_timestamp()::text AS t') ~ '^t\n\d{4}-', true,
          'statement_timestamp()');

RESET ROLE;
SELECT finish();
ROLLBACK;
