#include "formats/xlsx/xml_text.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "core/text/scan.h"

namespace pgexport::xlsx {

namespace {

bool is_markup(char c) { return c == '&' || c == '<' || c == '>' || c == '_'; }

// Bytes that end a clean run of ASCII: controls, what XML or _xHHHH_ gives a meaning, not ASCII.
struct NotPlainAscii {
  bool matches(char c) const { return static_cast<signed char>(c) < 0x20 || is_markup(c); }

#ifdef EXPORT_SSE2
  unsigned mask(__m128i v) const {
    const __m128i outside = _mm_cmplt_epi8(v, _mm_set1_epi8(0x20));  // signed: 0x80 and up too
    const __m128i angle =
        _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('<')), _mm_cmpeq_epi8(v, _mm_set1_epi8('>')));
    const __m128i other =
        _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('&')), _mm_cmpeq_epi8(v, _mm_set1_epi8('_')));
    return static_cast<unsigned>(
        _mm_movemask_epi8(_mm_or_si128(outside, _mm_or_si128(angle, other))));
  }
#endif
};

// The same for text that is known to be valid UTF-8; 0xEF begins U+FFFE and U+FFFF.
struct NotPlain {
  bool matches(char c) const {
    const auto byte = static_cast<std::uint8_t>(c);
    return byte < 0x20 || is_markup(c) || byte == 0xEF;
  }

#ifdef EXPORT_SSE2
  unsigned mask(__m128i v) const {
    const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1F)), v);
    const __m128i angle =
        _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('<')), _mm_cmpeq_epi8(v, _mm_set1_epi8('>')));
    const __m128i other =
        _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('&')), _mm_cmpeq_epi8(v, _mm_set1_epi8('_')));
    const __m128i high = _mm_cmpeq_epi8(v, _mm_set1_epi8('\xEF'));
    const __m128i any = _mm_or_si128(_mm_or_si128(control, high), _mm_or_si128(angle, other));
    return static_cast<unsigned>(_mm_movemask_epi8(any));
  }
#endif
};

char *write(char *out, std::string_view text) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

char *write_unit(char *out, unsigned unit) {
  constexpr char kHex[] = "0123456789ABCDEF";
  out = write(out, "_x");
  for (int shift = 12; shift >= 0; shift -= 4) *out++ = kHex[unit >> shift & 0xF];
  *out++ = '_';
  return out;
}

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool is_noncharacter(std::string_view text) {
  return text.starts_with("\xEF\xBF\xBE") || text.starts_with("\xEF\xBF\xBF");
}

// Writes the character at the start of `text`, which needs attention; removes it from there.
char *write_special(char *out, std::string_view &text) {
  const char c = text.front();
  std::size_t length = 1;
  switch (c) {
    case '&': out = write(out, "&amp;"); break;
    case '<': out = write(out, "&lt;"); break;
    case '>': out = write(out, "&gt;"); break;
    case '_':
      if (looks_escaped(text))
        out = write_unit(out, '_');
      else
        *out++ = c;
      break;
    case '\t':
    case '\n': *out++ = c; break;
    case '\xEF':
      if (is_noncharacter(text)) {
        out = write_unit(out, 0xFF00u | (0xC0u | static_cast<std::uint8_t>(text[2])));
        length = 3;
      } else {
        *out++ = c;
      }
      break;
    default: out = write_unit(out, static_cast<std::uint8_t>(c)); break;
  }
  text.remove_prefix(length);
  return out;
}

// Copies up to a byte that matches, which is then the first of `text`, or all of it.
template <typename Match>
char *copy_clean(char *out, std::string_view &text, const Match &match) {
  const std::size_t clean = spell::copy_until_inline(out, text.data(), text.size(), match);
  text.remove_prefix(clean);
  return out + clean;
}

bool is_valid(std::string_view text) {
  return spell::valid_utf8_prefix(text.data(), text.size()) == text.size();
}

bool begins_character(char c) { return (static_cast<std::uint8_t>(c) & 0xC0) != 0x80; }

// Units of the character that begins with this byte.
std::size_t units(char c) { return static_cast<std::uint8_t>(c) >= 0xF0 ? 2 : 1; }

}  // namespace

bool looks_escaped(std::string_view text) {
  return text.size() >= 7 && text.starts_with("_x") && text[6] == '_' &&
         std::all_of(text.begin() + 2, text.begin() + 6, is_hex);
}

char *write_xml_text(char *out, std::string_view text) {
  for (;;) {
    out = copy_clean(out, text, NotPlainAscii());
    if (text.empty()) return out;
    if (static_cast<std::uint8_t>(text.front()) >= 0x80) break;
    out = write_special(out, text);
  }
  if (!is_valid(text)) return nullptr;
  for (;;) {
    out = copy_clean(out, text, NotPlain());
    if (text.empty()) return out;
    out = write_special(out, text);
  }
}

std::string repaired_utf8(std::string_view text) {
  std::string repaired;
  for (;;) {
    const std::size_t valid = spell::valid_utf8_prefix(text.data(), text.size());
    repaired += text.substr(0, valid);
    if (valid == text.size()) return repaired;
    repaired += "\xEF\xBF\xBD";
    text.remove_prefix(valid + 1);
  }
}

std::string xml_text(std::string_view text) {
  const std::string valid = repaired_utf8(text);
  std::string escaped(xml_text_bound(valid.size()), '\0');
  escaped.resize(static_cast<std::size_t>(write_xml_text(escaped.data(), valid) - escaped.data()));
  for (std::size_t at = 0; (at = escaped.find('"', at)) != std::string::npos;) {
    escaped.replace(at, 1, "&quot;");
  }
  return escaped;
}

std::string cell_text(std::string_view text) {
  const std::string valid = repaired_utf8(text);
  std::string escaped;
  std::string_view rest = valid;
  while (!rest.empty()) {
    const char c = rest.front();
    const bool entity = is_markup(c) && c != '_';
    if (!entity && NotPlain().matches(c)) {
      char special[8];
      escaped.append(special, write_special(special, rest));
    } else {
      escaped += c;
      rest.remove_prefix(1);
    }
  }
  return escaped;
}

std::string visible_text(std::string_view text) {
  const std::string valid = repaired_utf8(text);
  std::string visible;
  for (std::string_view rest = valid; !rest.empty();) {
    const bool unit = is_noncharacter(rest);
    const bool control = static_cast<std::uint8_t>(rest.front()) < 0x20;
    visible += unit || control ? ' ' : rest.front();
    rest.remove_prefix(unit ? 3 : 1);
  }
  return visible;
}

std::size_t utf16_length(std::string_view text) {
  std::size_t length = 0;
  for (const char c : text) {
    if (begins_character(c)) length += units(c);
  }
  return length;
}

std::string_view utf16_prefix(std::string_view text, std::size_t limit) {
  std::size_t length = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!begins_character(text[i])) continue;
    length += units(text[i]);
    if (length > limit) return text.substr(0, i);
  }
  return text;
}

}  // namespace pgexport::xlsx
