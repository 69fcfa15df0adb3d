#!/usr/bin/python3
"""Runs the SQL of README.md as written, in a database without the extension.

Finds its server through PGHOST, PGPORT and PGUSER (a superuser); the last line is "N passed,
N failed".  A statement that fails fails its session, unless the page says that it fails: then it
must, with the words it says.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

README = pathlib.Path(__file__).resolve().parents[2] / "README.md"
SUPERUSER = os.environ["PGUSER"]


def blocks(text):
    """(prose before it, language, content) of each fenced block."""
    at = 0
    for match in re.finditer(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        yield text[at:match.start()], match.group(1), match.group(2)
        at = match.end()


def reader_of(prose, content, last):
    if "CREATE EXTENSION" in content or "member of `export_auditor`" in prose:
        return SUPERUSER
    return "ann" if last else SUPERUSER


def sessions(text):
    """(user, script) in the page's order: neighbours of one user are one psql session, because
    variables live in it."""
    result = []
    for prose, language, content in blocks(text):
        if language != "sql":
            continue
        user = reader_of(prose, content, result)
        if result and result[-1][0] == user:
            result[-1][1] += content
        else:
            result.append([user, content])
    return result


def announced_failures(text):
    """What the page says of statements that fail: (message, hint)."""
    return re.findall(r"fails: `([^`]+)`, hint `([^`]+)`", text)


def run(user, script, folder):
    command = ["psql", "-X", "-q", "--echo-errors", "-v", "VERBOSITY=default", "-U", user]
    return subprocess.run(command, input=script, text=True, capture_output=True, cwd=folder,
                          check=False)


def main():
    text = README.read_text(encoding="utf-8")
    expected = announced_failures(text)
    passed = failed = 0

    def check(ok, what):
        nonlocal passed, failed
        passed, failed = passed + ok, failed + (not ok)
        if not ok:
            print(f"failed: {what}")

    errors = []
    with tempfile.TemporaryDirectory() as folder:
        for user, script in sessions(text):
            result = run(user, script, folder)
            found = re.findall(r"^(?:psql:.*)?(?:ERROR|FATAL): +(.*)$", result.stderr, re.MULTILINE)
            hints = re.findall(r"^HINT: +(.*)$", result.stderr, re.MULTILINE)
            errors += found
            unknown = [message for message in found if message not in dict(expected)]
            check(not unknown, f"as {user}:\n{script}\n{result.stderr}")
            for message in set(found) & set(dict(expected)):
                check(dict(expected)[message] in hints, f"{message}: the hint is {hints}")
        for message, _ in expected:
            check(message in errors, f"it should have failed: {message}")
        shown = next(content for prose, _, content in blocks(text)
                     if prose.rstrip().endswith("`orders.csv` is now"))
        made = pathlib.Path(folder, "orders.csv").read_text(encoding="utf-8")
        check(made == shown, f"orders.csv is\n{made}")
        check(pathlib.Path(folder, "orders.jsonl").stat().st_size > 0, "orders.jsonl is empty")
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
