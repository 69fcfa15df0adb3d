// A catalogue and a clock that are written down, for the tests of the template compiler.
//
// The relations are those of docs/template-language.md: tracking.time_entries with a column of
// every type that templates know, tracking.projects and tracking.people.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dsl/catalog.h"

namespace pgexport::dsl {

class LiteralCatalog : public Catalog {
 public:
  LiteralCatalog() {
    const CatalogType status{90001, "tracking", "status", false, {"open", "done", "it's"}};
    const CatalogType address{869, "pg_catalog", "inet", false, {}, "pg_catalog", "="};
    const CatalogType point{600, "pg_catalog", "point"};
    const CatalogType color{90002, "paint", "color", false, {}, "paint", "="};
    relations_ = {
        {1,
         "tracking",
         "time_entries",
         {{"id", 1, int8()},
          {"project_id", 2, int4()},
          {"person_id", 3, int4()},
          {"started_at", 4, built_in(1184, "timestamptz")},
          {"ended_at", 5, built_in(1114, "timestamp")},
          {"day", 6, built_in(1082, "date")},
          {"hours", 7, numeric()},
          {"rate", 8, numeric()},
          {"minutes", 9, int4()},
          {"small", 10, built_in(21, "int2")},
          {"ratio", 11, built_in(701, "float8")},
          {"single", 12, built_in(700, "float4")},
          {"billable", 13, built_in(16, "bool")},
          {"description", 14, text()},
          {"task", 15, built_in(1043, "varchar")},
          {"code", 16, built_in(1042, "bpchar")},
          {"tags", 17, array_of(text())},
          {"numbers", 18, array_of(int4())},
          {"labels", 19, built_in(3802, "jsonb")},
          {"meta", 20, built_in(3802, "jsonb")},
          {"raw", 21, built_in(114, "json")},
          {"status", 22, status},
          {"token", 23, built_in(2950, "uuid")},
          {"pause", 24, built_in(1186, "interval")},
          {"at", 25, built_in(1083, "time")},
          {"address", 26, address},
          {"place", 27, point},
          {"words", 28, built_in(3614, "tsvector")},
          {"paint", 29, color},
          {"german", 30, text(), "pg_catalog", "de-x-icu"},
          {"swedish", 31, text(), "pg_catalog", "sv-x-icu"},
          {"It's \"odd\"", 32, text()}}},
        {2,
         "tracking",
         "projects",
         {{"id", 1, int4()}, {"name", 2, text()}, {"budget", 3, numeric()}}},
        {3, "tracking", "people", {{"id", 1, int4()}, {"name", 2, text()}, {"email", 3, text()}}},
        {4, "pg_catalog", "pg_authid", {{"rolname", 1, built_in(19, "name")}}},
    };
  }

  const CatalogRelation *find_relation(std::string_view schema, std::string_view name) override {
    for (const CatalogRelation &relation : relations_) {
      const bool in_schema =
          schema.empty() ? relation.schema == "tracking" : relation.schema == schema;
      if (in_schema && relation.name == name) return &relation;
    }
    return nullptr;
  }

  std::vector<std::string> relation_names(std::string_view schema) override {
    std::vector<std::string> names;
    for (const CatalogRelation &relation : relations_) {
      if (schema.empty() || relation.schema == schema) names.push_back(relation.name);
    }
    return names;
  }

  const std::vector<CatalogRelation> &relations() const { return relations_; }

  std::string search_configuration() override { return "pg_catalog.simple"; }

 private:
  static CatalogType built_in(std::uint32_t oid, std::string name) {
    return {oid, "pg_catalog", std::move(name)};
  }
  static CatalogType int4() { return built_in(23, "int4"); }
  static CatalogType int8() { return built_in(20, "int8"); }
  static CatalogType numeric() { return built_in(1700, "numeric"); }
  static CatalogType text() { return built_in(25, "text"); }
  static CatalogType array_of(CatalogType element) {
    element.is_array = true;
    return element;
  }

  std::vector<CatalogRelation> relations_;
};

// 2026-11-15 12:00 UTC, a Sunday, in a zone that is two hours east of UTC in summer, from the end
// of March to the end of October, and one hour in winter: Europe/Berlin in 2026.
class LiteralClock : public Clock {
 public:
  std::int64_t now() override { return kNow; }
  std::string zone() override { return "Europe/Berlin"; }
  std::int64_t to_local(std::int64_t utc) override {
    return utc + (utc >= kSummer && utc < kWinter ? 2 : 1) * kHour;
  }
  std::int64_t to_utc(std::int64_t local) override {
    // In spring 02:00 to 03:00 never was; in autumn it was twice, and the first counts.
    if (local >= kSummer + kHour && local < kSummer + 2 * kHour) return kSummer;
    return local - (local >= kSummer + 2 * kHour && local < kWinter + 2 * kHour ? 2 : 1) * kHour;
  }

 private:
  static constexpr std::int64_t kHour = 3'600'000'000;
  static constexpr std::int64_t kDay = 24 * kHour;
  static constexpr std::int64_t kNow = 9815 * kDay + 12 * kHour;    // 2026-11-15 12:00
  static constexpr std::int64_t kSummer = 9584 * kDay + 1 * kHour;  // 2026-03-29 01:00
  static constexpr std::int64_t kWinter = 9794 * kDay + 1 * kHour;  // 2026-10-25 01:00
};

}  // namespace pgexport::dsl
