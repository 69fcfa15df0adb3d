#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "core/error.h"
#include "dsl/diagnostics.h"
#include "dsl/json_fields.h"
#include "dsl/json_form.h"
#include "dsl/printer.h"

namespace pgexport::dsl {

namespace {

using nlohmann::json;

// Where a value is, as a JSON pointer.
using Pointer = std::string;

[[noreturn]] void refuse(const Pointer &pointer, std::string_view requirement,
                         std::string hint = {}) {
  throw Error(sqlstate::invalid_parameter_value,
              (pointer.empty() ? "the template" : pointer) + " " + std::string(requirement), {},
              std::move(hint));
}

Pointer operator/(const Pointer &pointer, std::size_t index) {
  return pointer + "/" + std::to_string(index);
}

// REQUIRES: a key of this language, which has nothing to escape.
Pointer operator/(const Pointer &pointer, std::string_view key) {
  return pointer + "/" + std::string(key);
}

// Reads the members of one object.
class Reader {
 public:
  Reader(const json &object, Pointer pointer, int nesting = 0)
      : object_(object), pointer_(std::move(pointer)), nesting_(nesting) {
    if (!object.is_object()) refuse(pointer_, "must be an object");
  }

  template <typename T>
  void required(const char *key, T &member) {
    const json *value = find(key);
    if (!value) refuse(pointer_, "needs the key \"" + std::string(key) + "\"");
    read(*value, pointer_ / std::string_view(key), member);
  }
  template <typename T>
  void optional(const char *key, T &member) {
    if (const json *value = find(key)) read(*value, pointer_ / std::string_view(key), member);
  }

  void required_set(const char *key, Box<Expression> &member) {
    lists_ = true;
    required(key, member);
    lists_ = false;
    check(is_set(*member), key,
          "must be a list, a period, a preset, a parameter, a name or a call");
  }
  void optional_constant(const char *key, std::optional<Expression> &member) {
    lists_ = true;
    optional(key, member);
    lists_ = false;
    check(!member || is_constant(*member), key, "must be a constant");
  }

  void optional_comment(const char *key, std::string &member) {
    optional(key, member);
    member = checked_comment(member, key);
  }
  void optional_comments(const char *key, std::vector<std::string> &member) {
    optional(key, member);
    for (std::string &text : member) text = checked_comment(text, key);
  }

  void either(const char *expression, const char *formula,
              std::variant<Expression, FormulaText> &member) {
    if (find(expression) != nullptr && find(formula) != nullptr) {
      refuse(pointer_, "must have an expression or a formula, not both");
    }
    if (!find(formula)) return required(expression, member.emplace<Expression>());
    FormulaText text;
    required(formula, text.text);
    check(!text.text.empty(), formula, kMustBeFilled);
    member = std::move(text);
  }

  void check(bool holds, const char *key, std::string_view requirement) const {
    if (!holds) refuse(pointer_ / std::string_view(key), requirement);
  }
  void limit(std::size_t size, const char *key, std::size_t limit) const {
    if (size <= limit) return;
    throw Error(sqlstate::program_limit_exceeded,
                pointer_ / std::string_view(key) + " has too many members",
                "It has " + std::to_string(size) + "; the limit is " + std::to_string(limit) + ".");
  }
  template <typename T, typename Key>
  void unique(const std::vector<T> &list, const char *key, Key name) const {
    for (std::size_t i = 0; i < list.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (name(list[i]) == name(list[j])) {
          refuse(pointer_ / std::string_view(key) / i, "has the name of another one");
        }
      }
    }
  }

  // Throws for a key that was not asked for.
  void done() const {
    for (const auto &item : object_.items()) {
      if (std::find(known_.begin(), known_.end(), item.key()) != known_.end()) continue;
      refuse(pointer_, "has the unknown key " + quoted_excerpt(item.key()),
             suggest(item.key(), known_));
    }
  }

  static Template read_template(const json &value) {
    Template tree;
    Reader reader(value, "/template");
    fields(reader, tree);
    reader.done();
    return tree;
  }

 private:
  const json *find(const char *key) {
    known_.emplace_back(key);
    const auto found = object_.find(key);
    return found == object_.end() ? nullptr : &*found;
  }

  std::string checked_comment(const std::string &text, const char *key) const {
    check(text.find('\n') == std::string::npos, key, "must not have a line break");
    return std::string(comment_text(text));
  }

  void read(const json &value, const Pointer &at, std::string &member) {
    if (!value.is_string()) refuse(at, "must be a text");
    member = value.get<std::string>();
    if (member.find('\0') != std::string::npos) refuse(at, "must not contain U+0000");
  }

  void read(const json &value, const Pointer &at, bool &member) {
    if (!value.is_boolean()) refuse(at, "must be true or false");
    member = value.get<bool>();
  }

  template <std::unsigned_integral T>
  void read(const json &value, const Pointer &at, T &member) {
    const bool fits =
        value.is_number_unsigned() && value.get<std::uint64_t>() <= std::numeric_limits<T>::max();
    if (!fits) refuse(at, "must be a whole number, not negative");
    member = value.get<T>();
  }

  template <typename T>
  requires std::is_enum_v<T>
  void read(const json &value, const Pointer &at, T &member) {
    std::string word;
    read(value, at, word);
    const auto found = find_word<T>(word);
    if (!found) refuse(at, "is not known: " + quoted_excerpt(word), suggest(word, words_of<T>()));
    member = *found;
  }

  void read(const json &value, const Pointer &at, HeadingUse &member) {
    read(value, at, member.heading);
    if (member.heading.empty()) refuse(at, kMustBeFilled);
  }

  template <typename T>
  void read(const json &value, const Pointer &at, std::optional<T> &member) {
    read(value, at, member.emplace());
  }

  template <typename T>
  void read(const json &value, const Pointer &at, std::vector<T> &member) {
    if (!value.is_array()) refuse(at, "must be an array");
    for (std::size_t i = 0; i < value.size(); ++i) read(value[i], at / i, member.emplace_back());
  }

  void read(const json &value, const Pointer &at, Box<Expression> &member) {
    read(value, at, *member);
  }

  void read(const json &value, const Pointer &at, Expression &member) {
    if (nesting_ == kMaxNesting) {
      throw Error(sqlstate::program_limit_exceeded, at + " is nested too deeply",
                  "The limit is " + std::to_string(kMaxNesting) + " expressions.");
    }
    read_kind(value, at, member.node, kExpressionKinds, nesting_ + 1);
    const bool list =
        std::holds_alternative<List>(member.node) || std::holds_alternative<Period>(member.node);
    if (list && !lists_) refuse(at, "must not be a list or a period here");
  }

  void read(const json &value, const Pointer &at, Section &member) {
    read_kind(value, at, member, kSectionKinds, 0);
  }

  // The alternative of `variant` that "kind" names.
  template <typename Variant, typename Kinds>
  static void read_kind(const json &value, const Pointer &at, Variant &variant, const Kinds &kinds,
                        int nesting) {
    Reader reader(value, at, nesting);
    std::string kind;
    reader.required("kind", kind);
    const auto found = std::find(kinds.begin(), kinds.end(), kind);
    if (found == kinds.end()) {
      refuse(at / std::string_view("kind"), "is not known: " + quoted_excerpt(kind),
             suggest(kind, kinds));
    }
    emplace(variant, static_cast<std::size_t>(found - kinds.begin()));
    std::visit([&](auto &node) { fields(reader, node); }, variant);
    reader.done();
  }

  // variant.emplace<index>(), with an index of run time.
  template <typename Variant, std::size_t I = 0>
  static void emplace(Variant &variant, std::size_t index) {
    if constexpr (I < std::variant_size_v<Variant>) {
      if (index == I) {
        variant.template emplace<I>();
      } else {
        emplace<Variant, I + 1>(variant, index);
      }
    }
  }

  void read(const json &value, const Pointer &at, OptionAtom &member) {
    if (value.is_string()) return read(value, at, member.emplace<OptionText>().text);
    Reader reader(value, at);
    if (value.contains("word")) {
      std::string &word = member.emplace<OptionWord>().word;
      reader.required("word", word);
      reader.check(is_plain_word(word), "word", kMustBeWord);
    } else {
      std::string &digits = member.emplace<OptionNumber>().digits;
      reader.required("number", digits);
      reader.check(is_number(std::string_view(digits).substr(digits.starts_with('-') ? 1 : 0)),
                   "number", "must be a number, as a text");
    }
    reader.done();
  }

  void read(const json &value, const Pointer &at, OptionValue &member) {
    if (value.is_array()) return read(value, at, member.emplace<OptionList>().items);
    OptionAtom atom;
    read(value, at, atom);
    member = std::visit([](auto each) { return OptionValue(std::move(each)); }, std::move(atom));
  }

  template <typename Node>
  void read(const json &value, const Pointer &at, Node &member) {
    Reader reader(value, at, nesting_);
    fields(reader, member);
    reader.done();
  }

  const json &object_;
  const Pointer pointer_;
  const int nesting_;   // expressions around this object
  bool lists_ = false;  // the next expression may be a list or a period
  std::vector<std::string_view> known_;
};

// Refuses, while a text is parsed, keys that come twice: the last would win silently.
class KeyGuard {
 public:
  bool operator()(int, json::parse_event_t event, const json &parsed) {
    if (event == json::parse_event_t::object_start) keys_.emplace_back();
    if (event == json::parse_event_t::object_end) keys_.pop_back();
    if (event == json::parse_event_t::key) {
      const auto &key = parsed.get_ref<const std::string &>();
      if (!keys_.back().insert(key).second) {
        throw Error(sqlstate::invalid_parameter_value,
                    "the key " + quoted_excerpt(key) + " is given twice");
      }
    }
    return true;
  }

 private:
  std::vector<std::set<std::string>> keys_;  // of the objects that are open
};

json parse_text(std::string_view text) {
  if (text.size() > kMaxJson) {
    throw Error(sqlstate::program_limit_exceeded, "the template is too long",
                "Its JSON has " + std::to_string(text.size()) + " bytes; the limit is " +
                    std::to_string(kMaxJson) + ".");
  }
  KeyGuard guard;
  try {
    return json::parse(text, [&guard](int depth, json::parse_event_t event, const json &parsed) {
      return guard(depth, event, parsed);
    });
  } catch (const json::parse_error &e) {
    throw Error(sqlstate::invalid_parameter_value, "the template is not valid JSON",
                "The error is at byte " + std::to_string(e.byte) + ".");
  } catch (const json::exception &) {
    throw Error(sqlstate::invalid_parameter_value, "the template is not valid JSON",
                "A number is out of range.");
  }
}

}  // namespace

Template from_json(std::string_view text) {
  const json document = parse_text(text);
  Reader reader(document, "");
  std::uint32_t language = 0;
  reader.required("language", language);
  reader.check(language == kLanguageVersion, "language",
               "must be 1, the version of the language that is known here");
  if (!document.contains("template")) refuse("", "needs the key \"template\"");
  Template tree = Reader::read_template(document["template"]);
  for (const auto &item : document.items()) {
    if (item.key() != "language" && item.key() != "template") {
      refuse("", "has the unknown key " + quoted_excerpt(item.key()));
    }
  }
  if (const std::size_t length = print(tree).size(); length > kMaxSource) {
    throw Error(sqlstate::program_limit_exceeded, "the template is too long",
                "Its text has " + std::to_string(length) + " bytes; the limit is " +
                    std::to_string(kMaxSource) + ".");
  }
  return tree;
}

}  // namespace pgexport::dsl
