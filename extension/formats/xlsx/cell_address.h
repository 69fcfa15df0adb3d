// Cells by their letters: column 0, row 1 is A1.
#pragma once

#include <cstdint>
#include <string>

#include "core/text/integer_text.h"

#include "core/no_postgres.h"

namespace pgexport::xlsx {

inline constexpr int kMaxSheetRows = 1'048'576;
inline constexpr int kMaxSheetColumns = 16'384;

// Up to three letters.
inline char *write_column_letters(char *out, int column) {
  char letters[3];
  int n = 0;
  for (int rest = column; rest >= 0; rest = rest / 26 - 1) {
    letters[n++] = static_cast<char>('A' + rest % 26);
  }
  while (n > 0) *out++ = letters[--n];
  return out;
}

inline std::string column_letters(int column) {
  char letters[3];
  return {letters, write_column_letters(letters, column)};
}

inline std::string cell_address(int column, std::int64_t row) {
  return column_letters(column) + std::to_string(row);
}

// $D$2:$D$101
inline std::string absolute_range(int column, std::int64_t first_row, std::int64_t last_row) {
  const std::string letters = column_letters(column);
  return '$' + letters + '$' + std::to_string(first_row) + ":$" + letters + '$' +
         std::to_string(last_row);
}

}  // namespace pgexport::xlsx
