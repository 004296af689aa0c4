import { readFileSync } from 'node:fs';
import { type AnyRoute, page, Reply } from '@sandgate/service-kit';

/** Each address with its file. A page that names no icon is asked for one by the browser all the same. */
const files = [
  ['/assets/sandgate.css', 'sandgate.css', 'text/css; charset=utf-8'],
  ['/assets/sandgate.js', 'sandgate.js', 'text/javascript; charset=utf-8'],
  ['/assets/sandgate.svg', 'sandgate.svg', 'image/svg+xml; charset=utf-8'],
  ['/favicon.ico', 'sandgate.svg', 'image/svg+xml; charset=utf-8'],
] as const;

const headers = { 'cache-control': 'public, max-age=600' };

/** Style, script and logo of the pages, read once. They hold nothing about anybody, so that anybody may have them. */
export const assets = (): AnyRoute[] =>
  files.map(([path, file, contentType]) => {
    const text = readFileSync(new URL(`../../assets/${file}`, import.meta.url), 'utf8');
    return page(path, 'anyone', () => new Reply({ text, contentType, headers }));
  });
