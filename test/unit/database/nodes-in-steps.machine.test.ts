import { afterEach, beforeEach, expect, it } from 'vitest';
import { atOnce } from '#kit/in-slices.ts';
import { aFoundNode } from '#test/make/certificate-rows.ts';
import { makeDatabase, now, type TestDatabase } from '#test/make/database.ts';
import { anEndpoint } from '#test/make/rows.ts';

const many = Array.from({ length: 120 }, (_, at) => aFoundNode(`site-${at}`));

let fixture: TestDatabase;
beforeEach(() => {
  fixture = makeDatabase();
});
afterEach(() => fixture.remove());

function withEndpoint() {
  const { database } = fixture;
  const { id } = anEndpoint();
  database.endpoints.insert(anEndpoint({ id }));
  return { nodes: database.nodes, database, id };
}

it('stores many nodes in steps, and others may be stored between them', () => {
  const { database, nodes, id } = withEndpoint();
  const steps = nodes.reconciling(id, many, now);
  steps.next();
  steps.next();
  const first = nodes.list(id).length;
  expect(first).toBeGreaterThan(0);
  expect(first).toBeLessThan(many.length);
  database.transaction(() => database.meta.set('between', 'two steps'));
  atOnce(steps);
  expect(nodes.list(id)).toHaveLength(many.length);
});

it('says that nodes are missing when all that was found is stored, and of no other node', () => {
  const { nodes, id } = withEndpoint();
  nodes.reconcile(id, [...many, aFoundNode('vanished')], now);
  const steps = nodes.reconciling(id, many, now);
  steps.next();
  steps.next();
  const missing = () => nodes.list(id).filter((node) => node.missingSince !== null);
  expect(missing()).toEqual([]);
  atOnce(steps);
  expect(missing().map(({ name }) => name)).toEqual(['vanished']);
  atOnce(nodes.reconciling(id, [], now + 1));
  expect(missing()).toHaveLength(many.length + 1);
  expect(missing().find(({ name }) => name === 'vanished')?.missingSince).toBe(now);
});

it('lists in steps what it lists at once, without those that are gone meanwhile', () => {
  const { database, nodes, id } = withEndpoint();
  nodes.reconcile(id, many, now);
  const other = anEndpoint({ id: 'ep_other', name: 'other' });
  database.endpoints.insert(other);
  nodes.reconcile(other.id, [aFoundNode('alone')], now);
  expect(atOnce(nodes.listing(id))).toEqual(nodes.list(id));
  expect(atOnce(nodes.listing())).toEqual(nodes.list());
  expect(atOnce(nodes.listing('ep_none'))).toEqual([]);
  const steps = nodes.listing();
  steps.next();
  database.endpoints.remove(id);
  expect(atOnce(steps).map(({ name }) => name)).toEqual(['alone']);
});

it('stores what many nodes serve in steps', () => {
  const { nodes, id } = withEndpoint();
  nodes.reconcile(id, many, now);
  const served = { state: 'same', fingerprint: 'f', sentence: 'It serves it.', at: now } as const;
  const all = nodes.list(id).map((node) => ({ id: node.id, served }));
  atOnce(nodes.settingServed(all));
  expect(nodes.list(id).every((node) => node.served.state === 'same')).toBe(true);
  expect(() => atOnce(nodes.settingServed([{ id: 'node_none', served }]))).toThrow(/node_none/);
  atOnce(nodes.settingServed([]));
});
