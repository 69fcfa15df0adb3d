"""Reading JSON documents, and what the server expects in them."""
import json
import re
import typing
from decimal import Decimal

from oracle import identifier, quote


def refuse_constant(name):
    raise ValueError(f"{name} is not JSON")


def read(text):
    """Objects become lists of pairs, so that order and duplicates show; numbers keep digits."""
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


class Type(typing.NamedTuple):
    kind: str  # typtype
    name: str
    spelled: str  # as SQL writes it
    base: int  # of a domain; these are oids, 0 for none
    element: int  # of an array
    bound: int  # of a range
    range: int  # of a multirange
    relation: int  # of a composite


class Types:
    """What the server knows of types, by oid."""

    def __init__(self, connection):
        self.connection = connection
        self.known = {}

    def get(self, oid):
        if oid not in self.known:
            row = self.connection.execute(
                "SELECT t.typtype, t.typname, t.oid::regtype::text, t.typbasetype, "
                "  CASE WHEN t.typsubscript = 'array_subscript_handler'::regproc THEN t.typelem "
                "  ELSE 0 END, coalesce(r.rngsubtype, 0), coalesce(m.rngtypid, 0), t.typrelid "
                "FROM pg_type t LEFT JOIN pg_range r ON r.rngtypid = t.oid "
                "LEFT JOIN pg_range m ON m.rngmultitypid = t.oid WHERE t.oid = %s",
                (oid,)).fetchone()
            self.known[oid] = Type(*row)
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


# json is special because jsonb refuses some of it: a lone surrogate, a number of 10^6 digits.
SPECIAL = ("interval", "bytea", "date", "timestamp", "timestamptz", "json")


class Expectation:
    """SQL for the expected value of an expression, by its type, and what Python makes of it.

    `sql` is an expression of type jsonb.  Where SQL cannot spell the value, it leaves an object
    with the key of one of the marks, which `finish` turns into it.
    """

    ARRAY, TIME, JSON = "\x01array", "\x01time", "\x01json"

    def __init__(self, connection):
        self.types = Types(connection)

    def is_special(self, oid):
        """Whether to_jsonb is not what we expect of the type or of something in it."""
        known = self.types.get(oid)
        if known.kind == "d":
            return self.is_special(known.base)
        if known.kind in "rm" or known.name in SPECIAL:
            return True
        if known.element:
            return self.is_special(known.element)
        return known.kind == "c" and any(self.is_special(field) for _, field in
                                         self.types.fields(known.relation))

    def sql(self, expression, oid):
        if not self.is_special(oid):
            return f"to_jsonb({expression})"
        known = self.types.get(oid)
        if known.kind == "d":
            return self.sql(f"({expression})::{self.types.get(known.base).spelled}", known.base)
        if known.kind == "r":
            return self.range_sql(expression, known.bound)
        if known.kind == "m":
            return (f"(SELECT coalesce(jsonb_agg({self.sql('r', known.range)} ORDER BY o), '[]') "
                    f"FROM unnest({expression}) WITH ORDINALITY AS u (r, o) "
                    f"HAVING ({expression}) IS NOT NULL)")
        if known.element:
            return self.array_sql(expression, known.element)
        if known.kind == "c":
            return self.record_sql(expression, known.relation)
        if known.name == "interval":
            # Of a session with IntervalStyle iso_8601.
            return f"to_jsonb(({expression})::text)"
        if known.name == "bytea":
            return f"to_jsonb(translate(encode({expression}, 'base64'), E'\\n', ''))"
        marked = (f"{quote(self.JSON)}, ({expression})::text" if known.name == "json" else
                  f"{quote(self.TIME)}, {expression}")
        return f"CASE WHEN ({expression}) IS NOT NULL THEN jsonb_build_object({marked}) END"

    def array_sql(self, expression, element):
        # unnest() in the select list, where it does not spread a composite over columns.
        return (f"CASE WHEN ({expression}) IS NOT NULL THEN jsonb_build_object("
                f"{quote(self.ARRAY)}, array_dims({expression}), 'items', "
                f"(SELECT coalesce(jsonb_agg({self.sql('(e)', element)} ORDER BY o), '[]') "
                f"FROM (SELECT e, row_number() OVER () AS o "
                f"FROM (SELECT unnest({expression}) AS e) AS s) AS u)) END")

    def record_sql(self, expression, relation):
        fields = ", ".join(f"{quote(name)}, {self.sql(f'({expression}).{identifier(name)}', oid)}"
                           for name, oid in self.types.fields(relation))
        # A record of nulls IS NULL too; this one tells it from none.
        return f"CASE WHEN num_nonnulls({expression}) = 1 THEN jsonb_build_object({fields}) END"

    def range_sql(self, expression, bound):
        lower = self.sql(f"lower({expression})", bound)
        upper = self.sql(f"upper({expression})", bound)
        return (f"CASE WHEN isempty({expression}) THEN '{{\"empty\": true}}' "
                f"WHEN ({expression}) IS NOT NULL THEN jsonb_build_object("
                f"'lower', {lower}, 'upper', {upper}, 'bounds', "
                f"CASE WHEN lower_inc({expression}) THEN '[' ELSE '(' END || "
                f"CASE WHEN upper_inc({expression}) THEN ']' ELSE ')' END) END")

    def rows(self, query, source, order=""):
        """Names of a query's columns, and for each row of its source their expected values."""
        run = self.types.connection.execute
        columns = run(f"SELECT * FROM ({query}) AS q LIMIT 0").description
        expressions = ", ".join(f"({self.sql(identifier(column.name), column.type_code)})::text"
                                for column in columns)
        rows = run(f"SELECT {expressions} FROM {source} {order}").fetchall()
        return [column.name for column in columns], [
            [None if text is None else self.finish(read(text)) for text in row] for row in rows]

    def finish(self, value):
        if isinstance(value, Pairs):
            value = {key: self.finish(item) for key, item in value}
            if self.TIME in value:
                return astronomical(value[self.TIME])
            if self.JSON in value:
                return normal(read(value[self.JSON]))
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


def parse(document, document_format):
    text = document.decode("utf-8")
    if document_format == "json":
        return read(text)
    if text and not text.endswith("\n"):
        raise ValueError("no line feed at the end")
    return [read(line) for line in text.split("\n")[:-1]]


def problem(document, document_format, names, expected):
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
                return (f"row {number}, {key}:\n    ours     {value!r:.300}\n"
                        f"    expected {want!r:.300}")
    return None
