// C++ objects that tell whether their destructors ran.
#pragma once

#include "bridge/context_owned.h"

namespace pgexport::bridge_test {

// Counts those alive.  Owns memory, so that a lost one is a leak as well.
class Witness {
 public:
  Witness() { ++alive_; }
  ~Witness() { --alive_; }
  Witness(const Witness &) = delete;
  Witness &operator=(const Witness &) = delete;

  static int alive() { return alive_; }

 private:
  std::string ballast_ = std::string(256, 'x');
  inline static int alive_ = 0;
};

// Writes its birth and its death into a diary: "+1 +2 -2 -1".
class Diarist {
 public:
  explicit Diarist(int number, bool fails = false) : number_(number) {
    if (fails) throw Error(sqlstate::invalid_parameter_value, "a constructor failed");
    note('+');
  }
  ~Diarist() { note('-'); }
  Diarist(const Diarist &) = delete;
  Diarist &operator=(const Diarist &) = delete;

  static const char *diary() { return diary_; }
  static void forget() { diary_[0] = '\0'; }

 private:
  void note(char sign) noexcept {
    const std::size_t used = strlen(diary_);
    snprintf(diary_ + used, sizeof diary_ - used, "%s%c%d", used > 0 ? " " : "", sign, number_);
  }

  int number_;
  Witness witness_;
  inline static char diary_[256];
};

}  // namespace pgexport::bridge_test
