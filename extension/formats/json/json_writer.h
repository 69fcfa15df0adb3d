// Writes rows as JSON: an array of objects, or one object per line (JSON Lines).
//
// Texts and headings must be valid UTF-8, as a UTF8 database guarantees; they are not checked
// again.  Whatever their bytes, the structure holds: no byte of a text can end its string.  The
// same goes for json values, which must be JSON as PostgreSQL's type guarantees.
//
// A plain query is written as its rows alone.  A document of several sections is an object:
//   {"title": …, "sections": [{"name": …, "kind": "table", "rows": [{…}, …]}, …]}
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "formats/json/json_options.h"
#include "formats/json/json_value.h"
#include "formats/row_writer.h"

#include "core/no_postgres.h"

namespace pgexport {

class JsonWriter final : public RowWriter {
 public:
  JsonWriter(const JsonOptions &options, OutputBuffer &out);

  void begin(const DocumentInfo &info) override;
  void begin_table(const TableHead &head) override;
  WriteOutcome row(const Cell *cells) noexcept override;
  WriteOutcome row(const TupleView &tuple) noexcept override;
  void preview_cell(const Cell &cell, std::size_t column) override;
  void end_table() override;
  void text(const TextBlock &block) override;
  void finish() override;

 private:
  // `,"name":` as it is written before a value.
  class Key {
   public:
    explicit Key(const std::string &text);

    static std::size_t room_for(const Key &key) { return key.size_ + kInline; }

    // REQUIRES: room_for(*this) bytes at `out`.
    char *write(char *out) const {
      std::memcpy(out, start_, kInline);
      if (size_ > kInline) [[unlikely]] {
        std::memcpy(out + kInline, rest_.data(), rest_.size());
      }
      return out + size_;
    }

   private:
    // A copy of fixed length is a few instructions where one of any length is a call.
    static constexpr std::size_t kInline = 32;
    char start_[kInline] = {};
    std::size_t size_;
    std::string rest_;
  };

  struct JsonColumn {
    Key key;
    spell::DateCache dates;
  };

  void frame_rows();
  void append_member(std::string_view key, std::string_view value);
  void begin_section(std::string_view name, std::string_view kind, std::string_view title);
  std::string key_text(const std::string &name) const;
  template <typename Source>
  WriteOutcome write_row(Source source) noexcept;
  template <typename Source>
  bool write_object(Source &source);

  const JsonOptions options_;
  JsonValueWriter values_;
  std::vector<JsonColumn> columns_;
  const TupleLayout *layout_ = nullptr;
  std::size_t zone_hint_ = 0;
  bool framed_ = false;  // a document of several sections
  // What comes before the first row's object and before the others; after one that has keys, and
  // after one that has none; after the last.
  std::string before_first_row_;
  std::string before_next_row_;
  std::string after_row_;
  std::string after_empty_row_;
  std::string after_last_row_;
  std::string before_key_;
  std::string_view before_row_;
  bool any_section_ = false;
  bool any_row_ = false;
};

}  // namespace pgexport
