#include "server/mask_rules.h"

extern "C" {
#include "access/genam.h"
#include "access/htup_details.h"
#include "access/sysattr.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_statistic_ext_data.h"
#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parsetree.h"
#include "rewrite/rewriteHandler.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
}

#include "server/walker.h"

namespace pgexport {

namespace {

// ---- The rules ----------------------------------------------------------------------------------

// Columns of export._mask.
enum MaskColumn { kRelation = 1, kNumber, kName, kMask, kExempt };

bool is_exempt(Datum roles, Oid role) {
  Datum *items;
  int count;
  deconstruct_array(DatumGetArrayTypeP(roles), NAMEOID, NAMEDATALEN, false, TYPALIGN_CHAR, &items,
                    nullptr, &count);
  for (int i = 0; i < count; i++) {
    const Oid exempt = get_role_oid(NameStr(*DatumGetName(items[i])), true);
    if (OidIsValid(exempt) && has_privs_of_role(role, exempt)) return true;
  }
  return false;
}

void add_rule(MaskRules *rules, Oid relation, AttrNumber number, const Mask &mask) {
  if (number == InvalidAttrNumber) return;
  rules->rules = rules->count == 0
                     ? static_cast<MaskRule *>(palloc(sizeof(MaskRule)))
                     : static_cast<MaskRule *>(repalloc(
                           rules->rules, sizeof(MaskRule) * static_cast<Size>(rules->count + 1)));
  rules->rules[rules->count++] = {relation, number, mask};
}

// A renamed column keeps its number, a restored one its name.  If they are of two columns now, both
// are masked: rather too much than too little.
void add_row(MaskRules *rules, const Datum *values) {
  const Oid relation = DatumGetObjectId(values[kRelation - 1]);
  const AttrNumber number = DatumGetInt16(values[kNumber - 1]);
  const char *name = NameStr(*DatumGetName(values[kName - 1]));
  const char *spelled = text_to_cstring(DatumGetTextPP(values[kMask - 1]));
  const Mask mask = pg_entry([spelled] { return parse_mask(spelled); });
  const char *current = get_attname(relation, number, true);
  if (current) add_rule(rules, relation, number, mask);
  if (!current || strcmp(current, name) != 0) {
    add_rule(rules, relation, get_attnum(relation, name), mask);
  }
}

// A rule for a parent holds for its children and the other way round: rows of a child come out of
// the parent too.
const MaskRule *find_rule_here(const MaskRules *rules, Oid relation, AttrNumber number) {
  for (int i = 0; i < rules->count; i++) {
    const MaskRule *rule = &rules->rules[i];
    if (rule->relation == relation && rule->number == number) return rule;
  }
  return nullptr;
}

const MaskRule *find_rule_of_descendants(const MaskRules *rules, Oid relation, AttrNumber number) {
  const char *name = get_attname(relation, number, true);
  if (!name) return nullptr;
  for (int i = 0; i < rules->count; i++) {
    const MaskRule *rule = &rules->rules[i];
    const char *masked = get_attname(rule->relation, rule->number, true);
    if (!masked || strcmp(masked, name) != 0) continue;
    List *family = find_all_inheritors(relation, NoLock, nullptr);
    if (list_member_oid(family, rule->relation)) return rule;
    if (list_member_oid(find_all_inheritors(rule->relation, NoLock, nullptr), relation)) {
      return rule;
    }
  }
  return nullptr;
}

const MaskRule *find_rule(const MaskRules *rules, Oid relation, AttrNumber number) {
  const MaskRule *rule = find_rule_here(rules, relation, number);
  return rule ? rule : find_rule_of_descendants(rules, relation, number);
}

bool has_rules(const MaskRules *rules, Oid relation) {
  for (int i = 0; i < rules->count; i++) {
    if (find_rule(rules, relation, rules->rules[i].number)) return true;
  }
  return false;
}

[[noreturn]] void refuse(Oid relation, AttrNumber number, const char *what) {
  const char *column = number > 0 ? get_attname(relation, number, true) : nullptr;
  ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                  errmsg("%s uses the masked column \"%s\" of \"%s\"", what,
                         column ? column : "(all)", get_rel_name(relation)),
                  errdetail("Its values may only be exported as they are, and are masked then."),
                  errhint("Name the column in the select list, without an expression, and do not "
                          "filter, join, group or sort by it.")));
  pg_unreachable();
}

// ---- Where a column comes from ------------------------------------------------------------------

// The queries around the one that is looked at, the innermost first.
struct Level {
  Query *query;
  const Level *outer;
};

const Level *level_up(const Level *level, Index count) {
  for (; count > 0 && level; count--) level = level->outer;
  return level;
}

const MaskRule *rule_of_var(const MaskRules *rules, const Level *level, const Var *var);

const MaskRule *rule_of_expression(const MaskRules *rules, const Level *level, Node *expression) {
  while (IsA(expression, RelabelType)) {
    expression = reinterpret_cast<Node *>(castNode(RelabelType, expression)->arg);
  }
  return IsA(expression, Var) ? rule_of_var(rules, level, castNode(Var, expression)) : nullptr;
}

// The rule of column `number` of a query.  In a set operation: that of any of its members.
const MaskRule *rule_of_output(const MaskRules *rules, const Level *outer, Query *query,
                               AttrNumber number) {
  const Level level{query, outer};
  if (query->setOperations) {
    ListCell *cell;
    foreach (cell, query->rtable) {
      const auto *entry = lfirst_node(RangeTblEntry, cell);
      if (entry->rtekind != RTE_SUBQUERY) continue;
      const MaskRule *rule = rule_of_output(rules, &level, entry->subquery, number);
      if (rule) return rule;
    }
    return nullptr;
  }
  const TargetEntry *target = get_tle_by_resno(query->targetList, number);
  return target ? rule_of_expression(rules, &level, reinterpret_cast<Node *>(target->expr))
                : nullptr;
}

Query *first_member(Query *query) {
  ListCell *cell;
  foreach (cell, query->rtable) {
    const auto *entry = lfirst_node(RangeTblEntry, cell);
    if (entry->rtekind == RTE_SUBQUERY) return entry->subquery;
  }
  return query;
}

const MaskRule *rule_of_cte(const MaskRules *rules, const Level *level, const RangeTblEntry *entry,
                            AttrNumber number) {
  const Level *home = level_up(level, entry->ctelevelsup);
  ListCell *cell;
  foreach (cell, home ? home->query->cteList : NIL) {
    auto *cte = lfirst_node(CommonTableExpr, cell);
    if (strcmp(cte->ctename, entry->ctename) != 0) continue;
    auto *query = castNode(Query, cte->ctequery);
    if (!entry->self_reference) return rule_of_output(rules, home, query, number);
    // Inside itself a recursive query gives what its first member gives.
    const Level inside{query, home};
    return rule_of_output(rules, &inside, first_member(query), number);
  }
  return nullptr;
}

const MaskRule *rule_of_relation(const MaskRules *rules, const RangeTblEntry *entry,
                                 AttrNumber number) {
  const MaskRule *rule = find_rule(rules, entry->relid, number);
  if (rule || entry->relkind != RELKIND_VIEW) return rule;
  Relation view = table_open(entry->relid, AccessShareLock);
  Query *query = get_view_query(view);
  table_close(view, NoLock);
  return rule_of_output(rules, nullptr, query, number);
}

const MaskRule *rule_of_var(const MaskRules *rules, const Level *level, const Var *var) {
  level = level_up(level, var->varlevelsup);
  if (!level || var->varattno < 0) return nullptr;
  const RangeTblEntry *entry = rt_fetch(var->varno, level->query->rtable);
  if (var->varattno == InvalidAttrNumber) {  // the whole row
    const int columns = list_length(entry->eref->colnames);
    for (int i = 1; i <= columns; i++) {
      Var column = *var;
      column.varlevelsup = 0;
      column.varattno = static_cast<AttrNumber>(i);
      const MaskRule *rule = rule_of_var(rules, level, &column);
      if (rule) return rule;
    }
    return nullptr;
  }
  switch (entry->rtekind) {
    case RTE_RELATION: return rule_of_relation(rules, entry, var->varattno);
    case RTE_SUBQUERY: return rule_of_output(rules, level, entry->subquery, var->varattno);
    case RTE_CTE: return rule_of_cte(rules, level, entry, var->varattno);
    case RTE_JOIN:
      return rule_of_expression(
          rules, level, static_cast<Node *>(list_nth(entry->joinaliasvars, var->varattno - 1)));
    default: return nullptr;
  }
}

// ---- Uses that are not allowed ------------------------------------------------------------------

struct Search {
  const MaskRules *rules;
  const Level *level;
  int *readers;  // relations of the query from which a masked column is read
};

// `hands_on`: its columns are those of a query around it, which decides about them; the columns of
// a sub-select in an expression are part of that.
void check_query(const Search &around, Query *query, bool hands_on);

bool reads_masked(const MaskRules *rules, const RangeTblEntry *entry) {
  int column = -1;
  while ((column = bms_next_member(entry->selectedCols, column)) >= 0) {
    const auto number = static_cast<AttrNumber>(column + FirstLowInvalidHeapAttributeNumber);
    if (number == InvalidAttrNumber ? has_rules(rules, entry->relid)
                                    : find_rule(rules, entry->relid, number) != nullptr) {
      return true;
    }
  }
  return false;
}

// The statistics of a column are samples of its values.
void refuse_statistics(const RangeTblEntry *entry) {
  if (entry->relid != StatisticRelationId && entry->relid != StatisticExtDataRelationId) return;
  ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                  errmsg("the query reads statistics, which have values of masked columns")));
}

bool refuse_masked_vars(Node *node, void *context) {
  if (!node) return false;
  const auto *search = static_cast<Search *>(context);
  if (IsA(node, Var)) {
    const MaskRule *rule = rule_of_var(search->rules, search->level, castNode(Var, node));
    if (rule) refuse(rule->relation, rule->number, "the query");
    return false;
  }
  if (IsA(node, Query)) {
    check_query(*search, castNode(Query, node), false);
    return false;
  }
  return walk_children(node, refuse_masked_vars, context);
}

// A target that hands a column on, and by which nothing is sorted, grouped or made distinct.
bool is_plain_target(const TargetEntry *target) {
  Node *expression = reinterpret_cast<Node *>(target->expr);
  while (IsA(expression, RelabelType)) {
    expression = reinterpret_cast<Node *>(castNode(RelabelType, expression)->arg);
  }
  return IsA(expression, Var) && castNode(Var, expression)->varattno != InvalidAttrNumber &&
         target->ressortgroupref == 0 && !target->resjunk;
}

// UNION, INTERSECT and EXCEPT compare whole rows; UNION ALL does not.
bool compares_rows(Node *operation) {
  if (!operation || !IsA(operation, SetOperationStmt)) return false;
  const auto *set = castNode(SetOperationStmt, operation);
  return !set->all || set->op != SETOP_UNION || compares_rows(set->larg) ||
         compares_rows(set->rarg);
}

void check_set_operation(const MaskRules *rules, const Level *outer, Query *query) {
  if (!compares_rows(query->setOperations)) return;
  for (int i = 1; i <= list_length(query->targetList); i++) {
    const MaskRule *rule = rule_of_output(rules, outer, query, static_cast<AttrNumber>(i));
    if (rule) refuse(rule->relation, rule->number, "a set operation");
  }
}

Query *query_of_view(const RangeTblEntry *entry) {
  Relation view = table_open(entry->relid, AccessShareLock);
  Query *query = get_view_query(view);
  table_close(view, NoLock);
  return query;
}

void check_entry(Search &search, RangeTblEntry *entry) {
  const auto refuse_in = [&search](void *node) {
    refuse_masked_vars(static_cast<Node *>(node), &search);
  };
  switch (entry->rtekind) {
    case RTE_RELATION:
      // The OLD and NEW of a view's rule are the view itself, and read nothing.
      if (!entry->inFromCl) break;
      refuse_statistics(entry);
      if (entry->relkind == RELKIND_VIEW) {
        const Search inside{search.rules, nullptr, search.readers};
        check_query(inside, query_of_view(entry), true);
      } else if (reads_masked(search.rules, entry)) {
        (*search.readers)++;
      }
      refuse_in(entry->tablesample);
      break;
    case RTE_SUBQUERY: check_query(search, entry->subquery, true); break;
    case RTE_FUNCTION: refuse_in(entry->functions); break;
    case RTE_VALUES: refuse_in(entry->values_lists); break;
    case RTE_TABLEFUNC: refuse_in(entry->tablefunc); break;
    default: break;
  }
}

void check_targets(Search &search, const Query *query, bool hands_on) {
  ListCell *cell;
  foreach (cell, query->targetList) {
    const auto *target = lfirst_node(TargetEntry, cell);
    const bool hands_column_on =
        is_plain_target(target) || (query->setOperations && target->ressortgroupref == 0);
    if (hands_on && hands_column_on) continue;
    refuse_masked_vars(reinterpret_cast<Node *>(target->expr), &search);
  }
}

void check_query(const Search &around, Query *query, bool hands_on) {
  const Level level{query, around.level};
  Search search{around.rules, &level, around.readers};
  check_targets(search, query, hands_on);
  check_set_operation(around.rules, around.level, query);
  ListCell *cell;
  foreach (cell, query->rtable) check_entry(search, lfirst_node(RangeTblEntry, cell));
  foreach (cell, query->cteList) {
    check_query(search, castNode(Query, lfirst_node(CommonTableExpr, cell)->ctequery), true);
  }
  refuse_masked_vars(reinterpret_cast<Node *>(query->jointree), &search);
  refuse_masked_vars(query->havingQual, &search);
  refuse_masked_vars(reinterpret_cast<Node *>(query->windowClause), &search);
  refuse_masked_vars(query->limitOffset, &search);
  refuse_masked_vars(query->limitCount, &search);
}

// ---- Queries of functions -----------------------------------------------------------------------

MaskWatch watch{nullptr, InvalidSubTransactionId};
bool own_start = false;  // the next executor to start is that of the query that was checked
ExecutorStart_hook_type previous_start = nullptr;

int readers_in_plan(const MaskRules *rules, const List *table) {
  int readers = 0;
  ListCell *cell;
  foreach (cell, table) {
    const auto *entry = lfirst_node(RangeTblEntry, cell);
    // Children of a partitioned table are checked through their parent.
    if (entry->rtekind != RTE_RELATION || (entry->requiredPerms & ACL_SELECT) == 0) continue;
    if (entry->relkind != RELKIND_VIEW && reads_masked(rules, entry)) readers++;
  }
  return readers;
}

[[noreturn]] void refuse_function() {
  ereport(ERROR,
          (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
           errmsg("a function that the query calls reads a masked column"),
           errhint("Select from the table or view itself, so that the column can be masked.")));
  pg_unreachable();
}

void start_hook(QueryDesc *query_desc, int flags) {
  const bool own = own_start;
  own_start = false;
  if (watch.rules && !own && readers_in_plan(watch.rules, query_desc->plannedstmt->rtable) > 0) {
    refuse_function();
  }
  if (previous_start) {
    previous_start(query_desc, flags);
  } else {
    standard_ExecutorStart(query_desc, flags);
  }
}

void transaction_callback(XactEvent event, void *) {
  if (event != XACT_EVENT_ABORT) return;
  watch = {};
  own_start = false;
}

void subtransaction_callback(SubXactEvent event, SubTransactionId self, SubTransactionId, void *) {
  if (event != SUBXACT_EVENT_ABORT_SUB) return;
  if (watch.begun_in == self) watch = {};
  own_start = false;
}

}  // namespace

const MaskRules *load_mask_rules(Oid role) {
  auto *rules = static_cast<MaskRules *>(palloc0(sizeof(MaskRules)));
  const Oid oid = get_relname_relid("_mask", get_namespace_oid("export", false));
  if (!OidIsValid(oid)) return rules;
  Relation table = table_open(oid, AccessShareLock);
  const Snapshot snapshot = RegisterSnapshot(GetLatestSnapshot());
  SysScanDesc scan = systable_beginscan(table, InvalidOid, false, snapshot, 0, nullptr);
  while (const HeapTuple tuple = systable_getnext(scan)) {
    Datum values[16];
    bool nulls[16];
    heap_deform_tuple(tuple, RelationGetDescr(table), values, nulls);
    if (!is_exempt(values[kExempt - 1], role)) add_row(rules, values);
  }
  systable_endscan(scan);
  UnregisterSnapshot(snapshot);
  table_close(table, AccessShareLock);
  return rules;
}

const Mask *masks_of_query(const MaskRules *rules, Query *query, int *readers) {
  *readers = 0;
  if (rules->count == 0) return nullptr;
  check_query(Search{rules, nullptr, readers}, query, true);
  const int columns = ExecCleanTargetListLength(query->targetList);
  auto *masks = static_cast<Mask *>(palloc0(sizeof(Mask) * static_cast<Size>(Max(columns, 1))));
  for (int i = 0; i < columns; i++) {
    const MaskRule *rule = rule_of_output(rules, nullptr, query, static_cast<AttrNumber>(i + 1));
    if (rule) masks[i] = rule->mask;
  }
  return masks;
}

void check_planned(const MaskRules *rules, const PlannedStmt *plan, int readers) {
  if (rules->count > 0 && readers_in_plan(rules, plan->rtable) > readers) refuse_function();
}

MaskWatch current_mask_watch() { return watch; }

MaskWatch watch_nested_queries(const MaskRules *rules) {
  const MaskWatch before = watch;
  if (rules->count > 0) watch = {rules, GetCurrentSubTransactionId()};
  return before;
}

void restore_mask_watch(MaskWatch before) { watch = before; }

void expect_own_start() { own_start = true; }

void install_mask_check() {
  previous_start = ExecutorStart_hook;
  ExecutorStart_hook = start_hook;
  RegisterXactCallback(transaction_callback, nullptr);
  RegisterSubXactCallback(subtransaction_callback, nullptr);
}

}  // namespace pgexport
