#include "core/output_buffer.h"

#include <algorithm>

namespace pgexport {

void OutputBuffer::grow(std::size_t n) {
  const std::size_t used = size();
  const std::size_t capacity = static_cast<std::size_t>(limit_ - begin_);
  if (n > SIZE_MAX / 4 - used) throw std::bad_alloc();
  const std::size_t wanted = std::max({used + n, capacity * 2, std::size_t{64} << 10});
  void *grown = std::realloc(begin_, wanted);
  if (!grown) throw std::bad_alloc();
  begin_ = static_cast<char *>(grown);
  end_ = begin_ + used;
  limit_ = begin_ + wanted;
}

}  // namespace pgexport
