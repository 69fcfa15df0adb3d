// A raw deflate stream (RFC 1951) for the inside of a document.
//
// Memory is constant, and the bytes do not depend on how the plaintext was cut into write() calls.
// They are the same on every x86-64 processor with SSE4.2: the kernels that ISA-L chooses between
// there find the same matches (tests/unit/deflate_kernels_test.cc compares them).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "core/compress/block_buffer.h"
#include "core/output_buffer.h"

#include "core/no_postgres.h"

namespace pgexport {

class DeflateStream {
 public:
  DeflateStream();
  ~DeflateStream();

  // Both append to `out` what is compressed so far.  Throw Error 38000 if ISA-L fails.
  void write(std::string_view bytes, OutputBuffer &out);
  // Ends the stream; the next write() begins a new one.
  void finish(OutputBuffer &out);

  // Of the plaintext since the last finish(), or, right after it, of the stream that it ended.
  std::uint32_t crc() const { return crc_; }
  std::uint64_t plain_size() const { return plain_size_; }

 private:
  struct Deflater;

  void begin();
  void compress(std::string_view block, bool last, OutputBuffer &out);

  // ISA-L's output depends on the sizes it is given, hence blocks of one size.
  BlockBuffer<std::size_t{256} << 10> input_;
  std::unique_ptr<Deflater> deflater_;
  bool ended_ = true;
  std::uint32_t crc_ = 0;
  std::uint64_t plain_size_ = 0;
};

}  // namespace pgexport
