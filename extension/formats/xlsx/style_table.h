// The looks that the cells of one workbook have, each once.
//
// Cells name a style by its number; 0 is the plain style of every workbook.
#pragma once

#include <string>
#include <vector>

#include "formats/drawing/surface.h"
#include "formats/section.h"

#include "core/no_postgres.h"

namespace pgexport::xlsx {

enum class Fill : std::uint8_t { none, accent, tint };
enum class Rule : std::uint8_t { none, thin, twice };

struct CellStyle {
  std::string format = "General";
  Alignment align = Alignment::automatic;
  bool middle = false;  // vertically; else at the top
  bool wrap = false;
  bool bold = false;
  int size = 11;  // points
  Colour colour = {0x22, 0x22, 0x22};
  Fill fill = Fill::none;
  Rule above = Rule::none;
  Rule below = Rule::none;

  bool operator==(const CellStyle &other) const;
};

// Excel refuses files with more number formats than about 200.
inline constexpr int kMaxFormats = 200;

// libxlsxwriter cuts longer ones off.
inline constexpr std::size_t kMaxFormatBytes = 127;

class StyleTable {
 public:
  // The number of the style.  Throws Error 54000 for a format code too long or one too many.
  int number(const CellStyle &style);

  // In the order of their numbers, from 1.
  const std::vector<CellStyle> &styles() const { return styles_; }

 private:
  std::vector<CellStyle> styles_;
};

}  // namespace pgexport::xlsx
