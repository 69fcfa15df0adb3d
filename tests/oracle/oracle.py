"""What the oracle tests share: connections, the ways to a document, the reference, the count.

Two connections: `ours` makes documents and may have any settings, `reference` asks the server
itself and has the settings that COPY needs to write ISO spellings.
"""
import collections
import itertools
import logging
import os
import random
import sys

import psycopg
from psycopg.types.json import Json

LONG = bool(os.environ.get("CHECK_LONG"))
SEED = int(os.environ.get("CHECK_SEED", "1"))
# psycopg knows no zones but named ones, and is not asked for times.
logging.getLogger("psycopg").setLevel(logging.ERROR)

MAX_SHOWN = 3  # failures of one kind

REFERENCE_SETTINGS = {
    "DateStyle": "ISO, MDY",
    "IntervalStyle": "postgres",
    "TimeZone": "UTC",
    "bytea_output": "hex",
    "extra_float_digits": "1",
    "client_encoding": "UTF8",
}

# Each set leaves no setting at the value that COPY needs.
HOSTILE_SETTINGS = [
    {"DateStyle": "German, DMY", "IntervalStyle": "sql_standard", "bytea_output": "escape",
     "extra_float_digits": "0", "client_encoding": "LATIN1"},
    {"DateStyle": "SQL, DMY", "IntervalStyle": "postgres_verbose", "bytea_output": "escape",
     "extra_float_digits": "-15", "client_encoding": "WIN1252"},
    {"DateStyle": "Postgres, MDY", "IntervalStyle": "iso_8601", "bytea_output": "escape",
     "extra_float_digits": "-15", "client_encoding": "EUC_JP"},
    {"DateStyle": "SQL, YMD", "IntervalStyle": "sql_standard", "bytea_output": "escape",
     "extra_float_digits": "3", "client_encoding": "SQL_ASCII"},
]
HOSTILE_ZONES = ["Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns", "Africa/Monrovia",
                 "Europe/Amsterdam", "Pacific/Apia", "<+1234>-12:34"]


def seeded(name):
    """A source of random numbers that depends on the seed of the run and on nothing else."""
    return random.Random(f"{SEED} {name}")


def connect(settings=None, **parameters):
    # Tables change their columns between queries of the same text.
    connection = psycopg.connect("", autocommit=True, prepare_threshold=None,
                                 client_encoding="UTF8", **parameters)
    change_settings(connection, settings or {})
    return connection


def change_settings(connection, settings):
    for name, value in settings.items():
        connection.execute("SELECT set_config(%s, %s, false)", (name, value))


def use_german_numbers(connection):
    """lc_numeric as in Germany, where the machine knows how."""
    for locale in ("de_DE.utf8", "de_DE.UTF-8", "de_DE"):
        try:
            change_settings(connection, {"lc_numeric": locale})
            return
        except psycopg.Error:
            pass
    print("  no locale de_DE here: lc_numeric stays as it is")


class Sessions:
    """A hostile session and the reference; next() changes both so that each combination of
    settings and zone comes round."""

    def __init__(self, reference_settings=None):
        self.ours = connect()
        use_german_numbers(self.ours)
        self.reference = connect({**REFERENCE_SETTINGS, **(reference_settings or {})})
        self.turns = itertools.cycle(itertools.product(HOSTILE_ZONES, [True, False],
                                                       HOSTILE_SETTINGS))

    def next(self):
        """Options for the next document."""
        zone, by_option, hostile = next(self.turns)
        change_settings(self.reference, {"TimeZone": zone})
        change_settings(self.ours, {**hostile,
                                    "TimeZone": "Pacific/Marquesas" if by_option else zone})
        return {"time_zone": zone} if by_option else {}


def quote(text):
    """An SQL literal; None is NULL."""
    return "NULL" if text is None else "'" + text.replace("'", "''") + "'"


def identifier(name):
    return '"' + name.replace('"', '""') + '"'


# The ways to a document.

def copy_out(connection, statement):
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        return b"".join(bytes(piece) for piece in copy)


def copy_option(name, value):
    if value is True or value is False:
        return f"{name} {str(value).lower()}"
    if value == "*" and name == "force_quote":
        return "force_quote *"
    if isinstance(value, list):
        return f"{name} ({', '.join(identifier(v) for v in value)})"
    return f"{name} {quote(value)}"


def copy_reference(connection, query, **options):
    """The server's own CSV."""
    options = {"header": True, **options}
    texts = ["FORMAT csv"] + [copy_option(*option) for option in options.items()]
    return copy_out(connection, f"COPY ({query}) TO STDOUT WITH ({', '.join(texts)})")


def by_copy(connection, query, document_format="csv", **options):
    name = "export_csv" if document_format == "csv" else document_format
    texts = [f"FORMAT {name}"] + [copy_option(*option) for option in options.items()]
    return copy_out(connection, f"COPY ({query}) TO STDOUT WITH ({', '.join(texts)})")


def read_pieces(connection, statement, arguments):
    with connection.cursor(binary=True) as cursor:
        return b"".join(bytes(row[0]) for row in cursor.execute(statement, arguments))


def by_stream(connection, query, document_format="csv", **options):
    return read_pieces(connection, "SELECT export.stream(%s::text, %s::text, %s::jsonb)",
                       (query, document_format, Json(options)))


def by_run(connection, query, document_format="csv", **options):
    artifact = connection.execute("SELECT export.run(%s::text, %s::text, %s::jsonb)",
                                  (query, document_format, Json(options))).fetchone()[0]
    document = read_pieces(connection, "SELECT export.read(%s::uuid)", (artifact,))
    connection.execute("SELECT export.drop_artifact(%s::uuid)", (artifact,))
    return document


WAYS = {"COPY": by_copy, "stream": by_stream, "run": by_run}


# The count.

class Count:
    """Counts comparisons by what was compared; shows the first failures."""

    def __init__(self, name):
        self.passed = 0
        self.failed = 0
        self.compared = collections.Counter()
        self.failures = collections.Counter()
        print(f"{name}: seed {SEED}, {'full' if LONG else 'short'} run", flush=True)

    def ok(self, what, condition, explain=""):
        self.compared[what] += 1
        if condition:
            self.passed += 1
            return True
        self.failed += 1
        self.failures[what] += 1
        if self.failures[what] <= MAX_SHOWN:
            text = explain() if callable(explain) else explain
            print(f"FAILED {what}: {text}", flush=True)
        return False

    def attempt(self, what, label, function, *arguments, **options):
        """The result of a call, or None and a failure if it raises."""
        try:
            return function(*arguments, **options)
        except (psycopg.Error, ValueError) as error:
            self.ok(what, False, f"{label}: {type(error).__name__}: {error}")
            return None

    def finish(self):
        for what, number in sorted(self.compared.items()):
            failures = f", {self.failures[what]} failed" if self.failures[what] else ""
            print(f"  {what}: {number}{failures}")
        print(f"{self.passed} passed, {self.failed} failed")
        sys.exit(1 if self.failed or not self.passed else 0)


def first_difference(ours, expected):
    """Where two documents part, short enough to read."""
    if ours is None:
        return "no document"
    at = next((i for i, (a, b) in enumerate(zip(ours, expected)) if a != b),
              min(len(ours), len(expected)))
    start = max(expected.rfind(b"\n", 0, at) + 1, at - 60)
    return (f"at byte {at} (lengths {len(ours)}, {len(expected)})\n"
            f"    ours     {ours[start:at + 60]!r}\n    expected {expected[start:at + 60]!r}")


def compare_csv(count, what, ours, reference, query, ways=WAYS, reference_options=None, **options):
    """Every way's document against the server's CSV of the same query; or the same error."""
    try:
        expected = copy_reference(reference, query, **(reference_options or {}))
    except psycopg.Error as error:
        expected = error.sqlstate
    for way in ways:
        try:
            document = WAYS[way](ours, query, **options)
        except (psycopg.Error, UnicodeError) as error:
            document = getattr(error, "sqlstate", None)
            message = str(error)
        count.ok(what, document == expected,
                 lambda: f"{way} {query} {options or ''}\n  " +
                         (first_difference(document, expected) if isinstance(document, bytes) and
                          isinstance(expected, bytes) else
                          f"ours {message if isinstance(document, str) else 'a document'}, "
                          f"expected {'an error' if isinstance(expected, str) else 'a document'} "
                          f"{expected[:60]!r}"))
