import type { HostConnection } from '../../connections/connection.ts';
import type { View } from './view.ts';

/** The start of a process is known to about a second, and it reads its files a moment later. */
const slackSeconds = 2;

/**
 * Whether one of the files of the configuration is another one than when the running Tomcat started: by the time of its last change of any kind, which,
 * unlike that of its content, a copy that keeps times does not set back. False where the host does not tell.
 */
export async function changedSinceStart(
  connection: HostConnection,
  { place: { running }, configuration, real }: Pick<View, 'place' | 'configuration' | 'real'>,
): Promise<boolean> {
  const startedAt = running?.startedAt ?? null;
  if (startedAt === null) return false;
  const paths = [...configuration.files.keys()].map(real);
  const { code, stdout } = await connection.exec({
    argv: ['stat', '-c', '%Z', '--', ...paths],
    timeoutMs: 30_000,
  });
  if (code !== 0) return false;
  const times = stdout.toString('utf8').split('\n').map(Number);
  return times.some((time) => time > startedAt + slackSeconds);
}
