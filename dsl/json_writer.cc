#include <nlohmann/json.hpp>
#include <utility>

#include "dsl/json_fields.h"
#include "dsl/json_form.h"

namespace pgexport::dsl {

namespace {

using Json = nlohmann::ordered_json;

// Writes the members of one object.
class Writer {
 public:
  explicit Writer(Json object = Json::object()) : object_(std::move(object)) {}
  Json done() { return std::move(object_); }

  template <typename T>
  void required(const char *key, const T &member) {
    object_[key] = write(member);
  }
  template <typename T>
  void optional(const char *key, const T &member) {
    if (!(member == T())) object_[key] = write(member);
  }
  void required_set(const char *key, const Box<Expression> &member) { required(key, member); }
  void optional_constant(const char *key, const std::optional<Expression> &member) {
    optional(key, member);
  }
  void optional_comment(const char *key, const std::string &member) { optional(key, member); }
  void optional_comments(const char *key, const std::vector<std::string> &member) {
    optional(key, member);
  }
  void either(const char *expression, const char *formula,
              const std::variant<Expression, FormulaText> &member) {
    if (const auto *text = std::get_if<FormulaText>(&member)) {
      object_[formula] = text->text;
    } else {
      object_[expression] = write(std::get<Expression>(member));
    }
  }

  void check(bool, const char *, std::string_view) {}
  void limit(std::size_t, const char *, std::size_t) {}
  template <typename T, typename Key>
  void unique(const T &, const char *, Key) {}

 private:
  static Json write(const std::string &text) { return text; }
  static Json write(bool value) { return value; }
  template <std::unsigned_integral T>
  static Json write(const T &value) {
    return value;
  }
  template <typename T>
  requires std::is_enum_v<T>
  static Json write(const T &value) { return word_of(value); }
  static Json write(const HeadingUse &use) { return use.heading; }
  static Json write(const Box<Expression> &box) { return write(*box); }

  template <typename T>
  static Json write(const std::optional<T> &value) {
    return write(*value);
  }
  template <typename T>
  static Json write(const std::vector<T> &list) {
    Json array = Json::array();
    for (const T &item : list) array.push_back(write(item));
    return array;
  }

  static Json write(const Expression &expression) {
    return write_kind(expression.node, kExpressionKinds);
  }
  static Json write(const Section &section) { return write_kind(section, kSectionKinds); }

  template <typename Variant, typename Kinds>
  static Json write_kind(const Variant &variant, const Kinds &kinds) {
    Writer writer(Json{{"kind", kinds[variant.index()]}});
    std::visit([&](const auto &node) { fields(writer, node); }, variant);
    return writer.done();
  }

  // {"word": "a4"}, {"number": "-1"}, "a text", or a list of them.
  static Json write(const OptionWord &word) { return Json{{"word", word.word}}; }
  static Json write(const OptionText &text) { return text.text; }
  static Json write(const OptionNumber &number) { return Json{{"number", number.digits}}; }
  static Json write(const OptionList &list) { return write(list.items); }
  static Json write(const OptionAtom &atom) {
    return std::visit([](const auto &each) { return write(each); }, atom);
  }
  static Json write(const OptionValue &value) {
    return std::visit([](const auto &each) { return write(each); }, value);
  }

  template <typename Node>
  static Json write(const Node &node) {
    Writer writer;
    fields(writer, node);
    return writer.done();
  }

  friend std::string pgexport::dsl::to_json(const Template &tree);

  Json object_;
};

}  // namespace

std::string to_json(const Template &tree) {
  Json document;
  document["language"] = kLanguageVersion;
  document["template"] = Writer::write(tree);
  return document.dump(2);
}

}  // namespace pgexport::dsl
