import { Failure } from '#shared/failure.ts';
import type { Task } from '#shared/model/task.ts';
import type { Database } from '../../database/database.ts';
import { selfUpdating, updateCommands } from '../../updates/package-kind.ts';
import type { Phase } from './phase.ts';
import type { UpdateParts } from './updater.ts';

/** Tasks that a restart would disturb: at work, about to be, or waiting with a change on an endpoint that is not finished. */
export function tasksAtWork(database: Database): Task[] {
  return database.tasks
    .inStates(['queued', 'running', 'waiting'])
    .filter(({ task, memory }) => task.state !== 'waiting' || memory.changing)
    .map(({ task }) => task);
}

/** Throws `update.busy` while there is one. */
export function refuseAtWork(database: Database): void {
  const tasks = tasksAtWork(database);
  if (tasks.length === 0) return;
  throw new Failure('update.busy', `${atWorkSentence(tasks)} Trustkeep does not restart during that.`, {
    hint: 'Wait until it is done, or have the update installed as soon as it is: trustkeep autoupdate install --when_idle',
  });
}

/** Names at most three. */
export function atWorkSentence(tasks: readonly Task[]): string {
  const names = tasks.slice(0, 3).map(({ kind, subject }) => `${kind} of ${subject.name}`);
  const more = tasks.length > 3 ? `, and ${tasks.length - 3} more` : '';
  return `${tasks.length === 1 ? 'A task is' : `${tasks.length} tasks are`} at work: ${names.join(', ')}${more}.`;
}

/** Why nothing is installed where this program runs, and what to do instead. */
export function updatedByOthers({ kind, packageName }: Pick<UpdateParts, 'kind' | 'packageName'>): Failure {
  const commands = updateCommands({ kind, name: packageName });
  if (selfUpdating.includes(kind))
    return new Failure('update.by-package', 'Only the desktop application installs updates.', {
      hint: 'Start the desktop application, then install the update there or with this command.',
    });
  return new Failure('update.by-package', `This package of Trustkeep (${kind}) does not update itself.`, {
    hint: commands.length > 0 ? `Run: ${commands.join('; ')}` : 'Put a newer one in its place.',
  });
}

/** Why an update that was wanted is not there to be installed. */
export function nothingToInstall(phase: Phase): Failure {
  const code = 'update.nothing-to-install';
  switch (phase.name) {
    case 'installing':
      return new Failure(code, `Trustkeep ${phase.offer.shown.version} is being installed already.`);
    case 'available':
      return new Failure(code, `The download of Trustkeep ${phase.offer.shown.version} was cancelled.`, {
        hint: 'Install it again to continue the download where it stopped.',
      });
    default:
      return new Failure(code, 'No newer version is known.', {
        hint: 'Check first: trustkeep autoupdate check',
      });
  }
}
