// The administrator's masks (export.set_mask): columns whose values leave the database only hidden,
// in every export of every role that is not exempt.
//
// A masked column may be exported as it is, and then it is masked; or not at all.  An expression
// over it, a condition, a join, a sort, a grouping by it, or a function whose own query reads it
// would tell what the mask hides, and is refused (42501).
#pragma once

#include "bridge/document_spec.h"

extern "C" {
#include "nodes/parsenodes.h"
#include "nodes/plannodes.h"
}

namespace pgexport {

struct MaskRule {
  Oid relation;
  AttrNumber number;
  Mask mask;
};

struct MaskRules {
  int count;
  MaskRule *rules;
};

// The rules that hold for the role, in the current memory context.  REQUIRES: no user SQL on the
// stack (reads our own table).
const MaskRules *load_mask_rules(Oid role);

// The mask of each column of the query, which is analysed but not rewritten; nullptr if there is
// none.  Raises 42501 where a masked column is used in another way.  `readers`: the relations that
// the query reads a masked column of.
const Mask *masks_of_query(const MaskRules *rules, Query *query, int *readers);

// Raises 42501 if the planner has put in queries of functions that read masked columns.
void check_planned(const MaskRules *rules, const PlannedStmt *plan, int readers);

// While the sandbox is open, queries of functions may not read a masked column at all.  The watch
// ends by itself when the (sub)transaction it was begun in aborts.
struct MaskWatch {
  const MaskRules *rules;  // nullptr: none
  SubTransactionId begun_in;
};
MaskWatch current_mask_watch();
// Begins it, and returns the state before.
MaskWatch watch_nested_queries(const MaskRules *rules);
void restore_mask_watch(MaskWatch watch);

// The next executor that starts is that of a query that was checked.
void expect_own_start();

// Called once, when the library is loaded.
void install_mask_check();

}  // namespace pgexport
