#include "formats/pdf/number_value.h"

#include <charconv>
#include <limits>
#include <string>

#include "core/text/numeric_text.h"

namespace pgexport::pdf {

namespace {

double numeric_value(const Cell &cell) {
  std::string text(spell::numeric_text_bound(cell.data, cell.size), '\0');
  const char *const end = spell::write_numeric(text.data(), cell.data, cell.size);
  if (!spell::numeric_is_finite(cell.data, cell.size)) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  double value = 0;
  const auto read = std::from_chars(text.data(), end, value);
  return read.ec == std::errc() ? value : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

bool has_number_value(CellTag tag) {
  return tag == CellTag::integer || tag == CellTag::float32 || tag == CellTag::float64 ||
         tag == CellTag::numeric;
}

std::optional<double> number_value(const Cell &cell) {
  switch (cell.tag) {
    case CellTag::integer: return static_cast<double>(cell.integer);
    case CellTag::float32:
    case CellTag::float64: return cell.real;
    case CellTag::numeric: return numeric_value(cell);
    default: return std::nullopt;
  }
}

}  // namespace pgexport::pdf
