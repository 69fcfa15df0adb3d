// Names of the files in an archive: whatever a table is called becomes a name that file systems
// take.
//
// A name has none of / \ : * ? " < > | or a control character, is not one that Windows keeps for
// devices, does not begin with a dot or end with one, has at most 100 bytes before its extension,
// and differs from the others in more than case.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "core/no_postgres.h"

namespace pgexport {

class FileNames {
 public:
  // The name itself if it can be had; else signs become _, what is too long is cut, and what is
  // taken gets a number: "Hours (2).csv".  `wanted` is UTF-8.
  std::string take(std::string_view wanted, std::string_view extension);

 private:
  std::set<std::string> taken_;  // in lower case, without extension
};

}  // namespace pgexport
