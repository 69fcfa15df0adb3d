#!/usr/bin/python3
"""Saves and runs every example of docs/template-language.md, over tables that have what they name.

Finds its server through PGHOST, PGPORT and PGUSER (a superuser); the last line is "N passed,
N failed".  An example must be free of warnings, run in every format, and give the rows of its
period: the tables have entries of last month and older ones.
"""

import json
import pathlib
import re
import subprocess
import sys

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "template-language.md"
DATABASE = "template_language"
FORMATS = ("csv", "json", "jsonl", "xlsx", "pdf")

# Of each kind of row one of last month and one older.
TABLES = """
CREATE EXTENSION export;
CREATE SCHEMA tracking;
CREATE TABLE tracking.people (id uuid PRIMARY KEY, name text);
CREATE TABLE tracking.projects (id int PRIMARY KEY, name text);
CREATE TABLE tracking.tasks (
    title text, state text, due date, person_id uuid, created_at timestamptz);
CREATE TABLE tracking.time_entries (
    id int PRIMARY KEY, project_id int, person_id uuid, started_at timestamptz, hours numeric,
    rate numeric, billable boolean, invoice_id int, tags text[], description text, task text);
INSERT INTO tracking.people VALUES ('00000000-0000-0000-0000-000000000001', 'Ann');
INSERT INTO tracking.projects VALUES (1, 'Website'), (2, 'Attic');
INSERT INTO tracking.tasks
SELECT title, 'open', current_date, '00000000-0000-0000-0000-000000000001', created_at
FROM (VALUES ('Website', date_trunc('month', now()) - interval '1 day'),
             ('Attic', now() - interval '3 months')) t (title, created_at);
INSERT INTO tracking.time_entries
SELECT p.id, p.id, '00000000-0000-0000-0000-000000000001', t.created_at, 2.5, 80, true, NULL,
       '{site}', 'Drew a page', 'Design'
FROM tracking.projects p JOIN tracking.tasks t ON t.title = p.name;
SELECT export.set_logo('acme', decode('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk'
    '+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64'));
"""


def psql(script, database=DATABASE):
    command = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", database]
    return subprocess.run(command, input=script, text=True, capture_output=True, check=False)


def examples(page):
    return re.findall(r"^```template\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


def json_examples(page):
    return re.findall(r"^```json\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


def main():
    page = PAGE.read_text(encoding="utf-8")
    passed = failed = 0

    def check(ok, what):
        nonlocal passed, failed
        passed, failed = passed + bool(ok), failed + (not ok)
        if not ok:
            print(f"failed: {what}")

    for script, database in ((f"DROP DATABASE IF EXISTS {DATABASE}", "postgres"),
                             (f"CREATE DATABASE {DATABASE}", "postgres"), (TABLES, DATABASE)):
        made = psql(script, database)
        check(made.returncode == 0, made.stderr)

    sources = [f"$source${each}$source$" for each in examples(page)]
    sources += [f"export.template_from_json($source${each}$source$)" for each in json_examples(page)]
    check(len(sources) >= 5, "the page has examples")
    for source in sources:
        faults = psql(f"SELECT message FROM export.check_template({source})")
        check(faults.returncode == 0 and not faults.stdout.strip(),
              f"{source}\n{faults.stdout}{faults.stderr}")
        saved = psql(f"SELECT export.save_template({source})")
        check(saved.returncode == 0, f"{source}\n{saved.stderr}")
        name = psql("SELECT name FROM export.templates").stdout.strip()
        for made_format in FORMATS:
            # Formats of one table are asked for the first one.
            options = "sheet" if made_format in ("csv", "jsonl") and '"By project"' in source else ""
            run = psql(f"SELECT export.run_template('{name}', '{{}}', '{made_format}', "
                       f"'{json.dumps({options: 'Entries'} if options else {})}')")
            check(run.returncode == 0, f"{name} as {made_format}\n{run.stderr}")
        document = psql(f"SELECT string_agg(convert_from(piece, 'UTF8'), '') "
                        f"FROM export.stream_template('{name}', '{{}}', 'json') piece").stdout
        expected = "period" in source
        check(("Website" in document or "Drew" in document) and
              ("Attic" in document) != expected, f"{name} gave\n{document}")
        psql(f"SELECT export.drop_template('{name}')")
    psql(f"DROP DATABASE {DATABASE}", "postgres")
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
