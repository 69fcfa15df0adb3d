// Reads the entries of a ZIP archive that lies in memory: one that a library made for us.
//
// Stored and deflated entries without encryption, no ZIP64.
// Source: PKWARE APPNOTE.TXT 6.3.10, section 4.3.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/no_postgres.h"

namespace pgexport {

struct ZipEntry {
  std::string name;
  std::string bytes;
};

// In the order of the archive's directory.  Throws Error XX001 for anything that is not such an
// archive, also if a checksum is wrong.
std::vector<ZipEntry> read_zip(std::string_view archive);

}  // namespace pgexport
