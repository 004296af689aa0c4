import type { Access, Endpoint } from '@sandgate/contracts';
import type { Logger } from 'pino';
import type { z } from 'zod';
import type { SessionCredential } from './session-credential.js';

/** The signed-in person behind a request, as auth knows it now. */
export interface Caller {
  readonly accountId: string;
  readonly claimsVersion: number;
}

type Parsed<Schema> = Schema extends z.ZodNever ? undefined : Schema extends z.ZodType ? z.infer<Schema> : undefined;
type CallerOf<E extends Endpoint> = E['access'] extends 'person' | 'administrator' ? Caller : undefined;

export interface RequestContext<E extends Endpoint> {
  readonly params: Parsed<NonNullable<E['params']>>;
  readonly query: Parsed<NonNullable<E['query']>>;
  readonly body: Parsed<NonNullable<E['body']>>;
  readonly headers: Parsed<NonNullable<E['headers']>>;
  readonly caller: CallerOf<E>;
  /** The session that the request carries, known or not. */
  readonly credential: SessionCredential | undefined;
  /** Where it comes from; what a proxy says of it counts only if that one is trusted. */
  readonly source: string;
  /** Cookies by name, read when asked for. */
  readonly cookies: () => ReadonlyMap<string, string>;
  readonly traceparent: string;
  readonly log: Logger;
}

/** An answer that is more than its body: another status, a redirect, cookies, a page. */
export class Reply<Body = never> {
  constructor(
    readonly parts: {
      readonly status?: number;
      readonly body?: Body;
      readonly text?: string;
      readonly contentType?: string;
      readonly location?: string;
      readonly cookies?: readonly string[];
      readonly headers?: Readonly<Record<string, string>>;
    },
  ) {}
}

type ResponseInput<E extends Endpoint> =
  NonNullable<E['response']> extends infer R
    ? R extends z.ZodNever
      ? undefined
      : R extends z.ZodType
        ? z.input<R>
        : undefined
    : never;

type HandlerResult<E extends Endpoint> =
  | ResponseInput<E>
  | Reply<ResponseInput<E>>
  // biome-ignore lint/suspicious/noConfusingVoidType: a handler of a 204 has nothing to return
  | (ResponseInput<E> extends undefined ? void : never);

export interface Route<E extends Endpoint = Endpoint> {
  readonly endpoint: E;
  readonly handle: (context: RequestContext<E>) => Promise<HandlerResult<E>> | HandlerResult<E>;
}

/** Binds a handler to an endpoint. It gets parsed input and returns data; it never sees the request or the response. */
export const route = <E extends Endpoint>(endpoint: E, handle: Route<E>['handle']): AnyRoute => ({ endpoint, handle });

/** A page for a browser. Not part of the API: without a session the browser is sent to sign in. */
export const page = (
  path: string,
  access: Extract<Access, 'anyone' | 'person'>,
  handle: (context: PageContext) => Promise<Reply> | Reply,
): AnyRoute => ({
  endpoint: { method: 'get', path, owner: 'dashboard', access, summary: 'Page', answers: 'page' },
  handle,
});

export interface PageContext {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** Present for a page of access `person`. */
  readonly caller: Caller | undefined;
  /** The session that the request carries, known or not. */
  readonly credential: SessionCredential | undefined;
  readonly log: Logger;
}

export interface AnyRoute {
  readonly endpoint: Endpoint;
  // biome-ignore lint/suspicious/noExplicitAny: the list is heterogeneous; the frame parses by the endpoint's own schemas before the call
  readonly handle: (context: any) => unknown;
}
