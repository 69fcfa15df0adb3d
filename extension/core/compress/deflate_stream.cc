#include "core/compress/deflate_stream.h"

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>

#include <array>
#include <string>

#include "core/error.h"

namespace pgexport {

namespace {

constexpr std::size_t kOutputStep = std::size_t{64} << 10;

// ISA-L only reads from its input; its interface lacks the const.
std::uint8_t *input_of(std::string_view bytes) {
  return reinterpret_cast<std::uint8_t *>(const_cast<char *>(bytes.data()));
}

}  // namespace

// The stream points into itself: it must not move.
struct DeflateStream::Deflater {
  isal_zstream stream;
  std::array<std::uint8_t, ISAL_DEF_LVL1_DEFAULT> tables;
};

DeflateStream::DeflateStream() : deflater_(std::make_unique_for_overwrite<Deflater>()) {}
DeflateStream::~DeflateStream() = default;

void DeflateStream::begin() {
  isal_zstream &stream = deflater_->stream;
  isal_deflate_init(&stream);
  stream.level = 1;
  stream.level_buf = deflater_->tables.data();
  stream.level_buf_size = static_cast<std::uint32_t>(deflater_->tables.size());
  ended_ = false;
  crc_ = 0;
  plain_size_ = 0;
}

void DeflateStream::write(std::string_view bytes, OutputBuffer &out) {
  if (ended_) begin();
  input_.add(bytes, [&](std::string_view block) { compress(block, false, out); });
}

void DeflateStream::finish(OutputBuffer &out) {
  if (ended_) begin();
  compress(input_.rest(), true, out);
  input_ = {};
  ended_ = true;
}

void DeflateStream::compress(std::string_view block, bool last, OutputBuffer &out) {
  crc_ = crc32_gzip_refl(crc_, input_of(block), block.size());
  plain_size_ += block.size();
  isal_zstream &stream = deflater_->stream;
  stream.next_in = input_of(block);
  stream.avail_in = static_cast<std::uint32_t>(block.size());
  stream.end_of_stream = last;
  do {
    char *const p = out.reserve(kOutputStep);
    stream.next_out = reinterpret_cast<std::uint8_t *>(p);
    stream.avail_out = static_cast<std::uint32_t>(kOutputStep);
    if (const int result = isal_deflate(&stream); result != COMP_OK) {
      throw Error(sqlstate::external_routine_exception, "could not compress a part of the document",
                  "ISA-L returned " + std::to_string(result) + ".");
    }
    out.advance_to(p + (kOutputStep - stream.avail_out));
  } while (stream.avail_out == 0);
}

}  // namespace pgexport
