#include "worker/schedule/recurrence.h"

#include <fmt/format.h>

#include <cstddef>

#include "core/error.h"
#include "worker/schedule/cron.h"
#include "worker/schedule/words.h"

namespace pgexport::schedule {

namespace {

// All sixty minutes, written out, have 169 bytes.
constexpr std::size_t kMaxText = 512;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpaces = " \t";
  const std::size_t begin = text.find_first_not_of(kSpaces);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpaces) - begin + 1);
}

}  // namespace

Recurrence parse_recurrence(std::string_view text) {
  if (text.size() > kMaxText) {
    throw Error(sqlstate::program_limit_exceeded, "schedule is too long",
                fmt::format("It has {} bytes; the limit is {}.", text.size(), kMaxText));
  }
  if (is_in_words(text)) return parse_words(text);
  const std::string_view bare = trimmed(text);
  return parse_cron(bare.starts_with('@') ? expand_cron_name(bare) : text);
}

}  // namespace pgexport::schedule
