// Text for a line that has no room to wrap.
#pragma once

#include <string>
#include <string_view>

#include "formats/pdf/typesetter.h"

#include "core/no_postgres.h"

namespace pgexport::pdf {

// The text, or as much of its start as fits into `width` points with an ellipsis.
std::string shortened(Typesetter &typesetter, std::string_view text, const TextStyle &style,
                      double width);

}  // namespace pgexport::pdf
