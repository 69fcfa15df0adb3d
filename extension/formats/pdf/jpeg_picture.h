// Checks a JPEG file, by libjpeg, and takes it over as it is.
#pragma once

#include "formats/pdf/picture.h"

#include "core/no_postgres.h"

namespace pgexport {

// See read_picture().
Picture read_jpeg(std::string_view file);

}  // namespace pgexport
