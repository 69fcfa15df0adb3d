-- The tour, as an ordinary role.  Each document is committed with its audit row before it is read.
\set ON_ERROR_STOP on
\pset footer off

\echo '-- A look before the export: the rows as CSV will have them.'
SELECT jsonb_pretty(export.preview(
  'SELECT name, first_code, last_code FROM demo.block ORDER BY first_code', 'csv', '{}', 3));

\echo '-- CSV: how many characters each Unicode block has.'
SELECT export.run($$
  SELECT b.name AS block, count(c.code_point) AS characters,
         to_hex(b.first_code) AS first, to_hex(b.last_code) AS last
  FROM demo.block b
  LEFT JOIN demo.character c ON c.code_point BETWEEN b.first_code AND b.last_code
  GROUP BY b.first_code ORDER BY b.first_code
$$, 'csv') AS blocks \gset

\echo '-- JSON: every section of the package index with its ten largest packages, nested.'
SELECT export.run($$
  SELECT section, count(*) AS packages, sum(installed_kib) AS installed_kib,
         (array_agg(name ORDER BY installed_kib DESC NULLS LAST, name))[1:10] AS largest
  FROM demo.package GROUP BY section ORDER BY section
$$, 'json') AS sections \gset

\echo '-- JSON Lines: every Unicode character.'
SELECT export.run('SELECT * FROM demo.character ORDER BY code_point', 'jsonl') AS characters \gset

\echo '-- Excel: three sheets with totals, a chart and live formulas.'
SELECT export.run_document($$ {
  "title": "Unicode and Debian",
  "sections": [
    {"name": "Blocks", "totals": {"characters": "sum"},
     "query": "SELECT b.name AS block, to_hex(b.first_code) AS first, to_hex(b.last_code) AS last, count(c.code_point) AS characters FROM demo.block b LEFT JOIN demo.character c ON c.code_point BETWEEN b.first_code AND b.last_code GROUP BY b.first_code ORDER BY b.first_code"},
    {"name": "Categories", "totals": {"characters": "sum"},
     "query": "SELECT category, count(*) AS characters FROM demo.character GROUP BY 1 ORDER BY 2 DESC",
     "charts": {"type": "bar", "title": "Characters by category", "category": "category", "values": "characters"}},
    {"name": "Packages", "group_by": ["section"], "totals": {"installed_kib": "sum"},
     "formats": {"installed_kib": "#,##0"},
     "query": "SELECT section, name, version, installed_kib FROM (SELECT *, row_number() OVER (PARTITION BY section ORDER BY installed_kib DESC NULLS LAST, name, version, architecture) AS place FROM demo.package) p WHERE place <= 10 ORDER BY section, place"}
  ]} $$, 'xlsx') AS workbook \gset

\echo '-- PDF: a report with key figures and charts.'
SELECT export.run_document($$ {
  "title": "The packages of Debian", "subtitle": "What is in the index, and how large it is",
  "sections": [
    {"kind": "figures", "name": "Key figures",
     "query": "SELECT count(*) AS packages, sum(installed_kib) / 1048576.0 AS gib, avg(cardinality(depends)) AS depends FROM demo.package",
     "columns": [{"name": "packages", "heading": "Packages", "format": "#,##0"},
                 {"name": "gib", "heading": "Installed, GiB", "format": "#,##0.0"},
                 {"name": "depends", "heading": "Dependencies on average", "format": "0.0"}]},
    {"kind": "chart", "name": "Largest sections", "width": "half",
     "query": "SELECT section, sum(installed_kib) / 1024.0 AS mib FROM demo.package WHERE section IS NOT NULL GROUP BY 1 ORDER BY 2 DESC NULLS LAST, 1 LIMIT 10",
     "chart": {"type": "bar", "horizontal": true, "title": "Largest sections (MiB)", "category": "section", "values": "mib", "format": "#,##0"}},
    {"kind": "chart", "name": "Priorities", "width": "half",
     "query": "SELECT coalesce(priority, 'none') AS priority, count(*) AS packages FROM demo.package GROUP BY 1 ORDER BY 2 DESC, 1",
     "chart": {"type": "doughnut", "title": "Packages by priority", "category": "priority", "values": "packages"}},
    {"name": "Largest packages", "group_by": ["section"], "totals": {"installed_kib": "sum"},
     "formats": {"installed_kib": "#,##0"},
     "query": "SELECT section, name, version, installed_kib, description FROM (SELECT *, row_number() OVER (PARTITION BY section ORDER BY installed_kib DESC NULLS LAST, name, version, architecture) AS place FROM demo.package WHERE section IS NOT NULL) p WHERE place <= 5 ORDER BY section, place"}
  ]} $$, 'pdf') AS report \gset

\echo '-- The pre-built reports over the schema tracking, as PDF and as workbooks.'
SELECT template, version, action FROM export.install_reports('tracking');
SELECT export.run_template('time_tracking_summary', '{"period": "last_month"}', 'pdf') AS summary_pdf,
       export.run_template('time_tracking_summary', '{"period": "last_month"}', 'xlsx') AS summary_xlsx,
       export.run_template('project_analysis', '{}', 'pdf') AS projects_pdf,
       export.run_template('project_analysis', '{}', 'xlsx') AS projects_xlsx,
       export.run_template('productivity_report', '{"period": "last_month"}', 'pdf') AS productivity_pdf,
       export.run_template('executive_summary', '{"period": "last_quarter"}', 'pdf') AS executive_pdf \gset

\echo '-- Streamed to this client, without a stored copy: through COPY and through a function.'
\set packages_file :documents '/packages.jsonl'
\set copy_packages '\\copy (SELECT * FROM demo.package ORDER BY name, version, architecture) TO ' :'packages_file' ' WITH (FORMAT jsonl)'
:copy_packages
SELECT convert_from(export.stream('SELECT name, version FROM demo.package ORDER BY name LIMIT 3', 'csv'), 'UTF8')
  AS "export.stream";

\echo '-- The stored documents, fetched as files.'
\set file :documents '/blocks.csv'
\set fetch '\\copy (SELECT export.read(' :'blocks' ')) TO ' :'file' ' WITH (FORMAT raw)'
:fetch
\set file :documents '/sections.json'
\set fetch '\\copy (SELECT export.read(' :'sections' ')) TO ' :'file' ' WITH (FORMAT raw)'
:fetch
\set file :documents '/characters.jsonl'
\set fetch '\\copy (SELECT export.read(' :'characters' ')) TO ' :'file' ' WITH (FORMAT raw)'
:fetch

\set file :documents '/unicode-and-debian.xlsx'
\set fetch '\\copy (SELECT export.read(' :'workbook' ')) TO ' :'file' ' WITH (FORMAT raw)'
:fetch
\set file :documents '/packages-of-debian.pdf'
\set fetch '\\copy (SELECT export.read(' :'report' ')) TO ' :'file' ' WITH (FORMAT raw)'
:fetch

\set file :documents '/time-tracking-summary.pdf'
\set fetch '\\copy (SELECT export.read(' :'summary_pdf' ')) TO ' :'file' ' WITH (FORMAT raw)'
:fetch
\set file :documents '/time-tracking-summary.xlsx'
\set fetch '\\copy (SELECT export.read(' :'summary_xlsx' ')) TO ' :'file' ' WITH (FORMAT raw)'
:fetch
\set file :documents '/project-analysis.pdf'
\set fetch '\\copy (SELECT export.read(' :'projects_pdf' ')) TO ' :'file' ' WITH (FORMAT raw)'
:fetch
\set file :documents '/project-analysis.xlsx'
\set fetch '\\copy (SELECT export.read(' :'projects_xlsx' ')) TO ' :'file' ' WITH (FORMAT raw)'
:fetch
\set file :documents '/productivity-report.pdf'
\set fetch '\\copy (SELECT export.read(' :'productivity_pdf' ')) TO ' :'file' ' WITH (FORMAT raw)'
:fetch
\set file :documents '/executive-summary.pdf'
\set fetch '\\copy (SELECT export.read(' :'executive_pdf' ')) TO ' :'file' ' WITH (FORMAT raw)'
:fetch

\echo '-- What this role has exported.'
SELECT id, format, rows, bytes, left(encode(sha256, 'hex'), 12) || '…' AS sha256
FROM export.artifacts ORDER BY created_at DESC LIMIT 5;
