// Rows of a table as PostgreSQL keeps them in memory, made without a server.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/tuple_view.h"

#include "core/no_postgres.h"

namespace pgexport::bench {

// A value of a text, numeric, jsonb or array without its header.
using Payload = std::string;

// A numeric with two decimals, below 10000.
Payload numeric_of_cents(std::uint32_t cents);

Payload text_array(const std::vector<std::string_view> &elements);

// {"source": source, "ticket": ticket, "approved": approved}, ticket below 10^8.
Payload ticket_jsonb(std::string_view source, std::uint32_t ticket, bool approved);

// Values are added row by row, column by column, each in the storage its column's layout says.
class HeapRows {
 public:
  explicit HeapRows(std::vector<ColumnLayout> columns) : columns_(std::move(columns)) {}

  // Adds a value of fixed length; T has the size and the alignment of the column's storage.
  template <typename T>
  void add(T value) {
    mark_present();
    align(alignof(T));
    bytes_.append(reinterpret_cast<const char *>(&value), sizeof value);
  }

  void add_varlena(std::string_view payload);
  void add_null();

  // REQUIRES: nothing or a complete row was added since the last call.
  void start_row();

  std::size_t size() const { return rows_.size(); }
  const std::vector<ColumnLayout> &columns() const { return columns_; }

  // Good until the next row is added.
  TupleView view(std::size_t i) const {
    const Row &row = rows_[i];
    return {bytes_.data() + row.start, row.has_null ? row.present.data() : nullptr};
  }

 private:
  struct Row {
    std::size_t start;
    bool has_null = false;
    std::vector<std::uint8_t> present;
    std::size_t next_column = 0;
  };

  Row &row() { return rows_.back(); }
  void mark_present();
  void align(std::size_t alignment);

  std::vector<ColumnLayout> columns_;
  std::string bytes_;  // on the heap, thus aligned to 8 at least
  std::vector<Row> rows_;
};

}  // namespace pgexport::bench
