// Places things of given heights near where they would like to be, without overlap.
#pragma once

#include <vector>

#include "core/no_postgres.h"

namespace pgexport {

struct Spread {
  double wanted;  // middle
  double height;
  double middle = 0;  // the result
};

// Sets the middles so that the things keep their order, do not overlap and lie between top and
// bottom, with the least sum of squared distances from where they would like to be (pool adjacent
// violators: R. E. Barlow et al., "Statistical Inference under Order Restrictions", 1972).  False
// if they are higher than the room.
bool spread(std::vector<Spread> &things, double top, double bottom);

}  // namespace pgexport
