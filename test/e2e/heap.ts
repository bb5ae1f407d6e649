import type { CDPSession } from 'playwright-core';
import type { Search } from './marks.ts';

/** With it snapshots hold every string whole; without it only its first kilobyte. For the command line of Electron. */
export const wholeStrings = '--js-flags=--heap-snapshot-string-limit=100000000';

interface Raw {
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

/** Everything a page's script engine still reaches, after it threw away what it does not. */
export interface Heap {
  /** How many strings it holds. */
  strings: number;
  /** Whether some string holds the text, whole. */
  has(text: string): boolean;
  /** `door in …`, with what holds it. */
  find(search: Search): string[];
}

/** Collects garbage, twice, and takes a snapshot. */
export async function takeHeap(session: CDPSession): Promise<Heap> {
  await session.send('HeapProfiler.enable');
  for (let turn = 0; turn < 2; turn++) {
    await session.send('HeapProfiler.collectGarbage');
    await session.send('Runtime.evaluate', {
      expression: 'new Promise((done) => setTimeout(done, 100))',
      awaitPromise: true,
    });
  }
  const parts: string[] = [];
  const take = ({ chunk }: { chunk: string }): void => void parts.push(chunk);
  session.on('HeapProfiler.addHeapSnapshotChunk', take);
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  session.off('HeapProfiler.addHeapSnapshotChunk', take);
  await session.send('HeapProfiler.disable');
  return readHeap(JSON.parse(parts.join('')) as Raw);
}

interface Edge {
  type: string;
  name: string | number;
  from: number;
  to: number;
}

function readHeap({ snapshot, nodes, edges, strings }: Raw): Heap {
  const { meta } = snapshot;
  const nodeSize = meta.node_fields.length;
  const edgeSize = meta.edge_fields.length;
  const [typeAt, nameAt, countAt] = ['type', 'name', 'edge_count'].map((one) =>
    meta.node_fields.indexOf(one),
  );
  const [edgeTypes] = meta.edge_types;
  const [nodeTypes] = meta.node_types;
  const field = (node: number, at: number | undefined): number => nodes[node * nodeSize + (at ?? 0)] ?? 0;
  const typeOf = (node: number): string => nodeTypes[field(node, typeAt)] ?? '';
  const nameOf = (node: number): string => strings[field(node, nameAt)] ?? '';
  const count = nodes.length / nodeSize;
  const firstEdge = new Uint32Array(count + 1);
  for (let node = 0; node < count; node++)
    firstEdge[node + 1] = (firstEdge[node] ?? 0) + field(node, countAt);

  function edgesOf(node: number): Edge[] {
    const found: Edge[] = [];
    for (let at = firstEdge[node] ?? 0; at < (firstEdge[node + 1] ?? 0); at++) {
      const type = edgeTypes[edges[at * edgeSize] ?? 0] ?? '';
      const name = edges[at * edgeSize + 1] ?? 0;
      const to = (edges[at * edgeSize + 2] ?? 0) / nodeSize;
      found.push({
        type,
        name: type === 'element' || type === 'hidden' ? name : (strings[name] ?? ''),
        from: node,
        to,
      });
    }
    return found;
  }

  /** Strings that the engine has not put together yet are seen in their parts only. */
  function textOf(node: number, depth = 0): string {
    if (typeOf(node) !== 'concatenated string') return nameOf(node);
    if (depth > 5_000) return '';
    const parts = edgesOf(node);
    return ['first', 'second']
      .map((name) => parts.find((edge) => edge.name === name))
      .map((edge) => (edge === undefined ? '' : textOf(edge.to, depth + 1)))
      .join('');
  }

  /** The shortest way from a root to a node, by what really holds it. */
  function whyAlive(wanted: number): string {
    const cameBy = new Map<number, Edge>();
    let line = [0];
    const seen = new Set(line);
    while (line.length > 0 && !seen.has(wanted)) {
      const next: number[] = [];
      // the list of all external strings holds none of them
      for (const node of line)
        for (const edge of edgesOf(node))
          if (edge.type !== 'weak' && nameOf(edge.to) !== '(External strings)' && !seen.has(edge.to)) {
            seen.add(edge.to);
            cameBy.set(edge.to, edge);
            next.push(edge.to);
          }
      line = next;
    }
    const way: string[] = [];
    for (let at = cameBy.get(wanted); at !== undefined; at = cameBy.get(at.from)) {
      const { type, name, to } = at;
      way.unshift(`${type} ${name} → ${typeOf(to)} ${to === wanted ? '' : nameOf(to).slice(0, 60)}@${to}`);
    }
    return way.length === 0 ? 'held weakly only' : way.join('\n      ');
  }

  const pieced = (): number[] =>
    Array.from({ length: count }, (_, node) => node).filter((node) => typeOf(node) === 'concatenated string');

  return {
    strings: strings.length,
    has: (text) => strings.includes(text),
    find(search) {
      const open = search(Buffer.from(strings.join('\n')));
      const joined = pieced()
        .map((node) => ({ node, text: textOf(node) }))
        .filter(({ text }) => search(Buffer.from(text)).length > 0);
      if (open.length === 0 && joined.length === 0) return [];
      const guilty = new Set(
        strings.flatMap((text, at) => (search(Buffer.from(text)).length > 0 ? [at] : [])),
      );
      const holders = [
        ...joined.map(({ node }) => node),
        ...Array.from({ length: count }, (_, node) => node).filter((node) => guilty.has(field(node, nameAt))),
      ];
      return holders.map((node) => {
        const doors = search(Buffer.from(textOf(node))).join(', ');
        return `${doors} in the heap of the page (${typeOf(node)}):\n      ${whyAlive(node)}`;
      });
    },
  };
}

/** What lies outside the heap but is still in the hands of a script: fields, drawn or not, and bytes. */
export async function inHands(session: CDPSession): Promise<string> {
  const field =
    'return this.map((one) => [one.value, one.defaultValue, one.outerHTML].join(" ")).join("\\n")';
  const bytes = `return this.filter((one) => one instanceof ArrayBuffer || ArrayBuffer.isView(one))
    .map((one) => [...new Uint8Array(one.buffer ?? one)].map((byte) => byte.toString(16).padStart(2, '0')).join(''))
    .join("\\n")`;
  const found: string[] = [];
  for (const [kind, body] of [
    ['HTMLInputElement.prototype', field],
    ['HTMLTextAreaElement.prototype', field],
    ['ArrayBuffer.prototype', bytes],
    ['Object.getPrototypeOf(Uint8Array.prototype)', bytes], // short ones have no buffer of their own
  ] as const)
    found.push(await everyOne(session, kind, body));
  return found.join('\n');
}

/** Runs a function over every living object of a kind, also those that are in no document any more. */
async function everyOne(session: CDPSession, prototypeOf: string, body: string): Promise<string> {
  const prototype = await session.send('Runtime.evaluate', { expression: prototypeOf });
  const { objects } = await session.send('Runtime.queryObjects', {
    prototypeObjectId: prototype.result.objectId ?? '',
  });
  const { result, exceptionDetails } = await session.send('Runtime.callFunctionOn', {
    objectId: objects.objectId ?? '',
    functionDeclaration: `function () { ${body} }`,
    returnByValue: true,
  });
  for (const { objectId } of [prototype.result, objects])
    if (objectId !== undefined) await session.send('Runtime.releaseObject', { objectId });
  if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception?.description ?? prototypeOf);
  return String(result.value);
}
