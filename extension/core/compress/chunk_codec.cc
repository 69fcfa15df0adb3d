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

// zstd's levels below 0 say how far the search skips ahead: this is as good as no search.
constexpr int kSearchless = -1000;

// Chunks from one trial of both to the next.
constexpr std::uint32_t kTrialEvery = 16;

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
    : searchless_(new_zstd_context(kSearchless)),
      compressed_(std::make_unique_for_overwrite<char[]>(kCompressedBytes)),
      trial_(std::make_unique_for_overwrite<char[]>(kCompressedBytes)),
      receiver_(receiver) {
  always_code_literals(searchless_);
}

void ChunkSink::write(std::string_view bytes) {
  input_.add(bytes, [this](std::string_view chunk) { hand_over(chunk); });
}

void ChunkSink::close() {
  if (!input_.rest().empty()) hand_over(input_.rest());
  receiver_.end(chunks_);
}

ChunkSink::Compressed ChunkSink::compress(std::string_view plain) {
  const auto search = [&] {
    return Compressed{ChunkCoding::gzip,
                      searching_.pack(plain, compressed_.get(), kCompressedBytes)};
  };
  const auto code = [&] {
    const std::size_t size = require_zstd(ZSTD_compress2(
        searchless_.get(), trial_.get(), kCompressedBytes, plain.data(), plain.size()));
    return Compressed{ChunkCoding::zstd, {trial_.get(), size}};
  };
  if (chunks_ % kTrialEvery != 0) return search_pays_ ? search() : code();
  const Compressed searched = search();
  const Compressed coded = code();
  search_pays_ = coded.bytes.size() > searched.bytes.size() + searched.bytes.size() / 16;
  return search_pays_ ? searched : coded;
}

void ChunkSink::hand_over(std::string_view plain) {
  const Compressed compressed = compress(plain);
  const bool shrunk = worth_storing(compressed.bytes.size(), plain.size());
  receiver_.chunk(chunks_++, shrunk ? compressed.coding : ChunkCoding::plain,
                  shrunk ? compressed.bytes : plain, static_cast<std::uint32_t>(plain.size()));
}

void decode_chunk(ChunkCoding coding, std::string_view stored, std::uint32_t plain_size,
                  char *out) {
  switch (coding) {
    case ChunkCoding::plain:
      require_size(stored.size(), plain_size);
      if (plain_size > 0) std::memcpy(out, stored.data(), plain_size);
      return;
    case ChunkCoding::zstd: decode_zstd(stored, plain_size, out); return;
    case ChunkCoding::gzip: unpack_gzip(stored, plain_size, out); return;
  }
  fail("The coding " + std::to_string(static_cast<int>(coding)) + " is not known.");
}

}  // namespace pgexport
