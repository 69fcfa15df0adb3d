// The compressing sinks against the programs that everyone decompresses with, whatever the cuts,
// and the chunk codec against damage.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <new>
#include <random>
#include <string>
#include <vector>

#include "core/compress/chunk_codec.h"
#include "core/compress/gzip_chunk.h"
#include "core/compress/gzip_sink.h"
#include "core/compress/zstd_sink.h"
#include "core/error.h"

namespace {
// Counts down; the allocation that makes it 0 fails.  Negative: none does.
int allocations_left = -1;
}  // namespace

// Not inlined: g++ would see malloc beside delete and call it a mismatch.
[[gnu::noinline]] void *operator new(std::size_t size) {
  if (allocations_left > 0 && --allocations_left == 0) throw std::bad_alloc();
  if (void *p = std::malloc(size)) return p;
  throw std::bad_alloc();
}
void *operator new[](std::size_t size) { return operator new(size); }
[[gnu::noinline]] void operator delete(void *p) noexcept { std::free(p); }
void operator delete(void *p, std::size_t) noexcept { operator delete(p); }
void operator delete[](void *p) noexcept { operator delete(p); }
void operator delete[](void *p, std::size_t) noexcept { operator delete(p); }

namespace pgexport {
namespace {

class StringSink : public ByteSink {
 public:
  void write(std::string_view bytes) override { text.append(bytes); }
  void close() override { ++closed; }

  std::string text;
  int closed = 0;
};

struct StoredChunk {
  ChunkCoding coding;
  std::string stored;
  std::uint32_t plain_size;
  const char *address;  // of the bytes as they were handed over
};

class ChunkList : public ChunkReceiver {
 public:
  void chunk(std::uint32_t number, ChunkCoding coding, std::string_view stored,
             std::uint32_t plain_size) override {
    EXPECT_EQ(number, chunks.size());
    EXPECT_EQ(ended, 0);
    chunks.push_back({coding, std::string(stored), plain_size, stored.data()});
  }
  void end(std::uint32_t count) override {
    EXPECT_EQ(count, chunks.size());
    ++ended;
  }

  std::vector<StoredChunk> chunks;
  int ended = 0;
};

std::string text_of(std::size_t size) {
  std::string text;
  for (unsigned row = 0; text.size() < size; ++row) {
    text += std::to_string(row * 2654435761u % 100003) + ",review of the plan," +
            std::to_string(row % 97) + ".50,\"a, b\"\n";
  }
  text.resize(size);
  return text;
}

std::string noise_of(std::size_t size) {
  std::mt19937 random(7);
  std::string noise(size, '\0');
  for (char &c : noise) c = static_cast<char>(random());
  return noise;
}

// Below, at and above the size of a block, and several blocks.
std::vector<std::string> documents() {
  std::vector<std::string> all;
  for (const std::size_t size : {0, 1, 262143, 262144, 262145, 1 << 20}) {
    all.push_back(text_of(size));
    all.push_back(noise_of(size));
  }
  all.push_back(text_of((std::size_t{4} << 20) + 17));  // more than zstd's window
  return all;
}

// Ways to cut a document into write() calls; a 0 is a write() of nothing.
const std::vector<std::vector<std::size_t>> kCuts = {
    {SIZE_MAX}, {1009}, {262144}, {262143, 2, 0}, {300001, 7}, {65536, 0, 131073}};

void write_in_pieces(ByteSink &sink, std::string_view document,
                     const std::vector<std::size_t> &cut) {
  for (std::size_t i = 0; !document.empty(); ++i) {
    const std::string piece(document.substr(0, cut[i % cut.size()]));
    sink.write(piece);
    document.remove_prefix(piece.size());
  }
  sink.close();
}

template <typename Sink>
std::string compressed(std::string_view document, const std::vector<std::size_t> &cut) {
  StringSink out;
  Sink sink(out);
  write_in_pieces(sink, document, cut);
  EXPECT_EQ(out.closed, 1);
  return out.text;
}

// What `command` prints when `input` is its standard input.
std::string output_of(const std::string &command, const std::string &input) {
  char path[] = "/tmp/compress_test_XXXXXX";
  const int fd = mkstemp(path);
  std::unique_ptr<FILE, int (*)(FILE *)> file(fdopen(fd, "wb"), std::fclose);
  EXPECT_EQ(std::fwrite(input.data(), 1, input.size(), file.get()), input.size());
  file.reset();

  FILE *pipe = popen((command + " < " + path).c_str(), "r");
  std::string output;
  char buffer[65536];
  for (std::size_t n; (n = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) {
    output.append(buffer, n);
  }
  EXPECT_EQ(pclose(pipe), 0) << command;
  std::remove(path);
  return output;
}

TEST(GzipSink, IsReadByGzip) {
  for (const std::string &document : documents()) {
    const std::string gzip = compressed<GzipSink>(document, {SIZE_MAX});
    EXPECT_EQ(output_of("gzip -t", gzip), "");
    // Not EXPECT_EQ: a failure would print the document.
    EXPECT_TRUE(output_of("gzip -dc", gzip) == document) << document.size();
  }
}

TEST(GzipSink, HeaderNamesNoTimeAndNoSystem) {
  const std::string gzip = compressed<GzipSink>("a", {1});
  EXPECT_EQ(gzip.substr(0, 10), std::string("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10));
}

TEST(GzipSink, CutsLeaveNoTrace) {
  for (const std::string &document : documents()) {
    const std::string whole = compressed<GzipSink>(document, kCuts[0]);
    for (const auto &cut : kCuts) EXPECT_TRUE(compressed<GzipSink>(document, cut) == whole);
  }
}

TEST(GzipSink, CompressesText) {
  EXPECT_LT(compressed<GzipSink>(text_of(1 << 20), {SIZE_MAX}).size(), (1u << 20) / 3);
}

TEST(ZstdSink, IsReadByZstd) {
  for (const std::string &document : documents()) {
    const std::string zstd = compressed<ZstdSink>(document, {SIZE_MAX});
    EXPECT_TRUE(output_of("zstd -dcq", zstd) == document) << document.size();
  }
}

TEST(ZstdSink, CutsLeaveNoTrace) {
  for (const std::string &document : documents()) {
    const std::string whole = compressed<ZstdSink>(document, kCuts[0]);
    for (const auto &cut : kCuts) EXPECT_TRUE(compressed<ZstdSink>(document, cut) == whole);
  }
}

TEST(ZstdSink, FrameHasAChecksum) {
  const std::string zstd = compressed<ZstdSink>("a", {1});
  EXPECT_TRUE(zstd.at(4) & 0x04);  // Content_Checksum_flag, RFC 8878 3.1.1.1.1
}

TEST(ZstdSink, HigherLevelsMakeItSmaller) {
  const std::string document = text_of(1 << 20);
  StringSink fast, small;
  ZstdSink fast_sink(fast, 1), small_sink(small, 12);
  write_in_pieces(fast_sink, document, {SIZE_MAX});
  write_in_pieces(small_sink, document, {SIZE_MAX});
  EXPECT_LT(small.text.size(), fast.text.size());
  EXPECT_TRUE(output_of("zstd -dcq", small.text) == document);
}

TEST(Sinks, AbandonedSinksCompleteNothing) {
  StringSink gzip, zstd;
  ChunkList chunks;
  {
    GzipSink gzip_sink(gzip);
    ZstdSink zstd_sink(zstd);
    ChunkSink chunk_sink(chunks);
    for (ByteSink *sink : {static_cast<ByteSink *>(&gzip_sink), static_cast<ByteSink *>(&zstd_sink),
                           static_cast<ByteSink *>(&chunk_sink)}) {
      sink->write("abc");
    }
  }
  EXPECT_EQ(gzip.closed + zstd.closed + chunks.ended, 0);
  EXPECT_TRUE(chunks.chunks.empty());
}

TEST(Sinks, EveryFailedAllocationIsReported) {
  const std::function<void()> make[] = {
      [] {
        StringSink out;
        GzipSink sink(out);
      },
      [] {
        StringSink out;
        ZstdSink sink(out);
      },
      [] {
        ChunkList out;
        ChunkSink sink(out);
      },
  };
  for (const auto &action : make) {
    int failures = 0;
    for (int allowed = 1;; ++allowed) {
      allocations_left = allowed;
      try {
        action();
      } catch (const std::bad_alloc &) {
        ++failures;
        continue;
      }
      break;
    }
    allocations_left = -1;
    EXPECT_GE(failures, 1);
  }
}

std::vector<StoredChunk> chunks_of(std::string_view document, const std::vector<std::size_t> &cut) {
  ChunkList list;
  ChunkSink sink(list);
  write_in_pieces(sink, document, cut);
  EXPECT_EQ(list.ended, 1);
  return std::move(list.chunks);
}

std::string decoded(const StoredChunk &chunk) {
  std::string plain(chunk.plain_size, '\0');
  decode_chunk(chunk.coding, chunk.stored, chunk.plain_size, plain.data());
  return plain;
}

TEST(ChunkSink, ChunksMakeTheDocument) {
  for (const std::string &document : documents()) {
    for (const auto &cut : kCuts) {
      const std::vector<StoredChunk> chunks = chunks_of(document, cut);
      ASSERT_EQ(chunks.size(), (document.size() + 262143) / 262144);
      std::string joined;
      for (std::size_t i = 0; i < chunks.size(); ++i) {
        if (i + 1 < chunks.size()) {
          EXPECT_EQ(chunks[i].plain_size, 262144u);
        }
        joined += decoded(chunks[i]);
      }
      EXPECT_TRUE(joined == document) << document.size();
    }
  }
}

TEST(ChunkSink, CutsLeaveNoTrace) {
  const std::string document = text_of(1 << 20) + noise_of(400000);
  const std::vector<StoredChunk> whole = chunks_of(document, kCuts[0]);
  for (const auto &cut : kCuts) {
    const std::vector<StoredChunk> chunks = chunks_of(document, cut);
    ASSERT_EQ(chunks.size(), whole.size());
    for (std::size_t i = 0; i < whole.size(); ++i) {
      EXPECT_EQ(chunks[i].coding, whole[i].coding);
      EXPECT_TRUE(chunks[i].stored == whole[i].stored);
    }
  }
}

// Leaves `value` on the stack where the next calls have their variables.
[[gnu::noinline]] void soil_stack(std::uint16_t value) {
  volatile std::uint16_t soil[std::size_t{128} << 10];
  for (volatile std::uint16_t &word : soil) word = value;
}

TEST(GzipPacker, NothingOfBeforeLeavesATrace) {
  const std::string document = text_of(1 << 20);
  const std::size_t capacity = 2 * kChunkBytes;
  std::string alone(capacity, '\0'), after(capacity, '\0');
  for (const std::uint16_t value : {0, 1, 8, 0x101, 0xffff}) {
    GzipPacker used;
    for (std::size_t start = 0; start < document.size(); start += kChunkBytes) {
      const std::string_view chunk = std::string_view(document).substr(start, kChunkBytes);
      GzipPacker fresh;
      soil_stack(0);
      const std::string_view packed = fresh.pack(chunk, alone.data(), capacity);
      soil_stack(value);
      EXPECT_TRUE(used.pack(chunk, after.data(), capacity) == packed) << value << ' ' << start;
    }
  }
}

TEST(ChunkSink, StoresPlainWhatDoesNotShrink) {
  for (const StoredChunk &chunk : chunks_of(noise_of(300000), kCuts[0])) {
    EXPECT_EQ(chunk.coding, ChunkCoding::plain);
    EXPECT_EQ(chunk.stored.size(), chunk.plain_size);
  }
  EXPECT_EQ(chunks_of("a", kCuts[0]).at(0).coding, ChunkCoding::plain);
}

// A share of zeros decides how far a chunk shrinks; around a sixteenth the coding changes.
TEST(ChunkSink, ASixteenthDecides) {
  bool plain_seen = false, zstd_seen = false;
  for (std::size_t zeros = 15000; zeros < 18000; zeros += 100) {
    const std::string document = noise_of(262144 - zeros) + std::string(zeros, '\0');
    const StoredChunk chunk = chunks_of(document, kCuts[0]).at(0);
    if (chunk.coding == ChunkCoding::plain) {
      plain_seen = true;
      EXPECT_FALSE(zstd_seen);
    } else {
      zstd_seen = true;
      EXPECT_LE(chunk.stored.size(), 262144u / 16 * 15);
    }
  }
  EXPECT_TRUE(plain_seen && zstd_seen);
}

TEST(ChunkSink, WholeChunksAreNotCopied) {
  const std::string document = noise_of(2 * 262144);
  ChunkList list;
  ChunkSink sink(list);
  sink.write(document);
  ASSERT_EQ(list.chunks.size(), 2u);
  EXPECT_EQ(list.chunks[0].address, document.data());
  EXPECT_EQ(list.chunks[1].address, document.data() + 262144);
}

std::string state_of_decoding(const StoredChunk &chunk) {
  try {
    decoded(chunk);
  } catch (const Error &error) {
    return error.state();
  }
  return "00000";
}

TEST(DecodeChunk, FindsWrongSizes) {
  for (const std::string &document : {text_of(5000), noise_of(5000)}) {
    const StoredChunk good = chunks_of(document, kCuts[0]).at(0);
    ASSERT_EQ(state_of_decoding(good), "00000");
    for (const std::uint32_t size : {0u, 4999u, 5001u}) {
      StoredChunk bad = good;
      bad.plain_size = size;
      EXPECT_EQ(state_of_decoding(bad), "XX001") << size;
    }
    for (std::size_t size = 0; size < good.stored.size(); size += 13) {
      StoredChunk bad = good;
      bad.stored.resize(size);
      EXPECT_EQ(state_of_decoding(bad), "XX001") << size;
    }
    StoredChunk bad = good;
    bad.stored += 'x';
    EXPECT_EQ(state_of_decoding(bad), "XX001");
  }
}

TEST(DecodeChunk, FindsAnUnknownCoding) {
  StoredChunk bad = chunks_of("abc", kCuts[0]).at(0);
  bad.coding = static_cast<ChunkCoding>(3);
  EXPECT_EQ(state_of_decoding(bad), "XX001");
  bad.coding = ChunkCoding::zstd;
  EXPECT_EQ(state_of_decoding(bad), "XX001");
}

// Digits in which nothing repeats.
std::string digits_of(std::size_t size) {
  std::string digits;
  std::uint32_t state = 1;
  for (std::size_t i = 0; i < size; ++i) {
    state = state * 1664525 + 1013904223;
    digits += static_cast<char>('0' + (state >> 24) % 10);
  }
  return digits;
}

// Some bits mean nothing (time and system in a gzip header, the unused bit of a frame header,
// padding of entropy-coded streams): a flip is found or changes nothing.
void expect_no_flip_changes(const std::string &document, ChunkCoding coding) {
  const StoredChunk good = chunks_of(document, kCuts[0]).at(0);
  ASSERT_EQ(good.coding, coding);
  std::size_t found = 0;
  for (std::size_t bit = 0; bit < good.stored.size() * 8; ++bit) {
    StoredChunk bad = good;
    bad.stored[bit / 8] = static_cast<char>(bad.stored[bit / 8] ^ (1 << bit % 8));
    try {
      EXPECT_TRUE(decoded(bad) == document) << bit;
    } catch (const Error &error) {
      EXPECT_STREQ(error.state(), "XX001");
      ++found;
    }
  }
  EXPECT_GT(found, good.stored.size() * 8 * 9 / 10);
}

TEST(DecodeChunk, NoFlippedBitChangesText) {
  expect_no_flip_changes(text_of(3000), ChunkCoding::gzip);
}

TEST(DecodeChunk, NoFlippedBitChangesDigits) {
  expect_no_flip_changes(digits_of(3000), ChunkCoding::zstd);
}

// A trial every sixteen chunks decides how the ones that follow are compressed.
TEST(ChunkSink, ChoosesByWhatTheDocumentHolds) {
  const std::string document =
      digits_of(20 * kChunkBytes) + text_of(20 * kChunkBytes) + digits_of(20 * kChunkBytes);
  const std::vector<StoredChunk> chunks = chunks_of(document, kCuts[0]);
  ASSERT_EQ(chunks.size(), 60U);
  EXPECT_EQ(chunks[1].coding, ChunkCoding::zstd);
  EXPECT_EQ(chunks[33].coding, ChunkCoding::gzip);
  EXPECT_EQ(chunks[49].coding, ChunkCoding::zstd);
  std::string whole;
  for (const StoredChunk &chunk : chunks) whole += decoded(chunk);
  EXPECT_TRUE(whole == document);
}

}  // namespace
}  // namespace pgexport
