// A value on the heap: what a tree needs to contain itself.  Copies and compares as the value.
#pragma once

#include <memory>
#include <utility>

#include "core/no_postgres.h"

namespace pgexport::dsl {

template <typename T>
class Box {
 public:
  Box() : value_(std::make_unique<T>()) {}
  Box(T value) : value_(std::make_unique<T>(std::move(value))) {}  // NOLINT: converts on purpose
  Box(const Box &other) : value_(std::make_unique<T>(*other)) {}
  Box(Box &&other) noexcept = default;
  Box &operator=(const Box &other) {
    if (this != &other) value_ = std::make_unique<T>(*other);
    return *this;
  }
  Box &operator=(Box &&other) noexcept = default;
  ~Box() = default;

  // REQUIRES: not moved from.
  T &operator*() { return *value_; }
  const T &operator*() const { return *value_; }
  T *operator->() { return value_.get(); }
  const T *operator->() const { return value_.get(); }

  friend bool operator==(const Box &a, const Box &b) { return *a == *b; }

 private:
  std::unique_ptr<T> value_;
};

}  // namespace pgexport::dsl
