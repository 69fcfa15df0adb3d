#include "core/text/array_walk.h"

#include "core/text/bounded_varlena.h"

namespace pgexport::spell {
namespace {

using pgexport::detail::load;

// Offsets in PostgreSQL's ArrayType count its varlena header, which `data` does not have.
constexpr std::uint32_t kVarlenaHeader = 4;

std::uint64_t align_up(std::uint64_t offset, std::uint64_t alignment) {
  return (offset + alignment - 1) & ~(alignment - 1);
}

std::int32_t data_offset(const char *data) { return load<std::int32_t>(data + 4); }

}  // namespace

std::uint32_t array_element_type(const char *data) { return load<std::uint32_t>(data + 8); }

ArrayHead read_array_head(const char *data, std::uint32_t size) {
  ArrayHead head{};
  if (size < kArrayHeadSize) return head;
  const std::int32_t ndim = load<std::int32_t>(data);
  if (ndim < 0 || ndim > kMaxArrayDimensions) return head;
  if (size < kArrayHeadSize + 8 * static_cast<std::uint32_t>(ndim)) return head;

  std::int64_t count = ndim > 0;
  for (int i = 0; i < ndim; ++i) {
    head.dims[i] = load<std::int32_t>(data + kArrayHeadSize + 4 * i);
    head.lower_bounds[i] = load<std::int32_t>(data + kArrayHeadSize + 4 * (ndim + i));
    count *= head.dims[i];
    if (head.dims[i] < 0 || count > INT32_MAX) return head;
  }
  // Elements start after the header and, if there may be nulls, after one bit each.
  const std::int64_t bitmap = kVarlenaHeader + kArrayHeadSize + 8 * ndim;
  const std::int64_t offset = data_offset(data);
  const std::int64_t total = std::int64_t{size} + kVarlenaHeader;
  if (offset != 0 && (offset < bitmap + (count + 7) / 8 || offset > total)) return head;

  head.ndim = ndim;
  head.count = static_cast<int>(count);
  head.ok = true;
  return head;
}

ArrayReader::ArrayReader(const char *data, std::uint32_t size, const ColumnLayout &element)
    : head_(read_array_head(data, size)), data_(data), element_(element), size_(size) {
  if (!head_.ok) {
    failed_ = true;
    return;
  }
  const std::uint32_t bitmap = kArrayHeadSize + 8 * static_cast<std::uint32_t>(head_.ndim);
  const auto offset = static_cast<std::uint32_t>(data_offset(data));
  if (offset != 0) null_bits_ = reinterpret_cast<const std::uint8_t *>(data + bitmap);
  // kMaxAlign is the alignment of the first element whatever its type (MAXALIGN).
  constexpr std::uint32_t kMaxAlign = 8;
  offset_ = offset != 0 ? offset
                        : static_cast<std::uint32_t>(align_up(kVarlenaHeader + bitmap, kMaxAlign));
}

bool ArrayReader::next(Cell &cell) {
  if (failed_ || index_ == head_.count) return false;
  const int i = index_++;
  if (null_bits_ && !(null_bits_[i >> 3] & (1 << (i & 7)))) {
    cell = null_cell();
    return true;
  }
  const std::uint64_t total = std::uint64_t{size_} + kVarlenaHeader;
  std::uint64_t at = offset_;
  const bool varlena = element_.storage == Storage::varlena;
  // A byte that is not zero cannot be padding: it starts an unaligned varlena.
  if (!varlena || at >= total || data_[at - kVarlenaHeader] == 0) {
    at = align_up(at, element_.alignment);
  }
  std::uint32_t header = 0;
  std::uint32_t payload = fixed_length(element_.storage);
  failed_ =
      at > total || payload > total - at ||
      (varlena && !bounded_varlena(data_ + (at - kVarlenaHeader), total - at, header, payload));
  if (failed_) return false;
  const char *p = data_ + (at - kVarlenaHeader) + header;
  failed_ = element_.tag == CellTag::numeric && !numeric_has_header(p, payload);
  if (failed_) return false;
  cell = varlena ? data_cell(element_.tag, p, payload) : fixed_cell(element_.storage, p);
  offset_ = static_cast<std::uint32_t>(at + header + payload);
  return true;
}

bool element_layout(std::uint32_t element_type, ColumnLayout &layout) {
  const auto is = [&](Storage storage, std::uint8_t alignment, CellTag tag) {
    layout = {storage, alignment, tag, CellTag::null};
    return true;
  };
  switch (element_type) {
    case 16: return is(Storage::bool1, 1, CellTag::boolean);
    case 17: return is(Storage::varlena, 4, CellTag::bytes);
    case 19: return is(Storage::name64, 1, CellTag::text);
    case 20: return is(Storage::int8, 8, CellTag::integer);
    case 21: return is(Storage::int2, 2, CellTag::integer);
    case 23: return is(Storage::int4, 4, CellTag::integer);
    case 26: return is(Storage::oid4, 4, CellTag::integer);
    case 25:    // text
    case 1042:  // character
    case 1043:  // character varying
      return is(Storage::varlena, 4, CellTag::text);
    case 114: return is(Storage::varlena, 4, CellTag::json);
    case 700: return is(Storage::float4, 4, CellTag::float32);
    case 701: return is(Storage::float8, 8, CellTag::float64);
    case 1082: return is(Storage::date4, 4, CellTag::date);
    case 1083: return is(Storage::time8, 8, CellTag::time);
    case 1114: return is(Storage::timestamp8, 8, CellTag::timestamp);
    case 1186: return is(Storage::interval16, 8, CellTag::interval);
    case 1700: return is(Storage::varlena, 4, CellTag::numeric);
    case 2950: return is(Storage::uuid16, 1, CellTag::uuid);
    case 3802: return is(Storage::varlena, 4, CellTag::jsonb);
    // Not timestamptz: the offset of each element is the server's to look up.  Not "char" (18),
    // whose bytes above 127 are written as \ooo.
    default: return false;
  }
}

}  // namespace pgexport::spell
