// From the server's values to cells.  PG world: may raise at any value, owns nothing.
#pragma once

#include "server/zone.h"

extern "C" {
#include "access/tupdesc.h"
}

namespace pgexport {

struct Decoder;

// What decoding one document needs to know.
struct DecodeContext {
  MemoryContext context;  // where decoders live
  bool nested;            // arrays, composites and ranges as nested cells
  int encoding;           // of the document
  bool convert;           // text must be converted or verified
  bool replace;           // '?' for what the encoding lacks
  Oid conversion;         // conversion function, or InvalidOid: only verify
  pg_tz *zone;
  ZoneTable zone_table;
  std::size_t zone_hint;
  Decoder *decoders;  // of types met so far
};

// REQUIRES: inside the sandbox (takes the time zone from the session).
void init_decode_context(DecodeContext *dc, const CellNeeds &needs);

// How values of a type become cells.
Decoder *find_decoder(DecodeContext *dc, Oid type);

// The cell of a value; memory that is needed is taken from the current context.
Cell decode(DecodeContext *dc, Decoder *decoder, Datum value);

// The tag of a decoder's cells.
CellTag decoder_tag(const Decoder *decoder);

// Fills the layout of a column that can be read inside a tuple; false if it cannot.
bool column_layout(const DecodeContext *dc, const Decoder *decoder, char alignment,
                   ColumnLayout *layout);

// `text` in the document's encoding.
const char *to_document_encoding(DecodeContext *dc, const char *text, std::size_t *size);

}  // namespace pgexport
