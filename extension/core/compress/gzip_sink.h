// Compresses what passes through it into one gzip member (RFC 1952) for a client.
//
// Memory is constant.  The header carries no time, name or operating system, and the bytes do not
// depend on how the document was cut into write() calls.  They may differ between processors,
// because ISA-L chooses its match finder by the instructions it finds: compression for transport
// is outside the promise that a document's bytes can be reproduced.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "core/byte_sink.h"
#include "core/compress/block_buffer.h"

#include "core/no_postgres.h"

namespace pgexport {

class GzipSink : public ByteSink {
 public:
  explicit GzipSink(ByteSink &next);
  ~GzipSink() override;

  void write(std::string_view bytes) override;
  void close() override;

 private:
  struct Deflater;

  void compress(std::string_view block, bool last);

  // ISA-L's output depends on the sizes it is given, hence blocks of one size.
  BlockBuffer<std::size_t{256} << 10> input_;
  std::unique_ptr<Deflater> deflater_;
  ByteSink &next_;
};

}  // namespace pgexport
