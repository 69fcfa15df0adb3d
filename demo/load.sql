-- Real data that nobody here wrote: the Unicode character database and Debian's package index; and the
-- made-up company of tracking.sql, for the reports.
-- Variables: blocks, packages (files made by demo/run.sh).
\set ON_ERROR_STOP on
SET client_min_messages = warning;

CREATE SCHEMA demo;

CREATE TEMP TABLE unicode_data (
  code_point text, name text, category text, combining_class int, bidi_class text,
  decomposition text, decimal_digit text, digit text, numeric_value text, mirrored text,
  old_name text, comment text, uppercase text, lowercase text, titlecase text
);
\copy unicode_data FROM '/usr/share/unicode/UnicodeData.txt' WITH (FORMAT csv, DELIMITER ';', QUOTE E'\x01')

CREATE FUNCTION pg_temp.from_hex(digits text) RETURNS int LANGUAGE sql IMMUTABLE STRICT AS
$$ SELECT ('x' || lpad(digits, 8, '0'))::bit(32)::int $$;

CREATE TABLE demo.character (
  code_point int PRIMARY KEY,
  glyph text,
  name text NOT NULL,
  category text NOT NULL,
  bidi_class text NOT NULL,
  mirrored boolean NOT NULL,
  decomposition text,
  numeric_value text,
  uppercase int,
  lowercase int
);
-- chr() refuses the surrogates and zero; control characters stay, a document must cope with them.
INSERT INTO demo.character
SELECT code, CASE WHEN code <> 0 AND code NOT BETWEEN 55296 AND 57343 THEN chr(code) END,
       name, category, bidi_class, mirrored = 'Y', decomposition, numeric_value,
       pg_temp.from_hex(uppercase), pg_temp.from_hex(lowercase)
FROM unicode_data, pg_temp.from_hex(code_point) AS code;

CREATE TABLE demo.block (first_code int PRIMARY KEY, last_code int NOT NULL, name text NOT NULL);
CREATE TEMP TABLE blocks (first_code text, last_code text, name text);
\set copy_blocks '\\copy blocks FROM ' :'blocks' ' WITH (FORMAT csv)'
:copy_blocks
INSERT INTO demo.block
SELECT pg_temp.from_hex(first_code), pg_temp.from_hex(last_code), name FROM blocks;

CREATE TABLE demo.package (
  name text NOT NULL,
  version text NOT NULL,
  architecture text NOT NULL,
  section text,
  priority text,
  installed_kib bigint,
  download_bytes bigint,
  depends text[] NOT NULL,
  description text,
  PRIMARY KEY (name, version, architecture)
);
\set copy_packages '\\copy demo.package FROM ' :'packages' ' WITH (FORMAT csv)'
:copy_packages
ANALYZE demo.character, demo.block, demo.package;

DO $$
BEGIN
  IF to_regrole('demo_user') IS NULL THEN CREATE ROLE demo_user LOGIN; END IF;
  IF to_regrole('demo_auditor') IS NULL THEN CREATE ROLE demo_auditor LOGIN; END IF;
END $$;
GRANT USAGE ON SCHEMA demo TO demo_user;
GRANT SELECT ON ALL TABLES IN SCHEMA demo TO demo_user;

CREATE EXTENSION export;
GRANT export_user TO demo_user;
GRANT export_auditor TO demo_auditor;

\ir tracking.sql
GRANT USAGE ON SCHEMA tracking TO demo_user;
GRANT SELECT ON ALL TABLES IN SCHEMA tracking TO demo_user;
