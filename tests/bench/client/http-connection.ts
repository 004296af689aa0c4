import { connect, type Socket } from 'node:net';

export interface Answer {
  readonly status: number;
  /** Status line and headers. */
  readonly head: string;
  readonly body: Buffer;
}

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

const nothing = Buffer.alloc(0);

/**
 * One keep-alive connection with at most one request under way. It shares the cores with what it measures, and so does as little as it
 * can: requests are texts made beforehand, answers are taken apart only as far as `content-length`, which all measured servers send.
 */
export class HttpConnection {
  private waiting: Waiting | undefined;
  private received: Buffer = nothing;

  private constructor(private readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.receive(chunk));
    socket.on('error', (error) => this.fail(error));
    socket.on('close', () => this.fail(new Error('the server closed the connection')));
  }

  static open(port: number): Promise<HttpConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1' });
      socket.once('error', reject);
      socket.once('connect', () => resolve(new HttpConnection(socket)));
    });
  }

  /** Sends a complete HTTP/1.1 request and resolves with its answer. */
  exchange(request: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.socket.destroyed) return reject(new Error('the server has closed the connection'));
      this.waiting = { resolve, reject };
      this.socket.write(request);
    });
  }

  close(): void {
    this.waiting = undefined;
    this.socket.destroy();
  }

  private receive(chunk: Buffer): void {
    this.received = this.received.length === 0 ? chunk : Buffer.concat([this.received, chunk]);
    const headEnd = this.received.indexOf('\r\n\r\n');
    if (headEnd < 0) return;
    const head = this.received.toString('latin1', 0, headEnd);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
    const end = headEnd + 4 + length;
    if (this.received.length < end) return;
    const body = this.received.subarray(headEnd + 4, end);
    this.received = nothing;
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.resolve({ status: Number(head.slice(9, 12)), head, body });
  }

  private fail(error: Error): void {
    this.waiting?.reject(error);
    this.waiting = undefined;
  }
}

/** The text of a GET request. */
export const getRequest = (path: string, headers: Readonly<Record<string, string>> = {}): string =>
  `GET ${path} HTTP/1.1\r\n${linesOf({ host: 'localhost', ...headers })}\r\n`;

/** The text of a POST request with a JSON body. */
export const postRequest = (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): string => {
  const text = JSON.stringify(body);
  const length = String(Buffer.byteLength(text));
  const own = { host: 'localhost', 'content-type': 'application/json', 'content-length': length };
  return `POST ${path} HTTP/1.1\r\n${linesOf({ ...own, ...headers })}\r\n${text}`;
};

/** The text of a POST request of a form. */
export const formRequest = (
  path: string,
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): string => {
  const text = new URLSearchParams(form).toString();
  const length = String(Buffer.byteLength(text));
  const own = { host: 'localhost', 'content-type': 'application/x-www-form-urlencoded', 'content-length': length };
  return `POST ${path} HTTP/1.1\r\n${linesOf({ ...own, ...headers })}\r\n${text}`;
};

const linesOf = (headers: Readonly<Record<string, string>>): string =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
