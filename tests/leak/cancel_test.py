#!/usr/bin/env python3
"""Cancels an export at a chosen row, at every door; the session must be as good as new.

The exported query itself cancels its backend when it makes the row, so that no test depends on
when a signal arrives.  Rows are 64 bytes: a document is handed on after each 4,096 of them.
"""

import os
import subprocess
import sys

from backend import SESSION, Backend, Checks, declare_functions, quoted

ROWS = 10000
PER_DRAIN = 262144 // 64
AT = [1, 2, PER_DRAIN - 1, PER_DRAIN, PER_DRAIN + 1, 2 * PER_DRAIN - 1, 2 * PER_DRAIN,
      2 * PER_DRAIN + 1, ROWS - 1, ROWS]  # fmt: skip
SERVER_DIR = os.environ["EXPORT_SERVER_DIR"]
TARGET = os.path.join(SERVER_DIR, "document.csv")
DOCUMENT = b"".join(b"%063d\n" % i for i in range(1, ROWS + 1))

CANCEL = "pg_cancel_backend(pg_backend_pid())"
TERMINATE = "pg_terminate_backend(pg_backend_pid())"


def query(condition="true", rows=ROWS):
    return f"SELECT lpad(i::text, 63, '0') AS v FROM generate_series(1, {rows}) i WHERE {condition}"


def signal_at(row, signal=CANCEL):
    """A condition that holds for each row, and sends the signal at one."""
    return f"i <> {row} OR {signal}"


def before_all():
    """Cancels when there is no row yet."""
    return f"(SELECT {CANCEL})"


def run(sql):
    return f"SELECT export.run({quoted(sql)}, 'csv', '{{\"header\": false}}')"


def stream(sql):
    return f"SELECT export.stream({quoted(sql)}, 'csv', '{{\"header\": false}}')"


def preview(sql, rows=10):
    return f"SELECT export.preview({quoted(sql)}, 'csv', '{{}}', {rows})"


def copy_to(sql, target):
    return f"COPY ({sql}) TO {target} WITH (FORMAT export_csv, header false)"


def part_files():
    return [name for name in os.listdir(SERVER_DIR) if ".partial" in name]


def expect_good(checks, backend, name):
    artifact = backend.value(run(query()))
    stored = b"".join(row[0] for row in backend.execute(f"SELECT export.read('{artifact}')"))
    checks.check(stored == DOCUMENT, name + ": then run gives the right bytes")
    streamed = b"".join(row[0] for row in backend.execute(stream(query())))
    checks.check(streamed == DOCUMENT, name + ": then stream gives the right bytes")
    copied = backend.copy(copy_to(query(), "STDOUT"))
    checks.check(copied == DOCUMENT, name + ": then COPY gives the right bytes")
    backend.execute(f"SELECT export.drop_artifact('{artifact}')")


def cancel_whole(checks, backend, condition, name):
    """Doors that give all or nothing."""
    sql = query(condition)
    checks.equal(backend.state_of(run(sql)), "57014", name + " of run")
    checks.equal(backend.state_of(copy_to(sql, quoted(TARGET))), "57014", name + " of COPY to a file")
    checks.check(not os.path.exists(TARGET) and not part_files(), name + ": no file is left")


def cancel_streaming(checks, backend, condition, name):
    """Doors that hand on what they have: always the beginning of the document."""
    sql = query(condition)
    received = []
    state = backend.state_of(lambda: backend.copy(copy_to(sql, "STDOUT"), received))
    checks.equal(state, "57014", name + " of COPY to the client")
    checks.check(DOCUMENT.startswith(b"".join(received)), name + ": COPY sent a beginning")

    backend.execute("BEGIN")
    backend.execute(f"DECLARE c NO SCROLL CURSOR FOR {stream(sql)}")
    received.clear()

    def fetch():
        while rows := backend.execute("FETCH 1 FROM c"):
            received.append(rows[0][0])

    checks.equal(backend.state_of(fetch), "57014", name + " of stream")
    checks.check(DOCUMENT.startswith(b"".join(received)), name + ": stream gave a beginning")
    backend.execute("ROLLBACK")
    return len(b"".join(received)) // 64


def cancel_in_savepoint(checks, backend, condition, name):
    """The transaction goes on where the savepoint was."""
    sql = query(condition)
    backend.execute("BEGIN")
    for statement in (run(sql), stream(sql), preview(sql, 1000)):
        backend.execute("SAVEPOINT s")
        backend.state_of(statement)
        backend.execute("ROLLBACK TO s")
    streamed = b"".join(row[0] for row in backend.execute(stream(query())))
    checks.check(streamed == DOCUMENT, name + ": the transaction goes on after ROLLBACK TO")
    checks.equal(backend.state_of("COMMIT"), "00000", name + ": the transaction commits")


def cancel_preview(checks, backend):
    # The row after the last one shown is asked for as well, to know whether there are more.
    for row in (1, 2, 10, 11):
        state = backend.state_of(preview(query(signal_at(row))))
        checks.equal(state, "57014", f"cancel at row {row} of preview")
    state = backend.state_of(preview(query(signal_at(12))))
    checks.equal(state, "00000", "preview never asks for row 12")
    state = backend.state_of(preview(query(before_all())))
    checks.equal(state, "57014", "cancel before the rows of preview")


def terminate(checks, sql, name):
    """The server's own word for it reaches the client, and no file is left."""
    client = subprocess.run(["psql", "-X", "-v", "VERBOSITY=verbose", "-c", sql],
                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)  # fmt: skip
    told = client.stderr
    checks.check("FATAL:  57P01: terminating connection" in told, f"{name}: terminated", told)
    checks.check(not part_files(), f"{name}: no file is left")


def terminate_all(checks):
    for row in (1, PER_DRAIN, ROWS):
        sql = query(signal_at(row, TERMINATE))
        terminate(checks, run(sql), f"run at row {row}")
        terminate(checks, stream(sql), f"stream at row {row}")
        terminate(checks, copy_to(sql, "STDOUT"), f"COPY at row {row}")
        terminate(checks, copy_to(sql, quoted(TARGET)), f"COPY to a file at row {row}")
    terminate(checks, "SELECT bridge_test.fail('terminate')", "inside both doors")


def main():
    checks = Checks()
    backend = Backend()
    declare_functions(backend)
    session = backend.execute(SESSION)
    expect_good(checks, backend, "before")
    points = [("cancel before the first row", before_all(), 0)]
    points += [(f"cancel at row {row}", signal_at(row), row) for row in AT]
    for name, condition, row in points:
        cancel_whole(checks, backend, condition, name)
        complete = cancel_streaming(checks, backend, condition, name)
        # What was full before the row was made had already been given.
        checks.equal(complete, max(row - 1, 0) // PER_DRAIN * PER_DRAIN, name + ": rows streamed before")
        cancel_in_savepoint(checks, backend, condition, name)
        expect_good(checks, backend, name)
        checks.equal(backend.execute(SESSION), session, name + ": the session is as it was")
    cancel_preview(checks, backend)
    expect_good(checks, backend, "after preview")
    terminate_all(checks)
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
