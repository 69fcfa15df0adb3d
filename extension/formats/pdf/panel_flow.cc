#include "formats/pdf/panel_flow.h"

#include <algorithm>
#include <utility>

#include "formats/pdf/shortened.h"

namespace pgexport::pdf {

namespace {

constexpr double kTitleGap = 6;

double height_of(const std::vector<Strip> &strips) {
  double height = 0;
  for (const Strip &strip : strips) height += strip.height;
  return height;
}

// The height of the strips from `first` on that have to stand on one page.
double kept_height(const std::vector<Strip> &strips, std::size_t first) {
  double height = strips[first].height;
  while (strips[first].keep_with_next && first + 1 < strips.size())
    height += strips[++first].height;
  return height;
}

}  // namespace

PanelFlow::PanelFlow(PageFlow &flow, Typesetter &typesetter, const Theme &theme)
    : flow_(flow), typesetter_(typesetter), theme_(theme) {}

double PanelFlow::half_width() const { return (flow_.body().width - theme_.half_gap) / 2; }

void PanelFlow::add(Panel panel, bool half_width) {
  if (!half_width) {
    flush();
    return place(std::move(panel));
  }
  if (!waiting_) {
    waiting_ = std::move(panel);
    return;
  }
  if (place_beside(*waiting_, panel)) {
    waiting_.reset();
    return;
  }
  flush();
  waiting_ = std::move(panel);
}

void PanelFlow::flush() {
  if (!waiting_) return;
  Panel panel = std::move(*waiting_);
  waiting_.reset();
  place(std::move(panel));
}

std::vector<Strip> PanelFlow::arrange(Panel &panel, double width) const {
  std::vector<Strip> strips = panel.block->arrange(width);
  const double title = panel.title.empty() ? 0 : line_height(theme_.section_size) + kTitleGap;
  strips.insert(strips.begin(), {title, true});
  return strips;
}

void PanelFlow::draw(Panel &panel, const std::vector<Strip> &strips, std::size_t strip, Point at,
                     double width) {
  if (strips[strip].space) return;
  if (strip > 0) return panel.block->draw(strip - 1, flow_.page(), at);
  if (panel.title.empty()) return;
  const TextStyle style{Face::bold, theme_.section_size, theme_.ink};
  flow_.page().text({at.x, at.y + style.size}, shortened(typesetter_, panel.title, style, width),
                    Anchor::start, style);
}

void PanelFlow::add_outline_entry(const Panel &panel) {
  if (panel.title.empty()) return;
  flow_.pages().add_outline_entry(1, panel.title, flow_.y());
}

// Goes to the next page if what begins here does not fit on this one.
void PanelFlow::make_room(double height) {
  flow_.ensure_page();
  if (flow_.at_top()) return;
  if (flow_.room() < theme_.section_gap + height) return flow_.start_page(flow_.landscape());
  flow_.advance(theme_.section_gap);
}

void PanelFlow::place(Panel panel) {
  flow_.ensure_page();
  const double width = flow_.body().width;
  const std::vector<Strip> strips = arrange(panel, width);
  // What fits on a page of its own is not split without need.
  constexpr double kShort = 0.4;
  const double height = height_of(strips);
  make_room(height < kShort * flow_.full_height() ? height : kept_height(strips, 0));
  add_outline_entry(panel);
  for (std::size_t i = 0; i < strips.size(); ++i) {
    if (flow_.room() < kept_height(strips, i) && !flow_.at_top()) {
      flow_.start_page(flow_.landscape());
    }
    if (strips[i].space && flow_.at_top() && i > 0) continue;
    draw(panel, strips, i, {flow_.body().x, flow_.y()}, width);
    flow_.advance(strips[i].height);
  }
}

bool PanelFlow::place_beside(Panel &left, Panel &right) {
  flow_.ensure_page();
  const double width = half_width();
  Panel *const panels[] = {&left, &right};
  const std::vector<Strip> strips[] = {arrange(left, width), arrange(right, width)};
  const double height = std::max(height_of(strips[0]), height_of(strips[1]));
  if (height > flow_.full_height()) return false;
  make_room(height);
  for (const std::size_t side : {0, 1}) {
    add_outline_entry(*panels[side]);
    Point at{flow_.body().x + static_cast<double>(side) * (width + theme_.half_gap), flow_.y()};
    for (std::size_t i = 0; i < strips[side].size(); ++i) {
      draw(*panels[side], strips[side], i, at, width);
      at.y += strips[side][i].height;
    }
  }
  flow_.advance(height);
  return true;
}

}  // namespace pgexport::pdf
