import type { AcmeSettings } from '#shared/catalog/authorities/acme.ts';
import { type AuthorityShape, authorityAdapters } from '#test/make/authority-peers.ts';
import { startAcmeStrict } from '#test/servers/acme-strict.ts';

const acmeWith = (validation: AcmeSettings['validation']): AcmeSettings => ({
  ...{ kind: 'acme', directoryUrl: 'https://ca.example/dir', contact: ['mailto:a@b.example'], eabKeyId: 'k' },
  ...{
    trustedRootsPem: 'PEM',
    profile: 'short',
    preferredChain: 'Root X',
    testDirectoryUrl: 'https://t.example/',
    termsAgreed: true,
    validation,
  },
});

export const shape: AuthorityShape = {
  everything: [
    acmeWith({ method: 'http-01-agent', address: '0.0.0.0', port: 80 }),
    acmeWith({ method: 'tls-alpn-01-agent', address: '0.0.0.0', port: 443 }),
    acmeWith({ method: 'http-01-web-root', webRoot: '/srv/www' }),
    acmeWith({
      ...{ method: 'dns-01-script', addScript: '/add', removeScript: '/rm' },
      ...{ timeoutSeconds: 60, waitSeconds: 90, propagationSeconds: 5 },
    }),
  ],
  needs: ['openssl'],
  async start() {
    const ca = await startAcmeStrict();
    const { make, close } = authorityAdapters({
      ...{ kind: 'acme', directoryUrl: ca.directoryUrl, contact: [], eabKeyId: null, profile: null },
      ...{ trustedRootsPem: ca.rootPem, termsAgreed: true },
      validation: { method: 'http-01-web-root', webRoot: null },
    });
    return {
      make,
      refused() {
        ca.script({ refuseOrder: { type: 'rejectedIdentifier', detail: 'not that one' } });
        return ['elsewhere.example'];
      },
      placed: () => ca.state.newOrders,
      async stop() {
        await close();
        await ca.stop();
      },
    };
  },
};
