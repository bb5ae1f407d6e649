import { randomBytes } from 'node:crypto';
import { authenticate } from './authenticate.ts';
import { flag } from './flags.ts';
import { logInFlags, negotiate, sealFlags } from './negotiate.ts';
import { ownName } from './own-name.ts';
import { NtlmRefused } from './refused.ts';
import { Sealing } from './seal.ts';

interface NtlmLogInOptions {
  user: string;
  /** Empty for `user@domain` and for accounts of the peer itself. */
  domain: string;
  /** Epoch milliseconds, for a peer that does not say what time it is. */
  now: number;
  /** Everything after the log-in is to be sealed. */
  seals: boolean;
  /** See `channelBinding`. */
  binding?: Buffer | undefined;
  /** `HTTP/name`. */
  targetName?: string | undefined;
}

/** Both directions of what is said after a log-in, message by message. */
export interface SealedTalk {
  ours: Sealing;
  theirs: Sealing;
}

/** What sealing cannot do without; a peer that takes one away would have us seal with less. */
const needed = [flag.sign, flag.seal, flag.extendedSecurity, flag.key128, flag.keyExchange];

/** One log-in of a client on one connection. */
export class NtlmLogIn {
  /** The first message. */
  readonly hello: Buffer;
  readonly #options: NtlmLogInOptions;

  constructor(options: NtlmLogInOptions) {
    this.#options = options;
    this.hello = negotiate(options.seals ? sealFlags : logInFlags);
  }

  /**
   * The third message for the second one, and how the connection is sealed from then on; null: it is not. Throws `NtlmRefused`.
   * `password` is UTF-8.
   */
  answer(challenge: Buffer, password: Uint8Array): { proof: Buffer; sealed: SealedTalk | null } {
    const { user, domain, now, seals, binding, targetName } = this.#options;
    const made = authenticate({
      ...{ negotiate: this.hello, challenge, user, domain, password, now, binding, targetName },
      ...{ workstation: ownName(), random: randomBytes },
    });
    const { message: proof, sessionKey, flags } = made;
    try {
      if (!seals) return { proof, sealed: null };
      if (needed.some((one) => (flags & one) === 0))
        throw new NtlmRefused('an NTLM challenge that does not agree to seal messages with 128 bits');
      const sealed = {
        ours: new Sealing(sessionKey, flags, 'client'),
        theirs: new Sealing(sessionKey, flags, 'server'),
      };
      return { proof, sealed };
    } finally {
      sessionKey.fill(0);
    }
  }
}
