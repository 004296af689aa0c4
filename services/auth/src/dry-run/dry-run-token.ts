import {
  type Ask,
  type ErrorCode,
  type dryRunToken as endpoint,
  errorCatalogue,
  Failure,
  previewAccess,
  previewAccount,
  type VisibleCount,
} from '@sandgate/contracts';
import { nextTraceparent } from '@sandgate/messaging';
import type { z } from 'zod';
import type { CurrentProviders, Providers } from '../providers/current-providers.js';
import { hashSessionToken, mintSessionToken } from '../sessions/session-token.js';
import { verifyByProvider } from '../sign-in/verify-by-provider.js';
import type { VerifiedSignIn } from '../sign-in/verify-token.js';
import { whileSettingsChange } from '../sign-in/while-settings-change.js';
import { countRows } from './count-rows.js';
import { diffAttributes } from './diff-attributes.js';
import { diffMemberships } from './diff-memberships.js';
import type { PreviewedSignIn, PreviewSignIn } from './preview-sign-in-store.js';

type Outcome = z.input<NonNullable<(typeof endpoint)['response']>>;
type Table = Extract<Outcome, { accepted: true }>['tables'][number];

interface Dependencies {
  readonly providers: CurrentProviders;
  readonly previewSignIn: PreviewSignIn;
  readonly ask: Ask;
}

export interface TokenOfProvider {
  readonly provider: string;
  readonly token: string;
}

/**
 * What a sign-in with a token would do, under the newest settings: found out by what signs in, provisions and decides, each of which takes
 * back or never writes what it finds out. No reason is hidden, for whoever asks is an administrator. Throws `auth.provider_not_found`.
 */
export const dryRunToken =
  ({ providers, previewSignIn, ask }: Dependencies) =>
  (presented: TokenOfProvider): Promise<Outcome> =>
    whileSettingsChange(async () => {
      const settings = await providers.newest();
      if (!settings.all.some(({ name }) => name === presented.provider)) throw new Failure('auth.provider_not_found');
      const verified = await verify(presented, settings);
      if (verified instanceof Failure) return refused(verified.code);
      const signIn = await previewSignIn({
        provider: presented.provider,
        verified,
        revision: settings.revision,
        sessionHash: hashSessionToken(mintSessionToken()),
        previousSessionHash: undefined,
        // Its own, by which the event that it would cause is told from others.
        traceparent: nextTraceparent(),
      });
      if (!('refusal' in signIn)) return accepted(verified, signIn, ask);
      return signIn.refusal === 'stale' ? undefined : refused(signIn.refusal);
    });

async function verify(presented: TokenOfProvider, { all }: Providers): Promise<VerifiedSignIn | Failure> {
  try {
    return (await verifyByProvider(presented, all, Date.now() / 1000)).verified;
  } catch (error) {
    if (error instanceof Failure && error.code.startsWith('auth.')) return error;
    throw error;
  }
}

const refused = (code: ErrorCode): Outcome => {
  const { message, remedy } = errorCatalogue[code];
  return { accepted: false, code, message, remedy };
};

async function accepted(verified: VerifiedSignIn, signIn: PreviewedSignIn, ask: Ask): Promise<Outcome> {
  const { before, after } = await ask(previewAccount, signIn.claims);
  const { groupsBefore, groupsAfter, tables } = await ask(previewAccess, after);
  const counts = await countRows(ask, tables);
  return {
    accepted: true,
    repeated: signIn.isRepeat,
    // Without an `iat` a token counts as the newest.
    claimsTaken: verified.issuedAt === undefined || verified.issuedAt === signIn.issuedAt,
    droppedClaims: [...verified.dropped],
    account: {
      id: signIn.isNew ? null : after.accountId,
      email: after.email,
      firstName: { before: before?.firstName ?? null, after: after.firstName },
      lastName: { before: before?.lastName ?? null, after: after.lastName },
    },
    attributes: diffAttributes(before?.attributes ?? {}, after.attributes),
    memberships: diffMemberships(groupsBefore, groupsAfter),
    tables: tables.map((table) => toTable(table, counts.get(table.tableId))),
  };
}

type DecidedTable = z.infer<(typeof previewAccess)['output']>['tables'][number];

function toTable({ tableId, decision, ...names }: DecidedTable, rows: VisibleCount = { unknown: true }): Table {
  if (decision.access !== 'denied')
    return { id: tableId, ...names, access: decision.access, attributes: [], columns: [], rows };
  const { access, reason, attributes, columns } = decision;
  return { id: tableId, ...names, access, reason, attributes, columns };
}
