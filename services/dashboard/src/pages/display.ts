/** What an embedding application asks to be left out, by parameters of the address. They are looks and guard nothing. */
export interface Display {
  readonly logo: boolean;
  readonly topNav: boolean;
}

type Query = Readonly<Record<string, unknown>>;

export const displayOf = (query: Query): Display => ({
  logo: query['logo'] !== 'false',
  topNav: query['top_nav'] !== 'false',
});

/** An address of this site that keeps what is left out, so that it does not come back with the next click. */
export function addressOf(
  path: string,
  { logo, topNav }: Display,
  parameters: Readonly<Record<string, string | number>> = {},
): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) query.set(name, String(value));
  if (!topNav) query.set('top_nav', 'false');
  if (!logo) query.set('logo', 'false');
  return query.size > 0 ? `${path}?${query}` : path;
}
