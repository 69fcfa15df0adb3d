"""What templates compile to is exactly one SELECT for PostgreSQL's own parser, with bound values only.

Random templates over tables of every kind of column: each query goes to the server by the extended
protocol, which takes one statement, and is analysed there; a SELECT describes its columns.  No
constant of a text type may stand in a query, so nothing that somebody wrote can: a text of the
template would be one.
"""
import json
import os
import pathlib
import re
import subprocess

import psycopg.pq

import oracle

PROGRAM = pathlib.Path(os.environ.get("BUILD_DIR", "build"), "tests/oracle/template_values")
TEMPLATES = 100_000 if oracle.LONG else 10_000

# Quoted names, then what is left of the text: constants of the compiler's own, see
# docs/template-compiler.md.
QUOTED_NAME = re.compile(r'"(?:[^"]|"")*"')
CONSTANT = re.compile(r"'(?:[^']|'')*'|(?<![\w$.])\d+(?:\.\d+)?(?![\w.])")
OWN_CONSTANTS = {"0", "0.0", "1", "0.01", "''", "'Infinity'", "'-Infinity'", "'NaN'"}


def fault_of(connection, query):
    """What PostgreSQL's parser has to say; None if it is one SELECT."""
    prepared = connection.prepare(b"q", query["sql"].encode())
    if prepared.status != psycopg.pq.ExecStatus.COMMAND_OK:
        return prepared.error_message.decode(errors="replace")
    described = connection.describe_prepared(b"q")
    connection.exec_(b"DEALLOCATE q")
    if described.nfields < 1:
        return "no SELECT"
    if described.nparams > len(query["types"]):
        return "a parameter that is not bound"
    return None


def foreign_constants(sql):
    return set(CONSTANT.findall(QUOTED_NAME.sub("", sql))) - OWN_CONSTANTS


def main():
    count = oracle.Count("queries of templates and PostgreSQL's parser")
    process = subprocess.Popen([PROGRAM, str(oracle.SEED), str(TEMPLATES)], stdout=subprocess.PIPE,
                               text=True)
    with oracle.connect() as connection:
        for line in process.stdout:
            entry = json.loads(line)
            if "ddl" in entry:
                connection.execute(entry["ddl"])
                continue
            fault = fault_of(connection.pgconn, entry)
            count.ok("one SELECT", fault is None, lambda: f"{fault}\n{entry['sql']}")
            foreign = foreign_constants(entry["sql"])
            count.ok("no constant of a user", not foreign, lambda: f"{foreign}\n{entry['sql']}")
    count.ok("the program ended well", process.wait() == 0)
    count.finish()


main()
