import { type AuthorityShape, authorityAdapters } from '#test/make/authority-peers.ts';
import { startAcmeStrict } from '#test/servers/acme-strict.ts';

export const shape: AuthorityShape = {
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
