import { homedir, userInfo } from 'node:os';
import { posix, win32 } from 'node:path';

/** What the choice of a data directory depends on; tests give their own. @internal */
export interface Place {
  platform: NodeJS.Platform;
  env: Record<string, string | undefined>;
  home: string;
}

function thisPlace(): Place {
  return { platform: process.platform, env: process.env, home: homedir() };
}

/**
 * Where the database, the socket and the log live when nobody says otherwise.
 * `TRUSTKEEP_DATA_DIRECTORY` wins over both; `system` is the place of the service, one per machine.
 */
export function dataDirectory(system = false, place: Place = thisPlace()): string {
  const named = place.env.TRUSTKEEP_DATA_DIRECTORY;
  if (named !== undefined && named !== '' && !system) return named;
  return system ? systemDirectory(place) : userDirectory(place);
}

function userDirectory({ platform, env, home }: Place): string {
  if (platform === 'win32') {
    return win32.join(env.LOCALAPPDATA ?? win32.join(home, 'AppData', 'Local'), 'Trustkeep');
  }
  if (platform === 'darwin') return posix.join(home, 'Library', 'Application Support', 'Trustkeep');
  const data = env.XDG_DATA_HOME;
  // the XDG rules say that a relative value is to be ignored
  return posix.join(data?.startsWith('/') ? data : posix.join(home, '.local', 'share'), 'trustkeep');
}

function systemDirectory({ platform, env }: Place): string {
  if (platform === 'win32') return win32.join(env.ProgramData ?? 'C:\\ProgramData', 'Trustkeep');
  if (platform === 'darwin') return '/Library/Application Support/Trustkeep';
  return '/var/lib/trustkeep';
}

/** Where the service of this machine may be called by a group of accounts besides (`run --socket_directory`); Linux alone. */
export const sharedDirectory = '/run/trustkeep';

/** What the credential is called by which systemd hands the key file to the service (systemd.exec(5), LoadCredential=). */
export const credentialName = 'trustkeep-master-key';

/** Where that credential is; null where the service manager gave none. */
export function credentialFile(env: Record<string, string | undefined> = process.env): string | null {
  const directory = env.CREDENTIALS_DIRECTORY;
  return directory?.startsWith('/') ? posix.join(directory, credentialName) : null;
}

/** Names the file that whoever runs this agent keeps its master key in, such as the secret of a container. */
export const givenKeyVariable = 'TRUSTKEEP_MASTER_KEY_FILE';

/** That file; null where none is named. */
export function givenKeyFile(env: Record<string, string | undefined> = process.env): string | null {
  return env[givenKeyVariable] || null;
}

/** The account this process runs as; `deploy (sudo alice)` when somebody else stands behind it. */
export function accountName(env: Record<string, string | undefined> = process.env): string | null {
  try {
    const { username } = userInfo();
    const behind = env.SUDO_USER;
    return behind && behind !== username ? `${username} (sudo ${behind})` : username;
  } catch {
    return null; // an id without a name, as in small containers
  }
}
