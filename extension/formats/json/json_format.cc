#include "formats/json/json_format.h"

#include "formats/json/json_options.h"
#include "formats/json/json_writer.h"

namespace pgexport {
namespace {

class JsonFormat final : public Format {
 public:
  explicit JsonFormat(bool lines) : lines_(lines) {}

  std::string_view name() const override { return lines_ ? "jsonl" : "json"; }
  std::string_view media_type() const override {
    return lines_ ? "application/x-ndjson" : "application/json";
  }
  std::string_view file_extension() const override { return name(); }
  std::string_view meaning() const override {
    return lines_ ? "JSON Lines, one object per line" : "JSON, an array of objects";
  }
  bool is_text() const override { return true; }
  bool shows(SectionKind kind) const override { return !lines_ || kind == SectionKind::table; }
  bool holds_one_table() const override { return lines_; }

  std::span<const OptionSpec> options() const override {
    return lines_ ? jsonl_option_specs() : json_option_specs();
  }

  CellNeeds needs(const OptionValues &) const override {
    CellNeeds needs;
    needs.nested = true;
    needs.interval_style = "iso_8601";
    return needs;
  }

  std::unique_ptr<RowWriter> make_writer(const OptionValues &values,
                                         OutputBuffer &out) const override {
    return std::make_unique<JsonWriter>(read_json_options(values, lines_), out);
  }

 private:
  const bool lines_;
};

}  // namespace

const Format &json_format() {
  static const JsonFormat format(false);
  return format;
}

const Format &jsonl_format() {
  static const JsonFormat format(true);
  return format;
}

}  // namespace pgexport
