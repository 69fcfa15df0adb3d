#include "core/compress/gzip_sink.h"

#include <isa-l/igzip_lib.h>

#include <array>
#include <cstdint>
#include <string>

#include "core/error.h"

namespace pgexport {

// The stream points into itself: it must not move.
struct GzipSink::Deflater {
  isal_zstream stream;
  std::array<std::uint8_t, ISAL_DEF_LVL1_DEFAULT> tables;
  std::array<std::uint8_t, std::size_t{64} << 10> output;
};

GzipSink::GzipSink(ByteSink &next)
    : deflater_(std::make_unique_for_overwrite<Deflater>()), next_(next) {
  isal_zstream &stream = deflater_->stream;
  isal_deflate_init(&stream);
  stream.gzip_flag = IGZIP_GZIP;
  stream.level = 1;
  stream.level_buf = deflater_->tables.data();
  stream.level_buf_size = static_cast<std::uint32_t>(deflater_->tables.size());
}

GzipSink::~GzipSink() = default;

void GzipSink::write(std::string_view bytes) {
  input_.add(bytes, [this](std::string_view block) { compress(block, false); });
}

void GzipSink::close() {
  compress(input_.rest(), true);
  next_.close();
}

void GzipSink::compress(std::string_view block, bool last) {
  isal_zstream &stream = deflater_->stream;
  auto &output = deflater_->output;
  // ISA-L only reads from next_in; its interface lacks the const.
  stream.next_in = reinterpret_cast<std::uint8_t *>(const_cast<char *>(block.data()));
  stream.avail_in = static_cast<std::uint32_t>(block.size());
  stream.end_of_stream = last;
  do {
    stream.next_out = output.data();
    stream.avail_out = static_cast<std::uint32_t>(output.size());
    if (const int result = isal_deflate(&stream); result != COMP_OK) {
      throw Error(sqlstate::external_routine_exception, "could not compress with gzip",
                  "ISA-L returned " + std::to_string(result) + ".");
    }
    const std::size_t made = output.size() - stream.avail_out;
    if (made > 0) next_.write({reinterpret_cast<const char *>(output.data()), made});
  } while (stream.avail_out == 0);
}

}  // namespace pgexport
