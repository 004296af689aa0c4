export * from './batcher.js';
export * from './config.js';
export { sqlStateOf } from './database-unavailable.js';
export { findPage, type ListPage } from './find-page.js';
export * from './host.js';
export { authorOf } from './http/author-of.js';
export { escapeHtml } from './http/escape-html.js';
export { checkReturnTo } from './http/return-to.js';
export {
  type AnyRoute,
  type Caller,
  type PageContext,
  page,
  Reply,
  type RequestContext,
  type Route,
  route,
} from './http/route.js';
export {
  apiKeyPrefix,
  type CookieSettings,
  type SameSite,
  type SessionCredential,
  sessionCookieHeader,
} from './http/session-credential.js';
export { isSameSecret } from './is-same-secret.js';
export * from './job.js';
export * from './logger.js';
export { openDatabase } from './open-database.js';
export * from './openapi.js';
export { type Answer, answer, directAsk, httpAsk } from './questions/ask.js';
export { removeInChunks } from './remove-in-chunks.js';
export * from './run-process.js';
export * from './service.js';
export { StartRefused } from './start-refused.js';
export { createStatementNames } from './statement-names.js';
