-- The schema `tracking` that the pre-built reports read: a company of 20 people, 12 clients and 30
-- projects, with 100,000 entries of two years.  Every value is computed from its row's number by
-- hashint8extended(), so the same day gives the same data.
-- Variable, optional: until = the last day, today if not given.
\set ON_ERROR_STOP on
\if :{?until}
\else
SELECT current_date AS until \gset
\endif
SET client_min_messages = warning;
SET TimeZone = 'UTC';

CREATE SCHEMA tracking;

CREATE TABLE tracking.people (
  id int PRIMARY KEY,
  name text NOT NULL UNIQUE,
  team text NOT NULL,
  weekly_hours numeric(4,1) NOT NULL,
  rate numeric(8,2) NOT NULL
);
INSERT INTO tracking.people VALUES
  (1, 'Anna Berger', 'Design', 40, 95), (2, 'Bruno Costa', 'Development', 40, 110),
  (3, 'Chloé Dubois', 'Design', 32, 95), (4, 'Daniel Ekström', 'Development', 40, 120),
  (5, 'Elif Yılmaz', 'Consulting', 40, 140), (6, 'Farid Haddad', 'Development', 40, 105),
  (7, 'Grace O''Neill', 'Consulting', 36, 150), (8, 'Henrik Sørensen', 'Development', 40, 115),
  (9, 'Irena Nowak', 'Support', 40, 75), (10, 'João Pereira', 'Support', 40, 75),
  (11, 'Katarína Horváthová', 'Development', 30, 110), (12, 'Lukas Weiß', 'Development', 40, 100),
  (13, 'Mei Tanaka', 'Design', 40, 100), (14, 'Nikolaos Papadakis', 'Consulting', 40, 135),
  (15, 'Olga Petrenko', 'Development', 40, 115), (16, 'Pavel Dvořák', 'Support', 20, 70),
  (17, 'Quentin Leroy', 'Development', 40, 105), (18, 'Rosa Martínez', 'Consulting', 40, 145),
  (19, 'Simon Keller', 'Development', 40, 120), (20, 'Tara Singh', 'Design', 24, 90);

CREATE TABLE tracking.clients (id int PRIMARY KEY, name text NOT NULL UNIQUE, country text NOT NULL);
INSERT INTO tracking.clients VALUES
  (1, 'Alpenblick Hotels', 'AT'), (2, 'Baltic Shipping', 'EE'), (3, 'Café Central', 'AT'),
  (4, 'Delta Energy', 'NL'), (5, 'Elbe Insurance', 'DE'), (6, 'Fjord Salmon', 'NO'),
  (7, 'Green Valley Farms', 'IE'), (8, 'Harbour Museum', 'GB'), (9, 'Iberia Textiles', 'ES'),
  (10, 'Jura Watches', 'CH'), (11, 'Kestrel Aviation', 'GB'), (12, 'Own company', 'AT');

CREATE TABLE tracking.projects (
  id int PRIMARY KEY,
  name text NOT NULL UNIQUE,
  client_id int NOT NULL REFERENCES tracking.clients,
  category text NOT NULL,
  state text NOT NULL CHECK (state IN ('planned', 'running', 'done')),
  budget_hours numeric(10,2) NOT NULL,
  starts_on date NOT NULL,
  ends_on date,
  custom jsonb NOT NULL
);
-- (name, client, category, weight, month of the two years in which it starts, and ends; 24: runs on)
CREATE TEMP TABLE plan (id serial, name text, client int, category text, weight int, first int, last int);
INSERT INTO plan (name, client, category, weight, first, last) VALUES
  ('Booking platform', 1, 'Web', 7, 0, 17), ('Guest app', 1, 'Mobile', 4, 9, 24),
  ('Winter campaign', 1, 'Marketing', 2, 10, 14), ('Fleet tracking', 2, 'Data', 6, 0, 24),
  ('Crew portal', 2, 'Web', 3, 5, 15), ('Table reservations', 3, 'Web', 2, 0, 6),
  ('Loyalty card', 3, 'Mobile', 2, 12, 20), ('Grid forecast', 4, 'Data', 8, 3, 24),
  ('Meter app', 4, 'Mobile', 4, 0, 12), ('Tariff calculator', 4, 'Web', 3, 14, 24),
  ('Claims workflow', 5, 'Web', 9, 0, 24), ('Risk dashboard', 5, 'Data', 5, 8, 22),
  ('Broker portal', 5, 'Web', 4, 15, 24), ('Catch logistics', 6, 'Data', 4, 0, 16),
  ('Traceability', 6, 'Data', 3, 13, 24), ('Harvest planner', 7, 'Mobile', 3, 2, 19),
  ('Farm shop', 7, 'Web', 2, 16, 24), ('Ticketing', 8, 'Web', 4, 0, 11),
  ('Audio guide', 8, 'Mobile', 3, 7, 18), ('Collection online', 8, 'Web', 3, 17, 24),
  ('Spring catalogue', 9, 'Marketing', 2, 2, 5), ('Order desk', 9, 'Web', 4, 4, 21),
  ('Configurator', 10, 'Web', 5, 1, 20), ('Service history', 10, 'Data', 3, 18, 24),
  ('Crew rostering', 11, 'Data', 6, 6, 24), ('Spare parts', 11, 'Web', 4, 0, 13),
  ('Safety reports', 11, 'Data', 3, 11, 24), ('Internal tools', 12, 'Internal', 3, 0, 24),
  ('Sales and offers', 12, 'Internal', 2, 0, 24), ('Training', 12, 'Internal', 2, 0, 24);
INSERT INTO tracking.projects
SELECT id, name, client, category, CASE WHEN last < 24 THEN 'done' ELSE 'running' END,
       round(weight * (last - first) * 52 * (80 + hashint8extended(id, 1) % 40) / 100.0, -1),
       origin + first * interval '1 month',
       CASE WHEN last < 24 THEN origin + last * interval '1 month' - interval '1 day' END,
       jsonb_build_object('contract', CASE hashint8extended(id, 2) & 1 WHEN 0 THEN 'fixed price'
                                      ELSE 'time and material' END,
                          'priority', 1 + (hashint8extended(id, 3) & 3))
FROM plan, (SELECT date_trunc('month', :'until'::date) - interval '23 months' AS origin) AS o;

CREATE TABLE tracking.time_entries (
  id bigint PRIMARY KEY,
  person_id int NOT NULL REFERENCES tracking.people,
  project_id int NOT NULL REFERENCES tracking.projects,
  task text NOT NULL,
  description text,
  tags text[] NOT NULL,
  started_at timestamptz NOT NULL,
  hours numeric(6,2) NOT NULL CHECK (hours > 0),
  rate numeric(8,2) NOT NULL,
  billable boolean NOT NULL,
  custom jsonb NOT NULL
);

CREATE FUNCTION pg_temp.pick(number bigint, salt int, choices text[]) RETURNS text
LANGUAGE sql IMMUTABLE AS
$$ SELECT choices[1 + (hashint8extended(number, salt) & 1048575) % cardinality(choices)] $$;

-- Working days of each person: no weekends, about one week in eleven off.
CREATE TEMP TABLE person_day AS
SELECT row_number() OVER (ORDER BY day, p.id) - 1 AS number, day::date AS day, p.id AS person_id
FROM generate_series(date_trunc('month', :'until'::date) - interval '23 months', :'until'::date,
                     interval '1 day') AS day, tracking.people p
WHERE extract(isodow FROM day) <= 5
  AND (hashint8extended(p.id * 1000 + extract(week FROM day)::int + 60 * extract(year FROM day)::int, 4) & 1023) >= 93;

-- Every running project as often as it weighs, by month.
CREATE TEMP TABLE choice AS
SELECT month::date AS month, array_agg(p.id ORDER BY p.id) AS projects
FROM generate_series(date_trunc('month', :'until'::date) - interval '23 months', :'until'::date,
                     interval '1 month') AS month,
     plan, generate_series(1, plan.weight) AS again, tracking.projects p
WHERE p.id = plan.id AND p.starts_on <= month AND (p.ends_on IS NULL OR p.ends_on > month)
GROUP BY 1;

INSERT INTO tracking.time_entries
SELECT n + 1, e.person_id, p.id, task,
       CASE WHEN hashint8extended(n, 5) & 15 > 0 THEN
         pg_temp.pick(n, 6, '{Prepared,Discussed,Finished,Corrected,Reviewed,Continued,Planned,Delivered}') || ' ' ||
         pg_temp.pick(n, 7, '{the start page,the import of orders,"the report for the board","accounts, rights and roles",the data model,translations,"the layout for small screens",the interface to the warehouse,"search and filters",tests,the release,"open questions, with the client",the offer,the hand-over}') END,
       CASE hashint8extended(n, 8) & 7 WHEN 0 THEN '{urgent}' WHEN 1 THEN '{meeting,on-site}'
         WHEN 2 THEN '{bug}' WHEN 3 THEN '{review}' WHEN 4 THEN '{urgent,bug}' ELSE '{}' END::text[],
       e.day + interval '8 hours' + place * interval '55 minutes',
       hours, people.rate * CASE WHEN p.custom->>'contract' = 'fixed price' THEN 0.9 ELSE 1 END,
       p.category <> 'Internal' AND hashint8extended(n, 9) & 15 > 1,
       jsonb_build_object('place', pg_temp.pick(n, 10, '{office,office,remote,remote,client}'))
         || CASE WHEN hashint8extended(n, 11) & 3 = 0
                 THEN jsonb_build_object('ticket', 'T-' || (1000 + (hashint8extended(n, 12) & 8191)))
                 ELSE '{}' END
FROM (SELECT count(*) AS days FROM person_day) AS all_days,
     generate_series(0, 99999) AS n
     JOIN LATERAL (SELECT n * all_days.days / 100000 AS number) AS d ON true
     JOIN person_day e ON e.number = d.number
     JOIN tracking.people people ON people.id = e.person_id
     JOIN choice c ON c.month = date_trunc('month', e.day)
     -- A person works on few projects at a time: the choice changes by week, not by entry.
     JOIN LATERAL (SELECT c.projects[1 + (hashint8extended(
            e.person_id * 100000 + extract(week FROM e.day)::int * 100 + (hashint8extended(n, 13) & 3), 14)
            & 1048575) % cardinality(c.projects)] AS id) AS chosen ON true
     JOIN tracking.projects p ON p.id = chosen.id
     JOIN LATERAL (SELECT n - (d.number * 100000 + all_days.days - 1) / all_days.days AS place) AS slot ON true
     JOIN LATERAL (SELECT round((20 + 5 * ((hashint8extended(n, 15) & 1048575) % 8)) / 60.0 * people.weekly_hours / 40, 2) AS hours) AS h ON true
     JOIN LATERAL (SELECT pg_temp.pick(n, 16, CASE people.team
            WHEN 'Design' THEN '{Concept,Design,Design,Review,Meeting,Research}'
            WHEN 'Consulting' THEN '{Analysis,Analysis,Workshop,Meeting,Travel,Documentation}'
            WHEN 'Support' THEN '{Support,Support,Support,Documentation,Testing,Meeting}'
            ELSE '{Development,Development,Development,Testing,Review,Meeting,Documentation}' END::text[]) AS task) AS t ON true;
CREATE INDEX time_entries_started_at ON tracking.time_entries (started_at);
CREATE INDEX time_entries_project ON tracking.time_entries (project_id);
ANALYZE tracking.people, tracking.clients, tracking.projects, tracking.time_entries;
