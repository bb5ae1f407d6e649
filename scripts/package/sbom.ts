import { createHash } from 'node:crypto';
import { root } from '../electron/paths.ts';
import { run } from '../electron/run.ts';
import { sourceDate } from './date.ts';

interface Component {
  'bom-ref': string;
  name: string;
  version: string;
}

interface Bom {
  serialNumber: string;
  metadata: { timestamp: string; component: Component };
  components: Component[];
  dependencies: { ref: string; dependsOn: string[] }[];
}

/** A package that is a part of what is released. */
interface Part {
  name: string;
  version: string;
}

/**
 * The bill of materials, CycloneDX as npm writes it, of the parts that are released: of the packages of the lock file most
 * build and test only. The same parts of the same commit make the same text. Rejects when npm does not know a part.
 */
export async function billOfMaterials(parts: readonly Part[]): Promise<string> {
  const bom: Bom = JSON.parse(
    await run(['npm', 'sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'], { cwd: root }),
  );
  const wanted = new Set(parts.map(({ name, version }) => `${name}@${version}`));
  const nameOf = ({ name, version }: Component) => `${name}@${version}`;
  const components = bom.components.filter((one) => wanted.has(nameOf(one)));
  const known = new Set(components.map(nameOf));
  const unknown = [...wanted].filter((name) => !known.has(name));
  if (unknown.length > 0) throw new Error(`package-lock.json has no ${unknown.join(', ')}`);
  const refs = new Set(['', bom.metadata.component['bom-ref'], ...components.map((one) => one['bom-ref'])]);
  const told = {
    ...bom,
    serialNumber: serialNumber([...known].sort().join('\n')),
    metadata: { ...bom.metadata, timestamp: new Date(sourceDate() * 1000).toISOString() },
    components,
    dependencies: bom.dependencies
      .filter(({ ref }) => refs.has(ref))
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((one) => refs.has(one)) })),
  };
  return `${JSON.stringify(told, null, 2)}\n`;
}

/** A UUID that the text decides (version 8 of RFC 9562). */
function serialNumber(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  const variant = ((Number.parseInt(hex[16] ?? '0', 16) & 3) | 8).toString(16);
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
