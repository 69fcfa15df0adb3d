"""A backend under test: statements and the SQLSTATE they end with, and what the process holds."""

import os
import pathlib
import re

import psycopg

FUNCTIONS = pathlib.Path(__file__).parent.parent / "bridge" / "functions.sql"

KEPT_OPEN = re.compile(r"/data/(base/[0-9]+|global|pg_[a-z]+)/[0-9A-F]+[_a-z.0-9]*( \(deleted\))?$")


class Checks:
    """Counts what held and names what did not."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    def check(self, holds, name, told=""):
        if holds:
            self.passed += 1
        else:
            self.failed += 1
            print(f"not ok: {name} {told}", flush=True)

    def equal(self, got, wanted, name):
        self.check(got == wanted, name, f"(got {got!r}, wanted {wanted!r})")

    def report(self):
        print(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed else 0


class Backend:
    """One connection; its statements are sent as they are, with no transaction around them."""

    def __init__(self):
        self.connection = psycopg.connect(autocommit=True, prepare_threshold=None)
        self.pid = self.connection.info.backend_pid

    def execute(self, sql):
        """The rows of the statement."""
        cursor = self.connection.execute(sql)
        return cursor.fetchall() if cursor.description else []

    def value(self, sql):
        return self.execute(sql)[0][0]

    def copy(self, sql, received=None):
        """The bytes of COPY TO STDOUT.  `received` keeps those that came before an error."""
        pieces = [] if received is None else received
        with self.connection.cursor() as cursor, cursor.copy(sql) as copy:
            pieces.extend(bytes(piece) for piece in copy)
        return b"".join(pieces)

    def state_of(self, *steps):
        """Runs the steps, SQL or functions of this; the SQLSTATE of the first error, else 00000."""
        try:
            for step in steps:
                step() if callable(step) else self.execute(step)
        except psycopg.Error as error:
            return error.sqlstate or type(error).__name__
        return "00000"

    def proc(self, name):
        return pathlib.Path(f"/proc/{self.pid}/{name}")

    def open_files(self):
        """What is open but for the files of relations and logs, of which the server keeps some."""
        names = [os.readlink(self.proc("fd") / number) for number in os.listdir(self.proc("fd"))]
        return sorted(name for name in names if not KEPT_OPEN.search(name))

    def status_bytes(self, field):
        for line in self.proc("status").read_text().splitlines():
            if line.startswith(field + ":"):
                return int(line.split()[1]) * 1024
        raise KeyError(field)

    def memory_contexts(self):
        """Bytes by name of context, of everything below TopMemoryContext."""
        return dict(
            self.execute(
                "SELECT name || coalesce(' ' || ident, ''), sum(total_bytes)::bigint"
                " FROM pg_backend_memory_contexts GROUP BY 1"
            )
        )

    def malloc_bytes(self):
        return self.value("SELECT bridge_test.malloc_bytes()")


def declare_functions(backend):
    backend.execute(FUNCTIONS.read_text())


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


# What a session must find as it was, however its exports ended.
SESSION = (
    "SELECT current_user, session_user, current_setting('search_path'),"
    " current_setting('transaction_read_only'), current_setting('row_security'),"
    " current_setting('DateStyle'), current_setting('IntervalStyle'), current_setting('TimeZone'),"
    " current_setting('extra_float_digits'), current_setting('bytea_output')"
)
