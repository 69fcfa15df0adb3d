// The storage format of a numeric from its text, as numeric_in makes it.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "core/decimal.h"

namespace pgexport {

// [-]ddd[.ddd], NaN, Infinity or -Infinity.
inline std::string numeric_body(std::string_view text) {
  const auto special = [](std::uint16_t word) {
    return std::string(reinterpret_cast<const char *>(&word), sizeof word);
  };
  if (text == "NaN") return special(0xC000);
  if (text == "Infinity") return special(0xD000);
  if (text == "-Infinity") return special(0xF000);
  Decimal value;
  value.negative = text.substr(0, 1) == "-";
  if (value.negative) text.remove_prefix(1);
  const std::size_t point = std::min(text.find('.'), text.size());
  std::string whole(text.substr(0, point));
  std::string fraction(text.substr(std::min(point + 1, text.size())));
  value.scale = static_cast<int>(fraction.size());
  whole.insert(0, (4 - whole.size() % 4) % 4, '0');
  fraction.append((4 - fraction.size() % 4) % 4, '0');
  value.weight = static_cast<int>(whole.size() / 4) - 1;
  const std::string digits = whole + fraction;
  for (std::size_t i = 0; i < digits.size(); i += 4) {
    value.groups.push_back(static_cast<std::uint16_t>(std::stoi(digits.substr(i, 4))));
  }
  std::string body;
  store_numeric(body, value);
  return body;
}

}  // namespace pgexport
