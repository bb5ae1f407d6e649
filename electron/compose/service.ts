import { exec } from '#kit/exec.ts';
import { accountName } from '#kit/paths.ts';
import type { ServiceAnswer, ServiceCall } from '../cli/io.ts';
import { compose } from '../compose.ts';
import type { ServiceManagerKind } from '../service/service.ts';
import { carryOutVerb, type KeptKey, type ServiceVerb } from '../service/verbs.ts';
import { clientInProcess } from '../transport/in-process.ts';

/** A service may take minutes to stop: its running steps finish first. */
const longestMs = 11 * 60_000;

/** What `trustkeep service …` does, on the machine it is typed at, with this very program. */
export function serviceOnThisMachine({ verb, dataDirectory, values }: ServiceCall): Promise<ServiceAnswer> {
  const text = (name: string) => (typeof values[name] === 'string' ? String(values[name]) : null);
  const request = {
    verb: verb as ServiceVerb,
    dataDirectory,
    manager: text('manager') as ServiceManagerKind | null,
    account: text('account'),
    group: text('group'),
    writable: (Array.isArray(values.writable) ? values.writable : []).map(String),
    masterKeyFile: text('master_key_file'),
    start: values.start !== false,
  };
  return carryOutVerb(request, {
    run: (argv) => exec({ argv, timeoutMs: longestMs, leavesBehind: true }),
    userId: process.getuid?.() ?? null,
    program: [process.execPath, ...process.argv.slice(1, 2)],
    keepKey,
  });
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
