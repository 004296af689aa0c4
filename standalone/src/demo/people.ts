import type { RowRule } from '@sandgate/contracts';

/** The name under which dashboard shows the sample database. */
export const SAMPLE_DATABASE = 'Sample Database';

interface DemoGroup {
  readonly name: string;
  /** What the host application calls the group in its tokens. */
  readonly claimedAs: string;
}

/** The two customers of the demonstration, each with the group whose claimed name maps to it. */
export const demoGroups: readonly DemoGroup[] = [
  { name: 'Customer Acme', claimedAs: 'Customer-Acme' },
  { name: 'Customer Globex', claimedAs: 'Customer-Globex' },
];

interface DemoDataPermission {
  readonly group: string;
  readonly database: string;
  readonly permission: 'unrestricted' | 'none';
}

/** Whoever is in no customer's group sees nothing of the sample database. */
export const demoDataPermissions: readonly DemoDataPermission[] = [
  { group: 'All Users', database: SAMPLE_DATABASE, permission: 'none' },
];

interface DemoSandbox {
  readonly group: string;
  readonly database: string;
  readonly schema: string;
  readonly table: string;
  readonly rule: RowRule;
}

/** Each customer sees the invoices of the accounts that their token names. */
export const demoSandboxes: readonly DemoSandbox[] = demoGroups.map((group) => ({
  group: group.name,
  database: SAMPLE_DATABASE,
  schema: 'public',
  table: 'invoices',
  rule: { column: 'account_id', operator: '=', value: { attribute: 'account_id' } },
}));
