#include "core/text/bytes_text.h"

#include <bit>
#include <cstdint>
#include <cstring>

#include "core/text/integer_text.h"

namespace pgexport::spell {

namespace {

std::uint32_t load_little_endian(const char *p) {
  std::uint32_t word;
  std::memcpy(&word, p, sizeof word);
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap32(word);
  return word;
}

// The hexadecimal digits of four bytes, the first byte least significant in both words.
std::uint64_t hex_of_four(std::uint32_t bytes) {
  std::uint64_t x = bytes;
  x = (x | x << 16) & 0x0000ffff0000ffff;
  x = (x | x << 8) & 0x00ff00ff00ff00ff;
  const std::uint64_t nibbles = (x >> 4 & 0x000f000f000f000f) | (x & 0x000f000f000f000f) << 8;
  const std::uint64_t letters = (nibbles + 0x0606060606060606) >> 4 & 0x0101010101010101;
  return nibbles + detail::kZeroChars + letters * ('a' - '0' - 10);
}

constexpr char kBase64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::uint32_t octet(const char *p) { return static_cast<std::uint8_t>(*p); }

char *write_base64_quad(char *out, std::uint32_t bits) {
  out[0] = kBase64[bits >> 18];
  out[1] = kBase64[bits >> 12 & 63];
  out[2] = kBase64[bits >> 6 & 63];
  out[3] = kBase64[bits & 63];
  return out + 4;
}

}  // namespace

char *write_hex(char *out, const char *bytes, std::size_t n) {
  for (; n >= 4; n -= 4, bytes += 4, out += 8) {
    detail::store_bytes(out, hex_of_four(load_little_endian(bytes)));
  }
  for (; n > 0; --n, ++bytes, out += 2) {
    detail::store_bytes(out, static_cast<std::uint16_t>(hex_of_four(octet(bytes))));
  }
  return out;
}

char *write_base64(char *out, const char *bytes, std::size_t n) {
  for (; n >= 3; n -= 3, bytes += 3) {
    out = write_base64_quad(out, octet(bytes) << 16 | octet(bytes + 1) << 8 | octet(bytes + 2));
  }
  if (n == 0) return out;
  const std::uint32_t second = n == 2 ? octet(bytes + 1) : 0;
  out = write_base64_quad(out, octet(bytes) << 16 | second << 8);
  out[-1] = '=';
  if (n == 1) out[-2] = '=';
  return out;
}

char *write_uuid(char *out, const char *bytes) {
  // Two groups of four digits, each after a hyphen.
  const auto write_pair = [](char *at, std::uint64_t digits) {
    at[0] = '-';
    detail::store_bytes(at + 1, static_cast<std::uint32_t>(digits));
    at[5] = '-';
    detail::store_bytes(at + 6, static_cast<std::uint32_t>(digits >> 32));
  };
  detail::store_bytes(out, hex_of_four(load_little_endian(bytes)));
  write_pair(out + 8, hex_of_four(load_little_endian(bytes + 4)));
  write_pair(out + 18, hex_of_four(load_little_endian(bytes + 8)));
  detail::store_bytes(out + 28, hex_of_four(load_little_endian(bytes + 12)));
  return out + 36;
}

}  // namespace pgexport::spell
