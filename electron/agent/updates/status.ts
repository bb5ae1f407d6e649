import type { AutoupdateSettings, AutoupdateStatus } from '#shared/model/update.ts';
import { updateCommands } from '../../updates/package-kind.ts';
import { readsOfMark } from './aftermath.ts';
import type { InForce } from './in-force.ts';
import type { Phase } from './phase.ts';
import type { readMemory } from './stored.ts';
import type { UpdateParts } from './updater.ts';
import { percentOf, stateSentence } from './words.ts';

interface StatusFacts {
  phase: Phase;
  force: InForce;
  byHand: boolean;
  settings: AutoupdateSettings;
  memory: ReturnType<typeof readMemory>;
  updates: Pick<UpdateParts, 'kind' | 'packageName' | 'version' | 'mark'>;
  /** What an installation waits for; null: for nothing. */
  waitsFor: string | null;
  canInstall: boolean;
}

/** All that is shown of autoupdate. */
export function statusOf({
  phase,
  force,
  updates,
  memory,
  canInstall,
  ...facts
}: StatusFacts): AutoupdateStatus {
  const { kind, packageName, version, mark } = updates;
  const commands = [...updateCommands({ kind, name: packageName })];
  const offer = 'offer' in phase ? phase.offer : null;
  const said = {
    phase,
    force,
    version,
    kind,
    commands,
    waitsFor: facts.waitsFor,
    cannotInstall: !canInstall,
  };
  return {
    ...{
      state: phase.name === 'idle' && !force.enabled ? 'disabled' : phase.name,
      sentence: stateSentence(said),
    },
    ...{ enabled: force.enabled, disabledBy: force.disabledBy, version, package: kind, commands },
    ...{ settings: facts.settings, feed: force.feed, policy: force.policy, byHand: facts.byHand },
    offered: offer?.shown ?? null,
    progress:
      phase.name === 'downloading'
        ? { percent: percentOf(phase.bytes, phase.offer.shown.size), bytes: phase.bytes }
        : null,
    failure: phase.name === 'failed' ? phase.failure.toData() : null,
    ...{ lastCheckAt: memory.lastCheckAt, lastResult: memory.lastResult },
    nextCheckAt: force.enabled ? memory.nextCheckAt : null,
    previous: readsOfMark(mark(), version).previous,
  };
}
