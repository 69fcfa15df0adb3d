#include "formats/option_error.h"

#include <algorithm>
#include <utility>

#include "core/text/bytes_text.h"
#include "core/text/scan.h"

namespace pgexport {

namespace {

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

// Length of the first character of `text`, or 0 if that is not UTF-8.
std::size_t character_length(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (length > text.size()) return 0;
  return spell::valid_utf8_prefix(text.data(), length) == length ? length : 0;
}

std::string as_hex(char byte) {
  std::string hex = "\\x00";
  spell::write_hex(hex.data() + 2, &byte, 1);
  return hex;
}

}  // namespace

std::string excerpt(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    const bool printable = length > 0 && !is_control(text[0]);
    const std::string piece = printable ? std::string(text.substr(0, length)) : as_hex(text[0]);
    if (out.size() + piece.size() > kMaxExcerpt) return out + "...";
    out += piece;
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

Error option_error(std::string_view name, std::string_view requirement, std::string_view given,
                   std::string hint) {
  std::string message = "option \"";
  message.append(name).append("\" ").append(requirement);
  return {sqlstate::invalid_parameter_value, std::move(message), "Got " + excerpt(given) + ".",
          std::move(hint)};
}

std::string did_you_mean(std::string_view nearest, std::string otherwise) {
  if (nearest.empty()) return otherwise;
  return "Did you mean \"" + std::string(nearest) + "\"?";
}

}  // namespace pgexport
