import { setTimeout as sleep } from 'node:timers/promises';
import type { Figure } from '../figure.js';
import type { Closing } from '../stage/closing.js';
import { startByNpm } from '../stage/npm-start.js';
import { familyOf } from '../stage/process-tree.js';
import type { Stage } from '../stage/stage.js';
import { median } from '../statistics.js';

const laterStarts = 3;
const idleSeconds = 10;
const bars = { seconds: 5, mebibytes: 400 };

/** `npm start` as it is, demo data and all: how soon it is ready, and what it holds once nobody asks for anything. */
export async function measureStart(stage: Stage, closing: Closing): Promise<Figure[]> {
  const home = await stage.folder(closing);
  const first = await start(home, closing);
  const later = [];
  for (let count = 0; count < laterStarts; count += 1) later.push(await start(home, closing));
  const seconds = median(later.map((one) => one.seconds));
  const figures: Figure[] = [
    {
      what: '`npm start` with everything installed, to ready',
      measured: `${seconds.toFixed(1)} s`,
      bar: `${bars.seconds} s`,
      met: seconds <= bars.seconds,
    },
    { what: 'the same, first start: makes the database and the demo data', measured: `${first.seconds.toFixed(1)} s` },
  ];
  const memory = later.map((one) => one.memory).filter((one) => one !== undefined);
  if (memory.length === 0) return figures;
  const of = (part: keyof (typeof memory)[number]): number => median(memory.map((one) => one[part]));
  const measured = `${of('total').toFixed(0)} MiB (services ${of('services').toFixed(0)}, PostgreSQL ${of('postgres').toFixed(0)}, npm ${of('npm').toFixed(0)})`;
  const what = `memory of all of it after ${idleSeconds} s idle, shared pages counted once`;
  return [...figures, { what, measured, bar: `${bars.mebibytes} MiB`, met: of('total') <= bars.mebibytes }];
}

async function start(home: string, closing: Closing) {
  const system = await startByNpm(home, {}, closing);
  await sleep(idleSeconds * 1000);
  const memory = memoryOf(system.pid);
  await system.stop();
  return { seconds: system.secondsToReady, memory };
}

function memoryOf(pid: number) {
  const family = familyOf(pid);
  if (family === undefined) return undefined;
  const heldBy = (isOne: (command: string) => boolean): number =>
    family.filter(({ command }) => isOne(command)).reduce((sum, { mebibytes }) => sum + mebibytes, 0);
  const isPostgres = (command: string): boolean => command.includes('postgres');
  const isServices = (command: string): boolean => /^\S*node .*start\.mjs/.test(command);
  return {
    total: heldBy(() => true),
    services: heldBy(isServices),
    postgres: heldBy(isPostgres),
    npm: heldBy((command) => !isServices(command) && !isPostgres(command)),
  };
}
