// Stored documents: finding one, and the right to it.
#pragma once

#include "server/directory.h"

extern "C" {
#include "utils/jsonb.h"
}

namespace pgexport {

struct Artifact {
  pg_uuid_t id;
  bool is_owner;  // the current user has the owner's privileges; else it is shared with him
  const char *format;
  const char *query;          // of a plain query, else nullptr
  const char *document;       // of a document of several sections, else nullptr
  const char *template_name;  // of a document from a template, else nullptr
  int template_version;
  const char *parameters;  // of the template
  const char *options;
  Jsonb *arguments;
  const char *search_path;
  const char *time_zone;
  std::int64_t delivered_bytes;
  const char *file;  // nullptr: in the chunk table
  std::uint32_t chunks;
};

// In the current memory context.  The same error for one that does not exist, was dropped, or
// is somebody else's.  Raises 55000 if this very transaction made it: its audit row could still be
// rolled back after its bytes had left.
const Artifact *find_artifact(const pg_uuid_t *id);

[[noreturn]] void raise_no_such_artifact(const pg_uuid_t *id);

}  // namespace pgexport
