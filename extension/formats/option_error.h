// The wording that all errors about options share.
#pragma once

#include <string>
#include <string_view>

#include "core/error.h"

#include "core/no_postgres.h"

namespace pgexport {

// The longest piece of a request that an error repeats.
inline constexpr std::size_t kMaxExcerpt = 64;

// The start of `text`, fit for an error message: valid UTF-8, without control characters, cut
// between characters.
std::string excerpt(std::string_view text);

// option "<name>" <requirement>, with what was given as the detail.
Error option_error(std::string_view name, std::string_view requirement, std::string_view given,
                   std::string hint = {});

// The hint that names `nearest`, or `otherwise` if that is empty.
std::string did_you_mean(std::string_view nearest, std::string otherwise = {});

}  // namespace pgexport
