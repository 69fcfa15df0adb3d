#include "dsl/format_options.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "dsl/overload.h"
#include "dsl/words.h"

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

// The options of one block as far as they are right.
json bind_block(const FormatBlock &block, const Format &format, Diagnostics &diagnostics) {
  json options = json::object();
  for (const FormatOption &option : block.options) {
    const OptionSpec *spec = find_spec(format, option.name);
    const json value = value_of(option.value, spec ? spec->type : OptionType::json);
    try {
      parse_options(format, json({{option.name, value}}).dump());
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
                                std::span<const Format *const> formats, Diagnostics &diagnostics) {
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
    json options = bind_block(block, **found, diagnostics);
    if (name == target.name()) chosen.update(options);
  }
  return chosen.dump();
}

}  // namespace pgexport::dsl
