// The formats `json` and `jsonl`, for the registry.
#pragma once

#include "formats/format.h"

#include "core/no_postgres.h"

namespace pgexport {

const Format &json_format();
const Format &jsonl_format();

}  // namespace pgexport
