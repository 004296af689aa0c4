import { describe, expect, test } from '@jest/globals';
import { decideProvisioning, type KnownAccount } from './decide-provisioning.js';

const claims = {
  accountId: '5f7c0a0e-30f5-4c39-9df3-5b4f7cf0a001',
  claimsVersion: 4,
  email: 'anna@acme.example',
  firstName: 'Anna',
  lastName: null,
  attributes: { account_id: 28 },
  groups: [{ provider: 'jwt', presence: 'listed' as const, names: ['Customer-Acme'] }],
  firstAdministrator: false,
};
const known = (differing: Partial<KnownAccount> = {}): KnownAccount => ({
  revision: 9,
  claimsVersion: 3,
  status: 'active',
  adminAttributes: {},
  ...differing,
});

describe('a sign-in', () => {
  test('makes an account that is not known yet, in revision 1, whatever its claims version', () => {
    expect(decideProvisioning(claims, undefined)).toEqual({
      id: claims.accountId,
      email: claims.email,
      firstName: 'Anna',
      lastName: null,
      status: 'active',
      revision: 1,
      claimsVersion: 4,
      tokenAttributes: { account_id: 28 },
      adminAttributes: {},
      claimedGroups: claims.groups,
      firstAdministrator: false,
    });
  });

  test('with newer claims makes the next revision, also when nothing else differs', () => {
    expect(decideProvisioning(claims, known())).toMatchObject({ revision: 10, claimsVersion: 4 });
  });

  test.each([4, 5, 100])('with claims no newer than version %i changes nothing', (claimsVersion) => {
    expect(decideProvisioning(claims, known({ claimsVersion }))).toBeUndefined();
  });

  test('never reactivates an account, nor touches what an administrator has set', () => {
    const adminAttributes = { account_id: { value: 41, pinned: true } };

    expect(decideProvisioning(claims, known({ status: 'deactivated', adminAttributes }))).toMatchObject({
      status: 'deactivated',
      adminAttributes,
    });
  });
});
