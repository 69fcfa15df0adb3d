#include "server/encoding.h"

extern "C" {
#include "mb/pg_wchar.h"
}

namespace pgexport {

const char *to_utf8(const char *server_text) {
  return pg_server_to_any(server_text, static_cast<int>(strlen(server_text)), PG_UTF8);
}

const char *from_utf8(const char *utf8) {
  return pg_any_to_server(utf8, static_cast<int>(strlen(utf8)), PG_UTF8);
}

}  // namespace pgexport
