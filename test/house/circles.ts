import type { Import } from './syntax.ts';

/** Groups of files that reach each other by imports (Tarjan's strongly connected components), each as one line. */
export function circlesIn(imports: readonly Import[]): string[] {
  const next = Map.groupBy(imports, ({ file }) => file);
  const search = new Search((file) => (next.get(file) ?? []).map(({ target }) => target));
  for (const file of next.keys()) search.from(file);
  return search.circles.map((files) => files.toSorted().join(' '));
}

class Search {
  readonly circles: string[][] = [];
  readonly #next: (file: string) => string[];
  readonly #number = new Map<string, number>();
  readonly #open: string[] = [];

  constructor(next: (file: string) => string[]) {
    this.#next = next;
  }

  /** Visits what was not visited yet. Returns the lowest number that is still open and can be reached from here. */
  from(file: string): number {
    const known = this.#number.get(file);
    if (known !== undefined) return this.#open.includes(file) ? known : Number.POSITIVE_INFINITY;
    const own = this.#number.size;
    this.#number.set(file, own);
    this.#open.push(file);
    const lowest = Math.min(own, ...this.#next(file).map((target) => this.from(target)));
    if (lowest === own) this.#close(file);
    return lowest;
  }

  #close(file: string): void {
    const group = this.#open.splice(this.#open.indexOf(file));
    if (group.length > 1) this.circles.push(group);
  }
}
