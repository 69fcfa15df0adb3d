// A heap block of exactly the bytes given, so that a sanitizer sees any access beside them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace pgexport {

class ExactBlock {
 public:
  explicit ExactBlock(std::string_view bytes)
      : bytes_(new char[bytes.size()]), size_(static_cast<std::uint32_t>(bytes.size())) {
    bytes.copy(bytes_.get(), bytes.size());
  }
  explicit ExactBlock(std::size_t n) : ExactBlock(std::string(n, '#')) {}

  char *get() const { return bytes_.get(); }
  std::uint32_t size() const { return size_; }

 private:
  std::unique_ptr<char[]> bytes_;
  std::uint32_t size_;
};

}  // namespace pgexport
