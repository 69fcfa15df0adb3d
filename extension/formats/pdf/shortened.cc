#include "formats/pdf/shortened.h"

namespace pgexport::pdf {

namespace {
constexpr std::string_view kEllipsis = "\u2026";
}

std::string shortened(Typesetter &typesetter, std::string_view text, const TextStyle &style,
                      double width) {
  const auto limit = static_cast<std::int64_t>(width * 1000 / style.size);
  const std::int64_t ellipsis = typesetter.measure(kEllipsis, style.face);
  std::int64_t used = 0;
  std::size_t kept = 0;  // bytes that fit with an ellipsis after them
  for (std::size_t at = 0; at < text.size();) {
    char32_t code;
    used += typesetter.advance(text, at, style.face, code);
    if (used + ellipsis <= limit) kept = at;
    if (used > limit) return std::string(text.substr(0, kept)).append(kEllipsis);
  }
  return std::string(text);
}

}  // namespace pgexport::pdf
