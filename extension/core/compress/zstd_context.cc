#include "core/compress/zstd_context.h"

#include <zstd.h>
#include <zstd_errors.h>

#include <new>
#include <string>

#include "core/error.h"

namespace pgexport {

void ZstdContextDeleter::operator()(ZSTD_CCtx_s *context) const noexcept { ZSTD_freeCCtx(context); }

ZstdContext new_zstd_context(int level) {
  ZstdContext context(ZSTD_createCCtx());
  if (!context) throw std::bad_alloc();
  require_zstd(ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, level));
  require_zstd(ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1));
  return context;
}

void always_code_literals(const ZstdContext &context) noexcept {
  // ZSTD_c_literalCompressionMode = ZSTD_ps_enable, which zstd.h names for static linking only.
  constexpr int kEnable = 1;
  (void)ZSTD_CCtx_setParameter(context.get(), ZSTD_c_experimentalParam5, kEnable);
}

std::size_t require_zstd(std::size_t result) {
  if (!ZSTD_isError(result)) return result;
  if (ZSTD_getErrorCode(result) == ZSTD_error_memory_allocation) throw std::bad_alloc();
  throw Error(sqlstate::external_routine_exception, "could not compress with zstd",
              std::string("zstd says: ") + ZSTD_getErrorName(result) + ".");
}

}  // namespace pgexport
