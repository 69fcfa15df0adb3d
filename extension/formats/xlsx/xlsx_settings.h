// What an Excel workbook looks like, decided from the options.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "formats/drawing/surface.h"
#include "formats/options.h"
#include "formats/pdf/running_text.h"
#include "formats/row_writer.h"

#include "core/no_postgres.h"

namespace pgexport::xlsx {

enum class Orientation : std::uint8_t { automatic, portrait, landscape };
enum class Paper : std::uint8_t { a4, letter, a3 };

struct XlsxSettings {
  std::string sheet;  // of a plain query; empty: the title, or "Data"
  bool freeze_header = true;
  bool autofilter = true;
  bool truncate_long_text = false;
  Colour accent = {0x1F, 0x4E, 0x79};
  Orientation orientation = Orientation::automatic;
  Paper paper = Paper::a4;
  // Of printed pages; not set: the title, and the number of the page.
  std::optional<pdf::RunningLine> header;
  std::optional<pdf::RunningLine> footer;
};

std::span<const OptionSpec> xlsx_options();

// Throws Error 22023 for a colour or a placeholder that there is not.
XlsxSettings read_xlsx_settings(const OptionValues &values);

// The line in the language of printed headers: &L left &C centre &R right, {page} is &P.
// Source: ECMA-376 part 1, 18.3.1.46 headerFooter.
std::string page_line(const pdf::RunningLine &line, const pdf::RunningFacts &facts);

}  // namespace pgexport::xlsx
