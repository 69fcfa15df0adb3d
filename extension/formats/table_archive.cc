#include "formats/table_archive.h"

#include <iterator>

namespace pgexport {

namespace {

// As much as deflate takes at once without losing by it.
constexpr std::size_t kPiece = std::size_t{128} << 10;

}  // namespace

OptionSpec container_option() {
  return {"container",
          OptionType::choice,
          "none",
          "zip packs each table of the document into a file of an archive",
          {"none", "zip"}};
}

bool is_archive(const OptionValues &values) { return values.text("container", "none") == "zip"; }

std::unique_ptr<RowWriter> make_document_writer(const Format &format, const OptionValues &values,
                                                OutputBuffer &out) {
  if (is_archive(values)) return std::make_unique<TableArchive>(format, values, out);
  return format.make_writer(values, out);
}

TableArchive::TableArchive(const Format &format, const OptionValues &values, OutputBuffer &out)
    : RowWriter(out), format_(format), values_(values), zip_(out) {}

void TableArchive::begin(const DocumentInfo &info) { info_ = info; }

void TableArchive::begin_table(const TableHead &head) {
  const std::string &name = head.name.empty() ? info_.title : head.name;
  zip_.begin_entry(names_.take(name, format_.file_extension()));
  table_ = format_.make_writer(values_, file_);
  table_->begin(info_);
  table_->begin_table(head);
}

template <typename Source>
WriteOutcome TableArchive::pass_on(Source source) noexcept {
  const WriteOutcome outcome = table_->row(source);
  if (outcome == WriteOutcome::failed) keep_failure(table_->failure());
  if (outcome != WriteOutcome::ok || file_.size() < kPiece) return outcome;
  try {
    pack();
    return outcome;
  } catch (const Error &error) {
    keep_failure(error);
  } catch (...) {
    keep_out_of_memory();
  }
  return WriteOutcome::failed;
}

WriteOutcome TableArchive::row(const Cell *cells) noexcept { return pass_on(cells); }

WriteOutcome TableArchive::row(const TupleView &tuple) noexcept {
  return pass_on<const TupleView &>(tuple);
}

void TableArchive::preview_cell(const Cell &cell, std::size_t column) {
  pack();
  table_->preview_cell(cell, column);
  out_.append(file_.view());
  file_.clear();
}

void TableArchive::pack() {
  zip_.write(file_.view());
  file_.clear();
}

void TableArchive::end_table() {
  table_->end_table();
  table_->finish();
  pack();
  zip_.end_entry();
  std::vector<std::string> told = table_->warnings();
  warnings_.insert(warnings_.end(), std::make_move_iterator(told.begin()),
                   std::make_move_iterator(told.end()));
  table_.reset();
}

void TableArchive::finish() { zip_.finish(); }

void TableArchive::cancel() noexcept {
  if (table_) table_->cancel();
}

}  // namespace pgexport
