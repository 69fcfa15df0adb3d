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
import re

import oracle
import values
from expectation import Expectation, normal, parse, problem, same
from oracle import WAYS, quote

RANDOM_TABLES = 10000 if oracle.LONG else 1000
ROWS = 10


class Test:
    def __init__(self, count):
        self.count = count
        self.sessions = oracle.Sessions({"IntervalStyle": "iso_8601"})
        self.reference = self.sessions.reference
        self.expectation = Expectation(self.reference)
        self.forms = itertools.cycle(itertools.product(["jsonl", "json"], WAYS))

    def document(self, query, document_format, way, **options):
        return WAYS[way](self.sessions.ours, query, document_format, **options)

    def compare(self, what, table, query=None, forms=None, order=""):
        """A document of a table's columns against to_jsonb of each of them."""
        query = query or f"SELECT * FROM {table} {order}"
        options = self.sessions.next()
        names, expected = self.expectation.rows(query, table, order)
        for document_format, way in forms or [next(self.forms)]:
            label = f"{document_format} by {way}: {query}"
            document = self.count.attempt(what, label, self.document, query, document_format, way,
                                          **options)
            if document is not None:
                found = problem(document, document_format, names, expected)
                self.count.ok(what, not found, f"{label} {options or ''}: {found}")


def check_picked(test):
    for type_name in values.ALL:
        name, sql_type = f"picked_{type_name}", values.sql_name(type_name)
        run = test.reference.execute
        run(f"CREATE TABLE {name} (id integer, v {sql_type}, a {sql_type}[])")
        texts = [*values.ALL[type_name], None]
        run(f"INSERT INTO {name} VALUES " + ", ".join(
            f"({i}, {quote(t)}, {quote(picked_array(type_name, t, i))})"
            for i, t in enumerate(texts)))
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



# Values whose text is fixed by nobody but us.
EXPECTED = {
    "interval '1 year 2 mons -3 days 04:05:06.7'": '"P1Y2M-3DT4H5M6.7S"',
    "interval '0'": '"PT0S"',
    "interval '-1 mon 00:00:00.000001'": '"P-1MT0.000001S"',
    "interval '-0.5 seconds'": '"PT-0.5S"',
    "interval '-13 mons 25:00'": '"P-1Y-1MT25H"',
    "date '2024-02-29'": '"2024-02-29"',
    "date '0044-03-15 BC'": '"-0043-03-15"',
    "date '0001-12-31 BC'": '"0000-12-31"',
    "date '4714-11-24 BC'": '"-4713-11-24"',
    "date '5874897-12-31'": '"5874897-12-31"',
    "date 'infinity'": '"infinity"',
    "timestamp '-infinity'": '"-infinity"',
    "timestamptz 'infinity'": '"infinity"',
    "timestamp '0044-03-15 12:00:00.5 BC'": '"-0043-03-15T12:00:00.5"',
    "timestamp '2024-02-29 24:00'": '"2024-03-01T00:00:00"',
    "timestamptz '2024-07-01 12:00+00'": '"2024-07-01T14:00:00+02:00"',
    "timestamptz '1890-01-01 00:00+00'": '"1890-01-01T00:53:28+00:53:28"',
    "timestamptz '0001-01-01 00:00+00 BC'": '"0000-01-01T00:53:28+00:53:28"',
    "time '24:00'": '"24:00:00"',
    "timetz '12:00+05:30'": '"12:00:00+05:30"',
    "'NaN'::float8": '"NaN"', "'-Infinity'::float4": '"-Infinity"', 
    "'Infinity'::numeric": '"Infinity"', "'NaN'::numeric": '"NaN"', "'-0'::float8": "-0",
    "1.10": "1.10", "-0.00::numeric": "0.00",
    "1e20::float8": "1e+20", "9223372036854775807": "9223372036854775807",
    "'\\xdeadbeef'::bytea": '"3q2+7w=="', "''::bytea": '""', "'\\x00'::bytea": '"AA=="',
    "int4range(1, 3)": '{"lower":1,"upper":3,"bounds":"[)"}',
    "'empty'::numrange": '{"empty":true}',
    "'(,1.50]'::numrange": '{"lower":null,"upper":1.50,"bounds":"(]"}',
    "'[2024-01-01,)'::daterange": '{"lower":"2024-01-01","upper":null,"bounds":"[)"}',
    "'[,infinity]'::tsrange": '{"lower":null,"upper":"infinity","bounds":"(]"}',
    "'{[1,3),[5,)}'::int4multirange":
        '[{"lower":1,"upper":3,"bounds":"[)"},{"lower":5,"upper":null,"bounds":"[)"}]',
    "'{}'::int4multirange": "[]", "'{}'::integer[]": "[]",
    "'[0:1]={1,NULL}'::integer[]": "[1,null]",
    "'{{1,2},{3,4}}'::integer[]": "[[1,2],[3,4]]",
    "ARRAY[interval '1 day', NULL]": '["P1D",null]',
    "ROW(1, NULL, interval '1 day')": '{"f1":1,"f2":null,"f3":"P1D"}',
    """'{"a": 1, "a": [ 2 ]}'::json""": '{"a": 1, "a": [ 2 ]}',
    """'{"a": 1, "a": [ 2 ]}'::jsonb""": '{"a":[2]}',
    "E'\\u2028\\u0001\\\\\"/'::text": '"\u2028\\u0001\\\\\\"/"',
    "NULL::integer": "null", "true": "true", "'abc '::char(4)": '"abc "',
}


def check_expected(test):
    for way, document_format in itertools.product(WAYS, ["jsonl", "json"]):
        for expression, expected in EXPECTED.items():
            document = test.count.attempt(
                "expected texts", expression, test.document, f"SELECT {expression} AS v",
                document_format, way, time_zone="Europe/Berlin")
            line = f'{{"v":{expected}}}'
            wanted = f"{line}\n" if document_format == "jsonl" else f"[\n{line}\n]\n"
            if document is not None:
                test.count.ok("expected texts", document.decode() == wanted,
                              f"{document_format} by {way}: {expression}: {document.decode()!r}")


DURATION = re.compile(r"P(?:(-?\d+)Y)?(?:(-?\d+)M)?(?:(-?\d+)D)?"
                      r"(?:T(?=.)(?:(-?\d+)H)?(?:(-?\d+)M)?(?:(-?\d+(?:\.\d{1,6})?)S)?)?")


def read_duration(text):
    """ISO 8601 as (months, days, microseconds)."""
    match = DURATION.fullmatch(text)
    if not match or text == "P":
        raise ValueError(f"no duration: {text}")
    fields = [fractions.Fraction(field or 0) for field in match.groups()]
    years, months, days, hours, minutes, seconds = fields
    return 12 * years + months, days, (hours * 3600 + minutes * 60 + seconds) * 10 ** 6


def read_date(text):
    return (datetime.date.fromisoformat(text) - datetime.date(2000, 1, 1)).days,


def read_timestamp(text):
    past = datetime.datetime.fromisoformat(text) - datetime.datetime(2000, 1, 1)
    return past // datetime.timedelta(microseconds=1),


def read_bytes(text):
    return base64.b64decode(text, validate=True).hex(),


def read_digits(number):
    return format(number, "f"),


def read_float(number):
    return float(number),


# For each type a parser of Python's, and the same as the server sees it.
PARSERS = {
    "interval": (read_duration, "extract(year FROM v) * 12 + extract(month FROM v), "
                 "extract(day FROM v), extract(hour FROM v) * 3600000000 + "
                 "extract(minute FROM v) * 60000000 + extract(microsecond FROM v)"),
    "date": (read_date, "CASE WHEN v BETWEEN '0001-01-01' AND '9999-12-31' "
             "THEN v - '2000-01-01' END"),
    "timestamp": (read_timestamp, "CASE WHEN v BETWEEN '0001-01-01' AND '9999-12-31' THEN "
                  "extract(epoch FROM v) * 1000000 - 946684800000000 END"),
    "bytea": (read_bytes, "encode(v, 'hex')"),
    # to_jsonb keeps the scale of a numeric, which a comparison of numbers does not see.
    "numeric": (read_digits, "CASE WHEN v > '-Infinity' AND v < 'Infinity' THEN v::text END"),
    "float8": (read_float, "CASE WHEN v > '-Infinity' AND v < 'Infinity' THEN v END"),
}


def check_parsers(test):
    rng = oracle.seeded("parsers")
    for type_name, (parser, server) in PARSERS.items():
        texts = values.PICKED[type_name] + [values.RANDOM[type_name](rng) for _ in range(2000)]
        test.reference.execute(f"CREATE TABLE parsed_{type_name} (v {type_name})")
        test.reference.execute(f"INSERT INTO parsed_{type_name} VALUES "
                               + ", ".join(f"({quote(t)})" for t in texts))
        query = f"SELECT v FROM parsed_{type_name}"
        numbers = test.reference.execute(f"SELECT {server} FROM parsed_{type_name}").fetchall()
        rows = parse(test.document(query, "jsonl", "COPY"), "jsonl")
        test.count.ok("rows for Python's parsers", len(rows) == len(numbers), type_name)
        for [(_, text)], expected in zip(rows, numbers):
            # Python knows the years 1 to 9999.
            if expected != (None,):
                what = f"{type_name} by Python's parsers"
                parsed = test.count.attempt(what, text, parser, text)
                if parsed is not None:
                    test.count.ok(what, parsed == expected,
                                  f"{text}: {parsed}, the server says {expected}")


# Options: what the first document of a query becomes.
OPTIONS = [
    ("SELECT 9007199254740991 AS a, 9007199254740992 AS b, -9007199254740992 AS c, "
     "1e30::numeric AS d, 0.5 AS e, ARRAY[9007199254740993] AS f, 1e300::float8 AS g",
     {"big_integers": "string"},
     '{"a":9007199254740991,"b":"9007199254740992","c":"-9007199254740992",'
     '"d":"1000000000000000000000000000000","e":0.5,"f":["9007199254740993"],"g":1e+300}'),
    ("SELECT 9007199254740992 AS b", {"big_integers": "number"}, '{"b":9007199254740992}'),
    ("SELECT 'NaN'::float8 AS a, 'Infinity'::numeric AS b, date 'infinity' AS c, "
     "ARRAY['-Infinity'::float4] AS d, timestamp '-infinity' AS e", {"non_finite": "null"},
     '{"a":null,"b":null,"c":null,"d":[null],"e":null}'),
    ("SELECT 'NaN'::float8 AS a", {"non_finite": "string"}, '{"a":"NaN"}'),
    ("SELECT 'NaN'::float8 AS a", {"non_finite": "error"}, "22003"),
    ("SELECT 'NaN'::numeric AS a", {"non_finite": "error"}, "22003"),
    ("SELECT ARRAY['Infinity'::float8] AS a", {"non_finite": "error"}, "22003"),
    ("SELECT timestamptz 'infinity' AS a", {"non_finite": "error"}, "22003"),
    ("SELECT '\\xdeadbeef'::bytea AS a, ARRAY['\\x00'::bytea] AS b", {"bytea": "hex"},
     '{"a":"\\\\xdeadbeef","b":["\\\\x00"]}'),
    ("SELECT '\\xdeadbeef'::bytea AS a", {"bytea": "base64"}, '{"a":"3q2+7w=="}'),
    ("SELECT 1 AS a, 2 AS a, 3 AS a_2, 4 AS a", {"duplicate_names": "suffix"},
     '{"a":1,"a_3":2,"a_2":3,"a_4":4}'),
    ("SELECT 1 AS a, 2 AS a", {}, "42701"),
    ("SELECT 1 AS a, 2 AS a", {"duplicate_names": "error"}, "42701"),
    ("SELECT NULL AS a, 1 AS b, NULL AS c", {"omit_nulls": True}, '{"b":1}'),
    ("SELECT NULL AS a, NULL AS b", {"omit_nulls": True}, "{}"),
    ("SELECT ROW(1, NULL) AS a, ARRAY[1, NULL] AS b", {"omit_nulls": True},
     '{"a":{"f1":1},"b":[1,null]}'),
]
PRETTY = [
    ("SELECT 1 AS a, ARRAY[1, 2] AS b, ROW('x', NULL) AS c, '{\"k\": [1]}'::jsonb AS d",
     '[\n  {\n    "a": 1,\n    "b": [1, 2],\n    "c": {\n      "f1": "x",\n'
     '      "f2": null\n    },\n    "d": {"k": [1]}\n  }\n]\n'),
    ("SELECT 1 AS a WHERE false", "[]\n"),
]


def outcome(test, query, document_format, way, options):
    try:
        return test.document(query, document_format, way, **options).decode()
    except oracle.psycopg.Error as error:
        return error.sqlstate


def check_options(test):
    for way in WAYS:
        for query, options, expected in OPTIONS:
            for document_format in ["jsonl", "json"]:
                got = outcome(test, query, document_format, way, options)
                wanted = (expected if expected[0] not in "{" else
                          f"{expected}\n" if document_format == "jsonl" else f"[\n{expected}\n]\n")
                test.count.ok("documents with options", got == wanted,
                              f"{document_format} by {way}: {query} {options}: {got!r}")
        for query, expected in PRETTY:
            got = outcome(test, query, "json", way, {"pretty": True})
            test.count.ok("documents with options", got == expected,
                          f"pretty by {way}: {query}: {got!r}")
        test.count.ok("documents with options",
                      outcome(test, "SELECT 1 AS a", "jsonl", way, {"pretty": True}) == "22023",
                      f"pretty JSON Lines by {way}")


def forms_agree(test, query):
    plain, pretty = (normal(parse(test.document(query, "json", "stream", pretty=form), "json"))
                     for form in (False, True))
    return same(plain, pretty)


def check_pretty_and_plain(test):
    """The same values in both forms, for every type."""
    what = "pretty and plain documents"
    for type_name in values.ALL:
        query = f"SELECT * FROM picked_{type_name}_nested"
        agree = test.count.attempt(what, query, forms_agree, test, query)
        if agree is not None:
            test.count.ok(what, agree, query)


def main():
    count = oracle.Count("JSON and to_jsonb")
    test = Test(count)
    test.reference.execute(values.MADE_TYPES)
    check_picked(test)
    check_expected(test)
    check_parsers(test)
    check_options(test)
    check_pretty_and_plain(test)
    check_random(test)
    count.finish()


main()
