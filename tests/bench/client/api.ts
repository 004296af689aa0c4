import { eventually, Hopeless } from '@sandgate/tests';

/** Requests to the API as one signed-in account. A 503 is tried again: after a start some things take a moment. */
export type Api = <T>(method: string, url: string, body?: unknown) => Promise<T>;

const createApi =
  (session?: string): Api =>
  <T>(method: string, url: string, body?: unknown) =>
    eventually(async () => (await send(method, url, { session, body })) as T, { timeoutMs: 30_000 });

/** Signs in with a password at the service or site under `authUrl`. */
export async function signInAdministrator(
  authUrl: string,
  administrator: { username: string; password: string },
): Promise<Api> {
  const { id } = await createApi()<{ id: string }>('POST', `${authUrl}/api/session`, administrator);
  return createApi(id);
}

async function send(
  method: string,
  url: string,
  { session, body }: { session: string | undefined; body: unknown },
): Promise<unknown> {
  const headers = {
    'content-type': 'application/json',
    ...(session !== undefined && { authorization: `Bearer ${session}` }),
  };
  const response = await fetch(url, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
  const text = await response.text();
  if (response.ok) return text === '' ? undefined : JSON.parse(text);
  const said = `${method} ${url} answered ${response.status}: ${text}`;
  throw response.status === 503 ? new Error(said) : new Hopeless(said);
}
