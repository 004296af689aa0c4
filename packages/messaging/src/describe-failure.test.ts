import { expect, it } from '@jest/globals';
import { Failure } from '@sandgate/contracts';
import { describeFailure, withoutPersonalData } from './describe-failure.js';

it('takes code and sentence from a named failure, however deep it is wrapped', () => {
  const wrapped = new Error('for alice@acme.example', {
    cause: new Failure('event.malformed', { message: 'Not a thing.' }),
  });

  expect(describeFailure(wrapped)).toMatchObject({ code: 'event.malformed', reason: 'Not a thing.' });
});

it('says nothing of somebody whom a database message quotes', () => {
  const error = new Error('Raw query failed.\n  Message: `Key (email)=(alice@acme.example) already exists.`');

  expect(describeFailure(error)).toMatchObject({
    code: 'internal_error',
    reason: 'Error: Raw query failed. Message: `Key (email)=(…) already exists.`',
  });
  expect(describeFailure(error).frames).not.toContain('alice');
  expect(describeFailure(error).frames).toContain('describe-failure.test');
});

it('leaves no e-mail address in a sentence, wherever it stands', () => {
  expect(withoutPersonalData(`to <bob@globex.example>, "eve+x@acme.example"`)).toBe('to <e-mail> "<e-mail>"');
});

it('is one short line and takes no time for a huge message', () => {
  const huge = `${'a'.repeat(200_000)}\n${'('.repeat(200_000)}`;

  expect(withoutPersonalData(huge)).toHaveLength(400);
});

it('describes what is thrown but is no error', () => {
  expect(describeFailure('a string')).toMatchObject({
    code: 'internal_error',
    reason: 'Error: something that is no error was thrown',
  });
});
