-- The five data sets of the benchmark, the same bytes on every machine: each value is computed from
-- its row's number by hashint8extended(), never by random().
--
-- psql variables, all optional: time_entries, narrow_ints, floats, lineitem, wide = rows of the
-- table.

\set ON_ERROR_STOP on
\if :{?time_entries} \else \set time_entries 1000000 \endif
\if :{?narrow_ints} \else \set narrow_ints 2000000 \endif
\if :{?floats} \else \set floats 1000000 \endif
\if :{?lineitem} \else \set lineitem 600000 \endif
\if :{?wide} \else \set wide 150000 \endif

SET client_min_messages = warning;
SET TimeZone = 'UTC';
DROP SCHEMA IF EXISTS bench CASCADE;
CREATE SCHEMA bench;

-- A number of 63 bits for (row, salt); a column has its own salts.
CREATE FUNCTION bench.hash(i int8, salt int) RETURNS int8 LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN hashint8extended(i, salt) & 9223372036854775807;

-- 0 to 99, for shares in per cent.
CREATE FUNCTION bench.percent(i int8, salt int) RETURNS int8 LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN bench.hash(i, salt) % 100;

CREATE FUNCTION bench.word(i int8, salt int) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ('{account,address,agenda,budget,call,change,check,client,code,contract,copy,customer,daily,
data,deadline,delivery,design,detail,document,draft,email,estimate,feedback,final,fix,follow,form,
guide,handover,idea,import,invoice,issue,item,launch,list,mail,market,meeting,merge,minutes,model,
month,notes,offer,office,order,page,partner,phase,plan,price,project,quality,question,release,
report,request,review,sales,schedule,search,service,session,sprint,status,support,table,task,team,
test,ticket,training,travel,update,version,visit,week,workshop,write}'::text[])
       [1 + bench.hash(i, salt) % 80];

CREATE FUNCTION bench.accented_word(i int8, salt int) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ('{Übergabe,Prüfung,café,naïve,señor,Łódź,přehled,обзор,検討,Ærø}'::text[])
       [1 + bench.hash(i, salt) % 10];

CREATE TABLE bench.time_entries (
    id int8, person_id int4, project_id int4, task text, description text, tags text[],
    started_at timestamptz, duration interval, hours numeric(8,2), rate numeric(10,2),
    billable bool, meta jsonb);

-- 3 % of the descriptions are NULL; of all, 15 % have commas, 5 % quotes, 2 % newlines and
-- 8 % characters beyond ASCII.
INSERT INTO bench.time_entries
SELECT i,
       1 + bench.hash(i, 1) % 5000,
       1 + bench.hash(i, 2) % 800,
       bench.word(i, 3) || ' ' || bench.word(i, 4),
       CASE WHEN bench.percent(i, 5) >= 3 THEN
           bench.word(i, 6)
           || CASE WHEN bench.percent(i, 7) < 15 THEN ', ' ELSE ' ' END || bench.word(i, 8)
           || CASE WHEN bench.percent(i, 9) < 5 THEN ' "' || bench.word(i, 10) || '" '
                   ELSE ' ' || bench.word(i, 10) || ' ' END
           || CASE WHEN bench.percent(i, 11) < 8 THEN bench.accented_word(i, 12)
                   ELSE bench.word(i, 12) END
           || CASE WHEN bench.percent(i, 13) < 2 THEN E'\n' ELSE ' ' END
           || bench.word(i, 14) || ' ' || bench.word(i, 15)
       END,
       (ARRAY[bench.word(i, 16), bench.word(i, 17), bench.word(i, 18)])[1:bench.hash(i, 19) % 4],
       timestamptz '2022-01-03 06:00:00+00'
           + (i * 60 + bench.hash(i, 20) % 60) * interval '1 second'
           + CASE WHEN bench.percent(i, 21) < 20 THEN bench.hash(i, 22) % 1000000 ELSE 0 END
             * interval '1 microsecond',
       (5 + bench.hash(i, 23) % 595) * interval '1 minute',
       (bench.hash(i, 24) % 1200)::numeric / 100,
       (2500 + bench.hash(i, 25) % 22500)::numeric / 100,
       bench.percent(i, 26) < 70,
       CASE WHEN bench.percent(i, 27) >= 10 THEN
           jsonb_build_object('source', bench.word(i, 28), 'ticket', bench.hash(i, 29) % 100000,
                              'approved', bench.percent(i, 30) < 50)
       END
FROM generate_series(1, :time_entries) AS i;

CREATE TABLE bench.narrow_ints (a int4, b int8, c int4, d int8);
INSERT INTO bench.narrow_ints
SELECT i, bench.hash(i, 1) % 1000000000000, bench.hash(i, 2) % 100000 - 50000,
       bench.hash(i, 3) % 1000
FROM generate_series(1, :narrow_ints) AS i;

-- a to d need 15 to 17 digits, e to h have 2 to 6 decimals.
CREATE TABLE bench.floats (
    a float8, b float8, c float8, d float8, e float8, f float8, g float8, h float8);
INSERT INTO bench.floats
SELECT bench.hash(i, 1) / 9223372036854775807.0::float8,
       bench.hash(i, 2) / 7919.0::float8,
       -bench.hash(i, 3) / 9.87e15::float8,
       bench.hash(i, 4) / 1.234567e12::float8,
       bench.hash(i, 5) % 10000000 / 100.0::float8,
       (bench.hash(i, 6) % 100000000 - 50000000) / 1000.0::float8,
       bench.hash(i, 7) % 1000000000 / 10000.0::float8,
       bench.hash(i, 8) % 1000000000 / 1000000.0::float8
FROM generate_series(1, :floats) AS i;

-- The columns of TPC-H's table of this name; the values are our own.
CREATE TABLE bench.lineitem (
    l_orderkey int4, l_partkey int4, l_suppkey int4, l_linenumber int4,
    l_quantity numeric(15,2), l_extendedprice numeric(15,2), l_discount numeric(15,2),
    l_tax numeric(15,2), l_returnflag char(1), l_linestatus char(1), l_shipdate date,
    l_commitdate date, l_receiptdate date, l_shipinstruct char(25), l_shipmode char(10),
    l_comment varchar(44));
INSERT INTO bench.lineitem
SELECT 1 + i / 4, 1 + bench.hash(i, 1) % 200000, 1 + bench.hash(i, 2) % 10000, 1 + i % 4,
       1 + bench.hash(i, 3) % 50,
       (90000 + bench.hash(i, 4) % 10000000)::numeric / 100,
       (bench.hash(i, 5) % 11)::numeric / 100,
       (bench.hash(i, 6) % 9)::numeric / 100,
       (ARRAY['A', 'N', 'R'])[1 + bench.hash(i, 7) % 3],
       (ARRAY['O', 'F'])[1 + bench.hash(i, 8) % 2],
       date '1992-01-02' + (bench.hash(i, 9) % 2500)::int,
       date '1992-01-30' + (bench.hash(i, 10) % 2500)::int,
       date '1992-01-03' + (bench.hash(i, 11) % 2500)::int,
       (ARRAY['DELIVER IN PERSON', 'COLLECT COD', 'NONE', 'TAKE BACK RETURN'])
           [1 + bench.hash(i, 12) % 4],
       (ARRAY['AIR', 'FOB', 'MAIL', 'RAIL', 'REG AIR', 'SHIP', 'TRUCK'])[1 + bench.hash(i, 13) % 7],
       left(bench.word(i, 14) || ' ' || bench.word(i, 15) || ' ' || bench.word(i, 16) || ' '
            || bench.word(i, 17), 10 + (bench.hash(i, 18) % 35)::int)
FROM generate_series(1, :lineitem) AS i;

-- Twenty columns of one to four words, 2 % NULL, 1 % with a comma.
CREATE FUNCTION bench.phrase(i int8, salt int) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN bench.percent(i, salt) >= 2 THEN
    bench.word(i, salt + 1)
    || CASE WHEN bench.percent(i, salt + 2) = 0 THEN ',' ELSE '' END
    || CASE WHEN bench.hash(i, salt + 3) % 4 > 0 THEN ' ' || bench.word(i, salt + 4) ELSE '' END
    || CASE WHEN bench.hash(i, salt + 3) % 4 > 1 THEN ' ' || bench.word(i, salt + 5) ELSE '' END
    || CASE WHEN bench.hash(i, salt + 3) % 4 > 2 THEN ' ' || bench.word(i, salt + 6) ELSE '' END
END;
SELECT format('CREATE TABLE bench.wide (%s)',
              string_agg(format('column_%s text', n), ', ' ORDER BY n))
FROM generate_series(1, 20) AS n
\gexec
SELECT format('INSERT INTO bench.wide SELECT %s FROM generate_series(1, %s) AS i',
              string_agg(format('bench.phrase(i, %s)', n * 10), ', ' ORDER BY n), :wide)
FROM generate_series(1, 20) AS n
\gexec

VACUUM (FREEZE, ANALYZE) bench.time_entries;
VACUUM (FREEZE, ANALYZE) bench.narrow_ints;
VACUUM (FREEZE, ANALYZE) bench.floats;
VACUUM (FREEZE, ANALYZE) bench.lineitem;
VACUUM (FREEZE, ANALYZE) bench.wide;
