// How long documents are kept.
#pragma once

#include "bridge/prelude.h"

namespace pgexport {

// Removes the content of at most `limit` documents whose time is up, the oldest first, and returns
// how many; their history stays.  Each leaves an audit row of kind `expire`.  Documents that a
// concurrent transaction removes are left to it.
std::int64_t expire_artifacts(std::int64_t limit);

}  // namespace pgexport
