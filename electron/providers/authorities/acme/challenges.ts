import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { never } from '#kit/never.ts';
import type { ValidationSettings } from '#shared/catalog/authorities/acme-validation.ts';
import { asFailure, Failure } from '#shared/failure.ts';
import type { Dns } from '../../../net/dns.ts';
import type { Http01Responder } from '../../../net/http-01-responder.ts';
import type { TlsAlpn01Responder } from '../../../net/tls-alpn-01-responder.ts';
import type { OrderTools } from '../authority.ts';
import { DnsScripts, type RunScript } from './dns-scripts.ts';
import { isListener, type Provision } from './handle.ts';
import { fileOf, tokenShape } from './key-authorization.ts';
import { Serving } from './serving.ts';
import { type Spread, Spreading } from './spread.ts';
import type { Authorization, Challenge } from './wire.ts';

interface Left {
  provision: Provision;
  because: Failure;
}

interface ChallengesParts {
  validation: ValidationSettings;
  ca: string;
  responder: Http01Responder;
  alpnResponder: TlsAlpn01Responder;
  runScript: RunScript;
  dns: Dns;
  clock: Clock;
  log: Log;
}

/** Proof of control of names, as the settings say. Safe concurrently; scripts run one after the other. */
export class Challenges {
  readonly #parts: ChallengesParts;
  readonly #validation: ValidationSettings;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #serving: Serving;
  readonly #filesUp = new Set<string>();
  readonly #scripts: DnsScripts;
  readonly #spreading: Spreading;

  constructor(parts: ChallengesParts) {
    this.#parts = parts;
    this.#validation = parts.validation;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#serving = new Serving(parts);
    this.#scripts = new DnsScripts(parts);
    this.#spreading = new Spreading(parts);
  }

  /** The challenge to answer and what to put up for it. `acme.challenge-not-offered` names what the CA offers. */
  choose(authorization: Authorization, thumbprint: string): { challenge: Challenge; provision: Provision } {
    const name = nameOf(authorization);
    const wanted = challengeOf[this.#validation.method];
    const challenge = authorization.challenges.find(({ type }) => type === wanted);
    if (challenge?.token === undefined || challenge.url === '')
      throw notOffered(this.#parts.ca, name, wanted, authorization);
    if (!tokenShape.test(challenge.token)) throw strangeToken(this.#parts.ca, name);
    const keyAuthorization = `${challenge.token}.${thumbprint}`;
    const common = { name, challengeUrl: challenge.url, keyAuthorization };
    switch (this.#validation.method) {
      case 'http-01-agent':
        return { challenge, provision: { by: 'responder', ...common } };
      case 'tls-alpn-01-agent':
        return { challenge, provision: { by: 'alpn-responder', ...common } };
      case 'http-01-web-root':
        return { challenge, provision: { by: 'web-root', ...common } };
      case 'dns-01-script':
        return { challenge, provision: { by: 'dns-script', ...common, addedAt: null } };
      default:
        return never(this.#validation);
    }
  }

  /**
   * Puts up what is not up yet (a responder ends with the process, files and records stay). `note` gets the list
   * again after each record that was added. Idempotent. Rejects with `acme.no-web-root`, `acme.dns-script-*`,
   * `responder.*`, `file.*`, … after everything that could be put up is up.
   */
  async putUp(
    provisions: readonly Provision[],
    tools: OrderTools,
    note: (provisions: Provision[]) => void,
  ): Promise<void> {
    const now = [...provisions];
    const results = await Promise.allSettled(
      provisions.map(async (provision, index) => {
        const up = await this.#putUpOne(provision, tools);
        if (up === provision) return;
        now[index] = up;
        note([...now]);
      }),
    );
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  /** Whether the CA may be told, which waits until records have spread; as `Spreading` says. */
  spread(provisions: readonly Provision[], signal: AbortSignal): Promise<Spread> {
    return this.#spreading.state(provisions, signal);
  }

  /** Was something that this process answers itself not there all the time since then (epoch milliseconds)? */
  wereAway(provisions: readonly Provision[], since: number): boolean {
    return provisions.some((one) => isListener(one) && !this.#serving.isUpSince(one, since));
  }

  /** Gives those that are still up, each with the reason. `what` as in `Authority.cleanUp`. Idempotent, never rejects. */
  async takeDown(
    provisions: readonly Provision[],
    tools: OrderTools,
    what: 'all' | 'own listeners',
  ): Promise<Left[]> {
    const left = await Promise.all(
      provisions.map(async (provision): Promise<Left[]> => {
        if (what !== 'all' && !isListener(provision)) return [{ provision, because: notApproved() }];
        try {
          await this.#takeDownOne(provision, tools);
          return [];
        } catch (error) {
          const { name, by } = provision;
          this.#log.warn('a challenge could not be cleared up', { name, by, error });
          return [{ provision, because: asFailure(error) }];
        }
      }),
    );
    return left.flat();
  }

  async #putUpOne(provision: Provision, tools: OrderTools): Promise<Provision> {
    switch (provision.by) {
      case 'responder':
      case 'alpn-responder':
        await this.#serving.begin(provision);
        return provision;
      case 'web-root':
        if (this.#filesUp.has(provision.challengeUrl)) return provision;
        await putFile(webRootOf(tools, provision.name), provision);
        this.#filesUp.add(provision.challengeUrl);
        return provision;
      case 'dns-script':
        if (provision.addedAt !== null) return provision;
        await this.#scripts.run('add', provision);
        return { ...provision, addedAt: this.#clock.now() };
      default:
        return never(provision);
    }
  }

  async #takeDownOne(provision: Provision, tools: OrderTools): Promise<void> {
    switch (provision.by) {
      case 'responder':
      case 'alpn-responder':
        await this.#serving.end(provision.challengeUrl);
        return;
      case 'web-root':
        this.#filesUp.delete(provision.challengeUrl);
        await tools.webRoot?.remove(fileOf(provision.keyAuthorization).path);
        return;
      case 'dns-script':
        await this.#scripts.run('remove', provision);
        return;
      default:
        never(provision);
    }
  }
}

function notApproved(): Failure {
  return new Failure(
    'approval.settings-changed',
    'The settings of the authority changed since they were approved, so no file is removed and no script is run.',
  );
}

/** Which challenge each way answers. */
const challengeOf: Record<ValidationSettings['method'], string> = {
  'http-01-agent': 'http-01',
  'http-01-web-root': 'http-01',
  'tls-alpn-01-agent': 'tls-alpn-01',
  'dns-01-script': 'dns-01',
};

function putFile(
  webRoot: NonNullable<OrderTools['webRoot']>,
  { keyAuthorization }: Provision,
): Promise<void> {
  const { path, body } = fileOf(keyAuthorization);
  return webRoot.put(path, body);
}

function strangeToken(ca: string, name: string): Failure {
  return new Failure(
    'acme.unexpected-answer',
    `The CA ${ca} sent a challenge for ${name} whose token contains invalid characters.`,
    { hint: 'The challenge was not answered. Check that this is the right CA.', retry: 'never' },
  );
}

/** As in the order: the star of a wildcard is not part of the identifier the CA proves. */
export function nameOf(authorization: Authorization): string {
  const { value } = authorization.identifier;
  return authorization.wildcard && !value.startsWith('*.') ? `*.${value}` : value;
}

function webRootOf(tools: OrderTools, name: string): NonNullable<OrderTools['webRoot']> {
  if (tools.webRoot !== null) return tools.webRoot;
  throw new Failure('acme.no-web-root', `There is no web root to write the challenge file for ${name} to.`, {
    hint: 'Set web_root for the authority, configure a root for the site, or choose another validation.',
  });
}

function notOffered(ca: string, name: string, wanted: string, authorization: Authorization): Failure {
  const offered = authorization.challenges.map(({ type }) => type);
  const list = offered.length === 0 ? 'nothing' : offered.join(', ');
  return new Failure(
    'acme.challenge-not-offered',
    `The CA ${ca} offers ${list} to prove control of ${name}, but ${wanted} is configured.`,
    {
      hint: offered.includes('dns-01')
        ? 'Set the validation of the authority to dns-01-script for such names.'
        : 'Choose another validation, or have the CA validate the name beforehand.',
    },
  );
}
