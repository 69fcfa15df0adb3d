# The files that CREATE EXTENSION needs: module, control file, SQL scripts.  The install script is
# sql/parts/*.sql in the order of their numbers, behind one header.
file(GLOB sql_parts CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/sql/parts/*.sql)
list(SORT sql_parts)
set(install_script ${CMAKE_BINARY_DIR}/export--${PROJECT_VERSION}.sql)
add_custom_command(
  OUTPUT ${install_script}
  COMMAND cat ${sql_parts} > ${install_script}
  DEPENDS ${sql_parts}
  VERBATIM)
add_custom_target(export_sql ALL DEPENDS ${install_script})

configure_file(${CMAKE_SOURCE_DIR}/export.control ${CMAKE_BINARY_DIR}/export.control @ONLY)

file(GLOB upgrade_scripts CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/sql/export--*--*.sql)
install(TARGETS export_module LIBRARY DESTINATION ${PG_PKGLIBDIR})
install(FILES ${CMAKE_BINARY_DIR}/export.control ${install_script} ${upgrade_scripts}
        DESTINATION ${PG_SHAREDIR}/extension)
