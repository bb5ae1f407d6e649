import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inTurns } from '../../electron/kit/in-turns.ts';
import { endpointDefinition } from '../../shared/model/endpoint.ts';
import { type MadeLeaf, makeCa, makeLeaf } from '../../test/make/certificates.ts';
import { connectTo } from '../../test/make/connection.ts';
import { inAgent, open } from '../../test/make/endpoints.ts';
import { canRunSshd, type Sshd, startSshd } from '../../test/servers/sshd.ts';
import { type Figure, median, ms, time } from './measure.ts';

const count = 200;
const runs = 3;

/** Certificate and key of 200 nodes over one SSH connection, against a plain script that does the same writes with OpenSSH. */
export async function manyNodes(): Promise<Figure[]> {
  if (!canRunSshd()) return [];
  const sshd = await startSshd({ config: ['MaxSessions 64', 'MaxStartups 100'] });
  const directory = await mkdtemp(join(tmpdir(), 'trustkeep-bench-nodes-'));
  try {
    const nodes = makeNodes(directory);
    return [await measured(sshd, nodes, 1, 0.5), await measured(sshd, nodes, 16, 0.4)];
  } finally {
    rmSync(directory, { recursive: true, force: true });
    await sshd.stop();
  }
}

interface Node {
  certificate: string;
  key: string;
  /** What is installed in turn. */
  leaves: MadeLeaf[];
}

function makeNodes(directory: string): Node[] {
  const ca = makeCa();
  const leaves = [0, 1].map(() => makeLeaf(ca, { names: ['shop.example'], intermediate: true }));
  return Array.from({ length: count }, (_, at) => {
    const place = join(directory, String(at));
    mkdirSync(place);
    const [certificate, key] = [join(place, 'site.crt'), join(place, 'site.key')];
    writeFileSync(certificate, leaves[0]?.chainPem ?? '');
    writeFileSync(key, leaves[0]?.keyPem ?? '', { mode: 0o600 });
    return { certificate, key, leaves };
  });
}

async function measured(sshd: Sshd, nodes: readonly Node[], atOnce: number, goal: number): Promise<Figure> {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let run = 0; run < runs; run++) {
    ours.push(await install(sshd, nodes, atOnce, run + 1));
    theirs.push(await script(sshd, nodes, atOnce, run + 1));
  }
  const ratio = median(ours.map((took, run) => took / (theirs[run] ?? 0)));
  const each = (took: readonly number[]) => `${ms(median(took) / count)} a node`;
  const how = atOnce === 1 ? 'one at a time' : `${atOnce} at a time`;
  return {
    what: `${count} nodes installed over SSH, ${how}`,
    figure: `${ratio.toFixed(2)} of the time of a script (${each(ours)}; scp and ssh ${each(theirs)})`,
    goal: `≤ ${goal} of a script with scp and ssh over ControlMaster`,
    met: ratio <= goal,
    method: `Median of the ratios of ${runs} pairs. PEM files, certificate with chain and key, on a real OpenSSH server: compared with the plan, written beside the old ones with owner, mode and rights, read back, and renamed together. The script copies both files with one \`scp\` and renames them with one \`ssh\`, over one connection that is open already; it compares nothing and keeps nothing.`,
  };
}

async function install(sshd: Sshd, nodes: readonly Node[], atOnce: number, turn: number): Promise<number> {
  const connection = await connectTo(sshd);
  try {
    const planned = await inTurns(nodes, 8, async ({ certificate, key, leaves }) => {
      const endpoint = open(
        { settings: endpointDefinition({ type: 'pem' }).fromFlat({ path: certificate, key_path: key }, {}) },
        connection,
      );
      return { endpoint, plan: await endpoint.plan('file'), leaf: leaves[turn % 2] as MadeLeaf };
    });
    return await time(() =>
      inTurns(planned, atOnce, ({ endpoint, plan, leaf }) => endpoint.install(plan, inAgent(leaf))),
    );
  } finally {
    await connection.close();
  }
}

async function script(sshd: Sshd, nodes: readonly Node[], atOnce: number, turn: number): Promise<number> {
  const work = await mkdtemp(join(tmpdir(), 'trustkeep-bench-script-'));
  const control = join(work, 'c');
  const options = [
    ...[
      '-o',
      `ControlPath=${control}`,
      '-o',
      'StrictHostKeyChecking=no',
      '-o',
      'UserKnownHostsFile=/dev/null',
    ],
    ...['-o', 'LogLevel=ERROR', '-i', sshd.privateKeyPath],
  ];
  const host = `${sshd.user}@${sshd.host}`;
  const master = spawn('ssh', ['-N', '-M', '-p', String(sshd.port), ...options, host], { stdio: 'ignore' });
  try {
    while ((await run(['ssh', '-O', 'check', ...options, host])) !== 0)
      if (master.exitCode !== null) throw new Error('the connection of the script did not come up');
    const leaf = nodes[0]?.leaves[turn % 2];
    writeFileSync(join(work, 'site.crt.new'), leaf?.chainPem ?? '');
    writeFileSync(join(work, 'site.key.new'), leaf?.keyPem ?? '', { mode: 0o600 });
    const files = [join(work, 'site.crt.new'), join(work, 'site.key.new')];
    return await time(() =>
      inTurns(nodes, atOnce, async ({ certificate, key }) => {
        const place = certificate.slice(0, -'/site.crt'.length);
        await must(['scp', '-q', '-p', '-P', String(sshd.port), ...options, ...files, `${host}:${place}/`]);
        const move = `mv -f ${key}.new ${key} && mv -f ${certificate}.new ${certificate}`;
        await must(['ssh', '-p', String(sshd.port), ...options, host, move]);
      }),
    );
  } finally {
    master.kill('SIGTERM');
    rmSync(work, { recursive: true, force: true });
  }
}

async function must(argv: [string, ...string[]]): Promise<void> {
  const code = await run(argv);
  if (code !== 0) throw new Error(`${argv[0]} ended with code ${code}`);
}

async function run([program, ...args]: [string, ...string[]]): Promise<number> {
  const child = spawn(program, args, { stdio: 'ignore' });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}
