/** Exit codes by which scripts say how far they came; what the tool said is on stderr. */
export const exits = {
  notPlain: 88,
  notAFile: 89,
  isDirectory: 90,
  notFound: 91,
  notWritten: 92,
  notOwned: 93,
  damaged: 94,
  notReplaced: 95,
  notSummed: 96,
  notDirectory: 97,
  unguarded: 98,
  notKept: 99,
} as const;
