// What another implementation of cron says: reads an array of {cron, zone, after, count, both} from stdin
// and writes an array of arrays of seconds since 1970, or of error messages.
import { readFileSync } from "node:fs";
import { Cron } from "croner";

function runs({ cron, zone, after, count, both }) {
  try {
    const job = new Cron(cron, { timezone: zone, paused: true, domAndDow: both });
    return job.nextRuns(count, new Date(after * 1000)).map((run) => run.getTime() / 1000);
  } catch (error) {
    return error.message;
  }
}

const cases = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(cases.map(runs)));
