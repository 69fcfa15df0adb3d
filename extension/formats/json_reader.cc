#include "formats/json_reader.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "formats/option_error.h"
#include "formats/options.h"

namespace pgexport {

using nlohmann::json;

namespace {

std::string dump(const json &value) {
  return excerpt(value.dump(-1, ' ', false, json::error_handler_t::replace));
}

}  // namespace

ObjectReader::ObjectReader(const json &object, std::string where)
    : object_(object), where_(std::move(where)) {
  if (object_.is_object()) return;
  throw Error(sqlstate::invalid_parameter_value, where_ + " must be an object",
              "Got " + dump(object_) + ".");
}

std::string ObjectReader::path(std::string_view key) const {
  return where_ + "." + std::string(key);
}

void ObjectReader::refuse(std::string_view key, std::string_view requirement,
                          const json &given) const {
  throw Error(sqlstate::invalid_parameter_value, path(key) + " " + std::string(requirement),
              "Got " + dump(given) + ".");
}

const json *ObjectReader::member(std::string_view key) {
  known_.push_back(key);
  const auto found = object_.find(std::string(key));
  return found == object_.end() || found->is_null() ? nullptr : &*found;
}

std::string ObjectReader::text(std::string_view key, std::string_view fallback) {
  const json *value = member(key);
  if (!value) return std::string(fallback);
  if (!value->is_string()) refuse(key, "must be a string", *value);
  return value->get<std::string>();
}

std::string ObjectReader::required_text(std::string_view key) {
  std::string value = text(key);
  if (!value.empty()) return value;
  throw Error(sqlstate::invalid_parameter_value, path(key) + " is missing");
}

bool ObjectReader::flag(std::string_view key, bool fallback) {
  const json *value = member(key);
  if (!value) return fallback;
  if (!value->is_boolean()) refuse(key, "must be true or false", *value);
  return value->get<bool>();
}

double ObjectReader::number(std::string_view key, double fallback) {
  const json *value = member(key);
  if (!value) return fallback;
  if (!value->is_number()) refuse(key, "must be a number", *value);
  return value->get<double>();
}

std::size_t ObjectReader::choice(std::string_view key, std::span<const std::string_view> choices,
                                 std::size_t fallback) {
  const json *value = member(key);
  if (!value) return fallback;
  const std::string given = value->is_string() ? value->get<std::string>() : std::string();
  const auto found = std::find(choices.begin(), choices.end(), given);
  if (value->is_string() && found != choices.end()) {
    return static_cast<std::size_t>(found - choices.begin());
  }
  std::string listed;
  for (const std::string_view name : choices) {
    if (!listed.empty()) listed += ", ";
    listed += name;
  }
  throw Error(sqlstate::invalid_parameter_value, path(key) + " must be one of " + listed,
              "Got " + dump(*value) + ".", did_you_mean(nearest_name(given, choices)));
}

std::vector<std::string> ObjectReader::texts(std::string_view key) {
  std::vector<std::string> list;
  const json *value = member(key);
  if (!value) return list;
  if (value->is_string()) return {value->get<std::string>()};
  if (!value->is_array()) refuse(key, "must be a string or an array of strings", *value);
  for (const json &item : *value) {
    if (!item.is_string()) refuse(key, "must be a string or an array of strings", *value);
    list.push_back(item.get<std::string>());
  }
  return list;
}

void ObjectReader::done() const {
  for (const auto &[key, value] : object_.items()) {
    if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
    std::string listed;
    for (const std::string_view name : known_) {
      if (!listed.empty()) listed += ", ";
      listed += name;
    }
    throw Error(sqlstate::invalid_parameter_value,
                "unknown key \"" + excerpt(key) + "\" in " + where_, {},
                did_you_mean(nearest_name(key, known_), "The keys are " + listed + "."));
  }
}

}  // namespace pgexport
