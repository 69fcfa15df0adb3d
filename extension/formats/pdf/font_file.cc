#include "formats/pdf/font_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "core/error.h"

namespace pgexport {

namespace {

constexpr std::size_t kMaxFontBytes = std::size_t{64} << 20;
constexpr std::uint32_t kDirectoryHeader = 12, kDirectoryEntry = 16;
constexpr int kMaxTables = 64;
constexpr std::size_t kMaxName = 60;

// A composed glyph refers to others, those to others again; more than this is an attack.
constexpr int kMaxDepth = 8;
constexpr int kMaxComponents = 256;

constexpr const char *kHint =
    "Give a TrueType font with outlines in table \"glyf\" (.ttf, .ttc) that may be embedded.";

class Descriptor {
 public:
  explicit Descriptor(const std::string &path) : fd_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor &) = delete;
  Descriptor &operator=(const Descriptor &) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

[[noreturn]] void refuse_path(const std::string &path, const char *why) {
  throw Error(sqlstate::undefined_file, "could not read font file \"" + path + "\": " + why, {},
              "Install the font's package (fonts-liberation2 has the default font), or name "
              "another file.");
}

}  // namespace

std::string read_font_bytes(const std::string &path) {
  const Descriptor file(path);
  if (file.get() < 0) refuse_path(path, std::strerror(errno));
  struct stat status {};
  if (fstat(file.get(), &status) != 0) refuse_path(path, std::strerror(errno));
  if (!S_ISREG(status.st_mode)) refuse_path(path, "not a regular file");
  if (static_cast<std::size_t>(status.st_size) > kMaxFontBytes) refuse_path(path, "too large");
  std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t got = read(file.get(), bytes.data() + have, bytes.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) refuse_path(path, std::strerror(errno));
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  bytes.resize(have);
  return bytes;
}

FontFile::FontFile(std::string bytes, std::string name)
    : bytes_(std::move(bytes)), name_(std::move(name)) {
  read_directory();
  read_header();
  read_metrics();
  read_character_maps();
  read_names();
  int budget = kMaxComponents;
  if (!is_whole(0, 0, budget)) refuse("its glyph for missing characters is damaged");
  if (const std::uint16_t x = glyph('x')) x_height_ = box(x).top;
  if (cap_height_ == 0) cap_height_ = glyph('H') ? box(glyph('H')).top : 700;
}

void FontFile::refuse(const std::string &why) const {
  throw Error(sqlstate::invalid_parameter_value, "cannot use font file \"" + name_ + "\": " + why,
              {}, kHint);
}

std::uint16_t FontFile::u16(std::size_t at) const {
  return static_cast<std::uint16_t>(u8(at) << 8 | u8(at + 1));
}

std::uint32_t FontFile::u32(std::size_t at) const {
  return std::uint32_t{u16(at)} << 16 | u16(at + 2);
}

int FontFile::thousandths(int units) const {
  const int scaled = units * 1000;
  const int half = units_per_em_ / 2;
  return (scaled >= 0 ? scaled + half : scaled - half) / units_per_em_;
}

void FontFile::read_directory() {
  const auto has = [&](std::size_t at, std::size_t n) {
    return at <= bytes_.size() && bytes_.size() - at >= n;
  };
  if (has(0, 16) && bytes_.compare(0, 4, "ttcf") == 0) directory_ = u32(12);
  if (!has(directory_, kDirectoryHeader)) refuse("it is not a TrueType font");
  if (bytes_.compare(directory_, 4, "OTTO") == 0) {
    refuse("its outlines are PostScript (CFF), which cannot be embedded");
  }
  if (u32(directory_) != 0x00010000 && bytes_.compare(directory_, 4, "true") != 0) {
    refuse("it is not a TrueType font");
  }
  const int count = u16(directory_ + 4);
  if (count > kMaxTables ||
      !has(directory_ + kDirectoryHeader, static_cast<std::size_t>(count) * kDirectoryEntry)) {
    refuse("its table directory is damaged");
  }
  // Also of the tables that only libharu reads: it does not check.
  for (int i = 0; i < count; ++i) {
    const std::size_t entry = entry_offset(i);
    if (!has(u32(entry + 8), u32(entry + 12))) {
      refuse("one of its tables reaches beyond the end of the file");
    }
  }
}

std::size_t FontFile::entry_offset(int table) const {
  return directory_ + kDirectoryHeader + static_cast<std::size_t>(table) * kDirectoryEntry;
}

bool FontFile::find_table(std::string_view tag, Table &table) const {
  const int count = u16(directory_ + 4);
  for (int i = 0; i < count; ++i) {
    const std::size_t entry = entry_offset(i);
    if (bytes_.compare(entry, 4, tag) != 0) continue;
    table = {u32(entry + 8), u32(entry + 12)};
    return true;
  }
  return false;
}

FontFile::Table FontFile::table(std::string_view tag, std::uint32_t least_length) const {
  Table found;
  if (!find_table(tag, found)) refuse("it has no table \"" + std::string(tag) + "\"");
  if (found.length < least_length) refuse("table \"" + std::string(tag) + "\" is too short");
  return found;
}

void FontFile::read_header() {
  const Table head = table("head", 54);
  if (u32(head.offset + 12) != 0x5F0F3CF5) refuse("table \"head\" is damaged");
  units_per_em_ = u16(head.offset + 18);
  if (units_per_em_ < 16 || units_per_em_ > 16384) refuse("table \"head\" is damaged");
  bounds_ = {thousandths(i16(head.offset + 36)), thousandths(i16(head.offset + 38)),
             thousandths(i16(head.offset + 40)), thousandths(i16(head.offset + 42))};
  long_offsets_ = u16(head.offset + 50) != 0;
  glyph_count_ = u16(table("maxp", 6).offset + 4);
  if (glyph_count_ == 0) refuse("it has no glyphs");
  loca_ = table("loca", (glyph_count_ + 1u) * (long_offsets_ ? 4 : 2));
  glyf_ = table("glyf", 0);

  const Table os2 = table("OS/2", 78);
  // Restricted, no subsetting, bitmaps only.
  if ((u16(os2.offset + 8) & 0x0302) != 0) refuse("its licence does not allow embedding");
  if (u16(os2.offset) >= 2 && os2.length >= 90) cap_height_ = thousandths(i16(os2.offset + 88));
}

void FontFile::read_metrics() {
  const Table hhea = table("hhea", 36);
  ascent_ = thousandths(i16(hhea.offset + 4));
  descent_ = thousandths(i16(hhea.offset + 6));
  metric_count_ = u16(hhea.offset + 34);
  if (metric_count_ == 0 || metric_count_ > glyph_count_) refuse("table \"hhea\" is damaged");
  hmtx_ = table("hmtx", metric_count_ * 4u + (glyph_count_ - metric_count_) * 2u);
}

// Subtables of format 4 (Windows, Unicode BMP) and 12 (Unicode, all planes).  The first must be
// there: libharu, which embeds the font, reads no other.
void FontFile::read_character_maps() {
  cmap_ = table("cmap", 4);
  const std::uint32_t count = u16(cmap_.offset + 2);
  if (u16(cmap_.offset) != 0 || cmap_.length < 4 + count * 8) refuse("table \"cmap\" is damaged");
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t entry = cmap_.offset + 4 + i * 8;
    const std::uint32_t offset = u32(entry + 4);
    if (offset > cmap_.length || cmap_.length - offset < 16) {
      refuse("table \"cmap\" is damaged");
    }
    const int platform = u16(entry), encoding = u16(entry + 2);
    const int format = u16(cmap_.offset + offset);
    if (platform == 3 && encoding == 1 && format == 4 && segments_ == 0) {
      if (!check_segments(offset)) refuse("table \"cmap\" is damaged");
      segments_ = cmap_.offset + offset;
    }
    const bool full = (platform == 3 && encoding == 10) || (platform == 0 && encoding >= 4);
    if (full && format == 12 && check_groups(offset)) groups_ = cmap_.offset + offset;
  }
  if (segments_ == 0) refuse("it has no Unicode character map");
}

bool FontFile::check_segments(std::uint32_t offset) const {
  const std::uint32_t at = cmap_.offset + offset;
  const std::uint32_t length = u16(at + 2), twice_count = u16(at + 6);
  return twice_count >= 2 && twice_count % 2 == 0 && length >= 16 + 4 * twice_count &&
         length <= cmap_.length - offset;
}

bool FontFile::check_groups(std::uint32_t offset) const {
  const std::uint32_t at = cmap_.offset + offset;
  return u32(at + 12) <= (cmap_.length - offset - 16) / 12;
}

// libharu needs two names of the font, and has little room for them.
void FontFile::read_names() {
  const Table names = table("name", 6);
  const std::uint32_t count = u16(names.offset + 2), strings = u16(names.offset + 4);
  if (names.length < 6 + count * 12) refuse("table \"name\" is damaged");
  bool has_style = false;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t entry = names.offset + 6 + i * 12;
    const std::uint32_t id = u16(entry + 6), length = u16(entry + 8), offset = u16(entry + 10);
    if (std::uint64_t{strings} + offset + length > names.length) {
      refuse("table \"name\" is damaged");
    }
    const bool windows = u16(entry) == 3 && u16(entry + 2) == 1 && u16(entry + 4) == 0x0409;
    const bool macintosh = u16(entry) == 1 && u16(entry + 2) == 0;
    if ((id != 2 && id != 6) || (!windows && !macintosh)) continue;
    if (length == 0 || length > (windows ? 2 * kMaxName : kMaxName) || (windows && length % 2)) {
      refuse("one of its names is longer than " + std::to_string(kMaxName) + " characters");
    }
    if (id == 2) has_style = true;
    if (id != 6) continue;
    std::string name;
    for (std::uint32_t j = windows ? 1 : 0; j < length; j += windows ? 2 : 1) {
      const char c = bytes_[names.offset + strings + offset + j];
      const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                         (c >= 'a' && c <= 'z') || c == '-' || c == '_';
      if (plain) name.push_back(c);
    }
    if (!name.empty()) postscript_name_ = name;
  }
  if (postscript_name_.empty() || !has_style) refuse("it has no PostScript name");
}

std::uint16_t FontFile::glyph(char32_t character) const {
  std::uint16_t found = groups_ ? glyph_by_groups(character) : 0;
  if (found == 0 && character <= 0xFFFF) found = glyph_by_segments(character);
  if (found == 0 || found >= glyph_count_) return 0;
  int budget = kMaxComponents;
  return is_whole(found, 0, budget) ? found : 0;
}

std::uint16_t FontFile::glyph_by_segments(char32_t character) const {
  const std::uint32_t length = u16(segments_ + 2), n = u16(segments_ + 6) / 2;
  const std::uint32_t ends = segments_ + 14, starts = ends + 2 * n + 2, deltas = starts + 2 * n,
                      ranges = deltas + 2 * n;
  std::uint32_t low = 0, high = n;
  while (low < high) {
    const std::uint32_t middle = (low + high) / 2;
    if (u16(ends + 2 * middle) < character) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low == n || u16(starts + 2 * low) > character) return 0;
  const std::uint16_t delta = u16(deltas + 2 * low), range = u16(ranges + 2 * low);
  if (range == 0) return static_cast<std::uint16_t>(character + delta);
  const std::uint32_t at = ranges + 2 * low + range +
                           2 * (static_cast<std::uint32_t>(character) - u16(starts + 2 * low));
  if (at + 2 > segments_ + length) return 0;
  const std::uint16_t found = u16(at);
  return found == 0 ? 0 : static_cast<std::uint16_t>(found + delta);
}

std::uint16_t FontFile::glyph_by_groups(char32_t character) const {
  std::uint32_t low = 0, high = u32(groups_ + 12);
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    const std::uint32_t group = groups_ + 16 + 12 * middle;
    if (u32(group + 4) < character) {
      low = middle + 1;
    } else if (u32(group) > character) {
      high = middle;
    } else {
      const std::uint64_t found = std::uint64_t{u32(group + 8)} + (character - u32(group));
      return found < glyph_count_ ? static_cast<std::uint16_t>(found) : 0;
    }
  }
  return 0;
}

int FontFile::advance(std::uint16_t glyph) const {
  const std::uint32_t i = glyph < metric_count_ ? glyph : metric_count_ - 1u;
  return thousandths(u16(hmtx_.offset + 4 * i));
}

bool FontFile::glyph_range(std::uint16_t glyph, Range &range) const {
  std::uint32_t begin, end;
  if (long_offsets_) {
    begin = u32(loca_.offset + 4u * glyph);
    end = u32(loca_.offset + 4u * glyph + 4);
  } else {
    begin = 2u * u16(loca_.offset + 2u * glyph);
    end = 2u * u16(loca_.offset + 2u * glyph + 2);
  }
  if (begin > end || end > glyf_.length) return false;
  range = {glyf_.offset + begin, end - begin};
  return range.length == 0 || range.length >= 10;
}

FontFile::Box FontFile::box(std::uint16_t glyph) const {
  Range range;
  if (!glyph_range(glyph, range) || range.length == 0) return {};
  return {thousandths(i16(range.offset + 2)), thousandths(i16(range.offset + 4)),
          thousandths(i16(range.offset + 6)), thousandths(i16(range.offset + 8))};
}

// Calls visit(glyph) for each component; false if it or the description says so.
// OpenType 1.9, "glyf", composite glyph description.
template <typename Visit>
bool FontFile::visit_components(const Range &range, Visit visit) const {
  if (range.length == 0 || i16(range.offset) >= 0) return true;
  constexpr int kWords = 0x0001, kScale = 0x0008, kMore = 0x0020, kTwoScales = 0x0040,
                kMatrix = 0x0080;
  std::uint32_t at = 10;
  for (int flags = kMore; flags & kMore;) {
    if (range.length - at < 4) return false;
    flags = u16(range.offset + at);
    if (!visit(u16(range.offset + at + 2))) return false;
    at += 4 + (flags & kWords ? 4 : 2);
    at += flags & kScale ? 2 : flags & kTwoScales ? 4 : flags & kMatrix ? 8 : 0;
    if (at > range.length) return false;
  }
  return true;
}

bool FontFile::is_whole(std::uint16_t glyph, int depth, int &budget) const {
  Range range;
  if (depth > kMaxDepth || --budget < 0 || glyph >= glyph_count_) return false;
  if (!glyph_range(glyph, range)) return false;
  return visit_components(
      range, [&](std::uint16_t component) { return is_whole(component, depth + 1, budget); });
}

// REQUIRES: glyph 0 or one that glyph() returned, which is_whole().
void FontFile::mark_used(std::uint16_t glyph, std::vector<bool> &used) const {
  if (used[glyph]) return;
  used[glyph] = true;
  Range range;
  if (!glyph_range(glyph, range)) return;
  visit_components(range, [&](std::uint16_t component) {
    mark_used(component, used);
    return true;
  });
}

void FontFile::forget_other_advances(const std::vector<bool> &used) {
  for (std::uint32_t i = 0; i < glyph_count_; ++i) {
    // The last full entry holds the width of all that follow.
    if (used[i] || i + 1u == metric_count_) continue;
    const bool full = i < metric_count_;
    const std::uint32_t at =
        hmtx_.offset + (full ? 4 * i : 4u * metric_count_ + 2 * (i - metric_count_));
    bytes_.replace(at, full ? 4 : 2, full ? 4 : 2, '\0');
  }
}

}  // namespace pgexport
