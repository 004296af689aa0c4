import { isProviderAddress } from '@sandgate/contracts';
import type { CustomFetch } from 'openid-client';

const maxBytes = 256 * 1024;

/**
 * Fetches what a provider's metadata names: over https (http on this machine only), without following a redirect, and no more than
 * 256 KiB. Rejects with a `TypeError`, as `fetch` does where nothing answers. The caller's signal ends the body too.
 */
export const boundedFetch: CustomFetch = async (url, options) => {
  if (!isProviderAddress(url)) throw new TypeError('an address that a provider may not have');
  const response = await fetch(url, { ...(options as RequestInit), redirect: 'manual' });
  const { status, statusText, headers } = response;
  return new Response(response.body?.pipeThrough(atMost(maxBytes)) ?? null, { status, statusText, headers });
};

function atMost(bytes: number): TransformStream<Uint8Array, Uint8Array> {
  let left = bytes;
  return new TransformStream({
    transform(chunk, controller) {
      left -= chunk.byteLength;
      if (left < 0) controller.error(new TypeError(`an answer of more than ${bytes} bytes`));
      else controller.enqueue(chunk);
    },
  });
}
