import process from 'node:process';
import type { Figure } from '../figure.js';
import { familyOf, type ProcessUse } from './process-tree.js';

/** Seconds of the processors by who had them: the services, PostgreSQL, RabbitMQ, bench itself. */
type ProcessorTimes = ReadonlyMap<string, number>;

const kinds: readonly (readonly [RegExp, string])[] = [
  [/services\/(\w+)\/dist|scripts\/(start)\.mjs/, ''],
  [/bench\/bare\//, 'bare'],
  [/postgres/, 'PostgreSQL'],
  [/beam|rabbitmq/, 'RabbitMQ'],
  [/bench/, 'bench'],
];

function kindOf(command: string): string {
  for (const [pattern, kind] of kinds) {
    const match = pattern.exec(command);
    if (match) return kind === '' ? (match[1] ?? 'services') : kind;
  }
  return 'other';
}

function read(): ReadonlyMap<number, ProcessUse> {
  return new Map((familyOf(process.pid) ?? []).map((one) => [one.pid, one]));
}

/** What each that is still there has used since; of one that has ended, nothing is known. */
function since(before: ReadonlyMap<number, ProcessUse>): ProcessorTimes {
  const times = new Map<string, number>();
  for (const { pid, command, processorSeconds } of read().values()) {
    const kind = kindOf(command);
    const used = processorSeconds - (before.get(pid)?.processorSeconds ?? 0);
    times.set(kind, (times.get(kind) ?? 0) + used);
  }
  return times;
}

/** Adds up what pieces of the same work take of the processors, for each unit of it. */
export class ProcessorMeter {
  private readonly used = new Map<string, number>();
  private units = 0;

  /** Runs a piece of work, which tells how many units it was. */
  async measure<T>(work: () => Promise<{ result: T; units: number }>): Promise<T> {
    const before = read();
    const { result, units } = await work();
    for (const [kind, seconds] of since(before)) this.used.set(kind, (this.used.get(kind) ?? 0) + seconds);
    this.units += units;
    return result;
  }

  /** A line that informs: who took how much for one unit. Nothing where the system does not tell. */
  figure(what: string): Figure[] {
    const parts = [...this.used]
      .map(([kind, seconds]) => ({ kind, micros: Math.round((seconds * 1_000_000) / this.units) }))
      .filter(({ micros }) => micros > 0)
      .sort((a, b) => b.micros - a.micros)
      .map(({ kind, micros }) => `${kind} ${micros}`);
    return parts.length === 0 ? [] : [{ what, measured: `${parts.join(', ')} µs` }];
  }
}
