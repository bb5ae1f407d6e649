import { Failure } from '#shared/failure.ts';
import { type Keychain, readyKeychain, recoveryKey } from '../world/keychain.ts';
import { passphrase } from '../world/said-by-others.ts';
import { type FakeTools, os } from './procedures.ts';

/** The master key of the world: locked and opened, shown once, replaced. */
export function secretsRoutes({ world, changed, did }: FakeTools) {
  const set = (keychain: Keychain): Keychain => {
    world.status.keychain = keychain;
    changed('secrets');
    return keychain;
  };
  const open = (kind: Keychain['kind'], fresh: boolean): Keychain => {
    if (fresh) world.recoveryKey = recoveryKey;
    return set({ ...readyKeychain(kind), recoveryKeyWaiting: fresh });
  };
  return {
    secrets: {
      state: os.secrets.state.handler(() => world.status.keychain),
      choose: os.secrets.choose.handler(({ input }) => open(input.kind, true)),
      unlock: os.secrets.unlock.handler(({ input }) => {
        did('secrets.unlock', input);
        const { keychain } = world.status;
        if (keychain.kind !== 'passphrase' || input.passphrase === passphrase)
          return open(keychain.kind, false);
        const sentence = 'The stored secrets are locked: the last passphrase was wrong.';
        return set({ ...keychain, state: 'locked', sentence });
      }),
      recoveryKey: os.secrets.recoveryKey.handler(() => {
        if (world.recoveryKey === null)
          throw new Failure('secrets.recovery-key-shown', 'There is no recovery key to show.', {
            hint: 'It is shown once, right after the master key is created.',
          });
        const shown = world.recoveryKey;
        world.recoveryKey = null;
        world.status.keychain.recoveryKeyWaiting = false;
        changed('secrets');
        return { recoveryKey: shown };
      }),
      rotate: os.secrets.rotate.handler(({ input }) => {
        did('secrets.rotate', input);
        return { ...open(world.status.keychain.kind ?? 'os-keychain', true), resealed: 214 };
      }),
      recover: os.secrets.recover.handler(() => open('os-keychain', false)),
    },
  };
}
