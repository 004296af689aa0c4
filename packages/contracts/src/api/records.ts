import { z } from 'zod';
import { AttributeName, StorableText } from '../attribute.js';
import { defineEndpoint } from './define-endpoint.js';
import { listOf, Page } from './lists.js';

const owner = 'directory';
const access = 'administrator';

/** `sign-in`: accepted. `refusal`: sign-ins that were refused. `claims`: what the providers say of a person changed. `settings`: somebody changed something: settings, rights, accounts, credentials, sessions. */
export const RecordKind = z.enum(['sign-in', 'refusal', 'claims', 'settings']);
export type RecordKind = z.infer<typeof RecordKind>;

const Side = z.record(z.string(), z.unknown()).nullable();

/** Something that happened, as it was recorded; never changed afterwards. */
export const Recorded = z.strictObject({
  /** Id of the event that told it. One sign-in can leave two records: that it happened, and what it changed. */
  id: z.uuid(),
  kind: RecordKind,
  at: z.iso.datetime(),
  /** Whom it is about. */
  accountId: z.uuid().nullable(),
  /** Who did it; null where the operator did, by the environment or a command, and where nobody's change is the cause. */
  actorId: z.uuid().nullable(),
  /** Reason of a refusal, or what was changed, such as `permissions.membership`. */
  code: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
  /** What has changed, as it was and as it is; `"private"` stands for the value of a private attribute. */
  before: Side,
  after: Side,
});
export type Recorded = z.infer<typeof Recorded>;

const Time = z.iso.datetime({ offset: true });

export const listRecords = defineEndpoint({
  method: 'get',
  path: '/api/records',
  owner,
  access,
  summary: 'Sign-ins, refusals, changes of claims and of settings; newest first',
  query: z.strictObject({
    ...Page,
    kind: RecordKind.optional(),
    accountId: z.uuid().optional(),
    actorId: z.uuid().optional(),
    code: StorableText.min(1).max(100).optional(),
    /** From this moment on, and up to but not including that one. */
    from: Time.optional(),
    to: Time.optional(),
  }),
  response: listOf(Recorded),
});

export const AttributeSettings = z.strictObject({
  /** Attributes whose values are left out of records. */
  private: z.array(AttributeName).max(1000),
});

export const getAttributeSettings = defineEndpoint({
  method: 'get',
  path: '/api/attribute-settings',
  owner,
  access,
  summary: 'Which attributes are private: their values are in no record',
  response: AttributeSettings,
});

export const putAttributeSettings = defineEndpoint({
  method: 'put',
  path: '/api/attribute-settings',
  owner,
  access,
  summary: 'Set which attributes are private; records that hold a value of theirs already no longer show it',
  body: AttributeSettings,
  response: AttributeSettings,
});
