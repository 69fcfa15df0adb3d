#include "server/arguments.h"

extern "C" {
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "parser/parse_type.h"
#include "utils/json.h"
#include "utils/lsyscache.h"
}

#include "server/encoding.h"

namespace pgexport {

namespace {

QueryArguments *new_arguments(int count) {
  auto *arguments = static_cast<QueryArguments *>(palloc0(sizeof(QueryArguments)));
  arguments->count = count;
  arguments->items = static_cast<QueryArgument *>(palloc0(sizeof(QueryArgument) * Max(count, 1)));
  return arguments;
}

const char *text_of(const QueryArgument &argument) {
  if (argument.is_null) return nullptr;
  if (argument.text) return argument.text;
  Oid function;
  bool is_varlena;
  getTypeOutputInfo(argument.type, &function, &is_varlena);
  return OidOutputFunctionCall(function, argument.value);
}

Datum read_text(Oid type, const char *text) {
  Oid function, io_param;
  getTypeInputInfo(type, &function, &io_param);
  return OidInputFunctionCall(function, const_cast<char *>(text), io_param, -1);
}

}  // namespace

QueryArguments *section_arguments(const SectionRequest *section) {
  QueryArguments *arguments = new_arguments(static_cast<int>(section->args.size()));
  for (int i = 0; i < arguments->count; i++) {
    const std::optional<std::string> &given = section->args[i];
    arguments->items[i].is_null = !given.has_value();
    arguments->items[i].text = given ? pstrdup(from_utf8(given->c_str())) : nullptr;
  }
  return arguments;
}

QueryArguments *call_arguments(FunctionCallInfo fcinfo, int first, const DocumentSpec *spec) {
  Datum *values;
  Oid *types;
  bool *nulls;
  const int count =
      PG_NARGS() > first ? extract_variadic_args(fcinfo, first, false, &values, &types, &nulls) : 0;
  if (count < 0) {
    ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
                    errmsg("the VARIADIC array of arguments must not be null")));
  }
  const SectionRequest *section = &spec->request.sections[0];
  if (count == 0) return section_arguments(section);
  if (section->has_args) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("arguments are given twice"),
                    errdetail("The call has arguments after the options, and the options have "
                              "\"args\".")));
  }
  QueryArguments *arguments = new_arguments(count);
  for (int i = 0; i < count; i++) {
    QueryArgument &item = arguments->items[i];
    item.is_null = nulls[i];
    if (types[i] == UNKNOWNOID) {
      item.text = nulls[i] ? nullptr : DatumGetCString(values[i]);
    } else {
      item.type = types[i];
      item.value = values[i];
    }
  }
  return arguments;
}

ParamListInfo bind_arguments(const QueryArguments *arguments, const Oid *types) {
  ParamListInfo params = makeParamList(arguments->count);
  for (int i = 0; i < arguments->count; i++) {
    const QueryArgument &argument = arguments->items[i];
    ParamExternData &param = params->params[i];
    param.pflags = PARAM_FLAG_CONST;
    param.isnull = argument.is_null;
    param.ptype = types[i];
    if (argument.is_null) continue;
    param.value = argument.text ? read_text(types[i], argument.text) : argument.value;
  }
  return params;
}

Datum arguments_to_jsonb(const QueryArguments *arguments) {
  StringInfoData json;
  initStringInfo(&json);
  appendStringInfoChar(&json, '[');
  for (int i = 0; i < arguments->count; i++) {
    const QueryArgument &argument = arguments->items[i];
    appendStringInfoString(&json, i == 0 ? "{" : ", {");
    if (OidIsValid(argument.type)) {
      appendStringInfoString(&json, "\"type\": ");
      escape_json(&json, format_type_be_qualified(argument.type));
      appendStringInfoString(&json, ", ");
    }
    appendStringInfoString(&json, "\"value\": ");
    const char *text = text_of(argument);
    if (text) {
      escape_json(&json, text);
    } else {
      appendStringInfoString(&json, "null");
    }
    appendStringInfoChar(&json, '}');
  }
  appendStringInfoChar(&json, ']');
  return DirectFunctionCall1(jsonb_in, CStringGetDatum(json.data));
}

QueryArguments *arguments_from_jsonb(Jsonb *stored) {
  const int count = static_cast<int>(JB_ROOT_COUNT(stored));
  QueryArguments *arguments = new_arguments(count);
  for (int i = 0; i < count; i++) {
    QueryArgument &item = arguments->items[i];
    JsonbValue *entry = getIthJsonbValueFromContainer(&stored->root, i);
    JsonbValue buffer;
    JsonbValue *type = getKeyJsonValueFromContainer(entry->val.binary.data, "type", 4, &buffer);
    if (type) {
      std::int32_t typmod;
      parseTypeString(pnstrdup(type->val.string.val, type->val.string.len), &item.type, &typmod,
                      false);
    }
    JsonbValue *value = getKeyJsonValueFromContainer(entry->val.binary.data, "value", 5, &buffer);
    item.is_null = !value || value->type == jbvNull;
    if (item.is_null) continue;
    item.text = pnstrdup(value->val.string.val, value->val.string.len);
  }
  return arguments;
}

}  // namespace pgexport
