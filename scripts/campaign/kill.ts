import { killRounds } from '../../test/make/kill/rounds.ts';
import type { Campaign } from './campaign.ts';
import { inWorlds } from './worlds.ts';

export const kill: Campaign = {
  about:
    'The service is killed (SIGKILL) at random moments of a task, up to three times in a round, and started again, on real nginx, sshd and Pebble. Afterwards the task has ended in a state that is true, no order is doubled, nothing that was answered is lost, nothing is left over and nothing else was changed.',
  rounds: 1000,
  run: (rounds, seed) => inWorlds({ name: 'kill', rounds, seed }, killRounds),
};
