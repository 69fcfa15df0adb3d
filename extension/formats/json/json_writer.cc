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
    : RowWriter(out), options_(options), values_(options_, out) {}

// The bytes around rows: those of a document stand three levels deeper than those of a query.
void JsonWriter::frame_rows() {
  if (options_.lines) {
    before_key_ = ",";
    after_row_ = after_empty_row_ = "}\n";
    return;
  }
  const std::string line = options_.pretty ? "\n" + std::string(framed_ ? 6 : 0, ' ') : "\n";
  before_first_row_ = options_.pretty ? line + "  " : line;
  before_next_row_ = "," + before_first_row_;
  before_key_ = options_.pretty ? "," + line + "    " : ",";
  after_row_ = options_.pretty ? line + "  }" : "}";
  after_empty_row_ = "}";
  after_last_row_ = line + "]";
}

void JsonWriter::append_member(std::string_view key, std::string_view value) {
  spell::append_json_string(out_, key.data(), key.size());
  out_.append(options_.pretty ? ": " : ":");
  spell::append_json_string(out_, value.data(), value.size());
}

void JsonWriter::begin(const DocumentInfo &info) {
  framed_ = !info.is_plain && !options_.lines;
  frame_rows();
  if (options_.lines) return;
  if (!framed_) {
    out_.push('[');
    return;
  }
  out_.append(options_.pretty ? "{\n  " : "{");
  append_member("title", info.title);
  out_.append(options_.pretty ? ",\n  \"sections\": [" : ",\"sections\":[");
}

std::string JsonWriter::key_text(const std::string &name) const {
  OutputBuffer key;
  key.append(before_key_);
  spell::append_json_string(key, name.data(), name.size());
  key.append(options_.pretty ? ": " : ":");
  return std::string(key.view());
}

void JsonWriter::begin_section(std::string_view name, std::string_view kind,
                               std::string_view title) {
  const std::string_view next = options_.pretty ? ",\n      " : ",";
  if (any_section_) out_.push(',');
  any_section_ = true;
  out_.append(options_.pretty ? "\n    {\n      " : "\n{");
  append_member("name", name);
  out_.append(next);
  append_member("kind", kind);
  if (!title.empty()) {
    out_.append(next);
    append_member("title", title);
  }
  out_.append(next);
}

void JsonWriter::begin_table(const TableHead &head) {
  if (!framed_ && any_section_) {
    throw Error(sqlstate::feature_not_supported, "a JSON document has only one table", {},
                "Export each table into a document of its own.");
  }
  columns_.clear();
  for (const std::string &name : json_names(head.columns, options_.duplicate_names)) {
    columns_.push_back({Key(key_text(name)), {}});
  }
  layout_ = head.layout;
  before_row_ = before_first_row_;
  any_row_ = false;
  if (framed_) {
    begin_section(head.name, section_kind_name(head.kind), head.title);
    out_.append(options_.pretty ? "\"rows\": [" : "\"rows\":[");
  }
  any_section_ = true;
}

void JsonWriter::text(const TextBlock &block) {
  if (!framed_) return;
  begin_section(block.name, section_kind_name(SectionKind::text), block.title);
  append_member("text", block.text);
  out_.append(options_.pretty ? "\n    }" : "}");
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

void JsonWriter::end_table() {
  layout_ = nullptr;
  if (!framed_) return;
  out_.append(any_row_ ? std::string_view(after_last_row_) : "]");
  out_.append(options_.pretty ? "\n    }" : "}");
}

void JsonWriter::finish() {
  if (options_.lines) return;
  if (framed_) {
    out_.append(options_.pretty ? "\n  ]\n}\n" : "\n]}\n");
  } else {
    out_.append(any_row_ ? "\n]\n" : "]\n");
  }
}

}  // namespace pgexport
