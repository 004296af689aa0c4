import { createHash, randomBytes } from 'node:crypto';
import { type Answer, formRequest, getRequest, HttpConnection } from './http-connection.js';

export interface OpenIdClient {
  /** Of the provider, on this machine. */
  readonly port: number;
  readonly redirectUri: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Signs the person of that number in; throws when anything is answered that should not be. */
export type SignIn = (person: number) => Promise<void>;

/** Signs in through Sandgate: off to the provider, and back with a code, for which it opens a session. */
export async function signInThrough(sandgatePort: number, path: string, client: OpenIdClient) {
  const [sandgate, provider] = await Promise.all([HttpConnection.open(sandgatePort), HttpConnection.open(client.port)]);
  const signIn: SignIn = async (person) => {
    const sent = await sandgate.exchange(getRequest(path));
    const back = await signInAtProvider(provider, { client, location: locationOf(sent), person });
    const cookie = [...cookiesOf(sent)].map(pair).join('; ');
    const answer = await sandgate.exchange(getRequest(back.pathname + back.search, { cookie }));
    if (answer.status !== 302 || !cookiesOf(answer).has('sandgate.SESSION')) throw unexpected(answer);
  };
  return { signIn, close: () => [sandgate, provider].map((connection) => connection.close()) };
}

/** The least that a client of the provider can do: the same requests to it, and nothing with the tokens. */
export async function signInAlone(client: OpenIdClient) {
  const provider = await HttpConnection.open(client.port);
  const { clientId, clientSecret, redirectUri } = client;
  const credentials = [clientId, clientSecret].map(encodeURIComponent).join(':');
  const headers = { host: hostOf(client), authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
  const signIn: SignIn = async (person) => {
    const [verifier, state, nonce] = [randomText(), randomText(), randomText()];
    const asked = new URLSearchParams({
      response_type: 'code',
      client_id: clientId,
      redirect_uri: redirectUri,
      scope: 'openid email profile',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      state,
      nonce,
    });
    const location = `http://${hostOf(client)}/auth?${asked}`;
    const code = (await signInAtProvider(provider, { client, location, person })).searchParams.get('code') ?? '';
    const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier };
    const answer = await provider.exchange(formRequest('/token', form, headers));
    if (answer.status !== 200 || !answer.body.includes('"id_token"')) throw unexpected(answer);
  };
  return { signIn, close: () => provider.close() };
}

/** Follows an authorization request as a browser that the provider does not know yet, to where it is sent back to. */
async function signInAtProvider(
  connection: HttpConnection,
  { client, location, person }: { client: OpenIdClient; location: string; person: number },
): Promise<URL> {
  const host = hostOf(client);
  const cookies = new Map([['person', String(person)]]);
  let at = new URL(location);
  while (at.host === host) {
    const cookie = [...cookies].map(pair).join('; ');
    const answer = await connection.exchange(getRequest(at.pathname + at.search, { host, cookie }));
    for (const [name, value] of cookiesOf(answer)) cookies.set(name, value);
    at = new URL(locationOf(answer), at);
  }
  return at;
}

const hostOf = ({ port }: OpenIdClient): string => `localhost:${port}`;
const randomText = (): string => randomBytes(32).toString('base64url');
const pair = ([name, value]: [string, string]): string => `${name}=${value}`;

function locationOf(answer: Answer): string {
  const location = /\r\nlocation: (\S+)/i.exec(answer.head)?.[1];
  if (location === undefined) throw unexpected(answer);
  return location;
}

const cookiesOf = ({ head }: Answer): Map<string, string> =>
  new Map(
    [...head.matchAll(/\r\nset-cookie: ([^=\r]+)=([^;\r]*)/gi)].map(([, name = '', value = '']) => [name, value]),
  );

const unexpected = ({ status, body }: Answer): Error =>
  new Error(`was answered ${status}: ${body.toString().slice(0, 300)}`);
