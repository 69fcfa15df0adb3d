// Whatever a format code holds, it is refused with an Error or shows every kind of value.
#include <fuzzer/FuzzedDataProvider.h>

#include <string>

#include "core/decimal.h"
#include "core/error.h"
#include "core/text/format_code.h"
#include "core/text/scan.h"

namespace pgexport {
namespace {

void show(const FormatCode &code, const Cell &cell, const Locale &locale) {
  const std::string text = code.text(cell, locale);
  if (spell::valid_utf8_prefix(text.data(), text.size()) != text.size()) __builtin_trap();
}

Decimal random_decimal(FuzzedDataProvider &input) {
  Decimal value;
  value.negative = input.ConsumeBool();
  value.weight = input.ConsumeIntegralInRange(-40, 40);
  value.scale = input.ConsumeIntegralInRange(0, 200);
  const int groups = input.ConsumeIntegralInRange(0, 12);
  for (int i = 0; i < groups; ++i) {
    value.groups.push_back(input.ConsumeIntegralInRange<std::uint16_t>(0, 9999));
  }
  return value;
}

}  // namespace
}  // namespace pgexport

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  using namespace pgexport;
  FuzzedDataProvider input(data, size);
  // First, so that a file of the corpus is a code.
  const std::string spelled = input.ConsumeRandomLengthString(kMaxFormatCode + 1);
  const Locale &locale = *find_locale(input.ConsumeBool() ? "fr" : "de");
  std::string numeric;
  store_numeric(numeric, random_decimal(input));
  const auto integer = input.ConsumeIntegral<std::int64_t>();
  const auto days = input.ConsumeIntegral<std::int32_t>();
  const auto offset = input.ConsumeIntegralInRange<std::int32_t>(-57600, 57600);
  const double real = input.ConsumeFloatingPoint<double>();
  const IntervalValue interval = {input.ConsumeIntegral<std::int64_t>(),
                                  input.ConsumeIntegral<std::int32_t>(),
                                  input.ConsumeIntegralInRange(-1, 1)};
  try {
    const FormatCode code(spelled);
    show(code, integer_cell(CellTag::integer, integer), locale);
    show(code, integer_cell(CellTag::boolean, days & 1), locale);
    show(code, real_cell(CellTag::float64, real), locale);
    show(code, real_cell(CellTag::float32, static_cast<double>(static_cast<float>(real))), locale);
    show(code, data_cell(CellTag::numeric, numeric.data(), numeric.size()), locale);
    show(code, data_cell(CellTag::text, "x", 1), locale);
    // Within what PostgreSQL stores.
    show(code, integer_cell(CellTag::date, days % 100000000), locale);
    const auto day_time = static_cast<std::int64_t>(static_cast<std::uint64_t>(integer) %
                                                    (std::uint64_t{86400} * 1000000 + 1));
    show(code, zoned_cell(CellTag::timetz, day_time, offset), locale);
    show(code, zoned_cell(CellTag::timestamptz, integer / 2, offset), locale);
    Cell cell;
    cell.interval = &interval;
    cell.tag = CellTag::interval;
    show(code, cell, locale);
  } catch (const Error &) {
  }
  return 0;
}
