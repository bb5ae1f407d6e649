import { isAbsolute } from 'node:path';
import { implement } from '@orpc/server';
import { contract } from '#shared/contract/index.ts';
import { Failure } from '#shared/failure.ts';
import { Secret } from '../secrets/secret.ts';
import type { CommandContext } from '../transport/context.ts';
import type { CommandTools } from './tools.ts';

export function secretsCommands(tools: CommandTools) {
  const os = implement(contract.secrets).$context<CommandContext>();
  const { masterKey, agent } = tools;
  /** Tasks may have waited for the key; and screens show its state. */
  const changed = () => {
    agent.events.changed('secrets', null);
    agent.wake();
    return masterKey.state();
  };
  return os.router({
    state: os.state.handler(() => masterKey.state()),
    choose: os.choose.handler(async ({ input, context }) => {
      if (input.path !== undefined && !isAbsolute(input.path)) {
        throw new Failure('input.invalid', `The path of the key file must be absolute, not "${input.path}".`);
      }
      await masterKey.choose(input.kind, { path: input.path, passphrase: sealed(input.passphrase) });
      const sentence = `The master key is now kept in: ${input.kind}.`;
      context.audit.note({ subject: input.kind, sentence });
      return changed();
    }),
    unlock: os.unlock.handler(async ({ input, context }) => {
      await masterKey.unlock(sealed(input.passphrase));
      const { state, sentence } = masterKey.state();
      context.audit.note(
        state === 'ready'
          ? { subject: null, sentence: 'The master key was unlocked.' }
          : { subject: null, sentence: `The master key was not unlocked. ${sentence}`, outcome: 'refused' },
      );
      return changed();
    }),
    rotate: os.rotate.handler(() => {
      throw new Error('not built');
    }),
    recoveryKey: os.recoveryKey.handler(({ context }) => {
      const recoveryKey = masterKey.takeRecoveryKey();
      if (recoveryKey === null) {
        throw new Failure('secrets.recovery-key-shown', 'There is no recovery key to show.', {
          hint: 'It is shown once, right after the master key was made.',
          retry: 'never',
        });
      }
      context.audit.note({ subject: null, sentence: 'The recovery key was shown.' });
      agent.events.changed('secrets', null);
      return { recoveryKey };
    }),
    recover: os.recover.handler(async ({ input, context }) => {
      await masterKey.recover(Secret.of(input.recovery_key.trim()));
      context.audit.note({ subject: null, sentence: 'The master key was recovered with the recovery key.' });
      return changed();
    }),
  });
}

function sealed(value: string | undefined): Secret | undefined {
  return value === undefined ? undefined : Secret.of(value);
}
