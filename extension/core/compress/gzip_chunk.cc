#include "core/compress/gzip_chunk.h"

#include <isa-l/igzip_lib.h>

#include <array>
#include <string>

#include "core/error.h"

namespace pgexport {

namespace {

// ISA-L only reads from its input; its interface lacks the const.
std::uint8_t *input_of(std::string_view bytes) {
  return reinterpret_cast<std::uint8_t *>(const_cast<char *>(bytes.data()));
}

}  // namespace

struct GzipPacker::Tables {
  std::array<std::uint8_t, ISAL_DEF_LVL1_DEFAULT> level1;
};

GzipPacker::GzipPacker() : tables_(std::make_unique_for_overwrite<Tables>()) {}
GzipPacker::~GzipPacker() = default;

std::string_view GzipPacker::pack(std::string_view plain, char *out, std::size_t capacity) {
  // Zeroed: isal_deflate_stateless_init leaves out fields, hist_bits among them, and a window of
  // whatever size the stack holds there decides which matches are found.
  isal_zstream stream{};
  isal_deflate_stateless_init(&stream);
  stream.gzip_flag = IGZIP_GZIP;
  stream.level = 1;
  stream.level_buf = tables_->level1.data();
  stream.level_buf_size = static_cast<std::uint32_t>(tables_->level1.size());
  stream.next_in = input_of(plain);
  stream.avail_in = static_cast<std::uint32_t>(plain.size());
  stream.next_out = reinterpret_cast<std::uint8_t *>(out);
  stream.avail_out = static_cast<std::uint32_t>(capacity);
  stream.end_of_stream = 1;
  stream.flush = NO_FLUSH;
  const int result = isal_deflate_stateless(&stream);
  if (result == STATELESS_OVERFLOW) return plain;
  if (result != COMP_OK) {
    throw Error(sqlstate::external_routine_exception, "could not compress with gzip",
                "ISA-L returned " + std::to_string(result) + ".");
  }
  return {out, stream.total_out};
}

void unpack_gzip(std::string_view stored, std::uint32_t plain_size, char *out) {
  inflate_state state;
  isal_inflate_init(&state);
  state.crc_flag = ISAL_GZIP;
  state.next_in = input_of(stored);
  state.avail_in = static_cast<std::uint32_t>(stored.size());
  state.next_out = reinterpret_cast<std::uint8_t *>(out);
  state.avail_out = plain_size;
  const int result = isal_inflate(&state);
  const bool whole = result == ISAL_DECOMP_OK && state.block_state == ISAL_BLOCK_FINISH &&
                     state.total_out == plain_size && state.avail_in == 0;
  if (whole) return;
  throw Error(sqlstate::data_corrupted, "could not decode a chunk of a stored document",
              "ISA-L returned " + std::to_string(result) + " after " +
                  std::to_string(state.total_out) + " of " + std::to_string(plain_size) +
                  " bytes.");
}

}  // namespace pgexport
