import { describe, expect, test } from '@jest/globals';
import { type Claimed, decideClaimsChange } from './decide-claims-change.js';

const anna: Claimed = {
  email: 'anna@acme.example',
  firstName: 'Anna',
  lastName: null,
  firstAdministrator: false,
  tokenAttributes: { account_id: 28, region: 'eu' },
  claimedGroups: [{ provider: 'jwt', presence: 'listed', names: ['Acme'] }],
};

describe('a change of claims', () => {
  test('of somebody new is everything but the e-mail', () => {
    expect(decideClaimsChange(undefined, anna)).toEqual({
      details: {},
      before: null,
      after: {
        firstName: 'Anna',
        lastName: null,
        firstAdministrator: false,
        attributes: { account_id: 28, region: 'eu' },
        groups: { jwt: { presence: 'listed', names: ['Acme'] } },
      },
    });
  });

  test('names the attributes and groups that differ, as they were and as they are', () => {
    const after: Claimed = {
      ...anna,
      tokenAttributes: { account_id: 29, seats: 3 },
      claimedGroups: [{ provider: 'jwt', presence: 'listed', names: ['Globex'] }],
    };

    expect(decideClaimsChange(anna, after)).toEqual({
      details: {},
      before: {
        attributes: { account_id: 28, region: 'eu' },
        groups: { jwt: { presence: 'listed', names: ['Acme'] } },
      },
      after: { attributes: { account_id: 29, seats: 3 }, groups: { jwt: { presence: 'listed', names: ['Globex'] } } },
    });
  });

  test('of the e-mail says that it changed, and no address', () => {
    expect(decideClaimsChange(anna, { ...anna, email: 'berg@acme.example' })).toEqual({
      details: { emailChanged: true },
      before: {},
      after: {},
    });
  });

  test('is none where all is the same', () => {
    expect(decideClaimsChange(anna, { ...anna, tokenAttributes: { region: 'eu', account_id: 28 } })).toBeUndefined();
  });
});
