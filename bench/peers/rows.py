"""Rows that a peer writes: what COPY ... TO writes in its text format, typed by letters.

One letter for each column, as for xlsx_loop: n number, s text, t timestamp, d date, i interval as
hh:mm:ss, b boolean.
"""

import datetime

ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


def _unescape(text):
    if "\\" not in text:
        return text
    pieces = text.split("\\")
    rest = iter(pieces[1:])
    result = pieces[0]
    for piece in rest:
        # An escaped backslash leaves an empty piece, and what follows it is as it stands.
        result += "\\" + next(rest, "") if not piece else ESCAPES.get(piece[0], piece[0]) + piece[1:]
    return result


def _interval(text):
    hours, minutes, seconds = text.split(":")
    return datetime.timedelta(hours=int(hours), minutes=int(minutes), seconds=float(seconds))


READERS = {
    "n": lambda text: float(text) if "." in text else int(text),
    "s": _unescape,
    "t": lambda text: datetime.datetime.fromisoformat(text.removesuffix("+00")),
    "d": datetime.date.fromisoformat,
    "i": _interval,
    "b": lambda text: text == "t",
}


def read_rows(kinds, path):
    readers = [READERS[kind] for kind in kinds]
    with open(path, encoding="utf-8", newline="\n") as lines:
        return [[None if field == "\\N" else read(field)
                 for read, field in zip(readers, line[:-1].split("\t"))] for line in lines]
