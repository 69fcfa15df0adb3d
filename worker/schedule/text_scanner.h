// A cursor over the text of a schedule, and the errors that say where in it something is wrong.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/no_postgres.h"

namespace pgexport::schedule {

class TextScanner {
 public:
  explicit TextScanner(std::string_view text) : text_(text) {}

  // Names the part of the text that is read, for errors: the "hour" field.
  void enter(std::string_view part) { part_ = part; }

  std::size_t at() const { return at_; }
  void move_to(std::size_t at) { at_ = at; }
  bool at_end() const { return at_ == text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[at_]; }
  bool at_space() const { return peek() == ' ' || peek() == '\t'; }
  bool at_digit() const { return peek() >= '0' && peek() <= '9'; }
  bool at_letter() const;
  // True, and past it, if the text goes on with `c`.
  bool take(char c);
  void skip_spaces();
  // The letters that follow, in lower case.  May be empty.
  std::string take_letters();
  // One or two digits.  Fails if there is none or more.
  unsigned take_number();

  // `fact` and `hint` are full sentences.  `at`: byte of the text.
  [[noreturn]] void fail_at(std::size_t at, const std::string &fact,
                            const std::string &hint = {}) const;
  [[noreturn]] void fail(const std::string &fact, const std::string &hint = {}) const {
    fail_at(at_, fact, hint);
  }

 private:
  std::string_view text_;
  std::string_view part_;
  std::size_t at_ = 0;
};

}  // namespace pgexport::schedule
