import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { makeLog } from '#kit/log.ts';
import type { Origin } from '#shared/model/origin.ts';
import type { Overrides } from '../../../electron/compose/overrides.ts';
import { type Composed, compose } from '../../../electron/compose.ts';
import { keyFileKeychain } from '../../../electron/secrets/key-file.ts';
import { freePort } from '../../servers/free-port.ts';
import { tempDirectory } from '../directory.ts';
import { fill, writeFiles } from './fill.ts';
import type { Words } from './from-schema.ts';
import { onlyBelow } from './only-below.ts';
import { onlyLoopback } from './only-loopback.ts';
import { makeWords } from './words.ts';

export const plantedSecret = 'Junk-s3cret-5d0c81';

export interface JunkWorld {
  agent: Composed;
  words: Words;
  /** The contract, called as one of this origin. */
  callAs(origin: Origin): ReturnType<typeof clientOf>;
  /** Lines that the agent logged as errors since the last time. */
  errors(): string[];
  /** Gives back what junk has removed, as far as what is left lets it. */
  refill(): Promise<void>;
  /** Connections to elsewhere that were refused. */
  refused(): number;
  close(): Promise<void>;
}

function clientOf({ router }: Composed, origin: Origin) {
  return createRouterClient(router, { context: { caller: { origin, actor: 'junk' } } });
}

/**
 * A real agent over a directory of its own, with an endpoint, a credential and a plan that waits for approval. It reaches
 * nothing but the loopback, where nobody listens, and its connections change nothing outside the directory. It says goodbye to
 * both with `close`.
 */
export async function openJunkWorld(): Promise<JunkWorld> {
  const directory = tempDirectory('junk');
  const guard = onlyLoopback();
  const errors: string[] = [];
  const log = makeLog((line) => errors.push(line), 'error', Date.now);
  const data = join(directory.path, 'data');
  const agent = await compose({
    ...{ face: 'headless', dataDirectory: data, log, settings: { proof_seconds: 1 } },
    overrides: overridesFor(directory.path),
  });
  await agent.start();
  const port = await freePort();
  const call = clientOf(agent, 'cli');
  const filling = { ...{ agent, call, port }, directory: directory.path, secret: plantedSecret };
  writeFiles(directory.path);
  await fill(filling);
  return {
    agent,
    words: makeWords(agent, { directory: directory.path, port, secret: plantedSecret }),
    callAs: (origin) => clientOf(agent, origin),
    errors: () => errors.splice(0),
    refill: () => fill(filling).catch(() => {}),
    refused: guard.refused,
    async close() {
      await agent.stop(1000);
      guard.end();
      directory.remove();
    },
  };
}

function overridesFor(directory: string): Overrides {
  const refused = { code: 127, timedOut: false, stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };
  return {
    keychain: () => keyFileKeychain(join(directory, 'os.key')),
    connection: (made) => onlyBelow(directory, made),
    authorityTools: {
      runScript: async () => refused,
      dns: () => ({ ask: async () => ({ answered: false, because: 'could not be reached' }) }),
    },
  };
}
