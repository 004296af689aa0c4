// The least that a durable sign-in can be: node:http, an HMAC, and the same rows in one statement for all requests that came together.
import { createHash, createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import pg from 'pg';
import { given, listen } from './listen.js';

interface Claims {
  readonly email: string;
  readonly exp: number;
  readonly jti: string;
}

interface SignIn {
  readonly claims: Claims;
  readonly response: ServerResponse;
}

const secret = given('SECRET');
const pool = new pg.Pool({ connectionString: given('DATABASE_URL'), max: 2 });
const largestBatch = 256;
const lanes = 2;
const waiting: SignIn[] = [];
let running = 0;
let scheduled = false;

listen((request, response) => {
  const claims = verify(request.url?.split('?jwt=')[1] ?? '');
  if (claims === undefined) {
    response.writeHead(401, { 'content-length': 0 }).end();
    return;
  }
  waiting.push({ claims, response });
  schedule();
});

function verify(token: string): Claims | undefined {
  const [header, payload, signature] = token.split('.');
  if (header === undefined || payload === undefined || signature === undefined) return undefined;
  const expected = createHmac('sha256', secret).update(`${header}.${payload}`).digest();
  const actual = Buffer.from(signature, 'base64url');
  if (actual.length !== expected.length || !timingSafeEqual(actual, expected)) return undefined;
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims;
  return claims.exp > Date.now() / 1000 ? claims : undefined;
}

function schedule(): void {
  if (scheduled || running === lanes || waiting.length === 0) return;
  scheduled = true;
  setImmediate(() => {
    scheduled = false;
    void store();
  });
}

async function store(): Promise<void> {
  const batch = waiting.splice(0, largestBatch);
  if (batch.length === 0) return;
  running += 1;
  schedule();
  const sessions = batch.map(() => randomBytes(32).toString('base64url'));
  await pool.query({ name: 'sign-in', text: statement, values: valuesOf(batch, sessions) });
  batch.forEach(({ response }, index) => {
    const cookie = `sandgate.SESSION=${sessions[index]}; Path=/; HttpOnly; SameSite=Lax`;
    response.writeHead(302, { location: '/', 'set-cookie': cookie, 'content-length': 0 }).end();
  });
  running -= 1;
  schedule();
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

const valuesOf = (batch: readonly SignIn[], sessions: readonly string[]): unknown[] => [
  batch.map(({ claims }) => claims.email),
  batch.map(({ claims }) => JSON.stringify(claims)),
  batch.map(({ claims }) => digest(claims.jti)),
  batch.map(({ claims }) => claims.exp),
  sessions.map(digest),
  batch.map(() => randomUUID()),
];

const statement = `
with said as (
  select * from unnest($1::text[], $2::jsonb[], $3::bytea[], $4::float8[], $5::bytea[], $6::uuid[])
    as said (email, claims, token, expires, session, event)
), used as (
  insert into bare.used_token (key, once, uses, first_used_at, expires_at)
  select token, true, 1, now(), to_timestamp(expires) from said
), updated as (
  update bare.account set claims = said.claims from said where account.email = said.email
  returning account.id, session, event, said.claims
), opened as (
  insert into bare.session (token_hash, account_id, provider, created_at, expires_at)
  select session, id, 'jwt', now(), now() + interval '14 days' from updated
)
insert into bare.outbox (id, type, subject, data, traceparent)
select event, 'auth.user-logged-in.v1', id::text, claims, '' from updated`;
