// The processes that the server starts for the extension.
#pragma once

namespace pgexport {

// Called once, when the library is preloaded: the launcher starts with the server and after every
// end of its own.
void register_launcher();

}  // namespace pgexport
