import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { connectWinrm } from '#test/make/winrm.ts';
import { runWinrmClient } from '#test/servers/winrm-clients.ts';
import { sealFlags } from '../../electron/net/ntlm/negotiate.ts';
import { Sealing } from '../../electron/net/ntlm/seal.ts';
import { KeptInterpreter } from '../../electron/providers/connections/common/kept-interpreter.ts';
import { fetchedWinrmPeers } from '../find-winrm-peers.ts';
import { type Figure, median, ms, range, time } from './measure.ts';

const clients = ['pypsrp', 'pywinrm'] as const;
const scripts = 40;
const files = 16;
/** In turns, so that what else the machine does falls on all of them. */
const rounds = 4;
const fileBytes = 2 ** 20;

/** Scripts and files over a connection to Windows that is kept, beside two clients that others wrote. */
export async function overWinrm(): Promise<Figure[]> {
  return [
    ...(await besideOthers('script', 0)),
    ...(await besideOthers('script', 5)),
    ...(await besideOthers('file', 0)),
    ...(await besideOthers('file', 5)),
    sealing(),
  ];
}

async function besideOthers(work: 'script' | 'file', delayMs: number): Promise<Figure[]> {
  const runs = work === 'script' ? scripts : files;
  const theirs = (fetchedWinrmPeers() === null ? [] : clients).map((client) => ({
    client,
    times: [] as number[],
  }));
  const ours: number[] = [];
  const server = await startStandIn(delayMs);
  try {
    for (let round = 0; round < rounds; round++) {
      for (const { client, times } of theirs) {
        const said = await runWinrmClient(client, server.port, work, { runs: runs / rounds });
        times.push(...(said.times as number[]));
        ours.push(...(await own(server.port, work, runs / rounds)));
      }
      if (theirs.length === 0) ours.push(...(await own(server.port, work, runs / rounds)));
    }
  } finally {
    server.stop();
  }
  const medians = theirs.map(({ times }) => median(times));
  const ratio = medians.length === 0 ? null : median(ours) / Math.min(...medians);
  const beside = theirs.map(({ client, times }) => `${client} ${ms(median(times))}`).join(', ');
  const what =
    work === 'script'
      ? 'A script over a kept WinRM connection'
      : '1 MiB to a host over a kept WinRM connection';
  const way = delayMs === 0 ? '' : `, each answer ${delayMs} ms late`;
  const speed = work === 'file' ? `, ${(fileBytes / 1e6 / (median(ours) / 1000)).toFixed(0)} MB/s` : '';
  return [
    {
      what: `${what}${way}`,
      figure: `${ratio === null ? 'no other client here' : `${ratio.toFixed(2)} of the better one`} (${ms(median(ours))}, ${range(ours)}${speed}${beside === '' ? '' : `; ${beside}`})`,
      goal: '≤ 0.50 of the better of pypsrp and pywinrm',
      met: ratio === null ? null : ratio <= 0.5,
      method:
        work === 'script'
          ? `HTTP with NTLM and every message sealed, to the same strict stand-in in a process of its own, in one run, ${runs} scripts of each client in ${rounds} turns, after three in each that do not count, ours after each of the others. Theirs: a shell that is kept, and a program for each script, which is given on its input; ours: an interpreter that stays in the shell, and a frame for each script. The stand-in starts a program in no time: what powershell.exe needs to start, on Windows, would be added to each of theirs.`
          : `As above: one program that reads 1 MiB and says how long it was, ${runs} times each; theirs in parts as large as pypsrp makes them.`,
    },
  ];
}

async function startStandIn(delayMs: number) {
  const program = join(import.meta.dirname, 'winrm-stand-in.ts');
  const child = spawn(process.execPath, [program, String(delayMs)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  return { port: Number(port.toString()), stop: () => child.stdin.end() };
}

async function own(port: number, work: 'script' | 'file', runs: number): Promise<number[]> {
  const host = await connectWinrm(port);
  const interpreter = new KeptInterpreter(host, ['interpreter']);
  const content = Buffer.alloc(fileBytes);
  const times: number[] = [];
  for (let run = -3; run < runs; run++) {
    const one = await time(async () => {
      if (work === 'file') await host.run({ argv: ['take'], stdin: content });
      else
        await interpreter.run({ request: { script: 'Get-Date' }, timeoutMs: 10_000, outputBytes: 100_000 });
    });
    if (run >= 0) times.push(one);
  }
  await interpreter.end();
  await host.close();
  return times;
}

function sealing(): Figure {
  const [ours, theirs] = [randomBytes(16)].map((key) => [
    new Sealing(key, sealFlags, 'client'),
    new Sealing(key, sealFlags, 'client'),
  ])[0] as [Sealing, Sealing];
  const message = randomBytes(256 * 1024);
  const speeds: { seal: number[]; open: number[] } = { seal: [], open: [] };
  const perSecond = (from: number) => message.length / 1e6 / ((performance.now() - from) / 1000);
  for (let run = -20; run < 200; run++) {
    const before = performance.now();
    const { signature, sealed } = ours.seal(message);
    const sealSpeed = perSecond(before);
    const between = performance.now();
    theirs.open(signature, sealed);
    if (run < 0) continue;
    speeds.seal.push(sealSpeed);
    speeds.open.push(perSecond(between));
  }
  const [seal, open] = [median(speeds.seal), median(speeds.open)];
  return {
    what: 'Sealing with NTLM (RC4 and HMAC-MD5)',
    figure: `${seal.toFixed(0)} MB/s, opening ${open.toFixed(0)} MB/s`,
    goal: '≥ 100 MB/s',
    met: Math.min(seal, open) >= 100,
    method:
      'Messages of 256 KiB, 200 times each after 20 that do not count; the middle one. RC4 is in TypeScript, HMAC-MD5 is Node’s.',
  };
}
