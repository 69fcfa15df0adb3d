// One document being written: the writer, the sinks around it, and the end where the server takes
// the bytes.
//
//   rows ─▶ RowWriter ─▶ buffer ─▶ digest ─▶ [gzip | zstd ─▶ digest] ─▶ destination
//
// Life cycle: begin()  { begin_table() { writer().row()  drain() when full() }* end_table() |
// text() }*  finish() or destruction.
#pragma once

#include "bridge/document_spec.h"

namespace pgexport {

// The end of the line, in PG world: plain functions that may raise ERROR.  They are called
// through door 2, once per drain, never per row.
struct Destination {
  void (*write)(Destination *self, const char *bytes, std::size_t size);
  void (*close)(Destination *self);
};

// The same for a document that is stored: chunks as core/compress/chunk_codec.h cuts them.
struct ChunkDestination {
  void (*chunk)(ChunkDestination *self, std::uint32_t number, ChunkCoding coding,
                const char *stored, std::size_t size, std::uint32_t plain_size);
};

struct ColumnHead {
  const char *name;     // of the query's column, UTF-8
  const char *heading;  // in the document's encoding
  const char *type_name;
  CellTag tag;
  int precision;  // see Column
  int scale;
};

// What the server knows of a document beside its request.  All texts are UTF-8.
struct DocumentFacts {
  std::int64_t document_time;  // microseconds since 2000-01-01 UTC
  std::int32_t utc_offset;     // at that time, in seconds east of UTC
  const char *time_zone;
  const char *user;
  const char *logo;  // bytes of a picture
  std::size_t logo_size;
};

class Document {
 public:
  // Without `digest` the bytes are only counted, which is faster.
  Document(const DocumentSpec &spec, Destination *destination, bool digest);
  Document(const DocumentSpec &spec, ChunkDestination *destination);

  // C++ world (inside pg_entry).
  void begin(const DocumentFacts &facts);
  void begin_table(const Section &section, const ColumnHead *columns, int count,
                   const TupleLayout *layout);
  void end_table();
  void text(const Section &section);
  void drain();
  void finish();

  // Safe anywhere.
  RowWriter &writer() { return *writer_; }
  bool full() const { return buffer_.size() >= kDrainBytes; }

  // Bytes and digest of the document, and of what is delivered: they differ if it is compressed.
  // REQUIRES: finished (bytes(): any time), and for the digests has_digest().
  std::uint64_t bytes() const { return document_digest_.bytes(); }
  std::uint64_t delivered_bytes() const;
  bool has_digest() const { return digest_; }
  const Sha256 &digest() const { return document_sha256_; }
  const Sha256 &delivered_digest() const { return delivered_sha256_; }
  // See RowWriter::warnings().  REQUIRES: finished.
  const std::vector<std::string> &warnings() const { return warnings_; }

 private:
  Document(const DocumentSpec &spec, std::unique_ptr<ByteSink> end, bool digest);

  // Large enough to make the cost of a door, a digest call and a system call vanish; small
  // enough to stay in the second-level cache.
  static constexpr std::size_t kDrainBytes = kChunkBytes;

  const DocumentSpec &spec_;
  const bool digest_;
  OutputBuffer buffer_;
  std::unique_ptr<RowWriter> writer_;
  // In the order of the bytes, last first: each refers to the one above it.
  std::unique_ptr<ByteSink> end_;
  std::unique_ptr<Sha256Sink> delivered_digest_;  // only if compressed
  std::unique_ptr<ByteSink> compressor_;          // only if compressed
  Sha256Sink document_digest_;
  Sha256 document_sha256_{};
  Sha256 delivered_sha256_{};
  std::vector<std::string> warnings_;
};

// What a writer is told when a document and when a table begins.
DocumentInfo document_info(const DocumentSpec &spec, const DocumentFacts &facts);
TableHead table_head(const Section &section, const ColumnHead *columns, int count,
                     const TupleLayout *layout);

// Raises the error of the row() that failed.  PG world.
[[noreturn]] void raise_row_failure(RowWriter &writer);

}  // namespace pgexport
