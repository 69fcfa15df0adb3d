#include "server/directory.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

extern "C" {
#include "access/transam.h"
#include "access/xact.h"
#include "access/xlog.h"
#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "port/pg_crc32c.h"
#include "storage/fd.h"
#include "storage/procarray.h"
#include "utils/snapmgr.h"
#include "utils/wait_event.h"
}

#include "server/internal_sql.h"
#include "server/settings.h"

namespace pgexport {

struct PartFile {
  pg_uuid_t artifact;
  int fd;
  std::uint64_t size;
  const char *name;        // final, relative to the database's folder
  const char *part_path;   // absolute
  const char *final_path;  // absolute
};

namespace {

constexpr char kMagic[8] = {'E', 'X', 'P', 'O', 'R', 'T', '1', '\n'};
constexpr char kEndMagic[8] = {'E', 'X', 'P', 'E', 'N', 'D', '1', '\n'};
constexpr std::size_t kHeaderBytes = sizeof kMagic + UUID_LEN;
constexpr std::size_t kEntryBytes = 16;
constexpr std::size_t kTrailerBytes = 24;

// What to remove when a transaction ends one way or the other.
struct PendingRemoval {
  PendingRemoval *next;
  SubTransactionId subtransaction;
  bool at_commit;  // else at abort
  char path[MAXPGPATH];
};
PendingRemoval *pending = nullptr;  // in TopTransactionContext

void remember(const char *path, bool at_commit) {
  auto *removal = static_cast<PendingRemoval *>(
      MemoryContextAllocZero(TopTransactionContext, sizeof(PendingRemoval)));
  removal->subtransaction = GetCurrentSubTransactionId();
  removal->at_commit = at_commit;
  strlcpy(removal->path, path, sizeof removal->path);
  removal->next = pending;
  pending = removal;
}

void remove_quietly(const char *path) {
  if (unlink(path) != 0 && errno != ENOENT) {
    ereport(LOG, (errcode_for_file_access(), errmsg("could not remove file \"%s\": %m", path)));
  }
}

void transaction_callback(XactEvent event, void *) {
  if (event == XACT_EVENT_PRE_PREPARE && pending) {
    ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                    errmsg("cannot PREPARE a transaction that stored or dropped an export in "
                           "export.directory")));
  }
  if (event != XACT_EVENT_COMMIT && event != XACT_EVENT_ABORT) return;
  for (const PendingRemoval *removal = pending; removal; removal = removal->next) {
    if (removal->at_commit == (event == XACT_EVENT_COMMIT)) remove_quietly(removal->path);
  }
  pending = nullptr;
}

void subtransaction_callback(SubXactEvent event, SubTransactionId self, SubTransactionId parent,
                             void *) {
  if (event != SUBXACT_EVENT_ABORT_SUB && event != SUBXACT_EVENT_COMMIT_SUB) return;
  for (PendingRemoval **link = &pending; *link;) {
    PendingRemoval *removal = *link;
    if (removal->subtransaction != self) {
      link = &removal->next;
    } else if (event == SUBXACT_EVENT_COMMIT_SUB) {
      removal->subtransaction = parent;
      link = &removal->next;
    } else {
      if (!removal->at_commit) remove_quietly(removal->path);
      *link = removal->next;
    }
  }
}

[[noreturn]] void raise_unsafe_directory(const char *path, const char *why) {
  ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                  errmsg("export.directory \"%s\" is not safe", path), errdetail("%s", why),
                  errhint("Give the server's operating system user a directory of its own: "
                          "install -d -m 0700 -o postgres %s",
                          path)));
  pg_unreachable();
}

void stat_directory(const char *path, struct stat *status) {
  if (stat(path, status) != 0) {
    ereport(ERROR,
            (errcode_for_file_access(), errmsg("could not use export.directory \"%s\": %m", path)));
  }
}

// Only we may be able to put a file, or a link in place of one, where documents are.
void check_directory_is_ours() {
  const char *path = setting_directory;
  struct stat status;
  stat_directory(path, &status);
  if (!S_ISDIR(status.st_mode)) raise_unsafe_directory(path, "It is not a directory.");
  if (status.st_uid != geteuid()) raise_unsafe_directory(path, "It belongs to another user.");
  if (status.st_mode & 077) raise_unsafe_directory(path, "Other users can access it.");
  char resolved[MAXPGPATH], data[MAXPGPATH];
  if (!realpath(path, resolved) || !realpath(DataDir, data)) {
    ereport(ERROR, (errcode_for_file_access(), errmsg("could not resolve \"%s\": %m", path)));
  }
  if (path_is_prefix_of_path(data, resolved)) {
    raise_unsafe_directory(path, "It lies inside the data directory.");
  }
  // Who can write into a directory above could put another in place of the one below.
  do {
    get_parent_directory(resolved);
    stat_directory(resolved[0] ? resolved : "/", &status);
    if ((status.st_mode & 022) && !(status.st_mode & S_ISVTX)) {
      raise_unsafe_directory(path, "Other users can write into a directory above it.");
    }
  } while (resolved[0] && strcmp(resolved, "/") != 0);
}

const char *database_folder() {
  return psprintf("%s/" UINT64_FORMAT "-%u", setting_directory, GetSystemIdentifier(),
                  MyDatabaseId);
}

void make_folder(const char *path) {
  if (MakePGDirectory(path) == 0) {
    char parent[MAXPGPATH];
    strlcpy(parent, path, sizeof parent);
    get_parent_directory(parent);
    fsync_fname(parent, true);
  } else if (errno != EEXIST) {
    ereport(ERROR,
            (errcode_for_file_access(), errmsg("could not create directory \"%s\": %m", path)));
  }
}

const char *uuid_text(const pg_uuid_t *id) {
  return DatumGetCString(DirectFunctionCall1(uuid_out, UUIDPGetDatum(id)));
}

void raise_file_error(const char *what, const char *path) {
  ereport(ERROR, (errcode_for_file_access(), errmsg("could not %s file \"%s\": %m", what, path)));
}

void put_number(unsigned char *to, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; i++) to[i] = static_cast<unsigned char>(value >> (8 * i));
}

std::uint64_t get_number(const unsigned char *from, int bytes) {
  std::uint64_t value = 0;
  for (int i = 0; i < bytes; i++) value |= static_cast<std::uint64_t>(from[i]) << (8 * i);
  return value;
}

pg_crc32c checksum(const void *bytes, std::size_t size) {
  pg_crc32c crc;
  INIT_CRC32C(crc);
  COMP_CRC32C(crc, bytes, size);
  FIN_CRC32C(crc);
  return crc;
}

void read_exactly(int fd, const char *path, void *to, std::size_t size, std::uint64_t offset) {
  const ssize_t n = pg_pread(fd, to, size, static_cast<off_t>(offset));
  if (n < 0) raise_file_error("read", path);
  if (static_cast<std::size_t>(n) != size) {
    ereport(ERROR,
            (errcode(ERRCODE_DATA_CORRUPTED), errmsg("stored document \"%s\" is damaged", path),
             errdetail("The file ends too early.")));
  }
}

int open_for_reading(const char *path) {
  const int fd = OpenTransientFile(path, O_RDONLY | PG_BINARY | O_NOFOLLOW);
  if (fd < 0) raise_file_error("open", path);
  return fd;
}

const char *absolute_path(const char *name) { return psprintf("%s/%s", database_folder(), name); }

// A look at what is committed now, whatever the isolation level of this transaction.
bool is_owned(const char *name) {
  const SqlParameter parameter = text_parameter(name);
  PushActiveSnapshot(GetLatestSnapshot());
  const bool owned =
      run_internal_sql(
          "SELECT 1 FROM export._artifact a WHERE a.file OPERATOR(pg_catalog.=) $1 AND NOT "
          "EXISTS (SELECT 1 FROM export._artifact_drop d WHERE d.artifact "
          "OPERATOR(pg_catalog.=) a.id)",
          &parameter, 1, true) > 0;
  PopActiveSnapshot();
  return owned;
}

// What this transaction has made or dropped is settled at its end.
bool is_pending(const char *path) {
  for (const PendingRemoval *removal = pending; removal; removal = removal->next) {
    if (strcmp(removal->path, path) == 0) return true;
  }
  return false;
}

// The transaction that made the file, from its name; false for a file that is not ours.
bool maker_of(const char *file_name, FullTransactionId *maker) {
  const char *dot = strchr(file_name, '.');
  if (!dot || dot - file_name != 36) return false;
  char *end;
  *maker = FullTransactionIdFromU64(strtou64(dot + 1, &end, 10));
  return end != dot + 1 && (*end == '\0' || strcmp(end, ".part") == 0);
}

bool is_running(FullTransactionId maker) {
  const std::uint64_t next = U64FromFullTransactionId(ReadNextFullTransactionId());
  const std::uint64_t id = U64FromFullTransactionId(maker);
  // A number not given out yet was lost in a crash; one from an earlier round is long over.
  if (id >= next || next - id > 0x7FFFFFFF) return false;
  return TransactionIdIsInProgress(XidFromFullTransactionId(maker));
}

std::int64_t sweep_folder(const char *relative) {
  const char *path = absolute_path(relative);
  std::int64_t removed = 0;
  DIR *dir = AllocateDir(path);
  struct dirent *entry;
  while ((entry = ReadDirExtended(dir, path, LOG)) != nullptr) {
    CHECK_FOR_INTERRUPTS();
    FullTransactionId maker;
    if (!maker_of(entry->d_name, &maker)) continue;
    // In this order: a transaction that ends in between is seen by the look at the table.
    const char *name = psprintf("%s/%s", relative, entry->d_name);
    if (is_pending(absolute_path(name)) || is_running(maker) || is_owned(name)) continue;
    remove_quietly(absolute_path(name));
    removed++;
  }
  FreeDir(dir);
  return removed;
}

bool is_fan_out(const char *name) {
  return strlen(name) == 2 && strspn(name, "0123456789abcdef") == 2;
}

template <typename Visit>
void for_each_folder(const char *path, Visit visit) {
  DIR *dir = AllocateDir(path);
  struct dirent *entry;
  while ((entry = ReadDirExtended(dir, path, LOG)) != nullptr) {
    if (is_fan_out(entry->d_name)) visit(entry->d_name);
  }
  FreeDir(dir);
}

}  // namespace

bool directory_is_set() { return setting_directory[0] != '\0'; }

PartFile *create_part_file(const pg_uuid_t *artifact) {
  check_directory_is_ours();
  const char *id = uuid_text(artifact);
  const char *outer = psprintf("%s/%.2s", database_folder(), id);
  const char *inner = psprintf("%s/%.2s", outer, id + 2);
  make_folder(database_folder());
  make_folder(outer);
  make_folder(inner);

  auto *file = static_cast<PartFile *>(palloc0(sizeof(PartFile)));
  file->artifact = *artifact;
  file->name = psprintf("%.2s/%.2s/%s." UINT64_FORMAT, id, id + 2, id,
                        U64FromFullTransactionId(GetTopFullTransactionId()));
  file->final_path = absolute_path(file->name);
  file->part_path = psprintf("%s.part", file->final_path);
  remember(file->part_path, false);
  file->fd = OpenTransientFilePerm(
      file->part_path, O_CREAT | O_EXCL | O_WRONLY | PG_BINARY | O_NOFOLLOW, S_IRUSR | S_IWUSR);
  if (file->fd < 0) raise_file_error("create", file->part_path);
  append_to_part_file(file, kMagic, sizeof kMagic);
  append_to_part_file(file, artifact->data, UUID_LEN);
  return file;
}

void append_to_part_file(PartFile *file, const void *bytes, std::size_t size) {
  const char *p = static_cast<const char *>(bytes);
  while (size > 0) {
    errno = 0;
    const ssize_t n = write(file->fd, p, size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      if (errno == 0) errno = ENOSPC;
      raise_file_error("write", file->part_path);
    }
    p += n;
    size -= static_cast<std::size_t>(n);
    file->size += static_cast<std::uint64_t>(n);
  }
}

std::uint64_t part_file_size(const PartFile *file) { return file->size; }

const char *publish_part_file(PartFile *file, const ChunkEntry *chunks, std::uint32_t count,
                              std::uint64_t plain_bytes) {
  const std::size_t index_bytes = kEntryBytes * count;
  auto *index = static_cast<unsigned char *>(palloc0(index_bytes + kTrailerBytes));
  for (std::uint32_t i = 0; i < count; i++) {
    unsigned char *entry = index + kEntryBytes * i;
    put_number(entry, chunks[i].offset, 8);
    put_number(entry + 8, chunks[i].size, 4);
    put_number(entry + 12, static_cast<std::uint64_t>(chunks[i].coding), 1);
  }
  unsigned char *trailer = index + index_bytes;
  put_number(trailer, plain_bytes, 8);
  put_number(trailer + 8, count, 4);
  put_number(trailer + 12, checksum(index, index_bytes + 12), 4);
  memcpy(trailer + 16, kEndMagic, sizeof kEndMagic);
  append_to_part_file(file, index, index_bytes + kTrailerBytes);

  // After a failed fsync the kernel may have dropped the pages: the file is lost, never retried.
  if (pg_fsync(file->fd) != 0) raise_file_error("sync", file->part_path);
  if (CloseTransientFile(file->fd) != 0) raise_file_error("close", file->part_path);
  remember(file->final_path, false);
  durable_rename(file->part_path, file->final_path, ERROR);
  return file->name;
}

ChunkEntry *read_file_index(const pg_uuid_t *artifact, const char *name, std::uint32_t count) {
  const char *path = absolute_path(name);
  const int fd = open_for_reading(path);
  struct stat status;
  if (fstat(fd, &status) != 0) raise_file_error("stat", path);
  const std::size_t index_bytes = kEntryBytes * count;
  const std::size_t tail = index_bytes + kTrailerBytes;
  const auto size = static_cast<std::uint64_t>(status.st_size);
  auto *bytes = static_cast<unsigned char *>(palloc(Max(tail, kHeaderBytes)));
  bool sound = size >= kHeaderBytes + tail;
  if (sound) {
    read_exactly(fd, path, bytes, kHeaderBytes, 0);
    sound = memcmp(bytes, kMagic, sizeof kMagic) == 0 &&
            memcmp(bytes + sizeof kMagic, artifact->data, UUID_LEN) == 0;
  }
  if (sound) {
    read_exactly(fd, path, bytes, tail, size - tail);
    const unsigned char *trailer = bytes + index_bytes;
    sound = memcmp(trailer + 16, kEndMagic, sizeof kEndMagic) == 0 &&
            get_number(trailer + 8, 4) == count &&
            get_number(trailer + 12, 4) == checksum(bytes, index_bytes + 12);
  }
  CloseTransientFile(fd);
  if (!sound) {
    ereport(ERROR,
            (errcode(ERRCODE_DATA_CORRUPTED), errmsg("stored document \"%s\" is damaged", path),
             errdetail("Its header or its index is not what was written.")));
  }
  auto *chunks = static_cast<ChunkEntry *>(palloc(sizeof(ChunkEntry) * Max(count, 1U)));
  for (std::uint32_t i = 0; i < count; i++) {
    const unsigned char *entry = bytes + kEntryBytes * i;
    chunks[i] = {get_number(entry, 8), static_cast<std::uint32_t>(get_number(entry + 8, 4)),
                 static_cast<ChunkCoding>(entry[12])};
  }
  pfree(bytes);
  return chunks;
}

char *read_file_chunk(const char *name, const ChunkEntry *chunk) {
  const char *path = absolute_path(name);
  const int fd = open_for_reading(path);
  auto *bytes = static_cast<char *>(palloc(Max(chunk->size, 1U)));
  read_exactly(fd, path, bytes, chunk->size, chunk->offset);
  CloseTransientFile(fd);
  return bytes;
}

void remove_file_at_commit(const char *name) { remember(absolute_path(name), true); }

std::int64_t sweep_directory() {
  if (!directory_is_set()) return 0;
  check_directory_is_ours();
  const char *folder = database_folder();
  struct stat status;
  if (stat(folder, &status) != 0) return 0;
  std::int64_t removed = 0;
  const InternalSql sql = open_internal_sql();
  for_each_folder(folder, [&](const char *outer) {
    for_each_folder(psprintf("%s/%s", folder, outer), [&](const char *inner) {
      removed += sweep_folder(psprintf("%s/%s", outer, inner));
    });
  });
  close_internal_sql(sql);
  return removed;
}

void register_directory_callbacks() {
  RegisterXactCallback(transaction_callback, nullptr);
  RegisterSubXactCallback(subtransaction_callback, nullptr);
}

}  // namespace pgexport
