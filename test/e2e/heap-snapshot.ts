import type { Search } from './marks.ts';

/** A snapshot as the script engine writes it. */
export interface Raw {
  snapshot: {
    meta: {
      node_fields: string[];
      node_types: [string[], ...unknown[]];
      edge_fields: string[];
      edge_types: [string[], ...unknown[]];
    };
  };
  nodes: number[];
  edges: number[];
  strings: string[];
}

interface Edge {
  type: string;
  name: string | number;
  from: number;
  to: number;
}

/** Roots that name what there is and keep nothing alive. */
const isMereList = /^\((External|Internalized) strings\)$/;

/** Everything a page's script engine still reaches, after it threw away what it does not. */
export class Heap {
  readonly #raw: Raw;
  readonly #nodeSize: number;
  readonly #edgeSize: number;
  /** Where the fields of a node are. */
  readonly #at: { type: number; name: number; size: number };
  /** Where the edges of a node begin; those of the next end them. */
  readonly #firstEdge: Uint32Array;
  readonly #every: readonly number[];

  constructor(raw: Raw) {
    const { node_fields: fields, edge_fields: edgeFields } = raw.snapshot.meta;
    this.#raw = raw;
    this.#nodeSize = fields.length;
    this.#edgeSize = edgeFields.length;
    const at = (name: string): number => fields.indexOf(name);
    this.#at = { type: at('type'), name: at('name'), size: at('self_size') };
    const count = raw.nodes.length / this.#nodeSize;
    this.#firstEdge = new Uint32Array(count + 1);
    for (let node = 0; node < count; node++)
      this.#firstEdge[node + 1] = (this.#firstEdge[node] ?? 0) + this.#field(node, at('edge_count'));
    this.#every = Array.from({ length: count }, (_, node) => node);
  }

  /** Those of scripts, with what holds them. */
  buffers(): string[] {
    const found = this.#every.filter((node) => this.#nameOf(node) === 'system / JSArrayBufferData');
    return found.map(
      (node) =>
        `a buffer of ${this.#field(node, this.#at.size)} bytes in the page:\n      ${this.#whyAlive(node)}`,
    );
  }

  /** `door in …`, with what holds it. */
  find(search: Search): string[] {
    const { strings } = this.#raw;
    const doors = new Set(search(Buffer.from(strings.join('\n'))));
    const guilty = doors.size === 0 ? [] : strings.flatMap((text, at) => (holds(search, text) ? [at] : []));
    const names = new Set(guilty);
    const named = this.#every.filter((node) => names.has(this.#field(node, this.#at.name)));
    const pieced = this.#wholes().filter((node) => holds(search, this.#textOf(node)));
    const found = [...new Set([...named, ...pieced])].map((node) => {
      const here = search(Buffer.from(this.#textOf(node)));
      for (const door of here) doors.delete(door);
      return `${here.join(', ')} in the heap of the page (${this.#typeOf(node)}):\n      ${this.#whyAlive(node)}`;
    });
    return [...found, ...[...doors].map((door) => `${door} in a name in the heap of the page`)];
  }

  #field(node: number, at: number): number {
    return this.#raw.nodes[node * this.#nodeSize + at] ?? 0;
  }

  #typeOf(node: number): string {
    return this.#raw.snapshot.meta.node_types[0][this.#field(node, this.#at.type)] ?? '';
  }

  #nameOf(node: number): string {
    return this.#raw.strings[this.#field(node, this.#at.name)] ?? '';
  }

  #edgesOf(node: number): Edge[] {
    const found: Edge[] = [];
    for (let at = this.#firstEdge[node] ?? 0; at < (this.#firstEdge[node + 1] ?? 0); at++)
      found.push(this.#edge(node, at * this.#edgeSize));
    return found;
  }

  #edge(from: number, at: number): Edge {
    const { edges, strings, snapshot } = this.#raw;
    const type = snapshot.meta.edge_types[0][edges[at] ?? 0] ?? '';
    const name = edges[at + 1] ?? 0;
    const isNumber = type === 'element' || type === 'hidden';
    return {
      type,
      name: isNumber ? name : (strings[name] ?? ''),
      from,
      to: (edges[at + 2] ?? 0) / this.#nodeSize,
    };
  }

  #isPieced(node: number): boolean {
    return this.#typeOf(node) === 'concatenated string';
  }

  /** The two halves of a string that the engine has not put together yet. */
  #halvesOf(node: number): number[] {
    const edges = this.#edgesOf(node);
    return ['first', 'second'].flatMap((name) => edges.find((edge) => edge.name === name)?.to ?? []);
  }

  /** Those strings are seen in their parts only, thousands of them in one. */
  #textOf(whole: number): string {
    const parts: string[] = [];
    const left = [whole];
    for (let node = left.pop(); node !== undefined; node = left.pop())
      if (this.#isPieced(node)) left.push(...this.#halvesOf(node).reverse());
      else parts.push(this.#nameOf(node));
    return parts.join('');
  }

  /** What a half holds is in the whole of it. */
  #wholes(): number[] {
    const pieced = this.#every.filter((node) => this.#isPieced(node));
    const halves = new Set(pieced.flatMap((node) => this.#halvesOf(node)));
    return pieced.filter((node) => !halves.has(node));
  }

  /** The shortest way from a root to a node, by what really holds it. */
  #whyAlive(wanted: number): string {
    const cameBy = this.#waysTo(wanted);
    const way: string[] = [];
    for (let at = cameBy.get(wanted); at !== undefined; at = cameBy.get(at.from)) {
      const { type, name, to } = at;
      const what = to === wanted ? '' : this.#nameOf(to).slice(0, 60);
      way.unshift(`${type} ${name} → ${this.#typeOf(to)} ${what}@${to}`);
    }
    return way.length === 0 ? 'held weakly only' : way.join('\n      ');
  }

  /** By which edge each node was come to first, until the wanted one was. */
  #waysTo(wanted: number): Map<number, Edge> {
    const cameBy = new Map<number, Edge>();
    let line = [0];
    const seen = new Set(line);
    while (line.length > 0 && !seen.has(wanted)) {
      const next: number[] = [];
      for (const node of line)
        for (const edge of this.#edgesOf(node)) {
          if (edge.type === 'weak' || isMereList.test(this.#nameOf(edge.to)) || seen.has(edge.to)) continue;
          seen.add(edge.to);
          cameBy.set(edge.to, edge);
          next.push(edge.to);
        }
      line = next;
    }
    return cameBy;
  }
}

const holds = (search: Search, text: string): boolean => search(Buffer.from(text)).length > 0;
