// Values inside a value that has not been checked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/tuple_view.h"

#include "core/no_postgres.h"

namespace pgexport::spell {

// As varlena_extent, but false too if header and payload do not fit into the `available` bytes
// at `p`.
inline bool bounded_varlena(const char *p, std::size_t available, std::uint32_t &header,
                            std::uint32_t &payload) {
  char start[4] = {};
  std::memcpy(start, p, available < sizeof start ? available : sizeof start);
  if (available == 0 || !varlena_extent(start, header, payload)) return false;
  return std::size_t{header} + payload <= available;
}

// True if `size` bytes hold at least the header that the numeric at `body` says it has.
inline bool numeric_has_header(const char *body, std::uint32_t size) {
  if (size < 2) return false;
  constexpr unsigned kLongForms = 0x8000;  // below: long form, which has a weight as well
  return size >= 4 || pgexport::detail::load<std::uint16_t>(body) >= kLongForms;
}

}  // namespace pgexport::spell
