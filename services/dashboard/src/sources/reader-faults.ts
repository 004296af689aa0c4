import { versionFaults } from './version-faults.js';

/** What PostgreSQL says of the role of a connection, with all roles that it may take on. */
export interface Reader {
  /** `server_version_num`. */
  readonly version: number;
  readonly superuser: boolean;
  readonly bypassesRowSecurity: boolean;
  /** Roles that may write to every table, or read and write files of the server. */
  readonly serverRoles: readonly string[];
  /** Tables that it owns, and tables that it may write to. */
  readonly owned: readonly string[];
  readonly writable: readonly string[];
  /** Whether the options of the connection are in force. */
  readonly sessionIsSet: boolean;
}

/** Why the role may not be used, each reason a sentence that says what to do; empty when it can only read. */
export const readerFaults = (reader: Reader): string[] => [
  ...versionFaults(reader.version),
  ...when(reader.superuser, 'the role is a superuser or a member of one: use a role that is neither'),
  ...when(reader.bypassesRowSecurity, 'the role may bypass row security: use one with NOBYPASSRLS'),
  ...when(reader.serverRoles.length > 0, `the role is a member of ${listed(reader.serverRoles)}: revoke that`),
  ...when(reader.owned.length > 0, `the role owns ${listed(reader.owned)}: use a role that owns no table`),
  ...when(reader.writable.length > 0, `the role may write to ${listed(reader.writable)}: grant it select only`),
  ...when(
    !reader.sessionIsSet,
    'the connection does not keep its settings: connect to PostgreSQL itself, not to a pooler',
  ),
];

const when = (isSo: boolean, sentence: string): string[] => (isSo ? [sentence] : []);

const listed = (names: readonly string[]): string =>
  names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
