import type { Client, ClientChannel } from 'ssh2';
import type { Clock } from '#kit/clock.ts';
import { Failure } from '#shared/failure.ts';
import { connectionLost } from '../common/connection-failures.ts';

/** The server did not open another session. Nothing was run. */
export class SessionRefused extends Error {}

/** Starts a command line in a session of its own; one of both is called, once. `refused`: with `SessionRefused` where the server opens none. */
export function openChannel(
  client: Client,
  line: string,
  opened: (channel: ClientChannel) => void,
  refused: (error: unknown) => void,
): void {
  try {
    client.exec(line, (error, channel) => {
      if (error === undefined || error === null) opened(channel);
      else refused(refusal(error));
    });
  } catch (error) {
    refused(error); // ssh2 throws when the socket is no longer writable
  }
}

/** ssh2 gives the reason of the server along when it is about a channel. */
function refusal(error: Error): Error {
  return 'reason' in error && error.reason !== ''
    ? new SessionRefused(error.message, { cause: error })
    : error;
}

/** Sends SIGKILL, which not every server passes on, and closes it. */
export function killChannel(channel: ClientChannel | undefined): void {
  try {
    channel?.signal('KILL');
    channel?.close();
  } catch {
    // the connection is gone, and what ran there has lost its input
  }
}

/** As a session of `host` that failed is told: what is a Failure already, or the reason of the abort, stays as it is. */
export function sessionFailure(
  error: unknown,
  { description, host }: { description: string; host: string },
  signal: AbortSignal | undefined,
): unknown {
  if (error instanceof Failure || (signal?.aborted && error === signal.reason)) return error;
  const reason = error instanceof Error ? error.message : String(error);
  if (error instanceof SessionRefused || /Unable to exec/.test(reason))
    return new Failure('ssh.session-refused', `${host} did not open another session.`, {
      hint: 'Increase MaxSessions of its SSH server, or close other sessions.',
      cause: error,
    });
  return connectionLost(description, error);
}

/** Resolves when the connection is gone: a peer that is gone itself does not answer, and its socket is dropped after a second. */
export async function endClient(client: Client, clock: Clock): Promise<void> {
  const { promise: gone, resolve } = Promise.withResolvers<void>();
  client.once('close', () => resolve());
  client.end();
  const impatient = clock.after(1000, () => {
    client.destroy();
    resolve();
  });
  await gone;
  impatient.cancel();
}
