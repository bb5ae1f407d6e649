import type { Clock } from '#kit/clock.ts';
import { silenceTitle } from '#shared/model/told.ts';
import type { Database } from '../../database/database.ts';
import type { Draft } from '../notification-words.ts';
import { span } from '../policies/renewal.ts';
import { silenceSentence } from '../policies/silence.ts';
import { beginWatching, renewalSilence } from '../renewal-check.ts';

const eachMs = 15 * 60_000;
const note = 'told-of-silence';

interface SilenceParts {
  database: Database;
  clock: Clock;
  notify(draft: Draft): void;
}

/**
 * Gives the turn of the loop that watches whether the loop which renews still completes its checks. The first turn is of the
 * start of the agent, before anything was checked: what it finds is that no agent ran. Later, silence is told at the second turn
 * in a row that finds it, because a machine that has just woken up has not had its turn yet; and once.
 */
export function silenceWatch({ database, clock, notify }: SilenceParts): () => number {
  let turns = -1;
  return () => {
    const now = clock.now();
    beginWatching(database, now);
    const since = renewalSilence(database, now);
    const isStart = turns < 0;
    turns = since === null ? 0 : turns + 1;
    if (since === null) return eachMs;
    if (isStart) notify(aboutAbsence(now - since));
    else if (turns >= 2 && database.meta.get(note) !== String(since))
      database.transaction(() => {
        database.meta.set(note, String(since));
        notify(aboutSilence(since, now));
      });
    return eachMs;
  };
}

function aboutAbsence(ms: number): Draft {
  return {
    kind: 'system',
    level: 'info',
    title: `No renewal check for ${span(ms)}`,
    sentence: 'Trustkeep was not running. It checks now what is due.',
  };
}

function aboutSilence(since: number, now: number): Draft {
  return {
    kind: 'renewal-at-risk',
    level: 'danger',
    title: silenceTitle,
    sentence: `${silenceSentence(since, now)} Restart Trustkeep; if this continues, check its log.`,
  };
}
