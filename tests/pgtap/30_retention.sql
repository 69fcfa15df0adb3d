-- How long documents are kept: rules, which of them wins, and what cleanup removes.
\ir include/helpers.psql
SET client_min_messages = warning;
DROP ROLE IF EXISTS kept_alice, kept_bob, kept_team, kept_admin;
CREATE ROLE kept_alice IN ROLE export_user;
CREATE ROLE kept_bob IN ROLE export_user;
CREATE ROLE kept_team ROLE kept_alice;
CREATE ROLE kept_admin IN ROLE export_admin;
RESET client_min_messages;

SELECT no_plan();

-- Documents of a given age, made by a role.
CREATE PROCEDURE make_older(artifact uuid, by_time interval) LANGUAGE sql SECURITY DEFINER AS $$
    UPDATE export._artifact SET created_at = created_at - by_time WHERE id = artifact
$$;
CREATE FUNCTION kept_for(artifact uuid) RETURNS interval LANGUAGE sql AS $$
    SELECT expires_at - created_at FROM export.artifacts WHERE id = artifact
$$;

CREATE TABLE things AS SELECT 1 AS id;
GRANT SELECT ON things TO kept_alice;

SET SESSION AUTHORIZATION kept_alice;
SELECT export.run('SELECT 1', 'csv') AS alice_csv \gset
SELECT export.run('SELECT 1', 'json') AS alice_json \gset
SELECT export.save_template($$template kept { from things as t sheet "S" { column "A" = t.id order by t.id } }$$) \g /dev/null
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION kept_bob;
SELECT export.run('SELECT 1', 'csv') AS bob_csv \gset
RESET SESSION AUTHORIZATION;
SELECT export.run('SELECT 1', 'csv') AS super_csv \gset

SELECT is(export.default_retention(), interval '30 days', 'thirty days unless somebody says otherwise');
SELECT is(kept_for(:'alice_csv'), interval '30 days', 'which shows in the history');

-- Which rule wins.
SET SESSION AUTHORIZATION kept_admin;
SELECT export.set_retention('40 days', format => 'csv');
RESET SESSION AUTHORIZATION;
SELECT is(kept_for(:'bob_csv'), interval '40 days', 'a rule replaces the default, also by a longer time');
SELECT is(kept_for(:'alice_json'), interval '30 days', 'but only where it fits');
SELECT export.set_retention('10 days', 'kept_team');
SELECT is(kept_for(:'alice_csv'), interval '10 days', 'of two rules that fit the shorter one wins');
SELECT is(kept_for(:'alice_json'), interval '10 days', 'a rule of a role holds for its members');
SELECT is(kept_for(:'bob_csv'), interval '40 days', 'and for nobody else');
SELECT is(kept_for(:'super_csv'), interval '40 days', 'a superuser is a member by attribute only');
SELECT export.set_retention('5 days', 'kept_team', format => 'json');
SELECT is(kept_for(:'alice_json'), interval '5 days', 'a rule may name both');
SELECT export.set_retention(NULL, 'kept_team', format => 'json');
SELECT is(kept_for(:'alice_json'), interval '10 days', 'setting a rule again replaces it; for ever is longer than anything');
SELECT export.drop_retention('kept_team');
SELECT is(kept_for(:'alice_json'), NULL, 'for ever, if no other rule fits');
SELECT export.set_retention('7 days', template => 'kept');
SELECT is(kept_for(:'alice_csv'), interval '40 days', 'a rule of a template holds for its documents only');
SELECT set_eq($$ SELECT role::text, template, format, keep, set_by FROM export.retention $$,
    $$ VALUES (NULL, NULL, 'csv', interval '40 days', 'kept_admin'::name),
              ('kept_team', NULL, 'json', NULL, current_user),
              (NULL, 'kept', NULL, interval '7 days', current_user) $$, 'export.retention');

-- Bad input.
SELECT is(error_of($$ SELECT export.set_retention('0') $$),
    '22023 retention of 00:00:00 is out of range | It must be more than nothing and at most 100 years. | Use NULL to keep documents until somebody drops them.', 'nothing');
SELECT is(error_of($$ SELECT export.set_retention('-1 day') $$),
    '22023 retention of -1 days is out of range | It must be more than nothing and at most 100 years. | Use NULL to keep documents until somebody drops them.', 'less than nothing');
SELECT is(error_of($$ SELECT export.set_retention('1000 years') $$),
    '22023 retention of 1000 years is out of range | It must be more than nothing and at most 100 years. | Use NULL to keep documents until somebody drops them.', 'a thousand years');
SELECT is(error_of($$ SELECT export.set_retention('100 years', format => 'csv') $$), 'no error', 'a hundred years');
SELECT matches(error_of($$ SELECT export.set_retention('1 day', format => 'cvs') $$), '^22023 .*"cvs".*"csv"', 'an unknown format');
SELECT is(error_of($$ SELECT export.set_retention('1 day', template => 'nothing') $$), '42704 template "nothing" does not exist', 'an unknown template');
SELECT is(error_of($$ SELECT export.set_retention('1 day', 4294967290::oid::regrole) $$), '42704 role with OID 4294967290 does not exist', 'an unknown role');
SELECT is(error_of($$ SELECT export.drop_retention(format => 'pdf') $$),
    '42704 there is no such rule of retention | See export.retention for the rules there are.', 'a rule that is not there');

-- Whose business it is.
SET SESSION AUTHORIZATION kept_alice;
SELECT matches(error_of($$ SELECT export.set_retention('1 day') $$), '^42501 ', 'users set no rules');
SELECT matches(error_of($$ SELECT export.drop_retention() $$), '^42501 ', 'and drop none');
SELECT matches(error_of($$ SELECT * FROM export.retention $$), '^42501 ', 'and see none');
RESET SESSION AUTHORIZATION;

-- What cleanup removes.
CALL make_older(:'bob_csv', '40 years');
CALL make_older(:'alice_json', '40 years');
SELECT is(export.cleanup(), 0::bigint, 'nothing is removed before its time');
SELECT export.set_retention('40 days', format => 'csv');
SELECT ok(kept_for(:'bob_csv') = '40 days' AND state = 'stored', 'a rule changed holds for what is there') FROM export.artifacts WHERE id = :'bob_csv';
SET SESSION AUTHORIZATION kept_bob;
SELECT export.share(:'bob_csv', 'kept_alice');
RESET SESSION AUTHORIZATION;
SELECT is(export.cleanup(), 1::bigint, 'what is past its time is removed, what is kept for ever is not');
SELECT is(export.cleanup(), 0::bigint, 'once');
SELECT row_eq(format($$ SELECT state, expires_at, dropped_at IS NOT NULL, rows FROM export.artifacts WHERE id = %L $$, :'bob_csv'),
    ROW('expired'::text, NULL::timestamptz, true, 1::bigint), 'its history stays');
SELECT is((SELECT count(*) FROM export._artifact_chunk WHERE artifact = :'bob_csv')
          + (SELECT count(*) FROM export._artifact_share WHERE artifact = :'bob_csv'), 0::bigint, 'its bytes and shares go');
SET SESSION AUTHORIZATION kept_bob;
SELECT matches(error_of(format('SELECT export.read(%L)', :'bob_csv')), '^42704 export .* does not exist', 'nobody reads it any more');
RESET SESSION AUTHORIZATION;
SELECT row_eq(format($$ SELECT outcome, "current_user" FROM export.audit WHERE kind = 'expire' AND artifact_id = %L $$, :'bob_csv'),
    ROW('completed'::text, 'postgres'::name), 'the audit knows');

-- More than one batch, and the directory.
CREATE TABLE many AS SELECT export.run('SELECT 1', 'csv') AS id FROM generate_series(1, 1003);
UPDATE export._artifact SET created_at = created_at - interval '1 year' WHERE id IN (SELECT id FROM many);
SELECT is(export.cleanup(), 1003::bigint, 'in batches');
SELECT is((SELECT count(*) FROM export.artifacts WHERE state = 'expired' AND id IN (SELECT id FROM many)), 1003::bigint, 'all of them');

-- Undone with its transaction.
SELECT export.run('SELECT 1', 'csv') AS again \gset
CALL make_older(:'again', '1 year');
BEGIN;
SELECT is(export.cleanup(), 1::bigint, 'removed');
ROLLBACK;
SELECT is(length(bytes_of(:'again')) > 0, true, 'and there again after ROLLBACK');

SELECT export.drop_retention(format => 'csv');
SELECT export.drop_retention('kept_team', format => 'json');
SELECT export.drop_retention(template => 'kept');
SELECT is_empty('SELECT * FROM export.retention', 'no rule is left');

SELECT * FROM finish();
DROP ROLE kept_team, kept_admin;
DROP OWNED BY kept_alice, kept_bob;
DROP ROLE kept_alice, kept_bob;
