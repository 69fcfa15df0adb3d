// The format csv: delimited text, by default byte for byte as COPY … (FORMAT csv, HEADER).
#pragma once

#include "formats/format.h"

#include "core/no_postgres.h"

namespace pgexport {

class CsvFormat final : public Format {
 public:
  std::string_view name() const override { return "csv"; }
  std::string_view media_type() const override { return "text/csv"; }
  std::string_view file_extension() const override { return "csv"; }
  std::string_view meaning() const override {
    return "comma-separated values in the dialects of PostgreSQL, RFC 4180 and Excel";
  }
  bool is_text() const override { return true; }
  bool holds_one_table() const override { return true; }
  std::span<const OptionSpec> options() const override;
  CellNeeds needs(const OptionValues &values) const override;
  std::unique_ptr<RowWriter> make_writer(const OptionValues &values,
                                         OutputBuffer &out) const override;
};

const Format &csv_format();

}  // namespace pgexport
