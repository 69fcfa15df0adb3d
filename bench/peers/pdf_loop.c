/*
 * The bare libharu loop: every field of a CSV file of 8 plain columns as text on A4 pages, in an
 * embedded TrueType font by UTF-8, compressed.  Nothing is measured, aligned or wrapped.  The
 * seconds go to standard output.
 *
 *   cc -O2 pdf_loop.c -o pdf_loop -lhpdf
 *   pdf_loop ROWS.csv OUT.pdf [FONT.ttf]
 */
#include <hpdf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { COLUMNS = 8, TOP = 792, BOTTOM = 42, LEFT = 36, STEP = 65, LEADING = 11, SIZE = 8 };

static void fail(HPDF_STATUS code, HPDF_STATUS detail, void *data) {
  (void)data;
  fprintf(stderr, "pdf_loop: libharu error 0x%04lX, %lu\n", (unsigned long)code,
          (unsigned long)detail);
  exit(1);
}

static HPDF_Page start_page(HPDF_Doc doc, HPDF_Font font) {
  HPDF_Page page = HPDF_AddPage(doc);
  HPDF_Page_SetSize(page, HPDF_PAGE_SIZE_A4, HPDF_PAGE_PORTRAIT);
  HPDF_Page_BeginText(page);
  HPDF_Page_SetFontAndSize(page, font, SIZE);
  return page;
}

int main(int argc, char **argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: pdf_loop ROWS.csv OUT.pdf [FONT.ttf]\n");
    return 2;
  }
  FILE *rows = fopen(argv[1], "r");
  if (!rows) {
    perror(argv[1]);
    return 1;
  }
  const char *file =
      argc > 3 ? argv[3] : "/usr/share/fonts/truetype/liberation2/LiberationSans-Regular.ttf";
  struct timespec begin, end;
  clock_gettime(CLOCK_MONOTONIC, &begin);
  HPDF_Doc doc = HPDF_New(fail, NULL);
  HPDF_SetCompressionMode(doc, HPDF_COMP_ALL);
  HPDF_SetPagesConfiguration(doc, 100);
  HPDF_UseUTFEncodings(doc);
  HPDF_Font font = HPDF_GetFont(doc, HPDF_LoadTTFontFromFile(doc, file, HPDF_TRUE), "UTF-8");

  HPDF_Page page = NULL;
  int y = 0;
  char line[8192];
  while (fgets(line, sizeof line, rows)) {
    line[strcspn(line, "\n")] = '\0';
    if (y < BOTTOM) {
      if (page) HPDF_Page_EndText(page);
      page = start_page(doc, font);
      y = TOP;
    }
    char *field = line;
    for (int column = 0; column < COLUMNS && field; ++column) {
      char *comma = strchr(field, ',');
      if (comma) *comma++ = '\0';
      HPDF_Page_TextOut(page, (HPDF_REAL)(LEFT + column * STEP), (HPDF_REAL)y, field);
      field = comma;
    }
    y -= LEADING;
  }
  if (page) HPDF_Page_EndText(page);
  HPDF_SaveToFile(doc, argv[2]);
  HPDF_Free(doc);
  clock_gettime(CLOCK_MONOTONIC, &end);
  printf("%.6f\n", (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9);
  fclose(rows);
  return 0;
}
