#include "dsl/text_diff.h"

#include <algorithm>

namespace pgexport::dsl {

namespace {

using Lines = std::vector<std::string_view>;

Lines split(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

// The furthest x reached on each diagonal k = x - y, for -changes <= k <= changes.
class Frontier {
 public:
  explicit Frontier(int changes)
      : offset_(changes + 1), reach_(2 * static_cast<std::size_t>(offset_) + 1, 0) {}

  int &operator[](int diagonal) { return reach_[index(diagonal)]; }
  int operator[](int diagonal) const { return reach_[index(diagonal)]; }

  // Whether the way to `diagonal` came from above: a line was added.
  bool comes_down(int diagonal, int changes) const {
    return diagonal == -changes ||
           (diagonal != changes && (*this)[diagonal - 1] < (*this)[diagonal + 1]);
  }

 private:
  std::size_t index(int diagonal) const {
    const int index = diagonal + offset_;
    return static_cast<std::size_t>(index);
  }

  int offset_;
  std::vector<int> reach_;
};

// The frontier before each number of changes, up to the one that reaches the end; empty if that
// takes too many.
std::vector<Frontier> search(const Lines &a, const Lines &b) {
  const int n = static_cast<int>(a.size()), m = static_cast<int>(b.size());
  const int most = std::min(n + m, kMaxDiffChanges);
  std::vector<Frontier> trace;
  Frontier frontier(0);
  for (int changes = 0; changes <= most; changes++) {
    trace.push_back(frontier);
    Frontier next(changes + 1);
    for (int k = -changes; k <= changes; k += 2) {
      int x = frontier.comes_down(k, changes) ? frontier[k + 1] : frontier[k - 1] + 1;
      if (changes == 0) x = 0;
      while (x < n && x - k < m &&
             a[static_cast<std::size_t>(x)] == b[static_cast<std::size_t>(x - k)]) {
        x++;
      }
      next[k] = x;
      if (x >= n && x - k >= m) return trace;
    }
    frontier = std::move(next);
  }
  return {};
}

std::vector<DiffLine> walk_back(const std::vector<Frontier> &trace, const Lines &a,
                                const Lines &b) {
  std::vector<DiffLine> lines;
  int x = static_cast<int>(a.size()), y = static_cast<int>(b.size());
  for (int changes = static_cast<int>(trace.size()) - 1; changes >= 0; changes--) {
    const Frontier &frontier = trace[static_cast<std::size_t>(changes)];
    const int k = x - y;
    const bool down = changes > 0 && frontier.comes_down(k, changes);
    const int from = changes == 0 ? 0 : down ? frontier[k + 1] : frontier[k - 1];
    const int start_x = changes == 0 ? 0 : down ? from : from + 1;
    while (x > start_x && y > start_x - k) {
      lines.push_back({' ', a[static_cast<std::size_t>(--x)]});
      y--;
    }
    if (changes == 0) break;
    if (down) {
      lines.push_back({'+', b[static_cast<std::size_t>(--y)]});
    } else {
      lines.push_back({'-', a[static_cast<std::size_t>(--x)]});
    }
  }
  std::reverse(lines.begin(), lines.end());
  return lines;
}

}  // namespace

std::vector<DiffLine> diff_lines(std::string_view before, std::string_view after) {
  const Lines a = split(before), b = split(after);
  const std::vector<Frontier> trace = search(a, b);
  if (!trace.empty()) return walk_back(trace, a, b);
  std::vector<DiffLine> lines;
  for (const std::string_view line : a) lines.push_back({'-', line});
  for (const std::string_view line : b) lines.push_back({'+', line});
  return lines;
}

}  // namespace pgexport::dsl
