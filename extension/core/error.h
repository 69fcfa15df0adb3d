// The one exception type of the C++-only code.  It carries everything a user needs to act:
// SQLSTATE, what happened, the facts, the way out.  The bridge turns it into an ereport.
#pragma once

#include <cstring>
#include <exception>
#include <string>
#include <utility>

#include "core/no_postgres.h"

namespace pgexport {

// SQLSTATEs the C++-only code raises.  Names are PostgreSQL's, so that a reader can look them up.
namespace sqlstate {
inline constexpr const char *syntax_error = "42601";
inline constexpr const char *invalid_parameter_value = "22023";
inline constexpr const char *invalid_text_representation = "22P02";
inline constexpr const char *character_not_in_repertoire = "22021";
inline constexpr const char *cardinality_violation = "21000";
inline constexpr const char *numeric_value_out_of_range = "22003";
inline constexpr const char *duplicate_column = "42701";
inline constexpr const char *string_data_right_truncation = "22001";
inline constexpr const char *undefined_column = "42703";
inline constexpr const char *undefined_object = "42704";
inline constexpr const char *undefined_table = "42P01";
inline constexpr const char *undefined_function = "42883";
inline constexpr const char *undefined_parameter = "42P02";
inline constexpr const char *ambiguous_column = "42702";
inline constexpr const char *duplicate_alias = "42712";
inline constexpr const char *duplicate_object = "42710";
inline constexpr const char *datatype_mismatch = "42804";
inline constexpr const char *grouping_error = "42803";
inline constexpr const char *insufficient_privilege = "42501";
inline constexpr const char *undefined_file = "58P01";
inline constexpr const char *feature_not_supported = "0A000";
inline constexpr const char *program_limit_exceeded = "54000";
inline constexpr const char *out_of_memory = "53200";
inline constexpr const char *data_corrupted = "XX001";
inline constexpr const char *external_routine_exception = "38000";
inline constexpr const char *internal_error = "XX000";
}  // namespace sqlstate

class Error : public std::exception {
 public:
  // `state` is a SQLSTATE of five characters with static lifetime.  `message` starts in lower
  // case and has no final period; `detail` and `hint` are full sentences (PostgreSQL's style).
  Error(const char *state, std::string message, std::string detail = {}, std::string hint = {})
      : state_(state),
        message_(std::move(message)),
        detail_(std::move(detail)),
        hint_(std::move(hint)) {}

  const char *what() const noexcept override { return message_.c_str(); }
  const char *state() const noexcept { return state_; }
  const std::string &message() const noexcept { return message_; }
  const std::string &detail() const noexcept { return detail_; }
  const std::string &hint() const noexcept { return hint_; }

 private:
  const char *state_;
  std::string message_;
  std::string detail_;
  std::string hint_;
};

}  // namespace pgexport
