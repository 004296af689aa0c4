import { describe, expect, test } from '@jest/globals';
import type { AdminAttribute, AttributeValue } from '@sandgate/contracts';
import { decideEffectiveAttributes } from './decide-effective-attributes.js';

const set = (value: AttributeValue): AdminAttribute => ({ value, pinned: false });
const pinned = (value: AttributeValue): AdminAttribute => ({ value, pinned: true });

describe('the attribute that counts', () => {
  test.each<{ case: string; token?: AttributeValue; admin?: AdminAttribute; counts: unknown }>([
    { case: 'is the token’s where the administrator says nothing', token: 28, counts: { value: 28, source: 'token' } },
    {
      case: 'is the administrator’s where the token says nothing',
      admin: set(41),
      counts: { value: 41, source: 'admin' },
    },
    { case: 'is the token’s where both say one', token: 28, admin: set(41), counts: { value: 28, source: 'token' } },
    {
      case: 'is the administrator’s where it is pinned',
      token: 28,
      admin: pinned(41),
      counts: { value: 41, source: 'admin' },
    },
    { case: 'is the pinned one without a token’s', admin: pinned(41), counts: { value: 41, source: 'admin' } },
    {
      case: 'is the token’s also when it is false',
      token: false,
      admin: set(true),
      counts: { value: false, source: 'token' },
    },
    {
      case: 'is the token’s also when it is an empty text',
      token: '',
      admin: set('x'),
      counts: { value: '', source: 'token' },
    },
    {
      case: 'is the token’s also when it is an empty list',
      token: [],
      admin: set('x'),
      counts: { value: [], source: 'token' },
    },
    {
      case: 'is the pinned one also when it is an empty list',
      token: 28,
      admin: pinned([]),
      counts: { value: [], source: 'admin' },
    },
    { case: 'keeps its type', token: '28', counts: { value: '28', source: 'token' } },
    { case: 'is none where nobody says one', counts: undefined },
  ])('$case', ({ token, admin, counts }) => {
    const effective = decideEffectiveAttributes(
      { ...(token !== undefined && { account_id: token }), other: 'token' },
      { ...(admin !== undefined && { account_id: admin }) },
    );

    expect(effective['account_id']).toEqual(counts);
    expect(effective['other']).toEqual({ value: 'token', source: 'token' });
  });

  test.each(['toString', 'hasOwnProperty', 'valueOf'])('may have the name %s like any other', (name) => {
    expect(decideEffectiveAttributes({}, {})).toEqual({});
    expect(decideEffectiveAttributes({ [name]: 1 }, {})).toEqual({ [name]: { value: 1, source: 'token' } });
    expect(decideEffectiveAttributes({}, { [name]: set(2) })).toEqual({ [name]: { value: 2, source: 'admin' } });
  });
});
