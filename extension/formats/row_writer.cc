#include "formats/row_writer.h"

namespace pgexport {

void RowWriter::keep_out_of_memory() noexcept {
  // Short enough for the small-string buffer: nothing here allocates.
  failure_.emplace(sqlstate::out_of_memory, std::string("out of memory"));
}

}  // namespace pgexport
