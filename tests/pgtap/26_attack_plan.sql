-- A4, ways around a look at the query: code that runs while it is parsed or planned, and code
-- behind the types of values.  It goes off only for the victim, so that it can be planted, and is
-- planted by another session, so that nothing of it is in this one's caches.
\ir include/helpers.psql
SET client_min_messages = warning;
DROP ROLE IF EXISTS plan_mallory, plan_bypass;
CREATE ROLE plan_mallory;
CREATE ROLE plan_bypass BYPASSRLS IN ROLE export_user;
CREATE SCHEMA trap AUTHORIZATION plan_mallory;
GRANT USAGE ON SCHEMA trap TO PUBLIC;
SET ROLE plan_mallory;
CREATE FUNCTION trap.bomb(integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF current_user = 'plan_bypass' THEN
        RAISE EXCEPTION 'sprung';
    END IF;
    RETURN $1;
END
$$;
CREATE DOMAIN trap.mined AS integer CHECK (trap.bomb(VALUE) > 0);
CREATE TYPE trap.mined_row AS (a trap.mined);
CREATE TYPE trap.mined_range AS RANGE (subtype = trap.mined);
CREATE TABLE trap.by_expression (a integer);
INSERT INTO trap.by_expression VALUES (1), (2);
CREATE INDEX ON trap.by_expression ((trap.bomb(1) + a));
CREATE TABLE trap.by_predicate (a integer);
INSERT INTO trap.by_predicate VALUES (1), (2);
CREATE INDEX ON trap.by_predicate (a) WHERE a > trap.bomb(1);
CREATE TABLE trap.by_statistics (a integer, b integer);
CREATE STATISTICS trap.mined_statistics ON (trap.bomb(1) + a), b FROM trap.by_statistics;
CREATE TABLE trap.by_key (a integer) PARTITION BY RANGE ((trap.bomb(1) + a));
CREATE TABLE trap.by_key_1 PARTITION OF trap.by_key FOR VALUES FROM (0) TO (100);
CREATE TABLE trap.by_child (a integer);
CREATE TABLE trap.by_child_1 (CHECK (a > trap.bomb(1))) INHERITS (trap.by_child);
CREATE TABLE trap.by_child_index (a integer);
CREATE TABLE trap.by_child_index_1 () INHERITS (trap.by_child_index);
CREATE INDEX ON trap.by_child_index_1 ((trap.bomb(1) + a));
CREATE TABLE trap.by_partition (a integer) PARTITION BY LIST (a);
CREATE TABLE trap.by_partition_1 PARTITION OF trap.by_partition FOR VALUES IN (1);
CREATE INDEX ON trap.by_partition_1 ((trap.bomb(1) + a));
GRANT SELECT ON ALL TABLES IN SCHEMA trap TO PUBLIC;
\connect

SELECT no_plan();
SET ROLE plan_bypass;
-- It would go off: the same queries without an export.
CREATE TEMP TABLE queries AS
SELECT query FROM unnest(ARRAY[
    'SELECT ''(5)''::trap.mined_row AS a', 'SELECT ''{5}''::trap.mined[] AS a',
    'SELECT ''[1,2]''::trap.mined_range AS a', 'SELECT ROW(5)::trap.mined_row AS a',
    'SELECT jsonb_populate_record(NULL::trap.mined_row, ''{"a": 5}'') AS a',
    'SELECT json_populate_recordset(NULL::trap.mined_row, ''[{"a": 5}]'') AS a',
    'SELECT * FROM jsonb_to_record(''{"a": 5}'') AS x (a trap.mined)',
    'SELECT a FROM trap.by_expression WHERE a > 1', 'SELECT a FROM trap.by_predicate WHERE a > 1',
    'SELECT a FROM trap.by_statistics WHERE a = 1 AND b = 1',
    'SELECT a FROM trap.by_key WHERE a = 1',
    'SELECT a FROM trap.by_child WHERE a > 5', 'SELECT a FROM trap.by_child_index WHERE a > 5',
    'SELECT a FROM trap.by_partition WHERE a = 1']) query;
SELECT is(error_of(query), 'P0001 sprung', 'a SELECT: ' || query) FROM queries;
SELECT throws_ok(format('SELECT streamed(%L)', query), '42501',
                 'the query would run code of a role that is not trusted', query)
FROM queries;
RESET ROLE;

SELECT finish();
SET client_min_messages = warning;
DROP SCHEMA trap CASCADE;
DISCARD TEMP;
DROP OWNED BY plan_mallory, plan_bypass;
DROP ROLE plan_mallory, plan_bypass;
