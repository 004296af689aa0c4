export type { HostAppConfig } from './config.js';
export { createHostApp } from './host-app.js';
export { type Person, people } from './people.js';
export { type SandgateConnection, signUserToken } from './sandgate.js';
