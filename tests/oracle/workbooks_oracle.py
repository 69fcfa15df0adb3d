"""Workbooks that a server made hold what the query gives, cell by cell, for two readers.

openpyxl reads the cells themselves; LibreOffice, one process for all workbooks, gives each sheet as
CSV.  The cached values of formulas are taken out before LibreOffice sees them: it has to calculate.
"""
import csv
import datetime
import decimal
import io
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import warnings
import zipfile

import openpyxl
from openpyxl.utils import escape

import oracle
import values
from oracle import Json, identifier, quote

D = decimal.Decimal
decimal.getcontext().prec = 2000
RANDOM_TABLES = 120 if oracle.LONG else 24
SHEETS_PER_DOCUMENT = 12
MAX_CELL = 32767
SHEET_ROWS = 1048576
ALL_SHEETS_AS_CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,1033,true,false,false,false,false,-1"
INTEGERS = {"int2", "int4", "int8", "oid"}
FLOATS = {"float4", "float8"}
OFFSET = re.compile(r"[+-]\d\d(:\d\d){0,2}$")
MAX_SERIAL = 2958465  # 9999-12-31
EPOCH = datetime.datetime(1899, 12, 30)
LAST_SECOND = datetime.datetime(9999, 12, 31, 23, 59, 59)
# What a reader sees who asks for less than the microsecond that a double holds.
NEAR = datetime.timedelta(milliseconds=1)


# The documents.

def sections_of(queries):
    return [{"name": name, "query": query} for name, query in queries]


def make(connection, sections, options=None, title=None, document_format="xlsx"):
    """A stored document: its bytes, and its warnings."""
    document = {"sections": sections, **({"title": title} if title else {})}
    artifact = connection.execute(
        "SELECT export.run_document(%s::jsonb, %s::text, %s::jsonb)",
        (Json(document), document_format, Json(options or {}))).fetchone()[0]
    told, = connection.execute("SELECT warnings FROM export.artifacts WHERE id = %s",
                               (artifact,)).fetchone()
    data = oracle.read_pieces(connection, "SELECT export.read(%s::uuid)", (artifact,))
    connection.execute("SELECT export.drop_artifact(%s::uuid)", (artifact,))
    return data, told


def reference_rows(reference, query):
    """Names, types and the rows of a query as texts that the output functions give."""
    cursor = reference.execute(f"SELECT * FROM ({query}) q LIMIT 0")
    columns = cursor.description
    aliases = [f"c{i}" for i in range(len(columns))]
    # Of a row of nulls IS NOT NULL would be false.
    texts = ", ".join(f"CASE WHEN {a} IS DISTINCT FROM NULL THEN format('%s', {a}) END"
                      for a in aliases)
    rows = reference.execute(f"SELECT {texts} FROM ({query}) q ({', '.join(aliases)})").fetchall()
    types = [reference.execute("SELECT typname FROM pg_type WHERE oid = %s",
                               (c.type_code,)).fetchone()[0] for c in columns]
    return [c.name for c in columns], list(zip(types, [c.precision for c in columns])), rows


# What a cell must hold.

def fits(digits):
    """Whether a double is the number, to the 15 digits of Excel, and has the size of one."""
    return len(digits.lstrip("-").replace(".", "").strip("0")) <= 15 and is_normal(D(digits))


def is_normal(number):
    return number == 0 or D("2.2250738585072014e-308") <= abs(number) <= D("1.7976931348623157e308")


def moment(text):
    """A date or timestamp that Excel has, or None."""
    try:
        value = datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
    return value if value.year >= 1900 and value <= LAST_SECOND else None


def interval(text):
    """An interval of whole length that Excel can show, or None."""
    found = re.fullmatch(r"(?:(-?\d+) days? ?)?(?:(-?)(\d+):(\d\d):(\d\d(?:\.\d+)?))?", text)
    if not found:
        return None
    days, sign, hours, minutes, seconds = found.groups()
    total = D(int(days or 0) * 86400)
    if hours:
        total += D(sign + "1") * (int(hours) * 3600 + int(minutes) * 60 + D(seconds))
    return float(total) if 0 <= total <= MAX_SERIAL * 86400 else None


def expected(kind, text):
    """The value of a cell: a text, a number, a boolean, a moment; ("time", seconds) if it lasts."""
    name, precision = kind
    if text is None:
        return None
    if name == "bool":
        return text == "t"
    if name in INTEGERS:
        return float(text) if fits(text) else text
    if name == "numeric" and not re.search("[NI]", text):
        if fits(text) or precision and precision <= 15:
            return float(text)
    if name in FLOATS and not re.search("[NI]", text):
        return float(text) if is_normal(D(text)) else text
    if name == "time" and text != "24:00:00":
        hours, minutes, seconds = text.split(":")
        return ("time", int(hours) * 3600 + int(minutes) * 60 + float(seconds))
    if name == "interval":
        seconds = interval(text)
        return text if seconds is None else ("time", seconds)
    if name in ("date", "timestamp", "timestamptz"):
        found = None if "BC" in text else moment(OFFSET.sub("", text) if name == "timestamptz"
                                                 else text)
        return text if found is None else found
    # Those that are longer are cut by the option long_text.
    return text if len(text.encode("utf-16-le")) // 2 <= MAX_CELL else text[:MAX_CELL - 1] + "…"


def seconds_of(value):
    """A cell that openpyxl takes for a time or a span, in seconds."""
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    if isinstance(value, datetime.time):
        return (value.hour * 60 + value.minute) * 60 + value.second + value.microsecond / 1e6
    if isinstance(value, datetime.datetime):
        # The days before the 29 February 1900 that never was count one less.
        days = 0 if value >= datetime.datetime(1900, 3, 1) else 1
        return (value - EPOCH).total_seconds() - days * 86400
    return value * 86400 if isinstance(value, (int, float)) else None


def same_cell(found, want):
    if isinstance(want, str):
        # openpyxl leaves _xHHHH_ as it is, and reads an empty text as no cell.
        return escape.unescape(found) == want if isinstance(found, str) else \
            found is None and want == ""
    if want is None:
        return found is None
    if isinstance(want, tuple):
        seconds = seconds_of(found)
        return seconds is not None and abs(seconds - want[1]) <= 0.001 + want[1] * 1e-12
    if isinstance(want, datetime.datetime):
        return isinstance(found, datetime.datetime) and abs(found - want) <= NEAR
    if isinstance(want, bool) or isinstance(found, bool):
        return found is want
    return found is not None and float(found) == want


def same_shown(shown, want):
    """The same for a field of LibreOffice, which shows numbers with 15 digits."""
    if want is None:
        return shown == ""
    if isinstance(want, bool):
        return shown == str(want).upper()
    if isinstance(want, float):
        return shown != "" and abs(float(shown) - want) <= abs(want) * 2e-14
    if isinstance(want, tuple):
        seconds = seconds_shown(shown)
        return seconds is not None and abs(seconds - want[1]) < 1.001
    if isinstance(want, datetime.datetime):
        # Its calendar has no 29 February 1900, and counts the days before one back.
        if want < datetime.datetime(1900, 3, 1):
            return True
        try:
            found = datetime.datetime.fromisoformat(shown)
        except ValueError:
            return False
        return abs(found - want) < datetime.timedelta(seconds=1.001)
    return shown == "" if want == "" else readable(shown) == readable(want)


def seconds_shown(text):
    """A time or a span of LibreOffice, which shows what is less than a day as on a clock."""
    if not (found := re.fullmatch(r"(?:(\d+):)?(\d\d):(\d\d(?:\.\d+)?)( AM| PM)?", text)):
        return None
    hours = int(found[1] or 0)
    if found[4]:
        hours = hours % 12 + 12 * (found[4] == " PM")
    return (hours * 60 + int(found[2])) * 60 + float(found[3])


def readable(text):
    """A text as a CSV file can say it: its reader knows one line end, XML parsers likewise."""
    return re.sub(r"\r\n?", "\n", text)


# The readers.

def read_workbook(data):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return openpyxl.load_workbook(io.BytesIO(data))


def without_cached_values(data):
    """The same workbook, formulas without results."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name.startswith("xl/worksheets/sheet"):
                part = re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", part)
            new.writestr(name, part)
    return out.getvalue()


class LibreOffice:
    """Collects workbooks and what to ask of their sheets; then one conversion for all of them."""

    def __init__(self):
        self.books = []

    def expect(self, data, check):
        """`check` is called with {sheet name: rows of texts}."""
        self.books.append((data, check))

    def convert(self):
        with tempfile.TemporaryDirectory() as folder:
            paths = []
            for number, (data, _) in enumerate(self.books):
                paths.append(pathlib.Path(folder, f"{number:03}.xlsx"))
                paths[-1].write_bytes(without_cached_values(data))
            subprocess.run(["soffice", f"-env:UserInstallation=file://{folder}/profile",
                            "--headless", "--convert-to", ALL_SHEETS_AS_CSV, "--outdir", folder,
                            *paths], check=True, capture_output=True, timeout=600)
            for path, (_, check) in zip(paths, self.books):
                sheets = {}
                for found in sorted(pathlib.Path(folder).glob(f"{path.stem}-*.csv")):
                    text = found.read_text(encoding="utf-8")
                    sheets[found.stem[4:]] = list(csv.reader(io.StringIO(text, newline="")))
                check(sheets)


# The checks.

def check_table(count, what, sheet, names, kinds, rows):
    head = [escape.unescape(cell.value or "") for cell in next(sheet.iter_rows())]
    count.ok(f"{what}: headings", head == names, f"{sheet.title}: {head}, not {names}")
    count.ok(f"{what}: rows", sheet.max_row == 1 + last_row(rows),
             f"{sheet.title}: {sheet.max_row - 1} rows, not {len(rows)}")
    for number, row in enumerate(rows, 2):
        for column, (kind, text) in enumerate(zip(kinds, row), 1):
            found = sheet.cell(number, column).value
            want = expected(kind, text)
            count.ok(f"{what}: {'other types' if kind[0] not in SHOWN else kind[0]}",
                     same_cell(found, want),
                     lambda: f"{sheet.title} row {number}, {kind[0]}: {found!r:.200}, not {want!r:.200}")


def last_row(rows):
    """A row of nulls has no cells."""
    return max([number for number, row in enumerate(rows, 1)
                if any(text is not None for text in row)], default=0)


SHOWN = {"bool", "numeric", "date", "time", "timestamp", "timestamptz", "interval", "text",
         *INTEGERS, *FLOATS}


def check_shown(count, what, shown, names, kinds, rows):
    what = f"{what}: LibreOffice"
    for number, row in enumerate(rows, 1):
        for column, (kind, text) in enumerate(zip(kinds, row)):
            if text and CONTROL.search(text):
                continue  # its CSV has no way to say them
            want = expected(kind, text)
            fields = shown[number] if number < len(shown) else []
            found = fields[column] if column < len(fields) else ""
            count.ok(what, same_shown(found, want),
                     lambda: f"row {number}, {names[column]}: {found!r:.200}, not {want!r:.200}")


CONTROL = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")


def check_queries(count, what, sessions, office, queries):
    """A workbook with one sheet for each query."""
    options = {**sessions.next(), "long_text": "truncate"}
    oracle.change_settings(sessions.ours, {"client_encoding": "UTF8"})
    made = count.attempt(what, queries[0][1][:80], make, sessions.ours, sections_of(queries), options)
    if made is None:
        return
    wanted = [(name, *reference_rows(sessions.reference, query)) for name, query in queries]
    book = read_workbook(made[0])
    count.ok(f"{what}: sheets", book.sheetnames == [name for name, _ in queries],
             f"{book.sheetnames}")
    for name, *table in wanted:
        check_table(count, what, book[name], *table)

    def shown(sheets):
        for name, *table in wanted:
            check_shown(count, what, sheets.get(name, []), *table)
    office.expect(made[0], shown)


def as_values(type_name, texts):
    rows = ", ".join(f"({quote(text)}::{oracle_type(type_name)})" for text in [*texts, None])
    return f"SELECT v FROM (VALUES {rows}) picked (v)"


def oracle_type(type_name):
    return values.sql_name(type_name)


def check_picked(count, sessions, office):
    queries = [(name.strip('"'), as_values(name, texts))
               for name, texts in values.ALL.items()]
    for first in range(0, len(queries), SHEETS_PER_DOCUMENT):
        check_queries(count, "picked values", sessions, office,
                      queries[first:first + SHEETS_PER_DOCUMENT])


def check_random(count, sessions, office):
    rng = oracle.seeded("workbooks")
    for first in range(0, RANDOM_TABLES, SHEETS_PER_DOCUMENT):
        queries = []
        for number in range(first, min(first + SHEETS_PER_DOCUMENT, RANDOM_TABLES)):
            table = values.RandomTable(rng, f"random_{number}")
            table.create(sessions.reference)
            queries.append((table.name, f"SELECT * FROM {table.name}"))
        check_queries(count, "random tables", sessions, office, queries)


GROUPED = """
    CREATE TABLE grouped AS
    SELECT client, project, g AS day, (g * 37 % 101) / 4.0 - 5 AS hours,
           (g * 7919 % 10007 / 100.0)::numeric(12, 2) AS amount, g * interval '90 seconds' AS spent,
           CASE WHEN g % 7 > 0 THEN g % 5 END AS marks
    FROM (SELECT g, 'client ' || g / 40 AS client, 'project ' || g / 8 AS project
          FROM generate_series(1, 160) g) g
"""
TOTALS = {"hours": "avg", "amount": "sum", "spent": "sum", "marks": "count", "day": "max"}
SQL_TOTALS = ("max(day), avg(hours), sum(amount), extract(epoch FROM sum(spent)), count(marks)")


def check_totals(count, sessions, office):
    """Subtotals and grand total: what SQL says, what is cached, what LibreOffice calculates."""
    what = "totals"
    sessions.reference.execute(GROUPED)
    query = "SELECT * FROM grouped ORDER BY client, project, day"
    data, _ = make(sessions.ours, [{"name": "Grouped", "query": query, "totals": TOTALS,
                                    "group_by": ["client", "project"]},
                                   {"name": "Plain", "query": query, "totals": TOTALS}])
    # GROUPING SETS gives the rows of totals; in the sheet each follows its group.
    sums = {tuple(row[:2]): row[2:] for row in sessions.reference.execute(
        f"SELECT client, project, {SQL_TOTALS} FROM grouped "
        "GROUP BY GROUPING SETS ((client, project), (client), ())").fetchall()}
    cached = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    formulas = openpyxl.load_workbook(io.BytesIO(data))
    rows = {}
    for name in ("Grouped", "Plain"):
        rows[name] = total_rows(formulas[name])
        for number, key in rows[name].items():
            row = [cached[name].cell(number, column).value for column in range(3, 8)]
            count.ok(what, same_totals(row, sums[key]),
                     lambda: f"{name} row {number} {key}: {row}, not {sums[key]}")
    count.ok(f"{what}: which there are", sorted(rows["Grouped"].values(), key=str) ==
             sorted(sums, key=str) and list(rows["Plain"].values()) == [(None, None)],
             lambda: f"{rows}")
    check_outline(count, formulas["Grouped"], rows["Grouped"])

    def shown(sheets):
        for name, numbers in rows.items():
            for number, key in numbers.items():
                row = [as_number(text) for text in sheets[name][number - 1][2:7]]
                count.ok(f"{what}: LibreOffice", same_totals(row, sums[key]),
                         lambda: f"{name} row {number} {key}: {row}, not {sums[key]}")
    office.expect(data, shown)


def total_rows(sheet):
    """Rows with formulas, and of which group they are: that of the rows above them."""
    found, client, project, depth = {}, None, None, 0
    for number in range(2, sheet.max_row + 1):
        if not str(sheet.cell(number, 4).value).startswith("=SUBTOTAL("):
            client, project, depth = sheet.cell(number, 1).value, sheet.cell(number, 2).value, 0
            continue
        found[number] = (client if depth < 2 else None, project if depth < 1 else None)
        depth += 1
    if sheet.title == "Plain":
        return {number: (None, None) for number in found}
    return found


def as_number(text):
    seconds = seconds_shown(text)
    return float(text) if seconds is None else float(seconds)


def same_totals(row, sums):
    numbers = [seconds_of(v) if isinstance(v, (datetime.timedelta, datetime.time, datetime.datetime))
               else v for v in row]
    return all(isinstance(a, (int, float)) and abs(a - float(b)) <= 1e-9 * max(1, abs(float(b)))
               for a, b in zip(numbers, sums)) and len(numbers) == len(sums)


def check_outline(count, sheet, totals):
    """Rows of the inner groups are deepest, each row of totals is a level above what it adds up."""
    for number in range(2, sheet.max_row + 1):
        level = sheet.row_dimensions[number].outlineLevel
        want = 2 if number not in totals else sum(part is not None for part in totals[number]) - 1
        count.ok("outline levels", level == max(want, 0), f"row {number}: {level}, not {want}")


def check_exact_text(count, sessions):
    data, told = make(sessions.ours, [{
        "name": "Ids",
        "query": "SELECT g * 1234567890123 AS id, lpad(g::text, 5, '0') AS code, g AS n, "
                 "1000000000000000 * g + 1 AS big FROM generate_series(1, 20) g",
        "columns": [{"name": "id", "exact": "text"}, "code", "n", "big"]}])
    sheet = read_workbook(data)["Ids"]
    for g in range(1, 21):
        row = [sheet.cell(g + 1, c).value for c in range(1, 5)]
        count.ok("exact texts", row == [str(g * 1234567890123), f"{g:05}", g,
                                        str(1000000000000000 * g + 1)], f"{row}")
    count.ok("warnings", len(told) == 1 and '"big"' in told[0] and "20" in told[0], f"{told}")


def check_continuation(count, sessions, office):
    """One row more than two sheets have room for."""
    total = 2 * (SHEET_ROWS - 1) + 1
    data = oracle.by_stream(sessions.ours, f"SELECT g AS n FROM generate_series(1, {total}) g",
                            "xlsx", title="Long")
    firsts = [1, SHEET_ROWS, 2 * SHEET_ROWS - 1]
    lasts = [SHEET_ROWS - 1, 2 * (SHEET_ROWS - 1), total]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = re.findall(rb'<sheet name="([^"]+)"', archive.read("xl/workbook.xml"))
        count.ok("continuation", names == [b"Long", b"Long (2)", b"Long (3)"], f"{names}")
        for number, (first, last) in enumerate(zip(firsts, lasts), 1):
            part = archive.read(f"xl/worksheets/sheet{number}.xml")
            found = [int(v) for v in re.findall(rb"<v>(\d+)</v>", part)]
            count.ok("continuation", found == list(range(first, last + 1)),
                     f"sheet {number}: {len(found)} numbers, {found[:1]} to {found[-1:]}")
            count.ok("continuation", part.count(b"<row ") == last - first + 2, f"sheet {number}")
    if oracle.LONG:
        def shown(sheets):
            for name, first, last in zip(["Long", "Long (2)", "Long (3)"], firsts, lasts):
                count.ok("continuation: LibreOffice", sheets[name] ==
                         [["n"]] + [[str(n)] for n in range(first, last + 1)], name)
        office.expect(data, shown)


def peak_of(rows):
    """The most memory that a new backend held while it made a workbook, without shared buffers'
    pages that it happened to touch."""
    connection = oracle.connect()
    size = 0
    with connection.cursor() as cursor, cursor.copy(
            "COPY (SELECT g AS n, md5(g::text) AS hash, g / 7.0::float8 AS part "
            f"FROM generate_series(1, {rows}) g) TO STDOUT (FORMAT xlsx)") as copy:
        for piece in copy:
            size += len(piece)
    status = pathlib.Path(f"/proc/{connection.info.backend_pid}/status").read_text()
    connection.close()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]), size


def check_memory(count):
    few, small = peak_of(10 ** 4)
    many, large = peak_of(10 ** 6)
    print(f"  peak of {small} bytes: {few} kB, of {large} bytes: {many} kB")
    count.ok("memory is flat", large > 50 * small and many - few < 8192, f"{few} kB, {many} kB")


def check_names(count, sessions, office):
    """Names that Excel forbids, each made to fit and none lost."""
    names = ["[a]:b*c?d/e\\f", "'quoted'", "History", "x" * 40, "x" * 40 + "y", "SAME", "same", "Same ",
             " ", "é" * 31, "\U0001f600" * 20, "a\nb", "<&>\"", "Summary", "=1+1", "\x01control", "..", "日本"]
    data, _ = make(sessions.ours, [{"name": name, "query": f"SELECT {number} AS n"}
                                   for number, name in enumerate(names)])
    book = read_workbook(data)
    found = book.sheetnames
    count.ok("sheet names", len(found) == len({name.lower() for name in found}) == len(names), f"{found}")
    for number, name in enumerate(found):
        count.ok("sheet names", 0 < len(name.encode("utf-16-le")) / 2 <= 31 and
                 not re.search(r"[\[\]:*?/\\]|^'|'$|^history$", name, re.I), repr(name))
        count.ok("sheet names", book[name].cell(2, 1).value == number, repr(name))
    office.expect(data, lambda sheets: count.ok(
        "sheet names", sorted(int(rows[1][0]) for rows in sheets.values()) == list(range(len(names))),
        lambda: f"LibreOffice: {sheets.keys()}"))


def main():
    count = oracle.Count("workbooks of a server and their readers")
    if not shutil.which("soffice"):
        sys.exit("soffice is not installed")
    os.environ["TZ"] = "UTC"
    sessions = oracle.Sessions()
    sessions.reference.execute(values.MADE_TYPES)
    office = LibreOffice()
    check_picked(count, sessions, office)
    check_random(count, sessions, office)
    check_totals(count, sessions, office)
    check_exact_text(count, sessions)
    check_continuation(count, sessions, office)
    check_names(count, sessions, office)
    check_memory(count)
    office.convert()
    count.finish()


main()
