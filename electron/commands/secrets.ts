import { isAbsolute } from 'node:path';
import { implement } from '@orpc/server';
import { contract } from '#shared/contract/index.ts';
import { asFailure, Failure } from '#shared/failure.ts';
import { backupDatabase, dropBackups } from '../database/backup.ts';
import type { Resealed } from '../secrets/sealed-rows.ts';
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
      checkStray(input);
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
    rotate: os.rotate.handler(async ({ input, context }) => {
      const done = await masterKey.rotate({
        passphrase: sealed(input.passphrase),
        commit: (work) =>
          context.audit.commit(work, (result) => ({ subject: null, sentence: rotatedSentence(result) })),
      });
      backUpAnew(tools);
      return { ...changed(), ...done };
    }),
    recoveryKey: os.recoveryKey.handler(({ context }) => {
      const recoveryKey = masterKey.takeRecoveryKey();
      if (recoveryKey === null) {
        throw new Failure('secrets.recovery-key-shown', 'There is no recovery key to show.', {
          hint: 'It is shown once, right after the master key is created.',
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

/** Something that the chosen place has no use for was meant for another one. */
function checkStray({
  kind,
  path,
  passphrase,
}: {
  kind: string;
  path?: string | undefined;
  passphrase?: string | undefined;
}): void {
  const stray = kind !== 'key-file' && path !== undefined ? 'path' : null;
  const name = kind !== 'passphrase' && passphrase !== undefined ? 'passphrase' : stray;
  if (name === null) return;
  throw new Failure('input.invalid', `--${name} is not used with ${kind}.`, {
    hint: `Remove it, or choose ${name === 'path' ? 'key-file' : 'passphrase'}.`,
  });
}

function sealed(value: string | undefined): Secret | undefined {
  return value === undefined ? undefined : Secret.of(value);
}

/** The copies made before are under keys that are gone: one under the new key takes their place. */
function backUpAnew({ database, clock, log }: CommandTools): void {
  try {
    const fresh = backupDatabase(database, clock.now());
    dropBackups(database.path, fresh);
  } catch (error) {
    log.warn('no copy could be made after the master key was replaced', { error: asFailure(error) });
  }
}

const mostNamed = 10;

function rotatedSentence({ resealed, damaged }: Resealed): string {
  const count = resealed === 1 ? '1 stored secret was' : `${resealed} stored secrets were`;
  const sentence = `The master key was replaced and ${count} encrypted again. The previous recovery key no longer works.`;
  if (damaged.length === 0) return sentence;
  const more = damaged.length > mostNamed ? `, and ${damaged.length - mostNamed} more` : '';
  return `${sentence} Already damaged, and left unchanged: ${damaged.slice(0, mostNamed).join(', ')}${more}.`;
}
