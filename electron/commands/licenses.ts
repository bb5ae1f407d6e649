import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { buildKind } from '#kit/build.ts';
import type { AboutBuild } from '#shared/contract/agent.ts';

const parts = z.array(
  z.object({ name: z.string(), version: z.string(), license: z.string(), text: z.string() }),
);
type Part = z.infer<typeof parts>[number];

/** Packages lay it beside what is built (`scripts/package/stage.ts`); a checkout has none. */
const place = fileURLToPath(new URL('../licenses.json', import.meta.url));

/** The parts of the product that others made, by name. Empty in a checkout. @internal */
export async function licensedParts(file = place): Promise<Part[]> {
  const text = await readFile(file, 'utf8').catch(() => '[]');
  return parts.parse(JSON.parse(text));
}

/** What this program is made of. */
export async function aboutBuild(version: string): Promise<AboutBuild> {
  const made = await licensedParts();
  return { version, build: buildKind, parts: made.map(({ text: _, ...part }) => part) };
}

/** The license of one of them, whole; empty where it brings none, and where there is no such part. */
export async function licenseText(name: string, file = place): Promise<string> {
  return (await licensedParts(file)).find((one) => one.name === name)?.text ?? '';
}
