import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createPasswordAccount, Failure } from '@sandgate/contracts';
import { type RunningDirectory, startDirectory } from './running-directory.js';

let directory: RunningDirectory;
const accountId = randomUUID();
const link = { url: 'http://localhost:3000/reset-password#token=x', expiresAt: '2026-11-23T08:00:00.000Z' };

beforeAll(async () => {
  directory = await startDirectory();
  directory.others.on(createPasswordAccount, async ({ email }) => ({ accountId, email: email.toLowerCase(), link }));
});

afterAll(() => directory.stop());

const create = (body: unknown) => directory.asAdministrator('POST', '/api/accounts', body);

describe('creating an account', () => {
  test('is asked of auth in the name of the administrator, and the link is answered', async () => {
    directory.others.takeAsked();
    const created = await create({ email: 'Grace@acme.example', firstName: ' Grace ' });

    expect(created).toMatchObject({
      status: 201,
      body: { id: accountId, email: 'grace@acme.example', passwordLink: link },
    });
    const asked = directory.others.takeAsked();
    expect(asked.map(({ name }) => name)).toEqual([createPasswordAccount.name]);
    expect(asked[0]?.input).toEqual({
      email: 'Grace@acme.example',
      firstName: 'Grace',
      lastName: null,
      actorId: directory.administratorId,
      traceparent: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/),
    });
  });

  test('answers what auth refuses, and keeps nothing of it', async () => {
    directory.others.on(createPasswordAccount, async () => {
      throw new Failure('auth.account_exists');
    });

    const { status, body } = await create({ email: 'grace@acme.example' });

    expect([status, body.code]).toEqual([409, 'auth.account_exists']);
    expect((await directory.asAdministrator('GET', '/api/accounts')).body.total).toBe(0);
  });

  test.each([
    [{}],
    [{ email: 'x'.repeat(255) }],
    [{ email: 'grace@acme.example', firstName: '' }],
    [{ email: 'grace@acme.example', lastName: 'a\u0000b' }],
    [{ email: 'grace@acme.example', password: 'chosen by somebody else' }],
  ])('asks for nothing of what is malformed: %j', async (body) => {
    directory.others.takeAsked();

    expect((await create(body)).body.code).toBe('request.invalid');
    expect(directory.others.takeAsked()).toEqual([]);
  });

  test('A-71: is for administrators only', async () => {
    const body = { email: 'grace@acme.example' };
    directory.others.takeAsked();

    expect((await directory.request('POST', '/api/accounts', { body })).status).toBe(401);
    const person = await directory.request('POST', '/api/accounts', { body, as: { accountId: randomUUID() } });
    expect([person.status, person.body.code]).toEqual([403, 'auth.administrator_required']);
    expect(directory.others.takeAsked().map(({ name }) => name)).not.toContain(createPasswordAccount.name);
  });
});
