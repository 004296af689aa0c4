import { isDeepStrictEqual } from 'node:util';

type Fields = Readonly<Record<string, unknown>>;

/** The fields in which two states differ, as each has them; undefined when they are the same. A state that is not there has none. */
export function changedFields(
  before: Fields | null,
  after: Fields | null,
): { before: Fields | null; after: Fields | null } | undefined {
  const names = [...new Set([before, after].flatMap((side) => Object.keys(side ?? {})))];
  const changed = names.filter((name) => !isDeepStrictEqual(fieldOf(before, name), fieldOf(after, name)));
  if (changed.length === 0 && (before === null) === (after === null)) return undefined;
  return { before: only(before, changed), after: only(after, changed) };
}

const fieldOf = (side: Fields | null, name: string): unknown =>
  side !== null && Object.hasOwn(side, name) ? side[name] : undefined;

const only = (side: Fields | null, names: readonly string[]): Fields | null =>
  side && Object.fromEntries(names.flatMap((name) => (Object.hasOwn(side, name) ? [[name, side[name]]] : [])));
