#include "core/compress/chunk_codec.h"

#include <zstd.h>
#include <zstd_errors.h>

#include <cstring>
#include <new>
#include <string>

#include "core/error.h"

namespace pgexport {

namespace {

constexpr std::size_t kCompressedBytes = ZSTD_COMPRESSBOUND(kChunkBytes);

bool worth_storing(std::size_t compressed, std::size_t plain) {
  return compressed * 16 <= plain * 15;
}

[[noreturn]] void fail(std::string detail) {
  throw Error(sqlstate::data_corrupted, "could not decode a chunk of a stored document",
              std::move(detail));
}

void require_size(std::size_t found, std::uint32_t expected) {
  if (found == expected) return;
  fail("The chunk holds " + std::to_string(found) + " bytes where " + std::to_string(expected) +
       " are expected.");
}

void decode_zstd(std::string_view stored, std::uint32_t plain_size, char *out) {
  const std::size_t size = ZSTD_decompress(out, plain_size, stored.data(), stored.size());
  if (ZSTD_isError(size)) {
    if (ZSTD_getErrorCode(size) == ZSTD_error_memory_allocation) throw std::bad_alloc();
    fail(std::string("zstd says: ") + ZSTD_getErrorName(size) + ".");
  }
  require_size(size, plain_size);
}

}  // namespace

ChunkSink::ChunkSink(ChunkReceiver &receiver)
    : context_(new_zstd_context(1)),
      compressed_(std::make_unique_for_overwrite<char[]>(kCompressedBytes)),
      receiver_(receiver) {}

void ChunkSink::write(std::string_view bytes) {
  input_.add(bytes, [this](std::string_view chunk) { hand_over(chunk); });
}

void ChunkSink::close() {
  if (!input_.rest().empty()) hand_over(input_.rest());
  receiver_.end(chunks_);
}

void ChunkSink::hand_over(std::string_view plain) {
  const std::size_t size = require_zstd(ZSTD_compress2(
      context_.get(), compressed_.get(), kCompressedBytes, plain.data(), plain.size()));
  const bool shrunk = worth_storing(size, plain.size());
  receiver_.chunk(chunks_++, shrunk ? ChunkCoding::zstd : ChunkCoding::plain,
                  shrunk ? std::string_view(compressed_.get(), size) : plain,
                  static_cast<std::uint32_t>(plain.size()));
}

void decode_chunk(ChunkCoding coding, std::string_view stored, std::uint32_t plain_size,
                  char *out) {
  switch (coding) {
    case ChunkCoding::plain:
      require_size(stored.size(), plain_size);
      if (plain_size > 0) std::memcpy(out, stored.data(), plain_size);
      return;
    case ChunkCoding::zstd: decode_zstd(stored, plain_size, out); return;
  }
  fail("The coding " + std::to_string(static_cast<int>(coding)) + " is not known.");
}

}  // namespace pgexport
