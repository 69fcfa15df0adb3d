// The format xlsx: Excel workbooks.
#pragma once

#include "formats/format.h"

#include "core/no_postgres.h"

namespace pgexport {

const Format &xlsx_format();

}  // namespace pgexport
