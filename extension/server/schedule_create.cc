// export.create_schedule and export.alter_schedule.

#include "server/audit.h"
#include "server/background_owner.h"
#include "server/call.h"
#include "server/encoding.h"
#include "server/job_news.h"
#include "server/new_uuid.h"
#include "server/roles.h"
#include "server/schedule_arguments.h"
#include "server/submit.h"
#include "server/template_call.h"

extern "C" {
#include "catalog/pg_type.h"
#include "utils/timestamp.h"
}

namespace pgexport {

namespace {

namespace create_arguments {
enum : int {
  cron,
  query,
  format,
  options,
  template_name,
  params,
  document,
  time_zone,
  start_at,
  end_at,
  missed,
  max_missed,
  overlap,
  jitter,
  title,
  time_limit,
  max_attempts,
  priority,
  notify
};
}
namespace alter_arguments {
enum : int {
  schedule,
  cron,
  time_zone,
  start_at,
  end_at,
  missed,
  max_missed,
  overlap,
  jitter,
  title,
  time_limit,
  max_attempts,
  priority,
  notify,
  template_version
};
}

// What is to run, by the one of three arguments that is given.
ExportRequest requested(FunctionCallInfo fcinfo) {
  using namespace create_arguments;
  const int given = !PG_ARGISNULL(query) + !PG_ARGISNULL(template_name) + !PG_ARGISNULL(document);
  if (given != 1) {
    ereport(ERROR,
            (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("a schedule runs one thing"),
             errdetail("%s of the arguments \"query\", \"template\" and \"document\" %s given.",
                       given == 0 ? "None" : "More than one", given == 0 ? "is" : "are")));
  }
  const char *format_name = text_argument(fcinfo, format, "format");
  const char *option_text = optional_jsonb_argument(fcinfo, options);
  if (!PG_ARGISNULL(query)) {
    return query_request(text_argument(fcinfo, query, "query"), format_name, option_text,
                         CurrentMemoryContext);
  }
  if (!PG_ARGISNULL(template_name)) {
    return template_request(text_argument(fcinfo, template_name, "template"), 0,
                            optional_jsonb_argument(fcinfo, params), format_name, option_text,
                            CurrentMemoryContext);
  }
  const char *described = jsonb_argument(fcinfo, document, "document");
  DocumentSpec *spec =
      parse_document(CurrentMemoryContext, to_utf8(described), format_name, to_utf8(option_text));
  return document_request(spec, described, option_text);
}

JobTerms job_terms(FunctionCallInfo fcinfo) {
  using namespace create_arguments;
  JobTerms terms = default_terms();
  terms.title = bounded_text_argument(fcinfo, title, "title", 1000);
  terms.time_limit = time_limit_argument(fcinfo, time_limit);
  terms.max_attempts = max_attempts_argument(fcinfo, max_attempts);
  terms.priority = priority_argument(fcinfo, priority);
  terms.notify = bounded_text_argument(fcinfo, notify, "notify", NAMEDATALEN - 1);
  return terms;
}

// Its columns of export._schedule, from $1 on.
struct ScheduleRow {
  SqlParameter values[14];
};

ScheduleRow schedule_row(FunctionCallInfo fcinfo, const Schedule *schedule) {
  using namespace create_arguments;
  const Home home = current_home();
  return {{
      uuid_parameter(&schedule->id),
      oid_parameter(schedule->owner),
      text_parameter(schedule->owner_name),
      text_parameter(schedule->terms.recurrence),
      text_parameter(schedule->terms.time_zone),
      time_parameter(schedule->terms.first),
      time_parameter(schedule->terms.last),
      text_parameter(missed_argument(fcinfo, missed, "once")),
      int4_parameter(max_missed_argument(fcinfo, max_missed, schedule::kMaxCatchUp)),
      text_parameter(overlap_argument(fcinfo, overlap, "skip")),
      int4_parameter(schedule->jitter),
      int8_parameter(home.system_identifier),
      oid_parameter(home.database),
      int4_parameter(home.timeline),
  }};
}

constexpr const char *kInsert =
    "INSERT INTO export._schedule (id, owner, owner_name, cron, time_zone, start_at, end_at, "
    "missed, "
    "max_missed, overlap, jitter, state, home, system_identifier, database, timeline, created_at) "
    "SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'active', h.id, $12, $13, $14, "
    "pg_catalog.clock_timestamp() FROM export._home h";

const Calendar *valid_calendar(const CalendarTerms *terms) {
  const Calendar *calendar = make_calendar(CurrentMemoryContext, terms);
  require_runs(calendar, GetCurrentTimestamp());
  return calendar;
}

void record(const char *kind, const ExportRequest *request) {
  AuditEvent *event = begin_audit(kind);
  if (request) audit_request(event, request);
  complete_audit(event, "completed");
  wake_dispatcher_at_commit();
}

// NULL leaves a column as it is.
constexpr const char *kAlter =
    "UPDATE export._schedule s SET cron = coalesce($2, s.cron), "
    "time_zone = coalesce($3, s.time_zone), start_at = coalesce($4, s.start_at), "
    "end_at = coalesce($5, s.end_at), missed = coalesce($6, s.missed), "
    "max_missed = coalesce($7, s.max_missed), overlap = coalesce($8, s.overlap), "
    "jitter = coalesce($9, s.jitter) WHERE s.id OPERATOR(pg_catalog.=) $1";
constexpr const char *kAlterRequest =
    "UPDATE export._schedule_request r SET title = coalesce($2, r.title), "
    "time_limit = coalesce($3, r.time_limit), max_attempts = coalesce($4, r.max_attempts), "
    "priority = coalesce($5, r.priority), notify = coalesce($6, r.notify), "
    "template_version = coalesce($7, r.template_version) WHERE r.id OPERATOR(pg_catalog.=) $1";

SqlParameter integer_or_null(FunctionCallInfo fcinfo, int number, int value) {
  return PG_ARGISNULL(number) ? null_parameter(INT4OID) : int4_parameter(value);
}

void alter_timing(FunctionCallInfo fcinfo, const Schedule *schedule, const Schedule *changed) {
  using namespace alter_arguments;
  const SqlParameter parameters[] = {
      uuid_parameter(&schedule->id),
      text_parameter(changed->terms.recurrence),
      text_parameter(changed->terms.time_zone),
      time_parameter(changed->terms.first),
      time_parameter(changed->terms.last),
      text_parameter(missed_argument(fcinfo, missed, nullptr)),
      integer_or_null(fcinfo, max_missed, max_missed_argument(fcinfo, max_missed, 0)),
      text_parameter(overlap_argument(fcinfo, overlap, nullptr)),
      int4_parameter(changed->jitter),
  };
  run_internal_sql(kAlter, parameters, lengthof(parameters), false);
}

void alter_request(FunctionCallInfo fcinfo, const pg_uuid_t *id) {
  using namespace alter_arguments;
  Interval limit = time_limit_argument(fcinfo, time_limit);
  const SqlParameter parameters[] = {
      uuid_parameter(id),
      text_parameter(bounded_text_argument(fcinfo, title, "title", 1000)),
      PG_ARGISNULL(time_limit) ? null_parameter(INTERVALOID)
                               : SqlParameter{INTERVALOID, IntervalPGetDatum(&limit), false},
      integer_or_null(fcinfo, max_attempts, max_attempts_argument(fcinfo, max_attempts)),
      integer_or_null(fcinfo, priority, priority_argument(fcinfo, priority)),
      text_parameter(bounded_text_argument(fcinfo, notify, "notify", NAMEDATALEN - 1)),
      integer_or_null(fcinfo, template_version,
                      PG_ARGISNULL(template_version) ? 0 : PG_GETARG_INT32(template_version)),
  };
  run_internal_sql(kAlterRequest, parameters, lengthof(parameters), false);
}

// A version is taken on if it can run with the parameters of the schedule.
void require_template_version(const pg_uuid_t *id, int version) {
  const char *texts[4] = {};
  const InternalSql sql = open_internal_sql();
  const SqlParameter parameter = uuid_parameter(id);
  if (run_internal_sql("SELECT r.template_name, r.parameters::pg_catalog.text, r.format, "
                       "r.options::pg_catalog.text FROM export._schedule_request r "
                       "WHERE r.id OPERATOR(pg_catalog.=) $1 AND r.template_name IS NOT NULL",
                       &parameter, 1, false) > 0) {
    for (int i = 0; i < 4; i++) {
      bool is_null;
      const Datum value = sql_result(0, i + 1, &is_null);
      if (!is_null) texts[i] = MemoryContextStrdup(sql.caller, TextDatumGetCString(value));
    }
  }
  close_internal_sql(sql);
  if (!texts[0]) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("the schedule does not run a template")));
  }
  (void)template_request(texts[0], version, texts[1], texts[2], texts[3], CurrentMemoryContext);
}

bool changes_times(FunctionCallInfo fcinfo) {
  using namespace alter_arguments;
  return !PG_ARGISNULL(cron) || !PG_ARGISNULL(time_zone) || !PG_ARGISNULL(start_at) ||
         !PG_ARGISNULL(end_at);
}

}  // namespace

}  // namespace pgexport

using namespace pgexport;

EXPORT_FUNCTION(export_create_schedule) {
  using namespace create_arguments;
  admit_job("export.create_schedule()");
  Schedule schedule{};
  schedule.terms.recurrence = text_argument(fcinfo, cron, "cron");
  if (!PG_ARGISNULL(time_zone)) {
    schedule.terms.time_zone = text_argument(fcinfo, time_zone, "time_zone");
  }
  schedule.terms.first = bound_argument(fcinfo, start_at, "start_at", DT_NOBEGIN);
  schedule.terms.last = bound_argument(fcinfo, end_at, "end_at", DT_NOEND);
  const Calendar *calendar = valid_calendar(&schedule.terms);
  schedule.terms.time_zone = calendar_zone(calendar);
  schedule.jitter = jitter_argument(fcinfo, jitter, schedule::kMaxJitter);
  const ExportRequest request = requested(fcinfo);
  const JobTerms terms = job_terms(fcinfo);
  new_uuid(&schedule.id);
  schedule.owner = GetUserId();
  schedule.owner_name = GetUserNameFromId(schedule.owner, false);
  const JobRow job =
      make_job_row(&schedule.id, &request, text_argument(fcinfo, format, "format"), &terms);
  const ScheduleRow row = schedule_row(fcinfo, &schedule);
  const InternalSql sql = open_internal_sql();
  run_internal_sql(kInsert, row.values, lengthof(row.values), false);
  (void)insert_job_row("_schedule_request", &job, "");
  set_next_run(&schedule, calendar, GetCurrentTimestamp());
  close_internal_sql(sql);
  record("create_schedule", &request);
  auto *id = static_cast<pg_uuid_t *>(palloc(sizeof(pg_uuid_t)));
  *id = schedule.id;
  PG_RETURN_UUID_P(id);
}

EXPORT_FUNCTION(export_alter_schedule) {
  namespace argument = alter_arguments;
  admit_job("export.alter_schedule()");
  if (PG_ARGISNULL(argument::schedule)) {
    ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
                    errmsg("argument \"schedule\" must not be null")));
  }
  const Schedule *old = require_schedule(PG_GETARG_UUID_P(argument::schedule), false);
  Schedule changed = *old;
  if (!PG_ARGISNULL(argument::cron)) {
    changed.terms.recurrence = text_argument(fcinfo, argument::cron, "cron");
  }
  if (!PG_ARGISNULL(argument::time_zone)) {
    changed.terms.time_zone = text_argument(fcinfo, argument::time_zone, "time_zone");
  }
  changed.terms.first = bound_argument(fcinfo, argument::start_at, "start_at", old->terms.first);
  changed.terms.last = bound_argument(fcinfo, argument::end_at, "end_at", old->terms.last);
  changed.jitter = jitter_argument(fcinfo, argument::jitter, old->jitter);
  const Calendar *calendar = nullptr;
  if (changes_times(fcinfo)) {
    calendar = valid_calendar(&changed.terms);
    changed.terms.time_zone = calendar_zone(calendar);
  }
  if (!PG_ARGISNULL(argument::template_version)) {
    require_template_version(&old->id, PG_GETARG_INT32(argument::template_version));
  }
  const InternalSql sql = open_internal_sql();
  alter_timing(fcinfo, old, &changed);
  alter_request(fcinfo, &old->id);
  const bool runs = strcmp(old->state, "active") == 0 || strcmp(old->state, "ended") == 0;
  if (calendar && runs) set_next_run(&changed, calendar, GetCurrentTimestamp());
  close_internal_sql(sql);
  record("alter_schedule", nullptr);
  PG_RETURN_VOID();
}
