// Ways to fail between the two worlds, each by its name.
#pragma once

namespace pgexport::bridge_test {

struct ScenarioArguments {
  const char *message;
  const char *detail;
  const char *hint;
  int depth;  // of nested doors
  int level;  // where among them the error is made; deeper than `depth`: nowhere
};

using Scenario = void (*)(const ScenarioArguments *);

// nullptr: there is none of that name.
Scenario find_scenario(const char *name);

// How often a door left the server's state other than it had found it.
int broken_states();

}  // namespace pgexport::bridge_test
