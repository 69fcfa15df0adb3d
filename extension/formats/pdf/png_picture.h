// Decodes a PNG file, by libpng.
#pragma once

#include "formats/pdf/picture.h"

#include "core/no_postgres.h"

namespace pgexport {

// See read_picture().
Picture read_png(std::string_view file);

}  // namespace pgexport
