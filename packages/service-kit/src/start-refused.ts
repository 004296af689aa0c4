/** A process does not start, for a reason that whoever started it can mend. The message is for them, complete in itself. */
export class StartRefused extends Error {
  override readonly name: string = 'StartRefused';
}
