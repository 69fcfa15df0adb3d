#!/usr/bin/env python3
"""Thousands of failing exports in one backend, of every kind and at every door, leave nothing.

Compared before and after, when the caches are warm: open files, every memory context, what malloc
has given out, the resident set; and for the rest of the server: locks, snapshots, temporary files,
files in export.directory and part files of COPY.  500 failures, 10,000 if CHECK_LONG is set.
"""

import json
import os
import random
import shutil
import sys
from contextlib import contextmanager

from backend import SESSION, Backend, Checks, declare_functions, quoted

FAILURES = 10000 if os.environ.get("CHECK_LONG") else 500
SERVER_DIR = os.environ["EXPORT_SERVER_DIR"]
TARGET = os.path.join(SERVER_DIR, "document")
CANCEL = "pg_cancel_backend(pg_backend_pid())"
MEBI = 1 << 20

# The folder of export.directory that is this database's.
FOLDER = (
    "SELECT c.system_identifier || '-' || d.oid FROM pg_control_system() c, pg_database d"
    " WHERE d.datname = current_database()"
)

# A good one, of one pixel.
PNG = ("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5Erk"
       "JggmA=")  # fmt: skip

chance = random.Random(int(os.environ.get("CHECK_SEED", "1")))


def text_rows(count, condition="true", values="i, md5(i::text) AS m"):
    return f"SELECT {values} FROM generate_series(1, {count}) i WHERE {condition}"


# Does not compress: 4,000 rows are more than the table may take (export.table_limit).
LARGE_ROWS = 4000
LARGE = "encode(sha512(i::text::bytea) || sha512((-i)::text::bytea), 'base64') AS s"


class Door:
    """One way to ask for a document."""

    def __init__(self, backend, name):
        self.backend = backend
        self.name = name

    def steps(self, sql, file_format, options="{}"):
        """What Backend.state_of() runs."""
        arguments = f"{quoted(sql)}, '{file_format}', {quoted(options)}"
        if self.name == "copy":
            statement = f"COPY ({sql}) TO STDOUT WITH ({copy_options(file_format, options)})"
            return [lambda: self.backend.copy(statement)]
        if self.name == "copy_file":
            return [f"COPY ({sql}) TO {quoted(TARGET)} WITH ({copy_options(file_format, options)})"]
        rows = ", 1000" if self.name == "preview" else ""
        call = f"SELECT export.{self.name.removesuffix('_cursor')}({arguments}{rows})"
        if self.name == "stream_cursor":
            return ["BEGIN", f"DECLARE c CURSOR FOR {call}", "FETCH ALL FROM c"]
        return [call]


def copy_options(file_format, options):
    given = json.loads(options)
    return ", ".join(
        [f"FORMAT {'export_csv' if file_format == 'csv' else file_format}"]
        + [f"{name} {quoted(value)}" for name, value in given.items()]
    )


TEXTS = ("csv", "json", "jsonl")
FORMATS = (*TEXTS, "xlsx", "pdf")
DOORS = ("run", "stream", "stream_cursor", "copy", "copy_file", "preview")


class Failures:
    """Ways to fail.  Each method makes one failing export and returns (SQLSTATE, wanted ones)."""

    def __init__(self, backend, directory):
        self.backend = backend
        self.directory = directory
        self.folder = os.path.join(directory, backend.value(FOLDER))
        self.doors = [Door(backend, name) for name in DOORS]

    def at(self, sql, wanted, formats=FORMATS, options="{}", before=()):
        """The query fails at any door."""
        steps = [*before, *chance.choice(self.doors).steps(sql, chance.choice(formats), options)]
        return self.backend.state_of(*steps), wanted

    def elsewhere(self, sql, wanted, formats, options="{}", before=()):
        """Of formats with a layout, at a door that takes options in JSON and makes the whole."""
        call = f"({quoted(sql)}, '{chance.choice(formats)}', {quoted(options)})"
        door = chance.choice(("SELECT export.run", "SELECT export.stream"))
        return self.backend.state_of(*before, door + call), wanted

    def division_by_zero(self):
        row = chance.randint(1, 300)
        return self.at(text_rows(300, values=f"i, 1 / ({row} - i)"), {"22012"})

    def cancel(self):
        return self.at(text_rows(300, f"i <> {chance.randint(1, 300)} OR {CANCEL}"), {"57014"})

    def cancel_compressed(self):
        options = chance.choice(('{"compression":"gzip"}', '{"compression":"zstd"}'))
        sql = text_rows(300, f"i <> {chance.randint(1, 300)} OR {CANCEL}")
        return self.at(sql, {"57014"}, options=options)

    def bad_option(self):
        return self.at(text_rows(10), {"22023"}, options='{"no_such_option":"1"}')

    def long_text(self):
        """A cell that no workbook holds, after sheets, styles and deflate have begun."""
        row = chance.randint(1, 300)
        sql = text_rows(300, values=f"CASE i WHEN {row} THEN repeat('x', 40000) END AS t")
        return self.elsewhere(sql, {"22001"}, ("xlsx",))

    def bad_format_code(self):
        """A code that cannot be read is found when the table begins."""
        return self.elsewhere(text_rows(10), {"22023"}, ("xlsx", "pdf"), '{"formats":{"i":"[wrong"}}')

    def too_many_pages(self):
        """Pages have been given already, of rows, charts and boxes for missing letters."""
        sql = text_rows(3000, values="i, chr(57344 + i) AS t")
        before = ["BEGIN", "SET LOCAL export.pdf_max_pages = 3"]
        return self.elsewhere(sql, {"54000"}, ("pdf",), before=before)

    def bad_logo(self):
        logo = chance.choice(("iVBORw0KGgo=", "/9j/4AAQSkZJRgABAQ==", PNG[:-24]))
        options = json.dumps({"logo": f"data:image/png;base64,{logo}", "title": "T"})
        return self.elsewhere(text_rows(10), {"22023"}, ("xlsx", "pdf"), options)

    def bad_chart(self):
        """Found at the end of the table: a slice below zero, or more points than a chart has."""
        rows, kind, state = chance.choice(((300, "pie", "22023"), (1500, "bar", "54000")))
        options = json.dumps({"charts": [{"type": kind, "category": "c", "values": "v"}]})
        sql = text_rows(rows, values="'c' || i AS c, 5 - i AS v")
        return self.elsewhere(sql, {state}, ("xlsx", "pdf"), options)

    def cancel_groups(self):
        options = json.dumps({"group_by": ["g"], "totals": {"n": "sum"}, "title": "T",
                              "charts": [{"category": "g", "values": "n"}]})
        sql = text_rows(300, f"i <> {chance.randint(1, 300)} OR {CANCEL}", "i / 20 AS g, i AS n")
        return self.elsewhere(sql, {"57014"}, ("xlsx", "pdf"), options)

    def cancel_document(self):
        """In one of the sections, the last included."""
        row = chance.randint(1, 60)
        cancelled = text_rows(60, f"i <> {row} OR {CANCEL}", "'c' || i AS c, i AS v")
        queries = [text_rows(60, values="'c' || i AS c, i AS v")] * 3
        queries[chance.randint(0, 2)] = cancelled
        sections = [
            {"kind": "chart", "name": "A", "query": queries[0],
             "chart": {"category": "c", "values": "v"}},
            {"kind": "text", "name": "T", "text": "A text."},
            {"name": "B", "query": queries[1], "totals": {"v": "sum"}},
            {"name": "C", "query": queries[2]},
        ]  # fmt: skip
        document = quoted(json.dumps({"title": "T", "sections": sections}))
        call = chance.choice(("run_document", "stream_document"))
        kind, options = chance.choice((("xlsx", "{}"), ("pdf", "{}"), ("csv", '{"container":"zip"}')))
        state = self.backend.state_of(f"SELECT export.{call}({document}, '{kind}', '{options}')")
        # What csv does not show is not asked for.
        return state, {"57014"} if cancelled in queries[1:] or kind != "csv" else {"00000"}

    def bad_query(self):
        sql, state = chance.choice((("SELECT no_such_column", "42703"), ("SELECT 1 +", "42601")))
        return self.at(sql, {state})

    def unencodable(self):
        row = chance.randint(1, 300)
        sql = text_rows(300, values=f"CASE i WHEN {row} THEN '日本' ELSE 'ü' END AS t")
        return self.at(sql, {"22P05"}, ("csv",), '{"encoding":"LATIN1"}')

    def not_finite(self):
        row = chance.randint(1, 300)
        sql = text_rows(300, values=f"CASE i WHEN {row} THEN 'NaN'::float8 ELSE i END AS f")
        return self.at(sql, {"22003"}, ("json", "jsonl"), '{"non_finite":"error"}')

    def duplicate_names(self):
        return self.at("SELECT 1 AS a, 2 AS a", {"42701"}, ("json", "jsonl"))

    def late(self):
        """The document is already in a file of export.directory."""
        row = chance.randint(LARGE_ROWS - 200, LARGE_ROWS)
        division = f"1 / ({row} - i) IS NOT NULL"
        cancel = f"i <> {row} OR {CANCEL}"
        fault, state = chance.choice(((division, "22012"), (cancel, "57014")))
        sql = text_rows(LARGE_ROWS, fault, LARGE)
        return self.backend.state_of(f"SELECT export.run({quoted(sql)}, 'csv')"), {state}

    def no_directory(self):
        sql = text_rows(LARGE_ROWS, values=LARGE)
        faults = (
            (unsafe_directory, self.directory, "55000"),
            (missing_directory, self.directory, "58P01"),
            (blocked_folder, self.folder, "42809"),
        )
        fault, path, state = chance.choice(faults)
        with fault(path):
            return self.backend.state_of(f"SELECT export.run({quoted(sql)}, 'csv')"), {state}

    def in_exception_block(self):
        row = chance.randint(1, 300)
        sql = text_rows(300, values=f"i, 1 / ({row} - i)")
        body = f"PERFORM export.run({quoted(sql)}, 'csv'); RAISE 'not reached'"
        caught = "EXCEPTION WHEN division_by_zero THEN RAISE EXCEPTION SQLSTATE 'ZZ001'"
        return self.backend.state_of(f"DO $$ BEGIN {body}; {caught}; END $$"), {"ZZ001"}

    def abandoned_cursor(self):
        """A stream left in the middle, by ROLLBACK TO, CLOSE, LIMIT or the end of the transaction."""
        call = f"export.stream({quoted(text_rows(20000))}, '{chance.choice(('csv', 'json'))}')"
        declare = f"DECLARE c CURSOR FOR SELECT {call}"
        fetch = "FETCH 1 FROM c"
        leave = chance.choice((
            ["SAVEPOINT s", declare, fetch, "ROLLBACK TO s"],
            [declare, "SAVEPOINT s", fetch, "ROLLBACK TO s", fetch],
            [declare, fetch, "CLOSE c"],
            [f"SELECT {call} LIMIT 1"],
        ))  # fmt: skip
        return self.backend.state_of("BEGIN", *leave, "ROLLBACK"), {"00000"}

    def out_of_memory_in_server(self):
        with memory_limit(self.backend, 16 * MEBI):
            return self.at("SELECT repeat('x', 100000000) AS t", {"53200"}, TEXTS)

    def out_of_memory_in_writer(self):
        with memory_limit(self.backend, 48 * MEBI):
            return self.at("SELECT repeat(chr(34), 30000000) AS t", {"53200"}, TEXTS)

    def out_of_memory_anywhere(self):
        """Some find enough, and are rolled back: what matters is that nothing else comes out."""
        compression = chance.choice(("none", "gzip", "zstd"))
        with memory_limit(self.backend, chance.randint(0, 64) * MEBI // 16):
            sql = text_rows(LARGE_ROWS, values=LARGE) + " ORDER BY 1"
            options = f'{{"compression":"{compression}"}}'
            return self.at(sql, {"53200", "00000"}, options=options, before=["BEGIN"])

    def all(self):
        kinds = [name for name in vars(Failures) if not name.startswith("_")]
        return [getattr(self, name) for name in kinds if name not in ("at", "all", "elsewhere")]


@contextmanager
def table_limit(backend, observer, limit):
    """Both must see it: a setting of the whole server reaches a backend between two statements."""

    def reload(statement, wanted):
        observer.execute(statement)
        observer.execute("SELECT pg_reload_conf()")
        while backend.value("SHOW export.table_limit") != wanted:
            pass

    before = backend.value("SHOW export.table_limit")
    reload(f"ALTER SYSTEM SET export.table_limit = '{limit}'", limit)
    try:
        yield
    finally:
        reload("ALTER SYSTEM RESET export.table_limit", before)


@contextmanager
def memory_limit(backend, more):
    """Lets the backend have only so much more memory than it has."""
    backend.execute(f"SELECT bridge_test.limit_memory({backend.status_bytes('VmSize') + more})")
    try:
        yield
    finally:
        backend.execute("ROLLBACK")
        backend.execute("SELECT bridge_test.limit_memory(-1)")


@contextmanager
def unsafe_directory(directory):
    os.chmod(directory, 0o755)
    try:
        yield
    finally:
        os.chmod(directory, 0o700)


@contextmanager
def missing_directory(directory):
    os.rename(directory, directory + ".away")
    try:
        yield
    finally:
        os.rename(directory + ".away", directory)


@contextmanager
def blocked_folder(folder):
    """A file stands where the database's folder should be."""
    shutil.rmtree(folder, ignore_errors=True)
    with open(folder, "w", encoding="ascii"):
        pass
    try:
        yield
    finally:
        os.unlink(folder)


def stored_files(folder):
    return [name for _, _, files in os.walk(folder) for name in files]


class Holdings:
    """What the backend holds between two transactions."""

    def __init__(self, backend, observer, folder):
        backend.execute("ROLLBACK")
        pid = backend.pid
        self.contexts = backend.memory_contexts()
        self.malloc = backend.malloc_bytes()
        self.files = backend.open_files()
        self.resident = backend.status_bytes("VmRSS")
        self.session = backend.execute(SESSION)
        self.locks = observer.value(f"SELECT count(*) FROM pg_locks WHERE pid = {pid}")
        self.snapshots = observer.value(
            f"SELECT count(*) FROM pg_stat_activity WHERE pid = {pid}"
            " AND (backend_xmin IS NOT NULL OR backend_xid IS NOT NULL)"
        )
        self.temporary = observer.value("SELECT count(*) FROM pg_ls_tmpdir()")
        self.stored = stored_files(folder)
        # COPY to a file that found enough memory has replaced TARGET: no transaction undoes that.
        self.parts = [name for name in os.listdir(SERVER_DIR) if ".partial" in name]

    def compare(self, checks, before):
        changed = {
            name: (before.contexts.get(name, 0), self.contexts.get(name, 0))
            for name in before.contexts.keys() | self.contexts.keys()
            if before.contexts.get(name) != self.contexts.get(name)
        }
        checks.equal(changed, {}, "memory contexts are as they were")
        grown = self.malloc - before.malloc
        print(f"malloc: {grown:+} bytes, resident set: {(self.resident - before.resident) // 1024:+} kB")
        checks.check(abs(grown) < 64 * 1024, "malloc has given out no more", f"({grown} bytes)")
        grown = self.resident - before.resident
        checks.check(grown < 16 * MEBI, "the resident set has not grown", f"({grown} bytes)")
        checks.equal(self.files, before.files, "open files as before")
        checks.equal(self.session, before.session, "session as before")
        checks.equal((self.locks, self.snapshots, self.temporary), (0, 0, 0), "nothing is held")
        checks.equal((self.stored, self.parts), ([], []), "no file of a document is left")


def fail_many(checks, failures, count):
    """`count` failures in random order, each kind as often as any other."""
    kinds = failures.all()
    order = [kinds[i % len(kinds)] for i in range(count)]
    chance.shuffle(order)
    outcomes = {}
    for kind in order:
        state, wanted = kind()
        failures.backend.execute("ROLLBACK")
        good, bad = outcomes.setdefault(kind.__name__, [0, []])
        if state in wanted:
            outcomes[kind.__name__][0] = good + 1
        else:
            bad.append(state)
    for name, (good, bad) in sorted(outcomes.items()):
        checks.check(not bad, f"{name}: failed as it should", f"({good} did, others: {sorted(set(bad))})")
    return sum(good for good, _ in outcomes.values())


def sweep_memory(checks, steps):
    """A new backend has everything still to allocate: each step lets it come a little further."""
    states = []
    for step in range(steps):
        backend = Backend()
        warm_stack(backend)
        door = Door(backend, ("run", "copy", "stream", "preview")[step % 4])
        with memory_limit(backend, step * MEBI // 8):
            sql = text_rows(1000, values=LARGE)
            options = ('{"compression":"zstd"}', '{"compression":"gzip"}', "{}")[step % 3]
            states.append(backend.state_of(*door.steps(sql, "csv", options)))
        state = backend.state_of(*door.steps(text_rows(10), "csv"))
        checks.equal(state, "00000", f"step {step}: then there is enough")
        backend.connection.close()
    checks.check(set(states) == {"53200", "00000"}, "little memory: out of memory or done", f"({states})")


def fail_spooled(checks, backend, observer, count):
    """Too large for the spool's memory and too small for a file: a temporary file has the document."""
    rows = 14000
    seen = 0
    with table_limit(backend, observer, "8MB"):
        for _ in range(count):
            row = chance.randint(rows - 500, rows)
            # While it runs, the query counts the temporary files of the server.
            files = f"nullif((SELECT count(*) FROM pg_ls_tmpdir() WHERE i = {row}), 0) / (i - {row}) IS NULL"
            sql = text_rows(rows, f"i <> {row} OR {files}", LARGE)
            seen += backend.state_of(f"SELECT export.run({quoted(sql)}, 'csv')") == "22012"
    checks.equal(seen, count, "failed with a temporary file in use")


def warm_stack(backend):
    """Under a limit the stack could not grow any more, and that is no ERROR."""
    backend.execute("SELECT " + "(1 + " * 3000 + "1" + ")" * 3000)


def main():
    checks = Checks()
    backend = Backend()
    observer = Backend()
    declare_functions(backend)
    directory = observer.value("SHOW export.directory")
    warm_stack(backend)
    failures = Failures(backend, directory)
    fail_many(checks, failures, 25 * len(failures.all()))
    fail_spooled(checks, backend, observer, 5)
    Holdings(backend, observer, failures.folder)
    before = Holdings(backend, observer, failures.folder)
    failed = fail_many(checks, failures, FAILURES)
    fail_spooled(checks, backend, observer, max(FAILURES // 100, 5))
    print(f"{failed} exports failed as they should")
    Holdings(backend, observer, failures.folder).compare(checks, before)

    sweep_memory(checks, 200 if os.environ.get("CHECK_LONG") else 64)

    artifact = backend.value(f"SELECT export.run({quoted(text_rows(1000))}, 'csv')")
    stored = b"".join(row[0] for row in backend.execute(f"SELECT export.read('{artifact}')"))
    copied = backend.copy(f"COPY ({text_rows(1000)}) TO STDOUT WITH (FORMAT csv, HEADER)")
    checks.equal(stored, copied, "a good export after them")
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
