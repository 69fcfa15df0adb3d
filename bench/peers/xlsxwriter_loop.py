#!/usr/bin/python3
"""XlsxWriter's constant-memory mode.  Arguments: COLUMNS INPUT OUTPUT, see rows.py; prints the
seconds."""

import sys
import time

import xlsxwriter
from rows import read_rows

kinds, source, target = sys.argv[1:]
rows = read_rows(kinds, source)
start = time.perf_counter()
book = xlsxwriter.Workbook(target, {"constant_memory": True,
                                    "default_date_format": "yyyy-mm-dd hh:mm:ss"})
sheet = book.add_worksheet()
for number, row in enumerate(rows):
    for column, value in enumerate(row):
        if isinstance(value, str):
            sheet.write_string(number, column, value)
        elif value is not None:
            sheet.write(number, column, value)
book.close()
print(time.perf_counter() - start)
