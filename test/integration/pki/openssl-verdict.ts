import { afterAll, beforeAll } from 'vitest';
import { type Openssl, openOpenssl } from '#test/servers/openssl.ts';

export let openssl: Openssl;

/** Verifies a chain as a strict client would; what openssl said. */
export async function verify(rootPem: string, chainPem: string, ...more: string[]): Promise<string> {
  const root = await openssl.file('root.pem', rootPem);
  const chain = await openssl.file('chain.pem', chainPem);
  const flags = ['-x509_strict', '-check_ss_sig', '-purpose', 'sslserver', '-auth_level', '2', '-no-CApath'];
  const { said } = await openssl.run(
    'verify',
    ...flags,
    ...more,
    '-CAfile',
    root,
    '-untrusted',
    chain,
    chain,
  );
  return said;
}

/** One directory for openssl for all tests of a file. */
export function prepareOpenssl(): void {
  beforeAll(async () => {
    openssl = await openOpenssl();
  });
  afterAll(() => openssl.remove());
}
