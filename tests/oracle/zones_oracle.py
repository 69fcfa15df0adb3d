"""Times with zone in zones of every kind are what COPY writes with TimeZone set to the zone: random
instants over the whole range of the type, and each change of the clock to the microsecond."""
import bisect
import datetime
import json
import re
import zoneinfo

import oracle
from oracle import compare_csv

RANDOM_INSTANTS = 100000 if oracle.LONG else 5000

ZONES = ["UTC", "Etc/GMT+12", "Etc/GMT-14", "Europe/Berlin", "Europe/London", "Europe/Dublin",
         "Europe/Amsterdam", "Europe/Moscow", "Europe/Istanbul", "America/New_York",
         "America/St_Johns", "America/Sao_Paulo", "America/Caracas", "America/Juneau",
         "Asia/Kolkata", "Asia/Kathmandu", "Asia/Tehran", "Asia/Gaza", "Asia/Manila",
         "Asia/Pyongyang", "Australia/Lord_Howe", "Australia/Eucla", "Pacific/Apia",
         "Pacific/Kwajalein", "Pacific/Chatham", "Pacific/Kiritimati", "Africa/Casablanca",
         "Africa/Monrovia", "Africa/Cairo", "Antarctica/Troll", "Antarctica/Casey", "CET",
         "EST5EDT"]
# What only PostgreSQL's own reading of the name can decide.
POSIX_ZONES = ["EST5EDT,M3.2.0,M11.1.0", "<+0330>-3:30<+0430>,J79/24,J263/24", "<-0030>0:30",
               "XYZ+5:15", "FOO-14:45BAR-15:45,M9.5.0/2:45,M4.1.0/3:45"]
# The option takes offsets as ISO 8601 writes them, TimeZone as POSIX does.
OFFSETS = {"+02:00": "<+02:00>-02:00", "-05:30": "<-05:30>+05:30", "+14": "<+14>-14",
           "+00:00": "UTC", "-00:30": "<-00:30>+00:30"}

FIRST = datetime.datetime(1850, 1, 1, tzinfo=datetime.timezone.utc)
LAST = datetime.datetime(2110, 1, 1, tzinfo=datetime.timezone.utc)
STEP = datetime.timedelta(days=5)
EPOCH = datetime.datetime(2000, 1, 1, tzinfo=datetime.timezone.utc)
MICROSECONDS = [-3600 * 10 ** 6, -1, 0, 1, 3600 * 10 ** 6 - 1]


def changes(zone):
    """Seconds since 2000 at which the zone's offset changes."""
    info = zoneinfo.ZoneInfo(zone)

    def offset(seconds):
        return (EPOCH + datetime.timedelta(seconds=seconds)).astimezone(info).utcoffset()

    found = []
    start = int((FIRST - EPOCH).total_seconds())
    end = int((LAST - EPOCH).total_seconds())
    step = int(STEP.total_seconds())
    before = offset(start)
    for second in range(start, end, step):
        after = offset(second + step)
        if after != before:
            inside = range(second, second + step)
            found.append(second + bisect.bisect_left(inside, True,
                                                     key=lambda s: offset(s) != before))
        before = after
    return found


def fill(connection, table, microseconds):
    """A table of instants, given as microseconds since 2000."""
    connection.execute(f"CREATE TABLE {table} (id integer, at timestamptz)")
    with connection.cursor().copy(f"COPY {table} (id, at) FROM STDIN WITH (FORMAT binary)") as copy:
        copy.set_types(["int4", "timestamptz"])
        copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8))
        for number, value in enumerate(microseconds):
            copy.write(b"\0\2\0\0\0\4" + number.to_bytes(4, "big") + b"\0\0\0\x08" +
                       value.to_bytes(8, "big", signed=True))
        copy.write(b"\xff\xff")


def random_instants(rng):
    """Half of them in the years people live in, half anywhere."""
    first = -211813488000000000  # 4714-11-24 BC
    last = 9223371331200000000 - 1  # 294276-12-31
    near = [int((end - EPOCH).total_seconds()) * 10 ** 6 for end in (FIRST, LAST)]
    return [first, last, 0, *(rng.randint(*(near if rng.random() < 0.5 else (first, last)))
                              for _ in range(RANDOM_INSTANTS))]


def compare_json(count, ours, reference, table, zone, setting):
    """The same instants as ISO 8601, read back by Python or, beyond its years, told from COPY's."""
    oracle.change_settings(reference, {"TimeZone": setting})
    documents = oracle.by_copy(ours, f"SELECT at FROM {table}", "jsonl", time_zone=zone)
    spelled = oracle.copy_out(reference, f"COPY {table} (at) TO STDOUT").decode().splitlines()
    numbers = reference.execute(
        f"SELECT (extract(epoch FROM at) * 1000000 - 946684800000000)::bigint "
        f"FROM {table}").fetchall()
    wrong = []
    for line, text, (number,) in zip(documents.decode().splitlines(), spelled, numbers):
        value = json.loads(line)["at"]
        if not same_instant(value, text, number):
            wrong.append(f"{value} for {text}")
    count.ok("JSON documents of instants", len(spelled) == len(numbers) and not wrong,
             lambda: f"{zone}: {len(wrong)} of {len(spelled)}, {wrong[:3]}")
    count.compared["instants read back from JSON"] += len(spelled)


def same_instant(value, text, number):
    if re.match(r"\d{4}-", value) and not value.startswith("0000") and not text.endswith("BC"):
        try:
            read = datetime.datetime.fromisoformat(value)
            if (read - EPOCH) // datetime.timedelta(microseconds=1) != number:
                return False
        except OverflowError:
            pass
    date, rest = text.removesuffix(" BC").split(" ", 1)
    if text.endswith(" BC"):
        year, _, day = date.partition("-")
        date = f"{'-' if int(year) > 1 else ''}{int(year) - 1:04}-{day}"
    offset = re.search(r"[+-]\d\d(:\d\d)*$", rest)[0]
    return value == f"{date}T{rest}" + (":00" if len(offset) == 3 else "")


def main():
    count = oracle.Count("time zones and COPY")
    rng = oracle.seeded("zones")
    ours = oracle.connect({**oracle.HOSTILE_SETTINGS[0], "TimeZone": "Pacific/Marquesas"})
    reference = oracle.connect(oracle.REFERENCE_SETTINGS)
    fill(reference, "instants", random_instants(rng))
    zones = [(z, z) for z in ZONES + POSIX_ZONES] + list(OFFSETS.items())
    every_change = set()
    for number, (zone, setting) in enumerate(zones):
        tables = ["instants"]
        if zone in ZONES:
            found = changes(zone)
            every_change.update(found)
            if found:
                tables.append(f"changes_{number}")
                fill(reference, tables[-1], [s * 10 ** 6 + m for s in found for m in MICROSECONDS])
        for table in tables:
            oracle.change_settings(reference, {"TimeZone": setting})
            for query in [f"SELECT * FROM {table}", f"SELECT at, ARRAY[at, NULL], id FROM {table}",
                          f"SELECT * FROM {table} ORDER BY at DESC"]:
                compare_csv(count, "CSV documents of instants", ours, reference, query, ["COPY"],
                            time_zone=zone)
            compare_json(count, ours, reference, table, zone, setting)
        # The zone of the session, without the option.
        oracle.change_settings(ours, {"TimeZone": setting})
        compare_csv(count, "CSV documents in the session's zone", ours, reference,
                    "SELECT * FROM instants")
        oracle.change_settings(ours, {"TimeZone": "Pacific/Marquesas"})
    # Every change of every zone, in every zone: most are changes of another one.
    fill(reference, "all_changes",
         [s * 10 ** 6 + m for s in sorted(every_change) for m in MICROSECONDS])
    for zone, setting in zones:
        oracle.change_settings(reference, {"TimeZone": setting})
        compare_csv(count, "CSV documents of all zones' changes", ours, reference,
                    "SELECT * FROM all_changes", ["COPY"], time_zone=zone)
    print(f"  zones: {len(zones)}, random instants: {RANDOM_INSTANTS}, "
          f"changes of clocks: {len(every_change)}")
    count.finish()


main()
