#include "core/text/number_layout.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "core/text/integer_text.h"

namespace pgexport::format {

namespace {

constexpr int kThousand = 3;  // digits between two thousands signs

bool groups_after(const NumberLayout &layout, int place) {
  return layout.grouped && place > 0 && place % kThousand == 0;
}

char *write(char *out, std::string_view text) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

// Placeholders 0 and # only, in one row.
void append_plain_digits(OutputBuffer &out, const NumberLayout &layout, const DecimalDigits &digits,
                         const Locale &locale) {
  const int whole = std::max(digits.point(), layout.least_whole);
  const int fraction = std::max(digits.count() - digits.point(), layout.least_fraction);
  const std::size_t most = static_cast<std::size_t>(whole) * (1 + locale.thousands.size()) +
                           locale.decimal.size() + static_cast<std::size_t>(fraction);
  char *p = out.reserve(most);
  for (int place = whole - 1; place >= 0; --place) {
    *p++ = digits.at(place);
    if (groups_after(layout, place)) p = write(p, locale.thousands);
  }
  if (layout.has_point) p = write(p, locale.decimal);
  for (int i = 1; i <= fraction; ++i) *p++ = digits.at(-i);
  out.advance_to(p);
}

// Walks the placeholders one by one: a literal may stand between any two of them.
class PlaceholderWriter {
 public:
  PlaceholderWriter(OutputBuffer &out, const NumberLayout &layout, const DecimalDigits &digits,
                    const Locale &locale)
      : out_(out), layout_(layout), digits_(digits), locale_(locale), place_(layout.whole_digits) {}

  void add(char placeholder) {
    if (after_point_) {
      add_fraction(placeholder);
    } else {
      add_whole(placeholder);
    }
  }

  void add_point() {
    if (layout_.whole_digits == 0) add_digits_from(digits_.point() - 1, 0);
    out_.append(locale_.decimal);
    after_point_ = true;
    place_ = 0;
  }

 private:
  // The first placeholder takes all the digits that have no placeholder of their own.
  void add_whole(char placeholder) {
    const bool first = place_ == layout_.whole_digits;
    --place_;
    if (place_ < digits_.point()) {
      add_digits_from(first ? std::max(digits_.point() - 1, place_) : place_, place_);
    } else if (placeholder != '#') {
      out_.push(placeholder == '0' ? '0' : ' ');
      if (placeholder == '0' && groups_after(layout_, place_)) out_.append(locale_.thousands);
    }
  }

  void add_digits_from(int place, int last) {
    for (; place >= last; --place) {
      out_.push(digits_.at(place));
      if (groups_after(layout_, place)) out_.append(locale_.thousands);
    }
  }

  void add_fraction(char placeholder) {
    --place_;
    const bool significant = digits_.point() - digits_.count() <= place_ && !digits_.is_zero();
    if (significant || placeholder == '0') {
      out_.push(digits_.at(place_));
    } else if (placeholder == '?') {
      out_.push(' ');
    }
  }

  OutputBuffer &out_;
  const NumberLayout &layout_;
  const DecimalDigits &digits_;
  const Locale &locale_;
  int place_;  // of the placeholder before
  bool after_point_ = false;
};

// Moves the point so that the whole part fits its placeholders, and rounds.  Returns the exponent:
// a multiple of the number of those placeholders.
int scale_for_exponent(const NumberLayout &layout, DecimalDigits &digits) {
  if (digits.is_zero()) return 0;
  const int step = std::max(layout.whole_digits, 1);
  const auto exponent_of = [&] {
    const int power = digits.point() - 1;
    return power >= 0 ? power / step * step : -((-power + step - 1) / step) * step;
  };
  int exponent = exponent_of();
  digits.shift(-exponent);
  digits.round_fraction(layout.fraction_digits);
  if (digits.point() > step) {  // 9.99 became 10.0
    digits.shift(-step);
    exponent += step;
  }
  return exponent;
}

void append_exponent(OutputBuffer &out, const Token &token, int exponent) {
  out.push('E');
  if (exponent < 0) {
    out.push('-');
  } else if (token.text == "E+") {
    out.push('+');
  }
  char text[spell::kMaxInt64Text];
  const char *const end = spell::write_uint64(text, static_cast<std::uint64_t>(std::abs(exponent)));
  for (auto digits = end - text; digits < token.count; ++digits) out.push('0');
  out.append(text, static_cast<std::size_t>(end - text));
}

}  // namespace

void append_number(OutputBuffer &out, const Section &section, DecimalDigits &digits, bool with_sign,
                   const Locale &locale) {
  const NumberLayout &layout = section.number;
  digits.shift(layout.shift);
  int exponent = 0;
  const bool has_digits = layout.end > layout.first;
  if (layout.exponent) {
    exponent = scale_for_exponent(layout, digits);
  } else if (has_digits) {
    digits.round_fraction(layout.fraction_digits);
  }
  if (with_sign && digits.negative() && !digits.is_zero() && !section.tokens.empty()) out.push('-');

  PlaceholderWriter placeholders(out, layout, digits, locale);
  for (std::size_t i = 0; i < section.tokens.size(); ++i) {
    const Token &token = section.tokens[i];
    if (layout.plain && i == layout.first) {
      append_plain_digits(out, layout, digits, locale);
      i = layout.end - 1;
    } else if (token.kind == TokenKind::digit) {
      placeholders.add(token.text[0]);
    } else if (token.kind == TokenKind::decimal) {
      placeholders.add_point();
    } else if (token.kind == TokenKind::exponent) {
      append_exponent(out, token, exponent);
    } else {
      out.append(token.text);
    }
  }
}

}  // namespace pgexport::format
