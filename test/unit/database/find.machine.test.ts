import { expect, test } from 'vitest';
import { aCertificate, aFoundNode } from '../../make/certificate-rows.ts';
import { day, now } from '../../make/database.ts';
import { anEndpoint } from '../../make/rows.ts';
import { db, endpointId, prepareEstate } from './overview-estate.ts';

prepareEstate();

const found = (text: string, limit = 20) => db.find(text, limit).map(({ kind, name }) => `${kind} ${name}`);

test('Endpoints, nodes and certificates are found by every word, whatever its case, first what begins with it', () => {
  db.endpoints.insert(anEndpoint({ name: 'mail-web' }));
  db.nodes.reconcile(endpointId, [aFoundNode('shop.example')], now);
  db.certificates.upsert(aCertificate('other', { names: ['www.web.example'] }));
  expect(found('WEB').slice(0, 2)).toEqual(['endpoint web', 'node web/shop.example']);
  expect(found('web')).toContain('endpoint mail-web');
  expect(found('web')).toContain('certificate www.web.example');
  expect(found('shop web')).toEqual(['node web/shop.example']);
  expect(found('shop nothing')).toEqual([]);
  expect(found('web', 1)).toEqual(['endpoint web']);
});

test('What has a meaning for LIKE is looked for as it is written', () => {
  db.endpoints.insert(anEndpoint({ name: '100%_real' }));
  expect(found('%')).toEqual(['endpoint 100%_real']);
  expect(found('0%_r')).toEqual(['endpoint 100%_real']);
  expect(found('w_b')).toEqual([]);
  expect(found('\\')).toEqual([]);
  expect(found('   ')).toEqual([]);
});

test('A node says whether a certificate can be requested and renewed there, and where it is', () => {
  const cannot = aFoundNode('cannot', { notInstallable: 'It has no TLS.' });
  db.nodes.reconcile(endpointId, [aFoundNode('can'), cannot], now);
  const [can] = db.find('web/can', 1);
  expect(can).toMatchObject({ endpointId, requestable: true, managed: false });
  expect(db.find('web/cannot', 1)[0]).toMatchObject({ requestable: false });
});

test('Certificates of one name come with their ends, nothing else has one', () => {
  db.certificates.upsert(aCertificate('old', { names: ['twice.example'], notAfter: now + day }));
  db.certificates.upsert(aCertificate('new', { names: ['twice.example'], notAfter: now + 90 * day }));
  const ends = db.find('twice.example', 20).map(({ notAfter }) => notAfter);
  expect(ends.toSorted()).toEqual([now + day, now + 90 * day].toSorted());
  expect(
    db.find('web', 20).filter(({ kind, notAfter }) => kind !== 'certificate' && notAfter !== null),
  ).toEqual([]);
});
