import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '#shared/failure.ts';
import { type StepWorld, stepWorld } from '#test/make/step-world.ts';
import { installStep } from '../../../../electron/agent/steps/install.ts';
import type { Material } from '../../../../electron/providers/endpoints/endpoint.ts';

let world: StepWorld;
beforeEach(() => {
  world = stepWorld();
});
afterEach(() => world.remove());

describe('installing', () => {
  /** The key that the endpoint was given, as it is afterwards. */
  async function keyAfter(run: () => Promise<unknown>): Promise<string> {
    let given: Material | undefined;
    const inner = world.adapter.install;
    world.adapter.install = (plan, material) => {
      given = material;
      return inner(plan, material);
    };
    await run().catch(() => {});
    if (given?.key.where !== 'agent') throw new Error('no key was given');
    const { pem } = given.key;
    try {
      return pem.text();
    } catch {
      return 'wiped';
    }
  }

  test('wipes the key afterwards, also when the endpoint refused it', async () => {
    expect(await keyAfter(() => installStep.run(world.context()))).toBe('wiped');
    world.adapter.install = () => Promise.reject(new Error('refused'));
    expect(await keyAfter(() => installStep.run(world.context()))).toBe('wiped');
  });

  test.each(['snapshot.gone', 'snapshot.other'] as const)(
    'does not begin without what undoes it: %s',
    async (code) => {
      world.adapter.checkSnapshot = async () => {
        throw new Failure(code, 'It is not there.');
      };
      expect(await installStep.run(world.context())).toMatchObject({
        ...{ kind: 'failed', untouched: true, failure: { code } },
      });
      expect(world.asked).toEqual([]);
    },
  );

  test('that is refused because someone else changed the endpoint is nothing to undo', async () => {
    world.adapter.install = () => Promise.reject(new Failure('endpoint.drifted', 'It has other content.'));
    expect(await installStep.run(world.context())).toMatchObject({
      ...{ kind: 'failed', untouched: true, failure: { code: 'endpoint.drifted' } },
    });
  });

  const script = (code: number) =>
    Object.assign(world.adapter, {
      powers: {
        ...world.adapter.powers,
        runsScripts: { runInstallScript: async () => ({ code, said: 'No space left.' }) },
      },
    });

  test('tells of an install script that ran', async () => {
    script(0);
    expect(await installStep.run(world.context())).toMatchObject({
      ...{
        kind: 'done',
        sentence: expect.stringContaining('the install script ran and ended with code 0: No space left.'),
      },
    });
  });

  test('tells what the server said of the new files when it was asked', async () => {
    expect(await installStep.run(world.context())).toMatchObject({
      sentence: 'Everything was written as planned.',
    });
    world.adapter.install = async () => 'nginx -t read the new files and reported no error.';
    expect(await installStep.run(world.context())).toMatchObject({
      sentence: 'Everything was written as planned. nginx -t read the new files and reported no error.',
    });
  });

  test('warns of an install script that failed, with what it said', async () => {
    script(3);
    expect(await installStep.run(world.context())).toMatchObject({
      ...{ kind: 'done-with-warning', sentence: expect.stringMatching(/ended with code 3: No space left/) },
    });
  });
});
