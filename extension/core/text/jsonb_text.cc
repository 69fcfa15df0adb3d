#include "core/text/jsonb_text.h"

#include <algorithm>
#include <vector>

#include "core/error.h"
#include "core/text/bounded_varlena.h"
#include "core/text/json_string.h"
#include "core/text/numeric_text.h"

namespace pgexport::spell {
namespace {

using pgexport::detail::load;

// Header of a container.
constexpr std::uint32_t kCountMask = 0x0FFFFFFF;
constexpr std::uint32_t kScalarFlag = 0x10000000;
constexpr std::uint32_t kObjectFlag = 0x20000000;
constexpr std::uint32_t kArrayFlag = 0x40000000;

// Entry of a child: either its length or, every so often, the offset of its end.
constexpr std::uint32_t kExtentMask = 0x0FFFFFFF;
constexpr std::uint32_t kTypeMask = 0x70000000;
constexpr std::uint32_t kIsOffset = 0x80000000;
constexpr std::uint32_t kString = 0x00000000;
constexpr std::uint32_t kNumeric = 0x10000000;
constexpr std::uint32_t kFalse = 0x20000000;
constexpr std::uint32_t kTrue = 0x30000000;
constexpr std::uint32_t kNull = 0x40000000;
constexpr std::uint32_t kContainer = 0x50000000;

constexpr std::size_t kEntrySize = 4;

[[noreturn]] void corrupted(const char *detail) {
  throw Error(sqlstate::data_corrupted, "jsonb value is corrupted", detail);
}

std::size_t align_to_int(std::size_t offset) { return (offset + 3) & ~std::size_t{3}; }

// Part of the root container's bytes.
struct Extent {
  std::size_t begin;
  std::size_t end;
};

// A container that is being written.  Offsets count from the root; children lie in the order of
// their entries, those of an object as all keys and then all values.
struct Frame {
  std::size_t entries;
  std::size_t children;
  std::size_t end;
  std::size_t next_key;  // where the next key and the next value or element begin
  std::size_t next_value;
  std::uint32_t count;  // pairs or elements
  std::uint32_t index;  // of the next one
  bool is_object;
};

// Containers from the root to the current one.  Documents are rarely nested deeper than the
// places kept inline; beyond them only memory is the limit.
class FrameStack {
 public:
  bool empty() const { return depth_ == 0; }
  Frame &top() { return depth_ <= kInline ? inline_[depth_ - 1] : deep_.back(); }
  Frame &push() {
    ++depth_;
    return depth_ <= kInline ? inline_[depth_ - 1] : deep_.emplace_back();
  }
  void pop() {
    if (depth_ > kInline) deep_.pop_back();
    --depth_;
  }

 private:
  static constexpr std::size_t kInline = 8;
  std::size_t depth_ = 0;
  Frame inline_[kInline];
  std::vector<Frame> deep_;
};

template <JsonQuotes kQuotes>
void append_string(OutputBuffer &out, const char *text, std::size_t n) {
  // Room is made for the worst case, so a huge text goes in pieces.
  constexpr std::size_t kPiece = std::size_t{16} << 10;
  if (n <= kPiece) {
    out.advance_to(write_json_string<kQuotes>(out.reserve(json_string_bound(n)), text, n));
    return;
  }
  constexpr std::string_view kQuote = json_quote<kQuotes>();
  out.append(kQuote);
  for (std::size_t i = 0; i < n; i += kPiece) {
    const std::size_t piece = std::min(kPiece, n - i);
    char *const p = out.reserve(json_string_bound(piece));
    out.advance_to(write_json_escaped<kQuotes>(p, text + i, piece));
  }
  out.append(kQuote);
}

template <JsonQuotes kQuotes>
class JsonbWalk {
 public:
  JsonbWalk(OutputBuffer &out, const char *data, std::size_t size, JsonSpacing spacing)
      : out_(out), data_(data), size_(size), spaced_(spacing == JsonSpacing::postgres) {}

  void run() {
    if (size_ >= kEntrySize && (load<std::uint32_t>(data_) & kScalarFlag)) {
      root_scalar();
      return;
    }
    open({0, size_});
    while (!stack_.empty()) step(stack_.top());
  }

 private:
  // A scalar is stored as an array of one element.
  void root_scalar() {
    Frame frame;
    start(frame, {0, size_});
    if (frame.is_object || frame.count != 1) corrupted("A scalar must be the only element.");
    const std::uint32_t entry = entry_at(frame, 0);
    if ((entry & kTypeMask) == kContainer) corrupted("A scalar must not be a container.");
    const Extent extent = take(frame, entry, frame.next_value);
    out_.advance_to(scalar(out_.reserve(kRoom), entry, extent));
  }

  void open(Extent extent) {
    Frame &frame = stack_.push();
    start(frame, extent);
    out_.push(frame.is_object ? '{' : '[');
  }

  void start(Frame &frame, Extent extent) const {
    if (extent.end - extent.begin < kEntrySize) corrupted("A container has no header.");
    const auto header = load<std::uint32_t>(data_ + extent.begin);
    const bool is_object = header & kObjectFlag;
    if (is_object == static_cast<bool>(header & kArrayFlag)) {
      corrupted("A container must be either an object or an array.");
    }
    frame.count = header & kCountMask;
    frame.index = 0;
    frame.is_object = is_object;
    frame.entries = extent.begin + kEntrySize;
    frame.end = extent.end;
    const std::size_t entries = std::size_t{frame.count} * (is_object ? 2 : 1);
    if (entries > (frame.end - frame.entries) / kEntrySize) {
      corrupted("A container is too small for its children.");
    }
    frame.children = frame.entries + entries * kEntrySize;
    frame.next_key = frame.children;
    frame.next_value = is_object ? first_value(frame) : frame.children;
  }

  // The values of an object begin where its last key ends.
  std::size_t first_value(const Frame &frame) const {
    std::size_t offset = 0;
    for (std::uint32_t i = frame.count; i-- > 0;) {
      const std::uint32_t entry = entry_at(frame, i);
      offset += entry & kExtentMask;
      if (entry & kIsOffset) break;
    }
    return frame.children + offset;
  }

  std::uint32_t entry_at(const Frame &frame, std::size_t i) const {
    return load<std::uint32_t>(data_ + frame.entries + i * kEntrySize);
  }

  // The extent of the child at `next`, which is moved past it.
  static Extent take(const Frame &frame, std::uint32_t entry, std::size_t &next) {
    const std::size_t begin = next;
    next = (entry & kExtentMask) + (entry & kIsOffset ? frame.children : begin);
    if (next < begin || next > frame.end) corrupted("A child lies outside its container.");
    return {begin, next};
  }

  // Writes the children of the innermost container up to one that is a container itself, or to
  // the end.
  void step(Frame &frame) {
    while (frame.index < frame.count) {
      const std::uint32_t i = frame.index++;
      char *p = out_.reserve(kRoom);
      if (i > 0) p = separator(p, ',');
      if (frame.is_object) p = key(p, frame, entry_at(frame, i));
      const std::uint32_t entry =
          entry_at(frame, frame.is_object ? std::size_t{i} + frame.count : i);
      const Extent extent = take(frame, entry, frame.next_value);
      if ((entry & kTypeMask) == kContainer) {
        out_.advance_to(p);
        open(aligned(extent));
        return;
      }
      out_.advance_to(scalar(p, entry, extent));
    }
    out_.push(frame.is_object ? '}' : ']');
    stack_.pop();
  }

  // The functions below write at `p` and return the end.  There is room there for a short key, a
  // short value and what stands around them; for longer ones they make it.

  char *key(char *p, Frame &frame, std::uint32_t entry) {
    if ((entry & kTypeMask) != kString) corrupted("A key must be a string.");
    return separator(string(p, take(frame, entry, frame.next_key)), ':');
  }

  char *scalar(char *p, std::uint32_t entry, Extent extent) {
    switch (entry & kTypeMask) {
      case kString: return string(p, extent);
      case kNumeric: return numeric(p, aligned(extent));
      case kFalse: return word(p, "false");
      case kTrue: return word(p, "true");
      case kNull: return word(p, "null");
      default: corrupted("A child is of an unknown type.");
    }
  }

  static char *word(char *p, std::string_view text) {
    std::memcpy(p, text.data(), text.size());
    return p + text.size();
  }

  char *string(char *p, Extent extent) {
    const std::size_t n = extent.end - extent.begin;
    if (n <= kShortString) return write_json_string<kQuotes>(p, data_ + extent.begin, n);
    out_.advance_to(p);
    append_string<kQuotes>(out_, data_ + extent.begin, n);
    return out_.reserve(kRoom);
  }

  char *numeric(char *p, Extent extent) {
    std::uint32_t header, size;
    const char *value = data_ + extent.begin;
    if (!bounded_varlena(value, extent.end - extent.begin, header, size) ||
        !numeric_has_header(value + header, size)) {
      corrupted("A number has no valid length.");
    }
    const char *body = value + header;
    if (char *end = write_small_numeric(p, body, size)) return end;
    if (!numeric_is_finite(body, size)) corrupted("A number must be finite.");
    out_.advance_to(p);
    p = out_.reserve(numeric_text_bound(body, size) + kRoom);
    return write_numeric(p, body, size);
  }

  // Numbers and containers are aligned, and the padding counts as theirs.
  static Extent aligned(Extent extent) {
    const std::size_t begin = align_to_int(extent.begin);
    if (begin > extent.end) corrupted("A child is smaller than its padding.");
    return {begin, extent.end};
  }

  char *separator(char *p, char c) const {
    p[0] = c;
    p[1] = ' ';
    return p + 1 + spaced_;
  }

  static constexpr std::size_t kShortString = 128;
  static constexpr std::size_t kRoom = 2 * json_string_bound(kShortString) + 64;

  OutputBuffer &out_;
  const char *data_;
  std::size_t size_;
  bool spaced_;
  FrameStack stack_;
};

}  // namespace

void append_jsonb(OutputBuffer &out, const char *data, std::uint32_t size, JsonSpacing spacing,
                  JsonQuotes quotes) {
  if (quotes == JsonQuotes::doubled) {
    JsonbWalk<JsonQuotes::doubled>(out, data, size, spacing).run();
  } else {
    JsonbWalk<JsonQuotes::single>(out, data, size, spacing).run();
  }
}

bool jsonb_has_keys(const char *data, std::uint32_t size) {
  if (size < kEntrySize) return false;
  const auto header = load<std::uint32_t>(data);
  return (header & kObjectFlag) && (header & kCountMask) > 0;
}

void append_json_string(OutputBuffer &out, const char *text, std::size_t n) {
  append_string<JsonQuotes::single>(out, text, n);
}

}  // namespace pgexport::spell
