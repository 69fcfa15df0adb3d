"""The Unicode character database, as text nobody here wrote: CSV is what COPY writes, JSON what
to_jsonb says; and every character of every plane, alone and inside text, goes through both."""
import os

import oracle
from expectation import Expectation, problem
from oracle import WAYS, compare_csv

UNICODE_DATA = "/usr/share/unicode/UnicodeData.txt"
PLANES = range(17)
COLUMNS = ["code", "name", "category", "combining", "bidi", "decomposition", "decimal", "digit",
           "numeric", "mirrored", "old_name", "comment", "upper", "lower", "title"]


def load(connection):
    connection.execute(
        f"CREATE TABLE unicode_data ({', '.join(f'{oracle.identifier(c)} text' for c in COLUMNS)})")
    copy_in = "COPY unicode_data FROM STDIN (DELIMITER ';', NULL '')"
    with open(UNICODE_DATA, "rb") as file, connection.cursor().copy(copy_in) as copy:
        copy.write(file.read())


def load_characters(connection):
    """All 1,112,063 that a text can hold; each thirteenth in a short run, and all below U+3000.

    One partition for each plane, so that Python need not hold all at once."""
    connection.execute("CREATE TABLE characters (code integer, alone text, inside text, "
                       "somewhere text) PARTITION BY RANGE (code)")
    for plane in PLANES:
        connection.execute(f"CREATE TABLE plane_{plane} PARTITION OF characters "
                           f"FOR VALUES FROM ({plane * 65536}) TO ({(plane + 1) * 65536})")
    step = 1 if oracle.LONG else 13
    connection.execute(f"""
        INSERT INTO characters
        SELECT code, chr(code), 'a' || chr(code) || '"z',
               repeat('x', code % 70) || chr(code) || repeat('y', code % 37)
          FROM generate_series(1, 1114111) AS code
         WHERE code NOT BETWEEN 55296 AND 57343 AND (code < 12288 OR code % {step} = 0)""")


def compare_json(count, ours, expectation, table, order):
    names, expected = expectation.rows(f"SELECT * FROM {table}", table, order)
    for document_format, (way, make) in zip(["jsonl", "json", "jsonl"], WAYS.items()):
        document = make(ours, f"SELECT * FROM {table} {order}", document_format)
        found = problem(document, document_format, names, expected)
        count.ok("JSON documents of Unicode", not found, f"{table} by {way}: {found}")


def main():
    count = oracle.Count("Unicode")
    ours = oracle.connect(oracle.HOSTILE_SETTINGS[1])
    reference = oracle.connect(oracle.REFERENCE_SETTINGS)
    expectation = Expectation(reference)
    tables = ["characters"]
    parts = [f"plane_{plane}" for plane in PLANES]
    load_characters(reference)
    if os.path.exists(UNICODE_DATA):
        load(reference)
        tables.append("unicode_data")
        parts.append("unicode_data")
    else:
        print(f"  no {UNICODE_DATA} here (package unicode-data): characters only")
    for table in tables:
        rows = reference.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        print(f"  rows of {table}: {rows}")
        compare_csv(count, "CSV documents of Unicode", ours, reference, f"SELECT * FROM {table}")
    for part in parts:
        compare_csv(count, "CSV documents of Unicode", ours, reference,
                    f"SELECT * FROM {part} ORDER BY code DESC")
        for order in ["", "ORDER BY code"]:
            compare_json(count, ours, expectation, part, order)
    compare_csv(count, "CSV documents of Unicode", ours, reference,
                "SELECT category, count(*), array_agg(alone ORDER BY characters.code) "
                "FROM characters JOIN unicode_data u "
                "ON u.code = lpad(upper(to_hex(characters.code)), 4, '0') "
                "GROUP BY category ORDER BY category" if len(tables) > 1 else
                "SELECT array_agg(alone ORDER BY code) FROM characters")
    count.finish()


main()
