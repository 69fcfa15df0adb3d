"""Every table and view of pg_catalog and information_schema: CSV is what COPY writes and JSON what
to_jsonb says, read in one transaction that keeps its snapshot."""
import fnmatch

import oracle
from expectation import Expectation, problem
from oracle import identifier

# Their content changes between two reads of one transaction: exported from a copy in a table.
CHANGING = {
    "pg_class": "vacuum and analyze change its counts in place, whatever the snapshot",
    "pg_database": "vacuum changes datfrozenxid in place",
    "pg_stat_*": "counters of what the server does, reading them included",
    "pg_statio_*": "as pg_stat_*",
    "pg_locks": "each query takes locks of its own",
    "pg_backend_memory_contexts": "each query has contexts of its own",
    "pg_shmem_allocations": "the free memory is counted",
    "pg_cursors": "each query may be a portal",
    "pg_prepared_statements": "drivers prepare as they like",
    "pg_settings": "an export pins settings for its time",
    "pg_sequences": "sequences advance outside of transactions",
}
# Columns that a table cannot have: pseudo-types.
PSEUDO_TYPES = ("anyarray",)

# So that catalogs which are empty in a new database have rows.
FILL = """
    CREATE TABLE filled (a integer PRIMARY KEY, b text DEFAULT 'x,y' || now()::text,
                         c integer GENERATED ALWAYS AS (a * 2) STORED,
                         d date CHECK (d > '2000-01-01'));
    INSERT INTO filled (a, b, d) SELECT g, 'text "' || g % 7, '2024-01-01'::date + g
      FROM generate_series(1, 1000) AS g;
    CREATE INDEX ON filled (lower(b)) WHERE a > 10;
    CREATE STATISTICS correlated (ndistinct, dependencies, mcv) ON a, b, d FROM filled;
    CREATE STATISTICS computed ON (a % 3), (b || 'x') FROM filled;
    ANALYZE;
    CREATE VIEW filled_view AS SELECT b, count(*) FROM filled GROUP BY b;
    CREATE RULE rule AS ON DELETE TO filled DO INSTEAD NOTHING;
    CREATE FUNCTION made(integer, OUT x text, VARIADIC y text[] DEFAULT '{a,NULL}') RETURNS text
      LANGUAGE sql SET search_path = pg_catalog, public AS $$ SELECT 'x' $$;
    CREATE TYPE made_range AS RANGE (subtype = float8, subtype_diff = float8mi);
    CREATE TABLE parted (k integer, v text) PARTITION BY LIST (k);
    CREATE TABLE part PARTITION OF parted FOR VALUES IN (1, 2);
    ALTER TABLE filled ENABLE ROW LEVEL SECURITY;
    CREATE POLICY visible ON filled FOR SELECT TO PUBLIC USING (a > 5);
    CREATE PUBLICATION published FOR TABLE filled (a, b) WHERE (a > 3);
    COMMENT ON TABLE filled IS E'a "comment",\nof two lines';
    ALTER TABLE filled SET (fillfactor = 70);
    GRANT SELECT (a), UPDATE (b) ON filled TO PUBLIC;
    ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC;
    CREATE FOREIGN DATA WRAPPER wrapper OPTIONS (a 'b c');
    CREATE SERVER far FOREIGN DATA WRAPPER wrapper OPTIONS (host 'a,b');
    CREATE USER MAPPING FOR PUBLIC SERVER far OPTIONS (password 'it''s');
    CREATE TYPE made_enum AS ENUM ('a', 'b,c');
    CREATE SEQUENCE numbers START 5 INCREMENT BY -1 MINVALUE -10 MAXVALUE 10 CYCLE;
    CREATE TABLE child (a integer REFERENCES filled ON DELETE CASCADE, e made_enum);
    CREATE FUNCTION fired() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
    CREATE TRIGGER fires BEFORE UPDATE OF a ON filled FOR EACH ROW WHEN (NEW.a > 5)
      EXECUTE FUNCTION fired('x', 'y,z');
    CREATE MATERIALIZED VIEW kept AS SELECT * FROM filled_view;
    SELECT lo_from_bytea(0, '\\x00ff0a22');
    CREATE FUNCTION quiet() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
    CREATE EVENT TRIGGER quiet ON ddl_command_end WHEN TAG IN ('CREATE TABLE')
      EXECUTE FUNCTION quiet();
"""


def relations(connection):
    return connection.execute(
        "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname IN ('pg_catalog', 'information_schema') AND c.relkind IN ('r', 'v', 'm') "
        "ORDER BY 1, 2").fetchall()


def is_changing(name):
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in CHANGING)


def copied(connection, schema, name):
    """The name of a table with the relation's rows."""
    columns = connection.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = (%s || '.' || %s)::regclass "
        "AND attnum > 0 AND NOT attisdropped AND atttypid <> ALL (%s::regtype[]) ORDER BY attnum",
        (schema, name, list(PSEUDO_TYPES))).fetchall()
    connection.execute(f"CREATE TABLE copy_of_{name} AS "
                       f"SELECT {', '.join(identifier(c) for c, in columns)} FROM {schema}.{name}")
    return f"copy_of_{name}"


def compare(count, connection, expectation, relation):
    query = f"SELECT * FROM {relation}"
    connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
    expected = oracle.copy_reference(connection, query)
    for way in (oracle.by_copy, oracle.by_stream):
        ours = way(connection, query)
        count.ok("CSV of catalogs", ours == expected,
                 lambda: f"{relation}: {oracle.first_difference(ours, expected)}")
    duplicates = {"duplicate_names": "suffix"}
    ours = oracle.by_copy(connection, query, "jsonl", **duplicates)
    connection.execute("SET LOCAL IntervalStyle = iso_8601")
    names, rows = expectation.rows(query, relation)
    found = problem(ours, "jsonl", names, rows)
    count.ok("JSON of catalogs", not found, f"{relation}: {found}")
    connection.execute("ROLLBACK")
    return len(rows)


def main():
    count = oracle.Count("catalogs")
    connection = oracle.connect(oracle.REFERENCE_SETTINGS)
    for statement in FILL.split(";\n"):
        connection.execute(statement)
    expectation = Expectation(connection)
    rows, empty, copies = 0, [], 0
    for schema, name in relations(connection):
        relation = f"{schema}.{name}"
        try:
            if is_changing(name):
                relation = copied(connection, schema, name)
                copies += 1
            found = compare(count, connection, expectation, relation)
        except oracle.psycopg.Error as error:
            connection.execute("ROLLBACK")
            count.ok("CSV of catalogs", False, f"{relation}: {error}")
            continue
        rows += found
        if not found:
            empty.append(name)
    print(f"  rows: {rows}, from copies: {copies}")
    print(f"  empty relations: {len(empty)}: {' '.join(empty)}")
    count.finish()


main()
