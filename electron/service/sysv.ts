import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { Failure } from '#shared/failure.ts';
import { mustRun, textOf, writeAndApply } from './machine.ts';
import type { ServiceManager, ServiceState, ServiceTools } from './service.ts';
import { dataDirectoryOfScript, logFile, pidFile, sysvScript } from './sysv-script.ts';

const script = '/etc/init.d/trustkeep';
const rotation = '/etc/logrotate.d/trustkeep';

/** True where init scripts of Debian's kind can be run. */
export function hasInitScripts(): boolean {
  return (
    existsSync('/etc/init.d') && ['/sbin', '/usr/sbin'].some((at) => existsSync(`${at}/start-stop-daemon`))
  );
}

export function sysvManager(tools: ServiceTools): ServiceManager {
  const act = (verb: string, what: string) => mustRun(tools, [script, verb], what);
  const manager: ServiceManager = {
    kind: 'sysv',
    async install(spec) {
      const enable = ['update-rc.d', 'trustkeep', 'defaults'] as const;
      await writeAndApply(script, sysvScript(spec), 0o755, async () => {
        if (existsSync('/etc/logrotate.d')) await writeFile(rotation, logRotation, { mode: 0o644 });
        await mustRun(tools, [...enable], 'The service could not be enabled');
      });
    },
    async start() {
      await act('start', 'The service did not start');
    },
    async stop() {
      await act('stop', 'The service did not stop');
    },
    async remove() {
      await manager.stop();
      await rm(script, { force: true });
      await rm(rotation, { force: true });
      await mustRun(tools, ['update-rc.d', 'trustkeep', 'remove'], 'The service could not be disabled');
    },
    state: () => stateOf(tools),
    dataDirectory: async () => dataDirectoryOfScript(await readFile(script, 'utf8').catch(() => '')),
  };
  return manager;
}

/** The agent keeps its log open: a copy is rotated, the file stays. */
const logRotation = `${logFile} {
  weekly
  rotate 8
  compress
  missingok
  notifempty
  copytruncate
}
`;

/** By the exit codes of the LSB for `status`: 0 runs, 1 ended by itself, 3 does not run. */
async function stateOf(tools: ServiceTools): Promise<ServiceState> {
  const text = await readFile(script, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw new Failure('service.failed', `${script} cannot be read: ${error.message}.`, { cause: error });
  });
  const base = { manager: 'sysv' as const, file: script };
  if (text === null) {
    const sentence = 'The service is not installed.';
    return {
      ...base,
      installed: false,
      running: false,
      startsAtBoot: false,
      sentence,
      account: null,
      processId: null,
    };
  }
  const { code, stdout } = await tools.run([script, 'status']);
  const running = code === 0;
  return {
    ...base,
    installed: true,
    running,
    startsAtBoot: await startsAt('/etc/rc2.d'),
    sentence: textOf(stdout).replace('Trustkeep', 'The service'),
    account: /^ACCOUNT='(.*)'$/m.exec(text)?.[1] ?? null,
    processId: running ? Number(await readFile(pidFile, 'utf8')) || null : null,
  };
}

async function startsAt(level: string): Promise<boolean> {
  const names = await readdir(level).catch(() => []);
  return names.some((name) => /^S\d\dtrustkeep$/.test(name));
}
