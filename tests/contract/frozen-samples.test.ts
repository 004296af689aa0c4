import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { EventEnvelope, events } from '@sandgate/contracts';

const folder = new URL('./samples/', import.meta.url);
const read = (type: string): string => readFileSync(new URL(`${type}.json`, folder), 'utf8');

/** A published version never changes; what a consumer of last year wrote against is these bytes. */
const frozen: Readonly<Record<string, string>> = {
  'auth.user-logged-in.v1': 'a10f1479fc1f0527872850ca3d28aa8c8e56cf199ceda044a02927f530c445b2',
  'directory.account-changed.v1': '80d8f072b8a9a547e0ed5fa2552c2c831ce662b4679fb9eeb50ebc221782f34a',
  'dashboard.catalog-changed.v1': '4f9e7864e901ccd539d1cbe5b21a9de240d55bf783da82aeb096fd8aece8519e',
  'auth.sign-in-refused.v1': '2e9365f3c3c573ebb2c3c7a4496c3cf03a9c0a700e87b9f338c5bab57d7974f2',
  'auth.settings-changed.v1': 'c895fc381e78994fe6f36d2d7a948953f51f2e2e5a141813fc78fd26464e432f',
  'permissions.settings-changed.v1': '8b81054f90dd0963113001a7398ed842df24032f6d268a5ed387ff8095a519e3',
};

describe('frozen samples', () => {
  test('every event has exactly one', () => {
    expect(readdirSync(folder).sort()).toEqual(events.map(({ type }) => `${type}.json`).sort());
  });

  test.each(events.map((event) => [event.type, event] as const))('%s: the bytes have not changed', (type) => {
    expect(createHash('sha256').update(read(type)).digest('hex')).toBe(frozen[type]);
  });

  test.each(events.map((event) => [event.type, event] as const))('%s: today’s consumer reads it', (type, event) => {
    const envelope = EventEnvelope.parse(JSON.parse(read(type)));

    expect(envelope.type).toBe(event.type);
    expect(envelope.source).toBe(`/sandgate/${event.source}`);
    expect(event.data.parse(envelope.data)).toEqual(envelope.data);
  });

  test.each(events.map((event) => [event.type, event] as const))(
    '%s: a field that nobody declared is refused',
    (type, event) => {
      const envelope = JSON.parse(read(type));
      expect(event.data.safeParse({ ...envelope.data, isAdministrator: true }).success).toBe(false);
    },
  );
});
