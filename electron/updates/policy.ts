import { readFileSync, statSync } from 'node:fs';
import { posix, win32 } from 'node:path';
import { z } from 'zod';
import { installWays, updateChannels, windowPattern } from '#shared/catalog/autoupdate.ts';
import { Failure } from '#shared/failure.ts';

/** What an administrator of the machine may decide; each wins over the setting. */
const decisions = z
  .object({
    enabled: z.boolean().optional(),
    feed: z.string().min(1).max(2048).optional(),
    channel: z.enum(updateChannels).optional(),
    install: z.enum(installWays).optional(),
    window: z.string().regex(windowPattern).optional(),
  })
  .strict();
type Decisions = z.infer<typeof decisions>;

/** The whole file; other parts of it are not of updates. */
const policyFile = z.object({ autoupdate: decisions.optional() });

/** One decision, and who made it, as it is shown: the path of the file, or the name of the variable. */
interface Decided<T> {
  value: T;
  by: string;
}

export type UpdatePolicy = { [Name in keyof Decisions]?: Decided<NonNullable<Decisions[Name]>> };

/** What is asked of the machine; tests give their own. @internal */
export interface PolicyPlace {
  platform: NodeJS.Platform;
  env: Record<string, string | undefined>;
  /** Null: there is none. Throws when it cannot be read. */
  read(path: string): string | null;
  /** Whether only an administrator can have written it. */
  isAdministrators(path: string): boolean;
}

/**
 * Where an administrator puts it: a place where nobody else can make a file. On Windows that is not `%ProgramData%`, in
 * which every account may make folders; `CommonProgramW6432` names the same folder for programs of 32 and 64 bits. @internal
 */
export function policyPath({ platform, env }: Pick<PolicyPlace, 'platform' | 'env'>): string {
  if (platform === 'win32') {
    const shared = env.CommonProgramW6432 ?? env.CommonProgramFiles ?? 'C:\\Program Files\\Common Files';
    return win32.join(shared, 'Trustkeep', 'policy.json');
  }
  if (platform === 'darwin') return '/Library/Application Support/Trustkeep/policy.json';
  return posix.join('/etc', 'trustkeep', 'policy.json');
}

/**
 * The file wins over the environment, and that over settings. Throws `update.policy-unreadable` where there is a file that
 * cannot be read, is not understood, or that another account than an administrator's can change: nothing is updated then.
 */
export function readPolicy(place: PolicyPlace = thisMachine): UpdatePolicy {
  const path = policyPath(place);
  return { ...attributed(fromEnvironment(place.env)), ...attributed(fromFile(path, place), path) };
}

const variables = {
  enabled: 'TRUSTKEEP_AUTOUPDATE',
  feed: 'TRUSTKEEP_UPDATE_FEED',
  channel: 'TRUSTKEEP_UPDATE_CHANNEL',
  install: 'TRUSTKEEP_UPDATE_INSTALL',
  window: 'TRUSTKEEP_UPDATE_WINDOW',
} as const satisfies Record<keyof Decisions, string>;

function attributed(made: Decisions, file?: string): UpdatePolicy {
  return Object.fromEntries(
    Object.entries(made).map(([name, value]) => [
      name,
      { value, by: file ?? `the environment (${variables[name as keyof Decisions]})` },
    ]),
  );
}

function fromEnvironment(env: PolicyPlace['env']): Decisions {
  const said: Record<string, string | boolean> = {};
  for (const [name, variable] of Object.entries(variables)) {
    const text = env[variable];
    if (text === undefined || text === '') continue;
    // anything but a clear word is no permission to ask the network
    said[name] = name === 'enabled' ? /^(1|on|yes|true|enabled?)$/i.test(text) : text;
  }
  const read = decisions.safeParse(said);
  if (read.success) return read.data;
  const bad = read.error.issues.map(({ path: [name] }) => variables[name as keyof Decisions]);
  throw new Failure(
    'update.policy-unreadable',
    `The environment variable ${bad.join(', ')} has a wrong value.`,
    {
      hint: 'Correct it, or remove it. No update is fetched until then.',
    },
  );
}

function fromFile(path: string, place: PolicyPlace): Decisions {
  let text: string | null;
  try {
    text = place.read(path);
  } catch (error) {
    throw unreadable(path, `it cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
  }
  if (text === null) return {};
  if (!place.isAdministrators(path))
    throw unreadable(path, 'another account than an administrator can change it');
  const read = policyFile.safeParse(parseJson(text));
  if (!read.success) throw unreadable(path, 'it is not written as a policy');
  return read.data.autoupdate ?? {};
}

function unreadable(path: string, why: string): Failure {
  return new Failure('update.policy-unreadable', `The policy ${path} does not count: ${why}.`, {
    hint: 'An administrator of this machine can correct it. No update is fetched until then.',
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const thisMachine: PolicyPlace = {
  platform: process.platform,
  env: process.env,
  read(path) {
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
      throw error;
    }
  },
  isAdministrators(path) {
    if (process.platform === 'win32') return true; // the access list of the folder rules there
    const { uid, mode } = statSync(path);
    return uid === 0 && (mode & 0o022) === 0;
  },
};
