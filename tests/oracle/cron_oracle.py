"""Runs of schedules are what croner says, an implementation of cron for JavaScript that has nothing
in common with ours, not even the time zone data: random expressions, zones and years.

Where the two differ by intention, the difference has a name here and in docs/schedules.md, and
must be exactly what the name says.  A difference without a name is a failure.
"""
import collections
import datetime
import functools
import json
import pathlib
import shutil
import subprocess
import tempfile
import zoneinfo

import oracle

HERE = pathlib.Path(__file__).parent
CASES = 100000 if oracle.LONG else 10000
RUNS = 4
ZONES = ["UTC", "Europe/Berlin", "Europe/London", "Europe/Dublin", "America/New_York",
         "America/Sao_Paulo", "America/St_Johns", "Asia/Kolkata", "Asia/Kathmandu",
         "Australia/Lord_Howe", "Australia/Sydney", "Africa/Casablanca", "Africa/Cairo",
         "Pacific/Apia", "Pacific/Auckland", "Pacific/Chatham"]
YEARS = range(2006, 2030)


def number_list(chance, low, high, most):
    return ",".join(str(chance.randint(low, high)) for _ in range(chance.randint(1, most)))


def span(chance, low, high):
    first = chance.randint(low, high - 1)
    last = chance.randint(first + 1, high)
    step = f"/{chance.randint(1, last - first)}" if chance.random() < 0.3 else ""
    return f"{first}-{last}{step}"


def minutes(chance):
    return chance.choice([str(chance.randint(0, 59)), number_list(chance, 0, 59, 3),
                          f"*/{chance.randint(2, 59)}", "*", span(chance, 0, 59)])


def hours(chance):
    # The hours in which clocks change more often than others.
    return chance.choice([str(chance.randint(0, 3)), str(chance.randint(0, 23)),
                          number_list(chance, 0, 23, 3), f"*/{chance.randint(2, 23)}", "*",
                          span(chance, 0, 23)])


def days(chance):
    return chance.choice(["*", "*", "*", "?", str(chance.randint(1, 31)),
                          number_list(chance, 1, 31, 3), f"*/{chance.randint(2, 30)}", "L", "LW",
                          f"{chance.randint(1, 31)}W", span(chance, 1, 31)])


def months(chance):
    return chance.choice(["*", "*", str(chance.randint(1, 12)), number_list(chance, 1, 12, 3),
                          f"*/{chance.randint(2, 11)}", "jan,JUL", "mar-may",
                          span(chance, 1, 12)])


def weekdays(chance):
    return chance.choice(["*", "*", "*", "?", str(chance.randint(0, 7)), "mon-fri", "SUN",
                          number_list(chance, 0, 6, 3), f"*/{chance.randint(2, 5)}", f"{chance.randint(0, 6)}#{chance.randint(1, 5)}",
                          f"{chance.randint(0, 6)}L", span(chance, 0, 6)])


def start_of(year):
    return int(datetime.datetime(year, 1, 1, tzinfo=datetime.timezone.utc).timestamp())


@functools.cache
def days_with_changes(zone):
    """Days, as their first seconds, in which clocks change."""
    every = range(start_of(YEARS.start), start_of(YEARS.stop), 86400)
    return [day for day in every if offset(zone, day) != offset(zone, day + 86400)]


def random_case(chance):
    zone = chance.choice(ZONES)
    seconds = start_of(chance.choice(YEARS)) + chance.randrange(366 * 86400)
    parts = [part(chance) for part in (minutes, hours, days, months, weekdays)]
    changes = days_with_changes(zone)
    if changes and chance.random() < 0.3:
        seconds = chance.choice(changes) - chance.randrange(86400)
        parts[2:] = chance.choice([["*", "*", "*"], ["*", "*", weekdays(chance)]])
    cron = " ".join(parts)
    return {"cron": cron, "zone": zone, "after": seconds, "count": RUNS,
            "both": has_star_among_days(cron)}


def has_star_among_days(cron):
    """Two fields that both name days are alternatives, unless one of them begins with a star: then
    a day must be in both.  The peer takes "*/2" for a list of days like any other; it has an option
    for days that must be in both."""
    of_month, of_week = cron.split()[2], cron.split()[4]
    return of_month.startswith("*/") or of_week.startswith("*/")


def peer_answers(cases):
    with tempfile.TemporaryDirectory(prefix="export_node") as name:
        folder = pathlib.Path(name)
        for file in ["package.json", "package-lock.json", "cron_peer.mjs"]:
            shutil.copy(HERE / file, folder / file)
        subprocess.run(["npm", "ci", "--omit=optional", "--ignore-scripts", "--no-audit",
                        "--no-fund"], cwd=folder, check=True, capture_output=True)
        answer = subprocess.run(["node", "cron_peer.mjs"], cwd=folder, check=True,
                                input=json.dumps(cases), capture_output=True, text=True)
        return json.loads(answer.stdout)


def our_answers(connection, cases):
    connection.execute("""
        CREATE TABLE cases (number int, cron text, zone text, after float8);
        CREATE FUNCTION runs(cron text, zone text, after float8) RETURNS jsonb LANGUAGE plpgsql AS $$
        BEGIN
            RETURN (SELECT coalesce(jsonb_agg(extract(epoch FROM r)::bigint ORDER BY r), '[]')
                    FROM export.next_runs($1, $2, %d, to_timestamp($3)) r);
        EXCEPTION WHEN invalid_parameter_value THEN
            IF SQLERRM = 'the schedule never runs' THEN RETURN '[]'; END IF;
            RETURN to_jsonb(SQLERRM);
        END $$""" % RUNS)
    with connection.cursor().copy("COPY cases FROM STDIN") as copy:
        for number, case in enumerate(cases):
            copy.write_row((number, case["cron"], case["zone"], case["after"]))
    rows = connection.execute("SELECT runs(cron, zone, after) FROM cases ORDER BY number")
    return [row[0] for row in rows.fetchall()]


def names_times_of_day(cron):
    return "*" not in cron.split()[0] + cron.split()[1]


def offset(zone, seconds):
    local = datetime.datetime.fromtimestamp(seconds, zoneinfo.ZoneInfo(zone))
    return local.utcoffset().total_seconds()


def ends_gap(zone, seconds):
    """Whether clocks are put forward at this instant."""
    return offset(zone, seconds) > offset(zone, seconds - 1)


def is_second_time(zone, seconds):
    """Whether the clock shows this time for the second time."""
    return datetime.datetime.fromtimestamp(seconds, zoneinfo.ZoneInfo(zone)).fold == 1


def difference(case, our, peer):
    """The name of the difference, "none" if there is none and "unexplained" if it has no name.

    skipped: times of a day that the clock skips happen when it is put forward.  The peer does so
    for one time, and forgets it for several times in the gap, on certain weekdays, and on the day
    that Apia skipped.
    repeated: times of a day that the clock shows twice happen once.  The peer does so for one time,
    and repeats several.
    """
    if our == peer:
        return "none"
    zone = case["zone"]
    if isinstance(peer, str) or not names_times_of_day(case["cron"]):
        return "unexplained"
    ordinary = [run for run in our if not ends_gap(zone, run)]
    theirs = [run for run in peer if not ends_gap(zone, run) and not is_second_time(zone, run)]
    both = min(len(ordinary), len(theirs))
    if ordinary[:both] != theirs[:both] or both == 0:
        return "unexplained"
    return "skipped" if len(ordinary) < len(our) else "repeated"


def main():
    count = oracle.Count("cron")
    chance = oracle.seeded("cron")
    cases = [random_case(chance) for _ in range(CASES)]
    differences = collections.Counter()
    for case, our, peer in zip(cases, our_answers(oracle.connect(), cases), peer_answers(cases)):
        name = difference(case, our, peer)
        differences[name] += 1
        count.ok("runs", name != "unexplained", f"{case}: ours {our}, the peer's {peer}")
    for name in ["skipped", "repeated"]:
        print(f"{name}: {differences[name]} of {CASES}")
        count.ok("named differences", differences[name] < CASES / 200, f"too many are {name}")
    count.ok("runs", differences["none"] > CASES * 0.99, "too few are equal")
    count.finish()


main()
