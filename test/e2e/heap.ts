import type { CDPSession } from 'playwright-core';
import { inText, type Search } from './marks.ts';

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
interface Heap {
  /** Those of scripts, with what holds them. */
  buffers(): string[];
  /** `door in …`, with what holds it. */
  find(search: Search): string[];
}

/** Collects garbage, twice, and takes a snapshot. */
async function takeHeap(session: CDPSession): Promise<Heap> {
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
  return readHeap(JSON.parse(parts.join('')) as Raw);
}

/** Roots that name what there is and keep nothing alive. */
const isMereList = /^\((External|Internalized) strings\)$/;

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
  const [typeAt, nameAt, sizeAt, countAt] = ['type', 'name', 'self_size', 'edge_count'].map((one) =>
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

  const isPieced = (node: number): boolean => typeOf(node) === 'concatenated string';
  /** The two halves of a string that the engine has not put together yet. */
  function halvesOf(node: number): number[] {
    const edges = edgesOf(node);
    return ['first', 'second'].flatMap((name) => edges.find((edge) => edge.name === name)?.to ?? []);
  }
  /** Those strings are seen in their parts only, thousands of them in one. */
  function textOf(whole: number): string {
    const parts: string[] = [];
    const left = [whole];
    for (let node = left.pop(); node !== undefined; node = left.pop())
      if (isPieced(node)) left.push(...halvesOf(node).reverse());
      else parts.push(nameOf(node));
    return parts.join('');
  }

  /** The shortest way from a root to a node, by what really holds it. */
  function whyAlive(wanted: number): string {
    const cameBy = new Map<number, Edge>();
    let line = [0];
    const seen = new Set(line);
    while (line.length > 0 && !seen.has(wanted)) {
      const next: number[] = [];
      for (const node of line)
        for (const edge of edgesOf(node))
          if (edge.type !== 'weak' && !isMereList.test(nameOf(edge.to)) && !seen.has(edge.to)) {
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

  const every = Array.from({ length: count }, (_, node) => node);
  /** What a half holds is in the whole of it. */
  function wholes(): number[] {
    const pieced = every.filter(isPieced);
    const halves = new Set(pieced.flatMap(halvesOf));
    return pieced.filter((node) => !halves.has(node));
  }

  return {
    buffers: () =>
      every
        .filter((node) => nameOf(node) === 'system / JSArrayBufferData')
        .map((node) => `a buffer of ${field(node, sizeAt)} bytes in the page:\n      ${whyAlive(node)}`),
    find(search) {
      const doors = new Set(search(Buffer.from(strings.join('\n'))));
      const guilty = doors.size === 0 ? [] : strings.flatMap((text, at) => (holds(search, text) ? [at] : []));
      const names = new Set(guilty);
      const named = every.filter((node) => names.has(field(node, nameAt)));
      const pieced = wholes().filter((node) => holds(search, textOf(node)));
      const found = [...new Set([...named, ...pieced])].map((node) => {
        const here = search(Buffer.from(textOf(node)));
        for (const door of here) doors.delete(door);
        return `${here.join(', ')} in the heap of the page (${typeOf(node)}):\n      ${whyAlive(node)}`;
      });
      return [...found, ...[...doors].map((door) => `${door} in a name in the heap of the page`)];
    },
  };
}

const holds = (search: Search, text: string): boolean => search(Buffer.from(text)).length > 0;

/**
 * What is in the hands of a page's scripts, `door in …`: its heap and its fields, drawn or not. Bytes in buffers cannot
 * be read from here, whoever's they are; our page has none, so each one is told.
 */
export async function heldBy(session: CDPSession, search: Search): Promise<string[]> {
  const heap = await takeHeap(session);
  const found = [...heap.find(search), ...heap.buffers()];
  for (const kind of ['HTMLInputElement', 'HTMLTextAreaElement']) {
    const body =
      'return this.map((one) => [one.value, one.defaultValue, one.outerHTML].join(" ")).join("\\n")';
    found.push(...inText(search, 'a field of the page', await everyOne(session, kind, body)));
  }
  return found;
}

/** Runs a function over every living object of a kind, also those that are in no document any more. */
async function everyOne(session: CDPSession, kind: string, body: string): Promise<string> {
  const prototype = await session.send('Runtime.evaluate', { expression: `${kind}.prototype` });
  const { objects } = await session.send('Runtime.queryObjects', {
    prototypeObjectId: prototype.result.objectId ?? '',
  });
  const { result } = await session.send('Runtime.callFunctionOn', {
    objectId: objects.objectId ?? '',
    functionDeclaration: `function () { ${body} }`,
    returnByValue: true,
  });
  for (const { objectId } of [prototype.result, objects])
    if (objectId !== undefined) await session.send('Runtime.releaseObject', { objectId });
  return String(result.value);
}
