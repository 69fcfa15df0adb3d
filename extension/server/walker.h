// PostgreSQL declares tree walkers without parameters; this is the one place that casts.
#pragma once

#include "bridge/prelude.h"

extern "C" {
#include "nodes/nodeFuncs.h"
}

namespace pgexport {

using Walker = bool (*)(Node *node, void *context);

namespace detail {
inline auto untyped(Walker walker) {
  return reinterpret_cast<bool (*)()>(reinterpret_cast<void *>(walker));
}
}  // namespace detail

// Walks the children of `node`; a Query with its range table, and with QTW_EXAMINE_RTES_BEFORE in
// `flags` the entries of that too.
inline bool walk_children(Node *node, Walker walker, void *context, int flags = 0) {
  return IsA(node, Query) ? query_tree_walker(reinterpret_cast<Query *>(node),
                                              detail::untyped(walker), context, flags)
                          : expression_tree_walker(node, detail::untyped(walker), context);
}

// The same for what the parser makes, before analysis.
inline bool walk_raw_children(Node *node, Walker walker, void *context) {
  return raw_expression_tree_walker(node, detail::untyped(walker), context);
}

}  // namespace pgexport
