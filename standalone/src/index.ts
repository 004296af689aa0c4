export { generateSampleRows } from './demo/sample-rows.js';
export { brokerRightsOf } from './deployment/broker-rights.js';
export { startEmbeddedPostgres } from './embedded-postgres.js';
