#include "server/store.h"

#include <sys/statvfs.h>

extern "C" {
#include "access/xlog_internal.h"
#include "catalog/pg_type.h"
#include "commands/tablespace.h"
#include "storage/buffile.h"
#include "utils/jsonb.h"
#include "utils/timestamp.h"
}

#include "server/encoding.h"
#include "server/fault.h"
#include "server/internal_sql.h"
#include "server/settings.h"

namespace pgexport {

struct ArtifactStore {
  ChunkDestination destination;
  MemoryContext context;
  pg_uuid_t artifact;
  ChunkEntry *chunks;
  std::uint32_t *plain_sizes;
  std::uint32_t count;
  std::uint32_t capacity;
  std::uint64_t stored_bytes;

  char *memory;  // the first bytes of the spool
  BufFile *spool;
  PartFile *file;
};

namespace {

// A document up to this size never touches a temporary file.
constexpr std::size_t kMemorySpool = std::size_t{1} << 20;

// All of a table-stored document passes through WAL, and a full pg_wal stops the whole server.
constexpr std::uint64_t kWalReserve = std::uint64_t{64} << 20;

void add_entry(ArtifactStore *store, const ChunkEntry &entry, std::uint32_t plain_size) {
  if (store->count == store->capacity) {
    store->capacity = store->capacity == 0 ? 64 : store->capacity * 2;
    const std::size_t n = store->capacity;
    const MemoryContext old = MemoryContextSwitchTo(store->context);
    auto *chunks =
        static_cast<ChunkEntry *>(MemoryContextAllocHuge(store->context, sizeof(ChunkEntry) * n));
    auto *sizes = static_cast<std::uint32_t *>(
        MemoryContextAllocHuge(store->context, sizeof(std::uint32_t) * n));
    if (store->count > 0) {
      memcpy(chunks, store->chunks, sizeof(ChunkEntry) * store->count);
      memcpy(sizes, store->plain_sizes, sizeof(std::uint32_t) * store->count);
      pfree(store->chunks);
      pfree(store->plain_sizes);
    }
    store->chunks = chunks;
    store->plain_sizes = sizes;
    MemoryContextSwitchTo(old);
  }
  store->chunks[store->count] = entry;
  store->plain_sizes[store->count++] = plain_size;
}

void spool_bytes(ArtifactStore *store, const char *bytes, std::size_t size) {
  const std::size_t in_memory = store->spool ? kMemorySpool : store->stored_bytes;
  if (!store->spool && in_memory + size <= kMemorySpool) {
    if (!store->memory) {
      store->memory = static_cast<char *>(MemoryContextAlloc(store->context, kMemorySpool));
    }
    memcpy(store->memory + in_memory, bytes, size);
    return;
  }
  if (!store->spool) {
    const MemoryContext old = MemoryContextSwitchTo(store->context);
    PrepareTempTablespaces();
    store->spool = BufFileCreateTemp(false);
    if (in_memory > 0) BufFileWrite(store->spool, store->memory, in_memory);
    MemoryContextSwitchTo(old);
  }
  BufFileWrite(store->spool, const_cast<char *>(bytes), size);
}

// Reads the next `size` bytes of the spool; in memory it points into it.
char *unspool(ArtifactStore *store, const ChunkEntry &chunk, char *buffer) {
  if (!store->spool) return store->memory + chunk.offset;
  if (BufFileRead(store->spool, buffer, chunk.size) != chunk.size) {
    ereport(ERROR,
            (errcode_for_file_access(), errmsg("could not read the spool of an export: %m")));
  }
  return buffer;
}

void rewind_spool(ArtifactStore *store) {
  if (store->spool && BufFileSeek(store->spool, 0, 0, SEEK_SET) != 0) {
    ereport(ERROR,
            (errcode_for_file_access(), errmsg("could not read the spool of an export: %m")));
  }
}

void close_spool(ArtifactStore *store) {
  if (store->spool) BufFileClose(store->spool);
  store->spool = nullptr;
}

template <typename Take>
void for_each_spooled(ArtifactStore *store, Take take) {
  auto *buffer = static_cast<char *>(palloc(kChunkBytes * 2));
  rewind_spool(store);
  for (std::uint32_t i = 0; i < store->count; i++) {
    CHECK_FOR_INTERRUPTS();
    take(i, unspool(store, store->chunks[i], buffer));
  }
  pfree(buffer);
}

// The document has outgrown the table: what is spooled moves to a file.
void move_to_file(ArtifactStore *store) {
  if (!directory_is_set()) {
    ereport(ERROR, (errcode(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED),
                    errmsg("the document is too large to be stored in a table"),
                    errdetail("It has more than %d kB (export.table_limit) after compression, and "
                              "export.directory is not set.",
                              setting_table_limit),
                    errhint("Have an administrator set export.directory or raise "
                            "export.table_limit, or use export.stream or COPY, which store "
                            "nothing.")));
  }
  const MemoryContext old = MemoryContextSwitchTo(store->context);
  PartFile *file = create_part_file(&store->artifact);
  for_each_spooled(store, [store, file](std::uint32_t i, const char *bytes) {
    store->chunks[i].offset = part_file_size(file);
    append_to_part_file(file, bytes, store->chunks[i].size);
  });
  close_spool(store);
  if (store->memory) pfree(store->memory);
  store->memory = nullptr;
  store->file = file;
  MemoryContextSwitchTo(old);
}

void take_chunk(ChunkDestination *self, std::uint32_t, ChunkCoding coding, const char *stored,
                std::size_t size, std::uint32_t plain_size) {
  auto *store = reinterpret_cast<ArtifactStore *>(self);
  fault_point("chunk");
  CHECK_FOR_INTERRUPTS();
  const std::uint64_t limit = static_cast<std::uint64_t>(setting_table_limit) * 1024;
  if (!store->file && store->stored_bytes + size > limit) move_to_file(store);
  ChunkEntry entry = {store->stored_bytes, static_cast<std::uint32_t>(size), coding};
  if (store->file) {
    entry.offset = part_file_size(store->file);
    append_to_part_file(store->file, stored, size);
  } else {
    spool_bytes(store, stored, size);
  }
  store->stored_bytes += size;
  add_entry(store, entry, plain_size);
}

void check_wal_space(std::uint64_t bytes) {
  struct statvfs status;
  if (bytes < kMemorySpool || statvfs(XLOGDIR, &status) != 0) return;
  const std::uint64_t available =
      static_cast<std::uint64_t>(status.f_bavail) * static_cast<std::uint64_t>(status.f_frsize);
  if (available >= kWalReserve + 3 * bytes) return;
  ereport(ERROR,
          (errcode(ERRCODE_DISK_FULL),
           errmsg("not enough space for WAL to store the document in a table"),
           errdetail("It has " UINT64_FORMAT " bytes, and " UINT64_FORMAT " are available for WAL.",
                     bytes, available),
           errhint("Free space, or lower export.table_limit so that documents of this size "
                   "go to export.directory.")));
}

void insert_chunks(ArtifactStore *store) {
  check_wal_space(store->stored_bytes);
  const MemoryContext row_context =
      AllocSetContextCreate(CurrentMemoryContext, "export chunk", ALLOCSET_DEFAULT_SIZES);
  Oid types[] = {UUIDOID, INT4OID, INT2OID, INT4OID, BYTEAOID};
  SPIPlanPtr plan = SPI_prepare(
      "INSERT INTO export._artifact_chunk (artifact, number, coding, plain_size, data) "
      "VALUES ($1, $2, $3, $4, $5)",
      lengthof(types), types);
  for_each_spooled(store, [=](std::uint32_t i, const char *bytes) {
    MemoryContextReset(row_context);
    const MemoryContext old = MemoryContextSwitchTo(row_context);
    Datum values[] = {UUIDPGetDatum(&store->artifact), Int32GetDatum(static_cast<std::int32_t>(i)),
                      Int16GetDatum(static_cast<std::int16_t>(store->chunks[i].coding)),
                      Int32GetDatum(static_cast<std::int32_t>(store->plain_sizes[i])),
                      bytes_parameter(bytes, store->chunks[i].size).value};
    const int result = SPI_execute_plan(plan, values, nullptr, false, 0);
    if (result != SPI_OK_INSERT) {
      elog(ERROR, "SPI_execute_plan failed: %s", SPI_result_code_string(result));
    }
    MemoryContextSwitchTo(old);
  });
  close_spool(store);
}

// <title or "export">-<date>.<extension>, without signs that a file system or a header minds.
const char *default_file_name(const Export *run) {
  const char *title =
      run->spec->request.title.empty() ? "export" : from_utf8(run->spec->request.title.c_str());
  char *name = psprintf("%s-%.10s.%s", title, timestamptz_to_str(run->facts.document_time),
                        run->spec->extension.c_str());
  return name;
}

const char *file_name_of(const Export *run) {
  char *name = run->spec->file_name.empty() ? pstrdup(default_file_name(run))
                                            : pstrdup(from_utf8(run->spec->file_name.c_str()));
  for (char *p = name; *p; p++) {
    if (static_cast<unsigned char>(*p) < 0x20 || strchr("/\\:*?\"<>|\x7f", *p)) *p = '_';
  }
  if (*name == '.') *name = '_';
  return name;
}

// Of a document the arguments are part of its description.
Datum stored_arguments(const Export *run) {
  if (run->query_text) return arguments_to_jsonb(run->arguments);
  return DirectFunctionCall1(jsonb_in, CStringGetDatum("[]"));
}

SqlParameter warnings_parameter(const std::vector<std::string> &warnings) {
  auto *items = static_cast<Datum *>(palloc(sizeof(Datum) * Max(warnings.size(), 1)));
  for (std::size_t i = 0; i < warnings.size(); i++) {
    items[i] = CStringGetTextDatum(from_utf8(warnings[i].c_str()));
  }
  return text_array_parameter(items, static_cast<int>(warnings.size()));
}

}  // namespace

ArtifactStore *make_store(const pg_uuid_t *artifact) {
  auto *store = static_cast<ArtifactStore *>(palloc0(sizeof(ArtifactStore)));
  store->destination.chunk = take_chunk;
  store->context = CurrentMemoryContext;
  store->artifact = *artifact;
  return store;
}

ChunkDestination *store_destination(ArtifactStore *store) { return &store->destination; }

void publish_artifact(ArtifactStore *store, const Export *run) {
  const Document *document = run->document;
  const char *file = nullptr;
  if (store->file) {
    file = publish_part_file(store->file, store->chunks, store->count, document->delivered_bytes());
  }
  const Datum arguments = stored_arguments(run);
  const std::string &title = run->spec->request.title;
  const char *file_name = file_name_of(run);
  const InternalSql sql = open_internal_sql();
  const SqlParameter parameters[] = {
      uuid_parameter(&store->artifact),
      oid_parameter(run->settings->run_as),
      text_parameter(GetUserNameFromId(run->settings->run_as, false)),
      text_parameter(title.empty() ? nullptr : from_utf8(title.c_str())),
      text_parameter(file_name),
      text_parameter(run->spec->name.c_str()),
      text_parameter(run->spec->media_type.c_str()),
      text_parameter(run->query_text),
      jsonb_parameter(arguments),
      text_parameter(run->options_text),
      text_parameter(run->settings->search_path),
      text_parameter(run->settings->time_zone),
      text_parameter(compression_name(run->spec->compression)),
      int8_parameter(static_cast<std::int64_t>(export_rows(run))),
      int8_parameter(static_cast<std::int64_t>(document->bytes())),
      bytes_parameter(document->digest().data(), document->digest().size()),
      int8_parameter(static_cast<std::int64_t>(document->delivered_bytes())),
      bytes_parameter(document->delivered_digest().data(), document->delivered_digest().size()),
      int8_parameter(static_cast<std::int64_t>(store->stored_bytes)),
      int4_parameter(static_cast<std::int32_t>(store->count)),
      text_parameter(file),
      time_parameter(run->facts.document_time),
      int8_parameter(elapsed_microseconds(run)),
      text_parameter(run->document_text),
      uuid_parameter(run->source ? &run->source->id : nullptr),
      text_parameter(run->source ? run->source->name : nullptr),
      run->source ? int4_parameter(run->source->version) : null_parameter(INT4OID),
      text_parameter(run->source ? run->source->parameters : nullptr),
      warnings_parameter(document->warnings()),
  };
  run_internal_sql(
      "INSERT INTO export._artifact (id, owner, owner_name, title, file_name, format, media_type, "
      "query, arguments, options, search_path, time_zone, compression, rows, bytes, sha256, "
      "delivered_bytes, delivered_sha256, stored_bytes, chunks, file, document_time, duration, "
      "created_at, document, template, template_name, template_version, parameters, warnings) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, "
      "$10::pg_catalog.jsonb, $11, $12, "
      "$13, $14, $15, $16, $17, $18, $19, $20, $21, $22, "
      "pg_catalog.make_interval(secs => $23 / 1000000.0), pg_catalog.clock_timestamp(), "
      "$24::pg_catalog.jsonb, $25, $26, $27, $28::pg_catalog.jsonb, $29)",
      parameters, lengthof(parameters), false);
  if (!file) insert_chunks(store);
  close_internal_sql(sql);
}

}  // namespace pgexport
