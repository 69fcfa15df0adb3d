#include "core/compress/zip_reader.h"

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>

#include <cstdint>

#include "core/error.h"

namespace pgexport {

namespace {

constexpr std::string_view kDirectoryEnd("PK\5\6", 4);
constexpr std::string_view kDirectoryRecord("PK\1\2", 4);
constexpr std::string_view kLocalHeader("PK\3\4", 4);
constexpr std::size_t kDirectoryEndSize = 22;
constexpr std::size_t kDirectoryRecordSize = 46;
constexpr std::size_t kLocalHeaderSize = 30;
constexpr std::uint32_t kStored = 0, kDeflated = 8;
constexpr std::size_t kMaxEntry = std::size_t{256} << 20;

[[noreturn]] void refuse(std::string detail) {
  throw Error(sqlstate::data_corrupted, "could not read a ZIP archive", std::move(detail));
}

std::string_view piece(std::string_view archive, std::size_t at, std::size_t size) {
  if (at > archive.size() || size > archive.size() - at) refuse("It ends too early.");
  return archive.substr(at, size);
}

std::uint32_t number(std::string_view record, std::size_t at, int size) {
  std::uint32_t value = 0;
  for (int i = size; i-- > 0;) {
    value = value << 8 | static_cast<std::uint8_t>(record[at + static_cast<std::size_t>(i)]);
  }
  return value;
}

std::uint8_t *input_of(std::string_view bytes) {
  return reinterpret_cast<std::uint8_t *>(const_cast<char *>(bytes.data()));
}

std::string inflate(std::string_view packed, std::size_t plain_size) {
  std::string plain(plain_size, '\0');
  inflate_state state;
  isal_inflate_init(&state);
  state.next_in = input_of(packed);
  state.avail_in = static_cast<std::uint32_t>(packed.size());
  state.next_out = reinterpret_cast<std::uint8_t *>(plain.data());
  state.avail_out = static_cast<std::uint32_t>(plain_size);
  const int result = isal_inflate(&state);
  const bool whole = result == ISAL_DECOMP_OK && state.block_state == ISAL_BLOCK_FINISH &&
                     state.total_out == plain_size;
  if (!whole) refuse("An entry does not inflate to its size.");
  return plain;
}

ZipEntry read_entry(std::string_view archive, std::string_view record) {
  const std::uint32_t method = number(record, 10, 2);
  const std::uint32_t crc = number(record, 16, 4);
  const std::uint32_t packed_size = number(record, 20, 4);
  const std::uint32_t plain_size = number(record, 24, 4);
  const std::size_t offset = number(record, 42, 4);
  const std::string_view header = piece(archive, offset, kLocalHeaderSize);
  if (!header.starts_with(kLocalHeader)) refuse("An entry is not where the directory says.");
  const std::size_t start =
      offset + kLocalHeaderSize + number(header, 26, 2) + number(header, 28, 2);
  const std::string_view packed = piece(archive, start, packed_size);
  if (plain_size > kMaxEntry) refuse("An entry is too large.");

  ZipEntry entry;
  entry.name = record.substr(kDirectoryRecordSize);
  if (method == kStored)
    entry.bytes = packed;
  else if (method == kDeflated)
    entry.bytes = inflate(packed, plain_size);
  else
    refuse("An entry is compressed in an unknown way.");
  if (entry.bytes.size() != plain_size ||
      crc32_gzip_refl(0, input_of(entry.bytes), entry.bytes.size()) != crc) {
    refuse("The checksum of an entry is wrong.");
  }
  return entry;
}

}  // namespace

std::vector<ZipEntry> read_zip(std::string_view archive) {
  const std::size_t end = archive.rfind(kDirectoryEnd);
  if (end == std::string_view::npos) refuse("It has no directory.");
  const std::string_view tail = piece(archive, end, kDirectoryEndSize);
  const std::uint32_t count = number(tail, 10, 2);
  std::size_t at = number(tail, 16, 4);
  std::vector<ZipEntry> entries;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::string_view head = piece(archive, at, kDirectoryRecordSize);
    if (!head.starts_with(kDirectoryRecord)) refuse("Its directory is damaged.");
    const std::size_t name = number(head, 28, 2);
    entries.push_back(read_entry(archive, piece(archive, at, kDirectoryRecordSize + name)));
    at += kDirectoryRecordSize + name + number(head, 30, 2) + number(head, 32, 2);
  }
  return entries;
}

}  // namespace pgexport
