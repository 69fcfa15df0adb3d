// zstd's compression context, owned, and its results as exceptions.
#pragma once

#include <cstddef>
#include <memory>

#include "core/no_postgres.h"

struct ZSTD_CCtx_s;  // zstd.h calls it ZSTD_CCtx

namespace pgexport {

struct ZstdContextDeleter {
  void operator()(ZSTD_CCtx_s *context) const noexcept;
};
using ZstdContext = std::unique_ptr<ZSTD_CCtx_s, ZstdContextDeleter>;

// Frames made with the context end with a checksum of their content.  zstd brings a level that it
// does not know into its range.
ZstdContext new_zstd_context(int level);

// At its fast levels zstd leaves bytes that repeat nothing as they are; this makes it code them by
// frequency all the same.  Without effect on a zstd that does not know how.
void always_code_literals(const ZstdContext &context) noexcept;

// Returns `result`, what a function of zstd returned, unless it means an error: that is thrown, as
// std::bad_alloc or as Error 38000.
std::size_t require_zstd(std::size_t result);

}  // namespace pgexport
