import { errorCatalogue } from '../error-catalogue.js';

/** `docs/errors.md`, from the error catalogue. */
export function errorsDocument(): string {
  const rows = Object.entries(errorCatalogue).map(
    ([code, entry]) => `| \`${code}\` | ${entry.status} | ${entry.message} | ${entry.remedy} |`,
  );
  return [
    '# Error codes',
    '',
    'Generated from `packages/contracts/src/error-catalogue.ts` by `npm run docs`.',
    '',
    'An error answers `{code, message, id}`, some with `details`. The code is stable. The id is the correlation id of the log lines',
    'of that request. A refused token always answers `auth.sign_in_refused`, the same to the byte; the codes `auth.token_*` and',
    '`auth.account_*` that a token is refused for are in the log only. Codes that begin with `event.` are reasons of dead letters.',
    '',
    '| code | status | message | what to do |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
