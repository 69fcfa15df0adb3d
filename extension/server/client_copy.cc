#include "server/client_copy.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

extern "C" {
#include "catalog/pg_authid.h"
#include "libpq/libpq.h"
#include "libpq/pqformat.h"
#include "storage/fd.h"
#include "utils/acl.h"
}

namespace pgexport {

struct FileCopy {
  Destination destination;
  int fd;
  const char *path;       // where it goes in the end
  const char *part_path;  // where it is written; nullptr: directly
  MemoryContextCallback cleanup;
};

namespace {

// One message per piece of the document, not per row: the protocol costs COPY a third of its time.
void send_bytes(Destination *, const char *bytes, std::size_t size) {
  // A message's length is a signed 32-bit number.
  constexpr std::size_t kMaxMessage = std::size_t{1} << 28;
  for (std::size_t done = 0; done < size;) {
    const std::size_t n = Min(size - done, kMaxMessage);
    CHECK_FOR_INTERRUPTS();
    (void)pq_putmessage('d', bytes + done, n);
    done += n;
  }
}

void send_nothing(Destination *) {}

void write_bytes(Destination *self, const char *bytes, std::size_t size) {
  auto *copy = reinterpret_cast<FileCopy *>(self);
  while (size > 0) {
    CHECK_FOR_INTERRUPTS();
    errno = 0;
    const ssize_t n = write(copy->fd, bytes, size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      if (errno == 0) errno = ENOSPC;
      ereport(ERROR, (errcode_for_file_access(),
                      errmsg("could not write to file \"%s\": %m", copy->path)));
    }
    bytes += n;
    size -= static_cast<std::size_t>(n);
  }
}

void remove_part(void *arg) {
  auto *copy = static_cast<FileCopy *>(arg);
  if (copy->part_path) (void)unlink(copy->part_path);
  copy->part_path = nullptr;
}

void require_file_rights(const char *path) {
  if (!has_privs_of_role(GetUserId(), ROLE_PG_WRITE_SERVER_FILES)) {
    ereport(ERROR,
            (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
             errmsg("must be superuser or have privileges of the pg_write_server_files role to "
                    "COPY to a file"),
             errhint("Anyone can COPY to stdout. psql's \\copy command also works for anyone.")));
  }
  if (!is_absolute_path(path)) {
    ereport(ERROR,
            (errcode(ERRCODE_INVALID_NAME), errmsg("relative path not allowed for COPY to file")));
  }
}

[[noreturn]] void raise_open_error(const char *path) {
  const int error = errno;
  ereport(ERROR,
          (errcode_for_file_access(), errmsg("could not open file \"%s\" for writing: %m", path),
           (error == ENOENT || error == EACCES)
               ? errhint("COPY TO instructs the PostgreSQL server process to write a file. You "
                         "may want a client-side facility such as psql's \\copy.")
               : 0));
  pg_unreachable();
}

// The file that a symbolic link stands for, whether it exists or not, so that the link stays.
const char *resolve(const char *path) {
  constexpr int kMaxLinks = 40;
  char target[MAXPGPATH], folder[MAXPGPATH];
  for (int i = 0; i < kMaxLinks; i++) {
    const ssize_t n = readlink(path, target, sizeof target - 1);
    if (n < 0) return pstrdup(path);
    target[n] = '\0';
    strlcpy(folder, path, sizeof folder);
    get_parent_directory(folder);
    path = is_absolute_path(target) ? pstrdup(target) : psprintf("%s/%s", folder, target);
  }
  errno = ELOOP;
  raise_open_error(path);
}

// Beside the file, under a name that one left behind by a crash cannot have taken.
const char *partial_path(const char *path) {
  std::uint64_t random;
  if (!pg_strong_random(&random, sizeof random)) {
    ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR), errmsg("could not generate random values")));
  }
  return psprintf("%s.partial-%016" INT64_MODIFIER "x", path, random);
}

}  // namespace

Destination *client_destination() {
  static Destination client = {send_bytes, send_nothing};
  return &client;
}

void announce_client_copy(bool binary, int columns) {
  StringInfoData message;
  pq_beginmessage(&message, 'H');
  pq_sendbyte(&message, binary ? 1 : 0);
  pq_sendint16(&message, binary ? 0 : static_cast<std::uint16_t>(columns));
  for (int i = 0; !binary && i < columns; i++) pq_sendint16(&message, 0);
  pq_endmessage(&message);
}

void end_client_copy() { pq_putemptymessage('c'); }

FileCopy *begin_file_copy(const char *path) {
  require_file_rights(path);
  auto *copy = static_cast<FileCopy *>(palloc0(sizeof(FileCopy)));
  copy->destination.write = write_bytes;
  copy->destination.close = send_nothing;
  copy->path = resolve(path);

  struct stat status;
  const bool exists = stat(copy->path, &status) == 0;
  if (exists && S_ISDIR(status.st_mode)) {
    ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("\"%s\" is a directory", path)));
  }
  int flags = O_WRONLY | PG_BINARY;
  const char *target = copy->path;
  if (!exists || S_ISREG(status.st_mode)) {
    // COPY needs the right to write the file it replaces, whatever the directory allows.
    if (exists && access(copy->path, W_OK) != 0) raise_open_error(path);
    copy->part_path = partial_path(copy->path);
    target = copy->part_path;
    flags |= O_CREAT | O_EXCL | O_NOFOLLOW;
    copy->cleanup.func = remove_part;
    copy->cleanup.arg = copy;
    MemoryContextRegisterResetCallback(CurrentMemoryContext, &copy->cleanup);
  }
  const mode_t mask = umask(S_IWGRP | S_IWOTH);
  copy->fd = OpenTransientFilePerm(target, flags, 0666);
  const int error = errno;
  umask(mask);
  errno = error;
  if (copy->fd < 0) {
    if (error == EEXIST) copy->part_path = nullptr;
    raise_open_error(path);
  }
  if (exists && copy->part_path) (void)fchmod(copy->fd, status.st_mode & 07777);
  return copy;
}

Destination *file_copy_destination(FileCopy *copy) { return &copy->destination; }

void finish_file_copy(FileCopy *copy) {
  if (CloseTransientFile(copy->fd) != 0) {
    ereport(ERROR,
            (errcode_for_file_access(), errmsg("could not close file \"%s\": %m", copy->path)));
  }
  if (!copy->part_path) return;
  if (rename(copy->part_path, copy->path) != 0) {
    ereport(ERROR, (errcode_for_file_access(), errmsg("could not rename file \"%s\" to \"%s\": %m",
                                                      copy->part_path, copy->path)));
  }
  copy->part_path = nullptr;
}

}  // namespace pgexport
