// Writes DuckDB's own copy of a table as CSV, once for each line on standard input, and answers
// with the seconds it took.  Arguments: folder of node_modules, CSV to load, its columns as a JSON
// object of name to type, file to write, number of threads.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const [modules, source, columns, target, threads] = process.argv.slice(2);
const { DuckDBInstance } = createRequire(`${modules}/`)('@duckdb/node-api');

const instance = await DuckDBInstance.create(':memory:', {
  threads,
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
});
const connection = await instance.connect();
const types = Object.entries(JSON.parse(columns)).map(([name, type]) => `'${name}': '${type}'`);
await connection.run(
  `CREATE TABLE t AS SELECT * FROM read_csv('${source}', header = true, columns = {${types}})`);
console.log('loaded');

for await (const _ of createInterface({ input: process.stdin })) {
  const start = process.hrtime.bigint();
  await connection.run(`COPY t TO '${target}' (FORMAT csv, HEADER)`);
  console.log(Number(process.hrtime.bigint() - start) / 1e9);
}
