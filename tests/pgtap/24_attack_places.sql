-- A16: places where an export must not run.  Definer functions: what leaves something behind is
-- refused there, what only reads runs as the owner, and the audit shows both users.
\ir include/helpers.psql
BEGIN;
SELECT no_plan();
CREATE ROLE place_alice IN ROLE export_user;
CREATE ROLE place_owner IN ROLE export_user;
CREATE ROLE place_victim IN ROLE export_user;
CREATE SCHEMA places;
GRANT ALL ON SCHEMA places TO PUBLIC;
CREATE TABLE places.secrets (a integer);
INSERT INTO places.secrets VALUES (42);
GRANT SELECT ON places.secrets TO place_owner;

CREATE FUNCTION message(call text, where_ text,
                        way_out text DEFAULT 'Call it from the statement that the client sends.')
RETURNS text LANGUAGE sql AS $$ SELECT format('0A000 %s cannot be called here | %s | %s', $1, $2,
                                              $3) $$;
CREATE FUNCTION restricted() RETURNS text LANGUAGE sql AS $$
    SELECT 'It is inside another export or another security-restricted operation, such as '
           'maintenance of an index or a materialized view.'
$$;

-- A nested export.
SET LOCAL ROLE place_alice;
SELECT is(error_of(format('SELECT export.%s(%L)', outer_call, 'SELECT ' || inner_call)),
          message(split_part(inner_call, '(', 1) || '()', restricted()),
          format('%s in %s', inner_call, outer_call))
FROM unnest(ARRAY['run', 'stream', 'preview']) outer_call,
     unnest(ARRAY['export.run(''SELECT 1'')', 'export.run(''SELECT $1'', ''csv'', ''{}'', 1)',
                  'export.stream(''SELECT 1'')', 'export.preview(''SELECT 1'')',
                  'export.read(gen_random_uuid())', 'export.rerun(gen_random_uuid())',
                  'export.drop_artifact(gen_random_uuid())',
                  'export.share(gen_random_uuid(), ''place_alice'')',
                  'export.unshare(gen_random_uuid(), ''place_alice'')']) inner_call;
SELECT throws_ok($$ SELECT streamed('SELECT * FROM export.stream(''SELECT 1'')') $$, '0A000',
                 'export.stream() cannot be called here', 'in FROM of an export');
SELECT throws_ok($$ SELECT streamed('SELECT public.streamed(''SELECT 1'')') $$, '0A000',
                 'export.stream() cannot be called here', 'in a function in an export');
SELECT is(streamed('SELECT export.version() IS NOT NULL AS a, '
                   '(SELECT count(*) > 0 FROM export.formats()) AS b'), E'a,b\nt,t\n',
          'pure helpers may be in an export');

-- Code in an export that moves a stream of the session along does not confuse either of them.
RESET ROLE;
CREATE FUNCTION places.fetches() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    pieces refcursor := 'pieces';
    piece bytea;
BEGIN
    FETCH pieces INTO piece;
    RETURN octet_length(piece);
END
$$;
SET LOCAL ROLE place_alice;
DECLARE pieces CURSOR FOR
    SELECT export.stream('SELECT repeat(''x'', 99) AS a FROM generate_series(1, 10000)', 'csv',
                         '{"header": false}') AS piece;
FETCH 1 FROM pieces \g /dev/null
SELECT is(streamed('SELECT places.fetches() AS a'), E'a\n262144\n', 'fetched inside an export');
FETCH 1 FROM pieces \gset third_
SELECT is(:'third_piece'::bytea,
          substring(convert_to(repeat(repeat('x', 99) || E'\n', 10000), 'UTF8')
                    FROM 2 * 262144 + 1 FOR 262144), 'and goes on where that ended');
SELECT is(current_setting('transaction_read_only'), 'off', 'outside is as before');
CLOSE pieces;

-- A view that calls it: whoever looks runs it, as himself.  Inside an export it is refused.
CREATE VIEW places.calls AS SELECT export.preview('SELECT current_user AS u') -> 'rows' AS rows;
GRANT SELECT ON places.calls TO PUBLIC;
SELECT is(error_of('SELECT streamed(''TABLE places.calls'')'),
          message('export.preview()', restricted()),
          'a view that exports, in an export');
SET LOCAL ROLE place_victim;
SELECT is(rows, '[["place_victim"]]', 'a view that exports runs as who looks') FROM places.calls;

-- What runs with the rights of a table's owner.
SET LOCAL ROLE place_alice;
CREATE TABLE places.own (a integer);
INSERT INTO places.own VALUES (1), (2);
SELECT throws_ok('CREATE INDEX ON places.own ((export.preview(a::text)))', '42P17',
                 'functions in index expression must be marked IMMUTABLE', 'an index expression');
SELECT throws_ok('ALTER TABLE places.own '
                 'ADD b jsonb GENERATED ALWAYS AS (export.preview(a::text)) STORED',
                 '42P17', 'generation expression is not immutable', 'a generated column');
CREATE FUNCTION places.says_immutable(integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    PERFORM export.stream('TABLE places.secrets');
    RETURN $1;
END
$$;
CREATE FUNCTION places.runs(integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    PERFORM export.run('TABLE places.secrets');
    RETURN $1;
END
$$;
RESET ROLE;
SELECT is(error_of(format('CREATE INDEX ON places.own (places.%I(a))', f)),
          message(call, restricted()), 'CREATE INDEX by another role: ' || f)
FROM (VALUES ('says_immutable', 'export.stream()'), ('runs', 'export.run()')) functions (f, call);
SET LOCAL ROLE place_alice;
SELECT is(error_of(format('CREATE INDEX ON places.own (places.%I(a))', f)),
          message(call, restricted()), 'CREATE INDEX by the owner: ' || f)
FROM (VALUES ('says_immutable', 'export.stream()'), ('runs', 'export.run()')) functions (f, call);
SELECT throws_ok('CREATE INDEX ON places.own (a) WHERE places.says_immutable(a) = 1', '0A000',
                 'export.stream() cannot be called here', 'the predicate of an index');
CREATE MATERIALIZED VIEW places.kept AS SELECT a,
    places.says_immutable(a) AS b FROM places.own WITH NO DATA;
SELECT is(error_of('REFRESH MATERIALIZED VIEW places.kept'),
          message('export.stream()', restricted()),
          'REFRESH MATERIALIZED VIEW by the owner');
RESET ROLE;
SELECT is(error_of('REFRESH MATERIALIZED VIEW places.kept'),
          message('export.stream()', restricted()),
          'REFRESH MATERIALIZED VIEW by a superuser');
SELECT throws_ok('CREATE MATERIALIZED VIEW places.kept_too AS '
                 'SELECT export.stream(''TABLE places.secrets'')',
                 '0A000', 'export.stream() cannot be called here', 'CREATE MATERIALIZED VIEW');
SELECT is((SELECT relispopulated FROM pg_class WHERE oid = 'places.kept'::regclass), false,
          'it stays empty');

-- A constraint or trigger of a table runs as who writes, in his own statement: as a SELECT there.
SET LOCAL ROLE place_alice;
CREATE TABLE places.constrained (a integer CHECK (places.says_immutable(a) = a));
GRANT ALL ON places.constrained TO PUBLIC;
SET LOCAL ROLE place_victim;
SELECT throws_ok('INSERT INTO places.constrained VALUES (1)', '42501',
                 'permission denied for table secrets',
                 'a CHECK runs with the rights of who writes');
RESET ROLE;

-- Definer functions.
SET LOCAL ROLE place_alice;
SELECT export.run('SELECT 1 AS a') AS mine \gset
SET LOCAL ROLE place_owner;
CREATE FUNCTION places.definer(statement text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    result text;
BEGIN
    EXECUTE statement INTO result;
    RETURN result;
END
$$;
SET LOCAL ROLE place_alice;
SELECT is(error_of(format('SELECT places.definer(%L)', 'SELECT export.' || call)),
          message('export.' || split_part(call, '(', 1) || '()',
                  'It is inside a SECURITY DEFINER function, whose rights would outlive the call.',
                  'Call it with the caller''s own rights.'), 'definer: ' || call)
FROM unnest(ARRAY['run(''TABLE places.secrets'')', 'run(''SELECT $1'', ''csv'', ''{}'', 1)',
                  'rerun(gen_random_uuid())', 'drop_artifact(gen_random_uuid())',
                  'share(gen_random_uuid(), ''place_alice'')',
                  'unshare(gen_random_uuid(), ''place_alice'')']) call;
SELECT throws_ok('SELECT export.stream(''TABLE places.secrets'')', '42501',
                 'permission denied for table secrets',
                 'with his own rights the caller reads nothing');
SELECT is(places.definer('SELECT public.streamed('
                         '''SELECT a, current_user AS u FROM places.secrets'')'),
          E'a,u\n42,place_owner\n', 'stream in a definer function runs as its owner');
SELECT is(places.definer('SELECT export.preview('
                         '''SELECT a, current_user AS u FROM places.secrets'') ->> ''rows'''),
          '[["42", "place_owner"]]', 'preview too');
SELECT throws_ok(format('SELECT places.definer(%L)', format('SELECT export.read(%L)', :'mine')),
                 '42704',
                 NULL, 'and read: the owner has no right to the caller''s document');
RESET ROLE;
SELECT bag_eq($$ SELECT kind, outer_user::text, "current_user"::text, security_context & 1
                 FROM export.audit
                 WHERE query LIKE '%current_user AS u FROM places.secrets%' AND phase = 'outcome' $$,
              $$ VALUES ('stream', 'place_alice', 'place_owner', 1),
                        ('preview', 'place_alice', 'place_owner', 1) $$,
              'the audit shows both users');
-- A definer function of a role without export_user exports nothing, whoever calls it.
CREATE ROLE place_stranger;
GRANT USAGE ON SCHEMA export TO place_stranger;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA export TO place_stranger;
CREATE FUNCTION places.strange() RETURNS text LANGUAGE sql SECURITY DEFINER
AS $$ SELECT public.streamed('SELECT 1 AS a') $$;
ALTER FUNCTION places.strange() OWNER TO place_stranger;
SET LOCAL ROLE place_alice;
SELECT throws_ok('SELECT places.strange()', '42501', 'permission denied to export',
                 'a definer function of a role that may not export');

-- In the middle of other statements it is a read as any other.
SELECT is((SELECT count(*) FROM places.own,
           LATERAL export.preview(format('SELECT %s AS a', places.own.a)) p
           WHERE p #>> '{rows,0,0}' = places.own.a::text), 2::bigint,
           'once for each row of a query');
CREATE FUNCTION places.by_trigger() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.a := (export.preview('SELECT ' || NEW.a || ' + 1 AS a') #>> '{rows,0,0}')::integer;
    RETURN NEW;
END
$$;
CREATE TRIGGER t BEFORE INSERT ON places.own FOR EACH ROW EXECUTE FUNCTION places.by_trigger();
INSERT INTO places.own VALUES (10);
SELECT is((SELECT max(a) FROM places.own), 11, 'in a trigger of one''s own statement');

-- A parallel worker, by way of a function that says it is safe there.
CREATE FUNCTION places.says_safe(integer) RETURNS text LANGUAGE plpgsql PARALLEL SAFE AS $$
BEGIN
    RETURN export.preview('TABLE places.own');
END
$$;
SET LOCAL force_parallel_mode = on;
SELECT is(error_of('SELECT places.says_safe(a) FROM places.own'),
          message('export.preview()', 'It is inside a parallel operation.'), 'a parallel worker');
SET LOCAL force_parallel_mode = off;

RESET ROLE;
SELECT finish();
ROLLBACK;
