import { type Paper, pairs } from '../table.ts';
import { dated } from '../when.ts';

export function backupPage({ path, bytes, sentence }: { path: string; bytes: number; sentence: string }) {
  return [
    sentence,
    ...pairs([
      ['File', path],
      ['Size', `${bytes} bytes`],
    ]),
  ];
}

export function restorePage({ madeAt, sentence }: { madeAt: number; sentence: string }, { now }: Paper) {
  return [sentence, ...pairs([['Backup of', dated(madeAt, now)]])];
}
