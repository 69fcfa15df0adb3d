// PostgreSQL's arrays of simple element types, read from their storage format.
//
// `data` is what follows the varlena header of the array: ndim, dataoffset, element type, dims,
// lower bounds, null bitmap, elements.  Alignment inside is relative to four bytes before `data`.
// Source: PostgreSQL 15, utils/array.h.
#pragma once

#include <cstdint>

#include "core/cell.h"
#include "core/tuple_view.h"

#include "core/no_postgres.h"

namespace pgexport::spell {

inline constexpr int kMaxArrayDimensions = 6;  // MAXDIM

// Bytes of an array's head before its dimensions: ndim, dataoffset, element type.
inline constexpr std::uint32_t kArrayHeadSize = 12;

// Header of an array.  `ok` is false if it contradicts itself or `size`.
struct ArrayHead {
  bool ok;
  int ndim;
  int count;  // elements in all
  int dims[kMaxArrayDimensions];
  int lower_bounds[kMaxArrayDimensions];
};
ArrayHead read_array_head(const char *data, std::uint32_t size);

// Yields the elements in storage order, nulls included.  next() returns false at the end or when
// an element cannot be read in place (compressed, external, out of bounds): see failed().
class ArrayReader {
 public:
  // `element` says how elements lie (see element_layout below).
  ArrayReader(const char *data, std::uint32_t size, const ColumnLayout &element);

  bool next(Cell &cell);
  bool failed() const { return failed_; }
  const ArrayHead &head() const { return head_; }

 private:
  ArrayHead head_;
  const char *data_;
  const std::uint8_t *null_bits_ = nullptr;
  ColumnLayout element_;
  std::uint32_t size_;
  std::uint32_t offset_;  // from the virtual start, four bytes before data
  int index_ = 0;
  bool failed_ = false;
};

// Layout of the elements of a flat_array, from the array's own element type OID (built-in types
// have fixed OIDs: PostgreSQL 15, catalog/pg_type.dat).  Returns false for a type that is not
// read in place; the server makes flat_array cells only for types for which this is true.
bool element_layout(std::uint32_t element_type, ColumnLayout &layout);

// The OID of the element type stored in the array.  REQUIRES: kArrayHeadSize bytes.
std::uint32_t array_element_type(const char *data);

}  // namespace pgexport::spell
