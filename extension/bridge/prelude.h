// The first include of every file that sees the server.
//
// Order matters: postgres.h defines macros (ERROR, Min, Max, snprintf, _ …) that must not be live
// while C++ headers are parsed, so those come first.  PGDLLEXPORT is empty on PostgreSQL 15, and
// with hidden visibility the server would not find a single function of ours.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/byte_sink.h"
#include "core/cell.h"
#include "core/compress/chunk_codec.h"
#include "core/compress/gzip_sink.h"
#include "core/compress/zstd_sink.h"
#include "core/error.h"
#include "core/text/array_walk.h"
#include "core/tuple_view.h"
#include "crypto/audit_verifier.h"
#include "crypto/hmac.h"
#include "crypto/sha256_sink.h"
#include "dsl/compile.h"
#include "dsl/json_form.h"
#include "dsl/parser.h"
#include "dsl/printer.h"
#include "dsl/text_diff.h"
#include "formats/document_request.h"
#include "formats/format.h"
#include "formats/pdf/picture.h"
#include "formats/table_archive.h"
#include "formats/table_head.h"
#include "worker/schedule/backoff.h"
#include "worker/schedule/catch_up.h"
#include "worker/schedule/clock_watch.h"
#include "worker/schedule/jitter.h"
#include "worker/schedule/timetable.h"

#define PGDLLEXPORT __attribute__((visibility("default")))

extern "C" {
#include "postgres.h"

#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/elog.h"
#include "utils/memutils.h"
#include "utils/resowner.h"
#include "utils/uuid.h"
}

// Defines a SQL-callable function.  PG_FUNCTION_INFO_V1 of PostgreSQL 15 exports the info record
// only, so the function itself is declared with default visibility first.
#define EXPORT_FUNCTION(name)                          \
  extern "C" PGDLLEXPORT Datum name(PG_FUNCTION_ARGS); \
  extern "C" {                                         \
  PG_FUNCTION_INFO_V1(name);                           \
  }                                                    \
  extern "C" Datum name([[maybe_unused]] FunctionCallInfo fcinfo)
