"""An archive of several tables holds what each of them would be alone.

Python's zipfile and Info-ZIP read the archives; the server's COPY says what the CSV files are.
"""
import io
import shutil
import subprocess
import sys
import tempfile
import zipfile

import oracle
import values
from oracle import Json

DOCUMENTS = 60 if oracle.LONG else 12
ROWS = 200000


def make(connection, sections, document_format, options):
    return oracle.read_pieces(
        connection, "SELECT export.stream_document(%s::jsonb, %s::text, %s::jsonb)",
        (Json({"title": "Archive", "sections": sections}), document_format, Json(options)))


def check_archive(count, what, data, expected):
    """`expected` has the bytes by name, in order."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        count.ok(f"{what}: archive", archive.testzip() is None)
        count.ok(f"{what}: names", archive.namelist() == list(expected), f"{archive.namelist()}")
        for name, want in expected.items():
            found = archive.read(name) if name in archive.namelist() else None
            count.ok(f"{what}: files", found == want,
                     lambda: f"{name} {oracle.first_difference(found, want)}")
    with tempfile.NamedTemporaryFile(suffix=".zip") as file:
        file.write(data)
        file.flush()
        done = subprocess.run(["unzip", "-tq", file.name], capture_output=True, text=True)
        count.ok(f"{what}: unzip", done.returncode == 0, done.stdout + done.stderr)


def check_random(count, sessions):
    rng = oracle.seeded("archives")
    for _ in range(DOCUMENTS):
        tables = [values.RandomTable(rng, f"archived_{i}") for i in range(rng.randint(1, 5))]
        for table in tables:
            table.create(sessions.reference)
        options = sessions.next()
        oracle.change_settings(sessions.ours, {"client_encoding": "UTF8"})
        queries = [f"SELECT * FROM {table.name}" for table in tables]
        sections = [{"name": f"Größe {i}", "query": query} for i, query in enumerate(queries)]
        data = make(sessions.ours, sections, "csv", {**options, "container": "zip"})
        check_archive(count, "csv", data,
                      {f"Größe {i}.csv": oracle.copy_reference(sessions.reference, query)
                       for i, query in enumerate(queries)})
        options = {**options, "duplicate_names": "suffix"}
        data = make(sessions.ours, sections, "jsonl", {**options, "container": "zip"})
        check_archive(count, "jsonl", data,
                      {f"Größe {i}.jsonl": oracle.by_stream(sessions.ours, query, "jsonl", **options)
                       for i, query in enumerate(queries)})


def check_large(count, sessions):
    query = f"SELECT g AS n, md5(g::text) AS hash FROM generate_series(1, {ROWS}) g"
    for way in (oracle.by_stream, oracle.by_run):
        data = way(sessions.ours, query, "csv", container="zip", title="Large")
        check_archive(count, "large", data,
                      {"Large.csv": oracle.copy_reference(sessions.reference, query)})
    data = oracle.copy_out(sessions.ours, f"COPY ({query}) TO STDOUT "
                           "(FORMAT export_csv, container zip, title 'Large')")
    check_archive(count, "COPY", data,
                  {"Large.csv": oracle.copy_reference(sessions.reference, query)})


def main():
    count = oracle.Count("archives of tables")
    if not shutil.which("unzip"):
        sys.exit("unzip is not installed")
    sessions = oracle.Sessions()
    sessions.reference.execute(values.MADE_TYPES)
    check_random(count, sessions)
    check_large(count, sessions)
    count.finish()


main()
