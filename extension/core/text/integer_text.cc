#include "core/text/integer_text.h"

namespace pgexport::spell::detail {

namespace {

char *write_eight_digits(char *out, std::uint32_t value) {
  store_bytes(out, digits_of_eight(value) | kZeroChars);
  return out + 8;
}

}  // namespace

char *write_from_1e8(char *out, std::uint64_t value) {
  constexpr std::uint64_t k1e8 = 100000000;
  const std::uint64_t high = value / k1e8;
  const auto low = static_cast<std::uint32_t>(value % k1e8);
  if (high < k1e8) {
    out = write_below_1e8(out, static_cast<std::uint32_t>(high));
  } else {
    out = write_below_1e8(out, static_cast<std::uint32_t>(high / k1e8));
    out = write_eight_digits(out, static_cast<std::uint32_t>(high % k1e8));
  }
  return write_eight_digits(out, low);
}

}  // namespace pgexport::spell::detail
