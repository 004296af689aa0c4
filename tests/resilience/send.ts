import http, { type IncomingHttpHeaders } from 'node:http';

export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: answers of many endpoints
  readonly body: any;
}

export interface SendOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly timeoutMs?: number;
}

/**
 * One request on a connection of its own, so that an answer or its absence belongs to this request alone. Redirects are not followed.
 * Rejects when no complete answer comes: what was asked for may have happened all the same.
 */
export const send = (url: string, options: SendOptions = {}): Promise<Answered> =>
  new Promise((resolve, reject) => {
    const { method = 'GET', body, timeoutMs = 15_000 } = options;
    const sent = body === undefined ? undefined : JSON.stringify(body);
    const headers = { ...options.headers, ...(sent !== undefined && { 'content-type': 'application/json' }) };
    const request = http.request(url, { method, headers, agent: false, timeout: timeoutMs }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('error', reject);
      response.on('end', () => {
        const isJson = response.headers['content-type']?.startsWith('application/json') && text !== '';
        const { statusCode: status = 0 } = response;
        resolve({ status, headers: response.headers, text, body: isJson ? JSON.parse(text) : undefined });
      });
    });
    request.on('timeout', () => request.destroy(new Error(`no answer within ${timeoutMs} ms`)));
    request.on('error', reject);
    request.end(sent);
  });
