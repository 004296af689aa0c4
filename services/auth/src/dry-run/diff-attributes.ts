import { isDeepStrictEqual } from 'node:util';
import type { EffectiveAttribute } from '@sandgate/contracts';

type EffectiveAttributes = Readonly<Record<string, EffectiveAttribute>>;

export interface AttributeChange {
  readonly name: string;
  readonly before?: EffectiveAttribute;
  readonly after?: EffectiveAttribute;
}

export interface AttributeChanges {
  readonly created: AttributeChange[];
  readonly changed: AttributeChange[];
  readonly removed: AttributeChange[];
  readonly kept: AttributeChange[];
}

/** What becomes of the attributes that count, by name, each with its source: one that keeps its value and gets another source is changed. */
export function diffAttributes(before: EffectiveAttributes, after: EffectiveAttributes): AttributeChanges {
  const earlier = new Map(Object.entries(before));
  const later = new Map(Object.entries(after));
  const changes: AttributeChanges = { created: [], changed: [], removed: [], kept: [] };
  for (const [name, attribute] of inOrder(later)) {
    const was = earlier.get(name);
    if (was === undefined) changes.created.push({ name, after: attribute });
    else changes[isDeepStrictEqual(was, attribute) ? 'kept' : 'changed'].push({ name, before: was, after: attribute });
  }
  for (const [name, attribute] of inOrder(earlier))
    if (!later.has(name)) changes.removed.push({ name, before: attribute });
  return changes;
}

const inOrder = (attributes: ReadonlyMap<string, EffectiveAttribute>) =>
  [...attributes].sort(([one], [other]) => (one < other ? -1 : 1));
