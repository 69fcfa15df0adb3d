// Random bytes as jsonb and as arrays of every element type: reading them gives text or Error
// data_corrupted, and never touches a byte outside.
#include <cstdlib>
#include <cstring>
#include <memory>

#include "core/error.h"
#include "core/text/array_walk.h"
#include "core/text/jsonb_text.h"
#include "formats/json/json_writer.h"

namespace pgexport {
namespace {

void check(bool condition) {
  if (!condition) __builtin_trap();
}

void walk_jsonb(const char *data, std::uint32_t size, bool spaced) {
  OutputBuffer out;
  try {
    spell::append_jsonb(out, data, size,
                        spaced ? spell::JsonSpacing::postgres : spell::JsonSpacing::compact);
  } catch (const Error &error) {
    check(std::strcmp(error.state(), sqlstate::data_corrupted) == 0);
  }
}

void walk_array(const char *data, std::uint32_t size) {
  JsonOptions options;
  options.lines = true;
  OutputBuffer out;
  JsonWriter writer(options, out);
  writer.begin({});
  writer.begin_table({{{"v", "", CellTag::flat_array}}, nullptr});
  const Cell cell = data_cell(CellTag::flat_array, data, size);
  if (writer.row(&cell) == WriteOutcome::ok) return;
  check(std::strcmp(writer.failure().state(), sqlstate::data_corrupted) == 0);
  check(out.size() == 0);
}

}  // namespace
}  // namespace pgexport

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *bytes, std::size_t size) {
  if (size == 0) return 0;
  // A block of its own, so that the sanitizer knows where the value ends.
  const auto n = static_cast<std::uint32_t>(size - 1);
  const std::unique_ptr<char[]> block(new char[n]);
  std::memcpy(block.get(), bytes + 1, n);
  if (bytes[0] & 1) {
    pgexport::walk_array(block.get(), n);
  } else {
    pgexport::walk_jsonb(block.get(), n, bytes[0] & 2);
  }
  return 0;
}
