// A value as a mask shows it.
#pragma once

#include "server/decode.h"

namespace pgexport {

struct ColumnMask;

// Raises 42804 for a mask that does not fit the type.  In the current memory context.
ColumnMask *make_column_mask(const Mask &mask, Oid type, const char *column);

// What the document says of the column's type, and the tag of its cells.
const char *mask_type_name(const Mask &mask);
CellTag mask_tag(const ColumnMask *mask);

// The cell for a value that is not null; memory is taken from the current context.
Cell mask_value(DecodeContext *dc, const ColumnMask *mask, Datum value);

}  // namespace pgexport
