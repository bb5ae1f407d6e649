import type { CDPSession } from 'playwright-core';
import { Heap, type Raw } from './heap-snapshot.ts';
import { inText, type Search } from './marks.ts';

/** With it snapshots hold every string whole; without it only its first kilobyte. For the command line of Electron. */
export const wholeStrings = '--js-flags=--heap-snapshot-string-limit=100000000';

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
  return new Heap(JSON.parse(parts.join('')) as Raw);
}

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
