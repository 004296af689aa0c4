import type { AdminAttribute } from '@sandgate/contracts';

/** What a request changes of an account's admin attributes: a value sets, null removes, a name that is left out stays. */
export type AttributeChanges = Readonly<Record<string, AdminAttribute | null>>;

export function decideAdminAttributes(
  current: Readonly<Record<string, AdminAttribute>>,
  changes: AttributeChanges,
): Record<string, AdminAttribute> {
  const next = new Map(Object.entries(current));
  for (const [name, attribute] of Object.entries(changes)) {
    if (attribute === null) next.delete(name);
    else next.set(name, attribute);
  }
  return Object.fromEntries(next);
}

const maxAttributes = 100;
const maxBytes = 64 * 1024;

/** Why an account may not have these. With what a token can carry they must fit into the event that announces them. */
export function faultsOfAdminAttributes(attributes: Readonly<Record<string, AdminAttribute>>): string[] {
  const faults: string[] = [];
  const count = Object.keys(attributes).length;
  if (count > maxAttributes)
    faults.push(`body.adminAttributes: the account would have ${count}; at most ${maxAttributes} are allowed`);
  const bytes = Buffer.byteLength(JSON.stringify(attributes));
  if (bytes > maxBytes)
    faults.push(
      `body.adminAttributes: the account's would take ${bytes} bytes as JSON; at most ${maxBytes} are allowed`,
    );
  return faults;
}
