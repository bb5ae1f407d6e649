import { isSea } from 'node:sea';
import { systemClock } from '#kit/clock.ts';
import { exec } from '#kit/exec.ts';
import { accountName } from '#kit/paths.ts';
import type { ServiceAnswer, ServiceCall } from '../cli/io.ts';
import { compose } from '../compose.ts';
import type { ServiceManagerKind } from '../service/service.ts';
import { carryOutVerb, type KeptKey, type ServiceVerb } from '../service/verbs.ts';
import { connectToService, failureOf } from '../transport/client.ts';
import { clientInProcess } from '../transport/in-process.ts';

/** A service may take minutes to stop: its running steps finish first. */
const longestMs = 11 * 60_000;

/** What `trustkeep service …` does, on the machine it is typed at, with this very program. */
export async function serviceOnThisMachine({
  verb,
  dataDirectory,
  values,
  ask,
}: ServiceCall): Promise<ServiceAnswer> {
  const text = (name: string) => (typeof values[name] === 'string' ? String(values[name]) : null);
  const request = {
    verb: verb as ServiceVerb,
    dataDirectory,
    manager: text('manager') as ServiceManagerKind | null,
    account: text('account'),
    group: text('group'),
    writable: (Array.isArray(values.writable) ? values.writable : []).map(String),
    masterKeyFile: text('master_key_file'),
    password: text('password'),
    start: values.start !== false,
  };
  if (process.platform === 'win32') {
    const { carryOutOnWindows } = await import('../service/windows/verbs.ts');
    return carryOutOnWindows(request, { clock: systemClock, program: ownProgram(), keepKey, askAgent, ask });
  }
  return carryOutVerb(request, {
    run: (argv) => exec({ argv, timeoutMs: longestMs, leavesBehind: true }),
    userId: process.getuid?.() ?? null,
    program: ownProgram(),
    keepKey,
  });
}

/** A program of its own (a single executable) is started without the script that another Node plays. */
function ownProgram(): [string, ...string[]] {
  return [process.execPath, ...(isSea() ? [] : process.argv.slice(1, 2))];
}

async function askAgent(dataDirectory: string): Promise<string> {
  try {
    const client = await connectToService(dataDirectory, accountName());
    if (client === null) return 'Its agent does not answer.';
    const { version } = await client.agent.status({});
    return `Its agent answers: Trustkeep ${version}.`;
  } catch (error) {
    return `Its agent was not asked: ${failureOf(error).message}`;
  }
}

/** Through the contract, so that the audit log has it. */
async function keepKey(
  dataDirectory: string,
  file: string | null,
  mayStay: (path: string) => boolean,
): Promise<KeptKey> {
  const composed = await compose({ face: 'cli', dataDirectory });
  try {
    const kept = composed.masterKey.kept();
    if (kept !== null && (kept.kind !== 'key-file' || mayStay(kept.path ?? ''))) return kept;
    if (kept !== null) await composed.masterKey.unlock();
    const client = clientInProcess(composed.router, { origin: 'cli', actor: accountName() });
    await client.secrets.choose({ kind: 'key-file', ...(file === null ? {} : { path: file }) });
    return composed.masterKey.kept();
  } finally {
    await composed.stop();
  }
}
