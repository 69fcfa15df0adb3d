// Whatever the options of a request hold, they are read or refused with an Error.
#include <fuzzer/FuzzedDataProvider.h>

#include <string>
#include <vector>

#include "core/error.h"
#include "formats/common_options.h"
#include "formats/format.h"

namespace pgexport {
namespace {

void use(const Format &format, const OptionValues &values) {
  read_columns(values);
  read_args(values);
  format.needs(values);
  OutputBuffer out;
  format.make_writer(values, out);
}

std::string known_or_random_name(FuzzedDataProvider &input, const Format &format) {
  if (input.ConsumeBool()) return input.ConsumeRandomLengthString(32);
  const auto specs = input.ConsumeBool() ? format.options() : common_options();
  const auto i = input.ConsumeIntegralInRange<std::size_t>(0, specs.size() - 1);
  return std::string(specs[i].name);
}

OptionValues read_copy_list(FuzzedDataProvider &input, const Format &format) {
  std::vector<CopyOption> options;
  while (input.remaining_bytes() > 0) {
    std::string name = known_or_random_name(input, format);
    const bool has_value = input.ConsumeBool();
    options.push_back({std::move(name), input.ConsumeRandomLengthString(256), has_value});
  }
  return parse_copy_options(format, options);
}

}  // namespace
}  // namespace pgexport

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  using namespace pgexport;
  FuzzedDataProvider input(data, size);
  const auto formats = all_formats();
  const Format &format = *formats[input.ConsumeIntegralInRange<std::size_t>(0, formats.size() - 1)];
  try {
    if (input.ConsumeBool()) {
      use(format, read_copy_list(input, format));
    } else {
      use(format, parse_options(format, input.ConsumeRemainingBytesAsString()));
    }
  } catch (const Error &) {
  }
  return 0;
}
