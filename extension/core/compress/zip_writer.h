// Writes a ZIP archive into a buffer as its entries come, without seeking.
//
// Sizes and checksum of an entry follow its bytes in a data descriptor, because they are not known
// before.  An entry may have at most kMaxZipEntry bytes: a longer one would need the ZIP64 form of
// the descriptor, announced before anybody knows, and spreadsheet programs refuse it where it was
// not needed.  The archive itself may be longer than 4 GiB: its directory then has the ZIP64 form.
//
// Times are all 1980-01-01, the earliest that the format knows; the bytes depend on names, contents
// and their order only.
// Source: PKWARE APPNOTE.TXT 6.3.10, sections 4.3 and 4.5.3.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/compress/deflate_stream.h"
#include "core/output_buffer.h"

#include "core/no_postgres.h"

namespace pgexport {

inline constexpr std::uint64_t kMaxZipEntry = UINT32_MAX;

class ZipWriter {
 public:
  // Appends to `out`, which may be emptied between calls.
  explicit ZipWriter(OutputBuffer &out) : out_(out) {}

  // begin_entry() write()* end_entry(), for one entry after the other; then finish().
  // `name` is UTF-8, with / between folders.
  void begin_entry(std::string name);
  // Throws Error 54000 if the entry gets longer than kMaxZipEntry.
  void write(std::string_view bytes);
  void end_entry();
  void finish();

  // All three for an entry whose bytes are there.
  void add_entry(std::string name, std::string_view bytes);

 private:
  struct Entry {
    std::string name;
    std::uint64_t offset;  // of its local header
    std::uint32_t crc = 0;
    std::uint32_t packed_size = 0;
    std::uint32_t plain_size = 0;
  };

  void put(std::string_view bytes);
  void check_size() const;
  std::string directory_record(const Entry &entry) const;

  OutputBuffer &out_;
  DeflateStream deflate_;
  std::vector<Entry> entries_;
  std::uint64_t position_ = 0;     // bytes of the archive so far
  std::uint64_t packed_size_ = 0;  // of the open entry
  std::uint64_t plain_size_ = 0;
};

}  // namespace pgexport
