#include "formats/pdf/pdf_file.h"

#include <libdeflate.h>

#include <cstdio>
#include <new>

namespace pgexport {

namespace {

constexpr int kFastLevel = 1, kSmallLevel = 9;
constexpr std::size_t kPackedObjects = 100;

// A place: an offset in the file, or the number of an object stream and the place in it.
constexpr std::uint64_t kPackedFlag = std::uint64_t{1} << 63;
constexpr int kIndexBits = 16;

std::uint64_t packed_place(int stream, std::size_t index) {
  return kPackedFlag | static_cast<std::uint64_t>(stream) << kIndexBits | index;
}

void append_bytes(std::string &out, std::uint64_t value, int count) {
  for (int shift = 8 * (count - 1); shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(value >> shift & 0xFF));
  }
}

}  // namespace

void PdfFile::FreeCompressor::operator()(libdeflate_compressor *compressor) const {
  libdeflate_free_compressor(compressor);
}

PdfFile::PdfFile(OutputBuffer &out)
    : out_(out),
      places_(1),
      fast_(libdeflate_alloc_compressor(kFastLevel)),
      small_(libdeflate_alloc_compressor(kSmallLevel)) {
  if (!fast_ || !small_) throw std::bad_alloc();
}

PdfFile::~PdfFile() = default;

std::string reference(int number) { return std::to_string(number) + " 0 R"; }

void PdfFile::put(std::string_view bytes) {
  out_.append(bytes);
  size_ += bytes.size();
  checksum_ = libdeflate_crc32(checksum_, bytes.data(), bytes.size());
}

// The second line tells programs that the file is not text.
void PdfFile::begin() { put("%PDF-1.5\n%\xE2\xE3\xCF\xD3\n"); }

int PdfFile::reserve(int count) {
  const auto first = static_cast<int>(places_.size());
  places_.resize(places_.size() + static_cast<std::size_t>(count));
  return first;
}

std::string_view PdfFile::compress(std::string_view body, Effort effort) {
  libdeflate_compressor *const compressor = effort == Effort::fast ? fast_.get() : small_.get();
  const std::size_t bound = libdeflate_zlib_compress_bound(compressor, body.size());
  compressed_.clear();
  char *const p = compressed_.reserve(bound);
  const std::size_t size = libdeflate_zlib_compress(compressor, body.data(), body.size(), p, bound);
  compressed_.advance_to(p + size);
  return compressed_.view();
}

void PdfFile::add_stream(int number, std::string_view entries, std::string_view body,
                         Effort effort) {
  std::string_view filter;
  if (effort != Effort::none) {
    const std::string_view compressed = compress(body, effort);
    if (compressed.size() < body.size()) {
      body = compressed;
      filter = "/Filter/FlateDecode";
    }
  }
  places_[static_cast<std::size_t>(number)] = size_;
  put(std::to_string(number) + " 0 obj\n<<");
  put(entries);
  put(filter);
  put("/Length " + std::to_string(body.size()) + ">>stream\n");
  put(body);
  put("\nendstream\nendobj\n");
}

void PdfFile::add_object(int number, std::string_view body) {
  packed_places_.emplace_back(number, packed_.size());
  packed_.append(body);
  packed_.push_back('\n');
  if (packed_places_.size() == kPackedObjects) flush_packed();
}

void PdfFile::flush_packed() {
  if (packed_places_.empty()) return;
  const int stream = reserve();
  std::string body;
  for (std::size_t i = 0; i < packed_places_.size(); ++i) {
    const auto &[number, offset] = packed_places_[i];
    places_[static_cast<std::size_t>(number)] = packed_place(stream, i);
    body += std::to_string(number) + " " + std::to_string(offset) + " ";
  }
  const std::string entries = "/Type/ObjStm/N " + std::to_string(packed_places_.size()) +
                              "/First " + std::to_string(body.size());
  body += packed_;
  packed_.clear();
  packed_places_.clear();
  add_stream(stream, entries, body, Effort::small);
}

void PdfFile::finish(int root, int info) {
  flush_packed();
  const int table = reserve();
  const std::uint64_t start = size_;
  places_[static_cast<std::size_t>(table)] = start;
  std::string body;
  append_bytes(body, 0, 6);
  append_bytes(body, 0xFFFF, 2);
  for (std::size_t i = 1; i < places_.size(); ++i) {
    const bool packed = (places_[i] & kPackedFlag) != 0;
    const std::uint64_t place = places_[i] & ~kPackedFlag;
    append_bytes(body, packed ? 2 : 1, 1);
    append_bytes(body, packed ? place >> kIndexBits : place, 5);
    append_bytes(body, packed ? place & ((1u << kIndexBits) - 1) : 0, 2);
  }
  // The identifier tells documents apart; it comes from their bytes, so that equal ones have one.
  char identifier[40];
  std::snprintf(identifier, sizeof identifier, "<%08X%08X%016llX>", checksum_,
                libdeflate_adler32(1, body.data(), body.size()),
                static_cast<unsigned long long>(size_));
  std::string entries = "/Type/XRef/W[1 5 2]/Size " + std::to_string(places_.size()) + "/Root " +
                        reference(root) + "/ID[" + identifier + identifier + "]";
  if (info != 0) entries += "/Info " + reference(info);
  add_stream(table, entries, body, Effort::small);
  put("startxref\n" + std::to_string(start) + "\n%%EOF\n");
}

}  // namespace pgexport
