#include "formats/xlsx/style_table.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <tuple>

#include "core/error.h"

namespace pgexport::xlsx {

namespace {

auto facts(const CellStyle &style) {
  return std::tie(style.format, style.align, style.middle, style.wrap, style.bold, style.size,
                  style.colour.red, style.colour.green, style.colour.blue, style.fill, style.above,
                  style.below);
}

}  // namespace

bool CellStyle::operator==(const CellStyle &other) const { return facts(*this) == facts(other); }

int StyleTable::number(const CellStyle &style) {
  const auto found = std::find(styles_.begin(), styles_.end(), style);
  if (found != styles_.end()) return static_cast<int>(found - styles_.begin()) + 1;
  if (style.format.size() > kMaxFormatBytes) {
    throw Error(sqlstate::program_limit_exceeded, "a format code of an Excel workbook is too long",
                "It has " + std::to_string(style.format.size()) + " bytes; at most " +
                    std::to_string(kMaxFormatBytes) + " are possible.");
  }
  std::set<std::string_view> formats{style.format};
  for (const CellStyle &other : styles_) formats.insert(other.format);
  if (formats.size() > kMaxFormats) {
    throw Error(
        sqlstate::program_limit_exceeded,
        "an Excel workbook holds at most " + std::to_string(kMaxFormats) + " number formats", {},
        "Use the same format for more columns.");
  }
  styles_.push_back(style);
  return static_cast<int>(styles_.size());
}

}  // namespace pgexport::xlsx
