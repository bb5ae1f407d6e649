import type { Clock, Timer } from '#kit/clock.ts';
import { exec } from '#kit/exec.ts';
import type { Log } from '#kit/log.ts';

/** Who started the agent and wants to hear of it (sd_notify(3)); nothing is told where no one does. */
export interface ServiceListener {
  /** The agent answers now. From here on its loop is shown to run, as often as asked for. */
  ready(sentence: string): void;
  stopping(): void;
}

interface Environment {
  NOTIFY_SOCKET?: string | undefined;
  WATCHDOG_USEC?: string | undefined;
  PATH?: string | undefined;
}

/**
 * Tells systemd through its own program: Node has no datagram sockets of the kind it listens at. Never rejects, blocks
 * nothing; what could not be told is logged, and systemd then does what the unit says of a silent service.
 */
export function serviceListener(env: Environment, clock: Clock, log: Log): ServiceListener {
  const socket = env.NOTIFY_SOCKET;
  if (socket === undefined || socket === '') return { ready() {}, stopping() {} };
  let timer: Timer | null = null;
  const tell = (...words: string[]): void => {
    const request = {
      argv: ['systemd-notify', ...words] as [string, ...string[]],
      timeoutMs: 10_000,
      env: { NOTIFY_SOCKET: socket, PATH: env.PATH ?? '/usr/bin:/bin' },
    };
    exec(request).then(
      ({ code, stderr }) => {
        if (code !== 0) log.warn('systemd was not told', { words, said: stderr.toString('utf8').trim() });
      },
      (error: unknown) => log.warn('systemd was not told', { words, error }),
    );
  };
  const everyMs = Math.floor(Number(env.WATCHDOG_USEC ?? 0) / 1000 / 3);
  const alive = (): void => {
    timer = clock.after(everyMs, () => {
      tell('WATCHDOG=1');
      alive();
    });
  };
  return {
    ready(sentence) {
      tell('--ready', `--status=${sentence}`);
      if (everyMs > 0) alive();
    },
    stopping() {
      timer?.cancel();
      tell('STOPPING=1');
    },
  };
}
