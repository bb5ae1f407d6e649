import compare from 'semver/functions/compare.js';
import { Failure } from '#shared/failure.ts';
import type { AutoupdateStatus } from '#shared/model/update.ts';
import type { UpdateMark } from '../../updates/mark.ts';
import type { Draft } from '../notification-words.ts';
import { aboutGoneBack, aboutNotGoneBack, aboutNotTaken, aboutUpdated } from './words.ts';

interface Aftermath {
  /** Offered back; null: nothing is kept. */
  previous: AutoupdateStatus['previous'];
  /** A person went back from this version to this one: it is not installed again on its own. */
  goneBackFrom: string | null;
  /** What was begun did not come about: this is still the version that began it. */
  notTaken: Failure | null;
  /** Told once, under this name; null: nothing happened. */
  told: { name: string; draft: Draft } | null;
}

/** What the mark of an update says to the version that reads it. Pure. */
export function readsOfMark(mark: UpdateMark | null, version: string): Aftermath {
  const nothing: Aftermath = { previous: null, goneBackFrom: null, notTaken: null, told: null };
  if (mark === null) return nothing;
  const { from, to, at, trouble } = mark;
  if (to !== version) return from === version && mark.state === 'installing' ? notTaken(mark) : nothing;
  if (compare(to, from) < 0)
    return { ...nothing, goneBackFrom: from, told: { name: `back ${at}`, draft: aboutGoneBack(from, to) } };
  return {
    ...nothing,
    ...(trouble === null
      ? { told: { name: `updated ${at}`, draft: aboutUpdated(from, to) } }
      : didNotGoBack(trouble, at)),
    previous:
      mark.kept === null
        ? null
        : { version: from, sentence: `Trustkeep ${from} is kept and can be put back with one command.` },
  };
}

/** A person went back to the previous version, which could not be put in place. */
function didNotGoBack(trouble: string, at: number): Pick<Aftermath, 'notTaken' | 'told'> {
  return {
    notTaken: new Failure('update.no-previous', trouble),
    told: { name: `not gone back ${at}`, draft: aboutNotGoneBack(trouble) },
  };
}

function notTaken({ from, to, at, trouble }: UpdateMark): Aftermath {
  const sentence = trouble ?? `The installer of Trustkeep ${to} ran, and version ${from} is still in use.`;
  const failure = new Failure('update.did-not-take', sentence, {
    hint: 'The installation may have been declined, or blocked by this machine. Install the update again, or have an administrator do it.',
  });
  return {
    ...{ previous: null, goneBackFrom: null, notTaken: failure },
    told: { name: `not taken ${at}`, draft: aboutNotTaken(sentence) },
  };
}
