/** What a campaign saw. */
export interface Outcome {
  /** Lines of its table: what, and how often or how long. */
  figures: [what: string, figure: string][];
  /** What must not be, each in one line with all it takes to see it again. */
  findings: string[];
  /** Rounds that were made, where it was ended before. */
  made?: number;
}

/** Does the same over and over with other input, and looks at what must hold each time. The same seed, the same input. */
export interface Campaign {
  /** One sentence: what is done and what must hold. Stands in the page. */
  about: string;
  /** When none are asked for. */
  rounds: number;
  run(rounds: number, seed: number): Promise<Outcome>;
}
