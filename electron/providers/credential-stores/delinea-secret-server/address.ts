import { Failure } from '#shared/failure.ts';

/** What people paste behind the address of a Secret Server: its token and API addresses, its login page. */
const pasted = /\/(api(\/v\d+)?|oauth2(\/token)?|winauthwebservices|login\.aspx|app|identity)(\/.*)?$/i;

/** `https://host/SecretServer`, without a slash at its end: the API and the token address are below it. */
export function baseUrl(given: string): string {
  const url = new URL(given);
  const path = url.pathname.replace(/\/{2,}/g, '/').replace(pasted, '');
  return url.origin + path.replace(/\/$/, '');
}

/** Which secret, as the API takes it: by number, or by path and then with the number 0. */
export interface SecretPlace {
  id: number;
  /** `\Folder\Name` */
  path: string | null;
}

const biggestId = 2 ** 31 - 1;
/** The server's web server takes about 2,000 characters in all. */
const longestPath = 1500;

/** A number, or a path that starts with a backslash or a slash. Failure `credential.bad-id`. */
export function parsePlace(id: string): SecretPlace {
  const text = id.trim();
  if (/^\d+$/.test(text)) {
    const number = Number(text);
    if (number < 1 || number > biggestId) throw badId(text, 'no secret has such a number');
    return { id: number, path: null };
  }
  const [first = ''] = text;
  if (first !== '\\' && first !== '/') throw badId(text, 'it is neither a number nor a path');
  const parts = text.slice(1).split(first);
  if (parts.some((part) => part.trim() === '')) throw badId(text, 'a folder or the name in it is empty');
  if (/\p{Cc}/u.test(text)) throw badId(text, 'it has a control character');
  const path = `\\${parts.join('\\')}`;
  if (encodeURIComponent(path).length > longestPath) throw badId(text, 'it is too long');
  return { id: 0, path };
}

function badId(id: string, because: string): Failure {
  const shown = id.length <= 200 ? id : `${id.slice(0, 199)}…`;
  const sentence =
    id === '' ? 'The credential ID is empty.' : `The credential ID "${shown}" cannot be used: ${because}.`;
  return new Failure('credential.bad-id', sentence, {
    hint: 'Use the number of the secret (from its address in the browser), or its path: \\Folder\\Secret name.',
  });
}
