#include "server/new_uuid.h"

namespace pgexport {

void new_uuid(pg_uuid_t *id) {
  if (!pg_strong_random(id->data, UUID_LEN)) {
    ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR), errmsg("could not generate random values")));
  }
  id->data[6] = (id->data[6] & 0x0F) | 0x40;
  id->data[8] = (id->data[8] & 0x3F) | 0x80;
}

}  // namespace pgexport
