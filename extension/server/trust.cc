#include "server/trust.h"

extern "C" {
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_class.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "parser/parse_type.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/regproc.h"
#include "utils/rel.h"
#include "utils/relcache.h"
#include "utils/syscache.h"
#include "utils/typcache.h"
#include "utils/varlena.h"
}

#include "server/roles.h"
#include "server/settings.h"
#include "server/walker.h"

namespace pgexport {

namespace {

struct TrustCheck {
  Oid run_as;
  List *trusted;    // OIDs from export.trusted_owners
  List *relations;  // tables whose expressions were looked at
  List *types;      // parameter types that were looked at
};

bool walk(Node *node, void *context);

bool is_trusted(const TrustCheck *check, Oid owner) {
  return owner == check->run_as || superuser_arg(owner) || list_member_oid(check->trusted, owner);
}

[[noreturn]] void refuse(const char *kind, const char *name, Oid owner) {
  const char *role = GetUserNameFromId(owner, true);
  ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                  errmsg("the query would run code of a role that is not trusted"),
                  errdetail("The %s %s belongs to \"%s\", and the export runs with privileges that "
                            "row security does not restrain.",
                            kind, name, role ? role : "a dropped role"),
                  errhint("Export as a role without these privileges, or have an administrator add "
                          "the owner to export.trusted_owners.")));
  pg_unreachable();
}

void check_function(const TrustCheck *check, Oid function) {
  HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
  if (!HeapTupleIsValid(tuple)) return;
  const Oid owner = reinterpret_cast<Form_pg_proc>(GETSTRUCT(tuple))->proowner;
  ReleaseSysCache(tuple);
  if (!is_trusted(check, owner)) refuse("function", format_procedure(function), owner);
}

bool function_checker(Oid function, void *context) {
  check_function(static_cast<TrustCheck *>(context), function);
  return false;
}

void check_domain(const TrustCheck *check, Oid type) {
  HeapTuple tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));
  if (!HeapTupleIsValid(tuple)) return;
  const auto *form = reinterpret_cast<Form_pg_type>(GETSTRUCT(tuple));
  const Oid owner = form->typowner;
  ReleaseSysCache(tuple);
  if (!is_trusted(check, owner)) refuse("domain", format_type_be(type), owner);
}

// The domains whose constraints the input function of a type runs.
void check_input_of(TrustCheck *check, Oid type) {
  if (!OidIsValid(type) || list_member_oid(check->types, type)) return;
  check->types = lappend_oid(check->types, type);
  check_input_of(check, get_element_type(type));
  switch (get_typtype(type)) {
    case TYPTYPE_DOMAIN:
      check_domain(check, type);
      check_input_of(check, getBaseType(type));
      break;
    case TYPTYPE_RANGE: check_input_of(check, get_range_subtype(type)); break;
    case TYPTYPE_MULTIRANGE: check_input_of(check, get_multirange_range(type)); break;
    case TYPTYPE_COMPOSITE: {
      const TupleDesc desc = lookup_rowtype_tupdesc_copy(type, -1);
      for (int i = 0; i < desc->natts; i++) {
        check_input_of(check, TupleDescAttr(desc, i)->atttypid);
      }
      break;
    }
    default: break;
  }
}

void check_relation(TrustCheck *check, Oid oid) {
  if (list_member_oid(check->relations, oid)) return;
  check->relations = lappend_oid(check->relations, oid);
  Relation relation = table_open(oid, AccessShareLock);
  const char kind = relation->rd_rel->relkind;
  const Oid owner = relation->rd_rel->relowner;
  const bool carries_code = kind == RELKIND_VIEW || kind == RELKIND_FOREIGN_TABLE;
  if (carries_code && !is_trusted(check, owner)) {
    refuse(kind == RELKIND_VIEW ? "view" : "foreign table",
           quote_qualified_identifier(get_namespace_name(RelationGetNamespace(relation)),
                                      RelationGetRelationName(relation)),
           owner);
  }
  table_close(relation, AccessShareLock);
}

bool walk(Node *node, void *context) {
  auto *check = static_cast<TrustCheck *>(context);
  if (!node) return false;
  if (IsA(node, RangeTblEntry)) {
    // Also the entry that the rewriter leaves behind for a view it has expanded.
    const auto *entry = reinterpret_cast<RangeTblEntry *>(node);
    if (entry->rtekind == RTE_RELATION) check_relation(check, entry->relid);
    return false;
  }
  if (IsA(node, CoerceToDomain)) {
    check_domain(check, reinterpret_cast<CoerceToDomain *>(node)->resulttype);
  }
  // Values of these are read from text, or made from parts, with the constraints of domains.
  if (IsA(node, Param) || IsA(node, FuncExpr) || IsA(node, CoerceViaIO)) {
    check_input_of(check, exprType(node));
  }
  if (IsA(node, RangeTblFunction)) {
    ListCell *cell;
    foreach (cell, reinterpret_cast<RangeTblFunction *>(node)->funccoltypes) {
      check_input_of(check, lfirst_oid(cell));
    }
  }
  check_functions_in_node(node, function_checker, context);
  return walk_children(node, walk, context, QTW_EXAMINE_RTES_BEFORE);
}

List *trusted_owners() {
  List *names;
  List *oids = NIL;
  if (!SplitIdentifierString(pstrdup(setting_trusted_owners), ',', &names)) return NIL;
  ListCell *cell;
  foreach (cell, names) {
    const Oid role = get_role_oid(static_cast<const char *>(lfirst(cell)), true);
    if (OidIsValid(role)) oids = lappend_oid(oids, role);
  }
  return oids;
}

bool needs_check(Oid run_as) { return setting_trust_check && is_privileged(run_as); }

// '…'::type and type '…', also inside: analysis reads such a literal at once.
bool walk_literals(Node *node, void *context) {
  if (!node) return false;
  if (IsA(node, TypeCast)) {
    const TypeName *name = reinterpret_cast<TypeCast *>(node)->typeName;
    check_input_of(static_cast<TrustCheck *>(context), LookupTypeNameOid(nullptr, name, true));
  }
  return walk_raw_children(node, walk_literals, context);
}

TrustGate gate{InvalidOid, InvalidSubTransactionId};
needs_fmgr_hook_type previous_hook = nullptr;

// Asked for every function that is not built in, when it is looked up to be called or inlined.
bool gate_hook(Oid function) {
  if (OidIsValid(gate.run_as)) {
    const TrustCheck check = {gate.run_as, trusted_owners(), NIL, NIL};
    check_function(&check, function);
  }
  return previous_hook && previous_hook(function);
}

void transaction_callback(XactEvent event, void *) {
  if (event == XACT_EVENT_ABORT) gate = {};
}

void subtransaction_callback(SubXactEvent event, SubTransactionId self, SubTransactionId, void *) {
  if (event == SUBXACT_EVENT_ABORT_SUB && gate.closed_in == self) gate = {};
}

}  // namespace

void require_trusted_code(Query *query, Oid run_as) {
  if (!needs_check(run_as)) return;
  TrustCheck check = {run_as, trusted_owners(), NIL, NIL};
  walk(reinterpret_cast<Node *>(query), &check);
}

void require_trusted_literals(Node *statement, Oid run_as) {
  if (!needs_check(run_as)) return;
  TrustCheck check = {run_as, trusted_owners(), NIL, NIL};
  walk_literals(statement, &check);
}

TrustGate current_trust_gate() { return gate; }

TrustGate close_trust_gate(Oid run_as) {
  const TrustGate before = gate;
  if (needs_check(run_as)) gate = {run_as, GetCurrentSubTransactionId()};
  return before;
}

void restore_trust_gate(TrustGate before) { gate = before; }

void install_trust_gate() {
  previous_hook = needs_fmgr_hook;
  needs_fmgr_hook = gate_hook;
  RegisterXactCallback(transaction_callback, nullptr);
  RegisterSubXactCallback(subtransaction_callback, nullptr);
}

}  // namespace pgexport
