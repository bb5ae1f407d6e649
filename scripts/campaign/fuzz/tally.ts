import { number } from '../page.ts';

const mostFindings = 20;

/** Counts what happened, and keeps the first findings of each kind. */
export class Tally {
  readonly #counts = new Map<string, number>();
  readonly #kinds = new Map<string, number>();
  readonly findings: string[] = [];

  count(what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  }

  /** `detail` is what it takes to see it again. */
  found(kind: string, detail: string): void {
    const before = this.#kinds.get(kind) ?? 0;
    this.#kinds.set(kind, before + 1);
    this.count(`found: ${kind}`);
    if (before === 0 && this.findings.length < mostFindings) this.findings.push(`${kind}: ${detail}`);
  }

  figures(): [string, string][] {
    return [...this.#counts].map(([what, count]) => [what, number(count)]);
  }
}
