#include "heap_rows.h"

namespace pgexport::bench {

namespace {

// PostgreSQL 15, utils/jsonb.h and catalog/pg_type.dat.
constexpr std::uint32_t kJsonbObject = 0x20000000;
constexpr std::uint32_t kJsonbHasOffset = 0x80000000;
constexpr std::uint32_t kJsonbNumeric = 0x10000000;
constexpr std::uint32_t kJsonbFalse = 0x20000000;
constexpr std::uint32_t kJsonbTrue = 0x30000000;
constexpr std::uint32_t kTextType = 25;

// postgres.h: the longest value, header included, that gets a header of one byte.
constexpr std::size_t kMaxShort = 127;

template <typename T>
void put(std::string &bytes, T value) {
  bytes.append(reinterpret_cast<const char *>(&value), sizeof value);
}

void pad(std::string &bytes, std::size_t alignment) {
  bytes.resize((bytes.size() + alignment - 1) / alignment * alignment);
}

void put_long_varlena(std::string &bytes, std::string_view payload) {
  put(bytes, static_cast<std::uint32_t>((payload.size() + 4) << 2));
  bytes.append(payload);
}

// The short form of a numeric; zeros at either end are not stored.
Payload short_numeric(int weight, int scale, std::vector<std::uint16_t> digits) {
  while (!digits.empty() && digits.back() == 0) digits.pop_back();
  while (!digits.empty() && digits.front() == 0) {
    digits.erase(digits.begin());
    --weight;
  }
  if (digits.empty()) weight = 0;
  Payload body;
  put(body,
      static_cast<std::uint16_t>(0x8000 | scale << 7 | (weight < 0 ? 0x40 : 0) | (weight & 0x3F)));
  for (const std::uint16_t digit : digits) put(body, digit);
  return body;
}

}  // namespace

Payload numeric_of_cents(std::uint32_t cents) {
  return short_numeric(
      0, 2,
      {static_cast<std::uint16_t>(cents / 100), static_cast<std::uint16_t>(cents % 100 * 100)});
}

Payload text_array(const std::vector<std::string_view> &elements) {
  Payload array;
  put(array, static_cast<std::int32_t>(elements.empty() ? 0 : 1));
  put(array, std::int32_t{0});  // no nulls
  put(array, kTextType);
  if (elements.empty()) return array;
  put(array, static_cast<std::int32_t>(elements.size()));
  put(array, std::int32_t{1});
  for (const std::string_view element : elements) {
    pad(array, 4);
    put_long_varlena(array, element);
  }
  return array;
}

Payload ticket_jsonb(std::string_view source, std::uint32_t ticket, bool approved) {
  const std::string keys = "sourceticketapproved";
  std::string data = keys + std::string(source);
  const std::size_t before_number = data.size();
  pad(data, 4);
  put_long_varlena(data, short_numeric(1, 0,
                                       {static_cast<std::uint16_t>(ticket / 10000),
                                        static_cast<std::uint16_t>(ticket % 10000)}));
  const auto number_length = static_cast<std::uint32_t>(data.size() - before_number);

  Payload jsonb;
  put(jsonb, kJsonbObject | 3);
  put(jsonb, kJsonbHasOffset | 6);
  put(jsonb, std::uint32_t{6});
  put(jsonb, std::uint32_t{8});
  put(jsonb, static_cast<std::uint32_t>(source.size()));
  put(jsonb, kJsonbNumeric | number_length);
  put(jsonb, approved ? kJsonbTrue : kJsonbFalse);
  return jsonb + data;
}

void HeapRows::align(std::size_t alignment) { pad(bytes_, alignment); }

void HeapRows::start_row() {
  align(8);
  rows_.push_back({bytes_.size(), false, std::vector<std::uint8_t>((columns_.size() + 7) / 8)});
}

void HeapRows::mark_present() {
  const std::size_t column = row().next_column++;
  row().present[column / 8] |= static_cast<std::uint8_t>(1U << column % 8);
}

void HeapRows::add_varlena(std::string_view payload) {
  mark_present();
  if (payload.size() + 1 <= kMaxShort) {
    bytes_.push_back(static_cast<char>((payload.size() + 1) << 1 | 1));
    bytes_.append(payload);
  } else {
    align(4);
    put_long_varlena(bytes_, payload);
  }
}

void HeapRows::add_null() {
  row().has_null = true;
  ++row().next_column;
}

}  // namespace pgexport::bench
