"""PDF documents that a server made: valid, whole, and their text is what the query gives.

qpdf checks each file, pdftotext reads the text in the order in which it was drawn, pdffonts and
pdfinfo what is said of it.  White space is left out of comparisons of texts: lines break anywhere.
"""
import base64
import collections
import decimal
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata

import oracle
import values
from oracle import Json, quote

D = decimal.Decimal
decimal.getcontext().prec = 200000
PICTURES = pathlib.Path(__file__).parents[2] / "docs/pictures"
RANDOM_TABLES = 150 if oracle.LONG else 30
TIME = "2026-03-31 12:00:00+00"
BARE = {"header": "", "footer": "", "document_time": TIME}
LONGEST = 20000  # characters of a value; a longer one is a test of its own
LAST_YEAR = "294276"  # the server itself cannot round its last second
OFFSET = re.compile(r"[+-]\d\d(:\d\d){0,2}$")


# The documents.

def make(connection, sections, options=None, **head):
    document = {"sections": sections, **head}
    return oracle.read_pieces(
        connection, "SELECT export.stream_document(%s::jsonb, 'pdf', %s::jsonb)",
        (Json(document), Json({**BARE, **(options or {})})))


class Reader:
    """The tools, over files in a folder of its own."""

    def __init__(self, count):
        self.count = count
        self.folder = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self.folder.name, "document.pdf")

    def read(self, what, data, *options):
        """Checks the file and returns the text of each page."""
        self.path.write_bytes(data)
        done = subprocess.run(["qpdf", "--check", self.path], capture_output=True, text=True)
        self.count.ok(f"{what}: qpdf", done.returncode == 0 and "WARNING" not in done.stderr,
                      done.stdout + done.stderr)
        done = subprocess.run(["pdftotext", *(options or ["-raw"]), self.path, "-"],
                              capture_output=True, text=True)
        self.count.ok(f"{what}: pdftotext", done.returncode == 0 and not done.stderr, done.stderr)
        return done.stdout.split("\f")[:-1]

    def lines_of(self, program):
        done = subprocess.run([program, self.path], capture_output=True, text=True, check=True)
        return done.stdout.splitlines()

    def parts(self):
        """The objects of the file, as qpdf tells them in JSON."""
        done = subprocess.run(["qpdf", "--json", self.path], capture_output=True, check=True)
        return json.loads(done.stdout)


# What a value looks like.

def plain(text):
    """Without what is drawn as a space, or not at all.  pdftotext has a sign for noncharacters."""
    text = re.sub("[\ufffe\uffff\U0010ffff]", "\ufffd", text)
    return "".join(c for c in unicodedata.normalize("NFC", text)
                   if unicodedata.category(c) not in ("Cc", "Cf", "Zs", "Zl", "Zp")
                   and not 0xfe00 <= ord(c) <= 0xfe0f)


def rounded(number, places):
    return number.quantize(D(1).scaleb(-places), decimal.ROUND_HALF_UP)


def general(number, digits):
    """A number under General: `digits` of a double, all of a numeric."""
    if number == 0:
        return "0"
    if digits:
        number = rounded(number, digits - 1 - number.adjusted())
        exponent = number.adjusted()
        if not -5 <= exponent < 15:
            mantissa = format(number.scaleb(-exponent).normalize(), "f")
            return f"{mantissa}E{'+' if exponent >= 0 else '-'}{abs(exponent):02}"
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def shown_time(text):
    """Rounded to seconds; after the last one comes midnight."""
    hours, minutes, seconds = text.split(":")
    total = (int(hours) * 60 + int(minutes)) * 60 + rounded(D(seconds), 0)
    if "." in seconds:
        total %= 86400
    return f"{total // 3600:02}:{total // 60 % 60:02}:{total % 60:02}"


def shown_interval(text):
    if re.search("year|mon", text):
        return text
    found = re.fullmatch(r"(?:(-?\d+) days? ?)?(?:([-+]?)(\d+):(\d\d):(\d\d(?:\.\d+)?))?", text)
    days, sign, hours, minutes, seconds = found.groups()
    total = D(int(days or 0) * 86400)
    if hours:
        total += D(sign + "1") * (int(hours) * 3600 + int(minutes) * 60 + D(seconds))
    whole = int(rounded(abs(total), 0))
    if whole * 10**6 >= 2**63:
        return text
    minus = "-" if total < 0 and whole else ""
    return f"{minus}{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"


def shown(kind, text):
    """What a page shows of a value, whose text is that of its output function."""
    name, scale = kind
    if text is None:
        return ""
    if name == "bool":
        return "yes" if text == "t" else "no"
    if name in ("numeric", "float4", "float8") and not re.search("[NI]", text):
        if name == "numeric" and scale is not None:
            return f"{rounded(D(text), scale):,f}"
        return general(D(text), 0 if name == "numeric" else 15)
    if name == "time":
        return shown_time(text)
    if name == "timestamptz" and "BC" not in text:
        return OFFSET.sub("", text)
    return shown_interval(text) if name == "interval" else text


ROUNDED = """CASE WHEN isfinite({0}) AND
    extract(year FROM date_trunc('second', {0} + interval '0.5 second')) > 0
    THEN date_trunc('second', {0} + interval '0.5 second') ELSE {0} END"""


def reference_rows(reference, query):
    """Names, types and the rows of a query as texts that the output functions give; timestamps
    rounded to the seconds that are shown of them, in years that have a number."""
    columns = reference.execute(f"SELECT * FROM ({query}) q LIMIT 0").description
    aliases = [f"c{i}" for i in range(len(columns))]
    kinds = [(reference.execute("SELECT typname FROM pg_type WHERE oid = %s",
                                (c.type_code,)).fetchone()[0], c.scale) for c in columns]
    # Of a row of nulls IS NOT NULL would be false.
    texts = ", ".join(f"CASE WHEN {a} IS DISTINCT FROM NULL THEN format('%s', "
                      f"{(ROUNDED if kind in ('timestamp', 'timestamptz') else '{0}').format(a)}) END"
                      for a, (kind, _) in zip(aliases, kinds))
    rows = reference.execute(f"SELECT {texts} FROM ({query}) q ({', '.join(aliases)})").fetchall()
    return [c.name for c in columns], kinds, rows


def text_of_table(names, kinds, rows):
    fields = list(names) + [shown(kind, text) for row in rows for kind, text in zip(kinds, row)]
    return "".join(fields)


# The checks.

def check_query(count, reader, sessions, what, query):
    """The only table of a document on one page, or on pages that each repeat its head."""
    options = sessions.next()
    oracle.change_settings(sessions.ours, {"client_encoding": "UTF8"})
    names, kinds, rows = reference_rows(sessions.reference, query)
    data = count.attempt(what, query[:80], oracle.by_stream, sessions.ours, query, "pdf",
                         **{**BARE, "page": "A3", "orientation": "landscape", **options})
    if data is None:
        return
    pages = [plain(page) for page in reader.read(what, data)]
    head = plain("".join(names))
    found = pages[0] + "".join(page.removeprefix(head) for page in pages[1:])
    want = plain(text_of_table(names, kinds, rows))
    # A row that goes on on the next page is drawn in pieces; bands repeat a column.
    same = found == want
    if len(pages) > 1:
        lost = collections.Counter(want) - collections.Counter(found)
        same = not lost and ("Columns1–" in found or len(found) == len(want))
    count.ok(f"{what}: text", same, lambda: f"{len(pages)} pages, " + oracle.first_difference(
        found.encode(), want.encode()))


def check_picked(count, reader, sessions):
    for name, texts in values.ALL.items():
        chosen = [t for t in texts if len(t) <= LONGEST and not t.startswith(LAST_YEAR)] + [None]
        rows = ", ".join(f"({quote(text)}::{values.sql_name(name)})" for text in chosen)
        check_query(count, reader, sessions, "picked values",
                    f"SELECT v AS picked FROM (VALUES {rows}) t (v)")


def check_random(count, reader, sessions):
    rng = oracle.seeded("pages")
    for number in range(RANDOM_TABLES):
        table = values.RandomTable(rng, f"random_{number}", rows=5)
        table.columns = table.columns[:4]
        table.rows = [row[:4] for row in table.rows]
        table.create(sessions.reference)
        check_query(count, reader, sessions, "random tables", f"SELECT * FROM {table.name}")


GROUPED = """
    CREATE TABLE grouped AS
    SELECT 'client ' || g / 40 AS client, 'project ' || g / 8 AS project, g AS n,
           'word' || g AS word, (g * 7919 % 10007 / 100.0 - 20)::numeric(12, 2) AS amount
    FROM generate_series(0, 299) g
"""
GROUPED_SUMS = """
    SELECT client, project, sum(amount) FROM grouped
    GROUP BY GROUPING SETS ((client, project), (client), ()) ORDER BY min(n), 2, 1
"""


def check_groups(count, reader, sessions):
    """Every row once and in order, under its group; sums at the foot of groups and pages."""
    sessions.reference.execute(GROUPED)
    rows = {n: (client, project, word, amount) for client, project, n, word, amount in
            sessions.reference.execute("SELECT * FROM grouped ORDER BY n").fetchall()}
    sums = {tuple(row[:2]): row[2] for row in sessions.reference.execute(GROUPED_SUMS).fetchall()}
    data = make(sessions.ours, [{"name": "Grouped", "query": "SELECT * FROM grouped ORDER BY n",
                                 "group_by": ["client", "project"],
                                 "totals": {"amount": "sum"}}], {"carry_over": True})
    what = "groups"
    pages = reader.read(what, data)
    order, running, totals, client, project = [], D(0), {}, None, None
    for number, page in enumerate(pages):
        lines = page.splitlines()
        for at, line in enumerate(lines):
            amount = D(line.split()[-1].replace(",", "")) if re.search(r"\d\.\d\d$", line) else None
            if found := re.fullmatch(r"client: (client \d+)( › project: (.*) \(continued\))?", line):
                client, project = found[1], found[3] or project
            elif line.startswith("project: "):
                project = line.removeprefix("project: ").removesuffix(" (continued)")
            elif found := re.fullmatch(r"(\d+) (\S+) -?[\d,.]+", line):
                order.append(int(found[1]))
                running += amount
                count.ok(f"{what}: rows", rows[int(found[1])] == (client, project, found[2], amount),
                         f"{line!r} under {client}, {project}")
            elif found := re.match(r"Subtotal (project|client) (\d+) ", line):
                key = (client, project) if found[1] == "project" else (client, None)
                count.ok(f"{what}: place", key[found[1] == "project"] == f"{found[1]} {found[2]}", line)
                totals[key] = amount
            elif line.startswith("Total "):
                totals[None, None] = amount
            elif line.startswith("Brought forward "):
                count.ok(f"{what}: carry-over", amount == running and number > 0, line)
            elif line.startswith("Carried forward "):
                count.ok(f"{what}: carry-over", amount == running and at == len(lines) - 1, line)
        count.ok(f"{what}: headings", "n word amount" in lines, f"page {number + 1}")
        carried = "\nCarried forward " in page, "\nBrought forward " in page
        count.ok(f"{what}: carry-over", carried == (number < len(pages) - 1, number > 0),
                 f"page {number + 1}")
    count.ok(f"{what}: every row", order == list(rows), f"{len(order)} rows of {len(rows)}")
    count.ok(f"{what}: sums", totals == sums, lambda: f"{set(totals.items()) ^ set(sums.items())}")
    check_outline(count, reader, ["Grouped", [key[0] for key in sums if key[0] and not key[1]]])


def check_outline(count, reader, *sections):
    found = [part for entry in reader.parts()["outlines"]
             for part in (entry["title"], [kid["title"].split(": ")[-1] for kid in entry["kids"]])]
    want = [part for section in sections for part in section]
    count.ok("outline", found == want, f"{found}, not {want}")


def check_bands(count, reader, sessions):
    """A table of more columns than fit: each value once, but for those of the repeated column."""
    for columns, rows in ((60, 70), (300, 5), (1600, 2)):
        what = "bands"
        fields = ", ".join(f"'r' || g || 'c{c}' AS h{c}" for c in range(columns))
        data = make(sessions.ours, [{"name": "Wide", "query": f"SELECT {fields} "
                                     f"FROM generate_series(1, {rows}) g"}])
        pages = reader.read(what, data)
        words = [word for page in pages for word in page.split()]
        values_of = [w for w in words if re.fullmatch(r"r\d+c\d+", w)]
        once = [w for w in values_of if not w.endswith("c0")]
        want = [f"r{r}c{c}" for r in range(1, rows + 1) for c in range(1, columns)]
        count.ok(f"{what}: every value once", sorted(once) == sorted(want),
                 f"{len(once)} values, not {len(want)}")
        count.ok(f"{what}: every row is named", {w for w in values_of if w.endswith("c0")} ==
                 {f"r{r}c0" for r in range(1, rows + 1)}, f"{columns} columns")
        ranges = [tuple(map(int, found)) for page in pages
                  for found in re.findall(rf"Columns (\d+)–(\d+) of {columns}", page)]
        bands = sorted(set(ranges))
        count.ok(f"{what}: which columns", len(ranges) == len(pages) and
                 [first for first, _ in bands] == [1] + [last + 1 for _, last in bands[:-1]] and
                 bands[-1][1] == columns, f"{bands}")
        for page, (first, last) in zip(pages, ranges):
            heads = set(re.findall(r"\bh\d+\b", page))
            count.ok(f"{what}: headings", heads == {f"h{c}" for c in [0, *range(first - 1, last)]},
                     f"columns {first} to {last}: {heads}")


def check_long(count, reader, sessions):
    """Pages after pages: no row lost, none twice, headings on each, page numbers that are true."""
    total = 100000 if oracle.LONG else 20000
    what = "long tables"
    data = oracle.by_stream(sessions.ours, f"SELECT g AS number, 'w' || g AS word "
                            f"FROM generate_series(1, {total}) g", "pdf",
                            title="Long", document_time=TIME, time_zone="UTC",
                            footer="{title}|{date}|{page}/{pages}")
    pages = reader.read(what, data)
    numbers = [tuple(map(int, row)) for page in pages for row in re.findall(r"(?m)^(\d+) w(\d+)$", page)]
    count.ok(f"{what}: every row", numbers == [(n, n) for n in range(1, total + 1)],
             f"{len(numbers)} of {total}")
    for number, page in enumerate(pages, 1):
        lines = page.splitlines()
        count.ok(f"{what}: headings", "number word" in lines, f"page {number}")
        count.ok(f"{what}: footer", lines[-1] == f"Long Mar 31, 2026 {number}/{len(pages)}",
                 f"{lines[-1]!r} on page {number}")


REPORT = [
    {"kind": "figures", "name": "Key figures",
     "query": "SELECT 1204.5 AS hours, 1100.0 AS hours_before, 0.82 AS billable",
     "columns": [{"name": "hours", "heading": "Hours", "format": "#,##0.0",
                  "compare": "hours_before"},
                 {"name": "billable", "heading": "Billable", "format": "0%"}, "hours_before"]},
    {"kind": "chart", "name": "By project",
     "query": "SELECT * FROM (VALUES ('Website', 610), ('Shop', 400)) v (project, hours)",
     "chart": {"type": "bar", "category": "project", "values": "hours"}},
    {"kind": "text", "name": "Note", "text": "Figures include planned hours.\n\nA second paragraph."},
    {"kind": "table", "name": "Entries", "query": "SELECT 'größer' AS a, '漢字' AS b, 'Ελλάς' AS c"},
    {"kind": "table", "name": "None", "query": "SELECT 1 AS a, 2 AS b WHERE false"},
]
HEAD = {"title": "Hours in März", "subtitle": "All clients", "author": "A. Author",
        "subject": "What was done", "filters": "month is March"}


def check_report(count, reader, sessions):
    """Every kind of section: words, metadata, outline, fonts, and the same bytes again."""
    what = "reports"
    data = make(sessions.ours, REPORT, {"time_zone": "Europe/Berlin"}, **HEAD)
    text = plain("".join(reader.read(what, data)))
    for words in ["Hours in März", "All clients", "month is March", "Key figures", "1,204.5", "82%",
                  "9.5%", "By project", "Website", "610", "Shop", "400", "planned hours.",
                  "A second paragraph.", "größer", "漢字", "Ελλάς", "No data", "Europe/Berlin"]:
        count.ok(f"{what}: words", plain(words) in text, words)
    info = dict(re.split(r":\s+", line, maxsplit=1) for line in reader.lines_of("pdfinfo")
                if re.search(r":\s+\S", line))
    wanted = {"Title": HEAD["title"], "Author": HEAD["author"], "Subject": HEAD["subject"],
              "Producer": "export for PostgreSQL", "Encrypted": "no"}
    for key, value in wanted.items():
        count.ok(f"{what}: metadata", info.get(key) == value, f"{key} is {info.get(key)}")
    stated = re.findall(rb"/CreationDate ?\(([^)]*)\)", uncompressed(reader))
    count.ok(f"{what}: metadata", stated == [b"D:20260331140000+02'00'"], f"{stated}")
    check_outline(count, reader, *[[section["name"], []] for section in REPORT])
    fonts = [line.split() for line in reader.lines_of("pdffonts")[2:]]
    for font in fonts:
        count.ok(f"{what}: fonts", font[-5:-2] == ["yes", "yes", "yes"] and
                 re.match(r"[A-Z]{6}\+", font[0]), f"{font}")
    families = {font[0].split("+")[1].split("-")[0] for font in fonts}
    count.ok(f"{what}: fonts", {"LiberationSans"} < families, f"{families}")
    again = make(oracle.connect({"DateStyle": "German", "TimeZone": "Asia/Tokyo",
                                 "extra_float_digits": "0"}),
                 REPORT, {"time_zone": "Europe/Berlin"}, **HEAD)
    count.ok(f"{what}: the same bytes", again == data, lambda: oracle.first_difference(again, data))
    later = make(sessions.ours, REPORT, {"time_zone": "Europe/Berlin",
                                         "document_time": "2026-03-31 12:00:01+00"}, **HEAD)
    count.ok(f"{what}: another time", later != data)


def check_gallery(count, reader):
    """What docs/gallery.md shows can be made by anyone."""
    done = subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f",
                           PICTURES / "gallery.sql"], capture_output=True, text=True)
    count.ok("gallery", done.returncode == 0, done.stderr)
    made = dict(line.split() for line in done.stdout.splitlines())
    shown = {path.stem for path in PICTURES.glob("*.png")}
    count.ok("gallery", set(made) == shown, f"{set(made)}, not {shown}")
    for data in made.values():
        reader.read("gallery", base64.b64decode(data))


def uncompressed(reader):
    return subprocess.run(["qpdf", "--qdf", "--object-streams=disable", reader.path, "-"],
                          capture_output=True, check=True).stdout


def main():
    count = oracle.Count("PDF documents of a server and their readers")
    for program in ("qpdf", "pdftotext", "pdffonts", "pdfinfo"):
        if not shutil.which(program):
            sys.exit(f"{program} is not installed")
    sessions = oracle.Sessions()
    sessions.reference.execute(values.MADE_TYPES)
    reader = Reader(count)
    check_picked(count, reader, sessions)
    check_random(count, reader, sessions)
    check_groups(count, reader, sessions)
    check_bands(count, reader, sessions)
    check_long(count, reader, sessions)
    check_report(count, reader, sessions)
    check_gallery(count, reader)
    count.finish()


main()
