#!/usr/bin/python3
"""Compares Excel and PDF documents with what libraries make of the same values, and writes
bench/RESULTS-documents.md.

Excel: the 12 columns of `time_entries`.  PDF: 8 columns of it.  The peers have no database: their
rows are in memory before their clock starts.  Every figure is the median of interleaved rounds; the
slow peers write fewer rows, beside ours of the same rows.  It never fails because of a time.
"""

import argparse
import contextlib
import os
import pathlib
import shutil
import statistics
import subprocess
import tempfile

from machine import machine, npm_package
from report import MIB, table_lines, verdict
from server import EXPORT_SETTINGS, SETTINGS, Backend, Server, anonymous_peak

HERE = pathlib.Path(__file__).resolve().parent
PEERS = HERE / "peers"
BACKEND_CORE, CLIENT_CORE = 0, 1
FONT = "/usr/share/fonts/truetype/liberation2/LiberationSans-Regular.ttf"

KINDS = "nnnsssti nnbs".replace(" ", "")
PDF_COLUMNS = "id, person_id, project_id, task, started_at::date AS day, hours, rate, billable"


def excel_query(rows):
    return f"SELECT * FROM bench.time_entries WHERE id <= {rows}"


def pdf_query(rows):
    return f"SELECT {PDF_COLUMNS} FROM bench.time_entries WHERE id <= {rows}"


class Contest:
    """Ways of writing one document, run in turn."""

    def __init__(self, title, rows):
        self.title = title
        self.rows = rows
        self.ways = {}     # name -> function(path) that writes the document, returns seconds
        self.seconds = {}  # name -> of each round
        self.bytes = {}    # name -> of its document

    def run(self, folder, rounds):
        for number in range(rounds + 1):  # the first warms up
            for name, write in self.ways.items():
                path = folder / "document"
                seconds = write(path)
                if number > 0:
                    self.seconds.setdefault(name, []).append(seconds)
                self.bytes[name] = path.stat().st_size
                path.unlink()
            print(f"{self.title}: round {number} of {rounds}", flush=True)

    def median(self, name):
        return statistics.median(self.seconds[name])


class Ours:
    """COPY to a file, by a backend on a core of its own."""

    def __init__(self, server):
        self._connection = server.connect()
        self._backend = Backend(self._connection.info.backend_pid, BACKEND_CORE)

    def way(self, query, form):
        def write(path):
            statement = f"COPY ({query}) TO '{path}' WITH (FORMAT {form})"
            cursor = self._connection.cursor()
            return self._backend.measure(lambda: cursor.execute(statement))[0]
        return write

    def close(self):
        self._connection.close()


def peer(*command):
    """A program that writes the document given as `{}` and prints its seconds."""
    def write(path):
        words = [str(path) if word == "{}" else str(word) for word in command]
        result = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True,
                                preexec_fn=lambda: os.sched_setaffinity(0, {BACKEND_CORE}))
        return float(result.stdout)
    return write


def compile_peer(name, library, folder):
    target = folder / name
    subprocess.run(["cc", "-O2", PEERS / f"{name}.c", "-o", target, f"-l{library}"], check=True)
    return target


def write_source(server, query, options, path):
    with contextlib.closing(server.connect()) as connection:
        cursor = connection.cursor()
        cursor.execute("SET IntervalStyle = 'postgres'")
        cursor.execute(f"COPY ({query}) TO '{path}' WITH ({options})")


def excel_contests(server, ours, programs, modules, counts):
    source = {}
    for rows in counts:
        source[rows] = server.output / f"time_entries_{rows}"
        write_source(server, excel_query(rows), "FORMAT text", source[rows])
    many, few = counts
    fast = Contest("Excel", many)
    fast.ways["export"] = ours.way(excel_query(many), "xlsx")
    fast.ways["libxlsxwriter, constant memory"] = peer(
        compile_peer("xlsx_loop", "xlsxwriter", programs), KINDS, source[many], "{}",
        server.output)
    slow = Contest("Excel", few)
    slow.ways["export"] = ours.way(excel_query(few), "xlsx")
    slow.ways["XlsxWriter, constant memory"] = peer(
        "/usr/bin/python3", PEERS / "xlsxwriter_loop.py", KINDS, source[few], "{}")
    slow.ways["openpyxl, write-only"] = peer(
        "/usr/bin/python3", PEERS / "openpyxl_loop.py", KINDS, source[few], "{}")
    if modules:
        slow.ways["exceljs, streaming"] = peer(
            "node", "--max-old-space-size=8192", PEERS / "exceljs_loop.mjs", modules, KINDS,
            source[few], "{}")
    return [fast, slow]


def pdf_contest(server, ours, programs, rows):
    source = server.output / "rows.csv"
    write_source(server, pdf_query(rows), "FORMAT csv", source)
    contest = Contest("PDF", rows)
    contest.ways["export"] = ours.way(pdf_query(rows), "pdf")
    contest.ways["libharu, bare loop"] = peer(
        compile_peer("pdf_loop", "hpdf", programs), source, "{}", FONT)
    contest.ways["reportlab, LongTable in chunks"] = peer(
        "/usr/bin/python3", PEERS / "reportlab_loop.py", source, "{}", FONT)
    return contest


# (title, peer, least ratio of its time to ours, most ratio of our bytes to its)
FLOORS = {
    ("Excel", "libxlsxwriter, constant memory"): (8, 1.3),
    ("PDF", "reportlab, LongTable in chunks"): (6, None),
    ("PDF", "libharu, bare loop"): (1 / 1.3, None),
}


def ratio_rows(contests):
    for contest in contests:
        for name in contest.seconds:
            if name == "export":
                continue
            time_floor, size_limit = FLOORS.get((contest.title, name), (None, None))
            speed = contest.median(name) / contest.median("export")
            size = contest.bytes["export"] / contest.bytes[name]
            yield (contest.title, f"{contest.rows:,}", name, f"{speed:.2f}",
                   verdict(speed, time_floor and round(time_floor, 2)), f"{size:.2f}",
                   verdict(size, size_limit, at_most=True))


def time_rows(contests):
    for contest in contests:
        for name, seconds in contest.seconds.items():
            yield (contest.title, f"{contest.rows:,}", name, f"{contest.median(name):.3f}",
                   f"{min(seconds):.3f}", f"{max(seconds):.3f}", f"{contest.bytes[name] / 1e6:.1f}")


def memory_rows(server, counts):
    for title, form, query, (few, many) in counts:
        peaks = [anonymous_peak(server, f"COPY ({query(rows)}) TO '/dev/null' WITH (FORMAT {form})",
                                BACKEND_CORE) for rows in (few, many)]
        growth = (peaks[1] - peaks[0]) / MIB
        yield (title, f"{few:,}", f"{peaks[0] / MIB:.1f}", f"{many:,}", f"{peaks[1] / MIB:.1f}",
               f"{growth:.1f}", verdict(growth, 8, at_most=True))


def render(facts, contests, memory):
    lines = ["# Results for Excel and PDF", "",
             "Made by `bench/documents.py`. Ours is one COPY of a query to a file; a peer is a loop",
             "over values that are in memory before its clock starts. Both run on one and the same",
             "core, in turn. A ratio of times above 1 means that ours is faster.", ""]
    lines += [f"- {name}: {value}" for name, value in facts.items()]
    lines += ["- Server: " + ", ".join(f"{name} = {value or 'none'}"
                                       for name, value in (SETTINGS | EXPORT_SETTINGS).items()), ""]
    lines += ["## Ratios", ""]
    lines += table_lines(("document", "rows", "peer", "its time / ours", "at least",
                          "our bytes / its", "at most"), ratio_rows(contests))
    lines += ["## Memory", "", "Peak of the backend's anonymous memory in MiB, each in a new backend.",
              ""]
    lines += table_lines(("document", "rows", "MiB", "rows", "MiB", "difference", "at most"), memory)
    lines += ["## Times", ""]
    lines += table_lines(("document", "rows", "way", "median s", "min", "max", "MB"),
                         time_rows(contests))
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--slow-rounds", type=int, default=3, help="of the slow peers for Excel")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the rows, e.g. 0.01")
    parser.add_argument("--output", default=HERE / "RESULTS-documents.md", type=pathlib.Path)
    arguments = parser.parse_args()
    many, few, pdf = (int(rows * arguments.scale) for rows in (1_000_000, 200_000, 100_000))
    os.sched_setaffinity(0, {CLIENT_CORE})
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(tempfile.mkdtemp(prefix="export_bench_"))
        stack.callback(shutil.rmtree, folder)
        programs = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        modules, exceljs = npm_package(programs / "npm", "exceljs")
        server = Server(folder)
        server.start()
        stack.callback(server.stop)
        server.psql(HERE / "datasets.sql", time_entries=many, narrow_ints=0, floats=0, lineitem=0,
                    wide=0)
        with contextlib.closing(server.connect()) as connection:
            connection.cursor().execute("CREATE EXTENSION export")
        ours = Ours(server)
        stack.callback(ours.close)
        excel, slow = excel_contests(server, ours, programs, modules, (many, few))
        pages = pdf_contest(server, ours, programs, pdf)
        excel.run(server.output, arguments.rounds)
        slow.run(server.output, arguments.slow_rounds)
        pages.run(server.output, arguments.rounds)
        contests = [excel, slow, pages]
        facts = machine(server) | {
            "exceljs": exceljs, "Rounds": f"{arguments.rounds}, {arguments.slow_rounds} of slow peers"}
        memory = list(memory_rows(server, [("Excel", "xlsx", excel_query, (many // 100, many)),
                                           ("PDF", "pdf", pdf_query, (pdf // 10, pdf))]))
    text = render(facts, contests, memory)
    arguments.output.write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
