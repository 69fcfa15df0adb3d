-- The documents of docs/gallery.md.  Each query gives a document's name, and its PDF in base64.
-- make.sh runs this in a database with the extension.
\pset format unaligned
\pset tuples_only on
SET TimeZone = 'Europe/Berlin';
CREATE TEMP TABLE entries AS
    SELECT (ARRAY['Acme', 'Bolt', 'Corona'])[1 + g / 40] AS client,
           (ARRAY['Website', 'Shop', 'App', 'Support'])[1 + g / 10 % 4] AS project,
           date '2026-03-01' + g % 31 AS day, (ARRAY['Design', 'Build', 'Meeting', 'Review with the team'])[1 + g % 4] AS task,
           (1 + g * 7 % 13 / 4.0)::numeric(8, 2) AS hours, (90 + g * 7 % 13 * 22.5)::numeric(10, 2) AS amount
    FROM generate_series(0, 119) g;
CREATE TEMP TABLE months AS
    SELECT to_char(date '2026-01-01' + g * interval '1 month', 'Mon') AS month,
           400 + 40 * g + 90 * (g % 3) AS website, 300 + 25 * (g % 5) AS shop, 120 + 20 * g AS support
    FROM generate_series(0, 11) g;

CREATE FUNCTION pg_temp.document(name text, document jsonb, options jsonb DEFAULT '{}') RETURNS text
LANGUAGE sql AS $$
    SELECT name || ' ' || translate(encode(string_agg(piece, ''), 'base64'), E'\n', '')
    FROM export.stream_document(document, 'pdf', '{"document_time": "2026-04-01 09:00+02"}'::jsonb || options) AS piece
$$;

SELECT pg_temp.document('summary', '{
    "title": "Hours in March", "subtitle": "All clients", "filters": "state is billed", "sections": [
    {"kind": "figures", "name": "Key figures",
     "query": "SELECT 1204.5 AS hours, 1100.0 AS before, 96360 AS revenue, 101200 AS revenue_before, 0.82 AS billable, 17 AS open",
     "columns": [{"name": "hours", "heading": "Hours", "format": "#,##0.0", "compare": "before"}, "before",
                 {"name": "revenue", "heading": "Revenue", "format": "€ #,##0", "compare": "revenue_before"}, "revenue_before",
                 {"name": "billable", "heading": "Billable", "format": "0%"}, {"name": "open", "heading": "Open tasks"}]},
    {"kind": "chart", "name": "Website hours by month", "width": "half", "query": "SELECT month, website FROM months",
     "chart": {"type": "line", "category": "month", "values": "website"}},
    {"kind": "chart", "name": "By client", "width": "half",
     "query": "SELECT client, sum(hours) AS hours FROM entries GROUP BY client ORDER BY client",
     "chart": {"type": "doughnut", "category": "client", "values": "hours"}},
    {"name": "Top projects", "width": "half",
     "query": "SELECT project, sum(hours) AS hours, sum(amount) AS amount FROM entries GROUP BY project ORDER BY 3 DESC",
     "columns": [{"name": "project", "heading": "Project"}, {"name": "hours", "heading": "Hours", "format": "0.00"},
                 {"name": "amount", "heading": "Amount", "format": "#,##0.00"}], "totals": {"hours": "sum", "amount": "sum"}},
    {"kind": "text", "name": "Note", "width": "half",
     "text": "The figures include planned hours.\n\n- Support is billed by the quarter.\n- Acme has a new contract."}]}');

SELECT pg_temp.document('groups', '{"title": "Entries", "sections": [
    {"name": "Entries", "query": "SELECT * FROM entries ORDER BY client, project, day",
     "group_by": ["client", "project"], "totals": {"hours": "sum", "amount": "sum"}}]}', '{"carry_over": true}');

SELECT pg_temp.document('ruled', '{"title": "Entries", "sections": [
    {"name": "Entries", "query": "SELECT * FROM entries ORDER BY day LIMIT 25", "totals": {"hours": "sum", "amount": "avg"}}]}',
    '{"style": "ruled", "accent": "#8A1538"}');

SELECT pg_temp.document('bands', jsonb_build_object('title', 'A wide table', 'sections', jsonb_build_array(
    jsonb_build_object('name', 'Days', 'query', 'SELECT project, ' || string_agg(format(
        'sum(hours) FILTER (WHERE day = ''2026-03-%s'')::numeric(8, 2) AS "March %s"', lpad(d::text, 2, '0'), d), ', ' ORDER BY d)
        || ' FROM entries GROUP BY project'))), '{"repeat_columns": 1}')
FROM generate_series(1, 31) d;

SELECT pg_temp.document('charts', '{"title": "Charts", "sections": [
    {"kind": "chart", "name": "Grouped bars", "width": "half", "query": "SELECT * FROM months LIMIT 4",
     "chart": {"type": "bar", "category": "month", "values": ["website", "shop", "support"]}},
    {"kind": "chart", "name": "Stacked bars", "width": "half", "query": "SELECT * FROM months",
     "chart": {"type": "bar", "stacked": true, "category": "month", "values": ["website", "shop", "support"]}},
    {"kind": "chart", "name": "Horizontal bars", "width": "half", "query": "SELECT task, sum(amount) AS amount FROM entries GROUP BY task ORDER BY 2 DESC",
     "chart": {"type": "bar", "horizontal": true, "category": "task", "values": "amount", "format": "#,##0"}},
    {"kind": "chart", "name": "Lines", "width": "half", "query": "SELECT * FROM months",
     "chart": {"type": "line", "category": "month", "values": ["website", "shop", "support"]}},
    {"kind": "chart", "name": "Areas", "width": "half", "query": "SELECT * FROM months",
     "chart": {"type": "area", "stacked": true, "category": "month", "values": ["website", "shop", "support"]}},
    {"kind": "chart", "name": "Pie", "width": "half", "query": "SELECT project, sum(hours) AS hours FROM entries GROUP BY project ORDER BY 2 DESC",
     "chart": {"type": "pie", "category": "project", "values": "hours"}}]}');

SELECT pg_temp.document('scripts', '{"title": "Scripts of the world", "sections": [
    {"name": "Greetings", "query": "SELECT * FROM (VALUES (''English'', ''Hello, world''), (''Deutsch'', ''Schöne Grüße''), (''Ελληνικά'', ''Καλημέρα κόσμε''), (''Русский'', ''Привет, мир''), (''עברית'', ''שלום עולם 2026''), (''العربية'', ''مرحبا بالعالم ١٢٣''), (''日本語'', ''こんにちは世界''), (''한국어'', ''안녕하세요 세계''), (''中文'', ''你好，世界'')) AS v (language, greeting)"}]}');
