// Whatever values and names a chart gets, nothing is drawn outside its area or at no place at all.
#include <fuzzer/FuzzedDataProvider.h>

#include <cmath>
#include <cstdlib>
#include <string>

#include "core/error.h"
#include "core/text/locale.h"
#include "formats/charts/chart.h"

namespace pgexport {
namespace {

// Stops at the first thing that is not where it should be.
class StrictSurface final : public Surface {
 public:
  explicit StrictSurface(const Rect &area) : area_(area) {}

  void fill_rect(const Rect &rect, Colour) override {
    require(rect.width >= 0 && rect.height >= 0);
    check({rect.x, rect.y});
    check({rect.x + rect.width, rect.y + rect.height});
  }
  void line(Point from, Point to, const Stroke &) override {
    check(from);
    check(to);
  }
  void polyline(std::span<const Point> points, const Stroke &) override {
    for (const Point &point : points) check(point);
  }
  void fill_polygon(std::span<const Point> points, Colour) override {
    for (const Point &point : points) check(point);
  }
  void fill_circle(Point centre, double radius, Colour) override {
    check({centre.x - radius, centre.y - radius});
    check({centre.x + radius, centre.y + radius});
  }
  void fill_slice(Point centre, double inner, double outer, double start, double sweep,
                  Colour) override {
    require(inner >= 0 && outer > inner && start >= 0 && sweep > 0 && start + sweep < 360.001);
    check({centre.x - outer, centre.y - outer});
    check({centre.x + outer, centre.y + outer});
  }
  void text(Point at, std::string_view text, Anchor, const TextStyle &, double) override {
    require(!text.empty());
    check(at);
  }
  double text_width(std::string_view text, const TextStyle &style) override {
    return static_cast<double>(text.size()) * style.size / 2;
  }

 private:
  static void require(bool holds) {
    if (!holds) std::abort();
  }

  void check(Point point) const {
    constexpr double kTolerance = 1e-6;
    require(std::isfinite(point.x) && std::isfinite(point.y));
    require(point.x >= area_.x - kTolerance && point.x <= area_.x + area_.width + kTolerance);
    require(point.y >= area_.y - kTolerance && point.y <= area_.y + area_.height + kTolerance);
  }

  const Rect area_;
};

std::optional<double> read_value(FuzzedDataProvider &input) {
  switch (input.ConsumeIntegralInRange(0, 3)) {
    case 0: return std::nullopt;
    case 1: return input.ConsumeIntegral<std::int8_t>();
    case 2: return input.ConsumeFloatingPoint<double>();
    default: return input.ConsumeFloatingPointInRange<double>(-1000, 1000);
  }
}

ChartData read_chart(FuzzedDataProvider &input) {
  ChartData data;
  data.spec.kind = static_cast<ChartKind>(input.ConsumeIntegralInRange(0, 4));
  data.spec.stacked = input.ConsumeBool();
  data.spec.horizontal = input.ConsumeBool();
  data.sequence = input.ConsumeBool();
  data.spec.title = input.ConsumeRandomLengthString(100);
  data.spec.category_title = input.ConsumeRandomLengthString(40);
  data.spec.value_title = input.ConsumeRandomLengthString(40);
  data.accent = {input.ConsumeIntegral<std::uint8_t>(), input.ConsumeIntegral<std::uint8_t>(),
                 input.ConsumeIntegral<std::uint8_t>()};
  const auto series = input.ConsumeIntegralInRange<std::size_t>(0, 6);
  const auto categories = input.ConsumeIntegralInRange<std::size_t>(0, 200);
  for (std::size_t i = 0; i < categories; ++i) {
    data.categories.push_back(input.ConsumeRandomLengthString(40));
  }
  for (std::size_t i = 0; i < series; ++i) {
    data.series.push_back({input.ConsumeRandomLengthString(40), {}});
    for (std::size_t k = 0; k < categories; ++k) {
      data.series.back().values.push_back(read_value(input));
    }
  }
  return data;
}

}  // namespace
}  // namespace pgexport

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  using namespace pgexport;
  FuzzedDataProvider input(data, size);
  const Rect area = {input.ConsumeFloatingPointInRange<double>(0, 500),
                     input.ConsumeFloatingPointInRange<double>(0, 500),
                     input.ConsumeFloatingPointInRange<double>(kMinChartWidth, 900),
                     input.ConsumeFloatingPointInRange<double>(kMinChartHeight, 700)};
  StrictSurface surface(area);
  try {
    draw_chart(surface, area, read_chart(input));
  } catch (const Error &) {
  }
  return 0;
}
