#include "formats/options.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "core/error.h"
#include "formats/format.h"
#include "formats/option_error.h"

namespace pgexport {

namespace {

using nlohmann::json;

constexpr std::size_t kLongestNameCompared = 64;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

// Refuses, while a text is parsed, what nlohmann::json would take: duplicate keys (the last would
// win silently), NUL characters (the server has none) and documents nested without limit.
class ParseGuard {
 public:
  void see(int depth, json::parse_event_t event, const json &parsed) {
    switch (event) {
      case json::parse_event_t::object_start: keys_.emplace_back(); [[fallthrough]];
      case json::parse_event_t::array_start: check_depth(depth); break;
      case json::parse_event_t::object_end: keys_.pop_back(); break;
      case json::parse_event_t::key: check_key(parsed.get_ref<const std::string &>()); break;
      case json::parse_event_t::value:
        if (parsed.is_string()) check_text(parsed.get_ref<const std::string &>());
        break;
      case json::parse_event_t::array_end: break;
    }
  }

 private:
  static void check_depth(int depth) {
    if (depth < kMaxOptionsNesting) return;
    throw Error(sqlstate::invalid_parameter_value, "options are nested too deeply",
                "The limit is " + std::to_string(kMaxOptionsNesting) + " levels.");
  }
  static void check_text(const std::string &text) {
    if (text.find('\0') == std::string::npos) return;
    throw Error(sqlstate::invalid_parameter_value, "options must not contain the character U+0000");
  }
  void check_key(const std::string &key) {
    check_text(key);
    if (keys_.back().insert(key).second) return;
    throw Error(sqlstate::invalid_parameter_value,
                "\"" + excerpt(key) + "\" is given more than once in the options");
  }

  std::vector<std::set<std::string>> keys_;  // of the objects that are open
};

json parse_json(std::string_view text) {
  if (text.size() > kMaxOptionsText) {
    throw Error(sqlstate::invalid_parameter_value, "options are too long",
                "They have " + std::to_string(text.size()) + " bytes; the limit is " +
                    std::to_string(kMaxOptionsText) + ".");
  }
  ParseGuard guard;
  try {
    return json::parse(text, [&guard](int depth, json::parse_event_t event, const json &parsed) {
      guard.see(depth, event, parsed);
      return true;
    });
  } catch (const json::parse_error &e) {
    throw Error(sqlstate::invalid_parameter_value, "options are not valid JSON",
                "The error is at byte " + std::to_string(e.byte) + ".");
  } catch (const json::exception &) {
    throw Error(sqlstate::invalid_parameter_value, "options are not valid JSON",
                "A number is out of range.");
  }
}

// Never fails: in a COPY a string may hold bytes that are not UTF-8.
std::string dump(const json &value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

const OptionSpec *find_spec(const Format &format, std::string_view name) {
  for (const auto specs : options_of(format)) {
    for (const OptionSpec &spec : specs) {
      if (spec.name == name) return &spec;
    }
  }
  return nullptr;
}

[[noreturn]] void refuse_name(const Format &format, std::string_view name) {
  std::string owners;
  for (const Format *other : all_formats()) {
    if (!find_spec(*other, name)) continue;
    if (!owners.empty()) owners += ", ";
    owners += other->name();
  }
  const std::string quoted = "\"" + excerpt(name) + "\"";
  const std::string format_name(format.name());
  if (!owners.empty()) {
    throw Error(sqlstate::invalid_parameter_value,
                "option " + quoted + " does not apply to format " + format_name,
                "It is an option of " + owners + ".");
  }
  std::vector<std::string_view> names;
  for (const auto specs : options_of(format)) {
    for (const OptionSpec &spec : specs) names.push_back(spec.name);
  }
  throw Error(sqlstate::invalid_parameter_value,
              "unknown option " + quoted + " for format " + format_name, {},
              did_you_mean(nearest_name(name, names),
                           "See export.formats() for the options of each format."));
}

const OptionSpec &require_spec(const Format &format, std::string_view name) {
  if (const OptionSpec *spec = find_spec(format, name)) return *spec;
  refuse_name(format, name);
}

std::string read_choice(const OptionSpec &spec, const std::string &given) {
  std::string listed;
  for (const std::string_view choice : spec.choices) {
    if (equal_ignoring_case(choice, given)) return std::string(choice);
    if (!listed.empty()) listed += ", ";
    listed += choice;
  }
  throw option_error(spec.name, "must be one of " + listed, dump(given),
                     did_you_mean(nearest_name(given, spec.choices)));
}

std::optional<std::int64_t> as_int64(const json &value) {
  if (!value.is_number_integer()) return std::nullopt;
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX) return std::nullopt;
  return value.get<std::int64_t>();
}

bool is_single_byte(const json &value) {
  if (!value.is_string()) return false;
  const auto &text = value.get_ref<const std::string &>();
  return text.size() == 1 && static_cast<unsigned char>(text[0]) < 0x80;
}

OptionValues::Value read_value(const OptionSpec &spec, const json &value) {
  switch (spec.type) {
    case OptionType::boolean:
      if (value.is_boolean()) return value.get<bool>();
      throw option_error(spec.name, "must be a boolean", dump(value));
    case OptionType::integer:
      if (const auto number = as_int64(value)) return *number;
      throw option_error(spec.name, "must be an integer", dump(value));
    case OptionType::text:
      if (value.is_string()) return value.get<std::string>();
      throw option_error(spec.name, "must be a string", dump(value));
    case OptionType::single_byte:
      if (is_single_byte(value)) return value.get<std::string>();
      throw option_error(spec.name, "must be a single ASCII character", dump(value));
    case OptionType::choice:
      if (value.is_string()) return read_choice(spec, value.get_ref<const std::string &>());
      throw option_error(spec.name, "must be a string", dump(value));
    case OptionType::json: return dump(value);
  }
  throw Error(sqlstate::internal_error, "option of an unknown type");
}

std::optional<bool> boolean_word(std::string_view word) {
  for (const std::string_view yes : {"true", "on", "yes", "1"}) {
    if (equal_ignoring_case(word, yes)) return true;
  }
  for (const std::string_view no : {"false", "off", "no", "0"}) {
    if (equal_ignoring_case(word, no)) return false;
  }
  return std::nullopt;
}

json integer_or_string(const std::string &text) {
  std::int64_t number;
  const char *const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end) return text;
  return number;
}

// The JSON value that an option of a COPY stands for; a string if it has not the type's spelling,
// so that read_value() reports it.
json copy_value(const OptionSpec &spec, const CopyOption &option) {
  if (!option.has_value) {
    if (spec.type == OptionType::boolean) return true;
    throw Error(sqlstate::invalid_parameter_value,
                "option \"" + std::string(spec.name) + "\" requires a value");
  }
  switch (spec.type) {
    case OptionType::boolean: {
      const auto word = boolean_word(option.value);
      return word ? json(*word) : json(option.value);
    }
    case OptionType::integer: return integer_or_string(option.value);
    case OptionType::json:
      if (option.value.starts_with('[') || option.value.starts_with('{')) {
        return parse_json(option.value);
      }
      if (equal_ignoring_case(option.value, "true")) return true;
      return option.value;
    case OptionType::text:
    case OptionType::single_byte:
    case OptionType::choice: return option.value;
  }
  return nullptr;
}

// Optimal string alignment distance without regard to case.  REQUIRES: both at most
// kLongestNameCompared long.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  using Row = std::array<std::size_t, kLongestNameCompared + 1>;
  Row before_last{}, last{}, current{};
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    current[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      current[j] = std::min({last[j] + 1, current[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
      const bool swapped = i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                           lower(a[i - 2]) == lower(b[j - 1]);
      if (swapped) current[j] = std::min(current[j], before_last[j - 2] + 1);
    }
    before_last = last;
    last = current;
  }
  return last[b.size()];
}

template <typename T>
const T *value_of(const std::map<std::string, OptionValues::Value, std::less<>> &values,
                  std::string_view name) {
  const auto found = values.find(name);
  if (found == values.end()) return nullptr;
  if (const T *value = std::get_if<T>(&found->second)) return value;
  throw Error(sqlstate::internal_error,
              "option \"" + std::string(name) + "\" was read as another type");
}

}  // namespace

bool OptionValues::has(std::string_view name) const { return values_.find(name) != values_.end(); }

bool OptionValues::flag(std::string_view name, bool fallback) const {
  const bool *value = value_of<bool>(values_, name);
  return value ? *value : fallback;
}

std::int64_t OptionValues::integer(std::string_view name, std::int64_t fallback) const {
  const std::int64_t *value = value_of<std::int64_t>(values_, name);
  return value ? *value : fallback;
}

std::string OptionValues::text(std::string_view name, std::string_view fallback) const {
  const std::string *value = value_of<std::string>(values_, name);
  return value ? *value : std::string(fallback);
}

json OptionValues::json(std::string_view name) const {
  const std::string *value = value_of<std::string>(values_, name);
  return value ? parse_json(*value) : nlohmann::json(nullptr);
}

void OptionValues::override_with(const OptionValues &other) {
  for (const auto &[name, value] : other.values_) values_.insert_or_assign(name, value);
}

void OptionValues::set(std::string_view name, Value value) {
  values_.insert_or_assign(std::string(name), std::move(value));
}

OptionValues parse_options(const Format &format, std::string_view object) {
  const json parsed = parse_json(object);
  if (!parsed.is_object()) {
    throw Error(sqlstate::invalid_parameter_value, "options must be a JSON object",
                "Got " + excerpt(dump(parsed)) + ".");
  }
  OptionValues values;
  for (const auto &[name, value] : parsed.items()) {
    const OptionSpec &spec = require_spec(format, name);
    if (!value.is_null()) values.set(name, read_value(spec, value));
  }
  return values;
}

OptionValues parse_copy_options(const Format &format, std::span<const CopyOption> options) {
  OptionValues values;
  for (const CopyOption &option : options) {
    const OptionSpec &spec = require_spec(format, option.name);
    if (values.has(option.name)) {
      throw Error(sqlstate::invalid_parameter_value,
                  "option \"" + option.name + "\" is given more than once");
    }
    values.set(option.name, read_value(spec, copy_value(spec, option)));
  }
  return values;
}

std::string_view nearest_name(std::string_view name, std::span<const std::string_view> candidates) {
  if (name.size() > kLongestNameCompared) return {};
  std::string_view nearest;
  std::size_t best = std::max<std::size_t>(name.size() / 3, 1) + 1;
  for (const std::string_view candidate : candidates) {
    if (candidate.size() > kLongestNameCompared) continue;
    const std::size_t distance = edit_distance(name, candidate);
    if (distance >= best || distance >= name.size()) continue;
    best = distance;
    nearest = candidate;
  }
  return nearest;
}

}  // namespace pgexport
