const timeoutMilliseconds = 5000;
const maxBytes = 256 * 1024;

/**
 * The JSON at an address that an administrator has configured: without redirects, within five seconds, at most 256 KiB, because whoever
 * answers there may be somebody else by now. Rejects for anything but a 200.
 */
export async function fetchJson(address: string): Promise<unknown> {
  const response = await fetch(address, {
    redirect: 'error',
    headers: { accept: 'application/json' },
    signal: AbortSignal.timeout(timeoutMilliseconds),
  });
  if (response.status !== 200 || response.body === null) throw new Error(`answered ${response.status}`);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new Error(`answered more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    // The message of the parser quotes what was answered.
    throw new Error('answered no JSON');
  }
}
