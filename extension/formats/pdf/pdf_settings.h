// What a PDF document looks like, decided from the options.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "formats/options.h"
#include "formats/pdf/font_files.h"
#include "formats/pdf/page_setup.h"
#include "formats/pdf/pdf_pages.h"
#include "formats/pdf/running_text.h"

#include "core/no_postgres.h"

namespace pgexport::pdf {

enum class TableStyle : std::uint8_t { zebra, ruled, plain };

struct PdfSettings {
  PageSetup page;
  TableStyle style = TableStyle::zebra;
  Colour accent = {0x1F, 0x4E, 0x79};
  double font_size = 9;
  bool carry_over = false;
  int repeat_columns = 1;
  // Not set: the title from the second page on, and the time and the number of the page.
  std::optional<RunningLine> header;
  std::optional<RunningLine> footer;
  FontFiles fonts = default_font_files();
  PdfLimits limits;
};

std::span<const OptionSpec> pdf_options();

// Throws Error 22023 for a value out of its range, with the range.
PdfSettings read_pdf_settings(const OptionValues &values);

}  // namespace pgexport::pdf
