#include "formats/pdf/line_breaker.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "formats/pdf/font_set.h"
#include "formats/pdf/utf8.h"

namespace pgexport {

namespace {

constexpr char32_t kSoftHyphen = 0xAD, kZeroWidthSpace = 0x200B;

// Far beyond any page; keeps the arithmetic in range.
constexpr double kMaxUnits = 1e12;

enum class BreakClass : std::uint8_t {
  letter,     // no opportunity at either side
  space,      // an opportunity after it; not drawn at the end of a line
  breakable,  // an opportunity after it: hyphens, dashes, slashes
  ideograph,  // at both sides
  opening,    // none after it
  closing,    // none before it, an opportunity after it in front of an ideograph
  newline,
};

bool is_between(char32_t c, char32_t first, char32_t last) { return c >= first && c <= last; }

bool is_ideograph(char32_t c) {
  return is_between(c, 0x2E80, 0x2FFF) || is_between(c, 0x3003, 0x4DBF) ||
         is_between(c, 0x4E00, 0xA4CF) || is_between(c, 0xAC00, 0xD7AF) ||
         is_between(c, 0xF900, 0xFAFF) || is_between(c, 0xFF01, 0xFFDC) ||
         is_between(c, 0x1F300, 0x1FAFF) || is_between(c, 0x20000, 0x3FFFD);
}

// Punctuation of CJK text that may not begin a line, small kana and the prolonged sound among it.
constexpr std::u32string_view kClosing =
    U"\u3001\u3002\u3005\u3009\u300B\u300D\u300F\u3011\u3015\u3017\u3019\u301B\u301E\u3041\u3043"
    U"\u3045\u3047\u3049\u3063\u3083\u3085\u3087\u308E\u309D\u309E\u30A1\u30A3\u30A5\u30A7\u30A9"
    U"\u30C3\u30E3\u30E5\u30E7\u30EE\u30FB\u30FC\u30FD\u30FE\uFF01\uFF09\uFF0C\uFF0E\uFF1A\uFF1B"
    U"\uFF1F\uFF3D\uFF5D\uFF60\uFF61\uFF63\uFF64";
constexpr std::u32string_view kOpening =
    U"\u3008\u300A\u300C\u300E\u3010\u3014\u3016\u3018\u301A\u301D\uFF08\uFF3B\uFF5B\uFF5F\uFF62";

BreakClass ascii_class(char32_t c) {
  switch (c) {
    case '\n':
    case '\r': return BreakClass::newline;
    case '\t':
    case ' ': return BreakClass::space;
    case '-':
    case '/': return BreakClass::breakable;
    default: return BreakClass::letter;
  }
}

BreakClass class_of(char32_t c) {
  if (c < 0x80) return ascii_class(c);
  if (c == 0x2028 || c == 0x2029) return BreakClass::newline;
  if (c == kZeroWidthSpace || c == 0x1680 || (is_between(c, 0x2000, 0x200A) && c != 0x2007) ||
      c == 0x205F || c == 0x3000) {
    return BreakClass::space;
  }
  if (c == kSoftHyphen || c == 0x2010 || is_between(c, 0x2012, 0x2014)) {
    return BreakClass::breakable;
  }
  if (!is_between(c, 0x2E80, 0x3FFFD)) return BreakClass::letter;
  if (kOpening.find(c) != std::u32string_view::npos) return BreakClass::opening;
  if (kClosing.find(c) != std::u32string_view::npos) return BreakClass::closing;
  return is_ideograph(c) ? BreakClass::ideograph : BreakClass::letter;
}

bool may_break(BreakClass before, BreakClass after) {
  if (after == BreakClass::space || after == BreakClass::closing) return false;
  if (after == BreakClass::breakable) return before == BreakClass::space;
  if (before == BreakClass::space || before == BreakClass::breakable) return true;
  if (before == BreakClass::ideograph) return true;
  if (before == BreakClass::closing) {
    return after == BreakClass::ideograph || after == BreakClass::opening;
  }
  return before != BreakClass::opening && after == BreakClass::ideograph;
}

// A hyphen or slash that begins a word, as of a negative number or a path, belongs to it.
BreakClass class_after(BreakClass before, BreakClass kind) {
  const bool begins = before == BreakClass::space || before == BreakClass::opening;
  return kind == BreakClass::breakable && begins ? BreakClass::letter : kind;
}

}  // namespace

LineBreaker::LineBreaker(Typesetter &typesetter, std::string_view text, const TextStyle &style,
                         double width)
    : typesetter_(typesetter),
      text_(text),
      face_(style.face),
      limit_(static_cast<std::int64_t>(
          style.size > 0 ? std::clamp(std::floor(width * 1000 / style.size + 1e-6), 0.0, kMaxUnits)
                         : kMaxUnits)) {}

bool LineBreaker::next(TextLine &line) {
  if (at_ >= text_.size()) return false;
  const std::size_t start = at_;
  const auto finish = [&](const Place &place, bool paragraph) {
    line.text = text_.substr(start, place.text_end - start);
    line.hyphen = place.hyphen;
    line.paragraph = paragraph;
    // Letters that are joined have other widths than alone.
    line.units = reorders_ ? typesetter_.measure(line.text, face_) : place.units;
    if (place.hyphen) line.units += hyphen_units();
    at_ = place.next;
    return true;
  };

  Place end{start, start, 0, false};      // of what has been taken, without the spaces at its end
  Place opportunity = end;                // the last at which the line can be broken
  std::int64_t units = 0;                 // up to `at`, with the spaces
  BreakClass before = BreakClass::space;  // of the character before
  char32_t character = 0;
  reorders_ = false;
  for (std::size_t at = start; at < text_.size();) {
    const std::size_t here = at;
    const bool after_soft_hyphen = character == kSoftHyphen;
    character = next_character(text_, at);
    const BreakClass kind = class_after(before, class_of(character));
    if (kind == BreakClass::newline) {
      if (character == '\r' && at < text_.size() && text_[at] == '\n') ++at;
      end.next = at;
      return finish(end, true);
    }
    if (here > start && may_break(before, kind)) {
      // A soft hyphen that would not fit is no opportunity.
      if (!after_soft_hyphen || end.units + hyphen_units() <= limit_) {
        opportunity = {end.text_end, here, end.units, after_soft_hyphen};
      }
    }
    const int advance = advance_of(character);
    units += advance;
    if (kind != BreakClass::space) {
      if (units > limit_ && here > start && advance > 0) {
        if (opportunity.next > start) return finish(opportunity, false);
        end.next = here;
        return finish(end, false);
      }
      end = {at, at, units, false};
    }
    before = kind;
  }
  end.next = text_.size();
  return finish(end, true);
}

int LineBreaker::advance_of(char32_t character) {
  const Glyph &glyph = typesetter_.fonts().find(character, face_);
  if (glyph.kind == GlyphKind::reorders) reorders_ = true;
  return glyph.kind == GlyphKind::mark ? 0 : glyph.advance;
}

std::int64_t LineBreaker::hyphen_units() { return typesetter_.fonts().find('-', face_).advance; }

}  // namespace pgexport
