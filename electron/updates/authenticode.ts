import { z } from 'zod';
import { Failure } from '#shared/failure.ts';

/** `kit/exec.ts`, as far as it is needed. */
type Run = (request: {
  argv: readonly [string, ...string[]];
  env: Record<string, string>;
  timeoutMs: number;
}) => Promise<{ code: number | null; stdout: Buffer }>;

const timeoutMs = 60_000;

/** What the script prints. `Valid` is 0 in .NET's list of states. */
const verdict = z.object({ status: z.literal(0), subject: z.string().min(1), path: z.string().min(1) });

/** The path comes by the environment, so that no character of it is read as a command. */
const script = [
  "$ErrorActionPreference = 'Stop'",
  '[Console]::OutputEncoding = [Text.Encoding]::UTF8',
  '$found = Get-AuthenticodeSignature -LiteralPath $env:TRUSTKEEP_FILE',
  '@{ status = [int]$found.Status; subject = $found.SignerCertificate.Subject; path = $found.Path } | ConvertTo-Json -Compress',
].join('; ');

/**
 * Rejects with `update.other-publisher` unless Windows says that the signature of the file is valid and that one of these
 * subjects made it. Whatever else happens (no PowerShell, an answer that is not understood) counts as no. Without subjects
 * there is nothing to compare with: the build in use is not signed either.
 */
export async function refuseOtherPublisher(
  path: string,
  publishers: readonly string[],
  run: Run,
): Promise<void> {
  if (publishers.length === 0) return;
  const found = await asked(path, run);
  if (found !== null && publishers.includes(found.subject) && samePath(found.path, path)) return;
  throw new Failure(
    'update.other-publisher',
    'The installer does not carry a valid signature of the publisher of Trustkeep.',
    {
      hint: 'Nothing was installed. Check the address of the feed; if it is right, tell whoever runs it.',
    },
  );
}

async function asked(path: string, run: Run): Promise<z.infer<typeof verdict> | null> {
  try {
    const { code, stdout } = await run({
      argv: [powershell(), '-NoProfile', '-NonInteractive', '-InputFormat', 'None', '-Command', script],
      env: { SystemRoot: systemRoot(), TRUSTKEEP_FILE: path, PSModulePath: '' },
      timeoutMs,
    });
    return code === 0 ? verdict.parse(JSON.parse(stdout.toString('utf8'))) : null;
  } catch {
    return null;
  }
}

function systemRoot(): string {
  return process.env.SystemRoot ?? 'C:\\Windows';
}

/** By its whole path: whatever else is called so is not asked. */
function powershell(): string {
  return `${systemRoot()}\\System32\\WindowsPowerShell\\v1.0\\powershell.exe`;
}

function samePath(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
