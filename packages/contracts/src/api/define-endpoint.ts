import type { z } from 'zod';
import type { ErrorCode } from '../error-catalogue.js';
import type { ServiceName } from '../service-name.js';

/** Who may use an endpoint. `operator` is an administrator or the holder of the service credential. */
export type Access = 'anyone' | 'person' | 'administrator' | 'operator';

/** One operation of the HTTP API. The frame checks requests and responses with these schemas, and the OpenAPI document is made from them. */
export interface Endpoint<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Response extends z.ZodType = z.ZodType,
  Who extends Access = Access,
  Headers extends z.ZodType = z.ZodType,
> {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** OpenAPI form: `/api/groups/{id}`. */
  readonly path: string;
  readonly owner: ServiceName | 'every service';
  readonly access: Who;
  readonly summary: string;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  /** Request headers that the handler gets, by their names in lower case. Others it never sees. */
  readonly headers?: Headers;
  /** Absent for an answer that is never JSON, as `answers` says. A `page` sends a browser without a session to sign in. */
  readonly response?: Response;
  readonly answers?: 'redirect' | 'text' | 'page';
  /** Success status; 200 unless told, 302 for a redirect. */
  readonly status?: 200 | 201 | 202 | 204;
  /** A second success status: 202 where the change is accepted but not yet everywhere, 200 for a dry run. */
  readonly alsoStatus?: 200 | 202;
  /** A page of a configured origin may ask too, where only this site may otherwise: the request needs no session and can set a cookie. */
  readonly fromConfiguredOrigins?: true;
  /** An error for a program (`isForProgram`) says by `status` that it is one. */
  readonly errorsHaveStatus?: true;
  /** Codes beyond those that the frame itself answers. */
  readonly errors?: readonly ErrorCode[];
}

export const defineEndpoint = <
  Params extends z.ZodType = z.ZodNever,
  Query extends z.ZodType = z.ZodNever,
  Body extends z.ZodType = z.ZodNever,
  Response extends z.ZodType = z.ZodNever,
  // Kept as it is written, so that a handler knows by its type whether there is a caller.
  Who extends Access = Access,
  Headers extends z.ZodType = z.ZodNever,
>(
  endpoint: Endpoint<Params, Query, Body, Response, Who, Headers>,
): Endpoint<Params, Query, Body, Response, Who, Headers> => Object.freeze(endpoint);
