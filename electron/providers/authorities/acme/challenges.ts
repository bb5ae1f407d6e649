import { createHash } from 'node:crypto';
import type { Clock } from '#kit/clock.ts';
import type { ExecResult } from '#kit/exec.ts';
import type { Log } from '#kit/log.ts';
import { never } from '#kit/never.ts';
import { peerTail } from '#kit/redact.ts';
import type { ValidationSettings } from '#shared/catalog/authorities/acme.ts';
import { Failure } from '#shared/failure.ts';
import type { Http01Responder } from '../../../net/http-01-responder.ts';
import type { OrderTools } from '../authority.ts';
import type { Provision } from './handle.ts';
import type { Authorization, Challenge } from './wire.ts';

export type RunScript = (argv: [string, ...string[]], timeoutMs: number) => Promise<ExecResult>;

/** Proof of control of names, as the settings say. Safe concurrently; scripts run one after the other. */
export interface Challenges {
  /** The challenge to answer and what to put up for it. `acme.challenge-not-offered` names what the CA offers. */
  choose(authorization: Authorization, thumbprint: string): { challenge: Challenge; provision: Provision };
  /**
   * Puts up what is not up yet (a responder ends with the process, files and records stay). `note` gets the list
   * again after each record that was added. Idempotent. Rejects with `acme.no-web-root`, `acme.dns-script-*`,
   * `responder.*`, `file.*`, … after everything that could be put up is up.
   */
  putUp(
    provisions: readonly Provision[],
    tools: OrderTools,
    note: (provisions: Provision[]) => void,
  ): Promise<void>;
  /** When the CA may be told: records need time to spread. Epoch milliseconds. */
  readyAt(provisions: readonly Provision[]): number;
  /** Idempotent, never rejects. */
  takeDown(provisions: readonly Provision[], tools: OrderTools): Promise<void>;
}

export function makeChallenges(options: {
  validation: ValidationSettings;
  ca: string;
  responder: Http01Responder;
  runScript: RunScript;
  clock: Clock;
  log: Log;
}): Challenges {
  const { validation, clock, log } = options;
  const serving = new Map<string, Promise<() => Promise<void>>>();
  const filesUp = new Set<string>();
  let scripts: Promise<unknown> = Promise.resolve();

  /** DNS services answer badly to two changes of one zone at once. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = scripts.then(work);
    scripts = mine.catch(() => {});
    return mine;
  }

  async function runDns(verb: 'add' | 'remove', record: string, value: string): Promise<void> {
    if (validation.method !== 'dns-01-script') return;
    const script = verb === 'add' ? validation.addScript : validation.removeScript;
    const result = await options
      .runScript([script, record, value], validation.timeoutSeconds * 1000)
      .catch((cause: unknown) => {
        throw new Failure(
          'acme.dns-script-not-run',
          `The DNS ${verb} script ${script} could not be started.`,
          {
            hint: 'Check that the file exists on this machine, is executable and names its interpreter.',
            cause,
          },
        );
      });
    const peerSaid = peerTail(`${result.stdout.toString()}\n${result.stderr.toString()}`);
    if (result.timedOut)
      throw new Failure(
        'acme.dns-script-timed-out',
        `The DNS ${verb} script ${script} did not finish within ${validation.timeoutSeconds} s for ${record}.`,
        { hint: 'Make the script faster or increase dns_timeout_seconds.', retry: 'later', peerSaid },
      );
    if (result.code !== 0)
      throw new Failure(
        'acme.dns-script-failed',
        `The DNS ${verb} script ${script} ended with code ${result.code} for ${record}.`,
        {
          hint: 'Run the script manually with a record name and a value to see why.',
          retry: 'later',
          peerSaid,
        },
      );
  }

  async function putUpOne(provision: Provision, tools: OrderTools): Promise<Provision> {
    switch (provision.by) {
      case 'responder':
        await serve(provision);
        return provision;
      case 'web-root':
        if (filesUp.has(provision.challengeUrl)) return provision;
        await webRootOf(tools, provision.name).put(provision.path, provision.body);
        filesUp.add(provision.challengeUrl);
        return provision;
      case 'dns-script':
        if (provision.addedAt !== null) return provision;
        await inTurn(() => runDns('add', provision.record, provision.value));
        return { ...provision, addedAt: clock.now() };
      default:
        return never(provision);
    }
  }

  async function serve({ challengeUrl, path, body }: Provision & { by: 'responder' }): Promise<void> {
    if (validation.method !== 'http-01-agent') return;
    const { address, port } = validation;
    const started = serving.get(challengeUrl) ?? options.responder.serve({ address, port, path, body });
    serving.set(challengeUrl, started);
    try {
      await started;
    } catch (thrown) {
      serving.delete(challengeUrl);
      throw thrown;
    }
  }

  async function takeDownOne(provision: Provision, tools: OrderTools): Promise<void> {
    switch (provision.by) {
      case 'responder': {
        const started = serving.get(provision.challengeUrl);
        serving.delete(provision.challengeUrl);
        await (await started)?.();
        return;
      }
      case 'web-root':
        filesUp.delete(provision.challengeUrl);
        await tools.webRoot?.remove(provision.path);
        return;
      case 'dns-script':
        await inTurn(() => runDns('remove', provision.record, provision.value));
        return;
      default:
        never(provision);
    }
  }

  return {
    choose(authorization, thumbprint) {
      const name = nameOf(authorization);
      const wanted = validation.method === 'dns-01-script' ? 'dns-01' : 'http-01';
      const challenge = authorization.challenges.find(({ type }) => type === wanted);
      if (challenge?.token === undefined || challenge.url === '')
        throw notOffered(options.ca, name, wanted, authorization);
      if (!tokenShape.test(challenge.token)) throw strangeToken(options.ca, name);
      const keyAuthorization = `${challenge.token}.${thumbprint}`;
      const common = { name, challengeUrl: challenge.url };
      const path = `/.well-known/acme-challenge/${challenge.token}`;
      switch (validation.method) {
        case 'http-01-agent':
          return { challenge, provision: { by: 'responder', ...common, path, body: keyAuthorization } };
        case 'http-01-web-root':
          return { challenge, provision: { by: 'web-root', ...common, path, body: keyAuthorization } };
        case 'dns-01-script': {
          const value = createHash('sha256').update(keyAuthorization).digest('base64url');
          const record = `_acme-challenge.${authorization.identifier.value}`;
          return { challenge, provision: { by: 'dns-script', ...common, record, value, addedAt: null } };
        }
        default:
          return never(validation);
      }
    },
    async putUp(provisions, tools, note) {
      const now = [...provisions];
      const results = await Promise.allSettled(
        provisions.map(async (provision, index) => {
          const up = await putUpOne(provision, tools);
          if (up === provision) return;
          now[index] = up;
          note([...now]);
        }),
      );
      const failed = results.find((result) => result.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    },
    readyAt(provisions) {
      if (validation.method !== 'dns-01-script') return 0;
      const added = provisions.map((provision) =>
        provision.by === 'dns-script' ? (provision.addedAt ?? 0) : 0,
      );
      return Math.max(0, ...added) + validation.propagationSeconds * 1000;
    },
    async takeDown(provisions, tools) {
      await Promise.all(
        provisions.map((provision) =>
          takeDownOne(provision, tools).catch((error: unknown) => {
            log.warn('a challenge could not be cleared up', {
              name: provision.name,
              by: provision.by,
              error,
            });
          }),
        ),
      );
    },
  };
}

/** RFC 8555 8.3: base64url only. It becomes the name of a file on a web server. */
const tokenShape = /^[A-Za-z0-9_-]{1,512}$/;

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
