#!/usr/bin/python3
"""openpyxl's write-only mode.  Arguments: COLUMNS INPUT OUTPUT, see rows.py; prints the seconds."""

import sys
import time

from openpyxl import Workbook
from rows import read_rows

kinds, source, target = sys.argv[1:]
rows = read_rows(kinds, source)
start = time.perf_counter()
book = Workbook(write_only=True)
sheet = book.create_sheet()
for row in rows:
    sheet.append(row)
book.save(target)
print(time.perf_counter() - start)
