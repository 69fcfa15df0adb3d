-- Templates in the database: versions, conflicts, shares, rights, broken names, and what they cannot do.
\ir include/helpers.psql
CREATE FUNCTION ran(name text, params jsonb DEFAULT '{}', format text DEFAULT 'csv', options jsonb DEFAULT '{}')
RETURNS text
LANGUAGE sql AS $$
    SELECT convert_from(coalesce(string_agg(piece, ''), ''), 'UTF8')
    FROM (SELECT export.stream_template($1, $2, $3, $4) AS piece) pieces
$$;
CREATE ROLE tpl_alice IN ROLE export_user;
CREATE ROLE tpl_bob IN ROLE export_user;
CREATE ROLE tpl_team;
GRANT tpl_team TO tpl_bob;
CREATE TABLE entries (id int PRIMARY KEY, project text, day date, hours numeric(8, 2), owner name, tags text[], meta jsonb);
INSERT INTO entries VALUES
    (1, 'Website', '2026-01-05', 2.5, 'tpl_alice', '{a,b}', '{"client": "Acme"}'),
    (2, 'Shop', '2026-01-31', 1, 'tpl_bob', '{b}', '{"client": "Bolt"}'),
    (3, 'Website', '2026-02-01', 4, 'tpl_bob', '{}', NULL);
ALTER TABLE entries ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON entries USING (owner = current_user);
GRANT SELECT ON entries TO tpl_alice, tpl_bob;
CREATE TABLE big (id int, day date, note text);
INSERT INTO big SELECT g, date '2020-01-01' + g % 2000, 'n' FROM generate_series(1, 20000) g;
CREATE INDEX big_day ON big (day);
ANALYZE big;
-- Committed, because a document runs again only after the commit of its first run.
SELECT export.save_template('template pinned { from entries as e sheet "A" { column "x" = e.id order by e.id } }') \g /dev/null
SELECT export.run_template('pinned') AS first_run \gset

BEGIN;
SELECT no_plan();
SET LOCAL timezone = 'UTC';
\set hours 'template hours { title "Hours" param projects text[]? from entries as e where e.project in $projects sheet "Entries" { column "Project" = e.project column "Hours" = e.hours { format "0.00" total sum } order by e.id } }'
SET LOCAL ROLE tpl_alice;

-- Versions.
SELECT is(export.save_template(:'hours', 'first'), 1, 'saved');
SELECT is(error_of(format('SELECT export.save_template(%L)', :'hours')),
          '42710 template "hours" exists already | Its current version is 1. | '
          'Say which version was changed: base_version => 1.', 'a change says what it is based on');
SELECT is(export.save_template(replace(:'hours', '"Hours"', '"Working hours"'), 'renamed', 1), 2, 'a second version');
SELECT is(error_of(format('SELECT export.save_template(%L, '''', 1)', :'hours')),
          '55000 template "hours" has changed | The change is based on version 1, and the current one is 2. | '
          'Look at export.diff_template(''hours'', 1, 2), put both changes together, and save with base_version => 2.',
          'two people at once: a conflict');
SELECT bag_eq($$ SELECT version, is_current, author::text, note, title FROM export.template_versions
                     WHERE name = 'hours' $$,
                  $$ VALUES (1, false, 'tpl_alice'::text, 'first'::text, 'Hours'::text),
                            (2, true, 'tpl_alice', 'renamed', 'Working hours') $$, 'history');
SELECT is((SELECT string_agg(change, '' ORDER BY change) FROM export.diff_template('hours', 1, 2)), '+-', 'difference');
SELECT is(export.restore_template('hours', 1), 3, 'restored as a new version');
SELECT is((SELECT source FROM export.template_versions WHERE name = 'hours' AND version = 3), :'hours', 'the old text');
SELECT is((SELECT note FROM export.template_versions WHERE name = 'hours' AND version = 3), 'Version 1 restored', 'and says so');
SELECT throws_ok('SELECT export.restore_template(''hours'', 9)', '42704', 'template "hours" has no version 9', 'no such version');

-- Running it, with the runner's rows.
SELECT is(ran('hours'), E'Project,Hours\nWebsite,2.50\n', 'an absent parameter: all rows that one may see');
SELECT is(ran('hours', '{"projects": ["Shop"]}'), E'Project,Hours\n', 'a parameter');
SELECT is(ran('hours', '{}', 'json'),
          E'{"title":"Hours","sections":[\n{"name":"Entries","kind":"table","rows":[\n{"Project":"Website","Hours":2.50}\n]}\n]}\n',
          'json has the whole document');
SELECT export.save_template('template own_options { from entries as e sheet "S" { column "A" = e.id column "B" = e.hours order by e.id } csv { delimiter ";" quote "|" } }') \g /dev/null
SELECT is(ran('own_options'), E'A;B\n1;2.50\n', 'the options of a format block');
SELECT is(ran('own_options', '{}', 'csv', '{"delimiter": "/"}'), E'A/B\n1/2.50\n', 'which those of the call go before');
SELECT export.drop_template('own_options');
SELECT lives_ok('SELECT export.run_template(''hours'', ''{}'', f) FROM unnest(ARRAY[''pdf'', ''xlsx'']) f', 'pdf and xlsx');
SELECT bag_eq($$ SELECT template, template_version, parameters FROM export.artifacts WHERE format = 'pdf' $$,
                  $$ VALUES ('hours'::text, 3, '{}'::jsonb) $$, 'recorded with the document');
SELECT is(export.preview_template('hours', '{}', 'csv', '{}', 5) #> '{sections,0,rows}', '[["Website", "2.50"]]', 'preview');
SELECT is(error_of('SELECT ran(''hours'', ''{"project": ["Shop"]}'')') ~ '^42P02|^22023', true, 'an unknown parameter');
SELECT throws_ok('SELECT ran(''nosuch'')', '42704', 'template "nosuch" does not exist', 'no such template');

-- Shares: nothing, view, run, edit; a role or everybody.
SET LOCAL ROLE tpl_bob;
SELECT is_empty('SELECT * FROM export.templates', 'what is not shared does not exist');
SELECT throws_ok('SELECT ran(''hours'')', '42704', NULL, 'nor when it is run');
SELECT throws_ok('SELECT export.drop_template(''hours'')', '42704', NULL, 'nor when it is dropped');
SELECT throws_ok(format('SELECT export.save_template(%L)', :'hours'), '42710', NULL, 'its name is taken');
SET LOCAL ROLE tpl_alice;
SELECT lives_ok('SELECT export.share_template(''hours'', ''tpl_team'', ''view'')', 'share');
SELECT throws_ok('SELECT export.share_template(''hours'', ''tpl_team'', ''own'')', '22023', NULL, 'only view, run, edit');
SET LOCAL ROLE tpl_bob;
SELECT is((SELECT "right" FROM export.templates), 'view', 'one sees what one may');
SELECT is(error_of('SELECT ran(''hours'')'),
          '42501 permission denied for template "hours" | You may view it; this takes the right to run it. | '
          'Its owner gives rights with export.share_template().', 'view is not run');
SET LOCAL ROLE tpl_alice;
SELECT export.share_template('hours', 'tpl_team', 'run');
SET LOCAL ROLE tpl_bob;
SELECT is(ran('hours'), E'Project,Hours\nShop,1.00\nWebsite,4.00\n', 'run with one''s own rights: other rows');
SELECT throws_ok(format('SELECT export.save_template(%L, '''', 3)', :'hours'), '42501', NULL, 'run is not edit');
SELECT throws_ok('SELECT export.share_template(''hours'', ''tpl_bob'', ''edit'')', '42501', NULL, 'nor owning');
SET LOCAL ROLE tpl_alice;
SELECT export.share_template('hours', NULL, 'edit');
SET LOCAL ROLE tpl_bob;
SELECT is(export.save_template(:'hours', 'by bob', 3), 4, 'everybody may edit now');
SELECT throws_ok('SELECT export.drop_template(''hours'')', '42501', NULL, 'but not drop');
SET LOCAL ROLE tpl_alice;
SELECT export.unshare_template('hours', NULL);
SELECT throws_ok('SELECT export.unshare_template(''hours'', NULL)', '42704', NULL, 'not shared with everybody any more');
SELECT is((SELECT shares FROM export.templates), '{"tpl_team": "run"}', 'the owner sees the shares');
RESET ROLE;
REVOKE SELECT ON entries FROM tpl_bob;
SET LOCAL ROLE tpl_bob;
SELECT throws_ok('SELECT ran(''hours'')', '42501', 'permission denied for table entries', 'a template gives no right');
RESET ROLE;
GRANT SELECT ON entries TO tpl_bob;

-- Statistics for owner and editors.
SET LOCAL ROLE tpl_alice;
SELECT is((SELECT runs >= 5 AND rows >= 5 AND median_duration IS NOT NULL AND used_by @> '{tpl_alice,tpl_bob}'
           FROM export.template_stats WHERE name = 'hours'), true, 'statistics');
SET LOCAL ROLE tpl_bob;
SELECT is_empty('SELECT * FROM export.template_stats', 'not for those who only run it');

-- Names are checked when saved, and again when run.
SET LOCAL ROLE tpl_alice;
SELECT is(error_of($$ SELECT export.save_template(E'template t {\n  from entriez as e\n  sheet "A" { column "x" = e.id }\n}') $$)
          ~ '^42P01 line 2, column 8: .*entriez.*Did you mean', true, 'an unknown relation has a place and a hint');
SELECT is((SELECT count(*) FROM export.check_template('template t { from entries as e sheet "A" { column "a" = e.x column "b" = e.y } }')
           WHERE severity = 'error'), 2::bigint, 'all errors at once');
SELECT is_empty(format('SELECT * FROM export.check_template(%L) WHERE severity = ''error''', :'hours'), 'none in a good one');
SELECT is_empty('SELECT * FROM export.broken_templates()', 'nothing is broken');
RESET ROLE;
ALTER TABLE entries RENAME hours TO duration;
SET LOCAL ROLE tpl_alice;
SELECT bag_eq('SELECT template, version, line, "column", sqlstate FROM export.broken_templates()',
                  $$ VALUES ('hours'::text, 4, 1, 166, '42703'::text) $$, 'a renamed column is reported by place');
SELECT matches(error_of('SELECT export.run_template(''hours'', ''{}'', ''pdf'')'), '^42703 line 1, column 166: ',
               'and nothing is run');
RESET ROLE;
ALTER TABLE entries RENAME duration TO hours;
SET LOCAL ROLE tpl_alice;

-- Text, JSON, text.
SELECT is(export.template_from_json(export.template_to_json(:'hours')), export.format_template(:'hours'), 'no loss through JSON');
SELECT is(export.format_template(export.format_template(:'hours')), export.format_template(:'hours'), 'canonical');
SELECT throws_ok($$ SELECT export.format_template('template x {') $$, '42601', NULL, 'half a template');
SELECT throws_ok($$ SELECT export.template_from_json('{"language": 2}') $$, '22023', NULL, 'JSON of another language');

-- A13: no function but those of the list, no sub-select, no SQL.
SELECT matches(error_of(format('SELECT export.save_template(%L)',
               'template bad { from entries as e sheet "A" { column "x" = ' || expression || ' order by e.id } }')),
               '^(42601|42883|42703|42804|0A000|22023|42P02) ', 'A13: ' || expression)
FROM unnest(ARRAY['pg_sleep(1)', 'pg_read_file("x")', 'set_config("a", "b", false)', 'current_setting("x")', 'lo_import("x")',
                  'dblink("x")', 'query_to_xml("SELECT 1", true, true, "")', 'pg_notify("a", "b")', 'txid_current()',
                  'pg_advisory_lock(1)', 'ts_stat("x")', 'nextval("x")', '(select 1)', 'e.id; drop table entries',
                  'exists (select 1)', 'e.id::regclass', 'pg_catalog.now()', 'generate_series(1, 1000000000)',
                  '$nosuch', 'e.ctid', 'e.xmin', 'random()', 'version()', 'repeat("x", 1000000000)']) expression;
-- Of all functions that the server has, the language knows these and no other.
CREATE TEMP TABLE known AS
SELECT name FROM (SELECT DISTINCT proname AS name FROM pg_proc WHERE proname ~ '^[a-z][a-z0-9_]*$') names
WHERE NOT EXISTS (
    SELECT FROM export.check_template('template t { from entries as e sheet "A" { column "x" = ' || name || '(e.id) } }')
    WHERE message = format('templates have no function "%s"', name) OR sqlstate = '42601');
SELECT bag_eq('SELECT name::text FROM known', ARRAY[
              'abs', 'age', 'array_to_string', 'avg', 'bool_and', 'bool_or', 'btrim',
              'cardinality', 'ceil', 'count', 'date_trunc', 'div', 'extract', 'floor', 'initcap',
              'json_array_length', 'json_typeof', 'jsonb_array_length', 'jsonb_typeof',
              'justify_days', 'justify_hours', 'justify_interval', 'left', 'length', 'lower',
              'ltrim', 'make_date', 'max', 'min', 'mod', 'reverse', 'right', 'round', 'rtrim',
              'sign', 'split_part', 'starts_with', 'string_agg', 'strpos', 'substr', 'substring',
              'sum', 'trunc', 'upper'], 'A13: what the language knows of pg_proc');
SELECT is_empty($$ SELECT p.oid::regprocedure FROM pg_proc p JOIN known ON p.proname = name
                   WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.provolatile = 'v' $$,
                'A13: none of them is volatile');

-- A14: what ran once runs again as it was, whatever its template has become.
RESET ROLE;
SELECT export.save_template('template pinned { from entries as e sheet "A" { column "x" = e.owner order by e.id } }', '', 1) \g /dev/null
SELECT export.rerun(:'first_run') AS second_run \gset
SELECT is(count(DISTINCT sha256), 1::bigint, 'A14: rerun is of the version that ran')
FROM export.artifacts WHERE id IN (:'first_run', :'second_run');
SELECT bag_eq($$ SELECT template_version FROM export.artifacts WHERE template = 'pinned' $$, '{1,1}'::int[],
              'A14: and says so');
SELECT is(ran('pinned'), E'x\ntpl_alice\ntpl_bob\ntpl_bob\n', 'A14: the template itself is the new one');
SET LOCAL ROLE tpl_alice;

-- A17: a template says what a document is, not who gets it or where it goes.
SELECT matches(error_of(format('SELECT export.save_template(%L)',
               'template bad { from entries as e sheet "A" { column "x" = e.id order by e.id } ' || item || ' }')),
               '^(42601|22023|42704) ', 'A17: ' || item)
FROM unnest(ARRAY['mail to "x@example.org"', 'recipients ("x@example.org")', 'share with everybody', 'file "/tmp/x"',
                  'pdf { mail "x@example.org" }', 'csv { file "/tmp/x" }', 'csv { program "x" }', 'schedule "* * * * *"']) item;

-- Values never become SQL, names only from the catalogue.
SELECT is(ran('hours', '{"projects": ["x'' OR true --", "$1", "Website"]}'), E'Project,Hours\nWebsite,2.50\n', 'values are bound');
SELECT unalike((SELECT string_agg(sql, '') FROM export.compile_template('hours', '{"projects": ["SECRET"]}')), '%SECRET%',
               'no value is in the SQL');
SELECT unalike((SELECT string_agg(sql, '') FROM export.compile_template('hours')), '%''%', 'no literal either');

-- A condition on an absent parameter leaves no trace; `in $period` uses the index.
RESET ROLE;
SELECT export.save_template('template big { param period daterange? param search text? from big as b
    where b.day in $period and b.note contains $search sheet "A" { column "id" = b.id order by b.id } }');
SELECT unalike((SELECT sql FROM export.compile_template('big')), '%WHERE%', 'no condition is left');
CREATE FUNCTION plan_of(query text, VARIADIC args text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE plan jsonb;
BEGIN
    EXECUTE format('PREPARE planned AS %s', query);
    EXECUTE format('EXPLAIN (FORMAT json) EXECUTE planned%s',
                   coalesce((SELECT '(' || string_agg(quote_literal(a), ', ') || ')' FROM unnest(args) a), '')) INTO plan;
    DEALLOCATE planned;
    RETURN plan::text;
END $$;
SELECT alike(plan_of(sql, VARIADIC args), '%big_day%', 'the index serves the period')
FROM export.compile_template('big', '{"period": {"from": "2021-03-01", "to": "2021-03-03"}}');
SELECT unalike(plan_of(sql, VARIADIC args), '%note%', 'the plan knows nothing of the absent one')
FROM export.compile_template('big', '{"period": {"from": "2021-03-01", "to": "2021-03-03"}}');
SELECT ok(plan !~ 'Filter|Cond|day|note' AND plan ~ 'Seq Scan', 'nor of any, if all are absent')
FROM export.compile_template('big') c, plan_of(c.sql, VARIADIC c.args) plan;

-- Dropped for good.
SET LOCAL ROLE tpl_alice;
SELECT lives_ok('SELECT export.drop_template(''hours'')', 'dropped');
SELECT throws_ok('SELECT ran(''hours'')', '42704', NULL, 'gone');
SELECT is((SELECT template FROM export.artifacts WHERE format = 'pdf'), 'hours', 'its documents stay');
RESET ROLE;
SELECT is((SELECT count(*) FROM export._template_version v WHERE NOT EXISTS
           (SELECT FROM export._template t WHERE t.id = v.template)), 0::bigint, 'nothing of it is left');
SELECT bag_eq($$ SELECT DISTINCT kind FROM export.audit WHERE kind LIKE '%template' $$,
              $$ VALUES ('save_template'), ('restore_template'), ('share_template'), ('unshare_template'),
                        ('drop_template') $$, 'changes are audited');

-- Several sheets as CSV.
SET LOCAL ROLE tpl_alice;
SELECT lives_ok($$ SELECT export.save_template('template pair { title "Pair" from entries as e
    sheet "Ids" { column "Id" = e.id } sheet "Days" { column "Day" = e.day } }') $$, 'two sheets');
SELECT is(error_of($$ SELECT ran('pair') $$),
          '22023 format csv holds one table and the document has 2 | Its tables are "Ids", "Days". | '
          'Choose one with the option "sheet", or pack them all with "container": "zip".', 'which one?');
SELECT is(ran('pair', options => '{"sheet": "Days"}'), E'Day\n2026-01-05\n', 'the one that is named');
SELECT ok((SELECT position('Ids.csv'::bytea IN whole) > 0 AND position('Days.csv'::bytea IN whole) > 0
           FROM (SELECT string_agg(piece, '') AS whole
                 FROM export.stream_template('pair', '{}', 'csv', '{"container": "zip"}') AS piece) s),
          'all of them in an archive');
RESET ROLE;

SELECT finish();
ROLLBACK;
SELECT export.drop_template('pinned'), export.drop_artifact(:'first_run') \g /dev/null
DROP TABLE entries, big;
DROP FUNCTION ran;
DROP ROLE tpl_alice, tpl_bob, tpl_team;
