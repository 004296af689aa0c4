import { type DisplayParameter, displayParameters } from '@sandgate/contracts';

/** What an embedding application asks to be left out, by parameters of the address. They are looks and guard nothing. */
export interface Display {
  readonly logo: boolean;
  readonly topNav: boolean;
  readonly breadcrumbs: boolean;
  /** The title of a table, and what is said beside it. */
  readonly header: boolean;
  /** All that was asked, also what these pages have no use for. */
  readonly asked: readonly (readonly [DisplayParameter, string])[];
}

type Query = Readonly<Record<string, unknown>>;

export const displayOf = (query: Query): Display => ({
  logo: query['logo'] !== 'false',
  topNav: query['top_nav'] !== 'false',
  breadcrumbs: query['breadcrumbs'] !== 'false',
  header: query['header'] !== 'false',
  asked: displayParameters.flatMap((name) => {
    const value = query[name];
    return typeof value === 'string' ? [[name, value] as const] : [];
  }),
});

/** An address of this site that keeps what was asked, so that what is left out does not come back with the next click. */
export function addressOf(
  path: string,
  { asked }: Display,
  parameters: Readonly<Record<string, string | number>> = {},
): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) query.set(name, String(value));
  for (const [name, value] of asked) query.set(name, value);
  return query.size > 0 ? `${path}?${query}` : path;
}
