"""Values under format codes look as LibreOffice shows them.

One workbook by openpyxl, a cell per code and value, converted to CSV as shown.  Where we differ on
purpose, a function below says what we show and why.  With --write-golden the cases of the unit test
are written anew.
"""
import csv
import datetime
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

GOLDEN = pathlib.Path(__file__).parents[1] / "golden/format_code/cases.tsv"
PROGRAM = pathlib.Path(os.environ.get("BUILD_DIR", "build"), "tests/oracle/format_code_values")
CSV_AS_SHOWN = "csv:Text - txt - csv (StarCalc):44,34,76,1,,1033,false,true"
EPOCH = datetime.datetime(2000, 1, 1)
D = decimal.Decimal

NUMBERS = [0, 1, -1, 5, 12, -12, 999, 1000, -1234567, 123456789, 0.5, -0.5, 1.5, 2.5, 0.05, 1.005,
           -1.005, 0.125, 1234.5678, -1234.5678, 0.001, -0.001, 0.99, 0.995, 0.999, 99.995,
           1e-7, 123456789.987654321]
NUMBER_CODES = [
    "0", "00000", "0.0", "0.00", "0.000", "#", "#.#", "0.#", "0.0#", "0.##", "#.00", ".00",
    "#,##0", "#,##0.00", "#,###", "#,##0.0#", "0,000", "0000,000", "000-00-0000",
    "0%", "0.0%", "0.00%",
    "#,##0.0%", "0,", "0.0,", "0.00,,", "#,##0,", "0.00E+00", "0.0E+0", "0E+00", "0.00E-00",
    "##0.0E+0", "$#,##0.00", '#,##0.00 "€"', "#,##0.00\\ \\€", "[$€-407]#,##0.00", "#,##0.00 €",
    '"x"0"y"', "0.00;(0.00)", '0.00;-0.00;"zero"', '0;(0);"-"',
    "#,##0_);(#,##0)", "#,##0.00_);[Red](#,##0.00)", '0;;"z"', '0;"neg"', "+0;-0;0",
    '[>=100]"big "0;"small "0', '[<0]"minus "0;0.0', '[>100]0.0;[<-100]0.00;0.000',
    '[=0]"none";0.0', '[<=-5]"low "0;0.0', '[>=100]0;0.0;0.00', "??0.00", "0.0??", "#,##0.???",
    "# ??0", "General", 'General" pcs"', "@", '0" h"', "(0)", "0!", "~0", "{0}", "0 \"min\"",
    "*-0", "0*x", "_-0", "0.00_-", "0%%", "[Blue]0", "[Color10]0.0", "0.", "#,", "0.0\"a\"0",
    "0\"a\"0", "# ##0",
]
MOMENTS = [datetime.datetime(2024, 2, 29, 13, 5, 9), datetime.datetime(1999, 12, 31, 0, 0, 0),
           datetime.datetime(2026, 7, 4, 23, 59, 59), datetime.datetime(2030, 11, 10, 12, 0, 30),
           datetime.datetime(2024, 9, 1, 0, 30, 0, 250000)]
MOMENT_CODES = [
    "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss", "dd.mm.yyyy", "d/m/yy", "mm/dd/yyyy", "m/d/yyyy h:mm",
    "mmm d, yyyy", "mmmm d, yyyy", "d mmm yy", "dddd, d mmmm yyyy", "ddd dd", "mmmmm", "yy", "yyyy",
    "m", "mm", "mmm-yy", "h", "hh", "h:mm", "hh:mm", "h:mm:ss", "mm:ss", "h AM/PM", "h:mm AM/PM",
    "hh:mm:ss AM/PM", "h:mm A/P", "hh:mm:ss.0", "ss.00", "mm:ss.000", "yyyymmdd", "yyyymmddhhmmss",
    'yyyy"-Q"', '"on "d.m.', "hh\\hmm", "[$-409]d mmm yyyy", "YYYY-MM-DD", "HH:MM", "yyyy/mm/dd",
    "d.m.", "m.d", "s", "ss", "h\"h\" m\"m\"",
]
DURATIONS = [datetime.timedelta(hours=30, minutes=5, seconds=7), datetime.timedelta(minutes=90),
             datetime.timedelta(seconds=59.5), datetime.timedelta(0), datetime.timedelta(days=400),
             datetime.timedelta(hours=99, minutes=59, seconds=59)]
DURATION_CODES = ["[h]:mm:ss", "[h]:mm", "[hh]:mm:ss", "[m]", "[mm]:ss", "[s]", "[ss]", "[h]",
                  "[h]:mm:ss.0", "[m]:ss.00", '[h]" h "mm" min"']
TEXTS = ["abc", "1.5", "ä €"]
TEXT_CODES = ["@", "General", "0.00", '"<"@">"', '0;0;0;"t: "@', '0;0;0;"none"', "@@", "yyyy"]


def cases():
    for code in NUMBER_CODES:
        for number in NUMBERS:
            yield "float" if isinstance(number, float) else "integer", number, code
            if isinstance(number, float):
                yield "numeric", number, code
    for code in MOMENT_CODES:
        for moment in MOMENTS:
            yield "timestamp", moment, code
    for code in DURATION_CODES:
        for duration in DURATIONS:
            yield "interval", duration, code
    for code in TEXT_CODES:
        for text in TEXTS:
            yield "text", text, code


def argument(kind, value):
    if kind == "timestamp":
        value = (value - EPOCH) // datetime.timedelta(microseconds=1)
    elif kind == "interval":
        value = value // datetime.timedelta(microseconds=1)
    elif kind == "numeric":
        value = format(D(repr(value)), "f")
    return str(value)


def ours(rows):
    lines = "".join(f"{kind}\t{argument(kind, value)}\ten\t{code}\n" for kind, value, code in rows)
    done = subprocess.run([PROGRAM], input=lines.encode(), capture_output=True, check=True)
    return done.stdout.decode().split("\n")[:-1]


def libreoffice(rows):
    with tempfile.TemporaryDirectory() as folder:
        book = openpyxl.Workbook()
        for number, (_, value, code) in enumerate(rows, 1):
            cell = book.active.cell(number, 1, value)
            if isinstance(value, str):
                cell.data_type = "s"
            cell.number_format = code
            book.active.cell(number, 2, "end")
        book.save(f"{folder}/codes.xlsx")
        subprocess.run(["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless",
                        "--convert-to", CSV_AS_SHOWN,
                        "--outdir", folder, f"{folder}/codes.xlsx"],
                       check=True, capture_output=True)
        text = pathlib.Path(folder, "codes.csv").read_text(encoding="utf-8")
    return [row[0] for row in csv.reader(io.StringIO(text))]


# What we show otherwise, and why.  Each takes the row, our text and LibreOffice's.

def keeps_the_point(row, our, their):
    """A code with a decimal sign shows it, also before no digit, as in Excel."""
    return row[2] in ("0.", "0.#", "0.##", "#.#") and our == their + "."


def multiplies_twice(row, our, their):
    """Each percent sign multiplies by 100, as in Excel."""
    return row[2] == "0%%" and our == f"{rounded(D(repr(row[1])) * 10000)}%%"


def rounds_decimals(row, our, their):
    """LibreOffice multiplies the double by 100 before it rounds: 100.49999999999999."""
    return row[2] == "0%" and abs(row[1]) == 1.005 and our == ("-" if row[1] < 0 else "") + "101%"


def keeps_the_sign(row, our, their):
    """A section that does not hold for negative numbers only shows their sign, one that does shows
    none."""
    below = {'[>=100]"big "0;"small "0', "[>100]0.0;[<-100]0.00;0.000", '[=0]"none";0.0'}
    if row[2] == '[<=-5]"low "0;0.0':
        return our == ("-" + their if row[1] > -5 else their[1:])
    return row[2] in below and row[1] < 0 and our == "-" + their


def shows_all_digits(row, our, their):
    """General shows a numeric exactly and a small float with an exponent, as Excel does."""
    if row[0] == "float" and row[1] == 1e-7:
        return our == their.replace("0.0000001", "1E-07")
    if row[0] != "numeric":
        return False
    exact = format(D(repr(row[1])), "f")
    return exact in our and our.replace(exact, "") == their.replace(
        "123456789.987654", "")


def has_capitals(row, our, their):
    """A/P is written with capitals, as the code has it."""
    return row[2] == "h:mm A/P" and our == their.upper()


def rounds_durations(row, our, their):
    """Half a second counts, as in Excel: a minute less half a second is a minute."""
    minute = {"[h]:mm:ss": "0:01:00", "[h]:mm": "0:01", "[hh]:mm:ss": "00:01:00", "[m]": "1",
              "[mm]:ss": "01:00", "[s]": "60", "[ss]": "60", '[h]" h "mm" min"': "0 h 01 min"}
    return row[1] == datetime.timedelta(seconds=59.5) and our == minute.get(row[2])


DIFFERENCES = [keeps_the_point, multiplies_twice, rounds_decimals, keeps_the_sign,
               shows_all_digits, has_capitals, rounds_durations]


def rounded(value):
    return value.quantize(D(1), decimal.ROUND_HALF_UP)


def write_golden(rows, texts):
    """Every seventh case, for the unit test."""
    with GOLDEN.open("w", encoding="utf-8") as file:
        for (kind, value, code), text in list(zip(rows, texts))[::7]:
            file.write(f"{kind}\t{argument(kind, value)}\t{code}\t{text}\n")


def main():
    count = oracle.Count("format codes and LibreOffice")
    if not shutil.which("soffice"):
        sys.exit("soffice is not installed (package libreoffice-calc-nogui)")
    rows = list(cases())
    left, right = ours(rows), libreoffice(rows)
    assert len(left) == len(right) == len(rows)
    for row, our, their in zip(rows, left, right):
        reasons = [d.__name__ for d in DIFFERENCES if our != their and d(row, our, their)]
        count.ok(f"differs on purpose: {reasons[0]}" if reasons else "the same text",
                 our == their or reasons, f"{row}: {our!r}, not {their!r}")
    if "--write-golden" in sys.argv and not count.failed:
        write_golden(rows, left)
    count.finish()


main()
