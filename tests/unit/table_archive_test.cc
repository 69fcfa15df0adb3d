#include "formats/table_archive.h"

#include <gtest/gtest.h>

#include "core/compress/zip_reader.h"
#include "core/error.h"
#include "formats/options.h"

namespace pgexport {
namespace {

Cell text(std::string_view value) { return data_cell(CellTag::text, value.data(), value.size()); }

TableHead head_named(std::string name) {
  TableHead head;
  head.columns.push_back({"v", "text", CellTag::text, "v"});
  head.name = std::move(name);
  return head;
}

// An archive with a table of one row for each name; the row holds the name.
std::vector<ZipEntry> archive_of(std::string_view format, const std::vector<std::string> &names,
                                 const std::string &title = {}) {
  const Format &chosen = require_format(format);
  const OptionValues values = parse_options(chosen, R"({"container": "zip"})");
  OutputBuffer out;
  const auto writer = make_document_writer(chosen, values, out);
  DocumentInfo info;
  info.title = title;
  writer->begin(info);
  for (const std::string &name : names) {
    writer->begin_table(head_named(name));
    const Cell cell = text(name);
    EXPECT_EQ(writer->row(&cell), WriteOutcome::ok);
    writer->end_table();
  }
  writer->finish();
  return read_zip(out.view());
}

TEST(TableArchive, HasAFileForEachTable) {
  const auto csv = archive_of("csv", {"Hours", "Größe"});
  ASSERT_EQ(csv.size(), 2U);
  EXPECT_EQ(csv[0].name, "Hours.csv");
  EXPECT_EQ(csv[0].bytes, "v\nHours\n");
  EXPECT_EQ(csv[1].name, "Größe.csv");
  EXPECT_EQ(csv[1].bytes, "v\nGröße\n");
  const auto lines = archive_of("jsonl", {"Hours"});
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].name, "Hours.jsonl");
  EXPECT_EQ(lines[0].bytes, "{\"v\":\"Hours\"}\n");
}

TEST(TableArchive, OfAPlainQueryIsNamedAfterTheTitle) {
  EXPECT_EQ(archive_of("csv", {""}, "March").at(0).name, "March.csv");
  EXPECT_EQ(archive_of("csv", {""}).at(0).name, "table.csv");
}

TEST(TableArchive, ManyRowsArePackedOnTheWay) {
  const Format &format = require_format("csv");
  const OptionValues values = parse_options(format, R"({"container": "zip"})");
  OutputBuffer out;
  TableArchive archive(format, values, out);
  archive.begin({});
  archive.begin_table(head_named("Long"));
  std::string expected = "v\n";
  const std::string value(1000, 'x');
  const Cell cell = text(value);
  std::size_t largest = 0;
  std::string bytes;
  for (int i = 0; i < 5000; ++i) {
    ASSERT_EQ(archive.row(&cell), WriteOutcome::ok);
    expected += value + "\n";
    largest = std::max(largest, out.size());
    bytes += out.view();
    out.clear();
  }
  archive.end_table();
  archive.finish();
  bytes += out.view();
  EXPECT_GT(largest, 0U) << "nothing left before the end";
  const auto entries = read_zip(bytes);
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].bytes, expected);
}

TEST(TableArchive, KeepsTheErrorOfARow) {
  const Format &format = require_format("jsonl");
  const OptionValues values =
      parse_options(format, R"({"container": "zip", "non_finite": "error"})");
  OutputBuffer out;
  TableArchive archive(format, values, out);
  archive.begin({});
  TableHead head = head_named("A");
  head.columns[0].tag = CellTag::float64;
  archive.begin_table(head);
  const Cell cell = real_cell(CellTag::float64, std::numeric_limits<double>::quiet_NaN());
  ASSERT_EQ(archive.row(&cell), WriteOutcome::failed);
  EXPECT_STREQ(archive.failure().state(), "22003");
}

TEST(FileNames, FitEveryFileSystem) {
  FileNames names;
  EXPECT_EQ(names.take("a/b\\c:d*e?f\"g<h>i|j\n", "csv"), "a_b_c_d_e_f_g_h_i_j_.csv");
  EXPECT_EQ(names.take("../../etc/passwd", "csv"), "_._.._etc_passwd.csv");
  EXPECT_EQ(names.take("..", "csv"), "table.csv");
  EXPECT_EQ(names.take("  ", "csv"), "table (2).csv");
  EXPECT_EQ(names.take("Con", "csv"), "_Con.csv");
  EXPECT_EQ(names.take("lpt1.x", "csv"), "_lpt1.x.csv");
  EXPECT_EQ(names.take("console", "csv"), "console.csv");
  EXPECT_EQ(names.take("ends. ", "csv"), "ends.csv");
}

TEST(FileNames, DifferInMoreThanCase) {
  FileNames names;
  EXPECT_EQ(names.take("Änderung", "csv"), "Änderung.csv");
  EXPECT_EQ(names.take("änderung", "csv"), "änderung (2).csv");
  EXPECT_EQ(names.take("ÄNDERUNG", "csv"), "ÄNDERUNG (3).csv");
}

TEST(FileNames, AreCutBetweenCharacters) {
  FileNames names;
  std::string wanted = "x";
  for (int i = 0; i < 60; ++i) wanted += "ä";
  EXPECT_EQ(names.take(wanted, "csv"), wanted.substr(0, 99) + ".csv");
  EXPECT_EQ(names.take(wanted + "b", "csv"), wanted.substr(0, 99) + " (2).csv");
}

}  // namespace
}  // namespace pgexport
