"""CSV is byte for byte what COPY … (FORMAT csv, HEADER) writes under ISO settings, by every way to
a document and whatever the session that asks has set."""
import itertools
import os

import oracle
import values
from oracle import WAYS, compare_csv, identifier, quote

RANDOM_TABLES = 10000 if oracle.LONG else 1000
ROWS = 10

# Of one table: as it lies on disk, part of it, computed, sorted, materialized, aggregated.
SHAPES = ["SELECT * FROM {table}",
          "SELECT v FROM {table}",
          "SELECT v, id + 1 AS next, v AS again FROM {table}",
          "SELECT * FROM {table} ORDER BY id DESC",
          "WITH rows AS MATERIALIZED (SELECT * FROM {table}) SELECT * FROM rows",
          "SELECT count(*), array_agg(v ORDER BY id), array_agg(ARRAY[v, v] ORDER BY id) "
          "FROM {table}",
          "SELECT l.v, r.v AS other FROM {table} l LEFT JOIN {table} r ON l.id = r.id + 1",
          "SELECT t, t.v, ROW(t.v, 'x,y') AS row FROM {table} t"]


def compare(count, sessions, what, query, ways=WAYS):
    options = sessions.next()
    compare_csv(count, what, sessions.ours, sessions.reference, query, ways, **options)


def check_no_type_is_missing(count, sessions):
    rows = sessions.reference.execute(
        "SELECT typname FROM pg_type WHERE typtype IN ('b', 'r', 'm') AND typcategory <> 'A' "
        "AND typnamespace = 'pg_catalog'::regnamespace")
    known = set(values.PICKED) | values.NO_INPUT
    for (name,) in rows:
        count.ok("types of pg_type with values here", name in known, f"no values of type {name}")


def create_picked(connection, type_name):
    """Tables of the picked values: alone, in arrays, in a domain and in a composite."""
    name, sql_type = f"picked_{type_name}", values.sql_name(type_name)
    connection.execute(f"CREATE TABLE {name} (id integer, v {sql_type})")
    texts = [*values.ALL[type_name], None]
    rows = ", ".join(f"({i}, {quote(text)})" for i, text in enumerate(texts))
    connection.execute(f"INSERT INTO {name} VALUES {rows}")

    connection.execute(f"CREATE TYPE {name}_as_composite AS (a {sql_type}, b text, c {sql_type}[])")
    connection.execute(f"CREATE DOMAIN {name}_as_domain AS {sql_type}")
    connection.execute(f"CREATE TABLE {name}_arrays (id integer, v {sql_type}[])")
    pair, everything = "ARRAY[v, v]", "array_agg(v ORDER BY id)"
    if type_name in ("int2vector", "oidvector", "numbers"):
        # The server makes longer ones of these where it makes arrays of others.
        pair = f"'{{NULL,NULL}}'::{sql_type}[]"
        everything = f"""('{{NULL,"' || string_agg(v::text, '","') || '"}}')::{sql_type}[]"""
    for number, source in enumerate([f"{everything} FROM {name}",
                                     f"array_agg({pair} ORDER BY id) FROM {name}", "'{}'", "NULL",
                                     f"{pair} FROM {name}"], start=1):
        connection.execute(f"INSERT INTO {name}_arrays SELECT {number}, {source}")
    connection.execute(f"INSERT INTO {name}_arrays VALUES (6)")
    connection.execute(f"UPDATE {name}_arrays SET v[-1:(SELECT count(*) - 2 FROM {name})] = "
                       f"(SELECT v FROM {name}_arrays WHERE id = 1) WHERE id = 6")
    connection.execute(
        f"CREATE TABLE {name}_nested AS SELECT id, ROW(v, 'b', {pair})::{name}_as_composite AS v, "
        f"v::{name}_as_domain AS in_domain, ARRAY[v::{name}_as_domain] AS domains, "
        f"ARRAY[ROW(v, NULL, NULL)::{name}_as_composite] AS composites FROM {name}")


def check_picked(count, sessions):
    for type_name in values.ALL:
        create_picked(sessions.reference, type_name)
        for table, shape in itertools.product([f"picked_{type_name}", f"picked_{type_name}_arrays",
                                               f"picked_{type_name}_nested"], SHAPES):
            query = shape.format(table=table)
            turns = len(oracle.HOSTILE_SETTINGS) if oracle.LONG else 1
            for _ in range(turns):
                compare(count, sessions, f"documents of type {type_name}", query)


def check_times_under_all_settings(count, sessions):
    turns = len(oracle.HOSTILE_ZONES) * 2 * len(oracle.HOSTILE_SETTINGS)
    for type_name in ["date", "time", "timetz", "timestamp", "timestamptz", "interval", "tstzrange",
                      "float4", "float8", "bytea", "nested"]:
        for _ in range(turns):
            compare(count, sessions, "documents under every hostile setting and zone",
                    f"SELECT * FROM picked_{type_name}_nested", ["stream"])
            compare(count, sessions, "documents under every hostile setting and zone",
                    f"SELECT * FROM picked_{type_name}", ["COPY"])


def check_random(count, sessions):
    rng = oracle.seeded("csv")
    rows = 0
    for number in range(RANDOM_TABLES):
        table = values.RandomTable(rng, "random_rows", ROWS)
        table.create(sessions.reference)
        rows += ROWS
        order = "" if rng.random() < 0.7 else " ORDER BY 1 DESC" if is_sortable(table) else ""
        ways = WAYS if oracle.LONG else [list(WAYS)[number % len(WAYS)]]
        compare(count, sessions, "tables of random rows", f"SELECT * FROM random_rows{order}", ways)
    print(f"  random rows: {rows}")


def is_sortable(table):
    return table.columns[0][1].strip('"') in ("int4", "text", "numeric", "timestamptz", "float8")


# How values come to lie in a table.

STORED = """
    CREATE TABLE stored (id integer, plain text, main text, external text, extended text,
                         lz text, b bytea, n numeric, j jsonb, a integer[], t text[], x xml);
    ALTER TABLE stored ALTER plain SET STORAGE PLAIN, ALTER main SET STORAGE MAIN,
        ALTER external SET STORAGE EXTERNAL, ALTER lz SET COMPRESSION lz4;
    INSERT INTO stored SELECT n, left(c, 2000), c, c, c, c, convert_to(c, 'UTF8'),
        repeat('12345', n + 1)::numeric / 100000, jsonb_build_object('k', c, 'n', n),
        array_agg(g), array_agg(c || g), NULL
      FROM (SELECT n, repeat('a, "b" ä' || n || E'\\n', n) AS c
              FROM unnest(ARRAY[0, 1, 10, 11, 12, 13, 14, 15, 16, 17, 18, 100, 500, 1000, 3000])
                AS sizes (n)) AS texts, generate_series(1, 5 + n / 200) AS g
     GROUP BY n, c;
    INSERT INTO stored SELECT 2 * id + 10000, plain, main || md5(main), external, extended, lz,
        b, n, j, a, t, NULL FROM stored;

    CREATE TABLE changed (a integer, gone text, b text, c timestamptz);
    INSERT INTO changed SELECT g, 'gone ' || g, 'b' || g, to_timestamp(g)
      FROM generate_series(1, 5) g;
    ALTER TABLE changed DROP COLUMN gone;
    ALTER TABLE changed ADD COLUMN added integer DEFAULT 42,
        ADD COLUMN text_added text DEFAULT 'a,b', ADD COLUMN null_added date;
    INSERT INTO changed VALUES (6, NULL, NULL, 1, NULL, '2024-02-29');
    ALTER TABLE changed ADD COLUMN last interval DEFAULT '1 mon -1 day';

    CREATE TABLE nulls_only (a integer, b text, c numeric);
    INSERT INTO nulls_only SELECT FROM generate_series(1, 3);
    CREATE TABLE one_text (v text);
    CREATE TABLE empty_table (a integer, b text);
    CREATE TABLE wide (LIKE changed);
    DO $$ BEGIN FOR i IN 1..1200 LOOP
      EXECUTE format('ALTER TABLE wide ADD COLUMN %I %s', 'column ' || i,
                     (ARRAY['integer', 'boolean', 'smallint', 'date', '"char"', 'bigint'])
                       [i % 6 + 1]);
    END LOOP; END $$;
    INSERT INTO wide SELECT * FROM changed;
    UPDATE wide SET "column 1200" = 1, "column 7" = true, "column 1197" = '2024-01-01';
    CREATE TABLE generated (a integer, twice integer GENERATED ALWAYS AS (2 * a) STORED, b text);
    INSERT INTO generated (a, b) SELECT g, g FROM generate_series(1, 3) g;
    CREATE TABLE parted (k integer, v text) PARTITION BY LIST (k);
    CREATE TABLE part_same PARTITION OF parted FOR VALUES IN (1);
    CREATE TABLE part_other (extra integer, v text, k integer);
    ALTER TABLE part_other DROP COLUMN extra;
    ALTER TABLE parted ATTACH PARTITION part_other FOR VALUES IN (2);
    INSERT INTO parted SELECT 1 + g % 2, 'v' || g FROM generate_series(1, 9) g;
    CREATE TABLE many (id integer, at timestamptz, amount numeric(12, 2), note text);
    INSERT INTO many SELECT g, '2024-03-30'::timestamptz + g * interval '7 seconds', g / 7.0,
        CASE WHEN g % 5 = 0 THEN NULL WHEN g % 3 = 0 THEN 'with, comma ' || g ELSE 'row ' || g END
      FROM generate_series(1, 20000) g;
"""
STORED_QUERIES = [
    "SELECT * FROM stored", "SELECT * FROM stored ORDER BY id", "SELECT main, id FROM stored",
    "SELECT upper(main), n, a FROM stored", "SELECT * FROM stored ORDER BY external, id",
    "SELECT * FROM stored UNION ALL SELECT * FROM stored", "SELECT s FROM stored s",
    "SELECT array_agg(s ORDER BY id) FROM stored s", "SELECT external FROM stored",
    "SELECT string_agg(extended, ',' ORDER BY id) FROM stored",
    "SELECT * FROM changed", "SELECT * FROM changed ORDER BY a DESC", "SELECT c, a FROM changed",
    "SELECT changed FROM changed", "SELECT count(*), changed.b FROM changed GROUP BY b ORDER BY b",
    "SELECT * FROM nulls_only", "SELECT * FROM empty_table", "SELECT * FROM empty_table ORDER BY 1",
    "SELECT * FROM wide", "SELECT * FROM generated", "SELECT * FROM parted",
    "SELECT * FROM part_other", "SELECT * FROM parted ORDER BY v", "SELECT * FROM many",
    "SELECT * FROM many ORDER BY note, id",
    "SELECT * FROM many m JOIN changed c ON c.a = m.id", "TABLE many", "VALUES (1, 'a'), (2, NULL)",
    "SELECT a.*, b.* FROM changed a, changed b ORDER BY a.a, b.a",
    "SELECT 1 AS \"a\", 2 AS \"a\", 3, 'x', NULL", "SELECT 1 AS \"with, comma \"\"and quote\"\"\"",
    "SELECT repeat('x', 3000000) AS big, repeat(',\"', 1500000) AS quoted",
    "SELECT decode(repeat('00ff', 1000000), 'hex') AS bytes",
    "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 50) TABLE r",
    "SELECT note, count(*) OVER (PARTITION BY id % 3 ORDER BY id) FROM many WHERE id < 99 "
    "ORDER BY id",
    "SELECT grouping(a), a, sum(a) FROM changed GROUP BY ROLLUP (a) ORDER BY 1, 2",
    "SELECT x.* FROM json_to_recordset('[{\"a\":1,\"b\":\"c,d\"}]') AS x(a int, b text)",
    "SELECT DISTINCT ON (id % 7) * FROM many ORDER BY id % 7, id",
    "(SELECT 1 AS n, 'a'::text AS t) UNION (SELECT 2, 'b') EXCEPT (SELECT 3, NULL) ORDER BY n",
    "SELECT * FROM generate_series('2024-03-30'::timestamptz, '2024-04-01', '1 hour') AS at",
    "SELECT interval '1 day' AS i, now() - now() AS zero, '1e3'::float4 * 3 AS f",
    "SELECT * FROM many TABLESAMPLE BERNOULLI (10) REPEATABLE (3)",
]
TABLE_COPIES = ["stored", "changed", "changed (c, a)", "nulls_only", "empty_table", "wide",
                "generated", "many", "part_other", "many (note)"]


def check_stored(count, sessions):
    sessions.reference.execute(STORED)
    for query in STORED_QUERIES:
        compare(count, sessions, "documents of queries over stored values", query)
    for table in TABLE_COPIES:
        sessions.next()
        zone = sessions.reference.execute("SHOW TimeZone").fetchone()[0]
        oracle.change_settings(sessions.ours, {"TimeZone": zone})
        expected = oracle.copy_out(sessions.reference,
                                   f"COPY {table} TO STDOUT (FORMAT csv, HEADER)")
        ours = count.attempt("tables by COPY table TO", table, oracle.copy_out, sessions.ours,
                             f"COPY {table} TO STDOUT (FORMAT export_csv)")
        if ours is not None:
            count.ok("tables by COPY table TO", ours == expected,
                     lambda: f"{table} {oracle.first_difference(ours, expected)}")



def check_parallel(count, sessions):
    """Rows that come through Gather, which passes on tuples of its own making."""
    what = "documents of parallel plans"
    parallel = {"parallel_setup_cost": "0", "parallel_tuple_cost": "0",
                "min_parallel_table_scan_size": "0", "max_parallel_workers_per_gather": "2"}
    for connection in (sessions.ours, sessions.reference):
        oracle.change_settings(connection, parallel)
    for query in ["SELECT * FROM many ORDER BY note, id", "SELECT at, id FROM many ORDER BY id",
                  "SELECT note, sum(amount) FROM many GROUP BY note ORDER BY note"]:
        plan = sessions.reference.execute(f"EXPLAIN {query}").fetchall()
        count.ok(what, any("Gather" in line for line, in plan), f"no parallel plan: {query}")
        compare(count, sessions, what, query)
    unsorted = "SELECT * FROM many"
    zone = sessions.next()
    ours = sorted(oracle.by_copy(sessions.ours, unsorted, **zone).splitlines())
    expected = sorted(oracle.copy_reference(sessions.reference, unsorted).splitlines())
    count.ok(what, ours == expected, "rows in any order")
    for connection in (sessions.ours, sessions.reference):
        for setting in parallel:
            connection.execute(f"RESET {setting}")


def check_columns(count, sessions):
    for columns, query in [
            (["c", "a"], "SELECT c, a FROM changed"),
            (["a", "b", "c", "added", "text_added", "null_added", "last"], "SELECT * FROM changed"),
            ([{"name": "b", "heading": 'a "heading", with comma'}, "a", "b"],
             'SELECT b AS "a ""heading"", with comma", a, b FROM changed')]:
        for way, make in [("stream", oracle.by_stream), ("run", oracle.by_run)]:
            options = sessions.next()
            expected = oracle.copy_reference(sessions.reference, query)
            ours = make(sessions.ours, "SELECT * FROM changed", columns=columns, **options)
            count.ok("documents with chosen columns", ours == expected,
                     lambda: f"{columns} by {way}: {oracle.first_difference(ours, expected)}")


def check_server_files(count, sessions):
    folder = os.environ.get("EXPORT_SERVER_DIR")
    if not folder:
        print("  no EXPORT_SERVER_DIR: COPY to a file of the server is not compared")
        return
    for number, query in enumerate(STORED_QUERIES):
        options = "".join(", " + oracle.copy_option(*o) for o in sessions.next().items())
        paths = [f"{folder}/{kind}_{number}" for kind in ("ours", "expected")]
        sessions.ours.execute(f"COPY ({query}) TO '{paths[0]}' (FORMAT export_csv{options})")
        sessions.reference.execute(f"COPY ({query}) TO '{paths[1]}' (FORMAT csv, HEADER)")
        same, = sessions.reference.execute(
            "SELECT pg_read_binary_file(%s) = pg_read_binary_file(%s)", paths).fetchone()
        count.ok("files of the server by COPY", same, query)


# Options that both have.

OPTIONS = [{"delimiter": d} for d in [";", "\t", "|", " ", "a", "0", "-", ":", "\x01", "{"]] + \
          [{"quote": q} for q in ["'", "|", "~", "a", "1", "\x01"]] + \
          [{"escape": e} for e in ["\\", "'", "a", "#"]] + \
          [{"quote": "'", "escape": "\\"}, {"quote": "'", "escape": '"'},
           {"delimiter": "\t", "quote": "'", "null": "NULL"}, {"header": False}] + \
          [{"null": n} for n in ["NULL", "\\N", "a", "-5", "t", " ", "1", "(null)", "\\x", "ä",
                                 "{}", "2000-01-01", "NaN"]] + \
          [{"force_quote": ["v"]}, {"force_quote": ["v", "n"]}, {"force_quote": "*"},
           {"force_quote": "*", "null": "x"}, {"force_quote": "*", "quote": "'", "escape": "\\"},
           {"force_quote": ["at"], "delimiter": "|", "header": False}]


def check_options(count, sessions):
    reference = sessions.reference
    reference.execute("""
        CREATE TABLE options_table (v text, n numeric, f float8, b bytea, at timestamptz, i integer,
                                    a text[], o boolean, j jsonb, d date, c "char", y interval)""")
    rows = ", ".join(f"({quote(t)}, {quote(n)}, '1e-7', {quote(b)}, '2024-03-31 01:00+00', "
                     f"{i}, ARRAY[{quote(t)}, NULL], {i % 2 == 0}, to_jsonb({quote(t)}::text), "
                     f"'2000-01-01', 'a', '-1 day')"
                     for i, (t, n, b) in enumerate(zip(
                         values.TEXTS + [None] * 3,
                         itertools.cycle(["-5", "1", None, "NaN", "1.10"]),
                         itertools.cycle(["\\x", "\\x61", None]))))
    reference.execute(f"INSERT INTO options_table VALUES {rows}")
    for options in OPTIONS:
        queries = ["SELECT * FROM options_table"]
        if options.get("force_quote") in (None, "*"):
            queries += [f"SELECT {c} FROM options_table" for c in "vnfbioacdjy"]
            queries += ["SELECT v AS \"a;|' \"\"x\" FROM options_table"]
        for query in queries:
            zone_option = sessions.next()
            if not str(options).isascii():
                oracle.change_settings(sessions.ours, {"client_encoding": "UTF8"})
            compare_csv(count, "documents with options of COPY", sessions.ours, reference, query,
                        ["COPY", "stream"], reference_options=options, **options, **zone_option)


WESTERN = "Grüße, \"Émile\"; ¿señor?\nAE: æ"
ENCODED = {
    "LATIN1": WESTERN, "WIN1252": WESTERN + " €", "LATIN9": WESTERN + " €", "UTF8": WESTERN + "日本",
    "WIN1250": "žluťoučký, kůň", "ISO_8859_5": "Привет, мир", "KOI8R": "Привет, \"мир\"",
    "WIN1251": "Привет, мир", "ISO_8859_7": "Καλημέρα, κόσμε", "WIN866": "Привет",
    "EUC_JP": "日本語, テスト 表示", "SJIS": "日本語, テスト 表示ソ能", "EUC_KR": "한국어, 시험",
    "UHC": "한국어, 똠방각하", "EUC_CN": "中文, 测试", "GBK": "中文, 測試 镕", "BIG5": "中文, 測試 功許",
    "GB18030": "中文, 測試 \U0001f600 ä", "EUC_TW": "中文, 測試", "SHIFT_JIS_2004": "日本語",
    "EUC_JIS_2004": "日本語, か゚"
}


def check_encodings(count, sessions):
    reference = sessions.reference
    reference.execute("CREATE TABLE encoded (v text, n name, \"größe\" \"char\", a text[], c pair, "
                      "j jsonb, o json, f float8, m varchar(50))")
    for encoding, text in ENCODED.items():
        heading = identifier(text[:8])
        reference.execute("TRUNCATE encoded")
        reference.execute(
            "INSERT INTO encoded SELECT t, t::name, 'a', ARRAY[t, NULL, ''], ROW(1, t)::pair, "
            "jsonb_build_object(coalesce(t, 'none'), t), to_json(t), 1.5, left(t, 50) "
            "FROM (VALUES (%s), ('plain'), (''), (NULL), (repeat(%s, 1000))) AS texts (t)",
            (text, text))
        for query in [f"SELECT v AS {heading}, n, a, c, j, o, f, m FROM encoded",
                      "SELECT v, n, a, c, j, o, f, m FROM encoded ORDER BY length(v)",
                      f"SELECT v AS {heading} FROM encoded", "SELECT v FROM encoded"]:
            options = sessions.next()
            # Their own settings are as hostile; only the query's letters must arrive.
            oracle.change_settings(sessions.ours, {"client_encoding": "UTF8"})
            compare_csv(count, "documents in other encodings", sessions.ours, reference, query,
                        reference_options={"encoding": encoding}, encoding=encoding, **options)


def main():
    count = oracle.Count("CSV and COPY")
    sessions = oracle.Sessions()
    sessions.reference.execute(values.MADE_TYPES)
    check_no_type_is_missing(count, sessions)
    check_stored(count, sessions)
    check_parallel(count, sessions)
    check_columns(count, sessions)
    check_server_files(count, sessions)
    check_options(count, sessions)
    check_encodings(count, sessions)
    check_picked(count, sessions)
    check_times_under_all_settings(count, sessions)
    check_random(count, sessions)
    count.finish()


main()
