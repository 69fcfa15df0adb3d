// Keeps a finished document: in the chunk table, or above export.table_limit in a file.
//
// While user SQL runs the chunks go to a spool (memory, then a temporary file) or straight to the
// part file; the internal tables are written only when it has left the stack.
#pragma once

#include "server/directory.h"
#include "server/export_run.h"

namespace pgexport {

struct ArtifactStore;

ArtifactStore *make_store(const pg_uuid_t *artifact);
ChunkDestination *store_destination(ArtifactStore *store);

// Writes artifact row and chunks.  REQUIRES: the export is finished and closed.
void publish_artifact(ArtifactStore *store, const Export *run);

}  // namespace pgexport
