// Puts a line of text into visual order, by fribidi: the Unicode Bidirectional Algorithm (UAX #9),
// mirrored brackets, Arabic joining by presentation forms.
//
// The direction of the line is that of its first strong character.  Overrides (U+202D, U+202E)
// count as embeddings: they cannot turn the letters of a word around, which serves to deceive.
#pragma once

#include <string>
#include <vector>

#include "core/no_postgres.h"

namespace pgexport {

// What stands at one place of the line.
struct VisualCharacter {
  char32_t shown;
  // The characters it stands for: one, or the letters of a ligature.  A mirrored bracket stands
  // for what it looks like, as programs that take text out of a document expect.
  std::u32string text;
};

// The places from left to right; a mark follows its letter, whatever their direction.
// Throws std::bad_alloc.
std::vector<VisualCharacter> to_visual(std::u32string line);

}  // namespace pgexport
