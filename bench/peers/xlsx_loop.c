/*
 * A bare libxlsxwriter loop in constant-memory mode: what a program that knows the library does.
 *
 *   xlsx_loop COLUMNS INPUT OUTPUT [TMPDIR]
 *
 * INPUT is what COPY ... TO writes in its text format.  COLUMNS has one letter for each column:
 * n number, s text, t timestamp with or without zone, d date, i interval as hh:mm:ss, b boolean.
 * The rows are parsed before the clock starts; the seconds of writing go to standard output.
 *
 *   cc -O2 xlsx_loop.c -o xlsx_loop -lxlsxwriter
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <xlsxwriter.h>

struct value {
  const char *text; /* NULL for a null */
  double number;
};

static void fail(const char *what) {
  fprintf(stderr, "xlsx_loop: %s\n", what);
  exit(1);
}

static char *read_file(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file || fseek(file, 0, SEEK_END) != 0) fail("cannot read the input");
  long size = ftell(file);
  rewind(file);
  char *bytes = malloc((size_t)size + 1);
  if (!bytes || fread(bytes, 1, (size_t)size, file) != (size_t)size) fail("cannot read the input");
  bytes[size] = 0;
  fclose(file);
  return bytes;
}

/* Ends the field at *at, takes its escapes away and moves *at behind it. */
static char *next_field(char **at) {
  char *begin = *at, *out = begin, *in = begin;
  while (*in && *in != '\t' && *in != '\n') {
    if (*in != '\\') {
      *out++ = *in++;
      continue;
    }
    ++in;
    if (*in == 'N') {
      begin = NULL;
      ++in;
    } else {
      *out++ = *in == 'n' ? '\n' : *in == 't' ? '\t' : *in == 'r' ? '\r' : *in;
      ++in;
    }
  }
  if (*in) ++in;
  *out = 0;
  *at = in;
  return begin;
}

static double serial_time(const char *text) {
  int year, month, day, hour = 0, minute = 0;
  double second = 0;
  sscanf(text, "%d-%d-%d %d:%d:%lf", &year, &month, &day, &hour, &minute, &second);
  struct tm date = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day};
  return (double)(timegm(&date) / 86400) + 25569 + (hour * 3600 + minute * 60 + second) / 86400;
}

static double serial_interval(const char *text) {
  int hour = 0, minute = 0;
  double second = 0;
  sscanf(text, "%d:%d:%lf", &hour, &minute, &second);
  return (hour * 3600 + minute * 60 + second) / 86400;
}

static double number_of(char kind, const char *text) {
  switch (kind) {
    case 'n': return strtod(text, NULL);
    case 't':
    case 'd': return serial_time(text);
    case 'i': return serial_interval(text);
    case 'b': return *text == 't';
    default: return 0;
  }
}

static void check(lxw_error result) {
  if (result != LXW_NO_ERROR) fail(lxw_strerror(result));
}

int main(int argc, char **argv) {
  if (argc < 4) fail("usage: xlsx_loop COLUMNS INPUT OUTPUT [TMPDIR]");
  const char *kinds = argv[1];
  const size_t columns = strlen(kinds);
  char *at = read_file(argv[2]);

  size_t rows = 0, room = 1024;
  struct value *values = malloc(room * columns * sizeof *values);
  for (; values && *at; ++rows) {
    if (rows == room) values = realloc(values, (room *= 2) * columns * sizeof *values);
    if (!values) fail("out of memory");
    for (size_t c = 0; c < columns; ++c) {
      struct value *value = &values[rows * columns + c];
      value->text = next_field(&at);
      value->number = value->text ? number_of(kinds[c], value->text) : 0;
    }
  }

  struct timespec begin, end;
  clock_gettime(CLOCK_MONOTONIC, &begin);
  lxw_workbook_options options = {.constant_memory = LXW_TRUE,
                                  .tmpdir = argc > 4 ? argv[4] : NULL,
                                  .use_zip64 = LXW_TRUE};
  lxw_workbook *book = workbook_new_opt(argv[3], &options);
  lxw_worksheet *sheet = workbook_add_worksheet(book, NULL);
  lxw_format *time_format = workbook_add_format(book);
  format_set_num_format(time_format, "yyyy-mm-dd hh:mm:ss");
  lxw_format *date_format = workbook_add_format(book);
  format_set_num_format(date_format, "yyyy-mm-dd");
  lxw_format *interval_format = workbook_add_format(book);
  format_set_num_format(interval_format, "[h]:mm:ss");
  for (size_t r = 0; r < rows; ++r) {
    for (size_t c = 0; c < columns; ++c) {
      const struct value *value = &values[r * columns + c];
      const lxw_row_t row = (lxw_row_t)r;
      const lxw_col_t column = (lxw_col_t)c;
      if (!value->text) continue;
      switch (kinds[c]) {
        case 's': check(worksheet_write_string(sheet, row, column, value->text, NULL)); break;
        case 'b': check(worksheet_write_boolean(sheet, row, column, (int)value->number, NULL)); break;
        case 't': check(worksheet_write_number(sheet, row, column, value->number, time_format)); break;
        case 'd': check(worksheet_write_number(sheet, row, column, value->number, date_format)); break;
        case 'i':
          check(worksheet_write_number(sheet, row, column, value->number, interval_format));
          break;
        default: check(worksheet_write_number(sheet, row, column, value->number, NULL)); break;
      }
    }
  }
  check(workbook_close(book));
  clock_gettime(CLOCK_MONOTONIC, &end);
  printf("%.6f\n", (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9);
  return 0;
}
