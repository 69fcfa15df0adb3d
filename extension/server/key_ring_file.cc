#include "server/key_ring_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

extern "C" {
#include "storage/fd.h"
#include "utils/timestamp.h"
}

#include "bridge/doors.h"
#include "server/settings.h"

namespace pgexport {

namespace {

// What tells one content of the file from another.
struct FileState {
  char path[MAXPGPATH];
  dev_t device;
  ino_t inode;
  off_t size;
  struct timespec changed;
};

struct {
  KeyRing *keys;  // nullptr: none are loaded
  FileState from;
  FileState refused;  // a content that was bad, told in the log already
} loaded;

bool is_same(const FileState &a, const FileState &b) {
  return strcmp(a.path, b.path) == 0 && a.device == b.device && a.inode == b.inode &&
         a.size == b.size && a.changed.tv_sec == b.changed.tv_sec &&
         a.changed.tv_nsec == b.changed.tv_nsec;
}

// "" if the file is as the server's private keys are.
const char *fault_of(const struct stat &status) {
  if (!S_ISREG(status.st_mode)) return "It is not a regular file.";
  if (status.st_uid != geteuid() && status.st_uid != 0) {
    return "It must belong to the server's operating system user or to root.";
  }
  const mode_t allowed = status.st_uid == 0 ? S_IRWXU | S_IRGRP : S_IRWXU;
  if ((status.st_mode & (S_IRWXU | S_IRWXG | S_IRWXO)) & ~allowed) {
    return status.st_uid == 0 ? "A file of root must have permissions u=rw,g=r (0640) or less."
                              : "It must have permissions u=rw (0600) or less.";
  }
  if (status.st_size > static_cast<off_t>(KeyRing::kMaxFile)) return "It is larger than 64 kB.";
  return "";
}

FileState state_of(const struct stat &status) {
  FileState state{};
  strlcpy(state.path, setting_keyring, sizeof state.path);
  state.device = status.st_dev;
  state.inode = status.st_ino;
  state.size = status.st_size;
  state.changed = status.st_ctim;
  return state;
}

struct FileText {
  char bytes[KeyRing::kMaxFile];
  std::size_t size;
};

// "", or what is wrong.  Raises nothing: the caller decides how bad that is.
const char *read_file(FileText *text) {
  const int fd = open(setting_keyring, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return psprintf("It could not be opened: %s.", strerror(errno));
  struct stat status;
  const char *fault = fstat(fd, &status) == 0 ? fault_of(status) : "It could not be looked at.";
  if (*fault == '\0') {
    const ssize_t size = read(fd, text->bytes, sizeof text->bytes);
    text->size = size < 0 ? 0 : static_cast<std::size_t>(size);
    if (size != status.st_size) fault = "It could not be read.";
  }
  close(fd);
  return fault;
}

// The same of what the text says; puts new keys in the place of the old.
const char *parse_file(const FileText *text) {
  char fault[256] = "";
  pg_entry([&] {
    try {
      auto fresh = std::make_unique<KeyRing>(KeyRing::parse({text->bytes, text->size}));
      delete loaded.keys;
      loaded.keys = fresh.release();
    } catch (const Error &error) {
      strlcpy(fault, error.what(), sizeof fault);
    }
  });
  return pstrdup(fault);
}

const char *load_file() {
  auto *text = static_cast<FileText *>(palloc(sizeof(FileText)));
  const char *fault = read_file(text);
  if (*fault == '\0') fault = parse_file(text);
  explicit_bzero(text, sizeof *text);
  pfree(text);
  return fault;
}

}  // namespace

const KeyRing *key_ring() {
  if (*setting_keyring == '\0') return nullptr;
  struct stat status;
  const FileState now = stat(setting_keyring, &status) == 0 ? state_of(status) : FileState{};
  if (loaded.keys && (is_same(now, loaded.from) || is_same(now, loaded.refused))) {
    return loaded.keys;
  }
  const char *fault = load_file();
  if (*fault == '\0') {
    loaded.from = now;
  } else if (loaded.keys) {
    loaded.refused = now;
    ereport(LOG, (errmsg("export.keyring \"%s\" has changed and is not used", setting_keyring),
                  errdetail("%s", fault),
                  errhint("Processes that have read it before go on with the keys of before.")));
  } else {
    ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                    errmsg("export.keyring \"%s\" cannot be used", setting_keyring),
                    errdetail("%s", fault),
                    errhint("A superuser makes a key ring with export.keyring_init().")));
  }
  return loaded.keys;
}

const KeyRing *require_key_ring(const char *what) {
  const KeyRing *ring = key_ring();
  if (ring) return ring;
  ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                  errmsg("%s needs a key ring", what), errdetail("export.keyring is not set."),
                  errhint("Set it to the path of a file, reload, and call "
                          "export.keyring_init().")));
  pg_unreachable();
}

}  // namespace pgexport

using namespace pgexport;

EXPORT_FUNCTION(export_keyring_init) {
  if (!superuser()) {
    ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                    errmsg("only superusers can make the key ring")));
  }
  if (*setting_keyring == '\0') (void)require_key_ring("export.keyring_init()");
  char created[32];
  const pg_time_t now = timestamptz_to_time_t(GetCurrentTimestamp());
  pg_strftime(created, sizeof created, "%Y-%m-%dT%H:%M:%SZ", pg_gmtime(&now));
  const int fd =
      OpenTransientFilePerm(setting_keyring, O_CREAT | O_EXCL | O_WRONLY | PG_BINARY, 0600);
  if (fd < 0) {
    const bool exists = errno == EEXIST;
    ereport(ERROR, (errcode_for_file_access(),
                    errmsg("could not create export.keyring \"%s\": %m", setting_keyring),
                    exists ? errhint("There is a key ring already. Rows that it protects "
                                     "cannot be checked without it.")
                           : 0));
  }
  const bool written = pg_entry([&] {
    std::string ring = new_key_ring(created);
    const bool whole = write(fd, ring.data(), ring.size()) == static_cast<ssize_t>(ring.size());
    explicit_bzero(ring.data(), ring.size());
    return whole;
  });
  if (!written || pg_fsync(fd) != 0) {
    const int error = errno;
    unlink(setting_keyring);
    errno = error;
    ereport(ERROR, (errcode_for_file_access(),
                    errmsg("could not write export.keyring \"%s\": %m", setting_keyring)));
  }
  CloseTransientFile(fd);
  fsync_fname(setting_keyring, false);
  PG_RETURN_TEXT_P(cstring_to_text(setting_keyring));
}
