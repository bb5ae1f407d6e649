import { everything, ours, read } from './sources.ts';
import { exportsOf, imports } from './syntax.ts';

interface Use {
  byProduct: boolean;
}

/** `file name` → who takes it; a module taken as a whole is `file *`. */
const uses = new Map<string, Use>();
for (const { file, target, names } of imports) {
  for (const name of names) {
    const use = uses.get(`${target} ${name}`) ?? { byProduct: false };
    uses.set(`${target} ${name}`, { byProduct: use.byProduct || ours(file) });
  }
}

/** True when the doc comment above an export says `@internal`: it is there for tests and scripts alone. */
function isInternal(file: string, name: string): boolean {
  const text = read(file);
  const place = text.search(
    new RegExp(
      `^export (?:async )?(?:abstract )?(?:const|let|function|class|interface|type) ${name}\\b`,
      'm',
    ),
  );
  const above = text.slice(0, Math.max(place, 0)).trimEnd();
  return above.endsWith('*/') && above.slice(above.lastIndexOf('/**')).includes('@internal');
}

/** A suite finds its shapes by their folder; `test/conformance/shapes.ts` fails for one that is never run. */
function isShape(file: string, name: string): boolean {
  return name === 'shape' && /^test\/conformance\/[a-z-]+\/[^/]+\.ts$/.test(file);
}

function wrongOf(file: string, name: string): string[] {
  if (isShape(file, name)) return [];
  const taken = [uses.get(`${file} ${name}`), uses.get(`${file} *`)].filter((use) => use !== undefined);
  if (taken.length === 0) return [`${file} ${name} is taken by nobody`];
  if (!ours(file)) return [];
  const byProduct = taken.some((use) => use.byProduct);
  if (!byProduct && !isInternal(file, name))
    return [`${file} ${name} is taken by tests alone: say @internal`];
  if (byProduct && isInternal(file, name)) return [`${file} ${name} is not @internal`];
  return [];
}

/** What is exported for nobody, or for tests alone without saying so. */
export const wrongExports = (): string[] =>
  everything.flatMap((file) => exportsOf(file).flatMap((name) => wrongOf(file, name)));
