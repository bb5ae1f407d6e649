import { connect as openSocket } from 'node:net';
import ssh2, { type Client, type ParsedKey } from 'ssh2';
import type { SshSettings } from '#shared/catalog/connections/ssh.ts';
import { Failure } from '#shared/failure.ts';
import type { Secret } from '../../../secrets/secret.ts';
import { noAnswer, notReached } from '../common/connection-failures.ts';
import type { ConnectTools, LoginMaterial } from '../connection.ts';
import { LogIn } from './auth.ts';
import {
  algorithmsToOffer,
  hostKeyChanged,
  readHostKey,
  rememberType,
  type SeenHostKey,
} from './host-key.ts';
import { readPrivateKey } from './private-key.ts';

/** From the first packet to being logged in. Slow machines need a few seconds for the key exchange. */
const readyTimeoutMs = 20_000;
/** A dead peer is noticed after three unanswered ones. */
const keepaliveMs = 10_000;
const hints = {
  refused: 'Check the port, and that the SSH server is running.',
  silent: 'Check that the machine is up and that no firewall drops the packets.',
};

interface LoggedIn {
  client: Client;
  /** `private key` or `password`, and where it came from. */
  method: string;
}

/** Connects, checks the host key and logs in. Rejects with `connection.*` or `ssh.*`; leaves no socket behind then. */
export async function logIn(
  settings: SshSettings,
  login: LoginMaterial,
  tools: ConnectTools,
): Promise<LoggedIn> {
  const who = `${settings.user}@${settings.host}`;
  mustHaveCredential(settings, login, who);
  const key =
    settings.auth === 'password' || login.privateKey === undefined
      ? undefined
      : readKey(settings, login, login.privateKey, who);
  const different: SeenHostKey[] = [];
  for (;;) {
    const offer = algorithmsToOffer(
      settings.hostKey,
      different.map((one) => one.type),
    );
    const [first] = different;
    if (offer.length === 0 && first !== undefined) throw changed(settings, first);
    const answers = new LogIn(settings, login, key);
    const attempt = new Attempt(settings, answers, tools);
    try {
      return { client: await attempt.run(offer), method: answers.method };
    } catch (error) {
      if (attempt.mismatch !== null) {
        different.push(attempt.mismatch);
      } else if (
        first !== undefined &&
        error instanceof Failure &&
        error.code === 'ssh.no-common-algorithm'
      ) {
        throw changed(settings, first); // the host has no other key to show
      } else throw error;
    }
  }
}

/** A key that a credential store gave is put right there. */
function readKey(settings: SshSettings, login: LoginMaterial, key: Secret, who: string): ParsedKey {
  const { source } = login;
  try {
    return readPrivateKey(key, login.passphrase, source === undefined ? who : `${who} ${source}`);
  } catch (error) {
    if (settings.auth !== 'credential-store' || !(error instanceof Failure)) throw error;
    const hint = 'Store the complete private key and its passphrase in the credential store.';
    throw error.saying(error.message, { hint });
  }
}

function changed(settings: SshSettings, seen: SeenHostKey): Failure {
  return hostKeyChanged(settings.host, settings.hostKey ?? '', seen);
}

function mustHaveCredential(settings: SshSettings, login: LoginMaterial, who: string): void {
  const has =
    settings.auth === 'password'
      ? login.password !== undefined
      : settings.auth === 'private-key'
        ? login.privateKey !== undefined
        : login.password !== undefined || login.privateKey !== undefined;
  if (has) return;
  const { what, hint } = wantedFor[settings.auth];
  throw new Failure('ssh.credential-missing', `There is no ${what} for ${who}.`, { hint });
}

const wantedFor: Record<SshSettings['auth'], { what: string; hint: string }> = {
  password: { what: 'password', hint: 'Set the password (`password`).' },
  'private-key': { what: 'private key', hint: 'Set the key (`ssh_key_path`).' },
  'credential-store': {
    what: 'password and no private key',
    hint: 'Add one of them to the credential.',
  },
};

/** One try with one list of host key algorithms. */
class Attempt {
  /** The key shown, when it is not the pinned one. */
  mismatch: SeenHostKey | null = null;
  readonly #settings: SshSettings;
  readonly #answers: LogIn;
  readonly #tools: ConnectTools;
  #seen: SeenHostKey | null = null;

  constructor(settings: SshSettings, answers: LogIn, tools: ConnectTools) {
    this.#settings = settings;
    this.#answers = answers;
    this.#tools = tools;
  }

  run(serverHostKey: string[]): Promise<Client> {
    const { host, port, user } = this.#settings;
    const { signal, clock } = this.#tools;
    if (signal?.aborted) return Promise.reject(signal.reason);
    const { promise, resolve, reject } = Promise.withResolvers<Client>();
    const client = new ssh2.Client();
    // Without noDelay each small packet waits for the delayed acknowledgement of the one before: 40 ms a time.
    const sock = openSocket({ host, port, noDelay: true });
    const giveUp = (reason: unknown) => {
      reject(reason);
      client.destroy();
      sock.destroy();
    };
    const late = clock.after(readyTimeoutMs, () => giveUp(noAnswer(this.#settings, hints.silent)));
    const aborted = () => giveUp(signal?.reason);
    signal?.addEventListener('abort', aborted, { once: true });
    client.on('error', (error) => giveUp(this.#explain(error)));
    client.on('close', () => giveUp(this.#closedEarly()));
    client.on('handshake', () => this.#keyProven());
    client.on('change password', () => {
      this.#answers.markExpired();
      giveUp(this.#answers.refusal(undefined));
    });
    client.on('ready', () => {
      client.removeAllListeners('close');
      resolve(client);
    });
    client.connect({
      sock,
      username: user,
      readyTimeout: 0, // ours ends it
      keepaliveInterval: keepaliveMs,
      algorithms: { serverHostKey: serverHostKey as never },
      hostVerifier: (blob: Buffer) => this.#accepts(blob),
      authHandler: (left, partial, next) => next(this.#answers.next(left, partial) as never),
    });
    return promise.finally(() => {
      late.cancel();
      signal?.removeEventListener('abort', aborted);
    });
  }

  #accepts(blob: Buffer): boolean {
    const seen = readHostKey(blob);
    const expected = this.#settings.hostKey ?? this.#seen?.fingerprint; // the same one again on a re-key
    if (expected !== undefined && seen.fingerprint !== expected) {
      this.mismatch = seen;
      return false;
    }
    this.#seen = seen;
    return true;
  }

  /** The host has signed the key exchange with the key it showed. */
  #keyProven(): void {
    if (this.#seen === null) return;
    rememberType(this.#seen);
    if (this.#settings.hostKey === null) this.#tools.onIdentity?.(this.#seen);
  }

  #closedEarly(): Failure {
    const { host, port } = this.#settings;
    return new Failure('connection.lost', `${host} closed the connection on port ${port} during login.`, {
      hint: 'Check that an SSH server listens there and accepts this machine.',
    });
  }

  #explain(error: Error & { level?: string; code?: string | number }): Failure {
    const { host, port } = this.#settings;
    if (error.level === 'client-authentication') return this.#answers.refusal(error);
    const code = error.level === 'client-timeout' ? 'ETIMEDOUT' : error.code;
    const known = notReached(code, this.#settings, hints, error);
    if (known !== null) return known;
    if (error.level === 'client-socket' || /before handshake/.test(error.message)) {
      return new Failure('connection.lost', this.#closedEarly().message, {
        hint: this.#closedEarly().hint,
        cause: error,
      });
    }
    if (/no matching/i.test(error.message)) {
      return new Failure(
        'ssh.no-common-algorithm',
        `${host} and Trustkeep have no SSH algorithm in common (${error.message.replace(/^.*no matching /i, '')}).`,
        {
          hint: 'The SSH server is very old or very strict. Update it or allow more algorithms.',
          cause: error,
        },
      );
    }
    return new Failure('ssh.handshake-failed', `${host} does not speak SSH as expected on port ${port}.`, {
      hint: 'Check that the port is that of an SSH server.',
      peerSaid: error.message.slice(0, 300),
      cause: error,
    });
  }
}
