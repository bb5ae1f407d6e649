import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { pageOrigin } from '#shared/page.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/**
 * The strictest policy under which the page works. Fluent UI makes its style elements at run time, so `style-src`
 * carries a nonce that is new at every load; everything else is closed.
 * @internal
 */
export function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

/** Which file of the page's folder a request means; null when it means none. @internal */
export function fileFor(root: string, method: string, address: string): string | null {
  const url = URL.parse(address);
  if (method !== 'GET' || url === null || `${url.protocol}//${url.host}` !== pageOrigin) return null;
  if (url.username !== '' || url.password !== '') return null;
  const path = decoded(url.pathname);
  if (path === null || /[\0\\:]/.test(path) || /%/.test(path)) return null;
  const file = normalize(join(root, path === '/' ? 'index.html' : path));
  if (!file.startsWith(normalize(root) + sep) || !(extname(file) in types)) return null;
  return file;
}

function decoded(path: string): string | null {
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
}

/** What the page gets for one request, in Electron's shape: no `Response`, whose streams cost the start of the window. */
interface PageAnswer {
  statusCode: 200 | 404;
  headers: Record<string, string>;
  data: Buffer;
}

/** Answers one request of the page from its folder. Never rejects; says 404 without saying why. */
export async function answer(root: string, method: string, address: string): Promise<PageAnswer> {
  const file = fileFor(root, method, address);
  const bytes = file === null ? null : await readFile(file).catch(() => null);
  const nonce = randomBytes(16).toString('base64');
  const headers = {
    'content-security-policy': contentSecurityPolicy(nonce),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-store',
  };
  if (file === null || bytes === null) return { statusCode: 404, headers, data: Buffer.alloc(0) };
  const type = extname(file);
  const data = type === '.html' ? Buffer.from(withNonce(bytes.toString('utf8'), nonce)) : bytes;
  return { statusCode: 200, headers: { ...headers, 'content-type': types[type] ?? '' }, data };
}

/** Tells the page the nonce; in an attribute that scripts can read but style sheets cannot. */
function withNonce(html: string, nonce: string): string {
  return html.replace(/<head>/i, `<head><meta name="csp-nonce" nonce="${nonce}">`);
}
