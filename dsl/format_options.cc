#include "dsl/format_options.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/error.h"
#include "dsl/overload.h"
#include "dsl/words.h"
#include "formats/pdf/running_text.h"

namespace pgexport::dsl {

using nlohmann::json;

namespace {

const OptionSpec *find_spec(const Format &format, std::string_view name) {
  for (const auto specs : {format.options(), common_options()}) {
    const auto found = std::find_if(specs.begin(), specs.end(),
                                    [&](const OptionSpec &spec) { return spec.name == name; });
    if (found != specs.end()) return &*found;
  }
  return nullptr;
}

json word_value(const std::string &word, OptionType type) {
  if (type == OptionType::boolean && (word == "on" || word == "true")) return true;
  if (type == OptionType::boolean && (word == "off" || word == "false")) return false;
  return word;
}

json value_of(const OptionAtom &atom, OptionType type) {
  return std::visit(
      Overload{
          [&](const OptionWord &word) { return word_value(word.word, type); },
          [](const OptionText &text) { return json(text.text); },
          // A number as JSON reads it; a text where the option wants one.
          [&](const OptionNumber &number) {
            const bool is_text = type != OptionType::integer && type != OptionType::json;
            return is_text ? json(number.digits) : json::parse(number.digits, nullptr, false);
          },
      },
      atom);
}

json value_of(const OptionValue &value, OptionType type) {
  return std::visit(Overload{
                        [&](const OptionList &list) {
                          json array = json::array();
                          for (const OptionAtom &item : list.items) {
                            array.push_back(value_of(item, type));
                          }
                          return array;
                        },
                        [&](const auto &atom) { return value_of(OptionAtom(atom), type); },
                    },
                    value);
}

bool is_running_line(const OptionSpec &spec) {
  return spec.type == OptionType::text && (spec.name == "header" || spec.name == "footer");
}

// The value of a parameter where a brace is a placeholder and a bar begins the next part.
std::string escaped(std::string_view value) {
  std::string text;
  for (const char c : value) {
    if (c == '{' || c == '}') text += c;
    if (c == '|') {
      text += "\u00A6";
    } else {
      text += c;
    }
  }
  return text;
}

// The text of the parameter; empty if it has no value, nothing if there is none of that name.
std::optional<std::string> value_text(const Template &source,
                                      const std::vector<ShownParameter> &shown,
                                      std::string_view name) {
  const auto &declared = source.parameters;
  if (std::none_of(declared.begin(), declared.end(),
                   [&](const Parameter &parameter) { return parameter.name == name; })) {
    return std::nullopt;
  }
  const auto found = std::find_if(shown.begin(), shown.end(), [&](const ShownParameter &parameter) {
    return parameter.name == name;
  });
  return found == shown.end() ? std::string() : escaped(found->text);
}

// Puts values in the place of {parameter}.  Whatever else is in braces is left to the format.
std::string fill_parameters(const Template &source, const std::vector<ShownParameter> &shown,
                            std::string_view line) {
  std::string filled;
  while (!line.empty()) {
    const bool is_brace = line.starts_with("{{") || line.starts_with("}}");
    const std::size_t end = line[0] == '{' && !is_brace ? line.find('}') : std::string_view::npos;
    if (end == std::string_view::npos) {
      const std::size_t taken = is_brace ? 2 : 1;
      filled += line.substr(0, taken);
      line.remove_prefix(taken);
      continue;
    }
    const std::string_view name = line.substr(1, end - 1);
    const auto value = pdf::is_placeholder(name) ? std::nullopt : value_text(source, shown, name);
    filled += value ? *value : std::string(line.substr(0, end + 1));
    line.remove_prefix(end + 1);
  }
  return filled;
}

// The options of one block as far as they are right.
json bind_block(const Template &source, const FormatBlock &block, const Format &format,
                const std::vector<ShownParameter> &shown, Diagnostics &diagnostics) {
  json options = json::object();
  for (const FormatOption &option : block.options) {
    const OptionSpec *spec = find_spec(format, option.name);
    json value = value_of(option.value, spec ? spec->type : OptionType::json);
    try {
      parse_options(format, json({{option.name, value}}).dump());
      if (spec && is_running_line(*spec)) {
        value = fill_parameters(source, shown, value.get_ref<const std::string &>());
        pdf::parse_running_line(option.name, value.get_ref<const std::string &>());
      }
    } catch (const Error &error) {
      diagnostics.error(error.state(), spec ? option.value_place : option.place, error.message(),
                        error.hint());
      continue;
    }
    options[option.name] = value;
  }
  return options;
}

}  // namespace

std::string bind_format_options(const Template &source, const Format &target,
                                std::span<const Format *const> formats,
                                const std::vector<ShownParameter> &shown,
                                Diagnostics &diagnostics) {
  json chosen = json::object();
  for (const FormatBlock &block : source.formats) {
    const std::string_view name = word_of(block.format);
    const auto found = std::find_if(formats.begin(), formats.end(),
                                    [&](const Format *format) { return format->name() == name; });
    if (found == formats.end()) {
      diagnostics.warning(block.place, "there is no format " + std::string(name) +
                                           " here; its options are not checked");
      continue;
    }
    json options = bind_block(source, block, **found, shown, diagnostics);
    if (name == target.name()) chosen.update(options);
  }
  return chosen.dump();
}

}  // namespace pgexport::dsl
