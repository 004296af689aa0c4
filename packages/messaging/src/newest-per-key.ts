/** The items that no other item of the same key outdoes in version, in the order of arrival; of equals the first. */
export function newestPerKey<T>(items: readonly T[], identify: (item: T) => { key: string; version: number }): T[] {
  const newest = new Map<string, { item: T; version: number }>();
  for (const item of items) {
    const { key, version } = identify(item);
    const known = newest.get(key);
    if (!known || version > known.version) newest.set(key, { item, version });
  }
  const kept = new Set([...newest.values()].map(({ item }) => item));
  return items.filter((item) => kept.has(item));
}
