// Compresses what passes through it into one zstd frame (RFC 8878) with a checksum.
//
// Memory is constant (for level 3 about 4 MiB, most of it the window).  The bytes depend on the
// document, the level and zstd's version only: zstd collects its input into blocks of its own, so
// how the document was cut into write() calls leaves no trace.
#pragma once

#include <memory>
#include <string_view>

#include "core/byte_sink.h"
#include "core/compress/zstd_context.h"

#include "core/no_postgres.h"

namespace pgexport {

class ZstdSink : public ByteSink {
 public:
  explicit ZstdSink(ByteSink &next, int level = 3);

  void write(std::string_view bytes) override;
  void close() override;

 private:
  void compress(std::string_view bytes, bool last);

  ZstdContext context_;
  std::unique_ptr<char[]> output_;
  ByteSink &next_;
};

}  // namespace pgexport
