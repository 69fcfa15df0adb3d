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

// zstd's level 0 down: how far the search skips ahead.  The second is as good as no search.
constexpr int kSearching = -1;
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
    : searching_(new_zstd_context(kSearching)),
      searchless_(new_zstd_context(kSearchless)),
      compressed_(std::make_unique_for_overwrite<char[]>(kCompressedBytes)),
      trial_(std::make_unique_for_overwrite<char[]>(kCompressedBytes)),
      receiver_(receiver) {
  always_code_literals(searching_);
  always_code_literals(searchless_);
}

void ChunkSink::write(std::string_view bytes) {
  input_.add(bytes, [this](std::string_view chunk) { hand_over(chunk); });
}

void ChunkSink::close() {
  if (!input_.rest().empty()) hand_over(input_.rest());
  receiver_.end(chunks_);
}

std::string_view ChunkSink::compress(std::string_view plain) {
  const auto with = [plain](const ZstdContext &context, char *out) {
    const std::size_t size = require_zstd(
        ZSTD_compress2(context.get(), out, kCompressedBytes, plain.data(), plain.size()));
    return std::string_view(out, size);
  };
  const bool trial = chunks_ % kTrialEvery == 0;
  if (!trial) return with(search_pays_ ? searching_ : searchless_, compressed_.get());
  const std::string_view searched = with(searching_, compressed_.get());
  const std::string_view searchless = with(searchless_, trial_.get());
  search_pays_ = searchless.size() > searched.size() + searched.size() / 16;
  return searched;
}

void ChunkSink::hand_over(std::string_view plain) {
  const std::string_view compressed = compress(plain);
  const bool shrunk = worth_storing(compressed.size(), plain.size());
  receiver_.chunk(chunks_++, shrunk ? ChunkCoding::zstd : ChunkCoding::plain,
                  shrunk ? compressed : plain, static_cast<std::uint32_t>(plain.size()));
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
