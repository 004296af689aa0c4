import net from 'node:net';

// Tests talk to this machine only, and to what the person who starts them has named.
const given = ['AMQP_URL', 'DATABASE_URL', 'DOCKER_HOST', 'TESTCONTAINERS_HOST_OVERRIDE'].flatMap((name) =>
  hostOf(process.env[name]),
);
const allowed = new Set(['localhost', ...given]);
const original = Symbol.for('sandgate.connect');

type Connect = typeof net.Socket.prototype.connect;
const prototype = net.Socket.prototype as net.Socket & { [original]?: Connect };
prototype[original] ??= net.Socket.prototype.connect;
const connect = prototype[original];

net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]) {
  const host = hostOfCall(args);
  if (!isAllowed(host)) throw new Error(`Tests may not connect to ${host}: only this machine is open to them`);
  return Reflect.apply(connect, this, args);
} as Connect;

function isAllowed(host: string): boolean {
  return (
    allowed.has(host) || host.endsWith('.localhost') || host === '::1' || (net.isIPv4(host) && host.startsWith('127.'))
  );
}

// connect(options), connect(port, host), connect(path); node:http passes the normalised form, an array with the options first.
function hostOfCall([first, second]: unknown[]): string {
  const target = Array.isArray(first) ? first[0] : first;
  if (typeof target === 'object' && target !== null)
    return 'path' in target && target.path
      ? 'localhost'
      : String('host' in target && target.host ? target.host : 'localhost');
  return typeof target === 'number' && typeof second === 'string' ? second : 'localhost';
}

function hostOf(value: string | undefined): string[] {
  if (value === undefined || value === '') return [];
  return [value.includes('://') ? new URL(value).hostname : value];
}
