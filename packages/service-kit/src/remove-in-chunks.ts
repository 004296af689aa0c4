const chunk = 5_000;
/** So that one turn does not take for ever after a long stop. */
const maxChunks = 200;

/** Removes much in short transactions: `removeChunk` removes at most so many, and answers how many it were. Answers the sum. */
export async function removeInChunks(removeChunk: (atMost: number) => PromiseLike<number>): Promise<number> {
  let removed = 0;
  for (let turn = 0; turn < maxChunks; turn += 1) {
    const count = await removeChunk(chunk);
    removed += count;
    if (count < chunk) break;
  }
  return removed;
}
