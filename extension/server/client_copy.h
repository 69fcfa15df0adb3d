// Destinations of COPY: the client's connection, or a file on the server.
#pragma once

#include "bridge/document.h"

namespace pgexport {

// Sends what it is given as CopyData, between announce_client_copy() and end_client_copy().
Destination *client_destination();

// Tells the client that data follows.  `binary`: format 1 and no columns, for bytes that are not
// text; else format 0 with `columns` columns, as the server's own COPY announces CSV.
void announce_client_copy(bool binary, int columns);

// Ends the data.  Called when the document is complete and recorded.
void end_client_copy();

// Opens the file that COPY … TO 'path' names, with COPY's rules: absolute, members of
// pg_write_server_files.  A regular file is written beside and put in place by finish_file_copy();
// a device or pipe is written directly.  If the transaction fails before that, what was written
// beside goes with the memory context.
struct FileCopy;
FileCopy *begin_file_copy(const char *path);
Destination *file_copy_destination(FileCopy *copy);
void finish_file_copy(FileCopy *copy);

}  // namespace pgexport
