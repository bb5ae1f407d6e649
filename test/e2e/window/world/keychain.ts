import type { AgentStatus } from '#shared/contract/agent.ts';
import { readySentence, troubleSentence } from '../../../../electron/secrets/key-state.ts';

export type Keychain = AgentStatus['keychain'];

export const recoveryKey = 'TK1-7QXM-4FKD-W2PN-9RTB-H6SC-3VJA-8YLE-5GZU';

export function readyKeychain(kind: Keychain['kind']): Keychain {
  const sentence = readySentence({ kind, path: '/etc/trustkeep/master-key' });
  return { kind, state: 'ready', sentence, recoveryKeyWaiting: false };
}

export function troubledKeychain(
  kind: Keychain['kind'],
  state: 'not-chosen' | 'locked' | 'missing',
): Keychain {
  return { kind, state, sentence: troubleSentence(state, kind, null), recoveryKeyWaiting: false };
}
