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
  Oid type;          // InvalidOid: the parser infers it
  Datum value;       // if `text` is nullptr
  const char *text;  // to be read by the type's input function, or nullptr
  bool is_null;
};

struct QueryArguments {
  int count;
  QueryArgument *items;
};

// From a call f(query, format, options, VARIADIC args), or the option `args` if there are none;
// for one section of a document what its `args` say.
// Raises 22023 if both are given.
QueryArguments *call_arguments(FunctionCallInfo fcinfo, int first, const DocumentSpec *spec);
QueryArguments *section_arguments(const SectionRequest *section);

// Fits the arguments to the types that parse analysis found.  Input functions may run code of a
// domain's owner.  REQUIRES: as many types; inside the sandbox, with the types trusted.
ParamListInfo bind_arguments(const QueryArguments *arguments, const Oid *types);

// As kept with an artifact: [{"type": "integer", "value": "42"}, …]; type is absent if inferred.
Datum arguments_to_jsonb(const QueryArguments *arguments);
QueryArguments *arguments_from_jsonb(Jsonb *stored);

}  // namespace pgexport
