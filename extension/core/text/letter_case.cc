#include "core/text/letter_case.h"

#include <cstdint>

namespace pgexport {

std::string lower_case(std::string_view name) {
  std::string folded;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto byte = static_cast<std::uint8_t>(name[i]);
    const auto next = i + 1 < name.size() ? static_cast<std::uint8_t>(name[i + 1]) : 0u;
    unsigned code = (byte & 0x1Fu) << 6 | (next & 0x3Fu);
    if (byte < 0xC2 || byte > 0xD3) {
      folded += byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + 0x20) : name[i];
      continue;
    }
    const bool latin1 = code >= 0xC0 && code <= 0xDE && code != 0xD7;
    const bool greek = code >= 0x391 && code <= 0x3A9;
    // Pairs of an upper case letter and the lower case one after it.
    const bool even_pairs = (code >= 0x100 && code < 0x138) || (code > 0x149 && code < 0x178);
    const bool odd_pairs = (code > 0x138 && code < 0x149) || (code > 0x178 && code < 0x17F);
    if (latin1 || greek || (code >= 0x410 && code <= 0x42F))
      code += 0x20;
    else if (code >= 0x400 && code <= 0x40F)
      code += 0x50;
    else if (even_pairs)
      code |= 1;
    else if (odd_pairs)
      code += code & 1;
    folded += static_cast<char>(0xC0 | code >> 6);
    folded += static_cast<char>(0x80 | (code & 0x3F));
    ++i;
  }
  return folded;
}

}  // namespace pgexport
