// A visitor made of lambdas: std::visit(Overload{[](const A &) …, [](const auto &) …}, variant).
#pragma once

#include "core/no_postgres.h"

namespace pgexport::dsl {

template <typename... Visitors>
struct Overload : Visitors... {
  using Visitors::operator()...;
};

template <typename... Visitors>
Overload(Visitors...) -> Overload<Visitors...>;

}  // namespace pgexport::dsl
