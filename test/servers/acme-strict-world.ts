import { randomBytes } from 'node:crypto';
import type { MadeCa } from '../make/certificates.ts';
import { Refusal } from './acme-strict-jws.ts';
import type { StrictProblem, StrictScript, StrictState } from './acme-strict-script.ts';

/** What the parts of the CA share. */
export interface World {
  /** Where it is reached, without a slash at the end. */
  base: string;
  readonly script: StrictScript;
  readonly state: StrictState;
  readonly eab: 'reusable' | 'once' | undefined;
  readonly root: MadeCa;
  readonly intermediate: MadeCa;
  /** Key ids of bindings that were used. */
  readonly usedKeyIds: Set<string>;
  /** ARI ids of certificates that an order replaces. */
  readonly replacedIds: Set<string>;
}

export interface Answer {
  status?: number;
  body: unknown;
  headers?: Record<string, string>;
  type?: string;
  /** Cuts the connection instead of answering. */
  lose?: boolean;
}

/** The binding every CA of this process knows. */
export const eab = { keyId: 'strict-kid', hmacKey: randomBytes(32).toString('base64url') };
export const newId = () => randomBytes(8).toString('hex');

export const patience = ({ script }: World): Record<string, string> =>
  script.retryAfter === null ? {} : { 'retry-after': script.retryAfter };

/** Refuses when the script says so, as often as it says. */
export function refuseIf(world: World, what: 'refuseOrder' | 'refuseFinalize' | 'refuseAccount'): void {
  const problem = world.script[what];
  if (problem === null) return;
  if (problem.times !== undefined && --problem.times <= 0) world.script[what] = null;
  const { subproblems } = problemBody(problem) as { subproblems?: unknown };
  throw new Refusal(
    problem.status ?? (problem.type === 'serverInternal' ? 500 : problem.type === 'rateLimited' ? 429 : 403),
    problem.type,
    problem.detail ?? `told to say ${problem.type}`,
    subproblems === undefined ? {} : { subproblems },
    problem.retryAfter === undefined ? {} : { 'retry-after': problem.retryAfter },
  );
}

/** True when this answer is to be lost: it is so once. */
export function lose(world: World, what: NonNullable<StrictScript['loseAfter']>): boolean {
  if (world.script.loseAfter !== what) return false;
  world.script.loseAfter = null;
  return true;
}

/** A problem document, with those of single names. */
export function problemBody(problem: StrictProblem): unknown {
  const type = (short: string) => `urn:ietf:params:acme:error:${short}`;
  return {
    type: type(problem.type),
    detail: problem.detail ?? `told to say ${problem.type}`,
    ...(problem.subproblems === undefined
      ? {}
      : {
          subproblems: problem.subproblems.map(({ type: short, detail, name }) => ({
            type: type(short),
            detail,
            identifier: { type: 'dns', value: name },
          })),
        }),
  };
}

/** All of a stream. */
export async function collect(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}
