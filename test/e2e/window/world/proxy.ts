import type { CheckName, ProbeCheck } from '#shared/model/probe-check.ts';
import type { ProxyState, ProxyTrip } from '#shared/model/proxy.ts';
import { issuers, letsEncrypt } from './said-by-others.ts';

const place = 'proxy.nordhafen.internal:3128';

export const richProxy: ProxyState = {
  route: {
    mode: 'manual',
    host: 'proxy.nordhafen.internal',
    port: 3128,
    user: 'svc-trustkeep',
    domain: 'NORDHAFEN',
  },
  bypass: ['*.nordhafen.internal', '10.0.0.0/8'],
  hasPassword: true,
  revertsAt: null,
};

/** Addresses that the agent of the rich world needs, and who needs them. */
export const needed = {
  letsEncrypt: {
    url: 'https://acme-v02.api.letsencrypt.org/directory',
    neededBy: `authority ${letsEncrypt}`,
  },
  sectigo: { url: 'https://acme.sectigo.com/v2/OV', neededBy: 'authority Sectigo' },
  vault: { url: 'https://vault.nordhafen.internal:8200', neededBy: 'credential store vault1' },
};

const good = (name: CheckName, sentence: string): ProbeCheck => ({ name, ok: true, sentence });

const shows = (at: string, subject: string, issuer: string): ProbeCheck =>
  good(
    'tls',
    `${at} shows a certificate for "${subject}", issued by "${issuer}", which this machine trusts (TLSv1.3).`,
  );

/** From the setting to where the proxy has opened a connection. */
const throughProxy = (at: string): ProbeCheck[] => [
  good('route', `The setting uses the proxy ${place} for ${at}.`),
  good('proxy', `The proxy ${place} accepts connections.`),
  good('authentication', `The proxy ${place} requires a login and offers Negotiate, NTLM, Basic.`),
  good('authentication', `The proxy ${place} accepted the login of NORDHAFEN\\svc-trustkeep (NTLM).`),
  good('tunnel', `The proxy ${place} opened a connection to ${at}.`),
];

function trusted(): ProxyTrip {
  const subject = 'CN=acme-v02.api.letsencrypt.org';
  const at = 'acme-v02.api.letsencrypt.org:443';
  return {
    ...needed.letsEncrypt,
    ok: true,
    way: `proxy ${place}`,
    steps: [...throughProxy(at), shows(at, subject, issuers.le), good('answer', 'The server answered 200.')],
    certificate: { subject, issuer: issuers.le, trusted: true },
    interceptedBy: null,
  };
}

function intercepted(): ProxyTrip {
  const issuer = issuers.inspection;
  const at = 'acme.sectigo.com:443';
  const sentence = `The certificate shown for ${at} behind the proxy ${place} was issued by "${issuer}", which this machine does not trust: the proxy decrypts the traffic, or the server has a private CA.`;
  return {
    ...needed.sectigo,
    ok: false,
    way: `proxy ${place}`,
    steps: [...throughProxy(at), { name: 'tls', ok: false, sentence }],
    certificate: { subject: 'CN=acme.sectigo.com', issuer, trusted: false },
    interceptedBy: issuer,
  };
}

function passedBy(): ProxyTrip {
  const subject = 'CN=vault.nordhafen.internal';
  const at = 'vault.nordhafen.internal:8200';
  return {
    ...needed.vault,
    ok: true,
    way: 'direct',
    steps: [
      good(
        'route',
        `The connection to ${at} is direct: it matches "*.nordhafen.internal" in the bypass list.`,
      ),
      good('resolve', 'vault.nordhafen.internal resolves to 10.20.3.21.'),
      good('connect', `${at} accepts connections (at 10.20.3.21).`),
      shows(at, subject, issuers.corp),
      good('answer', 'The server answered 200.'),
    ],
    certificate: { subject, issuer: issuers.corp, trusted: true },
    interceptedBy: null,
  };
}

/** One that works, one that the proxy reads along, one that goes past the proxy. */
export const richTrips: ProxyTrip[] = [trusted(), intercepted(), passedBy()];

/** To an address that a person named. */
export function directTrip(url: string): ProxyTrip {
  const { hostname } = new URL(url);
  const subject = `CN=${hostname}`;
  const at = `${hostname}:443`;
  return {
    url,
    neededBy: 'you',
    ok: true,
    way: 'direct',
    steps: [
      good('resolve', `${hostname} resolves to 192.0.2.80.`),
      good('connect', `${at} accepts connections (at 192.0.2.80).`),
      shows(at, subject, issuers.le),
      good('answer', 'The server answered 200.'),
    ],
    certificate: { subject, issuer: issuers.le, trusted: true },
    interceptedBy: null,
  };
}
