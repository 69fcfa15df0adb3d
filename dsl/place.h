// Where something stands in the text of a template.
#pragma once

#include <cstdint>

#include "core/no_postgres.h"

namespace pgexport::dsl {

// A piece of the text, from its first byte.  Line and column count from 1, the column in
// characters; line 0 means nowhere: the tree was read from JSON.
struct Place {
  std::uint32_t offset = 0;  // bytes
  std::uint32_t length = 0;  // bytes
  std::uint32_t line = 0;
  std::uint32_t column = 0;

  // Trees are compared by what they say, never by where they say it.
  friend constexpr bool operator==(const Place &, const Place &) { return true; }
};

}  // namespace pgexport::dsl
