// COPY {(query) | table [(columns)]} TO {STDOUT | 'file'} WITH (FORMAT json | jsonl | export_csv |
// raw, …): the statement that every driver can stream from, taken over for our formats.
#pragma once

namespace pgexport {

// Chains itself before the utility hook that is there.  Called once, when the library is loaded.
void install_copy_hook();

}  // namespace pgexport
