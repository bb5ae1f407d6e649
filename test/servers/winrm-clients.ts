import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { account } from '#test/make/winrm.ts';
import { fetchedWinrmPeers } from '../../scripts/find-winrm-peers.ts';

/** Has an independent client work at a stand-in; what it says of it. The password is on its input. */
export async function runWinrmClient(
  client: 'pypsrp' | 'pywinrm',
  port: number,
  work: 'programs' | 'script' | 'file',
  { password = account.password, runs = 0 } = {},
): Promise<Record<string, unknown>> {
  const program = join(import.meta.dirname, 'winrm-clients.py');
  const child = spawn('python3', [program, client, String(port), account.user, work, String(runs)], {
    env: {
      ...{ PATH: process.env.PATH ?? '', PYTHONPATH: fetchedWinrmPeers() ?? '' },
      ...{ PYTHONDONTWRITEBYTECODE: '1', PYTHONIOENCODING: 'utf-8' },
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let output = '';
  let trouble = '';
  child.stdout.on('data', (part: Buffer) => (output += part.toString()));
  child.stderr.on('data', (part: Buffer) => (trouble += part.toString()));
  child.stdin.end(`${password}\n`);
  await once(child, 'close');
  try {
    return JSON.parse(output) as Record<string, unknown>;
  } catch {
    throw new Error(`${client} did not work: ${trouble.slice(-500)}`);
  }
}
