// exceljs's streaming writer.  Arguments: folder of node_modules, COLUMNS, INPUT, OUTPUT as for
// xlsx_loop; prints the seconds.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [modules, kinds, source, target] = process.argv.slice(2);
const ExcelJS = createRequire(`${modules}/`)('exceljs');

const escapes = { n: '\n', t: '\t', r: '\r' };
const seconds = (text) => text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
const readers = {
  n: Number,
  s: (text) => text.replace(/\\(.)/g, (_, letter) => escapes[letter] ?? letter),
  t: (text) => new Date(text.replace(' ', 'T').replace(/\+00$/, 'Z')),
  d: (text) => new Date(text),
  i: (text) => seconds(text) / 86400,
  b: (text) => text === 't',
};
const rows = readFileSync(source, 'utf8').split('\n').slice(0, -1).map((line) =>
  line.split('\t').map((text, i) => (text === '\\N' ? null : readers[kinds[i]](text))));

const start = process.hrtime.bigint();
const book = new ExcelJS.stream.xlsx.WorkbookWriter({ filename: target });
const sheet = book.addWorksheet('Rows');
for (const row of rows) sheet.addRow(row).commit();
await sheet.commit();
await book.commit();
console.log(Number(process.hrtime.bigint() - start) / 1e9);
