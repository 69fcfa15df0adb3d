// The file to which the checkpoints of a database's audit are appended, beside the key ring: what
// the tables of the database are compared with, out of reach of its SQL.
#pragma once

#include "bridge/prelude.h"

namespace pgexport {

// Longest note: three lines, and the signature.
constexpr std::size_t kMaxNote = 512;

// "export-SYSTEM-DATABASE" of this database; the name of a tree stays when the server is upgraded.
const char *new_checkpoint_origin();

// Appends a note, durably.  A failure is a line in the server log: the note is there as well.
void append_checkpoint(const char *origin, const char *note);

// The last note of the file, nullptr where there is none.  Raises if it cannot be read.
const char *last_checkpoint(const char *origin);

}  // namespace pgexport
