import { z } from 'zod';
import { invalid, text } from '../flat.ts';
import { defineConnection } from './definition.ts';
import { icontrol, icontrolPort, icontrolWays } from './icontrol.ts';
import { fingerprintIn } from './remote.ts';

const settings = z.object({
  type: z.literal('rest'),
  ...icontrol.shape,
  /** The certificate is known by its fingerprint, and by no CA. */
  pins: z.boolean(),
  /** Pinned fingerprint (`SHA256:…`); null: with `pins`, that of the next connection is pinned. */
  certificate: z.string().nullable(),
});
export type RestSettings = z.infer<typeof settings>;

export const rest = defineConnection({
  id: 'rest',
  label: 'REST',
  help: 'iControl REST over HTTPS; the certificate is verified, or known by its fingerprint.',
  fields: [
    ...icontrol.fields,
    {
      name: 'certificate_fingerprint',
      label: 'Certificate fingerprint',
      help: 'SHA-256 fingerprint of the certificate to expect, in hex or as SHA256:…, for one that no known CA issued. "accept": that of the next connection is pinned. Default: none; the certificate must be trusted by this machine and be for the host.',
      hint: 'SHA-256 fingerprint to expect, for a certificate that no known CA issued. Default: the certificate must be trusted by this machine and be for the host.',
      kind: 'text',
      max: 200,
      advanced: true,
    },
  ],
  settings,
  kind: 'requests',
  system: 'any',
  runsHere: false,
  authenticates: icontrolWays,
  refused: 'icontrol.login-refused',
  identity: {
    id: 'certificate',
    label: 'Certificate fingerprint',
    field: 'certificate_fingerprint',
    pinsFirst: false,
    seenBy: 'openssl x509 -in /config/httpd/conf/ssl.crt/server.crt -noout -fingerprint -sha256',
    changed: 'net.certificate-changed',
  },
  usualPort: icontrolPort,
  told: (one) => icontrol.told(one, one.certificate),
  pin: (one, certificate) => ({ ...one, pins: true, certificate }),
  toFlat: (one) => ({
    ...icontrol.toFlat(one),
    certificate_fingerprint: one.pins ? (one.certificate ?? 'accept') : undefined,
  }),
  fromFlat(flat, way) {
    const given = text(flat, 'certificate_fingerprint');
    return {
      ...{ type: 'rest', ...icontrol.from(flat, way, 'rest') },
      ...{ pins: given !== null, certificate: given === null ? null : fingerprint(given) },
    };
  },
  bound: (one) => ({
    ...{ type: one.type, ...icontrol.bound(one) },
    ...{ pins: one.pins, certificate: one.certificate },
  }),
});

/** As openssl and browsers write it, or as it is shown here; null: `accept`. */
function fingerprint(value: string): string | null {
  if (value === 'accept') return null;
  const asShown = fingerprintIn(value);
  if (asShown !== null) return asShown;
  const hex = value.replace(/^(SHA256[/:]|sha256 Fingerprint=)/i, '').replaceAll(/[:\s]/g, '');
  if (/^[0-9a-f]{64}$/i.test(hex)) return `SHA256:${base64(hex)}`;
  throw invalid(
    'Certificate fingerprint must be a SHA-256 fingerprint: 64 hex digits, or SHA256: and 43 characters.',
    'See it on the device with: openssl x509 -in /config/httpd/conf/ssl.crt/server.crt -noout -fingerprint -sha256',
  );
}

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Of 32 bytes, without the sign that fills up. */
function base64(hex: string): string {
  const bits = [...hex].map((digit) => Number.parseInt(digit, 16).toString(2).padStart(4, '0')).join('');
  const six = bits.match(/.{1,6}/g) ?? [];
  return six.map((part) => digits[Number.parseInt(part.padEnd(6, '0'), 2)]).join('');
}
