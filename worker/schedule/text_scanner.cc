#include "worker/schedule/text_scanner.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.h"

namespace pgexport::schedule {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Characters before byte `at`, counted from 1; bytes that continue a character of UTF-8 are none.
std::size_t character_number(std::string_view text, std::size_t at) {
  const std::string_view before = text.substr(0, at);
  return 1 + static_cast<std::size_t>(std::count_if(before.begin(), before.end(), [](char c) {
           return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
         }));
}

}  // namespace

bool TextScanner::at_letter() const {
  const char c = lower(peek());
  return c >= 'a' && c <= 'z';
}

bool TextScanner::take(char c) {
  if (at_end() || text_[at_] != c) return false;
  ++at_;
  return true;
}

void TextScanner::skip_spaces() {
  while (at_space()) ++at_;
}

std::string TextScanner::take_letters() {
  std::string letters;
  while (at_letter()) letters += lower(text_[at_++]);
  return letters;
}

unsigned TextScanner::take_number() {
  const std::size_t begin = at_;
  unsigned number = 0;
  while (at_digit()) {
    if (at_ - begin == 2) fail_at(begin, "A number has at most two digits.");
    number = number * 10 + static_cast<unsigned>(text_[at_++] - '0');
  }
  if (at_ == begin) fail("A number is expected.");
  return number;
}

void TextScanner::fail_at(std::size_t at, const std::string &fact, const std::string &hint) const {
  const std::string place = fmt::format("Character {}", character_number(text_, at));
  throw Error(sqlstate::invalid_parameter_value, fmt::format("invalid schedule \"{}\"", text_),
              part_.empty() ? fmt::format("{}: {}", place, fact)
                            : fmt::format("{}, {}: {}", place, part_, fact),
              hint);
}

}  // namespace pgexport::schedule
