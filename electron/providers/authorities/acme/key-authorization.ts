import { createHash } from 'node:crypto';

/** RFC 8555 8.3: base64url only. It becomes the name of a file on a web server. */
const token = '[A-Za-z0-9_-]{1,512}';
export const tokenShape = new RegExp(`^${token}$`);
/** RFC 8555 8.1: the token, and the thumbprint (SHA-256) of the account key. */
export const keyAuthorizationShape = new RegExp(`^${token}\\.[A-Za-z0-9_-]{43}$`);

/** RFC 8555 8.3: the file that shows it, below a web root. */
export function fileOf(keyAuthorization: string): { path: string; body: string } {
  const path = `/.well-known/acme-challenge/${keyAuthorization.slice(0, keyAuthorization.indexOf('.'))}`;
  return { path, body: keyAuthorization };
}

/** RFC 8555 8.4: the TXT record that shows it for a name; that of a wildcard is that of the name below the star. */
export function recordOf(name: string, keyAuthorization: string): { record: string; value: string } {
  const value = createHash('sha256').update(keyAuthorization).digest('base64url');
  return { record: `_acme-challenge.${name.replace(/^\*\./, '')}`, value };
}

/** Whether the account of this thumbprint gave it. */
export const isGivenBy = (keyAuthorization: string, thumbprint: string): boolean =>
  keyAuthorization.endsWith(`.${thumbprint}`);
