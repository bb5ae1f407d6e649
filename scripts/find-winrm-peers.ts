/**
 * Independent clients and an acceptor of NTLM for the tests of WinRM. Where the index does not give them, the tests do without
 * and the runner names them.
 */
import { fetchedSite, findSite, type PythonSite } from './python-site.ts';

/** Each for Python 3.11 on Linux, x64. */
const site: PythonSite = {
  title: 'pywinrm, pypsrp and pyspnego, about 6 MB',
  place: 'trustkeep-test-winrm/peers-1',
  module: 'pypsrp',
  wheelsOnly: true,
  packages: [
    'certifi==2026.10.19.post1 1324c476b4811eff41a8bc2122cd0bbd4d9c7234c725446d99ab1612b3a7fdd2',
    'cffi==2.1.1 34e261f78cb6ceaaa36f42f2613f4380d94d9c759a9c73c769ee6e0247364632',
    'charset-normalizer==3.5.3 2a6f937e0b70133d1f826d0a253331b6fe1a4c874808cc12e16f2fb8177042f4',
    'cryptography==50.0.2 9dab55f57c74c3cad24c323bacbbd04be4705ba6eb0d92e920b1fc4837ed5079',
    'idna==3.20 ab7ae7122974553370f0bdb919e1a960b2cd1bc1ef0276416d896db81c14582c',
    'pycparser==3.12 a076f3f489b39b43ed13563a1dafe42447445bec2e294154ec5c57fcdda4c85e',
    'pypsrp==0.9.1 1217b03397589f8e77c98dc9d2a4af2abc34a89ccc15efd4b6758ec76eb1bb7d',
    'pyspnego==0.12.4 a29a34de1abe9e9b30d9aa1d363f8e49fc159eb7355b1f2ee86ccb3a2ce3bba9',
    'pywinrm==0.5.0 c267046d281de613fc7c8a528cdd261564d9b99bdb7c2926221eff3263b700c8',
    'requests==2.34.2 2a0d60c172f83ac6ab31e4554906c0f3b3588d37b5cb939b1c061f4907e278e0',
    'requests-ntlm==1.3.0 4c7534a7d0e482bb0928531d621be4b2c74ace437e88c5a357ceb7452d25a510',
    'urllib3==2.8.0 0cf3cae568d36aa9576b28dfb35f11328f1cb974ca7647d9475ebb86c75ac6e3',
    'xmltodict==1.0.4 a4a00d300b0e1c59fc2bfccb53d7b2e88c32f200df138a0dd2229f842497026a',
  ],
};

/** Directory for PYTHONPATH that was fetched before; null: none was. Fetches nothing. */
export const fetchedWinrmPeers = (): string | null => fetchedSite(site);

/** As `fetchedWinrmPeers`, and fetches them first. */
export const findWinrmPeers = (say: (line: string) => void): Promise<string | null> => findSite(site, say);

if (import.meta.main) {
  const found = await findWinrmPeers((line) => process.stderr.write(`${line}\n`));
  process.stdout.write(`${found ?? 'There are no independent peers for WinRM here.'}\n`);
  process.exitCode = found === null ? 1 : 0;
}
