import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { root } from '../own-programs.ts';
import type { Campaign, Outcome } from './campaign.ts';

interface Section {
  name: string;
  campaign: Campaign;
  rounds: number;
  seed: number;
  seconds: number;
  outcome: Outcome;
}

const head = `# Reliability

Written by \`npm run campaign NAME\`, a section by each campaign; no figure here is typed by hand.
`;

/** Puts the section of this campaign into docs/reliability.md, in place of the one before it. */
export function writeSection(section: Section): void {
  const path = join(root, 'docs/reliability.md');
  const others = sectionsOf(path).filter((text) => !text.startsWith(`## ${section.name}\n`));
  writeFileSync(path, [head, ...[...others, sectionText(section)].sort()].join('\n'));
}

function sectionsOf(path: string): string[] {
  try {
    const parts = readFileSync(path, 'utf8').split(/^(?=## )/m);
    return parts.slice(1).map((text) => `${text.trimEnd()}\n`);
  } catch {
    return []; // the first campaign on this page
  }
}

function sectionText({ name, campaign, rounds, seed, seconds, outcome }: Section): string {
  const rows = outcome.figures.map(([what, figure]) => `| ${cell(what)} | ${cell(figure)} |`);
  const found = outcome.findings.map((finding) => `- ${finding}`);
  return `## ${name}

${campaign.about}

${new Date().toISOString().slice(0, 10)}, ${machine()}: ${number(outcome.made ?? rounds)} rounds, seed ${seed}, ${number(Math.round(seconds))} s.

| what | figure |
|---|---|
${rows.join('\n')}

${found.length === 0 ? 'Nothing was found.' : `Found:\n\n${found.join('\n')}`}
`;
}

function machine(): string {
  const cores = cpus();
  return `${cores.length} × ${cores[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${type()} ${release()}, Node ${process.versions.node} with OpenSSL ${process.versions.openssl}`;
}

export const number = (value: number): string => value.toLocaleString('en');
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
