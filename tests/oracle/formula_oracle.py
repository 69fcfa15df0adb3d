"""A formula shows the same in a workbook and as SQL.

Random formulas over a table with empty values: the workbook's form computed by LibreOffice, the SQL
form by the server.
"""
import csv
import decimal
import io
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import openpyxl

import oracle

PROGRAM = pathlib.Path(os.environ.get("BUILD_DIR", "build"), "tests/oracle/formula_values")
FORMULAS = 6000 if oracle.LONG else 800
ROWS = [(n and decimal.Decimal(n), m and decimal.Decimal(m), t, u, b) for n, m, t, u, b in [
    ("12.5", "4", "ab", "AB", True), ("-3", "0", "x", None, False), (None, "2.25", None, "x", None),
    ("0", None, "Zürich", "zürich", True), ("1000000", "-7", "a b", "a b", False),
    (None, None, None, None, None), ("0.1", "0.2", "", "5", True)]]
ORDERS = ["<", "<=", ">", ">=", "=", "<>"]


class Source:
    """Formulas of a type."""

    def __init__(self, rng):
        self.rng = rng

    def make(self, kind, depth):
        return self.rng.choice(getattr(self, kind)(depth) if depth > 0 else self.leaf(kind))()

    def leaf(self, kind):
        rng = self.rng
        return {
            "number": [lambda: "[n]", lambda: "[m]", lambda: "total([n])", lambda: "total([m])",
                       lambda: str(rng.randint(0, 20)), lambda: f"{rng.randint(0, 999)}.25"],
            "text": [lambda: "[t]", lambda: "[u]", lambda: '"x"', lambda: "'Ab'", lambda: '""'],
            "boolean": [lambda: "[b]", lambda: "TRUE", lambda: "false"],
        }[kind]

    def number(self, depth):
        def of(kind="number"):
            return self.make(kind, depth - 1)
        rng = self.rng
        return self.leaf("number") + [
            lambda: f"({of()} + {of()})", lambda: f"({of()} - {of()})",
            lambda: f"({of()} * {of()})", lambda: f"({of()} / {of()})",
            lambda: f"{of()} / {of()}", lambda: f"-({of()})", lambda: f"({of()})%",
            lambda: f"({of()})^{rng.randint(1, 3)}", lambda: f"ABS({of()})",
            lambda: f"ROUND({of()}, {rng.randint(-2, 4)})", lambda: f"INT({of()})",
            lambda: f"MOD({rng.choice(['[n]', '[m]', '7', 'INT([n])'])}, "
                    f"{rng.choice(['[m]', '3', '-4', 'total([m])'])})",
            lambda: f"MIN({of()}, {of()})", lambda: "MAX([n], [m])", lambda: "MIN([m], [n])",
            lambda: f"MAX([n], {of()}, {of()})", lambda: f"SUM([n], {of()}, {of()})",
            lambda: f"IF({of('boolean')}, {of()}, {of()})", lambda: f"COALESCE([m], {of()})",
            lambda: f"LEN({of('text')})"]

    def text(self, depth):
        def of(kind="text"):
            return self.make(kind, depth - 1)
        return self.leaf("text") + [
            lambda: f"({of()} & {of()})", lambda: f"UPPER({of()})", lambda: f"LOWER({of()})",
            lambda: f"IF({of('boolean')}, {of()}, {of()})", lambda: f"COALESCE([t], {of()})"]

    def boolean(self, depth):
        def of(kind="boolean"):
            return self.make(kind, depth - 1)
        rng = self.rng
        return self.leaf("boolean") + [
            lambda: f"{of('number')} {rng.choice(ORDERS)} {of('number')}",
            lambda: f"({of('text')} {rng.choice(['=', '<>'])} {of('text')})",
            lambda: f"({of()} {rng.choice(['=', '<>'])} ({of()}))", lambda: f"NOT({of()})",
            lambda: f"AND({of()}, {of()})", lambda: f"OR({of()}, {of()})",
            lambda: f"IF({of()}, {of()}, {of()})"]


def both_forms(cases):
    lines = "".join(f"{row + 2}\t{text}\n" for row, _, text in cases)
    done = subprocess.run([PROGRAM], input=lines.encode(), capture_output=True)
    assert done.returncode == 0, done.stderr
    return [line.split("\t") for line in done.stdout.decode().splitlines()]


def by_workbook(formulas):
    book = openpyxl.Workbook()
    data = book.active
    data.title = "data"
    data.append(["n", "m", "t", "u", "b"])
    for row in ROWS:
        data.append(row)
    # openpyxl leaves out empty texts.
    data.cell(len(ROWS) + 1, 3).value = '=""'
    results = book.create_sheet("results")
    for number, formula in enumerate(formulas, 1):
        results.cell(number, 1).value = "=" + formula
        results.cell(number, 2).value = "end"
    with tempfile.TemporaryDirectory() as folder:
        book.save(f"{folder}/formulas.xlsx")
        subprocess.run(["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless",
                        "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1,,1033,false,"
                        "false,false,false,false,2", "--outdir", folder,
                        f"{folder}/formulas.xlsx"], check=True, capture_output=True)
        found = list(pathlib.Path(folder).glob("*.csv"))
        text = found[0].read_text(encoding="utf-8")
    return [row[0] for row in csv.reader(io.StringIO(text))]


def by_server(connection, cases, forms):
    connection.execute(
        "CREATE TEMP TABLE data (i int, n numeric, m numeric, t text, u text, b bool)")
    for number, row in enumerate(ROWS):
        connection.execute("INSERT INTO data VALUES (%s, %s, %s, %s, %s, %s)", (number, *row))
    for (row, _, _), (_, form) in zip(cases, forms):
        rows = connection.execute(f"SELECT {form} FROM data ORDER BY i").fetchall()
        yield rows[row][0]


def same(kind, server, workbook):
    if server is None:
        return workbook == ""
    if kind == "boolean":
        return workbook == str(server).upper()
    if kind == "text":
        return workbook == server
    try:
        # LibreOffice shows a percentage as one.
        percent = workbook.endswith("%")
        value = decimal.Decimal(workbook.rstrip("%")) / (100 if percent else 1)
    except decimal.InvalidOperation:
        return False
    # A workbook computes with doubles.
    return abs(value - server) <= max(abs(server), 1) * decimal.Decimal("1e-9")


def main():
    count = oracle.Count("formulas in a workbook and in SQL")
    if not shutil.which("soffice"):
        sys.exit("soffice is not installed (package libreoffice-calc-nogui)")
    rng = oracle.seeded("formulas")
    source = Source(rng)
    cases = []
    for number in range(FORMULAS):
        kind = rng.choice(["number", "number", "number", "text", "boolean"])
        cases.append((number % len(ROWS), kind, source.make(kind, rng.randint(1, 4))))
    forms = both_forms(cases)
    shown = by_workbook([workbook for workbook, _ in forms])
    connection = oracle.connect(oracle.REFERENCE_SETTINGS)
    for case, form, text, value in zip(cases, forms, shown, by_server(connection, cases, forms)):
        count.ok(f"formulas of type {case[1]}", same(case[1], value, text),
                 lambda: f"{case}\n  {form[0]}: {text!r}\n  {form[1]}: {value!r}")
    count.finish()


main()
