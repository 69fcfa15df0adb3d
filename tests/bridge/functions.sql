-- Declares what the module export_bridge_test has.  The server finds it by dynamic_library_path.
CREATE SCHEMA bridge_test;

CREATE FUNCTION bridge_test.error(scenario text, message text DEFAULT 'message',
                                  detail text DEFAULT '', hint text DEFAULT '',
                                  depth integer DEFAULT 0, level integer DEFAULT 0)
RETURNS jsonb LANGUAGE c VOLATILE STRICT AS 'export_bridge_test', 'bridge_test_error';

CREATE FUNCTION bridge_test.fail(scenario text, message text DEFAULT 'message',
                                 detail text DEFAULT '', hint text DEFAULT '',
                                 depth integer DEFAULT 0, level integer DEFAULT 0)
RETURNS void LANGUAGE c VOLATILE STRICT AS 'export_bridge_test', 'bridge_test_fail';

CREATE FUNCTION bridge_test.add(a integer, b integer)
RETURNS integer LANGUAGE c VOLATILE STRICT AS 'export_bridge_test', 'bridge_test_add';

CREATE FUNCTION bridge_test.keep(number integer)
RETURNS void LANGUAGE c VOLATILE STRICT AS 'export_bridge_test', 'bridge_test_keep';

CREATE FUNCTION bridge_test.diary()
RETURNS text LANGUAGE c VOLATILE STRICT AS 'export_bridge_test', 'bridge_test_diary';

CREATE FUNCTION bridge_test.alive()
RETURNS integer LANGUAGE c VOLATILE STRICT AS 'export_bridge_test', 'bridge_test_alive';

CREATE FUNCTION bridge_test.malloc_bytes()
RETURNS bigint LANGUAGE c VOLATILE STRICT AS 'export_bridge_test', 'bridge_test_malloc_bytes';

CREATE FUNCTION bridge_test.limit_memory(bytes bigint)
RETURNS void LANGUAGE c VOLATILE STRICT AS 'export_bridge_test', 'bridge_test_limit_memory';
