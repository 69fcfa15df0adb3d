// Keeping templates: a new one, or a new version of one.
#pragma once

#include "server/template.h"

namespace pgexport {

constexpr int kNoBaseVersion = -1;

// Keeps a text as the current user's template, or as the next version of the one of that name,
// which must be at `base_version`.  Returns the version.  Raises the errors of the language for a
// text that is wrong or names what the user may not read, 42710 for a template that exists if there
// is no base version, 55000 for one that has another version by now. REQUIRES: the call is
// admitted.
int save_template(const char *source, const char *note, int base_version);

}  // namespace pgexport
