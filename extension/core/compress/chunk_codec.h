// How a stored document is cut: chunks of 262,144 bytes, each compressed by itself, so that
// reading from any byte touches one chunk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "core/byte_sink.h"
#include "core/compress/block_buffer.h"
#include "core/compress/gzip_chunk.h"
#include "core/compress/zstd_context.h"

#include "core/no_postgres.h"

namespace pgexport {

// Of the document's bytes, before compression.  Every chunk but the last has exactly this many.
inline constexpr std::size_t kChunkBytes = 262144;

// Stored beside each chunk: the numbers never change.
enum class ChunkCoding : std::uint8_t {
  plain = 0,
  zstd = 1,  // one frame with content size and checksum
  gzip = 2,  // one member
};

class ChunkReceiver {
 public:
  virtual ~ChunkReceiver() = default;

  // `number` counts from 0; `stored` is read during the call only; `plain_size` is never 0.
  virtual void chunk(std::uint32_t number, ChunkCoding coding, std::string_view stored,
                     std::uint32_t plain_size) = 0;

  // After the last chunk; an empty document has none.
  virtual void end(std::uint32_t chunks) = 0;
};

// Cuts the document that is written to it and hands the chunks to the receiver.  A chunk stays
// plain unless compression takes away at least a sixteenth of it.
//
// Text is full of repetition, and gzip by ISA-L is the fastest to find it.  In digits there is next
// to none, and zstd told not to look codes them three times as fast.  So now and then a chunk is
// compressed both ways, and the chunks that follow go without the search if that is hardly larger.
class ChunkSink : public ByteSink {
 public:
  explicit ChunkSink(ChunkReceiver &receiver);

  void write(std::string_view bytes) override;
  void close() override;

 private:
  void hand_over(std::string_view plain);
  struct Compressed {
    ChunkCoding coding;
    std::string_view bytes;
  };
  Compressed compress(std::string_view plain);

  BlockBuffer<kChunkBytes> input_;
  GzipPacker searching_;
  ZstdContext searchless_;
  bool search_pays_ = true;
  std::unique_ptr<char[]> compressed_;
  std::unique_ptr<char[]> trial_;
  ChunkReceiver &receiver_;
  std::uint32_t chunks_ = 0;
};

// Writes the plaintext of a chunk, `plain_size` bytes, to `out`.  Throws Error XX001 if `stored` is
// not a chunk of that size.  Changed bytes are found by the checksum of a zstd chunk; those of a
// plain chunk only by the digest of the document.
void decode_chunk(ChunkCoding coding, std::string_view stored, std::uint32_t plain_size, char *out);

}  // namespace pgexport
