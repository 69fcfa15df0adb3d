// Characters of valid UTF-8.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/no_postgres.h"

namespace pgexport::dsl {

struct Character {
  char32_t code = 0;
  std::size_t length = 0;  // bytes
};

// The character that begins at `at`.  REQUIRES: valid UTF-8, at < text.size().
Character character_at(std::string_view text, std::size_t at);

// REQUIRES: `code` is a character: at most U+10FFFF and no surrogate.
void append_character(std::string &out, char32_t code);

}  // namespace pgexport::dsl
