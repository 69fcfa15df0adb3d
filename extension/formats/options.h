// The options of a document: their names, types, defaults and meaning, and the values a request
// gave.  One description serves export.run, COPY, export.formats() and the documentation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/no_postgres.h"

namespace pgexport {

// Limits of an options object and of a JSON value in a COPY option.
inline constexpr std::size_t kMaxOptionsText = std::size_t{1} << 20;
inline constexpr int kMaxOptionsNesting = 100;

enum class OptionType : std::uint8_t {
  boolean,
  integer,
  text,
  single_byte,  // a text of exactly one ASCII character
  choice,       // one of `choices`
  json,         // any JSON value; its reader checks the shape.  In COPY: JSON in a string, or a
                // plain word (force_quote *) as if it were quoted
};

struct OptionSpec {
  std::string_view name;
  OptionType type;
  std::string_view default_text;               // as export.formats() shows it; empty: no default
  std::string_view meaning;                    // one sentence, lower-case start, no period
  std::vector<std::string_view> choices = {};  // of a choice
};

// What a request gave, checked against the specs: every value has its type, nothing is unknown.
// Getters give nullopt/empty for an option that was not given; defaults that depend on other
// options (a dialect's delimiter) are the format's business.
class OptionValues {
 public:
  using Value = std::variant<bool, std::int64_t, std::string>;  // json options: their JSON text

  bool has(std::string_view name) const;
  bool flag(std::string_view name, bool fallback) const;
  std::int64_t integer(std::string_view name, std::int64_t fallback) const;
  std::string text(std::string_view name, std::string_view fallback) const;
  nlohmann::json json(std::string_view name) const;  // null if not given

  void set(std::string_view name, Value value);

  // Takes every value that `other` has.
  void override_with(const OptionValues &other);

 private:
  std::map<std::string, Value, std::less<>> values_;
};

class Format;

// Reads the options object of a call: `object` is JSON text of an object.  Throws Error 22023
// naming the option and the nearest valid one for an unknown name, an option of another format,
// a wrong type or a value out of its set.
OptionValues parse_options(const Format &format, std::string_view object);

// Reads the options of a COPY: names and values as written there; nullopt-like empty pointer for
// an option without a value (meaning true for a boolean).
struct CopyOption {
  std::string name;
  std::string value;
  bool has_value;
};
OptionValues parse_copy_options(const Format &format, std::span<const CopyOption> options);

// Settings of the server that formats obey are among the values, under their full names, which no
// request can use.
inline constexpr std::string_view kFontsSetting = "export.pdf_fonts";
inline constexpr std::string_view kMaxPagesSetting = "export.pdf_max_pages";

// The name in `candidates` nearest to `name`, or empty if none is near enough to be meant.
std::string_view nearest_name(std::string_view name, std::span<const std::string_view> candidates);

}  // namespace pgexport
