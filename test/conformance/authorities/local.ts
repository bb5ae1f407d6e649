import { type AuthorityShape, authorityAdapters } from '#test/make/authority-peers.ts';

export const shape: AuthorityShape = {
  everything: [{ kind: 'local', commonName: 'CA', leafDays: 90, permittedNames: ['shop.example'] }],
  needs: [],
  async start() {
    const { make, close } = authorityAdapters({
      ...{ kind: 'local', commonName: 'Suite root', leafDays: 30, permittedNames: ['shop.example'] },
    });
    return { make, refused: () => ['elsewhere.example'], placed: () => 0, stop: close };
  },
};
