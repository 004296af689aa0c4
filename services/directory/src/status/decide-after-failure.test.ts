import { describe, expect, test } from '@jest/globals';
import { Failure } from '@sandgate/contracts';
import { decideAfterFailure } from './decide-after-failure.js';

const coded = (code: string, cause?: unknown): Error => Object.assign(new Error(code, { cause }), { code });
const unavailable = (cause: unknown): Failure => new Failure('service.unavailable', { cause });

describe('what is known after a question failed', () => {
  test.each<[string, unknown]>([
    ['the last administrator', new Failure('permissions.last_administrator')],
    ['an unknown account', new Failure('directory.account_not_found')],
    ['a refusal behind another error', new Error('asking', { cause: new Failure('permissions.last_administrator') })],
  ])('refused: %s', (_, error) => {
    expect(decideAfterFailure(error)).toBe('refused');
  });

  test.each<[string, unknown]>([
    ['the service says itself that it is unavailable', new Failure('service.unavailable')],
    ['it is not ready yet', new Failure('permissions.not_yet_applied')],
    ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'].map((code): [string, unknown] => [
      code,
      unavailable(new TypeError('fetch failed', { cause: coded(code) })),
    ]),
  ])('untouched: %s', (_, error) => {
    expect(decideAfterFailure(error)).toBe('untouched');
  });

  test.each<[string, unknown]>([
    ['a time-out', unavailable(new DOMException('timed out', 'TimeoutError'))],
    ['a connection that broke', unavailable(new TypeError('fetch failed', { cause: coded('UND_ERR_SOCKET') }))],
    ['a connection that was reset', unavailable(new TypeError('fetch failed', { cause: coded('ECONNRESET') }))],
    ['a database that went away', new Failure('service.database_unavailable')],
    ['an answer that is none', unavailable(new Error('auth.set-account-status answered 500'))],
    ['an error without a name', new Error('connection terminated')],
    ['something else', 'oops'],
  ])('unknown: %s', (_, error) => {
    expect(decideAfterFailure(error)).toBe('unknown');
  });
});
