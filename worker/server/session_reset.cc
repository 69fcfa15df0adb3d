#include "worker/server/session_reset.h"

#include "bridge/prelude.h"

extern "C" {
#include "access/xact.h"
#include "commands/discard.h"
#include "nodes/makefuncs.h"
#include "utils/guc.h"
#include "utils/guc_tables.h"
}

namespace pgexport {

namespace {

struct Remembered {
  const char *name;
  const char *value;
};
Remembered *remembered = nullptr;
int remembered_count = 0;

bool is_injected(const config_generic *setting) {
  return setting->context == PGC_USERSET &&
         (setting->source == PGC_S_GLOBAL || setting->source == PGC_S_DATABASE ||
          setting->source == PGC_S_USER || setting->source == PGC_S_DATABASE_USER);
}

// Empty for one that nobody but the role or the database knows of.
const char *remembered_value(const char *name) {
  for (int i = 0; i < remembered_count; i++) {
    if (strcmp(remembered[i].name, name) == 0) return remembered[i].value;
  }
  return "";
}

}  // namespace

void remember_settings() {
  config_generic **settings = get_guc_variables();
  const int count = GetNumConfigOptions();
  remembered = static_cast<Remembered *>(
      MemoryContextAllocZero(TopMemoryContext, sizeof(Remembered) * static_cast<Size>(count)));
  for (int i = 0; i < count; i++) {
    if (settings[i]->context != PGC_USERSET) continue;
    const char *value = GetConfigOption(settings[i]->name, true, false);
    if (!value) continue;
    remembered[remembered_count++] = {settings[i]->name,
                                      MemoryContextStrdup(TopMemoryContext, value)};
  }
}

void discard_injected_settings() {
  config_generic **settings = get_guc_variables();
  for (int i = 0; i < GetNumConfigOptions(); i++) {
    if (!is_injected(settings[i])) continue;
    // As a value of the same source, so that it is also what RESET returns to.
    (void)set_config_option(settings[i]->name, remembered_value(settings[i]->name), PGC_USERSET,
                            PGC_S_DATABASE_USER, GUC_ACTION_SET, true, WARNING, false);
  }
}

void discard_session() {
  StartTransactionCommand();
  DiscardStmt *discard = makeNode(DiscardStmt);
  discard->target = DISCARD_ALL;
  DiscardCommand(discard, true);
  CommitTransactionCommand();
}

}  // namespace pgexport
