import os from 'node:os';
import process from 'node:process';
import { type Figure, tableOf } from './figure.js';
import { measureCodeFlow } from './rows/code-flow.js';
import { measureDecisions } from './rows/decisions.js';
import { measureEnforcement } from './rows/enforcement.js';
import { measureEvents } from './rows/events.js';
import { measureGrowth } from './rows/growth.js';
import { measureReads } from './rows/reads.js';
import { measurePipeline, measureSignIns } from './rows/sign-ins.js';
import { measureStart } from './rows/start.js';
import { Closing } from './stage/closing.js';
import { Stage } from './stage/stage.js';

type Measure = (stage: Stage, closing: Closing) => Promise<Figure[]>;

const rows: Readonly<Record<string, Measure>> = {
  'sign-in': measureSignIns,
  pipeline: measurePipeline,
  'code-flow': measureCodeFlow,
  enforcement: measureEnforcement,
  events: measureEvents,
  read: measureReads,
  decision: measureDecisions,
  growth: measureGrowth,
  start: measureStart,
};

const longestMinutes = 40;

async function main(): Promise<void> {
  const chosen = process.argv.slice(2);
  const unknown = chosen.filter((name) => !(name in rows));
  if (unknown.length > 0)
    throw new Error(`there is no row ${unknown.join(', ')}; rows are ${Object.keys(rows).join(', ')}`);
  const stage = new Stage();
  let closing = new Closing();
  const end = async (): Promise<void> => {
    await closing.closeAll();
    await stage.end();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => void end().finally(() => process.exit(130)));
  const overdue = setTimeout(() => {
    console.error(`bench: not done after ${longestMinutes} minutes`);
    void end().finally(() => process.exit(1));
  }, longestMinutes * 60_000);

  const figures: Figure[] = [];
  try {
    for (const name of chosen.length > 0 ? chosen : Object.keys(rows)) {
      const start = performance.now();
      console.error(`bench: ${name} …`);
      const measured = (await rows[name]?.(stage, closing)) ?? [];
      console.error(tableOf(measured));
      figures.push(...measured);
      await closing.closeAll();
      closing = new Closing();
      console.error(`bench: ${name}, ${Math.round((performance.now() - start) / 1000)} s`);
    }
  } finally {
    clearTimeout(overdue);
    await end();
    if (figures.length > 0) console.log(`\n${machine()}\n\n${tableOf(figures)}`);
  }
}

function machine(): string {
  const cores = os.cpus();
  const memory = Math.round(os.totalmem() / 2 ** 30);
  const kernel = os.release().split('.', 2).join('.');
  return `${cores.length} cores (${cores[0]?.model.trim()}), ${memory} GiB, Node ${process.version}, ${os.type()} ${kernel}`;
}

await main().catch((error: unknown) => {
  console.error(`bench: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  process.exitCode = 1;
});
