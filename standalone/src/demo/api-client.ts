import { z } from 'zod';

/** An answer that asking again does not change, or none for too long. */
export class RequestRefused extends Error {
  constructor(
    readonly status: number | undefined,
    message: string,
  ) {
    super(message);
  }
}

/** Speaks to the public API as one signed-in account. A 503 is tried again for half a minute: the start of a system takes a moment. */
export class ApiClient {
  private constructor(
    private readonly siteUrl: string,
    private readonly session: string,
  ) {}

  static async signIn(siteUrl: string, username: string, password: string): Promise<ApiClient> {
    const anonymous = new ApiClient(siteUrl, '');
    const { id } = await anonymous.request('POST', '/api/session', z.object({ id: z.string() }), {
      username,
      password,
    });
    return new ApiClient(siteUrl, id);
  }

  async request<T>(method: string, path: string, schema: z.ZodType<T>, body?: unknown): Promise<T> {
    const giveUpAt = Date.now() + 30_000;
    for (;;) {
      const response = await this.send(method, path, body);
      if (response?.ok) return schema.parse(response.status === 204 ? undefined : await response.json());
      const said = response ? `${response.status} ${await response.text()}` : 'no answer';
      if (Date.now() > giveUpAt || (response && ![429, 502, 503].includes(response.status)))
        throw new RequestRefused(response?.status, `${method} ${path}: ${said}`);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }

  private async send(method: string, path: string, body: unknown): Promise<Response | undefined> {
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    if (this.session !== '') headers['authorization'] = `Bearer ${this.session}`;
    try {
      return await fetch(this.siteUrl + path, {
        method,
        headers,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    } catch (error) {
      // A proxy or a service that is not up yet refuses the connection.
      if (error instanceof TypeError) return undefined;
      throw error;
    }
  }
}
