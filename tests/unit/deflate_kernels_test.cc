// The kernels that ISA-L chooses between on x86-64 give the same bytes.
//
// libisal calls its kernels through names that a program may define itself: the ones here lead to
// the kernel that the test asks for.
#include <gtest/gtest.h>
#include <isa-l/igzip_lib.h>

#include <cstdlib>
#include <random>
#include <string>

#include "core/compress/deflate_stream.h"

#if defined(__x86_64__)

#define EXPORT_KERNELS(name)            \
  void name##_01(isal_zstream *stream); \
  void name##_02(isal_zstream *stream); \
  void name##_04(isal_zstream *stream)

extern "C" {
EXPORT_KERNELS(isal_deflate_icf_body_hash_hist);
void *encode_deflate_icf_04(void *from, void *to, void *writer, void *tables);
void *encode_deflate_icf_06(void *from, void *to, void *writer, void *tables);
}

namespace {

enum class Kernel { sse, avx, avx2 };
Kernel body = Kernel::sse;
bool avx512_encoder = false;
int body_calls = 0, encoder_calls = 0;

}  // namespace

extern "C" {

[[gnu::visibility("default")]] void isal_deflate_icf_body_lvl1(isal_zstream *stream) {
  ++body_calls;
  switch (body) {
    case Kernel::sse: isal_deflate_icf_body_hash_hist_01(stream); break;
    case Kernel::avx: isal_deflate_icf_body_hash_hist_02(stream); break;
    case Kernel::avx2: isal_deflate_icf_body_hash_hist_04(stream); break;
  }
}

[[gnu::visibility("default")]] void *encode_deflate_icf(void *from, void *to, void *writer,
                                                        void *tables) {
  ++encoder_calls;
  return avx512_encoder ? encode_deflate_icf_06(from, to, writer, tables)
                        : encode_deflate_icf_04(from, to, writer, tables);
}
}

namespace pgexport {
namespace {

// Text as in a sheet, then what hardly compresses, then one byte over and over.
std::string sample() {
  std::mt19937 random(7);
  std::string text;
  while (text.size() < 1'500'000) {
    text +=
        "<c s=\"" + std::to_string(random() % 9) + "\"><v>" + std::to_string(random()) + "</v></c>";
  }
  for (int i = 0; i < 300'000; ++i) text += static_cast<char>(random());
  return text.append(300'000, 'x');
}

std::string compressed(const std::string &text) {
  OutputBuffer out;
  DeflateStream deflate;
  deflate.write(text, out);
  deflate.finish(out);
  return std::string(out.view());
}

TEST(DeflateKernels, FindTheSameMatches) {
  const std::string text = sample();
  if (!__builtin_cpu_supports("avx2")) GTEST_SKIP() << "this processor has one kernel only";
  body = Kernel::sse;
  const std::string expected = compressed(text);
  EXPECT_GT(body_calls, 0) << "libisal does not call the kernels by their names any more";
  body = Kernel::avx;
  EXPECT_TRUE(compressed(text) == expected);
  body = Kernel::avx2;
  EXPECT_TRUE(compressed(text) == expected);
}

TEST(DeflateKernels, EncodeTheSameBits) {
  if (!__builtin_cpu_supports("avx512vl") || !__builtin_cpu_supports("avx512bw")) {
    GTEST_SKIP() << "this processor has one kernel only";
  }
  const std::string text = sample();
  avx512_encoder = false;
  const std::string expected = compressed(text);
  EXPECT_GT(encoder_calls, 0);
  avx512_encoder = true;
  EXPECT_TRUE(compressed(text) == expected);
}

}  // namespace
}  // namespace pgexport

#endif
