/**
 * Names for prepared statements. A connection keeps each for as long as it lives, so that only the first `limit` texts get one; what
 * comes later is prepared each time.
 */
export function createStatementNames(limit: number): { nameOf(text: string): string | undefined } {
  const names = new Map<string, string>();
  return {
    nameOf(text) {
      const known = names.get(text);
      if (known !== undefined || names.size >= limit) return known;
      const name = `sandgate_${names.size}`;
      names.set(text, name);
      return name;
    },
  };
}
