// Names of sheets: whatever a section is called becomes a name that spreadsheet programs take.
//
// A name has 1 to 31 UTF-16 code units, none of [ ] : * ? / \ or a control character, no ' at its
// ends, is not "History" (reserved) and differs from the others in more than case.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "core/no_postgres.h"

namespace pgexport::xlsx {

class SheetNames {
 public:
  // The name itself if it can be had; else signs become _, what is too long is cut, and what is
  // taken gets a number: "Hours (2)".
  std::string take(std::string_view wanted);

  // The name of the n-th sheet of something longer than one sheet, n from 2: "Hours (2)".
  std::string take_numbered(std::string_view base, int n);

 private:
  std::set<std::string> taken_;  // in lower case
};

// Whether the two differ in no more than the case of Latin, Greek and Cyrillic letters.
bool same_ignoring_case(std::string_view a, std::string_view b);

// 'It''s'!  For use before a cell address.
std::string sheet_prefix(std::string_view name);

}  // namespace pgexport::xlsx
