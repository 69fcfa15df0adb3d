#include "server/audit_checkpoints.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

extern "C" {
#include "access/xlog.h"
#include "storage/fd.h"
}

#include "bridge/doors.h"
#include "server/settings.h"

namespace pgexport {

namespace {

const char *file_of(const char *origin) {
  return psprintf("%s.%s.checkpoints", setting_keyring, origin);
}

void complain(const char *path) {
  ereport(LOG, (errcode_for_file_access(),
                errmsg("could not append to the audit's checkpoints \"%s\": %m", path)));
}

}  // namespace

const char *new_checkpoint_origin() {
  return psprintf("export-" UINT64_FORMAT "-%u", GetSystemIdentifier(), MyDatabaseId);
}

void append_checkpoint(const char *origin, const char *note) {
  const char *path = file_of(origin);
  const int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) {
    complain(path);
    return;
  }
  const char *entry = psprintf("%s\n", note);
  const auto size = static_cast<ssize_t>(strlen(entry));
  if (write(fd, entry, strlen(entry)) != size || pg_fsync(fd) != 0) complain(path);
  close(fd);
}

const char *last_checkpoint(const char *origin) {
  const char *path = file_of(origin);
  const int fd = OpenTransientFile(path, O_RDONLY | O_NOFOLLOW | PG_BINARY);
  if (fd < 0 && errno == ENOENT) return nullptr;
  char tail[2 * kMaxNote];
  struct stat status;
  ssize_t size = -1;
  if (fd >= 0 && fstat(fd, &status) == 0) {
    const off_t start = Max(status.st_size - static_cast<off_t>(sizeof tail), 0);
    size = pg_pread(fd, tail, sizeof tail, start);
  }
  if (size < 0) {
    ereport(ERROR, (errcode_for_file_access(),
                    errmsg("could not read the audit's checkpoints \"%s\": %m", path)));
  }
  CloseTransientFile(fd);
  const std::string_view note = pg_entry([&] {
    return last_note({tail, static_cast<std::size_t>(size)});
  });
  return note.empty() ? nullptr : pnstrdup(note.data(), note.size());
}

}  // namespace pgexport
