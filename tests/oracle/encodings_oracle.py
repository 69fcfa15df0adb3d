"""Databases in other encodings: CSV is what COPY with ENCODING writes, in UTF8 and in the encoding
of the database, and JSON, which is always UTF8, what to_jsonb says."""
import oracle
from expectation import Expectation, problem
from oracle import compare_csv

TEXTS = {
    "LATIN1": 'Grüße, "Émile"; ¿señor?\n', "WIN1252": "Grüße, „€“\r\n", "LATIN9": "œuvre, €",
    "WIN1251": "Привет, «мир»", "KOI8R": "Привет", "ISO_8859_5": "Привет",
    "WIN1250": "žluťoučký, kůň",
    "EUC_JP": '日本語, "テスト" 表示', "EUC_KR": "한국어, 시험", "EUC_CN": "中文, 测试", "EUC_TW": "中文",
    "SQL_ASCII": 'bytes, "äöü" 日本',
}
DATA = """
    CREATE TYPE pair AS (x integer, y text);
    CREATE TABLE texts (id integer, v text, n name, c char(20), a text[], p pair, j json,
                        r numrange, b bytea, at timestamptz, e text);
"""


def fill(connection, text):
    for number, value in enumerate([text, "", None, "plain", text * 500, f'"{text}"']):
        connection.execute(
            "INSERT INTO texts SELECT %s::integer, v, left(v, 15)::name, left(v, 5), "
            "ARRAY[v, NULL, v], ROW(1, v)::pair, to_json(v), '[1,2.50)', '\\x00ff', "
            "'2024-03-31 01:00+00', 'x' || v "
            "FROM (VALUES (%s::text)) AS t (v)", (number, value))


def compare_json(count, encoding, ours, expectation):
    names, expected = expectation.rows("SELECT * FROM texts", "texts")
    for document_format, make in zip(["jsonl", "json", "jsonl"], oracle.WAYS.values()):
        document = make(ours, "SELECT * FROM texts", document_format)
        found = problem(document, document_format, names, expected)
        count.ok("JSON documents of other databases", not found, f"{encoding}: {found}")


def compare_database(count, encoding, text):
    name = f"encoded_{encoding.lower()}"
    home = oracle.connect()
    home.execute(f"DROP DATABASE IF EXISTS {name}")
    home.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING '{encoding}' LOCALE 'C'")
    settings = {**oracle.REFERENCE_SETTINGS, "IntervalStyle": "iso_8601"}
    reference = oracle.connect(settings, dbname=name)
    ours = oracle.connect({"client_encoding": "UTF8"}, dbname=name)
    reference.execute("CREATE EXTENSION export")
    for statement in DATA.split(";\n"):
        reference.execute(statement)
    fill(reference, text)
    heading = oracle.identifier(text[:8])
    for to in {"UTF8", encoding}:
        for query in ["SELECT * FROM texts", "SELECT * FROM texts ORDER BY id DESC",
                      f"SELECT upper(v) AS {heading}, p FROM texts", "SELECT v FROM texts",
                      "SELECT n, id FROM texts", "SELECT array_agg(a ORDER BY id) FROM texts "
                      "WHERE v IS NOT NULL",
                      f"SELECT id, v || {oracle.quote(text)} AS more FROM texts"]:
            compare_csv(count, "CSV documents of other databases", ours, reference, query,
                        reference_options={"encoding": to}, encoding=to)
    compare_json(count, encoding, ours, Expectation(reference))
    if encoding == "SQL_ASCII":
        reference.execute("INSERT INTO texts (id, v) VALUES (9, E'\\xff\\xfe')")
        for query in ["SELECT v FROM texts", "SELECT * FROM texts"]:
            compare_csv(count, "CSV documents of other databases", ours, reference, query,
                        reference_options={"encoding": "UTF8"})
    for connection in (reference, ours):
        connection.close()
    home.execute(f"DROP DATABASE {name}")


def main():
    count = oracle.Count("databases in other encodings")
    for encoding, text in TEXTS.items():
        compare_database(count, encoding, text)
    count.finish()


main()
