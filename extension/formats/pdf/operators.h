// Writes numbers and operators of a PDF content stream.
//
// Coordinates are whole hundredths of a point, 1/7200 inch: no viewer shows less, and a document
// does not depend on how a processor rounds.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/output_buffer.h"

#include "core/no_postgres.h"

namespace pgexport {

// Far outside the largest page; what is not finite is drawn there.
inline constexpr double kMaxCoordinate = 1e6;

inline std::int64_t to_hundredths(double points) {
  if (!(points > -kMaxCoordinate)) return static_cast<std::int64_t>(-kMaxCoordinate * 100);
  if (points > kMaxCoordinate) return static_cast<std::int64_t>(kMaxCoordinate * 100);
  // Not llround(), a call for each of a page's thousands of numbers.
  return static_cast<std::int64_t>(points * 100 + (points < 0 ? -0.5 : 0.5));
}

inline constexpr std::size_t kMaxNumber = 24;

// Writes value / 10^digits without needless zeros, at most kMaxNumber bytes; returns the end.
char *write_decimal(char *p, std::int64_t value, int digits);

// A buffer that operators are put into.
class OperatorStream {
 public:
  OutputBuffer &buffer() { return buffer_; }

  // Appends the number and a space.
  OperatorStream &operator<<(std::int64_t hundredths) {
    char *p = write_decimal(buffer_.reserve(kMaxNumber), hundredths, 2);
    *p++ = ' ';
    buffer_.advance_to(p);
    return *this;
  }
  OperatorStream &operator<<(std::string_view text) {
    buffer_.append(text);
    return *this;
  }

 private:
  OutputBuffer buffer_;
};

}  // namespace pgexport
