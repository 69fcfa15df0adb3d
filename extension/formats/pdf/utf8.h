// Reading UTF-8 character by character.
#pragma once

#include <cstddef>
#include <string_view>

#include "core/no_postgres.h"

namespace pgexport {

inline constexpr char32_t kReplacementCharacter = 0xFFFD;

// The character that starts at text[at]; moves `at` behind it.  A byte that starts no character
// (overlong form, surrogate, cut short) counts as U+FFFD.  REQUIRES: at < text.size().
inline char32_t next_character(std::string_view text, std::size_t &at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(at++);
  if (first < 0x80) return first;
  const int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
  if (first < 0xC2 || first > 0xF4 || text.size() - at < static_cast<std::size_t>(more)) {
    return kReplacementCharacter;
  }
  char32_t character = first & (0x3Fu >> more);
  for (int i = 0; i < more; ++i) {
    const unsigned next = byte(at + static_cast<std::size_t>(i));
    if ((next & 0xC0) != 0x80) return kReplacementCharacter;
    character = character << 6 | (next & 0x3F);
  }
  constexpr char32_t kLeast[] = {0, 0x80, 0x800, 0x10000};
  const bool surrogate = character >= 0xD800 && character <= 0xDFFF;
  if (character < kLeast[more] || surrogate || character > 0x10FFFF) return kReplacementCharacter;
  at += static_cast<std::size_t>(more);
  return character;
}

}  // namespace pgexport
