import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { makeLog } from '#kit/log.ts';
import { connect } from '../../../electron/providers/connections/registry.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import { connectTools, sshSettings } from '../../make/connection.ts';
import { YoungProcesses } from '../../make/young-processes.ts';
import { have } from '../../servers/available.ts';
import { canRunSshd, startSshd } from '../../servers/sshd.ts';

const password = 'Pa55-of-the-user';
const phrase = 'Phr4se-of-the-key';
const content = 'C0ntent-of-the-file';

describe.runIf(canRunSshd() && have('sudo'))('secrets on their way over ssh', () => {
  test('are in no command line, environment, log line or failure, here or on the host', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'trustkeep-secrets-'));
    const server = await startSshd({ user: { password, sudo: 'password' } });
    await promisify(execFile)('ssh-keygen', [
      '-q',
      '-p',
      '-P',
      '',
      '-N',
      phrase,
      '-f',
      server.privateKeyPath,
    ]);
    const key = await readFile(server.privateKeyPath, 'utf8');
    const lines: string[] = [];
    const log = makeLog((line) => lines.push(line), 'debug', Date.now);
    const login = {
      privateKey: Secret.of(key),
      passphrase: Secret.of(phrase),
      password: Secret.of(password),
    };
    const watch = watchProcesses([password, phrase, content, key.slice(60, 120)]);
    try {
      const connection = await connect(sshSettings(server), login, { ...connectTools, log });
      const path = join(directory, 'key.pem');
      const big = Secret.of(`${content}\n`.repeat(50_000));
      const failures: unknown[] = [];
      for (let turn = 0; turn < 3 || watch.looked() <= 50; turn += 1) {
        await Promise.all([
          connection.write(path, big, { mode: 0o600 }),
          connection.exec({ argv: ['sh', '-c', 'sleep 0.3; cat'], stdin: big }),
          connection.copy(path, `${path}.copy`).catch((error: unknown) => failures.push(error)),
          connection.write('/none/x', big, { mode: 0o600 }).catch((error: unknown) => failures.push(error)),
        ]);
      }
      await server.setSudo('none');
      await connection.read(path).catch((error: unknown) => failures.push(error));
      await connection.close();
      const texts = [...lines, connection.description, connection.credentialUsed];
      for (const failure of failures) {
        const { message, hint, peerSaid, stack } = failure as Error & { hint?: string; peerSaid?: string };
        texts.push(message, String(hint), String(peerSaid), String(stack), JSON.stringify(failure));
      }
      expect(failures.length).toBeGreaterThan(0);
      expect(texts.filter((text) => [password, phrase, content].some((one) => text.includes(one)))).toEqual(
        [],
      );
    } finally {
      const { looked, sawSudo, found } = watch.stop();
      await server.stop();
      await rm(directory, { recursive: true });
      expect(looked).toBeGreaterThan(50);
      expect(sawSudo).toBe(true); // it did look while programs ran
      expect(found).toEqual([]);
    }
  });
});

/** Looks at command line and environment of every process, again and again. */
function watchProcesses(secrets: string[]) {
  const found = new Set<string>();
  const processes = new YoungProcesses();
  let looked = 0;
  let sawSudo = false;
  const look = () => {
    for (const { what, bytes } of processes.turn()) {
      const text = bytes.toString('utf8');
      if (what === 'cmdline' && /sudo.*trustkeep/s.test(text)) sawSudo = true;
      if (secrets.some((secret) => text.includes(secret))) found.add(`${what} of ${text.slice(0, 40)}`);
    }
    looked += 1;
  };
  const timer = setInterval(look, 2);
  return {
    looked: () => looked,
    stop() {
      clearInterval(timer);
      return { looked, sawSudo, found: [...found] };
    },
  };
}
