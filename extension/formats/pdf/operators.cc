#include "formats/pdf/operators.h"

#include <charconv>

namespace pgexport {

char *write_decimal(char *p, std::int64_t value, int digits) {
  if (value < 0) {
    *p++ = '-';
    value = -value;
  }
  std::int64_t scale = 1;
  for (int i = 0; i < digits; ++i) scale *= 10;
  const std::int64_t whole = value / scale;
  std::int64_t fraction = value % scale;
  if (whole != 0 || fraction == 0) p = std::to_chars(p, p + kMaxNumber, whole).ptr;
  if (fraction == 0) return p;
  *p++ = '.';
  while (fraction != 0) {
    scale /= 10;
    *p++ = static_cast<char>('0' + fraction / scale);
    fraction %= scale;
  }
  return p;
}

}  // namespace pgexport
