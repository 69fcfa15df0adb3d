#!/usr/bin/env python3
"""Compares the tables of docs/options.md with export.formats() of a server.

    check_options_doc.py            needs psql and PGHOST, PGPORT, PGUSER, PGDATABASE

Run by hand when an option changes.  A table that differs is printed as it should be.
"""

import csv
import io
import pathlib
import subprocess
import sys

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "options.md"
HEAD = ["| option | type | default | meaning |", "|---|---|---|---|"]
QUERY = """COPY (SELECT format, option, type, default_value, array_to_string(choices, ', '), meaning
                 FROM export.formats()) TO STDOUT (FORMAT csv)"""


def options_by_format():
    """Format -> the lines of its table, in the order of export.formats()."""
    answer = subprocess.run(["psql", "-XAtqc", QUERY], check=True, capture_output=True, text=True)
    formats = {}
    for name, option, kind, default, choices, meaning in csv.reader(io.StringIO(answer.stdout)):
        kind = f"{kind}: {choices}" if choices else kind
        cells = [f"`{option}`", kind, f"`{default}`" if default else "", meaning]
        formats.setdefault(name, []).append("| " + " | ".join(cells) + " |")
    return formats


def tables_of(page):
    """Heading -> the lines of the table below it."""
    tables, heading = {}, None
    for line in page.splitlines():
        if line.startswith("## "):
            heading = line[3:]
        elif line.startswith("|"):
            tables.setdefault(heading, []).append(line)
    return tables


def main():
    formats = options_by_format()
    common = [line for line in formats["csv"] if all(line in lines for lines in formats.values())]
    expected = {"Every format": common}
    for name, lines in formats.items():
        expected[name] = [line for line in lines if line not in common]
    found = tables_of(PAGE.read_text(encoding="utf-8"))
    wrong = {name: lines for name, lines in expected.items() if found.get(name) != HEAD + lines}
    for name, lines in wrong.items():
        print(f"docs/options.md: the table of \"{name}\" should be\n", *HEAD, *lines, sep="\n", end="\n\n")
    print(f"{len(expected) - len(wrong)} passed, {len(wrong)} failed")
    sys.exit(bool(wrong))


main()
