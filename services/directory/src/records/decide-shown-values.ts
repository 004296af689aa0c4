import type { Side } from './record.js';

/** What a record may show of a state: the names of private attributes, and `"private"` for their values. */
export function decideShownValues<State extends Side | null>(
  state: State,
  privateAttributes: ReadonlySet<string>,
): State {
  if (state === null || privateAttributes.size === 0) return state;
  const shown = Object.entries(state).map(([field, value]) =>
    fieldsOfAttributes.has(field) ? [field, hideValues(value as Side | null, privateAttributes)] : [field, value],
  );
  return Object.fromEntries(shown) as State;
}

const fieldsOfAttributes = new Set(['attributes', 'adminAttributes']);

const hideValues = (attributes: Side | null, hidden: ReadonlySet<string>): Side | null =>
  attributes &&
  Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, hidden.has(name) ? 'private' : value]));
