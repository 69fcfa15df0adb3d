// A document of several tables in a format that holds one: a ZIP archive with a file for each.
// The option `container` asks for it.
#pragma once

#include <memory>

#include "core/compress/zip_writer.h"
#include "formats/file_names.h"
#include "formats/format.h"

#include "core/no_postgres.h"

namespace pgexport {

// The option of those formats.
OptionSpec container_option();

bool is_archive(const OptionValues &values);

// The format's own writer, or one that makes an archive of what such writers write.
std::unique_ptr<RowWriter> make_document_writer(const Format &format, const OptionValues &values,
                                                OutputBuffer &out);

class TableArchive final : public RowWriter {
 public:
  // `format` and `values` live as long as this.
  TableArchive(const Format &format, const OptionValues &values, OutputBuffer &out);

  void begin(const DocumentInfo &info) override;
  void begin_table(const TableHead &head) override;
  WriteOutcome row(const Cell *cells) noexcept override;
  WriteOutcome row(const TupleView &tuple) noexcept override;
  void preview_cell(const Cell &cell, std::size_t column) override;
  void end_table() override;
  void finish() override;
  void cancel() noexcept override;
  std::vector<std::string> warnings() const override { return warnings_; }

 private:
  template <typename Source>
  WriteOutcome pass_on(Source source) noexcept;
  void pack();

  const Format &format_;
  const OptionValues &values_;
  DocumentInfo info_;
  ZipWriter zip_;
  FileNames names_;
  OutputBuffer file_;                 // what is not packed yet of the open table
  std::unique_ptr<RowWriter> table_;  // of the open table
  std::vector<std::string> warnings_;
};

}  // namespace pgexport
