// Writes a workbook for xlsx_oracle.py: xlsx_values FILE.  Reads lines of fields separated by tabs:
// first the types of the columns, then a row each.  A null is \N; a text is in hexadecimal, a
// boolean 0 or 1, a date days since 2000-01-01, a timestamp, time or interval microseconds.
// Columns of numbers and intervals have their sum below.
#include <fstream>
#include <iostream>
#include <list>
#include <string>
#include <vector>

#include "format_case.h"
#include "formats/xlsx/xlsx_writer.h"
#include "numeric_body.h"

namespace pgexport {
namespace {

CellTag tag_of(const std::string &type) {
  if (type == "integer") return CellTag::integer;
  if (type == "float") return CellTag::float64;
  if (type == "numeric") return CellTag::numeric;
  if (type == "boolean") return CellTag::boolean;
  if (type == "date") return CellTag::date;
  if (type == "timestamp") return CellTag::timestamp;
  if (type == "time") return CellTag::time;
  return type == "interval" ? CellTag::interval : CellTag::text;
}

std::string from_hex(const std::string &digits) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

// Cells of one row and what they point to.
struct Row {
  std::list<std::string> bytes;
  std::list<IntervalValue> intervals;
  std::vector<Cell> cells;

  void add(CellTag tag, const std::string &field) {
    if (field == "\\N") {
      cells.push_back(null_cell());
    } else if (tag == CellTag::text || tag == CellTag::numeric) {
      bytes.push_back(tag == CellTag::text ? from_hex(field) : numeric_body(field));
      cells.push_back(data_cell(tag, bytes.back().data(), bytes.back().size()));
    } else if (tag == CellTag::float64) {
      cells.push_back(real_cell(tag, std::stod(field)));
    } else if (tag == CellTag::interval) {
      intervals.push_back({std::stoll(field), 0, 0});
      Cell cell;
      cell.interval = &intervals.back();
      cell.tag = tag;
      cells.push_back(cell);
    } else {
      cells.push_back(zoned_cell(tag, std::stoll(field), 0));
    }
  }
};

void write_workbook(std::istream &in, const char *path) {
  OutputBuffer out;
  xlsx::XlsxWriter writer({}, out);
  std::string line;
  std::getline(in, line);
  TableHead head;
  for (const std::string &type : split_tabs(line)) {
    head.columns.push_back({type, type, tag_of(type)});
    Column &column = head.columns.back();
    if (can_total(Aggregate::sum, column.tag)) column.style.total = Aggregate::sum;
  }
  writer.begin({});
  writer.begin_table(head);
  while (std::getline(in, line)) {
    Row row;
    const auto fields = split_tabs(line);
    for (std::size_t i = 0; i < head.columns.size(); ++i) {
      row.add(head.columns[i].tag, fields.at(i));
    }
    if (writer.row(row.cells.data()) != WriteOutcome::ok) throw Error(writer.failure());
  }
  writer.end_table();
  writer.finish();
  std::ofstream(path, std::ios::binary) << out.view();
}

}  // namespace
}  // namespace pgexport

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  try {
    pgexport::write_workbook(std::cin, argv[1]);
  } catch (const pgexport::Error &error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
