# PostgreSQL's server headers and directories, all from one pg_config (PG_CONFIG).
#
# Defines the imported target PostgreSQL::Server (headers only, SYSTEM: their warnings are not
# ours) and PG_PKGLIBDIR, PG_SHAREDIR, PG_DOCDIR, PG_BINDIR, PG_PGXS, PG_VERSION_TEXT.
find_program(PG_CONFIG pg_config HINTS /usr/lib/postgresql/15/bin DOC "pg_config of the server")
if(PG_CONFIG)
  foreach(pair PG_PKGLIBDIR:--pkglibdir PG_SHAREDIR:--sharedir PG_DOCDIR:--docdir PG_BINDIR:--bindir
               PG_PGXS:--pgxs PG_VERSION_TEXT:--version PG_INCLUDEDIR_SERVER:--includedir-server
               PG_INCLUDEDIR:--includedir)
    string(REPLACE ":" ";" pair ${pair})
    list(GET pair 0 variable)
    list(GET pair 1 option)
    execute_process(COMMAND ${PG_CONFIG} ${option} OUTPUT_VARIABLE ${variable}
                    OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  endforeach()
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(PostgreSQLServer
  REQUIRED_VARS PG_CONFIG PG_INCLUDEDIR_SERVER PG_PKGLIBDIR PG_SHAREDIR)

if(PostgreSQLServer_FOUND AND NOT TARGET PostgreSQL::Server)
  if(NOT EXISTS ${PG_INCLUDEDIR_SERVER}/postgres.h)
    message(FATAL_ERROR "${PG_INCLUDEDIR_SERVER} has no postgres.h: install postgresql-server-dev-15")
  endif()
  add_library(PostgreSQL::Server INTERFACE IMPORTED)
  target_include_directories(PostgreSQL::Server SYSTEM INTERFACE
    ${PG_INCLUDEDIR_SERVER} ${PG_INCLUDEDIR})
endif()
