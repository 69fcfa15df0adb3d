"""A workbook's cells are the values that went in, as openpyxl, xlsx2csv and LibreOffice read them.

One table of random rows of all types, written by xlsx_values.  openpyxl gives the values themselves,
LibreOffice what its reader sees, sums included: it calculates them anew.
"""
import csv
import datetime
import decimal
import io
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import zipfile
from xml.dom import minidom
from xml.parsers import expat

import openpyxl

import oracle

PROGRAM = pathlib.Path(os.environ.get("BUILD_DIR", "build"), "tests/oracle/xlsx_values")
CSV_AS_SHOWN = "csv:Text - txt - csv (StarCalc):44,34,76,1,,1033,false,true"
ROWS = 20000 if oracle.LONG else 3000
EPOCH = datetime.datetime(2000, 1, 1)
MICROSECOND = datetime.timedelta(microseconds=1)
D = decimal.Decimal
decimal.getcontext().prec = 100

# Without _xHHHH_, which openpyxl and xlsx2csv show as it is and LibreOffice reads with fewer digits.
ALPHABET = "abcXYZ 019 ,;'\"<>&\n\t=+-@éß漢字\U0001F600\u200d\ufffd"
TYPES = ["integer", "bigint", "numeric", "float", "text", "boolean", "date", "timestamp", "time",
         "interval"]


class Values:
    """Random values by type: what the program reads and what a reader must find."""

    def __init__(self, source):
        self.random = source

    def integer(self):
        return self.random.randint(-10**9, 10**9)

    def bigint(self):
        return self.random.choice([self.random.randint(-2**63, 2**63 - 1),
                                   self.random.randint(-10**15 + 1, 10**15 - 1),
                                   self.random.randint(-9, 9) * 10**self.random.randint(0, 18)])

    def numeric(self):
        digits = self.random.randint(0, 10**self.random.randint(1, 17))
        return D(digits).scaleb(-self.random.randint(0, 8)) * self.random.choice([1, -1])

    def float(self):
        return self.random.choice([self.random.uniform(-1e6, 1e6), self.random.random() * 1e-300,
                                   self.random.random() * 10.0**self.random.randint(-20, 20)])

    def text(self):
        return "".join(self.random.choices(ALPHABET, k=self.random.randint(0, 30)))

    def boolean(self):
        return self.random.random() < 0.5

    def date(self):
        return self.timestamp().date()

    def timestamp(self):
        seconds = self.random.randint(-3 * 10**9, 9 * 10**9)
        fraction = self.random.choice([0, self.random.randint(0, 999) * 1000])
        return EPOCH + datetime.timedelta(seconds=seconds, microseconds=fraction)

    def time(self):
        return (EPOCH + datetime.timedelta(seconds=self.random.randint(0, 86399))).time()

    def interval(self):
        return datetime.timedelta(seconds=self.random.randint(0, 10**self.random.randint(1, 6)))

    def value(self, kind):
        return None if self.random.random() < 0.05 else getattr(self, kind)()


def field(value):
    if value is None:
        return "\\N"
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, str):
        return value.encode().hex()
    if isinstance(value, datetime.datetime):
        return str((value - EPOCH) // MICROSECOND)
    if isinstance(value, datetime.date):
        return str((value - EPOCH.date()).days)
    if isinstance(value, datetime.time):
        return str((datetime.datetime.combine(EPOCH, value) - EPOCH) // MICROSECOND)
    if isinstance(value, datetime.timedelta):
        return str(value // MICROSECOND)
    return format(value, "f") if isinstance(value, D) else repr(value)


def write(rows, path):
    kinds = ["integer" if kind == "bigint" else kind for kind in TYPES]
    lines = ["\t".join(kinds)] + ["\t".join(map(field, row)) for row in rows]
    subprocess.run([PROGRAM, path], input="".join(f"{line}\n" for line in lines).encode(), check=True)


def is_exact(number):
    return len(format(abs(D(number)), "f").replace(".", "").strip("0")) <= 15


def number_or_text(value, digits):
    """What a cell holds of a number: itself, or its digits where a double has others."""
    return value if is_exact(value) else digits


def expected(kind, value):
    if value is None:
        return None
    if kind == "bigint":
        return number_or_text(value, str(value))
    if kind == "numeric":
        exact = number_or_text(value, format(value, "f"))
        return exact if isinstance(exact, str) else float(exact)
    if kind in ("date", "timestamp") and value.year < 1900:
        return str(value)
    if kind == "date":
        return datetime.datetime.combine(value, datetime.time())
    return value


def same(kind, found, value):
    if kind == "text":
        return (found or "") == (value or "")
    if kind == "interval" and isinstance(found, datetime.time):
        found = datetime.timedelta(hours=found.hour, minutes=found.minute, seconds=found.second)
    if kind == "timestamp" and isinstance(found, datetime.datetime):
        return abs(found - value) < datetime.timedelta(milliseconds=1)
    return found == value and isinstance(found, bool) == isinstance(value, bool)


def check_openpyxl(count, path, rows):
    sheet = openpyxl.load_workbook(path).active
    for number, row in enumerate(rows, 2):
        for column, (kind, value) in enumerate(zip(TYPES, row), 1):
            cell = sheet.cell(number, column)
            want = expected(kind, value)
            count.ok(f"openpyxl: {kind}", same(kind, cell.value, want),
                     f"row {number}: {cell.value!r}, not {want!r}")
    return sheet


def check_formats(count, sheet):
    wanted = {"date": "yyyy-mm-dd", "timestamp": "yyyy-mm-dd hh:mm:ss", "time": "hh:mm:ss",
              "interval": "[h]:mm:ss", "text": "General", "float": "General"}
    for column, kind in enumerate(TYPES, 1):
        if kind not in wanted:
            continue
        formats = {sheet.cell(row, column).number_format for row in range(2, sheet.max_row)
                   if sheet.cell(row, column).value is not None}
        count.ok("formats", formats <= {wanted[kind], "@"} and wanted[kind] in formats,
                 f"{kind}: {formats}")


def shown_by_libreoffice(path):
    folder = pathlib.Path(path).parent
    subprocess.run(["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless",
                    "--convert-to", CSV_AS_SHOWN, "--outdir", folder, path],
                   check=True, capture_output=True)
    return read_csv(pathlib.Path(path).with_suffix(".csv").read_text(encoding="utf-8"))


def read_csv(text):
    return list(csv.reader(io.StringIO(text, newline="")))


def check_libreoffice(count, rows, shown):
    for number, (row, texts) in enumerate(zip(rows, shown[1:]), 2):
        for kind, value, text in zip(TYPES, row, texts):
            if value is None:
                count.ok("LibreOffice: null", text == "", f"row {number}: {text!r}")
            elif kind == "text":
                count.ok("LibreOffice: text", text == value, f"row {number}: {text!r}, not {value!r}")
            elif kind == "timestamp" and value.year >= 1901 and value.microsecond == 0:
                # It cuts seconds off, now and then also from a double that is not less.
                cut = str(value - datetime.timedelta(seconds=1))
                what = "LibreOffice: timestamp" + (", a second less" if text == cut else "")
                count.ok(what, text in (str(value), cut), f"row {number}: {text}, {value}")
            elif kind == "interval":
                seconds = value // datetime.timedelta(seconds=1)
                want = f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
                count.ok("LibreOffice: interval", text == want, f"row {number}: {text}, not {want}")
            elif kind == "time":
                count.ok("LibreOffice: time", text == str(value), f"row {number}: {text}, {value}")


def check_sums(count, rows, shown):
    """LibreOffice adds up; ours is the exact sum."""
    total = shown[len(rows) + 1]
    for column, kind in enumerate(TYPES):
        if kind not in ("integer", "interval"):
            continue
        values = [row[column] for row in rows if row[column] is not None]
        if kind == "integer":
            count.ok("sums", total[column] == str(sum(values)), f"{total[column]}, not {sum(values)}")
        else:
            seconds = sum(values, datetime.timedelta()) // datetime.timedelta(seconds=1)
            want = f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
            count.ok("sums", total[column] == want, f"{total[column]}, not {want}")


def check_xlsx2csv(count, path, rows):
    done = subprocess.run(["xlsx2csv", path], check=True, capture_output=True)
    read = read_csv(done.stdout.decode())
    texts = TYPES.index("text")
    for row, found in zip(rows, read[1:]):
        count.ok("xlsx2csv: text", found[texts] == (row[texts] or ""),
                 f"{found[texts]!r}, not {row[texts]!r}")


def parse_xml(text):
    try:
        return bool(minidom.parseString(text).documentElement)
    except expat.ExpatError as error:
        raise ValueError(error) from error


def check_package(count, path):
    with zipfile.ZipFile(path) as archive:
        count.ok("archive", archive.testzip() is None)
        for name in archive.namelist():
            with archive.open(name) as part:
                well_formed = count.attempt("well-formed parts", name, parse_xml, part.read())
            count.ok("well-formed parts", well_formed)


def main():
    count = oracle.Count("Excel workbooks and their readers")
    for program in ("soffice", "xlsx2csv"):
        if not shutil.which(program):
            sys.exit(f"{program} is not installed")
    values = Values(random.Random(f"{oracle.SEED} xlsx"))
    rows = [[values.value(kind) for kind in TYPES] for _ in range(ROWS)]
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/values.xlsx"
        write(rows, path)
        check_package(count, path)
        check_formats(count, check_openpyxl(count, path, rows))
        check_xlsx2csv(count, path, rows)
        shown = shown_by_libreoffice(path)
        check_libreoffice(count, rows, shown)
        check_sums(count, rows, shown)
    count.finish()


main()
