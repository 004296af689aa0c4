import http from 'node:http';

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: JSON of many endpoints, undefined where the answer is none
  readonly body: any;
}

interface Sent {
  readonly method?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
}

/** One request; redirects are not followed. By `node:http`, because tests send many: `fetch` costs more than what answers it. */
export const sendRequest = (url: string, { method = 'GET', headers = {}, body }: Sent = {}): Promise<Answered> =>
  new Promise((resolve, reject) => {
    const sent = http.request(url, { method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('error', reject).on('end', () => {
        const isJson = text !== '' && /^application\/(\w+\+)?json/.test(response.headers['content-type'] ?? '');
        const { statusCode: status = 0, rawHeaders } = response;
        resolve({ status, headers: headersOf(rawHeaders), text, body: isJson ? JSON.parse(text) : undefined });
      });
    });
    sent.on('error', reject).end(body);
  });

const headersOf = (raw: readonly string[]): Headers => {
  const headers = new Headers();
  for (let at = 0; at < raw.length; at += 2) headers.append(raw[at] ?? '', raw[at + 1] ?? '');
  return headers;
};
