// What a request asks for: the format and its options, parsed and checked once.  A C++ object
// owned by a memory context; PG world reads its members and calls nothing that can throw.
#pragma once

#include "bridge/context_owned.h"

namespace pgexport {

enum class Compression : std::uint8_t { none, gzip, zstd };

// The settings of the server that formats obey; server/settings.cc defines them.
struct FormatSettings {
  char *pdf_fonts;
  int pdf_max_pages;
};
extern FormatSettings format_settings;

struct DocumentSpec {
  DocumentSpec(const Format &document_format, const OptionValues &option_values);
  DocumentSpec(const Format &document_format, const OptionValues &option_values,
               DocumentRequest &&document_request);

  const Format *format;
  OptionValues values;
  CellNeeds needs;
  DocumentRequest request;
  bool is_plain;   // a plain query: one section without a name
  bool is_zipped;  // each table is a file of an archive
  Compression compression;
  std::string time_zone;      // empty: the caller's
  std::string document_time;  // empty: the start of the run
  std::string logo;           // name or data: URL; empty: none
  std::string file_name;      // empty: made from title, date and format

  std::string name;        // format name, zero-terminated
  std::string media_type;  // of the bytes that are delivered
  std::string extension;   // with compression suffix, without leading dot

  bool is_text() const {
    return format->is_text() && compression == Compression::none && !is_zipped;
  }
};

// Parses the options object of a function call.  `options` is JSON text of an object.
DocumentSpec *parse_document_spec(MemoryContext context, const char *format, const char *options);

// The same for a document of several sections; `document` is its JSON.
DocumentSpec *parse_document(MemoryContext context, const char *document, const char *format,
                             const char *options);

// Parses the options of a COPY statement.
struct CopyOptionText {
  const char *name;
  const char *value;  // nullptr: given without a value
};
DocumentSpec *parse_copy_spec(MemoryContext context, const char *format,
                              const CopyOptionText *options, int count);

const char *compression_name(Compression compression);

}  // namespace pgexport
