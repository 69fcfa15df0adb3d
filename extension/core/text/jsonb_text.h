// PostgreSQL's jsonb, read from its storage format and written as JSON text.
//
// `data` is the root JsonbContainer: what follows the varlena header.  It need not be aligned to
// more than the container's own relative alignment (offsets are taken from `data`).
// Source: PostgreSQL 15, utils/jsonb.h, src/backend/utils/adt/jsonb.c and jsonb_util.c.
#pragma once

#include <cstdint>

#include "core/output_buffer.h"

#include "core/no_postgres.h"

namespace pgexport::spell {

enum class JsonSpacing : std::uint8_t {
  compact,   // {"a":1,"b":[1,2]}
  postgres,  // {"a": 1, "b": [1, 2]}, byte for byte as jsonb_out
};

enum class JsonQuotes : std::uint8_t {
  single,
  doubled,  // every " twice, for the inside of a quoted CSV field
};

// Appends the text.  Throws Error data_corrupted for a container that contradicts itself; never
// reads outside data[0, size).  Iterative or depth-checked: no stack overflow on deep documents.
void append_jsonb(OutputBuffer &out, const char *data, std::uint32_t size, JsonSpacing spacing,
                  JsonQuotes quotes = JsonQuotes::single);

// True for an object with at least one key: its text has quotes.
bool jsonb_has_keys(const char *data, std::uint32_t size);

// Appends `"…"` with what JSON needs escaped as PostgreSQL's escape_json does it: \b \f \n \r \t
// \" \\ and \u00XX for the other control characters; everything else, DEL included, as it is.
void append_json_string(OutputBuffer &out, const char *text, std::size_t n);

}  // namespace pgexport::spell
