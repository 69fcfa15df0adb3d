// Shared memory of the extension: asked for while the server starts with the library preloaded,
// absent otherwise.
//
// Each part is one line in the table of shared_memory.cc: its size, and what to do with the memory.
// When any process dies hard the server throws shared memory away and makes it anew; the boot
// epoch changes with it, so what carries another epoch belongs to processes that no longer live.
#pragma once

#include "bridge/prelude.h"

extern "C" {
#include "storage/lwlock.h"
}

namespace pgexport {

struct SharedPart {
  const char *name;
  Size (*size)();
  void (*attach)(void *memory, bool fresh);  // `fresh`: zeroed, to be initialised
};

// One lock for each kind of data; what a lock guards is said where the data is.
enum class SharedLock : std::uint8_t { databases, workers, progress, audit, count };
LWLock *shared_lock(SharedLock lock);

// False without shared_preload_libraries: nothing of this header may be used then.
bool has_shared_memory();

// Raises 55000 with the line to add to postgresql.conf.
void require_shared_memory(const char *what);

struct Boot {
  std::int64_t epoch;  // random
  bool after_crash;    // the server, or a process of it, had died before
};
const Boot &boot();

// Called once, when the library is preloaded.
void request_shared_memory();

}  // namespace pgexport
