import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** One process of a family, with what Linux tells of it. */
export interface ProcessUse {
  readonly pid: number;
  /** Its command line. */
  readonly command: string;
  /** Proportional set size, in which a page that several processes share counts once. */
  readonly mebibytes: number;
  /** Time that it has had of the processors. */
  readonly processorSeconds: number;
}

// What Linux calls a tick is a hundredth of a second wherever Node runs.
const ticksPerSecond = 100;

/** A process and all below it; undefined where the system does not tell, which only Linux does. */
export function familyOf(pid: number): ProcessUse[] | undefined {
  if (!existsSync('/proc/self/smaps_rollup')) return undefined;
  const childrenOf = new Map<number, number[]>();
  for (const one of readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)) {
    const parent = Number(fieldsOf(one)[1]);
    childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), one]);
  }
  const family = (one: number): number[] => [one, ...(childrenOf.get(one) ?? []).flatMap(family)];
  return family(pid).map(useOf);
}

const useOf = (pid: number): ProcessUse => {
  const fields = fieldsOf(pid);
  return {
    pid,
    command: readIfThere(`/proc/${pid}/cmdline`).replaceAll('\0', ' '),
    mebibytes: Number(/^Pss:\s+(\d+) kB$/m.exec(readIfThere(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) / 1024,
    processorSeconds: (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / ticksPerSecond,
  };
};

/** What follows the name in /proc/<pid>/stat; the name may hold anything. */
const fieldsOf = (pid: number): string[] => readIfThere(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? [];

/** A process may end while it is looked at. */
function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return '';
    throw error;
  }
}
