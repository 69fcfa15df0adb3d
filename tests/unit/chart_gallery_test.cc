// One chart of every kind and of every difficulty, each judged, and shown if asked:
//
//   CHART_GALLERY=DIRECTORY chart_gallery_test     writes NAME.svg there
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>

#include "chart_surface.h"
#include "core/text/format_code.h"
#include "core/text/locale.h"
#include "formats/charts/chart.h"

namespace pgexport {
namespace {

using Values = std::vector<std::optional<double>>;
using Names = std::vector<std::string>;

struct GalleryChart {
  const char *name;
  double width, height;
  ChartData data;
};

std::function<std::string(double)> coded(const char *code, const char *language = "en") {
  return [format = FormatCode(code), language](double value) {
    return format.text(real_cell(CellTag::float64, value), *find_locale(language));
  };
}

ChartData chart(ChartKind kind, const char *title, Names categories,
                std::vector<ChartSeries> series) {
  ChartData data;
  data.spec.kind = kind;
  data.spec.title = title;
  data.categories = std::move(categories);
  data.series = std::move(series);
  return data;
}

ChartData stacked(ChartData data) {
  data.spec.stacked = true;
  return data;
}

ChartData lying(ChartData data) {
  data.spec.horizontal = true;
  return data;
}

ChartData with_code(ChartData data, const char *code, const char *language = "en") {
  data.label = coded(code, language);
  data.locale = find_locale(language);
  return data;
}

ChartData with_accent(ChartData data, Colour accent) {
  data.accent = accent;
  return data;
}

ChartData titled(ChartData data, const char *category, const char *value) {
  data.spec.category_title = category;
  data.spec.value_title = value;
  return data;
}

ChartData in_sequence(ChartData data) {
  data.sequence = true;
  return data;
}

const Names kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
const Names kProjects = {"Website relaunch", "Data warehouse migration",
                         "Support",          "Mobile app (iOS and Android)",
                         "Internal",         "Security audit 2024"};
const Names kTeams = {"Design", "Development", "Operations", "Sales", "Support"};
const std::array<Colour, 5> kAccents = {{{0x1F, 0x4E, 0x79},
                                         {0xC0, 0x39, 0x2B},
                                         {0x2E, 0x7D, 0x32},
                                         {0xF3, 0x9C, 0x12},
                                         {0x55, 0x55, 0x55}}};

Values wave(std::size_t n, double base, double size, double turn) {
  Values values;
  for (std::size_t i = 0; i < n; ++i) {
    const auto x = static_cast<double>(i);
    values.emplace_back(
        std::round(base + size * std::sin(x * turn) + size / 3 * std::cos(x * 2.3)));
  }
  return values;
}

Names numbered(const char *word, std::size_t n) {
  Names names;
  for (std::size_t i = 1; i <= n; ++i) names.push_back(word + std::to_string(i));
  return names;
}

Names days(std::size_t n) {
  Names names;
  for (std::size_t i = 0; i < n; ++i) {
    const auto month = static_cast<int>(i / 30 % 12) + 1;
    const auto day = static_cast<int>(i % 30) + 1;
    std::array<char, 40> text = {};
    std::snprintf(text.data(), text.size(), "%d-%02d-%02d", 2024 + static_cast<int>(i / 360), month,
                  day);
    names.emplace_back(text.data());
  }
  return names;
}

std::vector<ChartSeries> many_series(std::size_t n, std::size_t points) {
  std::vector<ChartSeries> series;
  for (std::size_t i = 0; i < n; ++i) {
    const auto x = static_cast<double>(i);
    series.push_back({"Team " + std::to_string(i + 1), wave(points, 40 + 12 * x, 14, 0.3 + x / 9)});
  }
  return series;
}

std::vector<GalleryChart> bars() {
  const Values hours = {412.5, 388, 120.25, 96, 61, 34.75};
  return {
      {"bar_simple", 520, 220,
       titled(chart(ChartKind::bar, "Hours by project", kProjects, {{"Hours", hours}}), "", "")},
      {"bar_half", 250, 180,
       chart(ChartKind::bar, "Hours by team", kTeams, {{"Hours", {320, 810, 275, 96, 410}}})},
      {"bar_grouped", 520, 240,
       titled(with_code(chart(ChartKind::bar, "Revenue and cost by month", kMonths,
                              {{"Revenue", wave(12, 52000, 18000, 0.5)},
                               {"Cost", wave(12, 41000, 9000, 0.4)},
                               {"Budget", wave(12, 45000, 3000, 0.9)}}),
                        "#,##0"),
              "Month", "EUR")},
      {"bar_stacked", 520, 240,
       stacked(chart(ChartKind::bar, "Hours by month and team", kMonths, many_series(5, 12)))},
      {"bar_mixed_stack", 400, 220,
       stacked(chart(ChartKind::bar, "Inflow and outflow", kMonths,
                     {{"Sales", wave(12, 30, 10, 0.6)},
                      {"Grants", wave(12, 12, 6, 1.1)},
                      {"Wages", wave(12, -25, 5, 0.2)},
                      {"Rent", wave(12, -9, 2, 0.3)}}))},
      {"bar_negative", 400, 200,
       with_code(
           chart(ChartKind::bar, "Result by quarter", {"Q1", "Q2", "Q3", "Q4", "Q5", "Q6", "Q7"},
                 {{"Result", {12500, -8300, 4100, std::nullopt, -15250, 9000, 0}}}),
           "#,##0", "de")},
      {"bar_50_long", 520, 260,
       chart(ChartKind::bar, "Fifty customers", numbered("Customer with a long name no. ", 50),
             {{"Hours", wave(50, 120, 60, 0.7)}})},
      {"bar_12_long", 520, 240,
       chart(ChartKind::bar, "Twelve departments",
             {"Human resources", "Finance and controlling", "Information technology",
              "Customer onboarding", "Legal", "Procurement", "Facility management",
              "Research and development", "Quality assurance", "Marketing", "Sales abroad",
              "Sales at home"},
             {{"Hours", wave(12, 80, 40, 0.9)}})},
      {"bar_days", 520, 200,
       in_sequence(
           chart(ChartKind::bar, "Hours by day", days(60), {{"Hours", wave(60, 30, 12, 0.9)}}))},
      {"bar_1000", 520, 200,
       chart(ChartKind::bar, "A thousand bars", numbered("Item ", 1000),
             {{"Count", wave(1000, 300, 200, 0.01)}})},
      {"bar_zero", 260, 180,
       chart(ChartKind::bar, "All zero", kTeams, {{"Hours", Values(5, 0.0)}})},
      {"bar_one", 260, 180, chart(ChartKind::bar, "One bar", {"Only"}, {{"Hours", {42}}})},
      {"bar_null", 260, 180,
       chart(ChartKind::bar, "Nothing there", kTeams, {{"Hours", Values(5)}})},
      {"bar_small_counts", 260, 180,
       with_code(chart(ChartKind::bar, "Open tickets", kTeams, {{"Tickets", {0, 2, 1, 0, 1}}}),
                 "0")},
      {"bar_huge", 400, 180,
       chart(ChartKind::bar, "Huge", kTeams, {{"Value", {1e300, 2e299, 5e299, 9e299, -3e299}}})},
      {"bar_tiny", 400, 180,
       chart(ChartKind::bar, "Tiny", kTeams, {{"Value", {1.5e-12, 2e-13, 5e-12, 9e-12, 3e-12}}})},
      {"lying_simple", 520, 200,
       lying(chart(ChartKind::bar, "Hours by project", kProjects, {{"Hours", hours}}))},
      {"lying_half", 250, 200,
       lying(titled(chart(ChartKind::bar, "Hours by project", kProjects, {{"Hours", hours}}),
                    "Project", "Hours"))},
      {"lying_grouped", 520, 260,
       lying(with_code(
           chart(ChartKind::bar, "This year and last", kTeams,
                 {{"2023", {310, 700, -120, 88, 390}}, {"2024", {320, 810, 275, -96, 410}}}),
           "#,##0"))},
      {"lying_stacked", 520, 260,
       lying(stacked(
           chart(ChartKind::bar, "Hours by project and team", kProjects, many_series(5, 6))))},
      {"lying_long", 380, 240,
       lying(chart(
           ChartKind::bar, "Very long names",
           {"Implementation of the new document management system for the whole company", "Short",
            "Unbreakableverylongnameofaprojectwithoutanyspacesatallinit", "Mid sized name"},
           {{"Hours", {12, 55, 31, 8}}}))},
      {"lying_120", 520, 600,
       lying(chart(ChartKind::bar, "120 customers", numbered("Customer ", 120),
                   {{"Hours", wave(120, 120, 60, 0.7)}}))},
      {"accent_red", 380, 200,
       with_accent(stacked(chart(ChartKind::bar, "Red accent", kMonths, many_series(4, 12))),
                   kAccents[1])},
      {"accent_green", 380, 200,
       with_accent(stacked(chart(ChartKind::bar, "Green accent", kMonths, many_series(6, 12))),
                   kAccents[2])},
      {"accent_orange", 380, 200,
       with_accent(stacked(chart(ChartKind::bar, "Orange accent", kMonths, many_series(5, 12))),
                   kAccents[3])},
      {"accent_grey", 380, 200,
       with_accent(stacked(chart(ChartKind::bar, "Grey accent", kMonths, many_series(5, 12))),
                   kAccents[4])},
      {"bar_percent", 380, 200,
       with_code(chart(ChartKind::bar, "Utilisation", kTeams,
                       {{"Share", {0.82, 0.91, 0.755, 0.4, 0.66}}}),
                 "0%", "de")},
      {"bar_24_series", 520, 240,
       stacked(chart(ChartKind::bar, "24 series", kMonths, many_series(24, 12)))},
  };
}

std::vector<GalleryChart> lines() {
  Values gaps = wave(24, 50, 20, 0.4);
  gaps[5] = gaps[6] = std::nullopt;
  gaps[8] = std::nullopt;
  gaps[15] = std::numeric_limits<double>::infinity();
  gaps[23] = std::numeric_limits<double>::quiet_NaN();
  return {
      {"line_simple", 520, 220,
       chart(ChartKind::line, "Hours by month", kMonths, {{"Hours", wave(12, 400, 90, 0.5)}})},
      {"line_three", 520, 240,
       titled(chart(ChartKind::line, "Requests by region", kMonths,
                    {{"Europe", wave(12, 420, 90, 0.5)},
                     {"America", wave(12, 330, 60, 0.8)},
                     {"Asia", wave(12, 150, 80, 0.3)}}),
              "Month", "Requests per second")},
      {"line_gaps", 400, 200,
       chart(ChartKind::line, "Gaps", numbered("", 24),
             {{"A", gaps}, {"B", wave(24, 30, 8, 0.2)}})},
      {"line_1000", 520, 220,
       in_sequence(
           chart(ChartKind::line, "A thousand days", days(1000),
                 {{"Load", wave(1000, 300, 120, 0.013)}, {"Limit", wave(1000, 480, 10, 0.004)}}))},
      {"line_half", 250, 180,
       in_sequence(
           chart(ChartKind::line, "Half width", days(90), {{"Hours", wave(90, 70, 20, 0.1)}}))},
      {"line_far", 400, 180,
       chart(ChartKind::line, "Far from zero", kMonths, {{"Index", wave(12, 10450, 40, 0.5)}})},
      {"line_one", 260, 180, chart(ChartKind::line, "One point", {"Jan"}, {{"Hours", {42}}})},
      {"line_negative", 400, 180,
       chart(ChartKind::line, "Around zero", kMonths, {{"Balance", wave(12, 3, 20, 0.7)}})},
      {"line_8", 520, 240, chart(ChartKind::line, "Eight lines", kMonths, many_series(8, 12))},
      {"line_long_legend", 520, 240,
       chart(ChartKind::line,
             "A title so long that it does not fit one line and therefore wraps onto the next one, "
             "as it should, without touching the legend",
             kMonths,
             {{"Implementation of the new document management system", wave(12, 20, 5, 0.3)},
              {"Maintenance of everything that is older than ten years", wave(12, 30, 5, 0.4)},
              {"Support", wave(12, 40, 5, 0.5)},
              {"Unplanned work of all departments together", wave(12, 50, 5, 0.6)}})},
      {"area_simple", 520, 200,
       in_sequence(chart(ChartKind::area, "Stock by day", days(120),
                         {{"Pieces", wave(120, 300, 90, 0.06)}}))},
      {"area_three", 520, 220,
       chart(ChartKind::area, "Overlapping areas", kMonths,
             {{"Europe", wave(12, 420, 90, 0.5)},
              {"America", wave(12, 330, 60, 0.8)},
              {"Asia", wave(12, 150, 80, 0.3)}})},
      {"area_stacked", 520, 220,
       stacked(chart(ChartKind::area, "Stacked areas", kMonths, many_series(4, 12)))},
      {"area_mixed", 400, 200,
       stacked(chart(ChartKind::area, "Stacked, both signs", kMonths,
                     {{"A", wave(12, 5, 20, 0.5)},
                      {"B", wave(12, -6, 15, 0.9)},
                      {"C", wave(12, 8, 4, 0.3)}}))},
  };
}

std::vector<GalleryChart> pies() {
  const Values teams = {320, 810, 275, 96, 410};
  Values skewed = {900, 400, 250};
  for (int i = 0; i < 30; ++i) skewed.emplace_back(4.25 + i % 3);
  return {
      {"pie_simple", 400, 200, chart(ChartKind::pie, "Hours by team", kTeams, {{"Hours", teams}})},
      {"pie_half", 250, 180,
       chart(ChartKind::pie, "Hours by project", kProjects,
             {{"Hours", {412.5, 388, 120.25, 96, 61, 34.75}}})},
      {"pie_wide", 520, 240,
       with_code(chart(ChartKind::pie, "Umsatz nach Projekt", kProjects,
                       {{"Umsatz", {412500, 388000, 120250, 96000, 61000, 34750}}}),
                 "#,##0.00 €", "de")},
      {"pie_small_slices", 520, 240,
       chart(ChartKind::pie, "Many small ones", numbered("Customer ", 33), {{"Hours", skewed}})},
      {"pie_small_half", 250, 180,
       chart(ChartKind::pie, "Many small ones", numbered("Customer ", 33), {{"Hours", skewed}})},
      {"pie_16", 520, 240,
       chart(ChartKind::pie, "Sixteen", numbered("Item ", 16), {{"Hours", wave(16, 50, 20, 0.7)}})},
      {"pie_1000", 520, 240,
       chart(ChartKind::pie, "A thousand", numbered("Item ", 1000),
             {{"Hours", wave(1000, 50, 20, 0.7)}})},
      {"pie_one", 260, 180, chart(ChartKind::pie, "One slice", {"All of it"}, {{"Hours", {42}}})},
      {"pie_zero", 260, 180,
       chart(ChartKind::pie, "All zero", kTeams, {{"Hours", Values(5, 0.0)}})},
      {"doughnut", 400, 200,
       chart(ChartKind::doughnut, "Hours by team", kTeams, {{"Hours", teams}})},
      {"doughnut_half", 250, 180,
       with_accent(chart(ChartKind::doughnut, "Hours by team", kTeams, {{"Hours", teams}}),
                   kAccents[1])},
  };
}

void show(const GalleryChart &chart, const ChartSurface &surface) {
  const char *directory = std::getenv("CHART_GALLERY");
  if (directory == nullptr) return;
  std::ofstream(std::string(directory) + "/" + chart.name + ".svg") << surface.svg();
}

void judge(const std::vector<GalleryChart> &charts) {
  for (const GalleryChart &chart : charts) {
    const Rect area = {20, 30, chart.width, chart.height};
    ChartSurface surface(area);
    draw_chart(surface, area, chart.data);
    EXPECT_EQ(surface.problems(), "") << chart.name;
    show(chart, surface);
  }
}

TEST(ChartGallery, Bars) { judge(bars()); }
TEST(ChartGallery, Lines) { judge(lines()); }
TEST(ChartGallery, Pies) { judge(pies()); }

}  // namespace
}  // namespace pgexport
