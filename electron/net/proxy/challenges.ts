export interface ProxyChallenge {
  /** In lower case: `basic`, `digest`, `ntlm`, `negotiate`… */
  scheme: string;
  /** What follows NTLM and Negotiate in base64; null: none. */
  token: string | null;
  /** Names in lower case, values without their quotes. */
  params: Map<string, string>;
}

const token = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const token68 = /[0-9A-Za-z\-._~+/]+=*(?=[ \t]*(?:,|$))/y;
const quoted = /"((?:[^"\\]|\\.)*)"/y;
const space = /[ \t]*/y;
const commas = /[ \t,]*/y;
const equals = /[ \t]*=[ \t]*/y;

/** More challenges or parameters than this are no honest proxy's. */
const most = 64;

/**
 * All challenges of all `Proxy-Authenticate` values, in order, whether they came in one header or in several
 * (RFC 9110 11.6.1: a comma separates challenges as well as parameters). What cannot be read is passed over up to
 * the next header.
 */
export function parseChallenges(values: readonly string[]): ProxyChallenge[] {
  return values.flatMap((value) => parseValue(value)).slice(0, most);
}

function parseValue(value: string): ProxyChallenge[] {
  const found: ProxyChallenge[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(value);
    if (match === null) return null;
    at = pattern.lastIndex;
    return match[1] ?? match[0];
  };
  for (take(commas); at < value.length && found.length < most; take(commas)) {
    const name = take(token);
    if (name === null) return found;
    const current = found.at(-1);
    const named = at;
    if (current !== undefined && take(equals) !== null) {
      const given = value[at] === '"' ? take(quoted)?.replace(/\\(.)/g, '$1') : take(token);
      if (given === undefined || given === null) return found;
      if (current.params.size < most) current.params.set(name.toLowerCase(), given);
      continue;
    }
    at = named;
    const spaced = take(space) !== '';
    found.push({ scheme: name.toLowerCase(), token: spaced ? take(token68) : null, params: new Map() });
  }
  return found;
}
