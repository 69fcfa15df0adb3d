// A fault of a template, thrown by what binds one item and collected by what binds them all.
#pragma once

#include <exception>
#include <string>
#include <utility>

#include "dsl/place.h"

#include "core/no_postgres.h"

namespace pgexport::dsl {

class Fault : public std::exception {
 public:
  // As Diagnostic.
  Fault(const char *state, Place place, std::string message, std::string hint = {})
      : state_(state), place_(place), message_(std::move(message)), hint_(std::move(hint)) {}

  const char *what() const noexcept override { return message_.c_str(); }
  const char *state() const { return state_; }
  Place place() const { return place_; }
  const std::string &message() const { return message_; }
  const std::string &hint() const { return hint_; }

 private:
  const char *state_;
  Place place_;
  std::string message_;
  std::string hint_;
};

}  // namespace pgexport::dsl
