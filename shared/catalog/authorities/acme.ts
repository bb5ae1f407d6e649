import { z } from 'zod';
import { Failure } from '../../failure.ts';
import type { FailureCode } from '../../failure-codes.ts';
import type { Flat } from '../field.ts';
import { invalid, lines, text, trustedRoots, yes } from '../flat.ts';
import { flatValidation, unprovable, validation, validationFields, validationOf } from './acme-validation.ts';
import { authorityName, isDefault } from './common.ts';
import { defineAuthority } from './definition.ts';

const settings = z.object({
  kind: z.literal('acme'),
  directoryUrl: z.url({ protocol: /^https$/ }),
  contact: z.array(z.string()),
  /** Key id of the external account binding; its HMAC key is sealed apart. */
  eabKeyId: z.string().nullable(),
  /** Certificates (PEM) trusted for the CA's own TLS, beside the system's. */
  trustedRootsPem: z.string().nullable(),
  /** Certificate profile to ask for (draft-ietf-acme-profiles), as the directory names it. */
  profile: z.string().nullable(),
  /** Of several chains, the one whose topmost certificate was issued by this common name. Left out: the usual one. */
  preferredChain: z.string().optional(),
  /** Where certificates are ordered on trial. Left out: that of the CA, where it is known. */
  testDirectoryUrl: z.url({ protocol: /^https$/ }).optional(),
  termsAgreed: z.boolean(),
  validation,
});
export type AcmeSettings = z.infer<typeof settings>;

/** One address is written in one way. */
const asUrl = z.url({ normalize: true });

/** Test directories that CAs publish, by the directory they belong to. */
const knownTests: Readonly<Record<string, string>> = {
  'https://acme-v02.api.letsencrypt.org/directory': 'https://acme-staging-v02.api.letsencrypt.org/directory',
};

/** Limits, faults and maintenance of the CA, and the state of the account there: nothing of the names that were ordered. */
const itsOwnTroubles: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'acme.account-does-not-exist',
  'acme.account-not-valid',
  'acme.bad-nonce',
  'acme.eab-needed',
  'acme.eab-used',
  'acme.external-account-required',
  'acme.http-404',
  'acme.http-410',
  'acme.http-failed',
  'acme.not-found',
  'acme.rate-limited',
  'acme.server-internal',
  'acme.terms-not-agreed',
  'acme.unavailable',
  'acme.unexpected-answer',
  'acme.user-action-required',
]);

export const acme = defineAuthority({
  id: 'acme',
  label: 'ACME authority',
  short: 'ACME',
  help: 'Any CA that speaks ACME (RFC 8555), public or private.',
  examples: ['--name letsencrypt --directory_url https://acme-v02.api.letsencrypt.org/directory'],
  ordering: 'A CA that speaks ACME; control of each name is proved to it.',
  fields: [
    authorityName,
    {
      name: 'directory_url',
      label: 'Directory URL',
      help: 'HTTPS address of the ACME directory.',
      kind: 'text',
      required: true,
      min: 9,
      max: 2048,
    },
    { name: 'contact', label: 'Contact', help: 'Email addresses the CA may write to.', kind: 'lines' },
    {
      name: 'eab_key_id',
      label: 'EAB key ID',
      help: 'Key ID of the external account binding, if the CA requires one.',
      kind: 'text',
      max: 1024,
    },
    {
      name: 'eab_hmac_key',
      label: 'EAB HMAC key',
      help: 'HMAC key of the external account binding (base64 or base64url).',
      kind: 'secret',
      max: 4096,
    },
    {
      name: 'agree_to_terms',
      label: 'Agree to the terms of service',
      help: 'You have read and agree to the terms of service of the CA.',
      kind: 'boolean',
      default: false,
    },
    {
      name: 'trusted_roots',
      label: 'Trusted roots',
      help: 'PEM certificates to trust for TLS connections to the CA, for private CAs.',
      kind: 'text',
      from: 'file',
      none: 'system roots',
      advanced: true,
    },
    {
      name: 'profile',
      label: 'Certificate profile',
      help: 'Name of a certificate profile that the CA offers.',
      kind: 'text',
      max: 256,
      advanced: true,
    },
    {
      name: 'preferred_chain',
      label: 'Preferred chain',
      help: 'Common name of the root, or of whoever issued the topmost certificate, of the chain to install where the CA offers several.',
      hint: 'Common name at which the chain ends.',
      kind: 'text',
      max: 256,
      none: 'the usual chain of the CA',
      advanced: true,
    },
    {
      name: 'test_directory_url',
      label: 'Test directory URL',
      help: 'HTTPS address of the ACME directory at which the CA takes orders on trial. Default: that of the CA, where it is known.',
      hint: 'Rehearsals order there: its certificates are worth nothing, and its rate limits are generous.',
      kind: 'text',
      max: 2048,
      advanced: true,
    },
    ...validationFields,
    isDefault,
  ],
  settings,
  toFlat: (settings) => ({
    directory_url: settings.directoryUrl,
    contact: settings.contact,
    eab_key_id: settings.eabKeyId ?? undefined,
    agree_to_terms: settings.termsAgreed,
    trusted_roots: settings.trustedRootsPem ?? undefined,
    profile: settings.profile ?? undefined,
    preferred_chain: settings.preferredChain,
    test_directory_url: settings.testDirectoryUrl,
    ...flatValidation(settings.validation),
  }),
  fromFlat,
  place: ({ directoryUrl }) => directoryUrl,
  reached: ({ directoryUrl: url, trustedRootsPem }) => ({ url, trustedRootsPem }),
  webRoot: ({ validation }) =>
    validation.method === 'http-01-web-root' ? { named: validation.webRoot } : null,
  // whoever has an external account may have had the names validated there beforehand
  unprovable: ({ validation, eabKeyId }, names) =>
    eabKeyId === null ? unprovable(validation.method, names) : null,
  profiles: ({ profile }) => ({ preset: profile }),
  itsOwnTroubles,
  testDirectory: ({ directoryUrl, testDirectoryUrl }) =>
    testDirectoryUrl ?? knownTests[asUrl.parse(directoryUrl)] ?? null,
  seals: { eab_hmac_key: 'eab-hmac' },
  account: true,
});

function fromFlat(flat: Flat): AcmeSettings {
  if (!yes(flat, 'agree_to_terms', false)) {
    throw new Failure('authority.terms-not-agreed', 'The terms of service of the CA were not agreed to.', {
      hint: 'Read them, then agree with --agree_to_terms true.',
    });
  }
  const directoryUrl = httpsUrl('directory URL', text(flat, 'directory_url') ?? '');
  const testDirectory = text(flat, 'test_directory_url');
  const testDirectoryUrl = testDirectory === null ? null : httpsUrl('test directory URL', testDirectory);
  const preferredChain = text(flat, 'preferred_chain');
  return {
    kind: 'acme',
    directoryUrl,
    contact: lines(flat, 'contact').map((line) => (line.includes(':') ? line : `mailto:${line}`)),
    eabKeyId: text(flat, 'eab_key_id'),
    trustedRootsPem: trustedRoots(text(flat, 'trusted_roots')),
    profile: text(flat, 'profile'),
    ...(preferredChain === null ? {} : { preferredChain }),
    ...(testDirectoryUrl === null ? {} : { testDirectoryUrl: otherThan(directoryUrl, testDirectoryUrl) }),
    termsAgreed: true,
    validation: validationOf(flat),
  };
}

/** A rehearsal at the real directory would be a real order. */
function otherThan(directory: string, test: string): string {
  if (asUrl.parse(test) !== asUrl.parse(directory)) return test;
  throw invalid(
    'The test directory URL must not be the directory URL: what is ordered there is not on trial.',
    'Give the address of the test directory that the CA publishes, or leave it out.',
  );
}

/** An https address without a login: it is shown and logged. */
function httpsUrl(what: string, url: string): string {
  if (/^[^/]*\/\/[^/?#]*@/.test(url))
    throw invalid(
      `The ${what} must not contain a user name or password.`,
      'Remove what is before the @: an ACME CA knows its clients by the key of their account.',
    );
  if (settings.shape.directoryUrl.safeParse(url).success) return url;
  throw invalid(
    `The ${what} must be an https address, not "${url}".`,
    'For example https://acme-v02.api.letsencrypt.org/directory.',
  );
}
