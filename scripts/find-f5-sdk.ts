/**
 * The client for iControl REST that the vendor of BIG-IP made, for the tests of the stand-in. Where the index does not give it, the
 * tests do without and the runner names it.
 */
import { fetchedSite, findSite, type PythonSite } from './python-site.ts';

const site: PythonSite = {
  title: 'f5-sdk 3.0.21, about 2 MB',
  place: 'trustkeep-test-f5/sdk-1',
  module: 'icontrol',
  wheelsOnly: false,
  packages: [
    'f5-sdk==3.0.21 22890c8fd98232c14c54560ee02a59501da2df670e6a6852e6eda6364363963a',
    'f5-icontrol-rest==1.3.13 49fffd999fb4971d6754beb0e066051175db9d9baeb8a76fca6c801dacc89359',
    'six==1.17.0 4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274',
    'requests==2.34.2 2a0d60c172f83ac6ab31e4554906c0f3b3588d37b5cb939b1c061f4907e278e0',
    'urllib3==2.8.0 0cf3cae568d36aa9576b28dfb35f11328f1cb974ca7647d9475ebb86c75ac6e3',
    'idna==3.20 ab7ae7122974553370f0bdb919e1a960b2cd1bc1ef0276416d896db81c14582c',
    'certifi==2026.10.19.post1 1324c476b4811eff41a8bc2122cd0bbd4d9c7234c725446d99ab1612b3a7fdd2',
    'charset-normalizer==3.5.3 2a6f937e0b70133d1f826d0a253331b6fe1a4c874808cc12e16f2fb8177042f4',
  ],
};

/** Directory for PYTHONPATH that was fetched before; null: none was. Fetches nothing. */
export const fetchedF5Sdk = (): string | null => fetchedSite(site);

/** As `fetchedF5Sdk`, and fetches it first. */
export const findF5Sdk = (say: (line: string) => void): Promise<string | null> => findSite(site, say);

if (import.meta.main) {
  const found = await findF5Sdk((line) => process.stderr.write(`${line}\n`));
  process.stdout.write(`${found ?? 'There is no f5-sdk here.'}\n`);
  process.exitCode = found === null ? 1 : 0;
}
