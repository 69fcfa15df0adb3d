#!/usr/bin/python3
"""reportlab's fastest way to a long table: LongTable in chunks of 1,000 rows, an embedded font.

Arguments: INPUT OUTPUT FONT; INPUT is plain CSV without quotes.  Prints the seconds.
"""

import sys
import time

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import LongTable, SimpleDocTemplate, TableStyle

CHUNK = 1000
WIDTH = 65

source, target, font = sys.argv[1:]
with open(source, encoding="utf-8") as lines:
    rows = [line.rstrip("\n").split(",") for line in lines]
start = time.perf_counter()
pdfmetrics.registerFont(TTFont("Body", font))
style = TableStyle([("FONT", (0, 0), (-1, -1), "Body", 8), ("LEADING", (0, 0), (-1, -1), 9),
                    ("TOPPADDING", (0, 0), (-1, -1), 1), ("BOTTOMPADDING", (0, 0), (-1, -1), 1)])
tables = [LongTable(rows[i:i + CHUNK], colWidths=[WIDTH] * len(rows[0]), style=style)
          for i in range(0, len(rows), CHUNK)]
SimpleDocTemplate(target, pagesize=A4, leftMargin=36, rightMargin=36).build(tables)
print(time.perf_counter() - start)
