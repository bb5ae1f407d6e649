/** Measures what the product promises and writes docs/benchmarks.md. Names of benchmarks as arguments run only those. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { acmeAgainstLego } from './bench/acme.ts';
import { commandLineStart } from './bench/command-line.ts';
import { desktopStart } from './bench/desktop.ts';
import { twoThousandHosts } from './bench/discovery.ts';
import { approveToProofOfEachType } from './bench/each-type.ts';
import { firstCertificate } from './bench/first-certificate.ts';
import { idleAgents } from './bench/idle.ts';
import { approveToProof } from './bench/install.ts';
import { largeKeyStores } from './bench/key-stores.ts';
import { manyNodes } from './bench/many-nodes.ts';
import type { Figure } from './bench/measure.ts';
import { fiftyNeighbours } from './bench/neighbours.ts';
import { overviewOfAThousand } from './bench/overview.ts';
import { packageSizes } from './bench/package.ts';
import { connectThroughNtlm } from './bench/proxy.ts';
import { sealedSecrets } from './bench/secrets.ts';
import { startToReady } from './bench/start.ts';
import { overWinrm } from './bench/winrm.ts';

const benchmarks: Record<string, () => Promise<Figure[]>> = {
  acme: acmeAgainstLego,
  install: approveToProof,
  types: approveToProofOfEachType,
  neighbours: fiftyNeighbours,
  discovery: twoThousandHosts,
  nodes: manyNodes,
  start: startToReady,
  'command-line': commandLineStart,
  desktop: desktopStart,
  first: firstCertificate,
  idle: idleAgents,
  package: packageSizes,
  overview: overviewOfAThousand,
  secrets: sealedSecrets,
  proxy: connectThroughNtlm,
  'key-stores': largeKeyStores,
  winrm: overWinrm,
};

const wanted = process.argv.slice(2);
const before = processorTime();
const figures: Figure[] = [];
for (const [name, run] of Object.entries(benchmarks)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  process.stdout.write(`${name} …\n`);
  for (const figure of await run()) {
    figures.push(figure);
    process.stdout.write(
      `  ${figure.what}: ${figure.figure}; goal ${figure.goal}${figure.met === null ? '' : figure.met ? ', met' : ', NOT met'}\n`,
    );
  }
}
if (wanted.length === 0) writeFileSync(join(import.meta.dirname, '../docs/benchmarks.md'), page(figures));

function page(all: readonly Figure[]): string {
  const rows = all.map(
    (row) =>
      `| ${row.what} | ${row.figure} | ${row.goal} | ${row.met === null ? '–' : row.met ? 'yes' : '**no**'} |`,
  );
  const methods = all.map((row) => `- **${row.what}**: ${row.method}`);
  return `# Benchmarks

Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}; no figure here is typed by hand.

Machine: ${machine()}. Server and client share it, so wall times hold the work of both.
Absolute times move by 5–20 % between runs${stolen()}; ratios are taken from pairs measured side by side.

| what | figure | goal | met |
|---|---|---|---|
${rows.join('\n')}

## Method

${methods.join('\n')}
`;
}

function machine(): string {
  const cores = cpus();
  const tool = (argv: string[]) =>
    /\d+\.\d+(\.\d+)?/.exec(spawnSync(argv[0] ?? '', argv.slice(1)).output?.join(' ') ?? '')?.[0] ?? 'none';
  const tools = `lego ${tool(['lego', '--version'])}, nginx ${tool(['/usr/sbin/nginx', '-v'])}, openssl ${tool(['openssl', 'version'])}`;
  return `${cores.length} × ${cores[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${type()} ${release()}, Node ${process.versions.node}, ${tools}`;
}

interface ProcessorTime {
  busy: number;
  stolen: number;
}

/** Since the machine started, in the kernel's ticks; null where the kernel does not say. */
function processorTime(): ProcessorTime | null {
  try {
    const ticks = readFileSync('/proc/stat', 'utf8').split('\n')[0]?.split(/\s+/).slice(1).map(Number) ?? [];
    const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = ticks;
    return { busy: user + nice + system + irq + softirq, stolen: steal };
  } catch {
    return null;
  }
}

/** A virtual machine waits for processors that its host gives to others. */
function stolen(): string {
  const after = processorTime();
  if (before === null || after === null) return '';
  const waited = after.stolen - before.stolen;
  const share = waited / Math.max(1, waited + after.busy - before.busy);
  return ` (during this one the host kept ${(share * 100).toFixed(0)} % of the processor time asked for)`;
}
