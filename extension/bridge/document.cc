#include "bridge/document.h"

namespace pgexport {

namespace {

class DestinationSink : public ByteSink {
 public:
  explicit DestinationSink(Destination *destination) : destination_(destination) {}

  void write(std::string_view bytes) override {
    if (bytes.empty()) return;
    pg_call([this, bytes] { destination_->write(destination_, bytes.data(), bytes.size()); });
  }
  void close() override {
    pg_call([this] { destination_->close(destination_); });
  }

 private:
  Destination *destination_;
};

// Cuts into chunks and hands each to the server.
class ChunkDestinationSink : public ByteSink, private ChunkReceiver {
 public:
  explicit ChunkDestinationSink(ChunkDestination *destination)
      : destination_(destination), chunks_(*this) {}

  void write(std::string_view bytes) override { chunks_.write(bytes); }
  void close() override { chunks_.close(); }

 private:
  void chunk(std::uint32_t number, ChunkCoding coding, std::string_view stored,
             std::uint32_t plain_size) override {
    pg_call([=, this] {
      destination_->chunk(destination_, number, coding, stored.data(), stored.size(), plain_size);
    });
  }
  void end(std::uint32_t) override {}

  ChunkDestination *destination_;
  ChunkSink chunks_;
};

std::unique_ptr<ByteSink> make_compressor(Compression compression, ByteSink &next) {
  if (compression == Compression::gzip) return std::make_unique<GzipSink>(next);
  if (compression == Compression::zstd) return std::make_unique<ZstdSink>(next);
  return nullptr;
}

}  // namespace

Document::Document(const DocumentSpec &spec, Destination *destination, bool digest)
    : Document(spec, std::make_unique<DestinationSink>(destination), digest) {}

Document::Document(const DocumentSpec &spec, ChunkDestination *destination)
    : Document(spec, std::make_unique<ChunkDestinationSink>(destination), true) {}

Document::Document(const DocumentSpec &spec, std::unique_ptr<ByteSink> end, bool digest)
    : spec_(spec),
      digest_(digest),
      writer_(make_document_writer(*spec.format, spec.values, buffer_)),
      end_(std::move(end)),
      delivered_digest_(spec.compression == Compression::none
                            ? nullptr
                            : std::make_unique<Sha256Sink>(end_.get(), digest)),
      compressor_(delivered_digest_ ? make_compressor(spec.compression, *delivered_digest_)
                                    : nullptr),
      document_digest_(compressor_ ? compressor_.get() : end_.get(), digest) {}

DocumentInfo document_info(const DocumentSpec &spec, const DocumentFacts &facts) {
  DocumentInfo info;
  info.title = spec.request.title;
  info.document_time = facts.document_time;
  info.utc_offset = facts.utc_offset;
  info.time_zone = facts.time_zone;
  info.subtitle = spec.request.subtitle;
  info.author = spec.request.author;
  info.subject = spec.request.subject;
  info.user = facts.user;
  info.filters = spec.request.filters;
  info.locale = spec.values.text("locale", "en");
  if (facts.logo_size > 0) info.logo.assign(facts.logo, facts.logo_size);
  info.is_plain = spec.is_plain;
  return info;
}

TableHead table_head(const Section &section, const ColumnHead *columns, int count,
                     const TupleLayout *layout) {
  std::vector<Column> list;
  for (int i = 0; i < count; i++) {
    const ColumnHead &column = columns[i];
    list.push_back({column.heading,
                    column.type_name,
                    column.tag,
                    column.name,
                    column.precision,
                    column.scale,
                    {}});
  }
  return make_table_head(section, std::move(list), layout);
}

void Document::begin(const DocumentFacts &facts) { writer_->begin(document_info(spec_, facts)); }

void Document::begin_table(const Section &section, const ColumnHead *columns, int count,
                           const TupleLayout *layout) {
  writer_->begin_table(table_head(section, columns, count, layout));
}

void Document::end_table() { writer_->end_table(); }

void Document::text(const Section &section) {
  writer_->text(
      {section.name, section.title, section.text, section.half_width, section.page_break});
}

void Document::drain() {
  if (buffer_.size() == 0) return;
  document_digest_.write(buffer_.view());
  buffer_.clear();
}

void Document::finish() {
  writer_->finish();
  warnings_ = writer_->warnings();
  drain();
  document_digest_.close();
  if (!digest_) return;
  document_sha256_ = document_digest_.digest();
  delivered_sha256_ = delivered_digest_ ? delivered_digest_->digest() : document_sha256_;
}

std::uint64_t Document::delivered_bytes() const {
  return delivered_digest_ ? delivered_digest_->bytes() : document_digest_.bytes();
}

void raise_row_failure(RowWriter &writer) {
  RaiseRecord record;
  record_error(record, writer.failure());
  raise_recorded(record);
}

}  // namespace pgexport
