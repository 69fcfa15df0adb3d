#include "formats/json/json_writer.h"

#include <exception>
#include <new>

#include "core/text/jsonb_text.h"
#include "formats/json/json_names.h"

namespace pgexport {
namespace {

// The cells of a row, from the array the server filled.
class CellSource {
 public:
  explicit CellSource(const Cell *cells) : next_(cells) {}

  [[gnu::always_inline]] bool next(Cell &cell) {
    cell = *next_++;
    return true;
  }

  [[noreturn]] static bool refuse() { JsonValueWriter::throw_corrupted_array(); }

 private:
  const Cell *next_;
};

// The cells of a row, from its tuple.  What cannot be read there is the server's to fetch.
class TupleSource {
 public:
  TupleSource(const TupleLayout &layout, const TupleView &tuple, std::size_t &zone_hint)
      : reader_(layout, tuple, zone_hint) {}

  [[gnu::always_inline]] bool next(Cell &cell) { return reader_.next(cell); }

  static bool refuse() { return false; }

 private:
  TupleReader reader_;
};

}  // namespace

JsonWriter::Key::Key(const std::string &text) : size_(text.size()) {
  text.copy(start_, kInline);
  if (size_ > kInline) rest_ = text.substr(kInline);
}

JsonWriter::JsonWriter(const JsonOptions &options, OutputBuffer &out)
    : RowWriter(out), options_(options), values_(options_, out) {
  if (options_.lines) {
    before_row_ = before_next_row_ = "";
    after_row_ = after_empty_row_ = "}\n";
  } else if (options_.pretty) {
    before_row_ = "\n  ";
    before_next_row_ = ",\n  ";
    after_row_ = "\n  }";
    after_empty_row_ = "}";
  } else {
    before_row_ = "\n";
    before_next_row_ = ",\n";
    after_row_ = after_empty_row_ = "}";
  }
}

void JsonWriter::begin(const DocumentInfo &) {
  if (!options_.lines) out_.push('[');
}

std::string JsonWriter::key_text(const std::string &name) const {
  OutputBuffer key;
  key.append(options_.pretty ? ",\n    " : ",");
  spell::append_json_string(key, name.data(), name.size());
  key.append(options_.pretty ? ": " : ":");
  return std::string(key.view());
}

void JsonWriter::begin_table(const TableHead &head) {
  if (any_table_) {
    throw Error(sqlstate::feature_not_supported, "a JSON document has only one table", {},
                "Export each table into a document of its own.");
  }
  for (const std::string &name : json_names(head.columns, options_.duplicate_names)) {
    columns_.push_back({Key(key_text(name)), {}});
  }
  layout_ = head.layout;
  any_table_ = true;
}

// Writes one object, or returns false if the source does not have a cell.
template <typename Source>
bool JsonWriter::write_object(Source &source) {
  Room room = values_.open();
  const std::size_t object = out_.size() + before_row_.size();
  std::memcpy(room.at, before_row_.data(), before_row_.size());
  room.at += before_row_.size();
  for (JsonColumn &column : columns_) {
    Cell cell;
    if (!source.next(cell)) return false;
    if (options_.omit_nulls && cell.is_null()) continue;
    room = values_.make_room(room, Key::room_for(column.key) + JsonValueWriter::kScalarRoom);
    room.at = column.key.write(room.at);
    room = values_.write(room, cell, column.dates);
    if (JsonValueWriter::is_refused(room)) return source.refuse();
  }
  values_.close(room);
  const std::size_t length = out_.size() - object;
  if (length == 0) {
    out_.push('{');
    out_.append(after_empty_row_);
  } else {
    // Each key has a comma before it; that of the first is where the object begins.
    room.at[-static_cast<std::ptrdiff_t>(length)] = '{';
    out_.append(after_row_);
  }
  return true;
}

template <typename Source>
WriteOutcome JsonWriter::write_row(Source source) noexcept {
  const std::size_t start = out_.size();
  WriteOutcome outcome = WriteOutcome::failed;
  try {
    if (write_object(source)) {
      before_row_ = before_next_row_;
      any_row_ = true;
      return WriteOutcome::ok;
    }
    outcome = WriteOutcome::needs_cells;
  } catch (const Error &error) {
    keep_failure(error);
  } catch (...) {
    keep_out_of_memory();  // nothing else is thrown here
  }
  out_.truncate(start);
  return outcome;
}

WriteOutcome JsonWriter::row(const Cell *cells) noexcept { return write_row(CellSource(cells)); }

WriteOutcome JsonWriter::row(const TupleView &tuple) noexcept {
  return write_row(TupleSource(*layout_, tuple, zone_hint_));
}

void JsonWriter::preview_cell(const Cell &cell, std::size_t column) {
  const Room room = values_.write(values_.open(), cell, columns_[column].dates);
  if (JsonValueWriter::is_refused(room)) JsonValueWriter::throw_corrupted_array();
  values_.close(room);
}

void JsonWriter::end_table() { layout_ = nullptr; }

void JsonWriter::finish() {
  if (!options_.lines) out_.append(any_row_ ? "\n]\n" : "]\n");
}

}  // namespace pgexport
