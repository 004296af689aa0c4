// Loaded into a service before its own code (`node --import`). It ends the process with SIGKILL at the one named point that it is ordered to
// die at, and writes a line to a file each time that point is reached. The order may come while the process runs. The services know nothing of
// it: it wraps the classes of the libraries that they use.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';

const { CRASH_ORDER: orderFile, CRASH_REPORT: report } = process.env;
const require = createRequire(import.meta.url);
const { Channel, ConfirmChannel } = require(
  path.join(path.dirname(require.resolve('amqplib')), 'lib/channel_model.js'),
);
const pg = require('pg');

const die = () => process.kill(process.pid, 'SIGKILL');
let order;
let reached = 0;

/** Whether this is the point, and what happens there is what was ordered. Looks at the file again until there is an order. */
const isOrdered = (point, fits = () => true) => {
  if (order === undefined && existsSync(orderFile)) order = JSON.parse(readFileSync(orderFile, 'utf8'));
  return order?.point === point && fits(order.pattern);
};

/** Resolves nothing and returns nothing: after the last reach there is no afterwards. */
const reach = (end = die) => {
  appendFileSync(report, 'reached\n');
  reached += 1;
  if (reached === order.onReach) end();
};

const wrap = (prototype, name, around) => {
  const original = prototype[name];
  prototype[name] = function (...args) {
    return around.call(this, original, args);
  };
};

wrap(ConfirmChannel.prototype, 'publish', function (publish, [exchange, key, content, options, confirmed]) {
  const isEvent = exchange.endsWith('.events');
  // The change is committed; nothing of its event has left the process.
  if (isEvent && isOrdered('before-publish')) reach();
  const result = publish.call(this, exchange, key, content, options, (...outcome) => {
    // The event is safe in its queues; its outbox row is still there.
    if (isEvent && isOrdered('after-confirm')) reach();
    confirmed(...outcome);
  });
  // The event is on its way to the broker, which has not confirmed it: the library writes in the next turn of the event loop.
  if (isEvent && isOrdered('in-flight')) reach(() => setImmediate(() => setImmediate(die)));
  return result;
});

// What a message asked for is committed; the broker does not know.
wrap(Channel.prototype, 'ack', function (ack, [message, ...rest]) {
  if (isOrdered('before-ack', (pattern) => message.fields.routingKey.includes(pattern))) reach();
  return ack.call(this, message, ...rest);
});

// Within a transaction, before the statement that has this text.
wrap(pg.Client.prototype, 'query', function (query, args) {
  const text = typeof args[0] === 'string' ? args[0] : (args[0]?.text ?? '');
  if (isOrdered('before-statement', (pattern) => text.includes(pattern))) reach();
  return query.apply(this, args);
});

// As a message that a service cannot survive does.
wrap(Channel.prototype, 'consume', function (consume, [queue, receive, options]) {
  const receiveOrDie = (message) => {
    if (message !== null && isOrdered('on-delivery', (pattern) => message.content.includes(pattern))) reach();
    receive(message);
  };
  return consume.call(this, queue, receiveOrDie, options);
});
