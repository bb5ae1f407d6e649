import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import type { Failure } from '#shared/failure.ts';
import type { UpdateState } from '#shared/model/update.ts';
import { startAgent, type TestAgent, tempDirectory } from '#test/make/agent.ts';
import { JumpingClock } from '#test/make/clock.ts';
import { makeReleaseKey, startUpdateFeed } from '#test/servers/update-feed.ts';
import type { CheckedUpdate, UpdateParts } from '../../../electron/agent/updates/updater.ts';
import type { UpdateMark } from '../../../electron/updates/mark.ts';
import type { UpdatePolicy } from '../../../electron/updates/policy.ts';

export const hour = 3_600_000;
const [key, spare, stranger] = [makeReleaseKey(), makeReleaseKey(), makeReleaseKey()];
/** Three whole pieces and a bit. */
export const content = randomBytes(3 * 1024 * 1024 + 4711);

type Feed = Awaited<ReturnType<typeof startUpdateFeed>>;

/** A running agent of version 1.0.0 that updates itself from a feed of the test, with nothing that replaces it really. */
class UpdateWorld {
  feed!: Feed;
  agent!: TestAgent;
  clock!: JumpingClock;
  policy: UpdatePolicy = {};
  /** What the program was built with; read when it starts. */
  keyring: readonly string[] = [spare.raw, key.raw];
  /** What the version before left; read when it is asked for. */
  mark: UpdateMark | null = null;
  refusal: Failure | null = null;
  readonly installed: CheckedUpdate[] = [];
  readonly keys = { key, spare, stranger };
  #directory!: ReturnType<typeof tempDirectory>;

  async begin(): Promise<void> {
    this.feed = await startUpdateFeed();
    this.#directory = tempDirectory('updates');
    await this.#start();
    await this.agent.call.autoupdate.set({ feed: this.feed.url });
  }

  async end(): Promise<void> {
    await this.agent.close();
    await this.feed.stop();
    this.#directory.remove();
  }

  async restart(): Promise<void> {
    await this.agent.close();
    await this.#start();
  }

  /** On, nothing known and nothing asked. */
  async afresh(): Promise<void> {
    this.policy = {};
    this.refusal = null;
    this.installed.length = 0;
    if ((await this.status()).state === 'installing') await this.restart(); // which only ends with the program
    await this.agent.call.autoupdate.disable({});
    await this.agent.call.autoupdate.enable({});
    await this.agent.call.autoupdate.set({ install: 'ask', window: 'any' });
    this.feed.requests.length = 0;
  }

  status = () => this.agent.call.autoupdate.get({});
  check = () => this.agent.call.autoupdate.check({});
  reaches = (state: UpdateState) => expect.poll(async () => (await this.status()).state).toBe(state);
  offer = (more: Partial<Parameters<Feed['offer']>[0]> & { version: string }) =>
    this.feed.offer({ content, key, ...more });
  fileOf = (version: string) =>
    join(this.#directory.path, 'updates', 'pending', `trustkeep-${version}-linux-x86_64.AppImage`);

  /** Which parts of a file were asked for. */
  ranges(): string[] {
    return this.feed.requests
      .filter((one) => one.includes('AppImage'))
      .map((one) => one.split(' ')[2] ?? 'whole');
  }

  async #start(): Promise<void> {
    this.clock = new JumpingClock();
    const overrides = { clock: this.clock, updates: this.#parts() };
    this.agent = await startAgent({ dataDirectory: this.#directory.path, overrides });
  }

  #parts(): Partial<UpdateParts> {
    return {
      kind: 'appimage',
      version: '1.0.0',
      random: () => 0.5,
      release: { keys: this.keyring, feed: null, publishers: [] },
      policy: () => this.policy,
      mark: () => this.mark,
      updater: {
        install: async (update) => {
          if (this.refusal !== null) throw this.refusal;
          this.installed.push(update);
        },
        goBack: async () => {},
      },
    };
  }
}

/** One for all tests of a file. */
export function updateWorld(): UpdateWorld {
  const world = new UpdateWorld();
  beforeAll(() => world.begin());
  beforeEach(() => world.afresh());
  afterAll(() => world.end());
  return world;
}

export const codeOf = (work: Promise<unknown>): Promise<string | null> =>
  work.then(
    () => null,
    (error: unknown) => String(Reflect.get(Object(Reflect.get(Object(error), 'data')), 'code')),
  );
