#include "server/fault.h"

#ifdef EXPORT_FAULTS

#include <signal.h>

#include "bridge/prelude.h"

extern "C" {
#include "postmaster/interrupt.h"
#include "storage/latch.h"
#include "utils/guc.h"
#include "utils/wait_event.h"
}

namespace pgexport {

namespace {

char *setting_fault;
int passages = 0;  // of the point that is set

void begin_counting(const char *, void *) { passages = 0; }

// Where the setting's text goes on after the point's name, or nullptr if it names another.
const char *action_at(const char *point) {
  const std::size_t length = strlen(point);
  const bool named = strncmp(setting_fault, point, length) == 0 && setting_fault[length] == ':';
  return named ? setting_fault + length + 1 : nullptr;
}

bool is_action(const char *text, const char *action) {
  const std::size_t length = strlen(action);
  return strncmp(text, action, length) == 0 && (text[length] == '\0' || text[length] == ':');
}

int wanted_passage(const char *action) {
  const char *colon = strchr(action, ':');
  return colon ? atoi(colon + 1) : 1;
}

void sleep_at(const char *point) {
  while (action_at(point)) {
    (void)WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, 10,
                    PG_WAIT_EXTENSION);
    ResetLatch(MyLatch);
    CHECK_FOR_INTERRUPTS();
    if (!ConfigReloadPending) continue;
    ConfigReloadPending = false;
    ProcessConfigFile(PGC_SIGHUP);
  }
}

void act(const char *point, const char *action) {
  if (is_action(action, "error")) {
    ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR), errmsg("fault at %s", point)));
  } else if (is_action(action, "fatal")) {
    ereport(FATAL, (errcode(ERRCODE_INTERNAL_ERROR), errmsg("fault at %s", point)));
  } else if (is_action(action, "kill9")) {
    kill(MyProcPid, SIGKILL);
  } else if (is_action(action, "enospc")) {
    ereport(ERROR, (errcode(ERRCODE_DISK_FULL), errmsg("fault at %s", point)));
  } else if (is_action(action, "nomem")) {
    ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("fault at %s", point)));
  } else if (is_action(action, "sleep")) {
    sleep_at(point);
  }
}

}  // namespace

void define_fault_setting() {
  DefineCustomStringVariable("export.fault", "Where and how this test build fails.",
                             "point:action[:n]", &setting_fault, "", PGC_SUSET, GUC_SUPERUSER_ONLY,
                             nullptr, begin_counting, nullptr);
}

void fault_point(const char *name) {
  const char *action = action_at(name);
  if (!action) return;
  if (++passages == wanted_passage(action)) act(name, action);
}

}  // namespace pgexport

#endif
