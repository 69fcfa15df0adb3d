// Reads the members of a JSON object that a user wrote, with errors that say where they are.
//
//   ObjectReader chart(json, "charts[1]");
//   spec.title = chart.text("title");
//   chart.done();        // what was not asked for is not known: an error with the nearest name
//
// All errors are Error 22023.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/no_postgres.h"

namespace pgexport {

class ObjectReader {
 public:
  // `where` names the object in messages: "sections[2]".  Throws if `object` is not an object.
  // REQUIRES: `object` outlives the reader.
  ObjectReader(const nlohmann::json &object, std::string where);

  // The member, or the fallback if it is absent or null.
  std::string text(std::string_view key, std::string_view fallback = {});
  bool flag(std::string_view key, bool fallback);
  double number(std::string_view key, double fallback);
  // The index in `choices` of the member, or `fallback`.
  std::size_t choice(std::string_view key, std::span<const std::string_view> choices,
                     std::size_t fallback);
  // A list of strings; a single string is a list of one.
  std::vector<std::string> texts(std::string_view key);
  // The member as it is, or nullptr if it is absent or null.
  const nlohmann::json *member(std::string_view key);

  // As text(), but throws if it is absent or empty.
  std::string required_text(std::string_view key);

  // Throws for a member that was not asked for.
  void done() const;

  // "sections[2].title", for messages about a member.
  std::string path(std::string_view key) const;

 private:
  [[noreturn]] void refuse(std::string_view key, std::string_view requirement,
                           const nlohmann::json &given) const;

  const nlohmann::json &object_;
  const std::string where_;
  std::vector<std::string_view> known_;
};

}  // namespace pgexport
