// The durable record of what somebody is about to do, made before it is done.
//
// The audit writer of the database makes it in a transaction of its own, so that no rollback takes
// it back, and answers when it is on disk.  Without an answer nothing is done: this raises.
#pragma once

#include "server/audit_ring.h"

namespace pgexport {

// Whether intents can be had here: the library is preloaded and this is a primary server.
bool has_audit_writer();

// Raises 55000 where export.require_intent asks for an intent that cannot be had.
void require_intent_if_set(const char *what);

// Returns once the intent is durable; interrupts are served while it waits.
// REQUIRES: has_audit_writer(), and no lock of ours is held.
void make_intent_durable(const Intent *intent);

}  // namespace pgexport
