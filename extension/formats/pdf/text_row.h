// The texts of one row's cells, one after the other in a buffer that is used again and again.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "core/output_buffer.h"

#include "core/no_postgres.h"

namespace pgexport::pdf {

class TextRow {
 public:
  void clear() {
    constexpr std::size_t kKeep = std::size_t{16} << 10;
    text_.clear(kKeep);
    ends_.clear();
  }

  void assign(const TextRow &other) {
    clear();
    text_.append(other.text_.view());
    ends_ = other.ends_;
  }

  // Append the text of a cell to the buffer, then end it.
  OutputBuffer &buffer() { return text_; }
  void end_cell() { ends_.push_back(text_.size()); }

  bool empty() const { return ends_.empty(); }
  std::size_t count() const { return ends_.size(); }
  std::size_t bytes() const { return text_.size(); }

  // REQUIRES: i < count().
  std::string_view cell(std::size_t i) const {
    const std::size_t start = i == 0 ? 0 : ends_[i - 1];
    return text_.view().substr(start, ends_[i] - start);
  }

 private:
  OutputBuffer text_;
  std::vector<std::size_t> ends_;
};

}  // namespace pgexport::pdf
