// Documents through node-pg and pg-copy-streams; drivers_oracle.py runs this and reads the output.
import { gunzipSync } from 'node:zlib';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';

const query = 'SELECT $1::integer AS n, $2::text AS t, $3::date AS d';
const document = 'n,t,d\n12,"a, ""b""",2024-02-29\n';
const args = ['12', 'a, "b"', '2024-02-29'];
let failed = false;

function check(name, got, expected) {
  const ok = got === expected;
  failed ||= !ok;
  console.log(`${ok ? 'ok' : 'not ok'} ${name}` + (ok ? '' : `: ${JSON.stringify(got)}`));
}

// The environment names the socket's directory in PGHOST, which node-pg knows too.
const client = new pg.Client();
await client.connect();

async function stream(statement, values) {
  const { rows } = await client.query({ text: statement, values, rowMode: 'array' });
  return Buffer.concat(rows.map(([piece]) => piece)).toString();
}

async function code(promise) {
  return promise.then(() => 'no error', (error) => error.code);
}

// node-pg sends every parameter without a type.
check('untyped parameter',
      await code(stream("SELECT export.stream('SELECT $1', 'csv', '{}', $1)", ['x'])), '42P18');
check('untyped null',
      await code(stream("SELECT export.stream('SELECT $1', 'csv', '{}', $1)", [null])), '42P18');
check('args', await stream("SELECT export.stream($1, 'csv', $2)", [query, { args }]), document);
check('args as text',
      await stream("SELECT export.stream($1, 'csv', $2)", [query, JSON.stringify({ args })]),
      document);
check('null in args', await stream("SELECT export.stream($1, 'csv', $2)",
                                   [query, { args: [null, '', null] }]), 'n,t,d\n,"",\n');
check('cast parameters',
      await stream("SELECT export.stream($1, 'csv', '{}', $2::int, $3::text, $4::date)",
                   [query, ...args]), document);
check('too few args',
      await code(stream("SELECT export.stream($1, 'csv', $2)", [query, { args: ['1'] }])), '22023');
check('args of a wrong shape',
      await code(stream("SELECT export.stream($1, 'csv', $2)", [query, { args: [1, 2, 3] }])),
      '22023');

const { rows: [{ run: artifact }] } =
  await client.query("SELECT export.run($1, 'csv', $2)", [query, { args }]);
check('run and read', await stream('SELECT export.read($1)', [artifact]), document);
const { rows: [{ preview }] } =
  await client.query("SELECT export.preview($1, 'csv', $2)", [query, { args }]);
check('preview', JSON.stringify(preview.rows), JSON.stringify([args]));

const named = { name: 'prepared', text: "SELECT export.stream($1, 'csv', $2)", rowMode: 'array' };
for (let i = 0; i < 3; i++) {
  const { rows } = await client.query({ ...named, values: [query, { args }] });
  check('prepared statement', Buffer.concat(rows.flat()).toString(), document);
}

async function copy(statement) {
  const pieces = [];
  for await (const piece of client.query(copyTo(statement))) pieces.push(piece);
  return Buffer.concat(pieces);
}

const rows = "SELECT g AS n, 'a, \"b\" ' || g AS t FROM generate_series(1, 10000) AS g";
const expected = (await copy(`COPY (${rows}) TO STDOUT (FORMAT csv, HEADER)`)).toString();
check('COPY csv', (await copy(`COPY (${rows}) TO STDOUT (FORMAT export_csv)`)).toString(),
      expected);
check('COPY gzip', gunzipSync(await copy(
  `COPY (${rows}) TO STDOUT (FORMAT export_csv, COMPRESSION gzip)`)).toString(), expected);
const lines = (await copy(`COPY (${rows}) TO STDOUT (FORMAT jsonl)`))
  .toString().trimEnd().split('\n');
check('COPY jsonl', lines.map(JSON.parse).reduce((sum, row) => sum + row.n, 0), 50005000);
check('COPY json', JSON.parse(await copy(`COPY (${rows}) TO STDOUT (FORMAT json)`)).length, 10000);
check('COPY raw', (await copy(
  `COPY (SELECT export.read('${artifact}')) TO STDOUT (FORMAT raw)`)).toString(), document);
check('COPY that fails', await code(copy(
  'COPY (SELECT 1 / (5000 - g) FROM generate_series(1, 10000) g) TO STDOUT (FORMAT jsonl)')),
      '22012');
check('after an error', (await copy(`COPY (${rows}) TO STDOUT (FORMAT export_csv)`)).toString(),
      expected);
await client.end();
console.log('done');
process.exitCode = failed ? 1 : 0;
