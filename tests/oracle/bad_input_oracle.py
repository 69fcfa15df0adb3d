"""What should not be there: each has a defined outcome as a workbook and as pages, and none is a
damaged file or a silent loss.

openpyxl and LibreOffice open every workbook, qpdf and pdftotext every PDF document.
"""
import base64
import io
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib

import openpyxl
import psycopg
from openpyxl.utils import escape

import oracle
from oracle import Json

MAX_CELL = 32767
BARE = {"header": "", "footer": "", "document_time": "2026-03-31 12:00:00+00"}
CONTROLS = "".join(map(chr, range(1, 32))) + "\x7f\x80\x9f\ufffe\uffff"


class Documents:
    """Makes documents and opens them; LibreOffice opens all workbooks at the end."""

    def __init__(self, count):
        self.count = count
        self.connection = oracle.connect(oracle.REFERENCE_SETTINGS)
        self.folder = tempfile.TemporaryDirectory()
        self.workbooks = []

    def stream(self, sections, document_format, options=None, **head):
        own = BARE if document_format == "pdf" else {}
        return oracle.read_pieces(
            self.connection, "SELECT export.stream_document(%s::jsonb, %s::text, %s::jsonb)",
            (Json({"sections": sections, **head}), document_format, Json({**own, **(options or {})})))

    def workbook(self, what, sections, options=None, **head):
        data = self.stream(sections, "xlsx", options, **head)
        path = pathlib.Path(self.folder.name, f"{len(self.workbooks):03}.xlsx")
        path.write_bytes(data)
        self.workbooks.append((what, path))
        return openpyxl.load_workbook(io.BytesIO(data))

    def pages(self, what, sections, options=None, **head):
        """The text of each page, in the order in which it was drawn."""
        path = pathlib.Path(self.folder.name, "document.pdf")
        path.write_bytes(self.stream(sections, "pdf", options, **head))
        done = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True)
        self.count.ok(f"{what}: qpdf", done.returncode == 0 and "WARNING" not in done.stderr,
                      done.stdout + done.stderr)
        done = subprocess.run(["pdftotext", "-raw", path, "-"], capture_output=True, text=True)
        self.count.ok(f"{what}: pdftotext", done.returncode == 0 and not done.stderr, done.stderr)
        return done.stdout.split("\f")[:-1]

    def refused(self, what, state, message, sections, document_format, options=None):
        """The request is an error that says what is wrong, and no document."""
        try:
            data = self.stream(sections, document_format, options)
            found, told = "a document", f"{len(data)} bytes"
        except psycopg.Error as error:
            found, told = error.sqlstate, str(error)
        self.count.ok(what, found == state and message in told,
                      f"{document_format}: {found} {told}, not {state} {message}")

    def open_in_libreoffice(self):
        folder = self.folder.name
        subprocess.run(["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless",
                        "--convert-to", "csv", "--outdir", folder,
                        *[path for _, path in self.workbooks]],
                       check=True, capture_output=True, timeout=600)
        for what, path in self.workbooks:
            self.count.ok(f"{what}: LibreOffice", path.with_suffix(".csv").exists())


def table(query, **more):
    return [{"name": "Data", "query": query, **more}]


def column_of(workbook, column=1):
    return [row[column - 1].value for row in workbook.worksheets[0].iter_rows(min_row=2)]


def words(pages):
    return " ".join(pages).split()


def check_numbers(count, documents):
    what = "NaN and infinity"
    query = ("SELECT v::float8 AS f, v::numeric AS n, v::float4 AS r "
             "FROM unnest(ARRAY['NaN', 'Infinity', '-Infinity', '1.5']) v")
    found = documents.workbook(what, table(query, totals={"f": "sum", "n": "sum"}))
    for column in (1, 2, 3):
        count.ok(what, column_of(found, column)[:4] == ["NaN", "Infinity", "-Infinity", 1.5],
                 f"{column_of(found, column)}")
    count.ok(what, column_of(found)[4] == "NaN", "the total is the value, no formula")
    lines = documents.pages(what, table(query))[0].splitlines()
    count.ok(what, lines[-4:] == ["NaN NaN NaN", "Infinity Infinity Infinity",
                                  "-Infinity -Infinity -Infinity", "1.5 1.5 1.5"], f"{lines}")


def check_dates(count, documents):
    what = "dates out of the calendar"
    dates = ["1899-12-31", "0044-03-15 BC", "10000-01-01", "5874897-12-31", "infinity", "-infinity"]
    query = f"SELECT v::date AS d FROM unnest(ARRAY{dates}) v"
    found = column_of(documents.workbook(what, table(query)))
    count.ok(what, found == dates, f"{found}")
    lines = documents.pages(what, table(query))[0].splitlines()
    count.ok(what, lines[-6:] == dates, f"{lines}")


def check_long_texts(count, documents):
    what = "a text of 32,768 characters"
    for text, units in ((f"repeat('x', {MAX_CELL})", MAX_CELL),
                        ("repeat(U&'\\+01F600', 16383) || 'x'", MAX_CELL)):
        found = column_of(documents.workbook(what, table(f"SELECT {text} AS v")))[0]
        count.ok(what, len(found.encode("utf-16-le")) // 2 == units, "the longest that fits")
        query = f"SELECT g AS n, {text} || 'y' AS v FROM generate_series(1, 2) g"
        documents.refused(what, "22001", 'column "v" in row 1', table(query), "xlsx")
        found = column_of(documents.workbook(what, table(query), {"long_text": "truncate"}), 2)
        for cell in found:
            count.ok(what, cell.endswith("…") and
                     MAX_CELL - 1 <= len(cell.encode("utf-16-le")) // 2 <= MAX_CELL, f"{len(cell)}")
    # Of jsonb and arrays as well.
    for other in ("to_jsonb(repeat('x', 32766))", f"ARRAY[repeat('x', {MAX_CELL})]",
                  "decode(repeat('00', 16384), 'hex')", "repeat('9', 32768)::numeric"):
        documents.refused(what, "22001", 'column "v" in row 1', table(f"SELECT {other} AS v"), "xlsx")
    pages = documents.pages(what, table("SELECT repeat('x', 32768) || 'y' AS v"))
    count.ok(what, "".join(words(pages)).count("x") == 32768, "every character is on a page")


def check_huge_cell(count, documents):
    what = "a cell of 10 MB"
    query = ("SELECT 1 AS n, string_agg(lpad(g::text, 7, '0'), ' ') AS v "
             "FROM generate_series(1, 1250000) g")
    documents.refused(what, "22001", 'column "v" in row 1', table(query), "xlsx")
    pages = documents.pages(what, table(query))
    numbers = [int(word) for word in words(pages) if re.fullmatch(r"\d{7}", word)]
    count.ok(what, numbers == list(range(1, 1250001)), f"{len(numbers)} of its words")


def check_columns(count, documents):
    what = "1,600 columns"
    query = "SELECT " + ", ".join(f"{n} AS c{n}" for n in range(1600))
    sheet = documents.workbook(what, table(query)).worksheets[0]
    count.ok(what, sheet.max_column == 1600 and [c.value for c in sheet[2]] == list(range(1600)))
    # That PDF documents lose none: pages_oracle.py.
    what = "a column wider than the page"
    query = "SELECT 'a' AS first, repeat('word ', 400) AS wide, repeat('z', 3000) AS unbroken"
    columns = ["first", {"name": "wide", "width": 255}, {"name": "unbroken", "width": 255}]
    sheet = documents.workbook(what, table(query, columns=columns)).worksheets[0]
    count.ok(what, sheet["B2"].value == "word " * 400 and sheet["C2"].value == "z" * 3000)
    for more in ({"columns": columns}, {}):
        text = "".join(words(documents.pages(what, table(query, **more))))
        count.ok(what, text.count("word") == 400 and text.count("z") == 3000,
                 f"{text.count('word')} words, {text.count('z')} letters")
    number = "9" * 400
    text = "".join(words(documents.pages(what, table(f"SELECT {number} AS n, 1 AS one"))))
    count.ok(what, number in text, "a number of 400 digits")


def check_zero_rows(count, documents):
    what = "zero rows"
    none = "SELECT 1 AS a, 'x' AS b, 2.5 AS c WHERE false"
    sections = [
        {"name": "Plain", "query": none},
        {"name": "Totals", "query": none, "totals": {"c": "sum", "a": "avg", "b": "count"}},
        {"name": "Groups", "query": none, "group_by": ["b"], "totals": {"c": "sum"}},
        {"kind": "chart", "name": "Chart", "query": none, "chart": {"category": "b", "values": "c"}},
        {"kind": "chart", "name": "Pie", "query": none,
         "chart": {"type": "pie", "category": "b", "values": "c"}},
        {"kind": "figures", "name": "Figures", "query": none}]
    book = documents.workbook(what, sections)
    for name in ("Plain", "Totals", "Groups"):
        head = [cell.value for cell in book[name][1]]
        count.ok(what, sorted(head) == ["a", "b", "c"], f"{name}: {head}")
    pages = documents.pages(what, sections)
    count.ok(what, " ".join(pages).count("No data") >= 3, f"{pages}")


def check_characters(count, documents):
    what = "control characters"
    literal = "".join(f"\\{ord(c):04x}" for c in CONTROLS)
    query = f"SELECT U&'a{literal}b' AS v, '_x0041_' AS escaped, U&'\\0001\\0002' AS \"h\x01\""
    sheet = documents.workbook(what, table(query)).worksheets[0]
    found = escape.unescape(sheet["A2"].value)
    count.ok(what, found == f"a{CONTROLS}b" or found == f"a{CONTROLS}b".replace("\r", "\n"), repr(found))
    count.ok(what, escape.unescape(sheet["B2"].value) == "_x0041_", sheet["B2"].value)
    count.ok(what, escape.unescape(sheet["C1"].value) == "h\x01", repr(sheet["C1"].value))
    text = words(documents.pages(what, table(query)))
    count.ok(what, {"a", "_x0041_"} < set(text) and any(w.endswith("b") for w in text), f"{text}")


def check_names(count, documents):
    what = "names of every sign"
    names = ["[a]:b*c?d/e\\f'\"<&>", "\x01\x1f\x7f", "'", "History", " ", "{title}{page}|a|b|c|d",
             "x" * 500, "\u202eright", "(unbalanced", "\\"]
    sections = [{"name": name, "query": f"SELECT {i} AS n"} for i, name in enumerate(names)]
    for title in names:
        book = documents.workbook(what, sections, {"footer": "{title}"}, title=title)
        count.ok(what, len(book.sheetnames) == len(names) and
                 [sheet["A2"].value for sheet in book] == list(range(len(names))), title)
        pages = documents.pages(what, sections, {"footer": "{title}"}, title=title)
        numbers = re.findall(r"(?m)^n\n(\d)$", "\n".join(pages))
        count.ok(what, numbers == list("0123456789"), f"{title!r}: {numbers}")


def png(width, height, rows):
    def chunk(name, data):
        return (struct.pack(">I", len(data)) + name + data +
                struct.pack(">I", zlib.crc32(name + data)))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) +
            chunk(b"IEND", b""))


def check_logos(count, documents):
    what = "a bad logo"
    good = png(8, 8, b"\0" + b"\x80" * 8 + (b"\0" + b"\x40" * 8) * 7)
    wrong_sum = bytearray(good)
    wrong_sum[45] ^= 0xff
    logos = {"cut off": good[:-30], "of no rows": png(8, 8, b""), "damaged": bytes(wrong_sum),
             "too many pixels": png(30000, 30000, b"\0" * 100), "of no pixels": png(0, 0, b""),
             "no picture": b"<svg/>", "empty": b"", "too long": good + b"\0" * (1 << 20),
             "only a signature": good[:8], "a cut JPEG": b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1"}
    query = table("SELECT 1 AS a")
    for kind in ("png", "jpeg"):
        for name, data in logos.items():
            url = f"data:image/{kind};base64," + base64.b64encode(data).decode()
            for document_format in ("pdf", "xlsx"):
                try:
                    documents.stream(query, document_format, {"logo": url}, title="T")
                    count.ok(what, False, f"{name} as {kind} is taken for a {document_format}")
                except psycopg.Error as error:
                    count.ok(what, error.sqlstate in ("22023", "54000"), f"{name}: {error}")
    url = "data:image/png;base64," + base64.b64encode(good).decode()
    documents.pages("a good logo", query, {"logo": url}, title="T")
    documents.workbook("a good logo", query, {"logo": url}, title="T")


def check_invalid_utf8(count, documents):
    what = "invalid UTF-8 in SQL_ASCII"
    connection = documents.connection
    name = connection.info.dbname + "_ascii"
    connection.execute(f"DROP DATABASE IF EXISTS {name}")
    connection.execute(f"CREATE DATABASE {name} ENCODING SQL_ASCII LC_COLLATE 'C' LC_CTYPE 'C' "
                       "TEMPLATE template0")
    with psycopg.connect(dbname=name, autocommit=True) as ascii_database:
        ascii_database.execute("CREATE EXTENSION export")
        bad = b"SELECT 1 AS n, E'a\\xff\\xfeb' AS v"
        good = b"SELECT E'gr\\303\\274n' AS v"
        for document_format in ("xlsx", "pdf"):
            make = f"SELECT export.stream('%s', '{document_format}')"
            try:
                ascii_database.execute(make.encode() % bad.replace(b"'", b"''"))
                count.ok(what, False, f"{document_format} was made")
            except psycopg.Error as error:
                count.ok(what, error.sqlstate == "22021" and '"v"' in str(error), str(error))
            cursor = ascii_database.cursor(binary=True)
            cursor.execute(make.encode() % good.replace(b"'", b"''"))
            count.ok(what, len(b"".join(bytes(row[0]) for row in cursor)) > 1000,
                     "what is valid is taken")
    connection.execute(f"DROP DATABASE {name}")


def check_page_limit(count, documents):
    what = "too many pages"
    rows = table("SELECT g AS n FROM generate_series(1, 500) g")
    pages = len(documents.pages(what, rows))
    documents.connection.execute(f"SET export.pdf_max_pages = {pages}")
    count.ok(what, len(documents.pages(what, rows)) == pages, "as many as are allowed")
    documents.connection.execute(f"SET export.pdf_max_pages = {pages - 1}")
    documents.refused(what, "54000", f"more than {pages - 1} pages", rows, "pdf")
    documents.connection.execute("RESET export.pdf_max_pages")


def main():
    count = oracle.Count("bad input as workbooks and pages")
    for program in ("soffice", "qpdf", "pdftotext"):
        if not shutil.which(program):
            sys.exit(f"{program} is not installed")
    documents = Documents(count)
    for check in (check_numbers, check_dates, check_long_texts, check_huge_cell, check_columns,
                  check_zero_rows, check_characters, check_names, check_logos, check_invalid_utf8,
                  check_page_limit):
        check(count, documents)
    documents.open_in_libreoffice()
    count.finish()


main()
