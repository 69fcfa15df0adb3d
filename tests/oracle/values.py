"""Values of every built-in type: hand-picked extremes, and random ones.

Values are texts for the type's input function.  Everything is read by the server before it is
exported, so that a text here need not be the one that comes out.
"""
import datetime
import json
import string
import uuid

from oracle import identifier, quote

TEXTS = ["", " ", " lead", "trail ", "a,b", 'say "hi"', "it's", "line\nfeed", "carriage\rreturn",
         "both\r\n", "\\.", "\\N", "NULL", "null", "\\", "back\\slash", "tab\t", "{}", "{a}",
         "\v\f", "\u2028\u2029", "\x01\x1f\x7f", "äöüß", "日本語", "\U0001f600", "e\u0301", "=1+1",
         "-5", ";|;", "\ufeffbom", "\U0010ffff\ufffe", "x" * 300, '"', '""', ",", "\n", "\r",
         "a" * 63]

JSONS = ["null", "true", "0", "-0", "1.10", "1e400", "1E-7", '""', '"\\u0001\\u001f"', "[]", "{}",
         '"\\ud83d\\ude00"', '{"b": 1, "a": {"c": [1, 2, {"d": null}]}}', '" a,b "', '[[[[[]]]]]',
         '{"": ""}', '"\\\\ \\" \\/ \\b\\f\\n\\r\\t"', '[1, "a", null, true, -1.5e3]', '"äöü日本語"',
         '123456789012345678901234567890.123456789', '{"k": "' + "v" * 3000 + '"}',
         json.dumps({f"key{i}": i for i in range(50)})]

PICKED = {
    "bool": ["t", "f"],
    "int2": ["0", "-1", "32767", "-32768"],
    "int4": ["0", "9", "10", "-1", "2147483647", "-2147483648", "1000000000"],
    "int8": ["0", "9223372036854775807", "-9223372036854775808", "9007199254740991",
             "9007199254740992", "-9007199254740991", "-9007199254740993", "99999999", "100000000"],
    "float4": ["0", "-0", "NaN", "Infinity", "-Infinity", "1.5", "0.1", "3.4028235e38", "1e-45",
               "1.1754944e-38", "1.17549421e-38", "123456", "1234567", "999999", "1e6", "1e15",
               "16777216", "16777217", "-7.038531e-26", "1e-4", "1e-5", "0.00012345"],
    "float8": ["0", "-0", "NaN", "Infinity", "-Infinity", "0.1", "0.30000000000000004", "5e-324",
               "2.2250738585072014e-308", "2.2250738585072009e-308", "1.7976931348623157e308",
               "1e15", "999999999999999", "1e16", "123456789012345678", "9007199254740993", "1e22",
               "1e23", "0.0001", "0.00001", "-1e-7", "1.0000000000000002", "4.35", "1e-4",
               "9.5367431640625e-07", "5e-5", "12345678901234.5"],
    "numeric": ["0", "-0", "0.00", "1.10", "-1.10", "NaN", "Infinity", "-Infinity", "1e-20",
                "0.000000000000000000001", "9" * 1000, "-" + "9" * 1000, "0." + "0" * 999 + "1",
                "1" + "0" * 300, "1" * 500 + "." + "2" * 500, "9" * 131072, "." + "1" * 16383,
                "9007199254740991", "9007199254740992", "-9007199254740992", "9007199254740991.5",
                "0.1234567890123456789", "10000", "9999", "99990000", "100000000.00010000",
                "12345678.9", "1e4", "0.0001", "0.00010"],
    "money": ["0", "-0.01", "92233720368547758.07", "-92233720368547758.08", "1234.56"],
    "text": TEXTS,
    "varchar": TEXTS,
    "bpchar": ["", " ", "a", "a  ", "äö ", "\\."],
    "char": ["", "a", ",", '"', " ", "\\", "\n", "\x01", "\\377", "\\200"],
    "name": [t for t in TEXTS if len(t.encode()) < 64] + ["ä" * 31],
    "bytea": ["\\x", "\\x00", "\\x5c", "\\xdeadbeef", "\\x0a0d2c22", "\\x" + "00ff" * 50,
              "\\x61", "\\x6162", "\\x616263", "\\xffffff", "\\xfbffbf"],
    "date": ["2000-01-01", "1999-12-31", "epoch", "infinity", "-infinity", "0001-01-01",
             "0001-12-31 BC", "0044-03-15 BC", "4713-01-01 BC", "4714-11-24 BC", "5874897-12-31",
             "9999-12-31", "10000-01-01", "2024-02-29", "1900-02-28", "0005-02-29 BC",
             "0004-02-28 BC", "99999-12-31", "100000-01-01"],
    "time": ["00:00", "24:00", "23:59:59.999999", "00:00:00.000001", "12:34:56.7", "12:34:56.70001",
             "23:59:60"],
    "timetz": ["00:00+00", "24:00-15:59:59", "23:59:59.999999+15:59:59", "12:00+05:30",
               "12:00-00:44:30", "12:34:56.789-08", "00:00:00.000001+00:00:01"],
    "timestamp": ["2000-01-01", "1999-12-31 23:59:59.999999", "epoch", "infinity", "-infinity",
                  "0001-01-01", "0001-12-31 23:59:59.999999 BC", "0044-03-15 12:00:00.5 BC",
                  "4714-11-24 00:00:00 BC", "294276-12-31 23:59:59.999999", "9999-12-31 23:59:59",
                  "9999-12-31 23:59:59.999999",
                  "10000-01-01", "2024-02-29 12:34:56.1", "2024-02-29 12:34:56.12",
                  "2024-02-29 12:34:56.000001", "1969-12-31 23:59:59.9"],
    "timestamptz": ["2000-01-01 00:00+00", "1999-12-31 23:59:59.999999+00", "epoch", "infinity",
                    "-infinity", "0001-01-01 00:00+00", "0001-12-31 23:59:59.999999+00 BC",
                    "0044-03-15 12:00:00.5+00 BC", "4714-11-24 00:00:00+00 BC",
                    "294276-12-31 23:59:59.999999+00", "2024-03-31 00:59:59.999999+00",
                    "2024-03-31 01:00+00", "2024-10-27 00:30+00", "2024-10-27 01:30+00",
                    "1883-11-18 17:00+00", "1850-01-01 00:00+00", "2100-01-01 00:00+00",
                    "2500-07-01 00:00+00",
                    "1899-12-31 23:59:59.5+00", "1900-01-01 00:00+00", "2099-12-31 23:59:59+00",
                    "2037-12-31 00:00+00", "9999-12-31 23:59:59+00"],
    "interval": ["0", "1 year", "-1 year", "1 mon", "-1 mon", "1 day", "-1 day", "1 year 2 mons",
                 "-1 year -2 mons +3 days -04:05:06.7", "1 year -1 mon", "1 mon -1 day", "24:00",
                 "-1 day +00:00:01", "1 day -00:00:00.000001", "00:00:00.1", "-00:00:00.000001",
                 "178000000 years", "-178000000 years", "2147483647 mons", "-2147483648 mons",
                 "2147483647 days", "-2147483648 days", "2562047788:00:54.775807",
                 "-9223372036854775808 microseconds", "99:59:59.999999", "100:00:00", "-13 mons",
                 "11 mons 31 days 23:59:60",
                 "-2147483648 mons -2147483648 days -9223372036854775808 microseconds",
                 "2147483647 mons 2147483647 days 2562047788:00:54.775807", "1 mon 00:00:01"],
    "uuid": ["00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
             "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"],
    "json": JSONS + ['{"a": 1, "a": 2}', " [ 1 , 2 ] ", "[1,\n2,\r\n\t3]", '{ "a" : [ ] }',
                     '"\\ud800"', "1.0e+10", "-0.0"],
    "jsonb": JSONS,
    "jsonpath": ["$", "$.a[*] ? (@ > 1)", 'strict $."a b"', '$ ? (@ like_regex "^a,b")', "-1.5"],
    "xml": ["<a/>", "text only", "<a b=\"1,2\">x\ny</a>", "<?xml version=\"1.0\"?><a>ä</a>", ""],
    "bit": ["0", "1"],
    "varbit": ["", "0", "101", "1" * 100],
    "inet": ["0.0.0.0/0", "192.168.1.1", "192.168.1.1/24", "::", "::1/128", "2001:db8::/32",
             "::ffff:1.2.3.4"],
    "cidr": ["0.0.0.0/0", "10.0.0.0/8", "2001:db8::/32", "::1/128"],
    "macaddr": ["00:00:00:00:00:00", "08:00:2b:01:02:03", "ff:ff:ff:ff:ff:ff"],
    "macaddr8": ["00:00:00:00:00:00:00:00", "08:00:2b:01:02:03:04:05", "ff:ff:ff:ff:ff:ff:ff:ff"],
    "point": ["(0,0)", "(-0,1e-10)", "(NaN,Infinity)", "(1.5,-2.25)", "(1e300,1e-300)"],
    "line": ["{1,-1,0}", "{0,1,-0.5}"],
    "lseg": ["[(0,0),(1,1)]"],
    "box": ["(1,1),(0,0)", "(0.1,0.2),(-0.1,-0.2)"],
    "path": ["[(0,0),(1,1)]", "((0,0),(1,1),(2,0))"],
    "polygon": ["((0,0),(1,1),(2,0))"],
    "circle": ["<(0,0),1>", "<(0.1,0.2),1e10>"],
    "tsvector": ["", "'a':1A,2B 'b c'", "'it''s':3", "'\"q\",'", "back\\\\slash"],
    "tsquery": ["", "'a' & !'b' | ( 'c' <-> 'd' )", "'x y':*AB"],
    "oid": ["0", "1", "2147483648", "4294967295"],
    "xid": ["0", "4294967295"],
    "xid8": ["0", "18446744073709551615"],
    "cid": ["0", "4294967295"],
    "tid": ["(0,0)", "(4294967295,65535)"],
    "pg_lsn": ["0/0", "FFFFFFFF/FFFFFFFF", "16/B374D848"],
    "int2vector": ["", "1", "1 -2 32767"],
    "oidvector": ["", "1", "1 4294967295"],
    "regproc": ["-", "now", "pg_catalog.pg_typeof", "4294967295"],
    "regprocedure": ["-", "now()", "substring(text,text)"],
    "regoper": ["0", "pg_catalog.||/"],
    "regoperator": ["0", "+(integer,integer)", "-(NONE,bigint)"],
    "regclass": ["-", "pg_class", "4294967295"],
    "regtype": ["-", "integer", "timestamp with time zone[]", "\"char\""],
    "regrole": ["-", "postgres"],
    "regnamespace": ["-", "pg_catalog"],
    "regconfig": ["-", "english"],
    "regdictionary": ["-", "simple"],
    "regcollation": ["-", "\"C\""],
    "refcursor": ["", "cursor,\"x\""],
    "txid_snapshot": ["10:20:10,14,15", "1:1:"],
    "pg_snapshot": ["10:20:10,14,15", "1:1:"],
    "aclitem": ["=r/postgres", "postgres=arwdDxt/postgres"],
    "int4range": ["empty", "[1,3)", "(,)", "[1,)", "(,5)", "[-2147483648,2147483647)"],
    "int8range": ["empty", "[1,9223372036854775807)", "(,)"],
    "numrange": ["empty", "[1.10,2.20]", "(1,2)", "(,NaN]", "[-Infinity,)", "(1.5,)"],
    "daterange": ["empty", "[2024-01-01,2024-02-01)", "[0044-03-15 BC,)", "(-infinity,infinity)"],
    "tsrange": ["empty", "[2024-01-01 00:00,2024-01-01 12:00:00.5]", "(,0044-03-15 BC)",
                "[-infinity,infinity]"],
    "tstzrange": ["empty", "[2024-03-31 00:30+00,2024-03-31 01:30+00)", "(1850-01-01 00:00+00,)"],
    "int4multirange": ["{}", "{[1,3),[5,9)}", "{(,)}"],
    "int8multirange": ["{}", "{[1,3),[5,9223372036854775807)}"],
    "nummultirange": ["{}", "{[1.10,2.20],(3,)}"],
    "datemultirange": ["{}", "{[2024-01-01,2024-02-01),[2025-01-01,)}"],
    "tsmultirange": ["{}", "{(,2024-01-01 00:00],[2025-01-01 12:00,infinity)}"],
    "tstzmultirange": ["{}", "{[2024-03-31 00:30+00,2024-03-31 01:30+00)}"],
}

# Types of pg_type whose input function takes nothing; the catalogs hold values of them.
NO_INPUT = {"gtsvector", "pg_node_tree", "pg_ndistinct", "pg_dependencies", "pg_mcv_list",
            "pg_brin_bloom_summary", "pg_brin_minmax_multi_summary"}

# Types that the tests make from others.
MADE_TYPES = """
    CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy, "very"', ' ', 'größer');
    CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
    CREATE DOMAIN label AS text;
    CREATE DOMAIN stay AS daterange;
    CREATE DOMAIN numbers AS numeric[];
    CREATE TYPE pair AS (x integer, y text);
    CREATE TYPE nested AS ("first key" pair, "i" interval, "when" timestamptz, "list" pair[],
                           "bytes" bytea, m mood, d positive, j json, r int4range);
    CREATE DOMAIN pair_domain AS pair;
    CREATE TYPE single AS (only_field text);
    CREATE TYPE nothing AS ();
    CREATE TYPE timerange AS RANGE (subtype = time, multirange_type_name = timemultirange);
    CREATE TYPE textrange AS RANGE (subtype = text, collation = "C");
"""
MADE = {
    "mood": ["sad", 'happy, "very"', " ", "größer"],
    "positive": ["1", "2147483647"],
    "label": TEXTS,
    "stay": ["[2024-01-01,2024-01-03)", "empty"],
    "numbers": ["{1.10,NULL,NaN}", "{}", "[0:1]={1,2}"],
    "pair": ["(1,a)", "(,)", '(-5,"a ""b"" \\\\c, d")', '(7,"")', '(0," ")'],
    "nested": ['("(1,""x,y"")",1 day,2024-03-31 01:30+00,"{""(2,b)"",NULL}",\\x00ff,sad,5,'
               '"{""k"": [1, 2]}","[1,5)")', "(,,,,,,,,)"],
    "pair_domain": ["(1,a)", "(,)"],
    "single": ["(x)", "()", '("a,b")'],
    "nothing": ["()"],
    "timerange": ["[00:00,24:00]", "empty", "(12:00,)"],
    "timemultirange": ["{}", "{[00:00,01:00),[23:00,24:00]}"],
    "textrange": ['["a,b","c""d"]', "(,)", "empty", '[ a,b\\,]'],
}

ALL = {**PICKED, **MADE}


def sql_name(type_name):
    """The type as SQL writes it; "char" is not char."""
    return '"' + type_name + '"' if type_name != "bit" else "bit(1)"


def random_text(rng):
    alphabet = rng.choice([string.ascii_letters, string.printable.replace("\x0b", ""),
                           'ab,"\\ \n\r;\'{}()[]', "äöüßéñ", "日本語中文한국", "\U0001f600\U0001f4a9",
                           "\x01\x02\x1f\x7f\u0080\u2028\ud7ff\ue000\ufffd"])
    length = rng.choice([0, 1, 2, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 100, 126, 127, 128, 1000])
    text = "".join(rng.choice(alphabet) for _ in range(rng.randint(0, length)))
    return text + rng.choice(["", "", '"', ",", "\n"])


def random_integer(bits):
    def make(rng):
        width = rng.randint(1, bits)
        value = rng.randint(-2 ** width, 2 ** width)
        return str(max(-2 ** (bits - 1), min(2 ** (bits - 1) - 1, value)))
    return make


def random_float(digits, low, high):
    def make(rng):
        mantissa = rng.randint(-10 ** rng.randint(1, digits), 10 ** rng.randint(1, digits))
        scale = len(str(abs(mantissa)))
        return f"{mantissa}e{rng.randint(low, high) - scale}"
    return make


def random_numeric(rng):
    whole = str(rng.randint(0, 10 ** rng.randint(1, 40)))
    fraction = "".join(rng.choice("0123456789") for _ in range(rng.randint(0, 20)))
    return rng.choice(["", "-"]) + whole + ("." + fraction if fraction else "")


def random_clock(rng):
    micro = rng.choice(["", "." + str(rng.randint(0, 10 ** rng.randint(1, 6) - 1))])
    return f"{rng.randint(0, 23):02}:{rng.randint(0, 59):02}:{rng.randint(0, 59):02}{micro}"


def random_date(rng):
    """Any day of the calendar; BC one time in five."""
    day = datetime.date(4, 1, 1) + datetime.timedelta(days=rng.randint(0, 3600000))
    if rng.random() < 0.2:
        return f"{rng.randint(1, 4713):04}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02} BC"
    if rng.random() < 0.2:
        return f"{rng.randint(10000, 294275)}-{day.month:02}-{min(day.day, 28):02}"
    if rng.random() < 0.6:
        day = datetime.date(rng.randint(1890, 2110), day.month, min(day.day, 28))
    return f"{day.year:04}-{day.month:02}-{day.day:02}"


def random_timestamp(zone=""):
    def make(rng):
        date, _, era = random_date(rng).partition(" ")
        return f"{date} {random_clock(rng)}{zone} {era}".strip()
    return make


def random_interval(rng):
    parts = [f"{rng.randint(-100, 100)} mons", f"{rng.randint(-1000, 1000)} days",
             rng.choice([f"{rng.choice(['', '-'])}{rng.randint(0, 200)}:{rng.randint(0, 59)}:00",
                         f"{rng.randint(-10 ** 12, 10 ** 12)} microseconds"])]
    return " ".join(rng.sample(parts, rng.randint(1, len(parts))))


def random_json(rng, depth=0):
    kind = rng.randint(0, 7 if depth < 4 else 4)
    if kind == 0:
        return rng.choice(["null", "true", "false"])
    if kind == 1:
        return str(rng.randint(-10 ** rng.randint(1, 25), 10 ** 10))
    if kind == 2:
        return f"{rng.randint(-999, 999)}.{rng.randint(0, 9999)}e{rng.randint(-20, 20)}"
    if kind <= 4:
        return json.dumps(random_text(rng), ensure_ascii=rng.random() < 0.5)
    items = [random_json(rng, depth + 1) for _ in range(rng.randint(0, 4))]
    if kind <= 6:
        return "{" + ", ".join(f"{json.dumps(random_text(rng)[:20])}: {i}" for i in items) + "}"
    return "[" + ",".join(items) + "]"


def random_range(bound, low="[(", high="])"):
    def make(rng):
        if rng.random() < 0.1:
            return "empty"
        ends = sorted(bound(rng) for _ in range(2))
        lower, upper = ("" if rng.random() < 0.15 else str(end) for end in ends)
        return f"{rng.choice(low)}{lower},{upper}{rng.choice(high)}"
    return make


RANDOM = {
    "bool": lambda rng: rng.choice("tf"),
    "int2": random_integer(16),
    "int4": random_integer(32),
    "int8": random_integer(64),
    "float4": random_float(9, -36, 37),
    "float8": random_float(17, -300, 300),
    "numeric": random_numeric,
    "money": lambda rng: f"{rng.randint(-10 ** 12, 10 ** 12)}.{rng.randint(0, 99):02}",
    "text": random_text,
    "varchar": random_text,
    "label": random_text,
    "bpchar": random_text,
    "name": lambda rng: random_text(rng)[:12],
    "bytea": lambda rng: "\\x" + rng.randbytes(rng.choice([0, 1, 2, 3, 10, 50, 1000])).hex(),
    "date": random_date,
    "time": random_clock,
    "timetz": lambda rng: f"{random_clock(rng)}{rng.choice('+-')}{rng.randint(0, 15):02}:"
                          f"{rng.randint(0, 59):02}",
    "timestamp": random_timestamp(),
    "timestamptz": random_timestamp("+00"),
    "interval": random_interval,
    "uuid": lambda rng: str(uuid.UUID(int=rng.getrandbits(128))),
    "json": random_json,
    "jsonb": random_json,
    "varbit": lambda rng: bin(rng.getrandbits(rng.randint(1, 80)))[2:],
    "inet": lambda rng: f"{rng.randint(0, 255)}.{rng.randint(0, 255)}.1.2/{rng.randint(0, 32)}",
    "macaddr": lambda rng: rng.randbytes(6).hex(":"),
    "macaddr8": lambda rng: rng.randbytes(8).hex(":"),
    "point": lambda rng: f"({rng.gauss(0, 1e3)},{rng.random()})",
    "oid": lambda rng: str(rng.getrandbits(32)),
    "int4range": random_range(lambda rng: rng.randint(-999, 999)),
    "int8range": random_range(lambda rng: rng.randint(-10 ** 15, 10 ** 15)),
    "numrange": random_range(lambda rng: rng.randint(-99, 99) / 8),
    "daterange": random_range(lambda rng: f"{rng.randint(1900, 2100)}-01-{rng.randint(1, 28):02}"),
    "tsrange": random_range(lambda rng: f"{rng.randint(1900, 2100)}-06-01 {random_clock(rng)}"),
    "tstzrange": random_range(
        lambda rng: f"{rng.randint(1900, 2100)}-06-01 {random_clock(rng)}+00"),
}


def random_value(rng, type_name):
    if type_name in RANDOM and rng.random() < 0.8:
        return RANDOM[type_name](rng)
    return rng.choice(ALL[type_name])


def array_literal(items, delimiter=","):
    def item(text):
        if text is None:
            return "NULL"
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return "{" + delimiter.join(map(item, items)) + "}"


def random_array(rng, type_name):
    delimiter = ";" if type_name == "box" else ","

    def items(n):
        return [None if rng.random() < 0.2 else random_value(rng, type_name) for _ in range(n)]
    length = rng.choice([0, 1, 2, 3, 9])
    if length == 0:
        return "{}"
    shape = rng.random()
    if shape < 0.6:
        return array_literal(items(length), delimiter)
    lower = rng.choice([-5, 0, 2])
    if shape < 0.8:
        return f"[{lower}:{lower + length - 1}]=" + array_literal(items(length), delimiter)
    return "{" + delimiter.join(array_literal(items(length), delimiter) for _ in range(2)) + "}"


class RandomTable:
    """A table of random columns; `create` makes and fills it."""

    def __init__(self, rng, name, rows=10):
        self.name = name
        self.columns = []
        makers = []
        for i in range(rng.randint(1, 12)):
            # json has no equality and gtsvector no input, but every type here has an array type.
            type_name = rng.choice(sorted(ALL))
            is_array = rng.random() < 0.2
            self.columns.append((f"c{i}_{type_name}", sql_name(type_name) + "[]" * is_array))
            makers.append((random_array if is_array else random_value, type_name))
        null_share = rng.choice([0, 0.1, 0.5])
        self.rows = [[None if rng.random() < null_share else make(rng, type_name)
                      for make, type_name in makers] for _ in range(rows)]

    def create(self, connection):
        columns = ", ".join(f"{identifier(n)} {t}" for n, t in self.columns)
        values = ", ".join("(" + ", ".join(quote(v) for v in row) + ")" for row in self.rows)
        connection.execute(f"DROP TABLE IF EXISTS {self.name}")
        connection.execute(f"CREATE UNLOGGED TABLE {self.name} ({columns})")
        connection.execute(f"INSERT INTO {self.name} VALUES {values}")
