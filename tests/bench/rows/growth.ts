import { eventually } from '@sandgate/tests';
import { oneByOne, runClosedLoop } from '../client/closed-loop.js';
import { type Answer, postRequest } from '../client/http-connection.js';
import { repeatableRandom } from '../client/open-loop.js';
import { type Person, signInRequests } from '../client/tokens.js';
import { type Figure, perSecond } from '../figure.js';
import { accountIdInSql, accountIdOf } from '../stage/account-id.js';
import type { Closing } from '../stage/closing.js';
import { fillPolicy } from '../stage/policy.js';
import type { Stage } from '../stage/stage.js';
import { jwtSharedSecret, System } from '../stage/system.js';
import { compare } from '../statistics.js';

interface Size {
  readonly accounts: number;
  readonly groups: number;
}

const small: Size = { accounts: 1_000, groups: 10 };
const large: Size = { accounts: 1_000_000, groups: 10_000 };
const connections = 64;
const rounds = 3;
const bar = 1.2;

/** The same load on a small and on a large installation, in turn. What the small one does in a second stands as the limit. */
export async function measureGrowth(stage: Stage, closing: Closing): Promise<Figure[]> {
  const [few, many] = [await prepare(stage, closing, small), await prepare(stage, closing, large)];
  for (const { system } of [few, many]) await system.start('auth', closing);
  const signIns = await compare(
    rounds,
    () => signIn(many),
    () => signIn(few),
  );
  for (const { system } of [few, many]) await system.start('permissions', closing);
  const decisions = await compare(
    rounds,
    () => decide(many),
    () => decide(few),
  );
  return [figure('sign-in', signIns), figure('decision that is not in memory', decisions)];
}

const plain = new Intl.NumberFormat('en');

const figure = (what: string, { ours, bare, ratio }: { ours: number; bare: number; ratio: number }): Figure => ({
  what: `cost of a ${what}, ${plain.format(large.accounts)} accounts and ${plain.format(large.groups)} groups against ${plain.format(small.accounts)} and ${small.groups}`,
  measured: perSecond(ours),
  bare: `${perSecond(bare)} (small)`,
  ratio: `cost × ${(1 / ratio).toPrecision(3)}`,
  bar: `× ${bar}`,
  met: 1 / ratio <= bar,
});

interface Installation {
  readonly system: System;
  readonly size: Size;
  readonly random: () => number;
}

/** Each person is in two groups of some customer's, whatever the number of groups. */
const groupsOf = (number: number, { groups }: Size): readonly number[] => [number % groups, (number * 7 + 3) % groups];

async function prepare(stage: Stage, closing: Closing, size: Size): Promise<Installation> {
  const system = await System.prepare(stage, closing);
  const series = `generate_series(0, ${size.accounts - 1}) as n`;
  const groups = `array['Claimed-' || n % ${size.groups}, 'Claimed-' || (n * 7 + 3) % ${size.groups}]`;
  await Promise.all([
    system.database.query(fillAuth(series, groups)),
    fillPolicy(system.database, size.groups).then(() => system.database.query(fillPermissions(series, groups))),
    system.database.query(fillDirectory(series, groups)),
  ]);
  await system.database.query('vacuum analyze');
  return { system, size, random: repeatableRandom(1) };
}

const listed = (groups: string): string =>
  `(select jsonb_agg(name order by name) from (select distinct unnest(${groups}) as name) as one)`;

const fillAuth = (series: string, groups: string): string => `
  insert into auth.account (id, email, profile_provider, claims)
    select ${accountIdInSql}, 'person' || n || '@bench.example', 'jwt', jsonb_build_object('jwt', jsonb_build_object(
      'firstName', 'Person', 'lastName', 'Number ' || n, 'attributes', jsonb_build_object('account_id', n % 1000), 'iat', 1,
      'groups', jsonb_build_object('presence', 'listed', 'names', ${listed(groups)})))
    from ${series};
  insert into auth.identity (provider, external_key, account_id) select 'jwt', email, id from auth.account;
  insert into auth.session (token_hash, account_id, provider, created_at, expires_at)
    select sha256(id::text::bytea), id, 'jwt', now(), now() + interval '14 days' from auth.account`;

const fillDirectory = (series: string, groups: string): string => `
  insert into directory.account (id, email, first_name, last_name, revision, claims_version, token_attributes, claimed_groups)
    select ${accountIdInSql}, 'person' || n || '@bench.example', 'Person', 'Number ' || n, 1, 1, jsonb_build_object('account_id', n % 1000),
      jsonb_build_array(jsonb_build_object('provider', 'jwt', 'presence', 'listed', 'names', ${listed(groups)}))
    from ${series}`;

const fillPermissions = (series: string, groups: string): string => `
  insert into permissions.account (id, revision, claims_version, status, attributes)
    select ${accountIdInSql}, 1, 1, 'active', jsonb_build_object('account_id', jsonb_build_object('value', n % 1000, 'source', 'token')) from ${series};
  insert into permissions.claimed_group (account_id, provider, name, presence)
    select distinct ${accountIdInSql}, 'jwt', name, 'listed' from ${series}, unnest(${groups}) as name`;

/** People chosen at random, each with the claims that are known of them. */
async function signIn({ system, size, random }: Installation): Promise<number> {
  const anybody = (): Person => {
    const number = Math.floor(random() * size.accounts);
    return {
      number,
      attributes: { account_id: number % 1000 },
      groups: groupsOf(number, size).map((group) => `Claimed-${group}`),
    };
  };
  const next = oneByOne(signInRequests(jwtSharedSecret, 12_000, anybody));
  const { perSecond: rate } = await runClosedLoop({
    port: system.ports.auth,
    connections,
    expected: 302,
    next,
    maxSeconds: 10,
  });
  await eventually(
    async () => {
      if ((await system.database.number('select count(*) from auth.outbox')) > 0)
        throw new Error('not all is published');
    },
    { timeoutMs: 30_000 },
  );
  await system.broker.purge();
  const changed = await system.database.number('select count(*) from auth.account where claims_version > 1');
  if (changed > 0) throw new Error(`the claims of ${changed} accounts are not those that they were filled with`);
  return rate;
}

const passes = 5;
const questionsOfPass = 1_000;

/** Each pass asks about accounts that are in no memory: the policy has a new revision each time. */
async function decide({ system, size, random }: Installation): Promise<number> {
  let seconds = 0;
  for (let pass = 0; pass < passes; pass += 1) {
    await system.database.query('update permissions.policy set revision = revision + 1');
    const next = oneByOne(questions(system, size, Math.floor(random() * size.accounts)));
    const loop = {
      port: system.ports.permissions,
      connections,
      expected: 200,
      next,
      maxSeconds: 10,
      inspect: mustBeSandboxed,
    };
    const { answered, perSecond: rate } = await runClosedLoop(loop);
    seconds += answered / rate;
  }
  return (passes * questionsOfPass) / seconds;
}

/** About a table that a group of the account has a sandbox on; accounts lie far apart. */
function questions(system: System, size: Size, from: number): string[] {
  const headers = { authorization: `Bearer ${system.serviceCredential}` };
  return Array.from({ length: questionsOfPass }, (_, index) => {
    const number = (from + index * 7919) % size.accounts;
    const [group = 0] = groupsOf(number, size);
    const tableIds = [(group % 10) + 10];
    return postRequest(
      '/internal/permissions.decide',
      { accountId: accountIdOf(number), claimsVersion: 1, tableIds },
      headers,
    );
  });
}

function mustBeSandboxed({ body }: Answer): void {
  if (!body.includes('sandboxed')) throw new Error(`a decision is not what it should be: ${body}`);
}
