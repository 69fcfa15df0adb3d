#include "formats/csv/csv_format.h"

#include "formats/csv/csv_settings.h"
#include "formats/csv/csv_writer.h"

namespace pgexport {

std::span<const OptionSpec> CsvFormat::options() const { return csv_options(); }

CellNeeds CsvFormat::needs(const OptionValues &values) const {
  const CsvSettings settings = read_csv_settings(values);
  CellNeeds needs;
  needs.encoding = settings.encoding;
  needs.replace_unencodable = settings.replace_unencodable;
  needs.interval_style = settings.interval_style == spell::TimeStyle::iso ? "iso_8601" : "postgres";
  return needs;
}

std::unique_ptr<RowWriter> CsvFormat::make_writer(const OptionValues &values,
                                                  OutputBuffer &out) const {
  return std::make_unique<CsvWriter>(read_csv_settings(values), out);
}

const Format &csv_format() {
  // Never destroyed: at the exit of a backend the server's memory is gone before our statics.
  static const Format &format = *new CsvFormat;
  return format;
}

}  // namespace pgexport
