// PostgreSQL declares tree walkers without parameters; this is the one place that casts.
#pragma once

#include "bridge/prelude.h"

extern "C" {
#include "nodes/nodeFuncs.h"
}

namespace pgexport {

using Walker = bool (*)(Node *node, void *context);

// Walks the children of `node`; a Query with its range table, and with QTW_EXAMINE_RTES_BEFORE in
// `flags` the entries of that too.
inline bool walk_children(Node *node, Walker walker, void *context, int flags = 0) {
  const auto untyped = reinterpret_cast<bool (*)()>(reinterpret_cast<void *>(walker));
  return IsA(node, Query)
             ? query_tree_walker(reinterpret_cast<Query *>(node), untyped, context, flags)
             : expression_tree_walker(node, untyped, context);
}

}  // namespace pgexport
