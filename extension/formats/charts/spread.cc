#include "formats/charts/spread.h"

#include <algorithm>

namespace pgexport {

namespace {

// Things that touch.  `start` is the mean of where each would like the block's upper end to be.
struct Block {
  std::size_t count;
  double start;
  double height;
};

}  // namespace

bool spread(std::vector<Spread> &things, double top, double bottom) {
  std::vector<Block> blocks;
  double total = 0;
  for (const Spread &thing : things) {
    total += thing.height;
    blocks.push_back({1, thing.wanted - thing.height / 2, thing.height});
    while (blocks.size() > 1) {
      const Block &last = blocks.back();
      Block &before = blocks[blocks.size() - 2];
      if (before.start + before.height <= last.start) break;
      const auto m = static_cast<double>(before.count);
      const auto n = static_cast<double>(last.count);
      before.start = (m * before.start + n * (last.start - before.height)) / (m + n);
      before.count += last.count;
      before.height += last.height;
      blocks.pop_back();
    }
  }
  if (total > bottom - top) return false;
  // The limits shift the outer blocks; pushing from the top and then from the bottom keeps order.
  double reached = top;
  for (Block &block : blocks) {
    block.start = std::max(block.start, reached);
    reached = block.start + block.height;
  }
  reached = bottom;
  for (auto block = blocks.rbegin(); block != blocks.rend(); ++block) {
    block->start = std::min(block->start, reached - block->height);
    reached = block->start;
  }
  std::size_t i = 0;
  for (const Block &block : blocks) {
    double y = block.start;
    for (std::size_t k = 0; k < block.count; ++k, ++i) {
      things[i].middle = y + things[i].height / 2;
      y += things[i].height;
    }
  }
  return true;
}

}  // namespace pgexport
