// The lines that differ between two texts.
//
// Source of the algorithm: E. Myers, An O(ND) Difference Algorithm and Its Variations,
// Algorithmica 1 (1986): the shortest list of removed and added lines.
#pragma once

#include <string_view>
#include <vector>

#include "core/no_postgres.h"

namespace pgexport::dsl {

struct DiffLine {
  char sign;  // ' ' in both, '-' in the first only, '+' in the second only
  std::string_view text;
};

// Texts that have nothing in common within this many changes are shown as replaced whole.
inline constexpr int kMaxDiffChanges = 2000;

// The result refers to the texts.  A line feed at the end does not begin another line.
std::vector<DiffLine> diff_lines(std::string_view before, std::string_view after);

}  // namespace pgexport::dsl
