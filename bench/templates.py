#!/usr/bin/python3
"""What templates cost, and writes bench/RESULTS-templates.md.

Compile: the page of everything of docs/template-language.md, each call of compile_template timed in
the server, with a warm catalogue cache; this has the look-up of the template and its parse too.
Run: a sheet of entries as a stored CSV document, by template and by hand as export.run() of the SQL
and the arguments that compile_template gave, in interleaved rounds.  It never fails because of a
time.
"""

import argparse
import contextlib
import json
import os
import pathlib
import re
import shutil
import statistics
import tempfile
import time

from machine import HERE, machine
from report import table_lines, verdict
from server import Backend, Server

BACKEND_CORE, CLIENT_CORE = 0, 1
MOST_COMPILE_MS = 1
MOST_RATIO = 1.05
PERIOD = json.dumps({"period": {"from": "2025-01-01", "to": "2025-12-31"}})

SETUP = """
CREATE EXTENSION export;
CREATE SCHEMA tracking;
CREATE TABLE tracking.people AS SELECT i AS id, 'Person ' || i AS name FROM generate_series(1, 20) i;
CREATE TABLE tracking.projects AS
SELECT i AS id, 'Project ' || i AS name FROM generate_series(1, 30) i;
CREATE TABLE tracking.time_entries AS
SELECT i AS id, i %% 30 + 1 AS project_id, i %% 20 + 1 AS person_id,
       timestamptz '2024-01-01 09:00Z' + i %% 731 * interval '1 day' AS started_at,
       (i %% 16 + 1) * 0.5 AS hours, (60 + i %% 5 * 10)::numeric AS rate, i %% 4 > 0 AS billable,
       ARRAY['t' || i %% 3] AS tags, 'Entry ' || i AS description, 'Task ' || i %% 50 AS task
FROM generate_series(1, %(rows)s) i;
VACUUM ANALYZE tracking.people, tracking.projects, tracking.time_entries;
"""

COMPILE_TIMES = """
CREATE FUNCTION public.compile_times(calls int, params jsonb) RETURNS SETOF float LANGUAGE plpgsql AS $$
DECLARE
    began timestamptz;
BEGIN
    FOR number IN 1 .. calls LOOP
        began := clock_timestamp();
        PERFORM FROM export.compile_template('time_summary', params);
        RETURN NEXT 1000 * extract(epoch FROM clock_timestamp() - began);
    END LOOP;
END $$
"""

ENTRIES = """
template entries {
  param period daterange
  from tracking.time_entries as e
  join tracking.projects as p on p.id = e.project_id
  where e.started_at in $period
  sheet "Entries" {
    column "Date" = e.started_at::date
    column "Project" = p.name
    column "Hours" = e.hours
    column "Cost" = e.hours * e.rate
    order by e.id
  }
}
"""


def page_of_everything():
    page = (HERE.parent / "docs/template-language.md").read_text(encoding="utf-8")
    return next(text for text in re.findall(r"^```template\n(.*?)^```$", page, re.M | re.S)
                if text.startswith("template time_summary "))


def prepare(cursor, rows):
    for statement in SETUP.strip().split(";\n"):  # VACUUM stands alone
        cursor.execute(statement, {"rows": rows})
    cursor.execute(COMPILE_TIMES)
    for template in (page_of_everything(), ENTRIES):
        cursor.execute("SELECT export.save_template(%s)", (template,))


def compile_milliseconds(cursor, calls):
    cursor.execute("SELECT * FROM public.compile_times(%s, %s)", (calls // 10 + 1, PERIOD))
    cursor.execute("SELECT * FROM public.compile_times(%s, %s)", (calls, PERIOD))
    return [row[0] for row in cursor]


def run_seconds(cursor, rounds):
    """Of each way, by round."""
    cursor.execute("SELECT sql, args FROM export.compile_template('entries', %s)", (PERIOD,))
    sql, args = cursor.fetchone()
    ways = {
        "by template": ("SELECT export.run_template('entries', %s, 'csv')", (PERIOD,)),
        "by hand": ("SELECT export.run(%s, 'csv', %s)", (sql, json.dumps({"args": args}))),
    }
    seconds = {name: [] for name in ways}
    for number in range(rounds + 1):  # the first warms up
        for name in (list(ways) if number % 2 else reversed(ways)):
            begin = time.perf_counter()
            cursor.execute(*ways[name])
            if number > 0:
                seconds[name].append(time.perf_counter() - begin)
    return seconds


def render(facts, compiles, seconds):
    lines = ["# Results of templates", "", *__doc__.strip().splitlines()[2:], ""]
    lines += [f"- {name}: {value}" for name, value in facts.items()]
    lines += ["", "## Compile", ""]
    median = statistics.median(compiles)
    ordered = sorted(compiles)
    lines += table_lines(["median ms", "95th percentile", "least", "at most at the median"],
                         [[f"{median:.3f}", f"{ordered[len(ordered) * 95 // 100]:.3f}",
                           f"{ordered[0]:.3f}", verdict(median, MOST_COMPILE_MS, at_most=True)]])
    lines += ["## Run", ""]
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    ratio = medians["by template"] / medians["by hand"]
    lines += table_lines(["way", "median s", "least", "most"],
                         [[name, f"{medians[name]:.4f}", f"{min(values):.4f}", f"{max(values):.4f}"]
                          for name, values in seconds.items()])
    lines += table_lines(["by template / by hand", "at most"],
                         [[f"{ratio:.3f}", verdict(ratio, MOST_RATIO, at_most=True)]])
    return "\n".join(lines).rstrip()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--compiles", type=int, default=1000)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--output", default=HERE / "RESULTS-templates.md", type=pathlib.Path)
    arguments = parser.parse_args()
    os.sched_setaffinity(0, {CLIENT_CORE})
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(tempfile.mkdtemp(prefix="export_bench_"))
        stack.callback(shutil.rmtree, folder)
        server = Server(folder)
        server.start()
        stack.callback(server.stop)
        connection = stack.enter_context(contextlib.closing(server.connect()))
        Backend(connection.info.backend_pid, BACKEND_CORE)
        with connection.cursor() as cursor:
            prepare(cursor, arguments.rows)
            compiles = compile_milliseconds(cursor, arguments.compiles)
            seconds = run_seconds(cursor, arguments.rounds)
        facts = machine(server) | {"Rounds": arguments.rounds, "Compiles": arguments.compiles,
                                   "Rows": f"{arguments.rows:,}, of which half are exported"}
    text = render(facts, compiles, seconds)
    arguments.output.write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
