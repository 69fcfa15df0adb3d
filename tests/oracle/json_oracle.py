"""Each row of JSON and JSON Lines, read by Python's json, is what to_jsonb says of the row.

Where the documents differ from to_jsonb on purpose, `Expectation` says what is expected instead:
intervals and years before 1 in ISO 8601, bytea in base64, ranges and multiranges as objects.  The
same types then have their texts read by Python's parsers and compared with the numbers that the
server has for them.
"""
import base64
import datetime
import fractions
import itertools
import json
import re
from decimal import Decimal

import oracle
import values
from oracle import WAYS, identifier, quote

RANDOM_TABLES = 10000 if oracle.LONG else 1000
ROWS = 10
REFERENCE = {**oracle.REFERENCE_SETTINGS, "IntervalStyle": "iso_8601"}


def refuse_constant(name):
    raise ValueError(f"{name} is not JSON")


def read(text):
    """Objects become lists of pairs, so that order and duplicates show; numbers keep their digits."""
    return json.loads(text, parse_int=Decimal, parse_float=Decimal, parse_constant=refuse_constant,
                      object_pairs_hook=Pairs)


class Pairs(list):
    """An object's keys and values in their order."""


def normal(value):
    """As to_jsonb has it: the last of duplicate keys counts and the order does not."""
    if isinstance(value, Pairs):
        return {key: normal(item) for key, item in value}
    if isinstance(value, list):
        return [normal(item) for item in value]
    return value


def same(a, b):
    """Equality that tells true from 1 and compares numbers by value."""
    if type(a) is not type(b):
        return False
    if isinstance(a, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    return a == b


class Types:
    """What the server knows of types, by oid."""

    def __init__(self, connection):
        self.connection = connection
        self.known = {}

    def get(self, oid):
        if oid not in self.known:
            self.known[oid] = self.connection.execute(
                "SELECT t.typtype, t.typbasetype, t.oid::regtype::text, t.typname, "
                "  CASE WHEN t.typsubscript = 'array_subscript_handler'::regproc THEN t.typelem "
                "  ELSE 0 END, coalesce(r.rngsubtype, 0), coalesce(m.rngtypid, 0), t.typrelid "
                "FROM pg_type t LEFT JOIN pg_range r ON r.rngtypid = t.oid "
                "LEFT JOIN pg_range m ON m.rngmultitypid = t.oid WHERE t.oid = %s",
                (oid,)).fetchone()
        return self.known[oid]

    def fields(self, relation):
        return self.connection.execute(
            "SELECT attname, atttypid FROM pg_attribute WHERE attrelid = %s AND attnum > 0 "
            "AND NOT attisdropped ORDER BY attnum", (relation,)).fetchall()


ERA = re.compile(r"^(\d{4,})(-\d\d-\d\d(?:T.*)?) BC$")


def astronomical(text):
    """ISO 8601 counts years without a gap: 1 BC is 0000, 44 BC is -0043."""
    match = ERA.match(text)
    if not match:
        return text
    year = 1 - int(match[1])
    return f"{'-' if year < 0 else ''}{abs(year):04}{match[2]}"


class Expectation:
    """SQL for the expected value of an expression, by its type, and what Python makes of it.

    `sql` is an expression of type jsonb.  Where SQL cannot spell the value, it leaves an object
    with the key of one of the marks, which `finish` turns into it.
    """

    ARRAY, TIME = "\x01array", "\x01time"

    def __init__(self, connection):
        self.types = Types(connection)
        self.depth = 0

    def is_special(self, oid):
        """Whether to_jsonb is not what we expect of the type or of something in it."""
        kind, base, _, name, element, bound, range_type, relation = self.types.get(oid)
        if kind == "d":
            return self.is_special(base)
        if kind in "rm" or name in ("interval", "bytea", "date", "timestamp", "timestamptz"):
            return True
        if element:
            return self.is_special(element)
        return kind == "c" and any(self.is_special(o) for _, o in self.types.fields(relation))

    def sql(self, expression, oid):
        if not self.is_special(oid):
            return f"to_jsonb({expression})"
        kind, base, full_name, name, element, bound, range_type, relation = self.types.get(oid)
        if kind == "d":
            return self.sql(f"({expression})::{self.types.get(base)[2]}", base)
        if kind == "r":
            return self.range_sql(expression, bound)
        if kind == "m":
            return (f"(SELECT coalesce(jsonb_agg({self.inner('r', range_type)} ORDER BY o), '[]') "
                    f"FROM unnest({expression}) WITH ORDINALITY AS u (r, o) "
                    f"HAVING ({expression}) IS NOT NULL)")
        if element:
            inner = self.inner("(e)", element)
            return (f"CASE WHEN ({expression}) IS NOT NULL THEN jsonb_build_object("
                    f"{quote(self.ARRAY)}, array_dims({expression}), 'items', "
                    f"(SELECT coalesce(jsonb_agg({inner} ORDER BY o), '[]') FROM "
                    f"{self.elements(expression, element)})) END")
        if kind == "c":
            fields = ", ".join(
                f"{quote(field)}, {self.sql(f'({expression}).{identifier(field)}', field_type)}"
                for field, field_type in self.types.fields(relation))
            return (f"CASE WHEN num_nonnulls({expression}) = 1 "
                    f"THEN jsonb_build_object({fields}) END")
        if name == "interval":
            return f"to_jsonb(({expression})::text)"
        if name == "bytea":
            return f"to_jsonb(translate(encode({expression}, 'base64'), E'\\n', ''))"
        return (f"CASE WHEN ({expression}) IS NOT NULL THEN "
                f"jsonb_build_object({quote(self.TIME)}, {expression}) END")

    def elements(self, expression, element):
        # unnest() would spread a composite over columns.
        if self.types.get(element)[0] == "c" or self.types.get(self.types.get(element)[1] or 16)[0] == "c":
            return (f"(SELECT e, o FROM (SELECT {expression} AS a) AS s, "
                    f"generate_series(1, cardinality(a)) AS o, "
                    f"LATERAL (SELECT (a[array_lower(a, 1) + o - 1]) AS e) AS x) AS u")
        return f"unnest({expression}) WITH ORDINALITY AS u (e, o)"

    def inner(self, name, oid):
        return self.sql(name, oid)

    def range_sql(self, expression, bound):
        lower = self.sql(f"lower({expression})", bound)
        upper = self.sql(f"upper({expression})", bound)
        return (f"CASE WHEN isempty({expression}) THEN '{{\"empty\": true}}' "
                f"WHEN ({expression}) IS NOT NULL THEN jsonb_build_object("
                f"'lower', {lower}, 'upper', {upper}, 'bounds', "
                f"CASE WHEN lower_inc({expression}) THEN '[' ELSE '(' END || "
                f"CASE WHEN upper_inc({expression}) THEN ']' ELSE ')' END) END")

    def finish(self, value):
        if isinstance(value, Pairs):
            value = {key: self.finish(item) for key, item in value}
            if self.TIME in value:
                return astronomical(value[self.TIME])
            if self.ARRAY in value:
                return self.shaped(value[self.ARRAY], value["items"])
            return value
        return [self.finish(item) for item in value] if isinstance(value, list) else value

    @staticmethod
    def shaped(dims, items):
        """Items in storage order into rows of rows, as "[1:2][0:4]" says."""
        sizes = [int(b) - int(a) + 1 for a, b in re.findall(r"\[(-?\d+):(-?\d+)\]", dims or "")]
        for size in reversed(sizes[1:]):
            items = [items[i:i + size] for i in range(0, len(items), size)]
        return items


class Oracle:
    def __init__(self, count):
        self.count = count
        self.ours = oracle.connect()
        oracle.use_german_numbers(self.ours)
        self.reference = oracle.connect(REFERENCE)
        monetary = self.ours.execute("SHOW lc_monetary").fetchone()[0]
        oracle.change_settings(self.reference, {"lc_monetary": monetary})
        self.expectation = Expectation(self.reference)
        self.turns = itertools.cycle(itertools.product(oracle.HOSTILE_ZONES, [True, False],
                                                       oracle.HOSTILE_SETTINGS))
        self.forms = itertools.cycle(itertools.product(["jsonl", "json"], WAYS))

    def next_settings(self):
        zone, by_option, hostile = next(self.turns)
        oracle.change_settings(self.reference, {"TimeZone": zone})
        oracle.change_settings(self.ours, {**hostile,
                                           "TimeZone": "Pacific/Marquesas" if by_option else zone})
        return {"time_zone": zone} if by_option else {}

    def columns(self, query):
        description = self.reference.execute(f"SELECT * FROM ({query}) AS q LIMIT 0").description
        return [(column.name, column.type_code) for column in description]

    def expected_rows(self, table, columns, order=""):
        """Rows of `table` as lists of expected values."""
        expressions = ", ".join(
            f"({self.expectation.sql(identifier(name), oid)})::text" for name, oid in columns)
        rows = self.reference.execute(f"SELECT {expressions} FROM {table} {order}").fetchall()
        return [[None if text is None else self.expectation.finish(read(text)) for text in row]
                for row in rows]

    def document(self, query, document_format, way, **options):
        return WAYS[way](self.ours, query, document_format, **options)

    def compare(self, what, table, query=None, forms=None, order=""):
        """A document of a table's columns against to_jsonb of each of them."""
        query = query or f"SELECT * FROM {table} {order}"
        columns = self.columns(query)
        options = self.next_settings()
        expected = self.expected_rows(table, columns, order)
        for document_format, way in forms or [next(self.forms)]:
            label = f"{document_format} by {way}: {query}"
            document = self.count.attempt(what, label, self.document, query, document_format, way,
                                          **options)
            if document is None:
                continue
            problem = self.problem(document, document_format, [n for n, _ in columns], expected)
            self.count.ok(what, not problem, f"{label} {options or ''}: {problem}")

    def problem(self, document, document_format, names, expected):
        """What is wrong with a document, or None."""
        try:
            rows = parse(document, document_format)
        except (ValueError, UnicodeError) as error:
            return f"not to be parsed: {error}"
        if len(rows) != len(expected):
            return f"{len(rows)} rows, expected {len(expected)}"
        for number, (row, wanted) in enumerate(zip(rows, expected), start=1):
            if [key for key, _ in row] != names:
                return f"row {number}: keys {[key for key, _ in row]}"
            for (key, value), want in zip(row, wanted):
                if not same(normal(value), want):
                    return f"row {number}, {key}:\n    ours     {value!r:.300}\n    expected {want!r:.300}"
        return None


def parse(document, document_format):
    text = document.decode("utf-8")
    if document_format == "json":
        return read(text)
    if text and not text.endswith("\n"):
        raise ValueError("no line feed at the end")
    return [read(line) for line in text.split("\n")[:-1]]


def check_picked(test):
    for type_name in values.ALL:
        name, sql_type = f"picked_{type_name}", values.sql_name(type_name)
        run = test.reference.execute
        run(f"CREATE TABLE {name} (id integer, v {sql_type}, a {sql_type}[])")
        texts = [*values.ALL[type_name], None]
        run(f"INSERT INTO {name} VALUES " + ", ".join(
            f"({i}, {quote(t)}, {quote(picked_array(type_name, t, i))})" for i, t in enumerate(texts)))
        run(f"CREATE TYPE {name}_as_composite AS (a {sql_type}, \"the list\" {sql_type}[])")
        run(f"CREATE DOMAIN {name}_as_domain AS {sql_type}")
        run(f"CREATE TABLE {name}_nested AS SELECT id, ROW(v, a)::{name}_as_composite AS c, "
            f"v::{name}_as_domain AS d, ARRAY[ROW(v, NULL)::{name}_as_composite, NULL] AS cs "
            f"FROM {name}")
        what = f"documents of type {type_name}"
        every = list(itertools.product(["jsonl", "json"], WAYS))
        test.compare(what, name, forms=every)
        test.compare(what, f"{name}_nested", forms=every)
        test.compare(what, name, f"SELECT v, a FROM {name}", every)
        test.compare(what, name, order="ORDER BY id DESC")


def picked_array(type_name, text, number):
    delimiter = ";" if type_name == "box" else ","
    items = values.array_literal([text, None, text], delimiter)
    return ["{}", items, "{" + delimiter.join([items, items]) + "}", "[-1:1]=" + items][number % 4]


def check_random(test):
    rng = oracle.seeded("json")
    for _ in range(RANDOM_TABLES):
        table = values.RandomTable(rng, "random_rows", ROWS)
        table.create(test.reference)
        test.compare("tables of random rows", "random_rows")
    print(f"  random rows: {RANDOM_TABLES * ROWS}")


def main():
    count = oracle.Count("JSON and to_jsonb")
    test = Oracle(count)
    test.reference.execute(values.MADE_TYPES)
    check_picked(test)
    check_random(test)
    count.finish()


main()
