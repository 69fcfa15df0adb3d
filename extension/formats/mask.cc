#include "formats/mask.h"

#include <array>
#include <charconv>

#include "formats/option_error.h"
#include "formats/options.h"

namespace pgexport {

namespace {

// In the order of MaskKind.
constexpr std::array<std::string_view, 7> kNames = {"none", "redact", "hash", "partial",
                                                    "year", "month",  "null"};

[[noreturn]] void refuse(std::string_view text) {
  const std::string_view name = text.substr(0, text.find('('));
  throw Error(sqlstate::invalid_parameter_value, "\"" + excerpt(text) + "\" is not a mask", {},
              did_you_mean(name == text ? nearest_name(name, kNames) : std::string_view{},
                           "The masks are redact, hash, partial(first, last), year, month, null."));
}

void skip_blanks(std::string_view &text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
}

bool take(std::string_view &text, char sign) {
  skip_blanks(text);
  if (text.empty() || text.front() != sign) return false;
  text.remove_prefix(1);
  return true;
}

bool take_count(std::string_view &text, int &count) {
  skip_blanks(text);
  const char *const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, count);
  if (error != std::errc() || count < 0 || count > kMaxMaskCharacters) return false;
  text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
  return true;
}

Mask parse_partial(std::string_view text) {
  Mask mask{MaskKind::partial, 0, 0};
  std::string_view rest = text.substr(std::string_view("partial").size());
  const bool is_right = take(rest, '(') && take_count(rest, mask.first) && take(rest, ',') &&
                        take_count(rest, mask.last) && take(rest, ')');
  if (!is_right || !rest.empty()) refuse(text);
  return mask;
}

}  // namespace

Mask parse_mask(std::string_view text) {
  if (text.empty()) return {};
  for (std::size_t i = 0; i < kNames.size(); i++) {
    const auto kind = static_cast<MaskKind>(i);
    if (kind != MaskKind::partial && text == kNames[i]) return {kind, 0, 0};
  }
  if (text.starts_with("partial")) return parse_partial(text);
  refuse(text);
}

std::string mask_text(const Mask &mask) {
  if (mask.kind == MaskKind::none) return {};
  std::string name(kNames[static_cast<std::size_t>(mask.kind)]);
  if (mask.kind != MaskKind::partial) return name;
  return name + "(" + std::to_string(mask.first) + ", " + std::to_string(mask.last) + ")";
}

}  // namespace pgexport
