import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { type Claims, fold, type Kept } from './claims-model.js';
import { accountIds, regions } from './invoices.js';
import type { Random } from './random.js';
import { sharedSecret } from './sandgate.js';
import { type Answered, send } from './send.js';

/** A sign-in that took effect. */
export interface SignIn {
  readonly kept: Kept;
  readonly startedAt: number;
  readonly acknowledgedAt: number;
  /** Absent where the answer was lost, although it had happened. */
  readonly session: string | undefined;
  /** So often it may have happened before, unheard of: a token without `jti` that is sent again opens a session each time. */
  readonly unheard: number;
}

export interface Person {
  readonly email: string;
  /** In the order in which they happened: nobody signs in twice at the same time. */
  readonly signIns: readonly SignIn[];
  /** The one that is under way. */
  readonly current: { readonly kept: Kept; readonly startedAt: number } | undefined;
}

export interface CrowdSummary {
  readonly signIns: number;
  /** Sign-ins whose first answer was lost, and which a repeat of the token found to have happened. */
  readonly recovered: number;
  /** How many answers were none, or an error of the server, by what they were. */
  readonly failedAnswers: Readonly<Record<string, number>>;
  readonly slowestMs: number;
}

/** People who sign in with changing claims, and what the system must hold of each. */
export interface Crowd {
  readonly people: readonly Person[];
  summary(): CrowdSummary;
  /** Signs one person in, with claims of their own or these; rejects when refused. Repeats the token until it is answered for certain. */
  signIn(person: Person, claims?: Claims): Promise<SignIn>;
  /** Everybody once, a few at a time. */
  signEverybodyIn(): Promise<void>;
  /** Lets people sign in again and again, in so many lanes with so much time between two sign-ins of each. */
  start(pace: Pace): { stop(): Promise<void> };
}

export interface Pace {
  readonly lanes: number;
  readonly pauseMs: number;
  /** Everybody, unless some are named. */
  readonly people?: readonly Person[];
}

interface Busy {
  readonly email: string;
  readonly signIns: SignIn[];
  claims: Claims;
  current: { kept: Kept; startedAt: number } | undefined;
}

export interface CrowdOptions {
  readonly size: number;
  readonly random: Random;
  /** Origin of auth. */
  readonly auth: string;
}

const patienceMs = 60_000;
const pauseAfterFailureMs = 100;

export function createCrowd({ size, random, auth }: CrowdOptions): Crowd {
  const domain = `${randomBytes(4).toString('hex')}.example`;
  const people: Busy[] = Array.from({ length: size }, (_, n) => ({
    email: `person-${n}@${domain}`,
    signIns: [],
    claims: {},
    current: undefined,
  }));
  const counts = { signIns: 0, recovered: 0, slowestMs: 0 };
  const failedAnswers: Record<string, number> = {};

  const present = async (token: string): Promise<Answered & { repeats: number }> => {
    const giveUpAt = performance.now() + patienceMs;
    for (let repeats = 0; ; repeats += 1) {
      const { answered, failure } = await send(`${auth}/auth/sso?jwt=${token}`).then(
        (answer) => ({ answered: answer, failure: `${answer.status}` }),
        ({ message }: Error) => ({ answered: undefined, failure: message }),
      );
      if (answered && answered.status < 500) return { ...answered, repeats };
      failedAnswers[failure] = (failedAnswers[failure] ?? 0) + 1;
      if (performance.now() > giveUpAt) throw new Error(`no answer to a sign-in: ${failure}`);
      await new Promise((resolve) => setTimeout(resolve, pauseAfterFailureMs));
    }
  };

  const signIn = async (person: Busy, claims: Claims, issuedAt = secondsNow()): Promise<SignIn> => {
    const before = person.signIns.at(-1)?.kept;
    const kept = fold(before, claims, issuedAt);
    // Without `jti`, two tokens of one second with the same claims are one token.
    const isNew = before === undefined || before.issuedAt < issuedAt;
    const jti = isNew && random.chance(0.3) ? {} : { jti: randomUUID() };
    const startedAt = performance.now();
    person.claims = claims;
    person.current = { kept, startedAt };
    const token = sign({ email: person.email, iat: issuedAt, ...jti, ...claims });
    const { status, headers, text, repeats } = await present(token);
    const isRecovered = status === 401 && repeats > 0;
    if (status !== 302 && !isRecovered) throw new Error(`a sign-in was answered ${status}: ${text}`);
    const acknowledgedAt = performance.now();
    const session = /SESSION=([\w-]+)/.exec(String(headers['set-cookie']))?.[1];
    const unheard = 'jti' in jti ? 0 : repeats;
    const done: SignIn = { kept, startedAt, acknowledgedAt, session, unheard };
    person.signIns.push(done);
    person.current = undefined;
    counts.signIns += 1;
    counts.recovered += isRecovered ? 1 : 0;
    counts.slowestMs = Math.max(counts.slowestMs, Math.round(acknowledgedAt - startedAt));
    return done;
  };

  /** With a newer token; now and then with an older one, such as one that was held up on its way. */
  const signInAgain = (person: Busy): Promise<SignIn> => {
    const isLate = person.signIns.length > 0 && random.chance(0.05);
    return signIn(person, nextClaims(person.claims, random), secondsNow() - (isLate ? 60 : 0));
  };

  return {
    people,
    summary: () => ({ ...counts, failedAnswers: { ...failedAnswers } }),
    signIn: (person, claims) => (claims ? signIn(person as Busy, claims) : signInAgain(person as Busy)),
    async signEverybodyIn() {
      const left = [...people];
      const lane = async (): Promise<void> => {
        for (let next = left.pop(); next; next = left.pop()) await signInAgain(next);
      };
      await Promise.all([lane(), lane(), lane(), lane()]);
    },
    start({ lanes, pauseMs, people: some = people }) {
      const stopping = new AbortController();
      const lane = async (own: readonly Person[]): Promise<void> => {
        while (!stopping.signal.aborted) {
          await signInAgain(random.pick(own) as Busy);
          await new Promise((resolve) => setTimeout(resolve, pauseMs));
        }
      };
      const running = Promise.all(
        Array.from({ length: lanes }, (_, n) => lane(some.filter((_person, at) => at % lanes === n))),
      );
      // Whoever stops it learns of a failure.
      running.catch(() => undefined);
      return {
        stop: async () => {
          stopping.abort();
          await running;
        },
      };
    },
  };
}

const secondsNow = (): number => Math.floor(Date.now() / 1_000);

/** The same as before in a third of the cases. */
function nextClaims(before: Claims, random: Random): Claims {
  if (Object.keys(before).length > 0 && random.chance(0.33)) return before;
  const account = (): number => 1 + random.below(accountIds);
  const accountId = random.pick([account(), account(), String(account()), [account(), account()], undefined]);
  const names = ['Customer-Acme', 'Customer-Globex', 'Elsewhere'].filter(() => random.chance(0.5));
  const groups = random.pick([names, names, names, null, undefined]);
  return {
    ...(random.chance(0.7) && { first_name: `First ${random.below(5)}`, last_name: `Last ${random.below(5)}` }),
    ...(accountId !== undefined && { account_id: accountId }),
    ...(random.chance(0.8) && { region: random.pick(regions) }),
    ...(groups !== undefined && { groups }),
  };
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function sign(claims: Record<string, unknown>): string {
  const input = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ exp: Number(claims['iat']) + 600, ...claims })}`;
  return `${input}.${createHmac('sha256', sharedSecret).update(input).digest('base64url')}`;
}
