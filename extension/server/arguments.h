// The parameters $1, $2 … of a query: from the variadic arguments of a call, from the option
// `args`, or from a stored artifact.  Always bound, never pasted.
#pragma once

#include "bridge/document_spec.h"

extern "C" {
#include "nodes/params.h"
#include "utils/jsonb.h"
}

namespace pgexport {

struct QueryArgument {
  Oid type;          // InvalidOid: the parser infers it, and `text` is read by its input function
  Datum value;       // if type is known
  const char *text;  // if it is not, or nullptr for NULL
  bool is_null;
};

struct QueryArguments {
  int count;
  QueryArgument *items;
};

// From a call f(query, format, options, VARIADIC args), or the option `args` if there are none.
// Raises 22023 if both are given.
QueryArguments *call_arguments(FunctionCallInfo fcinfo, int first, const DocumentSpec *spec);
QueryArguments *option_arguments(const DocumentSpec *spec);

// Fits the arguments to the types that parse analysis found.  REQUIRES: as many types.
ParamListInfo bind_arguments(const QueryArguments *arguments, const Oid *types);

// As kept with an artifact: [{"type": "integer", "value": "42"}, …]; type is absent if inferred.
Datum arguments_to_jsonb(const QueryArguments *arguments);
QueryArguments *arguments_from_jsonb(Jsonb *stored);

}  // namespace pgexport
