import { invalid } from '#shared/catalog/flat.ts';
import type { ProxyInput } from '#shared/contract/proxy.ts';
import { type ProxyRoute, proxyRoute } from '#shared/model/proxy.ts';
import { ipBytes } from '../pki/ip.ts';

/** The outbound connection that the flags describe. `input.invalid` for what does not go together. */
export function routeOf(input: ProxyInput): ProxyRoute {
  const { pacurl, host, port } = input;
  if (pacurl !== undefined && (host !== undefined || port !== undefined)) {
    throw invalid(
      'A PAC URL and a host cannot be used together.',
      'Give --pacurl alone, or --host and --port: the PAC file names its own proxies.',
    );
  }
  if (pacurl !== undefined && input.tls === true)
    throw invalid(
      'A PAC URL and TLS to the proxy cannot be used together.',
      'Remove tls: the PAC file says which proxies are reached with TLS.',
    );
  if (pacurl !== undefined && input.socks5 === true)
    throw invalid(
      'A PAC URL and SOCKS 5 cannot be used together.',
      'Remove socks5: the PAC file says which proxies speak SOCKS 5.',
    );
  if (pacurl !== undefined) return pacOf(pacurl, input);
  if (host === undefined && port === undefined) return noneOf(input);
  if (host === undefined) throw invalid('A port was given without a host.', 'Add --host.');
  if (port === undefined)
    throw invalid(
      'A host was given without a port.',
      `Add --port, often ${input.socks5 === true ? '1080' : '3128 or 8080'}.`,
    );
  const tls = input.tls === true ? { tls: true as const } : {};
  return { mode: 'manual', host: hostOf(host), port, ...tls, ...socksOf(input), ...loginOf(input) };
}

function socksOf({ socks5, tls, domain }: ProxyInput): { socks5?: true } {
  if (socks5 !== true) return {};
  if (tls === true)
    throw invalid(
      'SOCKS 5 and TLS to the proxy cannot be used together.',
      'Remove tls: a SOCKS 5 proxy is reached without TLS.',
    );
  if (domain !== undefined)
    throw invalid(
      'SOCKS 5 and a domain cannot be used together.',
      'Remove the domain: it is for NTLM, which is not used with SOCKS 5.',
    );
  return { socks5: true };
}

function pacOf(pacurl: string, input: ProxyInput): ProxyRoute {
  const parsed = proxyRoute.safeParse({ mode: 'pac', pacUrl: pacurl, ...loginOf(input) });
  // the address is shown and logged, and fetched without a log-in
  if (parsed.success && holdsLogin(pacurl))
    throw invalid(
      'The PAC URL must not contain a user name or password.',
      'Give the login for the proxies with --user and --password-stdin.',
    );
  if (parsed.success) return parsed.data;
  throw invalid(
    `The PAC URL must be an http or https address, not "${pacurl}".`,
    'For example http://wpad.example.org/proxy.pac.',
  );
}

function holdsLogin(address: string): boolean {
  const { username, password } = new URL(address);
  return username !== '' || password !== '';
}

function noneOf(input: ProxyInput): ProxyRoute {
  const stray = (['user', 'password', 'domain', 'bypass', 'tls', 'socks5'] as const).find(
    (name) => input[name] !== undefined && input[name] !== false,
  );
  if (stray === undefined) return { mode: 'none' };
  throw invalid(
    `--${stray} was given without a proxy.`,
    `Add --host and --port${stray === 'tls' || stray === 'socks5' ? '' : ', or --pacurl'}: the command replaces the whole setting.`,
  );
}

function loginOf({ user, password, domain }: ProxyInput): { user: string | null; domain: string | null } {
  if (user === undefined && password !== undefined)
    throw invalid('A password was given without a user.', 'Add --user.');
  if (user === undefined && domain !== undefined)
    throw invalid('A domain was given without a user.', 'Add --user.');
  return { user: user ?? null, domain: domain ?? null };
}

/** People paste addresses: what they mean is the host in it. */
function hostOf(host: string): string {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  if (ipBytes(bare) !== null || /^[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?\.?$/i.test(bare)) return bare;
  throw invalid(
    `${host.includes('@') ? 'This value' : `"${host}"`} is not a host name or address.`,
    'Enter only the host, for example proxy.example.org, and the port with --port.',
  );
}

/** One entry of the bypass list, as it is kept. */
export function checkBypass(entry: string): string {
  const text = entry.trim();
  const [address = '', bits] = text.split('/');
  if (bits !== undefined) {
    const most = (ipBytes(address)?.length ?? -1) * 8;
    if (/^\d{1,3}$/.test(bits) && Number(bits) <= most) return text;
  } else if (text === '<local>' || ipBytes(text) !== null) return text;
  else if (/^(\*?\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?(:\d{1,5})?$/i.test(text)) return text;
  else if (/^\[[0-9a-f:.]+\](:\d{1,5})?$/i.test(text)) return text;
  throw invalid(
    `"${entry}" is not a valid destination for the bypass list.`,
    'Enter a host, *.domain, host:port, or a network such as 10.0.0.0/8.',
  );
}
