// Keeps the list of databases with the extension true (server/database_slots.h).
//
// CREATE EXTENSION and whatever drops it, CREATE DATABASE and DROP DATABASE are seen as they happen
// and told when they commit.  A statement that needs a database without other sessions gets it: our
// workers leave for as long as it takes.
#pragma once

namespace pgexport {

// Called once, when the library is preloaded.
void install_database_watch();

}  // namespace pgexport
