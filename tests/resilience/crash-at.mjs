// Loaded into a service before its own code (`node --import`). It ends the process with SIGKILL at one named point, and writes a line to a
// file each time that point is reached. The services know nothing of it: it wraps the classes of the libraries that they use.
import { appendFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';

const { CRASH_POINT: point, CRASH_PATTERN: pattern = '', CRASH_ON_REACH: onReach, CRASH_REPORT: report } = process.env;
const require = createRequire(import.meta.url);
const { Channel, ConfirmChannel } = require(
  path.join(path.dirname(require.resolve('amqplib')), 'lib/channel_model.js'),
);
const pg = require('pg');

const die = () => process.kill(process.pid, 'SIGKILL');
let reached = 0;

/** Resolves nothing and returns nothing: after the last reach there is no afterwards. */
const reach = (end = die) => {
  appendFileSync(report, 'reached\n');
  reached += 1;
  if (reached === Number(onReach)) end();
};

const wrap = (prototype, name, around) => {
  const original = prototype[name];
  prototype[name] = function (...args) {
    return around.call(this, original, args);
  };
};

const isEvent = (exchange) => exchange.endsWith('.events');

const points = {
  // The change is committed; nothing of its event has left the process.
  'before-publish': () =>
    wrap(ConfirmChannel.prototype, 'publish', function (publish, args) {
      if (isEvent(args[0])) reach();
      return publish.apply(this, args);
    }),
  // The event is on its way to the broker, which has not confirmed it.
  'in-flight': () =>
    wrap(ConfirmChannel.prototype, 'publish', function (publish, args) {
      const result = publish.apply(this, args);
      // The library writes in the next turn of the event loop.
      if (isEvent(args[0])) reach(() => setImmediate(() => setImmediate(die)));
      return result;
    }),
  // The event is safe in its queues; its outbox row is still there.
  'after-confirm': () =>
    wrap(ConfirmChannel.prototype, 'publish', function (publish, [exchange, key, content, options, confirmed]) {
      const reachFirst = (...outcome) => {
        if (isEvent(exchange)) reach();
        confirmed(...outcome);
      };
      return publish.call(this, exchange, key, content, options, reachFirst);
    }),
  // What a message asked for is committed; the broker does not know.
  'before-ack': () =>
    wrap(Channel.prototype, 'ack', function (ack, args) {
      if (args[0].fields.routingKey.includes(pattern)) reach();
      return ack.apply(this, args);
    }),
  // Within a transaction, before the statement that has this text.
  'before-statement': () =>
    wrap(pg.Client.prototype, 'query', function (query, args) {
      const text = typeof args[0] === 'string' ? args[0] : (args[0]?.text ?? '');
      if (text.includes(pattern)) reach();
      return query.apply(this, args);
    }),
  // As a message that a service cannot survive does.
  'on-delivery': () =>
    wrap(Channel.prototype, 'consume', function (consume, [queue, receive, options]) {
      const receiveOrDie = (message) => {
        if (message?.content.includes(pattern)) reach();
        receive(message);
      };
      return consume.call(this, queue, receiveOrDie, options);
    }),
};

points[point]();
