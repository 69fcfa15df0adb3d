#include "formats/xlsx/native_chart.h"

#include <algorithm>
#include <new>
#include <string>
#include <vector>

#include "core/error.h"
#include "formats/charts/palette.h"
#include "formats/xlsx/xml_text.h"

namespace pgexport::xlsx {

namespace {

// What libxlsxwriter takes for the size of a chart that is not scaled, in pixels.
constexpr double kWidth = 480, kHeight = 288;

constexpr lxw_color_t kText = 0x404040, kGrid = 0xE3E3E3, kAxis = 0xBFBFBF, kWhite = 0xFFFFFF;

lxw_color_t code(Colour colour) {
  return static_cast<lxw_color_t>(colour.red << 16 | colour.green << 8 | colour.blue);
}

bool is_round(ChartKind kind) { return kind == ChartKind::pie || kind == ChartKind::doughnut; }

lxw_chart_type library_type(const ChartSpec &spec) {
  switch (spec.kind) {
    case ChartKind::bar:
      if (spec.horizontal) return spec.stacked ? LXW_CHART_BAR_STACKED : LXW_CHART_BAR;
      return spec.stacked ? LXW_CHART_COLUMN_STACKED : LXW_CHART_COLUMN;
    case ChartKind::line: return LXW_CHART_LINE;
    case ChartKind::area: return spec.stacked ? LXW_CHART_AREA_STACKED : LXW_CHART_AREA;
    case ChartKind::pie: return LXW_CHART_PIE;
    case ChartKind::doughnut: return LXW_CHART_DOUGHNUT;
  }
  return LXW_CHART_COLUMN;
}

// A text that begins with = would be taken for a reference.
std::string caption(std::string_view text) {
  std::string visible = visible_text(utf16_prefix(text, 250));
  return visible.starts_with('=') ? " " + visible : visible;
}

lxw_chart_font font(double size, bool bold) {
  lxw_chart_font made = {};
  made.size = size;
  // To libxlsxwriter anything but 0 and 1 means: not bold, and say so.
  made.bold = bold ? LXW_TRUE : LXW_EXPLICIT_FALSE;
  made.color = kText;
  return made;
}

lxw_chart_line line(lxw_color_t colour, float width) {
  lxw_chart_line made = {};
  made.color = colour;
  made.width = width;
  return made;
}

class ChartBuilder {
 public:
  ChartBuilder(lxw_workbook *book, const PlacedChart &chart, Colour accent)
      : chart_(chart),
        accent_(accent),
        drawn_(workbook_add_chart(book, static_cast<std::uint8_t>(library_type(chart.spec)))) {
    if (!drawn_) throw std::bad_alloc();
  }

  lxw_chart *build() {
    const auto colours = chart_palette(accent_, static_cast<int>(chart_.values.series.size()));
    for (std::size_t i = 0; i < chart_.values.series.size(); ++i) add_series(i, colours[i]);
    set_title();
    if (!is_round(chart_.spec.kind)) set_axes();
    set_legend();
    chart_show_blanks_as(drawn_, LXW_CHART_BLANKS_AS_GAP);
    lxw_chart_line none = {};
    none.none = LXW_TRUE;
    chart_chartarea_set_line(drawn_, &none);
    return drawn_;
  }

 private:
  void add_series(std::size_t i, Colour colour) {
    lxw_chart_series *series = chart_add_series(drawn_, nullptr, nullptr);
    if (!series) throw std::bad_alloc();
    const auto first = static_cast<lxw_row_t>(chart_.first_row);
    const auto last = first + static_cast<lxw_row_t>(chart_.values.categories.size()) - 1;
    const auto category = static_cast<lxw_col_t>(chart_.category_column);
    const auto column = static_cast<lxw_col_t>(chart_.value_columns[i]);
    const char *sheet = chart_.data_sheet.c_str();
    chart_series_set_categories(series, sheet, first, category, last, category);
    chart_series_set_values(series, sheet, first, column, last, column);
    chart_series_set_name_range(series, sheet, first - 1, column);
    if (is_round(chart_.spec.kind))
      set_slices(series, i);
    else
      set_look(series, colour);
  }

  void set_look(lxw_chart_series *series, Colour colour) {
    if (chart_.spec.kind == ChartKind::line) {
      lxw_chart_line drawn = line(code(colour), 2.25F);
      chart_series_set_line(series, &drawn);
      return;
    }
    lxw_chart_fill fill = {};
    fill.color = code(colour);
    chart_series_set_fill(series, &fill);
  }

  void set_slices(lxw_chart_series *series, std::size_t i) {
    const auto &values = chart_.values.series[i].values;
    if (std::any_of(values.begin(), values.end(), [](const auto &v) { return v && *v < 0; })) {
      throw Error(sqlstate::invalid_parameter_value, "a pie cannot show negative values", {},
                  "Use a chart of kind bar.");
    }
    const auto colours = chart_palette(accent_, static_cast<int>(values.size()));
    std::vector<lxw_chart_fill> fills(values.size());
    std::vector<lxw_chart_line> borders(values.size(), line(kWhite, 1.5F));
    std::vector<lxw_chart_point> points(values.size());
    std::vector<lxw_chart_point *> listed;
    for (std::size_t k = 0; k < values.size(); ++k) {
      fills[k].color = code(colours[k]);
      points[k].fill = &fills[k];
      points[k].line = &borders[k];
      listed.push_back(&points[k]);
    }
    listed.push_back(nullptr);
    if (chart_series_set_points(series, listed.data()) != LXW_NO_ERROR) throw std::bad_alloc();
    set_percentages(series, colours);
  }

  // Beside the slices of a pie, on those of a doughnut.
  void set_percentages(lxw_chart_series *series, const std::vector<Colour> &colours) {
    chart_series_set_labels_percentage(series);
    if (chart_.spec.kind == ChartKind::pie) {
      lxw_chart_font style = font(9, false);
      chart_series_set_labels_font(series, &style);
      chart_series_set_labels_position(series, LXW_CHART_LABEL_POSITION_OUTSIDE_END);
    } else {
      set_label_colours(series, colours);
    }
    // Last: whatever else is said of labels switches the values on.
    chart_series_set_labels_options(series, LXW_FALSE, LXW_FALSE, LXW_FALSE);
  }

  static void set_label_colours(lxw_chart_series *series, const std::vector<Colour> &colours) {
    std::vector<lxw_chart_font> fonts(colours.size(), font(9, false));
    std::vector<lxw_chart_data_label> labels(colours.size());
    std::vector<lxw_chart_data_label *> listed;
    for (std::size_t k = 0; k < colours.size(); ++k) {
      fonts[k].color = code(text_colour_on(colours[k]));
      labels[k].font = &fonts[k];
      listed.push_back(&labels[k]);
    }
    listed.push_back(nullptr);
    if (chart_series_set_labels_custom(series, listed.data()) != LXW_NO_ERROR) {
      throw std::bad_alloc();
    }
  }

  void set_title() {
    const std::string title = caption(chart_.spec.title);
    if (title.empty()) {
      chart_title_off(drawn_);
      return;
    }
    chart_title_set_name(drawn_, title.c_str());
    lxw_chart_font style = font(12, true);
    chart_title_set_name_font(drawn_, &style);
  }

  void set_axes() {
    // X is the axis along the lower edge, also of horizontal bars.
    const bool turned = chart_.spec.kind == ChartKind::bar && chart_.spec.horizontal;
    lxw_chart_axis *const x = chart_axis_get(drawn_, LXW_CHART_AXIS_TYPE_X);
    lxw_chart_axis *const y = chart_axis_get(drawn_, LXW_CHART_AXIS_TYPE_Y);
    lxw_chart_axis *const category = turned ? y : x;
    lxw_chart_axis *const value = turned ? x : y;
    lxw_chart_font labels = font(9, false);
    lxw_chart_font titles = font(9, false);
    for (lxw_chart_axis *axis : {category, value}) {
      chart_axis_set_num_font(axis, &labels);
      chart_axis_set_major_tick_mark(axis, LXW_CHART_AXIS_TICK_MARK_NONE);
    }
    lxw_chart_line axis_line = line(kAxis, 0.75F);
    chart_axis_set_line(category, &axis_line);
    lxw_chart_line none = {};
    none.none = LXW_TRUE;
    chart_axis_set_line(value, &none);
    chart_axis_set_num_format(value, chart_.format.c_str());
    lxw_chart_line grid = line(kGrid, 0.75F);
    chart_axis_major_gridlines_set_visible(value, LXW_TRUE);
    chart_axis_major_gridlines_set_line(value, &grid);
    chart_axis_major_gridlines_set_visible(category, LXW_FALSE);
    // Names stay at the edge where bars go below zero.
    chart_axis_set_label_position(category, LXW_CHART_AXIS_LABEL_POSITION_LOW);
    set_axis_title(category, chart_.spec.category_title, titles);
    set_axis_title(value, chart_.spec.value_title, titles);
    if (chart_.spec.kind == ChartKind::bar) set_bars(category);
    if (chart_.spec.kind != ChartKind::line) begin_at_zero(value);
  }

  // Lengths and areas are compared from zero.  Excel begins there unless the values are near each
  // other, other programs by rules of their own.
  void begin_at_zero(lxw_chart_axis *value) const {
    bool below = false, above = false;
    for (const auto &series : chart_.values.series) {
      for (const auto &v : series.values) {
        below = below || (v && *v < 0);
        above = above || (v && *v > 0);
      }
    }
    value->is_value = LXW_TRUE;  // libxlsxwriter 1.1.5 does not know it of areas
    if (!below && above) chart_axis_set_min(value, 0);
    if (below && !above) chart_axis_set_max(value, 0);
  }

  static void set_axis_title(lxw_chart_axis *axis, const std::string &title,
                             lxw_chart_font &style) {
    if (title.empty()) return;
    chart_axis_set_name(axis, caption(title).c_str());
    chart_axis_set_name_font(axis, &style);
  }

  void set_bars(lxw_chart_axis *category) {
    const bool grouped = !chart_.spec.stacked && chart_.values.series.size() > 1;
    chart_set_series_gap(drawn_, grouped ? 60 : 45);
    if (grouped) chart_set_series_overlap(drawn_, 0);
    if (!chart_.spec.horizontal) return;
    // The first category is on top, and the values are still at the bottom.
    chart_axis_set_reverse(category);
    chart_axis_set_crossing_max(category);
  }

  void set_legend() {
    const bool one = chart_.values.series.size() == 1;
    if (is_round(chart_.spec.kind)) {
      chart_legend_set_position(drawn_, LXW_CHART_LEGEND_RIGHT);
    } else {
      chart_legend_set_position(drawn_, one ? LXW_CHART_LEGEND_NONE : LXW_CHART_LEGEND_BOTTOM);
    }
    lxw_chart_font style = font(9, false);
    chart_legend_set_font(drawn_, &style);
  }

  const PlacedChart &chart_;
  const Colour accent_;
  lxw_chart *const drawn_;
};

}  // namespace

lxw_chart *make_native_chart(lxw_workbook *book, const PlacedChart &chart, Colour accent,
                             lxw_chart_options &options) {
  options.x_scale = chart.width / kWidth;
  options.y_scale = chart.height / kHeight;
  return ChartBuilder(book, chart, accent).build();
}

}  // namespace pgexport::xlsx
