// What the row writers cost by themselves: rows in the heap's layout in, bytes out, no server.
//
//   writer_bench [DATA_SET|all [FORMAT|all [ROUNDS]]]
//
// Prints for each pair the least time of ROUNDS rounds over the same rows: whatever else the
// machine does only adds.  Instructions are counted by
//
//   valgrind --tool=callgrind --toggle-collect='*write_rows*' writer_bench floats csv 1
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/output_buffer.h"
#include "data_sets.h"
#include "formats/format.h"
#include "formats/options.h"
#include "formats/row_writer.h"

namespace pgexport::bench {

namespace {

constexpr std::size_t kRows = 4000;  // their bytes stay in the second level of the cache
constexpr std::size_t kPiece = std::size_t{256} << 10;  // after which the server empties the buffer
constexpr int kDefaultRounds = 200;

// Summer time changes, for a zone that has it.
constexpr ZoneWindow kZoneWindows[] = {{694224000000000, 3600}, {701744400000000, 7200}};
constexpr ZoneTable kZone = {kZoneWindows, std::size(kZoneWindows), INT64_MAX};

}  // namespace

// Not static and not inlined: callgrind finds it by its name.  Returns the bytes written, or 0 if
// the writer refused a row.
[[gnu::noinline]] std::size_t write_rows(RowWriter &writer, OutputBuffer &out,
                                         const HeapRows &rows) {
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (writer.row(rows.view(i)) != WriteOutcome::ok) return 0;
    if (out.size() < kPiece) continue;
    bytes += out.size();
    out.clear();
  }
  bytes += out.size();
  out.clear();
  return bytes;
}

namespace {

void measure(const std::string &name, std::string_view format_name, int rounds) {
  const DataSet set = make_data_set(name, kRows);
  const Format &format = require_format(format_name);
  const TupleLayout layout = {set.rows.columns().data(),
                              static_cast<int>(set.rows.columns().size()), kZone};
  TableHead head;
  head.columns = set.columns;
  head.layout = &layout;

  OutputBuffer out;
  const std::unique_ptr<RowWriter> writer = format.make_writer(parse_options(format, "{}"), out);
  writer->begin({});
  writer->begin_table(head);
  out.clear();

  using Clock = std::chrono::steady_clock;
  double least = 0;
  std::size_t bytes = 0;
  for (int round = 0; round < rounds; ++round) {
    const Clock::time_point start = Clock::now();
    bytes = write_rows(*writer, out, set.rows);
    const double time = std::chrono::duration<double, std::nano>(Clock::now() - start).count();
    if (bytes == 0) throw Error(sqlstate::internal_error, "the writer refused a row of " + name);
    if (round == 0 || time < least) least = time;
  }
  std::printf("%-14s %-6s %8.1f ns/row %8.1f bytes/row\n", name.c_str(), format.name().data(),
              least / kRows, static_cast<double>(bytes) / kRows);
}

void run(std::span<char *> arguments) {
  const auto argument = [&](std::size_t i) {
    return std::string_view(i < arguments.size() ? arguments[i] : "all");
  };
  const int rounds = arguments.size() > 2 ? std::atoi(arguments[2]) : kDefaultRounds;
  if (rounds < 1) throw Error(sqlstate::invalid_parameter_value, "ROUNDS must be at least 1");
  std::vector<std::string_view> sets = data_set_names(), formats = {"csv", "jsonl"};
  if (argument(0) != "all") sets = {argument(0)};
  if (argument(1) != "all") formats = {argument(1)};
  for (const std::string_view set : sets) {
    for (const std::string_view format : formats) measure(std::string(set), format, rounds);
  }
}

}  // namespace

}  // namespace pgexport::bench

int main(int argc, char **argv) {
  try {
    pgexport::bench::run({argv + 1, argv + argc});
  } catch (const std::exception &error) {
    std::fprintf(stderr, "writer_bench: %s\n", error.what());
    return EXIT_FAILURE;
  }
}
