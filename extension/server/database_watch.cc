#include "server/database_watch.h"

#include "server/database_slots.h"
#include "server/worker_slots.h"

extern "C" {
#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/objectaccess.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_database.h"
#include "catalog/pg_extension.h"
#include "commands/dbcommands.h"
#include "commands/defrem.h"
#include "commands/extension.h"
#include "tcop/utility.h"
#include "utils/acl.h"
#include "utils/syscache.h"
}

namespace pgexport {

namespace {

object_access_hook_type previous_access = nullptr;
ProcessUtility_hook_type previous_utility = nullptr;

// What this transaction has done; told to the launcher when it commits.
struct Changes {
  bool extensions;     // some extension was created or dropped
  bool has_extension;  // known just before commit
  bool new_database;
  Oid dropped;  // a database
  Oid claimed;  // a database whose workers were sent away
};
Changes changes;

void access_hook(ObjectAccessType access, Oid class_id, Oid object, int sub_id, void *argument) {
  if (previous_access) previous_access(access, class_id, object, sub_id, argument);
  if (access != OAT_POST_CREATE && access != OAT_DROP) return;
  if (class_id == ExtensionRelationId) changes.extensions = true;
  if (class_id != DatabaseRelationId) return;
  if (access == OAT_POST_CREATE) changes.new_database = true;
  if (access == OAT_DROP) changes.dropped = object;
}

const char *option_text(List *options, const char *name) {
  ListCell *cell;
  foreach (cell, options) {
    auto *option = static_cast<DefElem *>(lfirst(cell));
    if (strcmp(option->defname, name) == 0 && option->arg) return defGetString(option);
  }
  return nullptr;
}

bool may_create_databases() {
  HeapTuple tuple = SearchSysCache1(AUTHOID, ObjectIdGetDatum(GetUserId()));
  if (!HeapTupleIsValid(tuple)) return false;
  const auto *role = reinterpret_cast<Form_pg_authid>(GETSTRUCT(tuple));
  const bool may = role->rolsuper || role->rolcreatedb;
  ReleaseSysCache(tuple);
  return may;
}

bool is_template(Oid database) {
  HeapTuple tuple = SearchSysCache1(DATABASEOID, ObjectIdGetDatum(database));
  if (!HeapTupleIsValid(tuple)) return false;
  const bool is = reinterpret_cast<Form_pg_database>(GETSTRUCT(tuple))->datistemplate;
  ReleaseSysCache(tuple);
  return is;
}

bool owns_extension() {
  const Oid extension = get_extension_oid("export", true);
  return OidIsValid(extension) && pg_extension_ownercheck(extension, GetUserId());
}

// Running jobs have locks on our tables: DROP and ALTER EXTENSION would wait for their end.
bool drops_extension(const Node *statement) {
  if (IsA(statement, AlterExtensionStmt)) {
    const auto *alter = reinterpret_cast<const AlterExtensionStmt *>(statement);
    return strcmp(alter->extname, "export") == 0 && owns_extension();
  }
  if (!IsA(statement, DropStmt)) return false;
  const auto *drop = reinterpret_cast<const DropStmt *>(statement);
  if (drop->removeType != OBJECT_EXTENSION) return false;
  ListCell *cell;
  foreach (cell, drop->objects) {
    if (strcmp(strVal(lfirst(cell)), "export") == 0) return owns_extension();
  }
  return false;
}

// The database that a statement of this user needs without other sessions, or InvalidOid.
Oid needed_database(const Node *statement) {
  const char *name = nullptr;
  bool as_template = false;
  if (IsA(statement, DropdbStmt)) {
    name = reinterpret_cast<const DropdbStmt *>(statement)->dbname;
  } else if (IsA(statement, CreatedbStmt)) {
    name = option_text(reinterpret_cast<const CreatedbStmt *>(statement)->options, "template");
    if (!name) name = "template1";
    as_template = true;
  } else if (IsA(statement, AlterDatabaseStmt)) {
    const auto *alter = reinterpret_cast<const AlterDatabaseStmt *>(statement);
    if (option_text(alter->options, "tablespace")) name = alter->dbname;
  } else if (drops_extension(statement)) {
    return MyDatabaseId;
  } else if (IsA(statement, RenameStmt)) {
    const auto *rename = reinterpret_cast<const RenameStmt *>(statement);
    if (rename->renameType == OBJECT_DATABASE) name = rename->subname;
  }
  const Oid database = name ? get_database_oid(name, true) : InvalidOid;
  if (!OidIsValid(database)) return InvalidOid;
  // The server refuses anybody else a moment later.
  const bool allowed = pg_database_ownercheck(database, GetUserId()) ||
                       (as_template && may_create_databases() && is_template(database));
  return allowed ? database : InvalidOid;
}

void utility_hook(PlannedStmt *statement, const char *text, bool read_only_tree,
                  ProcessUtilityContext context, ParamListInfo params,
                  QueryEnvironment *environment, DestReceiver *dest, QueryCompletion *completion) {
  const Oid needed = needed_database(statement->utilityStmt);
  if (OidIsValid(needed) && !OidIsValid(changes.claimed)) {
    changes.claimed = needed;
    claim_database(needed);
    dismiss_runners(needed);
  }
  if (previous_utility) {
    previous_utility(statement, text, read_only_tree, context, params, environment, dest,
                     completion);
  } else {
    standard_ProcessUtility(statement, text, read_only_tree, context, params, environment, dest,
                            completion);
  }
}

void tell_changes() {
  if (changes.extensions && changes.has_extension) database_has_extension(MyDatabaseId);
  if (changes.extensions && !changes.has_extension) {
    database_lacks_extension(MyDatabaseId);
    dismiss_runners(MyDatabaseId);
  }
  if (changes.new_database) database_appeared();
  if (OidIsValid(changes.dropped)) database_lacks_extension(changes.dropped);
}

void transaction_callback(XactEvent event, void *) {
  switch (event) {
    case XACT_EVENT_PRE_COMMIT:
      if (changes.extensions) changes.has_extension = OidIsValid(get_extension_oid("export", true));
      return;
    case XACT_EVENT_COMMIT: tell_changes(); break;
    case XACT_EVENT_ABORT:
    case XACT_EVENT_PREPARE: break;
    default: return;
  }
  if (OidIsValid(changes.claimed)) yield_database(changes.claimed);
  changes = {};
}

}  // namespace

void install_database_watch() {
  previous_access = object_access_hook;
  object_access_hook = access_hook;
  previous_utility = ProcessUtility_hook;
  ProcessUtility_hook = utility_hook;
  RegisterXactCallback(transaction_callback, nullptr);
}

}  // namespace pgexport
