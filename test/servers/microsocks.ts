import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { freePort } from './free-port.ts';

interface RunningSocks {
  port: number;
  stop(): Promise<void>;
}

interface SocksOptions {
  /** Without it nobody logs in. */
  login?: { user: string; password: string };
  /** In place of the machine's own file: `127.0.0.1 vault.test`. Needs root, for a view of the files of its own. */
  hostsFile: string;
}

/** A real SOCKS 5 proxy on a free loopback port. */
export async function startMicrosocks({ login, hostsFile }: SocksOptions): Promise<RunningSocks> {
  const port = await freePort();
  const words = ['-i', '127.0.0.1', '-p', String(port)];
  if (login !== undefined) words.push('-u', login.user, '-P', login.password);
  const script = 'mount --bind "$1" /etc/hosts && shift && exec microsocks "$@"';
  const argv = ['--mount', 'sh', '-c', script, 'sh', hostsFile, ...words];
  const child = spawn('unshare', argv, { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  while (!(await accepts(port))) {
    if (child.exitCode !== null) throw new Error(`microsocks ended with ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return { port, stop };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const answer = (yes: boolean): void => {
      socket.destroy();
      resolve(yes);
    };
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
  });
}
