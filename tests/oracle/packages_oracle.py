"""The package index of the machine, as the demo loads it: CSV is what COPY writes, JSON what
to_jsonb says, by every way a document can take."""
import pathlib
import subprocess
import sys

import oracle
from expectation import Expectation, problem
from oracle import WAYS, compare_csv

DPKG_STATUS = "/var/lib/dpkg/status"
AS_CSV = pathlib.Path(__file__).resolve().parents[2] / "demo" / "packages_to_csv.py"


def package_index():
    """What apt knows, or, where it has no lists, what is installed."""
    available = subprocess.run(["apt-cache", "dumpavail"], stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, check=False).stdout
    return available or pathlib.Path(DPKG_STATUS).read_bytes()


def load(connection):
    connection.execute("""CREATE TABLE package (
        name text, version text, architecture text, section text, priority text,
        installed_kib bigint, download_bytes bigint, depends text[], description text)""")
    csv = subprocess.run([sys.executable, AS_CSV], input=package_index(), stdout=subprocess.PIPE,
                         check=True).stdout
    with connection.cursor().copy("COPY package FROM STDIN WITH (FORMAT csv)") as copy:
        copy.write(csv)


def main():
    count = oracle.Count("package index")
    ours = oracle.connect(oracle.HOSTILE_SETTINGS[0])
    reference = oracle.connect(oracle.REFERENCE_SETTINGS)
    load(reference)
    rows = reference.execute("SELECT count(*) FROM package").fetchone()[0]
    print(f"  packages: {rows}")
    count.ok("packages", rows > 100, f"only {rows} packages")
    order = "ORDER BY name, version, architecture"
    for query in ("SELECT * FROM package", f"SELECT * FROM package {order}",
                  "SELECT section, count(*), sum(installed_kib), array_agg(name ORDER BY name) "
                  "FROM package GROUP BY section ORDER BY section"):
        compare_csv(count, "CSV documents", ours, reference, query)
    names, expected = Expectation(reference).rows("SELECT * FROM package", "package", order)
    for document_format in ("jsonl", "json"):
        for way, make in WAYS.items():
            document = make(ours, f"SELECT * FROM package {order}", document_format)
            found = problem(document, document_format, names, expected)
            count.ok("JSON documents", not found, f"{document_format} by {way}: {found}")
    count.finish()


main()
