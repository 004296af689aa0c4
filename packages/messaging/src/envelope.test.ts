import { expect, it } from '@jest/globals';
import { EventEnvelope, UserLoggedIn } from '@sandgate/contracts';
import { toOutgoingEvent } from './envelope.js';
import { contractTopology } from './topology.js';

const row = {
  id: '7d444840-9dc0-41d1-b245-5ffdce74fad2',
  type: UserLoggedIn.type,
  subject: 'somebody "quoted"',
  data: '{"accountId": "…", "nested": {"a": [1, 2]}}',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  time: '2026-11-21T10:00:00.000Z',
};

it('makes an envelope that says who published what, when and about whom', () => {
  const event = toOutgoingEvent(row, contractTopology);

  expect(EventEnvelope.parse(JSON.parse(event?.body ?? ''))).toEqual({
    specversion: '1.0',
    id: row.id,
    source: '/sandgate/auth',
    type: 'auth.user-logged-in.v1',
    subject: row.subject,
    time: row.time,
    datacontenttype: 'application/json',
    traceparent: row.traceparent,
    data: JSON.parse(row.data),
  });
});

it('makes none of a type that no contract knows', () => {
  expect(toOutgoingEvent({ ...row, type: 'auth.user-vanished.v1' }, contractTopology)).toBeUndefined();
});
