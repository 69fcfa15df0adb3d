#!/usr/bin/python3
"""Compares export with its peers on the five data sets and writes bench/RESULTS.md.

Every figure is the median of interleaved rounds: in each round every way of writing a table runs
once, ours and the peers' in turn, so that what disturbs the machine disturbs all.  Needs PostgreSQL
15, python3-psycopg2 and two cores; ours is measured if the extension is installed.  It never fails
because of a time.
"""

import argparse
import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

import report
from machine import machine, npm_package
from server import Backend, Discarder, Server, anonymous_peak, extension_installed

HERE = pathlib.Path(__file__).resolve().parent
ROWS = {"time_entries": 1_000_000, "narrow_ints": 2_000_000, "floats": 1_000_000,
        "lineitem": 600_000, "wide": 150_000}
BACKEND_CORE, CLIENT_CORE = 0, 1

SOURCES = {
    "COPY csv": ("bench.{table}", "FORMAT csv, HEADER"),
    "export csv": ("bench.{table}", "FORMAT export_csv"),
    "row_to_json": ("(SELECT row_to_json(t) FROM bench.{table} AS t)", ""),
    "export jsonl": ("bench.{table}", "FORMAT jsonl"),
}


# The same with export.audit_digest = all, the default: the digest of every byte for the audit.
DIGEST = ", digest"


def copy_statement(way, table, target):
    source, options = SOURCES[way]
    return f"COPY {source.format(table=table)} TO {target} {f'WITH ({options})' if options else ''}"


class DuckDbWriter:
    """DuckDB writing CSV from its own copy of a table, as a process that waits for its turn."""

    TYPES = {"integer": "INTEGER", "bigint": "BIGINT", "double precision": "DOUBLE",
             "boolean": "BOOLEAN", "date": "DATE", "interval": "INTERVAL",
             # With time zone it would need an extension that the package does not contain.
             "timestamp with time zone": "TIMESTAMP"}

    def __init__(self, modules, cursor, table, folder, cores):
        cursor.execute("""SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
                          WHERE attrelid = %s::regclass AND attnum > 0 ORDER BY attnum""",
                       (f"bench.{table}",))
        columns = {name: self._type(sql_type) for name, sql_type in cursor.fetchall()}
        source = folder / f"{table}.source.csv"
        cursor.execute(copy_statement("COPY csv", table, f"'{source}'"))
        self.target = folder / f"{table}.duckdb.csv"
        self._process = subprocess.Popen(
            ["node", HERE / "duckdb_writer.mjs", modules, source, json.dumps(columns), self.target,
             str(len(cores))],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            preexec_fn=lambda: os.sched_setaffinity(0, cores))
        loaded = self._process.stdout.readline()
        source.unlink()
        if loaded != "loaded\n":
            raise RuntimeError("DuckDB could not load the table")

    def _type(self, sql_type):
        if sql_type.startswith("numeric"):
            return sql_type.replace("numeric", "DECIMAL")
        return self.TYPES.get(sql_type, "VARCHAR")

    def seconds(self):
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())

    def close(self):
        self._process.stdin.close()
        self._process.wait()


class TableBench:
    """All ways of writing one table, and what each round of them measured."""

    def __init__(self, server, table, ways):
        self.table = table
        self.server = server
        self.samples = {}  # (target, way) -> list of (wall, cpu, peak)
        self.bytes = {}    # (target, way) -> bytes written
        self.stored = None  # (document bytes, stored bytes)
        self.ways = ways
        self._connection = server.connect()
        self._cursor = self._connection.cursor()
        self._backend = Backend(self._connection.info.backend_pid, BACKEND_CORE)
        self._discarder = Discarder(server)
        self._stream_backend = Backend(self._discarder.pid, BACKEND_CORE)
        self.duckdb = {}

    def add_duckdb(self, modules):
        for name, cores in (("DuckDB csv, 1 core", {BACKEND_CORE}),
                            ("DuckDB csv, 2 cores", {BACKEND_CORE, CLIENT_CORE})):
            self.duckdb[name] = DuckDbWriter(modules, self._cursor, self.table,
                                             self.server.output, cores)

    def round(self):
        for way in self.ways:
            self._to_file(way)
            self._to_null(way)
            self._to_client(way)
            if way.startswith("export"):
                self._to_file_with_digest(way)
        if "export csv" in self.ways:
            self._to_store()
        for name, writer in self.duckdb.items():
            self._keep("file", name, (writer.seconds(), None, None))
            self.bytes["file", name] = writer.target.stat().st_size
            writer.target.unlink()

    def forget_samples(self):
        self.samples.clear()

    def close(self):
        for writer in self.duckdb.values():
            writer.close()
        self._discarder.close()
        self._connection.close()

    def _keep(self, target, way, sample):
        self.samples.setdefault((target, way), []).append(sample)

    def _to_file_with_digest(self, way):
        self._cursor.execute("SET export.audit_digest = 'all'")
        self._to_file(way, DIGEST)
        self._cursor.execute("RESET export.audit_digest")

    def _to_file(self, way, suffix=""):
        # A new file each time: freeing the pages of the last one is not part of writing.
        path = self.server.output / "document"
        statement = copy_statement(way, self.table, f"'{path}'")
        self._keep("file", way + suffix,
                   self._backend.measure(lambda: self._cursor.execute(statement)))
        self.bytes["file", way + suffix] = path.stat().st_size
        path.unlink()

    def _to_null(self, way):
        statement = copy_statement(way, self.table, "'/dev/null'")
        self._keep("null", way, self._backend.measure(lambda: self._cursor.execute(statement)))

    def _to_client(self, way):
        statement = copy_statement(way, self.table, "STDOUT")
        self._keep("client", way,
                   self._stream_backend.measure(lambda: self._discarder.execute(statement)))

    def _to_store(self):
        query = f"SELECT export.run('SELECT * FROM bench.{self.table}', 'csv')"
        sample = self._backend.measure(lambda: self._cursor.execute(query))
        self._keep("store", "export csv", sample)
        artifact = self._cursor.fetchone()[0]
        self._cursor.execute("SELECT bytes, stored_bytes FROM export.artifacts WHERE id = %s",
                             (artifact,))
        self.stored = self._cursor.fetchone()
        self._cursor.execute("SELECT export.drop_artifact(%s)", (artifact,))


def memory_flatness(server, scale):
    """Peaks of the backend's anonymous memory for a hundredfold number of rows."""
    counts = (int(100_000 * scale), int(10_000_000 * scale))
    # A set-returning function in the target list streams; in FROM it would fill a temporary file.
    query = ("SELECT i, 'row ' || i || ' of a long document' AS text "
             "FROM (SELECT generate_series(1, {}) AS i) AS s")
    statements = {"COPY csv": f"COPY ({query}) TO '/dev/null' WITH (FORMAT csv)"}
    if extension_installed():
        statements |= {
            "export csv": f"COPY ({query}) TO '/dev/null' WITH (FORMAT export_csv)",
            "export jsonl": f"COPY ({query}) TO '/dev/null' WITH (FORMAT jsonl)",
            "export.run": "SELECT export.run($q$" + query + "$q$, 'csv')",
        }
    return counts, {way: [anonymous_peak(server, statement.format(count), BACKEND_CORE) for count in counts]
                    for way, statement in statements.items()}


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the rows, e.g. 0.01")
    parser.add_argument("--only", default=",".join(ROWS), help="data sets, separated by commas")
    parser.add_argument("--duckdb", action="store_true", help="install its npm package, compare")
    parser.add_argument("--cluster", help="keep the server's folder here and use it again")
    parser.add_argument("--output", default=HERE / "RESULTS.md", type=pathlib.Path)
    arguments = parser.parse_args()
    arguments.only = arguments.only.split(",")
    if unknown := set(arguments.only) - set(ROWS):
        parser.error(f"no such data set: {', '.join(sorted(unknown))}")
    return arguments


def load(server, scale):
    rows = {table: int(count * scale) for table, count in ROWS.items()}
    marker = server.folder / "loaded.json"
    if not marker.exists() or json.loads(marker.read_text()) != rows:
        server.psql(HERE / "datasets.sql", **rows)
        marker.write_text(json.dumps(rows))
    if extension_installed():
        with contextlib.closing(server.connect()) as connection, connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS export")
    return rows


def measure_table(server, table, rounds, modules):
    ways = [way for way in SOURCES if extension_installed() or not way.startswith("export")]
    bench = TableBench(server, table, ways)
    try:
        if modules:
            bench.add_duckdb(modules)
        bench.round()  # warms the caches and touches all shared buffers
        bench.forget_samples()
        for number in range(rounds):
            bench.round()
            print(f"{table}: round {number + 1} of {rounds}", flush=True)
    finally:
        bench.close()
    return bench


def main():
    arguments = parse_arguments()
    os.sched_setaffinity(0, {CLIENT_CORE})
    folder = pathlib.Path(arguments.cluster or tempfile.mkdtemp(prefix="export_bench_"))
    folder.mkdir(mode=0o700, exist_ok=True)
    with contextlib.ExitStack() as stack:
        if not arguments.cluster:
            stack.callback(shutil.rmtree, folder)
        modules, duckdb = None, "left out, needs --duckdb"
        if arguments.duckdb:
            modules, duckdb = npm_package(stack.enter_context(tempfile.TemporaryDirectory()),
                                          "@duckdb/node-api")
        server = Server(folder)
        server.start()
        stack.callback(server.stop)
        rows = load(server, arguments.scale)
        facts = machine(server) | {
            "DuckDB": duckdb, "Rounds": arguments.rounds, "Scale": arguments.scale,
            "Extension": "installed" if extension_installed() else "not installed: peers only"}
        benches = [measure_table(server, table, arguments.rounds, modules)
                   for table in arguments.only]
        flatness = memory_flatness(server, arguments.scale)
    text = report.render(facts, rows, benches, flatness)
    arguments.output.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
