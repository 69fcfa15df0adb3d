"""Documents through the drivers people use: psycopg 3, psycopg2 and node-pg, with parameters bound
as each of them binds, and through their COPY interfaces."""
import datetime
import decimal
import gzip
import io
import os
import pathlib
import shutil
import subprocess
import tempfile
import uuid

import psycopg
import psycopg2

import oracle

HERE = pathlib.Path(__file__).parent
QUERY = "SELECT $1::integer AS n, $2::text AS t, $3::date AS d"
DOCUMENT = b'n,t,d\n12,"a, ""b""",2024-02-29\n'
ARGS = '{"args": ["12", "a, \\"b\\"", "2024-02-29"]}'
CALL = "SELECT export.stream(%s, 'csv', '{}', %s, %s, %s)"


def sqlstate(function, *arguments):
    try:
        function(*arguments)
    except (psycopg.Error, psycopg2.Error) as error:
        return getattr(error, "sqlstate", None) or getattr(error, "pgcode", None)
    return "no error"


def joined(rows):
    return b"".join(bytes(row[0]) for row in rows)


def psycopg3_binds(count):
    what = "psycopg 3, parameters"
    connection = psycopg.connect("", autocommit=True)

    def stream(call, *arguments, cursor=connection):
        return joined(cursor.execute(call, arguments).fetchall())

    # A str is sent without a type; nothing tells PostgreSQL which the query wants.
    for argument in ["12", None]:
        state = sqlstate(stream, "SELECT export.stream('SELECT $1', 'csv', '{}', %s)", argument)
        count.ok(what, state == "42P18", f"untyped {argument!r}: {state}")
    count.ok(what, stream("SELECT export.stream(%s, 'csv', %s)", QUERY, ARGS) == DOCUMENT, "args")
    typed = CALL.replace("%s, %s)", "%s::text, %s)")
    day = datetime.date(2024, 2, 29)
    count.ok(what, stream(typed, QUERY, 12, 'a, "b"', day) == DOCUMENT, "typed")
    client = psycopg.ClientCursor(connection)
    count.ok(what, stream(CALL, QUERY, 12, 'a, "b"', "2024-02-29", cursor=client) == DOCUMENT,
             "bound by the client")
    variadic = "SELECT export.stream('SELECT $1 AS a, $2 AS b', 'csv', '{}', VARIADIC %s::text[])"
    for cursor in (connection, client):
        got = stream(variadic, ["x", None], cursor=cursor)
        count.ok(what, got == b"a,b\nx,\n", "VARIADIC array")
    for value, text in [(True, "t"), (2 ** 40, "1099511627776"), (1.5, "1.5"),
                        (b"\0\xff", "\\x00ff"), (decimal.Decimal("1.10"), "1.10"),
                        (uuid.UUID(int=1), str(uuid.UUID(int=1))),
                        (datetime.timedelta(days=1), "1 day"), ([1, 2], '"{1,2}"'),
                        (datetime.datetime(2024, 1, 1), "2024-01-01 00:00:00")]:
        got = stream("SELECT export.stream('SELECT $1 AS v', 'csv', '{}', %s)", value)
        count.ok(what, got == f"v\n{text}\n".encode(), f"{value!r}: {got!r}")
    artifact = connection.execute("SELECT export.run(%s, 'csv', %s)", (QUERY, ARGS)).fetchone()[0]
    count.ok(what, stream("SELECT export.read(%s)", artifact) == DOCUMENT, "run and read")
    again = connection.execute("SELECT export.rerun(%s)", (artifact,)).fetchone()[0]
    count.ok(what, stream("SELECT export.read(%s)", again) == DOCUMENT, "rerun")
    for args, state in [('["12"]', "22023"), ('["1","2","3","4"]', "22023"),
                        ('["twelve", null, null]', "22P02")]:
        got = sqlstate(stream, "SELECT export.stream(%s, 'csv', %s)", QUERY, f'{{"args": {args}}}')
        count.ok(what, got == state, f"args {args}: {got}")


def psycopg3_cursors(count):
    what = "psycopg 3, cursors and pipelines"
    big = "SELECT g, repeat('x', 1000) AS x FROM generate_series(1, 2000) AS g"
    with psycopg.connect("") as connection:
        expected = oracle.copy_reference(connection, big)
        with connection.cursor("named", binary=True) as cursor:
            cursor.execute("SELECT export.stream(%s)", (big,))
            pieces = []
            while rows := cursor.fetchmany(2):
                pieces.append(joined(rows))
        count.ok(what, b"".join(pieces) == expected and len(pieces) > 1, "server-side cursor")
        with connection.cursor("closed_early") as cursor:
            cursor.execute("SELECT export.stream(%s)", (big,))
            count.ok(what, len(cursor.fetchone()[0]) > 0, "one piece of a cursor")
        count.ok(what, connection.execute("SELECT 1").fetchone() == (1,),
                 "after a cursor closed early")
        # Many times, so that the driver prepares the statement.
        for _ in range(10):
            cursor = connection.execute("SELECT export.stream(%s, 'csv', %s)", (QUERY, ARGS))
            count.ok(what, joined(cursor.fetchall()) == DOCUMENT, "prepared by the driver")
    with psycopg.connect("", autocommit=True) as connection, connection.pipeline():
        cursors = [connection.execute("SELECT export.stream(%s, 'csv', %s)", (QUERY, ARGS))
                   for _ in range(3)]
        for cursor in cursors:
            count.ok(what, joined(cursor.fetchall()) == DOCUMENT, "pipeline")


def psycopg3_copy(count):
    what = "psycopg 3, COPY"
    connection = psycopg.connect("", autocommit=True)
    query = "SELECT g AS n, 'a, \"b\" ' || g AS t FROM generate_series(1, 10000) AS g"
    expected = oracle.copy_reference(connection, query)
    count.ok(what, oracle.by_copy(connection, query) == expected, "CSV")
    packed = oracle.by_copy(connection, query, compression="gzip")
    count.ok(what, gzip.decompress(packed) == expected, "gzip")
    lines = oracle.by_copy(connection, query, "jsonl").splitlines()
    count.ok(what, len(lines) == 10000 and lines[0] == b'{"n":1,"t":"a, \\"b\\" 1"}', "JSON Lines")
    artifact = connection.execute("SELECT export.run(%s)", (query,)).fetchone()[0]
    raw = oracle.copy_out(connection,
                          f"COPY (SELECT export.read('{artifact}')) TO STDOUT (FORMAT raw)")
    count.ok(what, raw == expected, "raw")
    broken = "SELECT 1 / (5000 - g) AS n FROM generate_series(1, 10000) AS g"
    state = sqlstate(oracle.by_copy, connection, broken)
    count.ok(what, state == "22012", f"an error in the middle: {state}")
    count.ok(what, oracle.by_copy(connection, query) == expected, "after an error")


def psycopg2_all(count):
    what = "psycopg2"
    connection = psycopg2.connect("")
    connection.autocommit = True

    def fetch(call, *arguments):
        with connection.cursor() as cursor:
            cursor.execute(call, arguments)
            return joined(cursor.fetchall())

    for number, day in [(12, datetime.date(2024, 2, 29)), ("12", "2024-02-29")]:
        count.ok(what, fetch(CALL, QUERY, number, 'a, "b"', day) == DOCUMENT, f"bound {day!r}")
    count.ok(what, fetch("SELECT export.stream(%s, 'csv', %s)", QUERY, ARGS) == DOCUMENT, "args")
    count.ok(what, fetch(CALL, QUERY, None, None, None) == b"n,t,d\n,,\n", "NULL")
    with connection.cursor() as cursor:
        cursor.execute("SELECT export.run(%s, 'csv', %s)", (QUERY, ARGS))
        artifact = cursor.fetchone()[0]
        count.ok(what, fetch("SELECT export.read(%s)", artifact) == DOCUMENT, "run and read")
        for document_format, statement in [
                ("csv", "COPY (SELECT 'ä, \"b\"' AS t) TO STDOUT (FORMAT export_csv)"),
                ("jsonl", "COPY (SELECT 'ä' AS t) TO STDOUT (FORMAT jsonl)")]:
            out = io.BytesIO()
            cursor.copy_expert(statement, out)
            expected = {"csv": 't\n"ä, ""b"""\n', "jsonl": '{"t":"ä"}\n'}[document_format]
            count.ok(what, out.getvalue().decode() == expected, f"COPY {document_format}")


def node_all(count):
    """drivers.mjs prints a line "ok …" or "not ok …" for each comparison."""
    what = "node-pg and pg-copy-streams"
    with tempfile.TemporaryDirectory(prefix="export_node") as name:
        folder = pathlib.Path(name)
        for file in ["package.json", "package-lock.json", "drivers.mjs"]:
            shutil.copy(HERE / file, folder / file)
        install = subprocess.run(
            ["npm", "ci", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=folder, capture_output=True, text=True, check=False)
        if install.returncode != 0:
            count.ok(what, False, f"npm ci: {install.stderr}")
            return
        run = subprocess.run(["node", "drivers.mjs"], cwd=folder, capture_output=True, text=True,
                             check=False, env={**os.environ, "NODE_NO_WARNINGS": "1"})
        lines = run.stdout.splitlines()
        for line in lines:
            if line.startswith(("ok ", "not ok ")):
                count.ok(what, line.startswith("ok "), line)
        count.ok(what, run.returncode == 0 and lines[-1:] == ["done"],
                 f"node ended with {run.returncode}: {run.stderr}")


def main():
    count = oracle.Count("drivers")
    psycopg3_binds(count)
    psycopg3_cursors(count)
    psycopg3_copy(count)
    psycopg2_all(count)
    node_all(count)
    count.finish()


main()
