import { isDeepStrictEqual } from 'node:util';
import { AccountChanged, describeMemberships, UserLoggedIn } from '@sandgate/contracts';
import { eventually } from '../support/eventually.js';
import type { Kept } from './claims-model.js';
import type { Crowd, Person } from './crowd.js';
import type { RecordedEvent } from './event-record.js';
import type { HeldAccount, HeldState } from './held-state.js';
import { customersOf, firstPolicy, type Policy } from './invoices.js';
import type { Sandgate } from './sandgate.js';

/** What must be empty when everything has been applied. */
export interface Findings {
  /** Sign-ins that were answered but are not in what the services hold. */
  readonly lost: string[];
  /** What is held or announced without a sign-in that says so. */
  readonly unexpected: string[];
  /** What was announced more often than it happened. */
  readonly twice: string[];
  /** Versions or revisions that do not rise one by one. */
  readonly disordered: string[];
}

const nothing = (): Findings => ({ lost: [], unexpected: [], twice: [], disordered: [] });
export const noFindings: Findings = nothing();

export interface Checked {
  readonly crowd: Crowd;
  readonly held: HeldState;
  readonly sandgate: Sandgate;
  readonly policy?: Policy;
  /** People who are not looked at. */
  readonly except?: readonly Person[];
}

const kept = ({ signIns }: Person): Kept | undefined => signIns.at(-1)?.kept;
const signedIn = ({ crowd, except = [] }: Pick<Checked, 'crowd' | 'except'>): Person[] =>
  crowd.people.filter((person) => person.signIns.length > 0 && !except.includes(person));

/** Waits until the newest claims of everybody have arrived everywhere, and says how long that took. */
export async function untilApplied(checked: Checked, timeoutMs = 60_000): Promise<number> {
  const { held } = checked;
  const people = signedIn(checked);
  const start = Date.now();
  await eventually(
    async () => {
      const accounts = await held.accounts();
      const late = people.filter((person) => {
        const account = accounts.get(person.email);
        const version = kept(person)?.version;
        return account?.directory?.version !== version || account?.permissions?.version !== version;
      });
      if (late.length > 0) throw new Error(`${late.length} of ${people.length} are not applied, ${late[0]?.email}`);
      const rows = await held.outboxRows();
      if (rows > 0) throw new Error(`${rows} rows wait in outboxes`);
    },
    { timeoutMs },
  );
  return Date.now() - start;
}

/** Compares what the services hold of everybody with the model. */
export async function findDifferences(checked: Checked): Promise<Findings> {
  const { held, sandgate, policy = firstPolicy } = checked;
  const findings = nothing();
  const accounts = await held.accounts();
  const known = new Set(signedIn({ crowd: checked.crowd }).map(({ email }) => email));
  for (const email of accounts.keys()) if (!known.has(email)) findings.unexpected.push(`account ${email}`);
  for (const person of signedIn(checked)) {
    const account = accounts.get(person.email);
    if (!account) findings.lost.push(person.email);
    else findings.unexpected.push(...differences(person, account));
    if (account) findings.unexpected.push(...(await wrongGroups(person, account, { sandgate, policy })));
  }
  return findings;
}

function differences(person: Person, { authVersion, directory, permissions }: HeldAccount): string[] {
  const { issuedAt: _, ...expected } = kept(person) as Kept;
  const { version, attributes, groups } = expected;
  const effective = Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, { value, source: 'token' }]),
  );
  const pairs: [string, unknown, unknown][] = [
    ['version in auth', authVersion, version],
    ['account in directory', directory, { ...expected, revision: directory?.revision, status: 'active' }],
    ['revision in permissions', permissions?.revision, directory?.revision],
    ['version in permissions', permissions?.version, version],
    ['attributes in permissions', permissions?.attributes, effective],
    ['groups in permissions', permissions?.groups.names, groups.names],
    // Where no name was ever listed there is no row that could hold it.
    ['presence in permissions', permissions?.groups.presence ?? groups.presence, groups.presence],
  ];
  return pairs
    .filter(([, held, wanted]) => !isDeepStrictEqual(held, wanted))
    .map(([what, held, wanted]) => `${person.email}: ${what} ${JSON.stringify(held)}, not ${JSON.stringify(wanted)}`);
}

async function wrongGroups(
  person: Person,
  { id: accountId }: HeldAccount,
  { sandgate, policy }: { sandgate: Sandgate; policy: Policy },
): Promise<string[]> {
  const expected = kept(person) as Kept;
  const { groups } = await sandgate.ask(describeMemberships, { accountId, claimsVersion: expected.version });
  const listed = (names: readonly string[]): string => [...names].sort().join();
  const names = listed(groups.map(({ name }) => name));
  const wanted = listed(['All Users', ...customersOf(expected, policy)]);
  return names === wanted ? [] : [`${person.email}: is in ${names}, not in ${wanted}`];
}

/**
 * Compares what was announced with what happened: one `UserLoggedIn` for each sign-in, with the claims as they were then, and none more than can have happened; the revisions
 * of an account one by one, each announced once, with the claims of exactly one sign-in, and never with older ones again.
 */
export async function findInRecord(
  { crowd, held, except = [] }: Checked,
  record: readonly RecordedEvent[],
): Promise<Findings> {
  const findings = nothing();
  const events = [...new Map(record.map((event) => [event.id, event])).values()];
  const about = groupBySubject(events);
  for (const [email, { id, directory }] of await held.accounts()) {
    const person = crowd.people.find((one) => one.email === email);
    if (person && except.includes(person)) continue;
    const signIns = (person?.signIns ?? []).map((one) => one.kept);
    const unheard = (person?.signIns ?? []).reduce((sum, one) => sum + one.unheard, 0);
    checkAnnouncedSignIns(email, { signIns, unheard }, about(UserLoggedIn.type, id), findings);
    const changes = about(AccountChanged.type, id);
    checkAnnouncedChanges(email, signIns, changes, findings);
    if (changes.length !== directory?.revision)
      findings.disordered.push(`${email}: ${changes.length} changes lead to revision ${directory?.revision}`);
  }
  return findings;
}

function groupBySubject(events: readonly RecordedEvent[]): (type: string, subject: string) => RecordedEvent[] {
  const groups = new Map<string, RecordedEvent[]>();
  const keyOf = (type: string, subject: string): string => `${type} ${subject}`;
  for (const event of events) {
    const key = keyOf(event.type, event.subject);
    const group = groups.get(key);
    if (group) group.push(event);
    else groups.set(key, [event]);
  }
  return (type, subject) => groups.get(keyOf(type, subject)) ?? [];
}

function checkAnnouncedSignIns(
  email: string,
  { signIns, unheard }: { signIns: readonly Kept[]; unheard: number },
  announced: readonly RecordedEvent[],
  findings: Findings,
): void {
  const left = signIns.map(claimsOf);
  let more = 0;
  for (const { data } of announced) {
    const at = left.findIndex((claims) => isDeepStrictEqual(claims, announcedClaims(data)));
    if (at >= 0) left.splice(at, 1);
    else if (signIns.some((one) => isDeepStrictEqual(claimsOf(one), announcedClaims(data))) && more < unheard)
      more += 1;
    else if (signIns.some(({ version }) => version === data.claimsVersion))
      findings.twice.push(`${email}: sign-in at version ${data.claimsVersion}`);
    else findings.unexpected.push(`${email}: sign-in at version ${data.claimsVersion}`);
  }
  findings.lost.push(...left.map(({ version }) => `${email}: sign-in at version ${version} was never announced`));
}

function checkAnnouncedChanges(
  email: string,
  signIns: readonly Kept[],
  changes: readonly RecordedEvent[],
  findings: Findings,
): void {
  const inOrder = changes.map(({ data }) => data).sort((one, other) => one.revision - other.revision);
  let version = 0;
  for (const [index, data] of inOrder.entries()) {
    if (data.revision !== index + 1) findings.twice.push(`${email}: revision ${data.revision} in place ${index + 1}`);
    if (data.claimsVersion <= version)
      findings.disordered.push(`${email}: version ${data.claimsVersion} after version ${version}`);
    version = data.claimsVersion;
    const said = announcedClaims({ ...data, attributes: valuesOf(data.attributes) });
    if (!signIns.some((one) => isDeepStrictEqual(claimsOf(one), said)))
      findings.unexpected.push(`${email}: revision ${data.revision} holds ${JSON.stringify(said)}`);
  }
}

type Said = Omit<Kept, 'issuedAt'>;

const claimsOf = ({ issuedAt: _, ...said }: Kept): Said => said;

const announcedClaims = (data: RecordedEvent['data']): Said => ({
  firstName: data.firstName,
  lastName: data.lastName,
  attributes: data.attributes,
  groups: { presence: data.groups[0].presence, names: data.groups[0].names },
  version: data.claimsVersion,
});

const valuesOf = (attributes: Record<string, { value: unknown }>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(attributes).map(([name, { value }]) => [name, value]));
