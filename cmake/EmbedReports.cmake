# Writes the templates of the reports into a C++ source, so that the module carries them.
#
#   cmake -DOUTPUT=FILE.cc -DSOURCES=A.template;B.template -P EmbedReports.cmake
set(content "// Made from templates/ by cmake/EmbedReports.cmake.\n#include \"server/report_sources.h\"\n\n")
string(APPEND content "namespace pgexport {\n\nstd::span<const char *const> report_sources() {\n")
string(APPEND content "  static constexpr const char *kSources[] = {\n")
foreach(source ${SOURCES})
  file(READ ${source} text)
  string(APPEND content "      R\"template(${text})template\",\n")
endforeach()
string(APPEND content "  };\n  return kSources;\n}\n\n}  // namespace pgexport\n")
file(WRITE ${OUTPUT} "${content}")
