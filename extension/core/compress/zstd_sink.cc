#include "core/compress/zstd_sink.h"

#include <zstd.h>

#include <cstddef>

namespace pgexport {

namespace {
constexpr std::size_t kOutputBytes = std::size_t{128} << 10;
}  // namespace

ZstdSink::ZstdSink(ByteSink &next, int level)
    : context_(new_zstd_context(level)),
      output_(std::make_unique_for_overwrite<char[]>(kOutputBytes)),
      next_(next) {}

void ZstdSink::write(std::string_view bytes) { compress(bytes, false); }

void ZstdSink::close() {
  // The end comes without bytes: were they given with it, zstd would note their number in the
  // header of a document that arrived in one piece, and only of that.
  compress({}, true);
  next_.close();
}

void ZstdSink::compress(std::string_view bytes, bool last) {
  ZSTD_inBuffer input{bytes.data(), bytes.size(), 0};
  std::size_t pending;
  do {
    ZSTD_outBuffer output{output_.get(), kOutputBytes, 0};
    pending = require_zstd(
        ZSTD_compressStream2(context_.get(), &output, &input, last ? ZSTD_e_end : ZSTD_e_continue));
    if (output.pos > 0) next_.write({output_.get(), output.pos});
  } while (last ? pending != 0 : input.pos < input.size);
}

}  // namespace pgexport
