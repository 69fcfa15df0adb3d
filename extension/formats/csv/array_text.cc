#include "formats/csv/array_text.h"

#include <algorithm>
#include <array>

#include "core/text/array_walk.h"
#include "core/text/bytes_text.h"
#include "core/text/jsonb_text.h"
#include "core/text/numeric_text.h"
#include "formats/csv/scalar_text.h"

namespace pgexport {

namespace {

// Bytes of the header that says which type the elements have.
constexpr std::uint32_t kElementTypeEnd = 12;

// The bytes for which array_out quotes an element.
constexpr std::array<bool, 256> kSpecial = [] {
  std::array<bool, 256> special{};
  for (const unsigned char c : {'"', '\\', '{', '}', ',', ' ', '\t', '\n', '\r', '\v', '\f'}) {
    special[c] = true;
  }
  return special;
}();

bool is_null_word(std::string_view text) {
  constexpr std::string_view kNull = "null";
  return text.size() == kNull.size() &&
         std::equal(text.begin(), text.end(), kNull.begin(),
                    [](char c, char lower) { return (c | 0x20) == lower; });
}

// Copies the text and tells whether one of its bytes is special.
bool copy_looking(char *out, std::string_view text) {
  bool special = false;
  for (const char c : text) {
    special |= kSpecial[static_cast<unsigned char>(c)];
    *out++ = c;
  }
  return special;
}

void append_quoted(OutputBuffer &out, std::string_view text) {
  char *p = out.reserve(2 * text.size() + 2);
  *p++ = '"';
  for (const char c : text) {
    *p = '\\';
    p += c == '"' || c == '\\';
    *p++ = c;
  }
  *p++ = '"';
  out.advance_to(p);
}

void append_item(OutputBuffer &out, std::string_view text) {
  char *const p = out.reserve(text.size());
  const bool special = copy_looking(p, text);
  if (special || text.empty() || is_null_word(text)) {
    append_quoted(out, text);
  } else {
    out.advance_to(p + text.size());
  }
}

void append_integer(OutputBuffer &out, std::int64_t value) {
  out.advance_to(spell::write_int64(out.reserve(spell::kMaxInt64Text), value));
}

void append_bounds(OutputBuffer &out, const spell::ArrayHead &head) {
  const int *const end = head.lower_bounds + head.ndim;
  if (std::all_of(head.lower_bounds, end, [](int bound) { return bound == 1; })) return;
  for (int i = 0; i < head.ndim; ++i) {
    const std::int64_t lower = head.lower_bounds[i];
    out.push('[');
    append_integer(out, lower);
    out.push(':');
    append_integer(out, lower + head.dims[i] - 1);
    out.push(']');
  }
  out.push('=');
}

// Writes the braces and commas around the elements, which come in storage order.
class Nesting {
 public:
  explicit Nesting(const spell::ArrayHead &head) : head_(head) {}

  void before_element(OutputBuffer &out) {
    int first_open = head_.ndim;
    while (first_open > 0 && index_[first_open - 1] == 0) --first_open;
    if (!at_start_) out.push(',');
    for (int i = first_open; i < head_.ndim; ++i) out.push('{');
    at_start_ = false;
  }

  void after_element(OutputBuffer &out) {
    for (int i = head_.ndim - 1; i >= 0 && ++index_[i] == head_.dims[i]; --i) {
      index_[i] = 0;
      out.push('}');
    }
  }

 private:
  const spell::ArrayHead &head_;
  int index_[spell::kMaxArrayDimensions] = {};
  bool at_start_ = true;
};

void append_bytes(OutputBuffer &out, const Cell &cell) {
  // bytea_out's \x with the backslash escaped; hexadecimal digits need nothing.
  char *p = out.reserve(5 + std::size_t{2} * cell.size);
  p = std::copy_n("\"\\\\x", 4, p);
  p = spell::write_hex(p, cell.data, cell.size);
  *p++ = '"';
  out.advance_to(p);
}

}  // namespace

bool ArrayText::append(OutputBuffer &out, const Cell &array) {
  ColumnLayout layout;
  if (array.size < kElementTypeEnd) return false;
  if (!spell::element_layout(spell::array_element_type(array.data), layout)) return false;
  spell::ArrayReader reader(array.data, array.size, layout);
  if (reader.failed()) return false;
  if (reader.head().count == 0) {
    out.append("{}");
    return true;
  }
  append_bounds(out, reader.head());
  Nesting nesting(reader.head());
  Cell element;
  while (reader.next(element)) {
    nesting.before_element(out);
    append_element(out, element);
    nesting.after_element(out);
  }
  return !reader.failed();
}

void ArrayText::append_element(OutputBuffer &out, const Cell &element) {
  switch (element.tag) {
    case CellTag::null: out.append("NULL"); return;
    case CellTag::text:
    case CellTag::json: append_item(out, element.view()); return;
    case CellTag::bytes: append_bytes(out, element); return;
    case CellTag::numeric: {
      char *const p = out.reserve(spell::numeric_text_bound(element.data, element.size));
      out.advance_to(spell::write_numeric(p, element.data, element.size));
      return;
    }
    case CellTag::jsonb:
      jsonb_.clear();
      spell::append_jsonb(jsonb_, element.data, element.size, spell::JsonSpacing::postgres);
      append_item(out, jsonb_.view());
      return;
    default: {
      char scalar[kMaxScalarText];
      const char *const end = write_scalar(scalar, element, interval_style_, dates_);
      append_item(out, {scalar, static_cast<std::size_t>(end - scalar)});
      return;
    }
  }
}

}  // namespace pgexport
