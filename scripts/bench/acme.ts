import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exec } from '../../electron/kit/exec.ts';
import { makeTestAcme, makeTestOrder, obtain, type TestAcme } from '../../test/make/acme.ts';
import { startPebble } from '../../test/servers/pebble.ts';
import { type Figure, median, ms, range, time } from './measure.ts';

const pairs = 5;

/** One certificate from Pebble: ours (key, CSR, order, validation by our responder, download) against a `lego` process. */
export async function acmeAgainstLego(): Promise<Figure[]> {
  const pebble = await startPebble({ alwaysValid: true });
  const directory = mkdtempSync(join(tmpdir(), 'trustkeep-bench-'));
  const acme = makeTestAcme(pebble, {
    validation: { method: 'http-01-agent', address: '127.0.0.1', port: pebble.httpPort },
  });
  try {
    await obtainOne(acme, 'warm-up.example');
    await lego(pebble, directory, 'warm-up.example');
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let run = 0; run < pairs; run++) {
      ours.push(await time(() => obtainOne(acme, `ours-${run}.example`)));
      theirs.push(await time(() => lego(pebble, directory, `lego-${run}.example`)));
    }
    const ratio = median(ours.map((value, at) => value / (theirs[at] ?? 1)));
    return [
      {
        what: 'One certificate from Pebble, against `lego`',
        figure: `${ratio.toFixed(3)} of its wall time (${ms(median(ours))}, ${range(ours)}; lego ${ms(median(theirs))}, ${range(theirs)})`,
        goal: '≤ 0.15',
        met: ratio <= 0.15,
        method: `${pairs} alternating pairs, median of the ratios. Ours inside the running agent: P-256 key, CSR, order, http-01 by its own responder, download; account known to both. Pebble finds every challenge valid immediately, which is the kindest case for lego: with real validation it waits whole seconds between polls. lego: a whole process, as it is used.`,
      },
    ];
  } finally {
    await acme.close();
    await pebble.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function obtainOne(acme: TestAcme, name: string): Promise<void> {
  await obtain(acme.authority, await makeTestOrder([name]));
}

async function lego(
  pebble: { directoryUrl: string; rootFile: string; httpPort: number },
  directory: string,
  name: string,
): Promise<void> {
  const ran = await exec({
    argv: [
      'lego',
      '--server',
      pebble.directoryUrl,
      '--email',
      'bench@trustkeep.example',
      '--accept-tos',
      '--key-type',
      'ec256',
      '--http',
      '--http.port',
      `127.0.0.1:${pebble.httpPort}`,
      '--path',
      directory,
      '--domains',
      name,
      'run',
    ],
    env: { PATH: process.env.PATH ?? '', HOME: directory, LEGO_CA_CERTIFICATES: pebble.rootFile },
    timeoutMs: 60_000,
  });
  if (ran.code !== 0) throw new Error(`lego failed: ${ran.stderr.toString()}`);
}
