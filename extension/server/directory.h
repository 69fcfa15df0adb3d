// Documents as files in export.directory.  The format is in docs/storage.md.
//
//   <directory>/<system identifier>-<database oid>/<aa>/<bb>/<artifact id>.<transaction id>
//
// A file is written under a name ending in .part, synced, renamed and the directory synced, all
// before the row that names it is committed.  If the transaction is rolled back the file is
// removed; after a crash the transaction in its name tells the sweep that nobody will.
#pragma once

#include "bridge/document.h"

extern "C" {
#include "utils/uuid.h"
}

namespace pgexport {

// Where a stored chunk lies; kept in memory while a document is written or read.
struct ChunkEntry {
  std::uint64_t offset;  // of its bytes in the file or spool
  std::uint32_t size;    // stored bytes
  ChunkCoding coding;
};

struct PartFile;

bool directory_is_set();

// Creates the file.  Raises if the directory is missing, not ours alone, or inside PGDATA.
PartFile *create_part_file(const pg_uuid_t *artifact);
void append_to_part_file(PartFile *file, const void *bytes, std::size_t size);
std::uint64_t part_file_size(const PartFile *file);

// Writes the index, syncs and gives the file its final name, which is returned (relative to the
// database's folder).
const char *publish_part_file(PartFile *file, const ChunkEntry *chunks, std::uint32_t count,
                              std::uint64_t plain_bytes);

// Reads the index of a published file; raises XX001 if it is damaged, 58P01 if it is gone.
ChunkEntry *read_file_index(const pg_uuid_t *artifact, const char *name, std::uint32_t count);

// Reads the stored bytes of one chunk into memory of the current context.
char *read_file_chunk(const char *name, const ChunkEntry *chunk);

// The file goes when the transaction commits.
void remove_file_at_commit(const char *name);

// Removes the files of this database that no committed artifact owns.  Returns how many.
// REQUIRES: no user SQL on the stack.
std::int64_t sweep_directory();

void register_directory_callbacks();

}  // namespace pgexport
