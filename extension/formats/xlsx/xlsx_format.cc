#include "formats/xlsx/xlsx_format.h"

#include "formats/xlsx/xlsx_settings.h"
#include "formats/xlsx/xlsx_writer.h"

namespace pgexport {
namespace {

class XlsxFormat final : public Format {
 public:
  std::string_view name() const override { return "xlsx"; }
  std::string_view media_type() const override {
    return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
  }
  std::string_view file_extension() const override { return "xlsx"; }
  std::string_view meaning() const override {
    return "Excel workbook with typed cells, totals, groups and charts";
  }
  bool is_text() const override { return false; }
  bool shows(SectionKind) const override { return true; }
  bool has_layout() const override { return true; }
  std::span<const OptionSpec> options() const override { return xlsx::xlsx_options(); }

  CellNeeds needs(const OptionValues &values) const override {
    xlsx::read_xlsx_settings(values);
    return {};
  }

  std::unique_ptr<RowWriter> make_writer(const OptionValues &values,
                                         OutputBuffer &out) const override {
    return std::make_unique<xlsx::XlsxWriter>(xlsx::read_xlsx_settings(values), out);
  }
};

}  // namespace

const Format &xlsx_format() {
  // Never destroyed: at the exit of a backend the server's memory is gone before our statics.
  static const Format &format = *new XlsxFormat;
  return format;
}

}  // namespace pgexport
