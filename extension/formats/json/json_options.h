// The options of JSON and JSON Lines.
#pragma once

#include <cstdint>
#include <span>

#include "formats/options.h"

#include "core/no_postgres.h"

namespace pgexport {

enum class BigIntegers : std::uint8_t { number, string };
enum class NonFinite : std::uint8_t { string, null, error };
enum class BytesStyle : std::uint8_t { base64, hex };
enum class DuplicateNames : std::uint8_t { error, suffix };

struct JsonOptions {
  bool lines = false;   // JSON Lines
  bool pretty = false;  // one key per line; not for lines
  bool omit_nulls = false;
  BigIntegers big_integers = BigIntegers::number;
  NonFinite non_finite = NonFinite::string;
  BytesStyle bytes = BytesStyle::base64;
  DuplicateNames duplicate_names = DuplicateNames::error;
};

std::span<const OptionSpec> json_option_specs();
std::span<const OptionSpec> jsonl_option_specs();

JsonOptions read_json_options(const OptionValues &values, bool lines);

}  // namespace pgexport
