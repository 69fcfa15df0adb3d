// Cuts a stream of bytes into blocks of one size, so that what is made of a block does not depend
// on how the bytes arrived.  A block that arrives whole is handed on where it lies; only pieces are
// copied.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

#include "core/no_postgres.h"

namespace pgexport {

template <std::size_t kBlockBytes>
class BlockBuffer {
 public:
  // Calls take(std::string_view) for each block that is complete with `bytes`; the view is good
  // during the call only.  If take throws, the buffer is of no further use.
  template <typename Take>
  void add(std::string_view bytes, Take take) {
    if (held_ > 0) {
      hold(bytes);
      if (held_ < kBlockBytes) return;
      take(rest());
      held_ = 0;
    }
    for (; bytes.size() >= kBlockBytes; bytes.remove_prefix(kBlockBytes)) {
      take(bytes.substr(0, kBlockBytes));
    }
    hold(bytes);
  }

  // What came after the last complete block.
  std::string_view rest() const { return {block_.get(), held_}; }

 private:
  // Moves the front of `bytes` into the block, as much as fits.
  void hold(std::string_view &bytes) {
    const std::size_t n = std::min(bytes.size(), kBlockBytes - held_);
    if (n == 0) return;
    std::memcpy(block_.get() + held_, bytes.data(), n);
    held_ += n;
    bytes.remove_prefix(n);
  }

  std::unique_ptr<char[]> block_ = std::make_unique_for_overwrite<char[]>(kBlockBytes);
  std::size_t held_ = 0;
};

}  // namespace pgexport
