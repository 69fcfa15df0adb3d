#include "formats/charts/chart.h"

#include <algorithm>

#include "core/error.h"
#include "core/text/locale.h"
#include "formats/charts/columns.h"
#include "formats/charts/legend.h"
#include "formats/charts/lines.h"
#include "formats/charts/lying_bars.h"
#include "formats/charts/pie.h"
#include "formats/charts/pie_slices.h"
#include "formats/charts/plot_data.h"
#include "formats/charts/style.h"
#include "formats/charts/text_fit.h"

namespace pgexport {

namespace {

using namespace chart_style;

bool is_round(ChartKind kind) { return kind == ChartKind::pie || kind == ChartKind::doughnut; }

std::string_view name_of(ChartKind kind) {
  return kind == ChartKind::pie ? "pie chart" : "doughnut chart";
}

void check_round(const ChartData &data) {
  const std::string kind(name_of(data.spec.kind));
  if (data.series.size() != 1) {
    throw Error(sqlstate::invalid_parameter_value, "a " + kind + " shows one column of values",
                "It has " + std::to_string(data.series.size()) + ".",
                "Name one column in \"values\", or draw a stacked bar chart.");
  }
  const auto &values = data.series[0].values;
  const auto negative = std::find_if(values.begin(), values.end(),
                                     [](const auto &value) { return value && *value < 0; });
  if (negative == values.end()) return;
  const std::string &category =
      data.categories[static_cast<std::size_t>(negative - values.begin())];
  throw Error(sqlstate::invalid_parameter_value, "a " + kind + " cannot show negative values",
              "The value of \"" + label_line(category) + "\" is negative.",
              "Leave negative values out in the query, or draw a bar chart.");
}

void check_area(const Rect &area) {
  if (area.width >= kMinChartWidth && area.height >= kMinChartHeight) return;
  throw Error(sqlstate::internal_error, "the area of a chart is too small");
}

void draw_no_data(Surface &surface, const Rect &area, const Locale &locale) {
  surface.text({area.x + area.width / 2, area.y + area.height / 2 + kHalfDigit * kNotice.size},
               locale.words.no_data, Anchor::middle, kNotice);
}

}  // namespace

void check_chart(const ChartData &data) {
  const bool equal_lengths =
      std::all_of(data.series.begin(), data.series.end(), [&data](const ChartSeries &series) {
        return series.values.size() == data.categories.size();
      });
  if (!equal_lengths) {
    throw Error(sqlstate::internal_error, "series and categories of a chart differ in length");
  }
  if (data.categories.size() > kMaxChartPoints || data.series.size() > kMaxChartSeries) {
    throw Error(sqlstate::program_limit_exceeded, "a chart has too many values",
                "It has " + std::to_string(data.categories.size()) + " points of " +
                    std::to_string(data.series.size()) + " series; the limits are " +
                    std::to_string(kMaxChartPoints) + " and " + std::to_string(kMaxChartSeries) +
                    ".",
                "Aggregate in the query, for example by month.");
  }
  if (is_round(data.spec.kind)) check_round(data);
}

double chart_height(const ChartData &data, double width) {
  constexpr double kLowest = 180;
  constexpr double kHighest = 260;
  constexpr double kLongest = 640;  // of lying bars: a page
  constexpr double kAroundRows = 60;
  if (data.spec.kind == ChartKind::bar && data.spec.horizontal) {
    const double rows =
        lying_bars_height(data.categories.size(), data.series.size(), data.spec.stacked);
    return std::clamp(rows + kAroundRows, kMinChartHeight, kLongest);
  }
  return std::clamp(width * 0.5, kLowest, kHighest);
}

void draw_chart(Surface &surface, const Rect &area, const ChartData &data) {
  check_chart(data);
  check_area(area);
  const PlotData plot = plot_data(data);
  const ChartKind kind = data.spec.kind;
  const Locale &locale = data.locale != nullptr ? *data.locale : default_locale();
  Rect rest = area;
  draw_title(surface, rest, data.spec.title);
  if (is_round(kind)) {
    if (slice_count(plot) == 0) return draw_no_data(surface, rest, locale);
    return draw_pie(surface, rest, data, plot);
  }
  const bool stacked = data.spec.stacked && kind != ChartKind::line;
  const ValueRange range = value_range(plot, kind, stacked);
  if (range.empty) return draw_no_data(surface, rest, locale);
  draw_legend(surface, rest, plot, kind);
  if (kind == ChartKind::bar && data.spec.horizontal) {
    draw_lying_bars(surface, rest, data, plot, range);
  } else if (kind == ChartKind::bar || (kind == ChartKind::area && plot.size() == 1)) {
    draw_columns(surface, rest, data, plot, range);  // one category makes no area
  } else {
    draw_lines(surface, rest, data, plot, range);
  }
}

}  // namespace pgexport
