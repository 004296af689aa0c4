import {
  type Ask,
  type ErrorCode,
  type dryRunSignIn as endpoint,
  errorCatalogue,
  Failure,
  previewAccess,
  previewAccount,
  type VisibleCount,
} from '@sandgate/contracts';
import { nextTraceparent } from '@sandgate/messaging';
import type { z } from 'zod';
import { hashSessionToken, mintSessionToken } from '../sessions/session-token.js';
import type { VerifiedSignIn } from '../sign-in/verify-token.js';
import { countRows } from './count-rows.js';
import { diffAttributes } from './diff-attributes.js';
import { diffMemberships } from './diff-memberships.js';
import type { PreviewedSignIn, PreviewSignIn } from './preview-sign-in-store.js';

export type SignInTold = z.input<NonNullable<(typeof endpoint)['response']>>;
type Table = Extract<SignInTold, { accepted: true }>['tables'][number];

interface Dependencies {
  readonly previewSignIn: PreviewSignIn;
  readonly ask: Ask;
}

interface VerifiedUnder {
  readonly provider: string;
  /** Or why it is none. */
  readonly verified: VerifiedSignIn | Failure;
  /** Of the settings. */
  readonly revision: number;
}

/** What a verified sign-in would do. Undefined where the settings have changed since. */
export type TellSignIn = (signIn: VerifiedUnder) => Promise<SignInTold | undefined>;

/** Found out by what signs in, provisions and decides, each of which takes back or never writes what it finds out. */
export const tellSignIn =
  ({ previewSignIn, ask }: Dependencies): TellSignIn =>
  async ({ provider, verified, revision }) => {
    if (verified instanceof Failure) return refused(verified.code);
    const signIn = await previewSignIn({
      provider,
      verified,
      revision,
      sessionHash: hashSessionToken(mintSessionToken()),
      previousSessionHash: undefined,
      // Its own, by which the event that it would cause is told from others.
      traceparent: nextTraceparent(),
    });
    if (!('refusal' in signIn)) return accepted(verified, signIn, ask);
    return signIn.refusal === 'stale' ? undefined : refused(signIn.refusal);
  };

const refused = (code: ErrorCode): SignInTold => {
  const { message, remedy } = errorCatalogue[code];
  return { accepted: false, code, message, remedy };
};

async function accepted(verified: VerifiedSignIn, signIn: PreviewedSignIn, ask: Ask): Promise<SignInTold> {
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
