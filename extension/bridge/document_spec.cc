#include "bridge/document_spec.h"

namespace pgexport {

namespace {

Compression compression_of(const OptionValues &values) {
  const std::string name = values.text("compression", "none");
  if (name == "gzip") return Compression::gzip;
  if (name == "zstd") return Compression::zstd;
  return Compression::none;
}

OptionValues with_settings(OptionValues values) {
  values.set(kFontsSetting,
             std::string(format_settings.pdf_fonts ? format_settings.pdf_fonts : ""));
  values.set(kMaxPagesSetting, static_cast<std::int64_t>(format_settings.pdf_max_pages));
  return values;
}

}  // namespace

FormatSettings format_settings;

DocumentSpec::DocumentSpec(const Format &document_format, const OptionValues &option_values)
    : DocumentSpec(document_format, option_values, plain_request(option_values)) {
  is_plain = true;
}

DocumentSpec::DocumentSpec(const Format &document_format, const OptionValues &option_values,
                           DocumentRequest &&document_request)
    : format(&document_format),
      values(with_settings(option_values)),
      needs(format->needs(values)),
      request(std::move(document_request)),
      is_plain(false),
      is_zipped(is_archive(values)),
      compression(compression_of(values)),
      time_zone(values.text("time_zone", "")),
      document_time(values.text("document_time", "")),
      logo(values.text("logo", "")),
      file_name(values.text("file_name", "")),
      name(format->name()),
      media_type(format->media_type()),
      extension(format->file_extension()) {
  if (is_zipped) {
    media_type = "application/zip";
    extension = "zip";
  }
  if (compression == Compression::gzip) {
    media_type = "application/gzip";
    extension += ".gz";
  } else if (compression == Compression::zstd) {
    media_type = "application/zstd";
    extension += ".zst";
  }
}

DocumentSpec *parse_document_spec(MemoryContext context, const char *format, const char *options) {
  struct Parsed : DocumentSpec {
    Parsed(const char *name_text, const char *options_text)
        : DocumentSpec(require_format(name_text),
                       parse_options(require_format(name_text), options_text)) {}
  };
  return make_in_context<Parsed>(context, format, options);
}

DocumentSpec *parse_document(MemoryContext context, const char *document, const char *format,
                             const char *options) {
  struct Parsed : DocumentSpec {
    Parsed(const char *document_text, const Format &document_format, const OptionValues &options)
        : DocumentSpec(document_format, options,
                       read_document(document_text, document_format, options)) {}
    Parsed(const char *document_text, const char *name_text, const char *options_text)
        : Parsed(document_text, require_format(name_text),
                 parse_options(require_format(name_text), options_text)) {}
  };
  return make_in_context<Parsed>(context, document, format, options);
}

DocumentSpec *parse_copy_spec(MemoryContext context, const char *format,
                              const CopyOptionText *options, int count) {
  struct Parsed : DocumentSpec {
    Parsed(const char *name_text, const CopyOptionText *options_text, int n)
        : DocumentSpec(require_format(name_text),
                       parse_copy_options(require_format(name_text), copied(options_text, n))) {}
    static std::vector<CopyOption> copied(const CopyOptionText *texts, int n) {
      std::vector<CopyOption> result;
      for (int i = 0; i < n; i++) {
        const bool has_value = texts[i].value != nullptr;
        result.push_back({texts[i].name, has_value ? texts[i].value : "", has_value});
      }
      return result;
    }
  };
  return make_in_context<Parsed>(context, format, options, count);
}

const char *compression_name(Compression compression) {
  switch (compression) {
    case Compression::none: return "none";
    case Compression::gzip: return "gzip";
    case Compression::zstd: return "zstd";
  }
  return "none";
}

}  // namespace pgexport
