// What a document says of its making: time, zone, user, logo.
#pragma once

#include "bridge/document.h"
#include "server/sandbox.h"

extern "C" {
#include "datatype/timestamp.h"
}

namespace pgexport {

// The picture that the option `logo` names, in the current memory context.  Raises 42704 for a
// name that is not there.  REQUIRES: outside the sandbox (reads our own table).
void find_logo(const DocumentSpec *spec, DocumentFacts *facts);

// The time that the text says, `now` if that is empty, and the clock's if `now` is 0.  Raises 22007
// for a text that is no timestamp.
TimestampTz requested_time(const char *document_time, TimestampTz now);

// The rest.  REQUIRES: inside the sandbox.
void collect_facts(const DocumentSpec *spec, const SandboxSettings *settings, TimestampTz now,
                   DocumentFacts *facts);

}  // namespace pgexport
