// The growing byte buffer that a row writer writes into and the document empties.
//
// Grows by doubling with malloc, not palloc: a value may need more than PostgreSQL's 1 GB limit
// for one allocation (a 600 MB bytea is 1.2 GB of hex).
#pragma once

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string_view>

#include "core/no_postgres.h"

namespace pgexport {

class OutputBuffer {
 public:
  OutputBuffer() = default;
  ~OutputBuffer() { std::free(begin_); }
  OutputBuffer(const OutputBuffer &) = delete;
  OutputBuffer &operator=(const OutputBuffer &) = delete;

  const char *data() const { return begin_; }
  std::size_t size() const { return static_cast<std::size_t>(end_ - begin_); }
  std::string_view view() const { return {begin_, size()}; }

  // Makes room for at least `n` more bytes and returns where to write them.  The pointer is good
  // until the next call of a member.  Follow with advance_to().  Throws std::bad_alloc.
  char *reserve(std::size_t n) {
    if (static_cast<std::size_t>(limit_ - end_) < n) grow(n);
    return end_;
  }

  // Takes the bytes up to `end`, a pointer derived from reserve(), into the buffer.
  void advance_to(char *end) { end_ = end; }

  void append(const char *bytes, std::size_t n) {
    if (n == 0) return;
    std::memcpy(reserve(n), bytes, n);
    end_ += n;
  }
  void append(std::string_view bytes) { append(bytes.data(), bytes.size()); }
  void push(char byte) {
    *reserve(1) = byte;
    ++end_;
  }

  // Drops everything after the first `size` bytes.
  void truncate(std::size_t size) { end_ = begin_ + size; }

  // Empties the buffer; gives memory back if one huge row made it grow beyond `keep` bytes.
  void clear(std::size_t keep = std::size_t{4} << 20) {
    end_ = begin_;
    if (static_cast<std::size_t>(limit_ - begin_) > keep) {
      std::free(begin_);
      begin_ = end_ = limit_ = nullptr;
    }
  }

 private:
  void grow(std::size_t n);

  char *begin_ = nullptr;
  char *end_ = nullptr;
  char *limit_ = nullptr;
};

}  // namespace pgexport
