// JSON strings: escaping fused with copying, because most strings are short and clean.
//
// What is escaped and how is PostgreSQL's escape_json: \b \f \n \r \t \" \\ and \u00XX for the
// other control characters; everything else, DEL and invalid UTF-8 included, stays as it is.
#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <string_view>

#include "core/text/jsonb_text.h"
#include "core/text/scan.h"

#include "core/no_postgres.h"

namespace pgexport::spell {

namespace detail {

struct JsonEscape {
  char text[7];
  unsigned char length;
};

template <JsonQuotes kQuotes>
consteval std::array<JsonEscape, 128> make_json_escapes() {
  constexpr char kHex[] = "0123456789abcdef";
  std::array<JsonEscape, 128> table{};
  for (unsigned c = 0; c < 0x20; ++c) {
    table[c] = {{'\\', 'u', '0', '0', kHex[c >> 4], kHex[c & 15], 0}, 6};
  }
  constexpr char kShort[][2] = {{'\b', 'b'}, {'\f', 'f'}, {'\n', 'n'}, {'\r', 'r'},
                                {'\t', 't'}, {'"', '"'},  {'\\', '\\'}};
  for (const auto &[byte, letter] : kShort) {
    table[static_cast<unsigned char>(byte)] = {{'\\', letter, 0, 0, 0, 0, 0}, 2};
  }
  if (kQuotes == JsonQuotes::doubled) table['"'] = {{'\\', '"', '"', 0, 0, 0, 0}, 3};
  return table;
}

template <JsonQuotes kQuotes>
inline constexpr std::array<JsonEscape, 128> kJsonEscapes = make_json_escapes<kQuotes>();

}  // namespace detail

template <JsonQuotes kQuotes>
constexpr std::string_view json_quote() {
  return kQuotes == JsonQuotes::doubled ? "\"\"" : "\"";
}

// Room that the functions below need for n bytes of text.
constexpr std::size_t json_string_bound(std::size_t n) { return 6 * n + 10; }

// Writes p[0, n) escaped, without quotes, and returns the end.
// REQUIRES: json_string_bound(n) bytes at `out`.
template <JsonQuotes kQuotes = JsonQuotes::single>
inline char *write_json_escaped(char *out, const char *p, std::size_t n) {
  for (;;) {
    const std::size_t clean = copy_until(out, p, n, JsonSpecial());
    out += clean;
    if (clean == n) return out;
    const detail::JsonEscape &escape =
        detail::kJsonEscapes<kQuotes>[static_cast<unsigned char>(p[clean]) & 0x7F];
    std::memcpy(out, &escape, sizeof escape);
    out += escape.length;
    p += clean + 1;
    n -= clean + 1;
  }
}

// As write_json_escaped, in quotes.
template <JsonQuotes kQuotes = JsonQuotes::single>
inline char *write_json_string(char *out, const char *p, std::size_t n) {
  constexpr std::string_view kQuote = json_quote<kQuotes>();
  std::memcpy(out, kQuote.data(), kQuote.size());
  out = write_json_escaped<kQuotes>(out + kQuote.size(), p, n);
  std::memcpy(out, kQuote.data(), kQuote.size());
  return out + kQuote.size();
}

}  // namespace pgexport::spell
