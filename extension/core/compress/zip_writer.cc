#include "core/compress/zip_writer.h"

#include <algorithm>
#include <utility>

#include "core/error.h"

namespace pgexport {

namespace {

constexpr std::uint32_t kLocalHeader = 0x04034b50;
constexpr std::uint32_t kDescriptor = 0x08074b50;
constexpr std::uint32_t kDirectoryRecord = 0x02014b50;
constexpr std::uint32_t kDirectoryEnd = 0x06054b50;
constexpr std::uint32_t kDirectoryEnd64 = 0x06064b50;
constexpr std::uint32_t kDirectoryLocator64 = 0x07064b50;

constexpr std::uint16_t kVersion20 = 20;  // deflate
constexpr std::uint16_t kVersion45 = 45;  // ZIP64
constexpr unsigned kSizesFollow = 1 << 3;
constexpr unsigned kUtf8Name = 1 << 11;
constexpr std::uint16_t kDeflated = 8;
constexpr std::uint16_t kMidnight = 0;
constexpr std::uint16_t kFirstDay = 1 << 5 | 1;  // 1980-01-01
constexpr std::uint16_t kZip64Extra = 1;

// Little-endian integers, one after the other.
class Record {
 public:
  Record &u16(std::uint64_t value) { return number(value, 2); }
  Record &u32(std::uint64_t value) { return number(value, 4); }
  Record &u64(std::uint64_t value) { return number(value, 8); }
  Record &text(std::string_view text) {
    bytes_ += text;
    return *this;
  }
  std::string take() { return std::move(bytes_); }

 private:
  Record &number(std::uint64_t value, int size) {
    for (int i = 0; i < size; ++i) bytes_ += static_cast<char>(value >> (8 * i) & 0xFF);
    return *this;
  }

  std::string bytes_;
};

// Only where it is needed: some readers of spreadsheets refuse flags that they do not know.
unsigned flags_of(std::string_view name) {
  const bool ascii = std::all_of(name.begin(), name.end(),
                                 [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  return ascii ? kSizesFollow : kSizesFollow | kUtf8Name;
}

bool needs_zip64(std::uint64_t value) { return value >= UINT32_MAX; }

}  // namespace

void ZipWriter::put(std::string_view bytes) {
  out_.append(bytes);
  position_ += bytes.size();
}

void ZipWriter::begin_entry(std::string name) {
  const std::uint64_t offset = position_;
  put(Record()
          .u32(kLocalHeader)
          .u16(kVersion20)
          .u16(flags_of(name))
          .u16(kDeflated)
          .u16(kMidnight)
          .u16(kFirstDay)
          .u32(0)
          .u32(0)
          .u32(0)
          .u16(name.size())
          .u16(0)
          .text(name)
          .take());
  entries_.push_back({std::move(name), offset});
  packed_size_ = 0;
  plain_size_ = 0;
}

void ZipWriter::check_size() const {
  if (plain_size_ <= kMaxZipEntry && packed_size_ <= kMaxZipEntry) return;
  throw Error(sqlstate::program_limit_exceeded, "a part of the document is larger than 4 GiB");
}

void ZipWriter::write(std::string_view bytes) {
  plain_size_ += bytes.size();
  check_size();
  const std::size_t before = out_.size();
  deflate_.write(bytes, out_);
  packed_size_ += out_.size() - before;
}

void ZipWriter::end_entry() {
  const std::size_t before = out_.size();
  deflate_.finish(out_);
  packed_size_ += out_.size() - before;
  check_size();
  position_ += packed_size_;
  Entry &entry = entries_.back();
  entry.crc = deflate_.crc();
  entry.packed_size = static_cast<std::uint32_t>(packed_size_);
  entry.plain_size = static_cast<std::uint32_t>(plain_size_);
  put(Record().u32(kDescriptor).u32(entry.crc).u32(entry.packed_size).u32(entry.plain_size).take());
}

void ZipWriter::add_entry(std::string name, std::string_view bytes) {
  begin_entry(std::move(name));
  write(bytes);
  end_entry();
}

std::string ZipWriter::directory_record(const Entry &entry) const {
  const bool far = needs_zip64(entry.offset);
  Record record;
  record.u32(kDirectoryRecord)
      .u16(far ? kVersion45 : kVersion20)
      .u16(far ? kVersion45 : kVersion20)
      .u16(flags_of(entry.name))
      .u16(kDeflated)
      .u16(kMidnight)
      .u16(kFirstDay)
      .u32(entry.crc)
      .u32(entry.packed_size)
      .u32(entry.plain_size)
      .u16(entry.name.size())
      .u16(far ? 12 : 0)  // bytes of the extra field
      .u16(0)             // comment
      .u16(0)             // disk
      .u16(0)             // internal attributes
      .u32(0)             // external attributes
      .u32(far ? UINT32_MAX : entry.offset)
      .text(entry.name);
  if (far) record.u16(kZip64Extra).u16(8).u64(entry.offset);
  return record.take();
}

void ZipWriter::finish() {
  const std::uint64_t start = position_;
  for (const Entry &entry : entries_) put(directory_record(entry));
  const std::uint64_t size = position_ - start;
  const std::size_t count = entries_.size();
  if (needs_zip64(start) || count >= UINT16_MAX) {
    const std::uint64_t end = position_;
    put(Record()
            .u32(kDirectoryEnd64)
            .u64(44)  // bytes of this record that follow
            .u16(kVersion45)
            .u16(kVersion45)
            .u32(0)
            .u32(0)
            .u64(count)
            .u64(count)
            .u64(size)
            .u64(start)
            .u32(kDirectoryLocator64)
            .u32(0)
            .u64(end)
            .u32(1)  // disks
            .take());
  }
  const std::uint64_t shown_count = count < UINT16_MAX ? count : UINT16_MAX;
  put(Record()
          .u32(kDirectoryEnd)
          .u16(0)
          .u16(0)
          .u16(shown_count)
          .u16(shown_count)
          .u32(needs_zip64(size) ? UINT32_MAX : size)
          .u32(needs_zip64(start) ? UINT32_MAX : start)
          .u16(0)
          .take());
}

}  // namespace pgexport
