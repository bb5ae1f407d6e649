import type { z } from 'zod';
import type { authorityTest } from '#shared/contract/authorities.ts';
import type { Authority } from '#shared/model/authority.ts';
import type { CheckName, ProbeCheck } from '#shared/model/probe-check.ts';
import { issuers, letsEncrypt, profiles } from './said-by-others.ts';
import { day } from './world.ts';

/** Two at public CAs, beside the local one that every world has. */
export function authorities(now: number): Authority[] {
  const base = { createdAt: now - 38 * day, kind: 'acme' as const, isDefault: false };
  return [
    {
      ...base,
      id: 'ca_sectigo',
      name: 'Sectigo',
      settings: {
        kind: 'acme',
        directoryUrl: 'https://acme.sectigo.com/v2/OV',
        contact: ['tls@nordhafen.example'],
        eabKeyId: 'kid-40f1b2',
        trustedRootsPem: null,
        profile: null,
        termsAgreed: true,
        validation: {
          method: 'dns-01-script',
          addScript: '/etc/trustkeep/dns-add',
          removeScript: '/etc/trustkeep/dns-remove',
          timeoutSeconds: 60,
          waitSeconds: 120,
          propagationSeconds: 30,
        },
      },
    },
    {
      ...base,
      id: 'ca_le',
      name: letsEncrypt,
      settings: {
        kind: 'acme',
        directoryUrl: 'https://acme-v02.api.letsencrypt.org/directory',
        contact: ['tls@nordhafen.example'],
        eabKeyId: null,
        trustedRootsPem: null,
        profile: 'shortlived',
        termsAgreed: true,
        validation: { method: 'http-01-web-root', webRoot: null },
      },
    },
  ];
}

type Test = z.infer<typeof authorityTest>;

/** What a test of it finds. */
export function testReport({ settings }: Authority): Test {
  if (settings.kind !== 'acme') return { ok: true, checks: ofLocal, profiles: {} };
  const ca = new URL(settings.directoryUrl).host;
  const list = Object.keys(profiles).join(', ');
  const checks = [
    good('directory', `The directory of ${ca} answers; its certificate is trusted.`),
    good('account', `Asked for the account, the CA ${ca} answered with https://${ca}/acct/4711, valid.`),
    settings.profile === null
      ? good(
          'certificate-profile',
          `None is set, so the CA chooses. It offers these certificate profiles: ${list}.`,
        )
      : good('certificate-profile', `The CA offers the certificate profile "${settings.profile}".`),
    good('renewal-information', 'The directory names an address for renewal suggestions (ARI).'),
  ];
  return { ok: true, checks, profiles: { ...profiles } };
}

const good = (name: CheckName, sentence: string): ProbeCheck => ({ name, ok: true, sentence });

const ofLocal = [
  good('key', 'The private key of the root is available and matches it.'),
  good('root', `The root ${issuers.local} is valid until 2036-10-20.`),
];
