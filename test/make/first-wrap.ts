import { createCipheriv, createHash, createHmac } from 'node:crypto';
import type { Driver } from '../../electron/database/driver.ts';
import { frame } from '../../electron/secrets/frame.ts';
import type { MasterKey } from '../../electron/secrets/master-key.ts';
import { RowKeys } from '../../electron/secrets/row-keys.ts';

/** Puts every row key of a store into the first format, as a program before this one wrote it. */
export function wrapTheFirstWay(driver: Driver, masterKey: MasterKey): void {
  driver.transaction(() => {
    const meta = driver.get(`SELECT value FROM meta WHERE name = 'secrets.key'`);
    const { rows: _rows, before: _before, ...notes } = JSON.parse(String(meta?.value));
    masterKey.withDataKey((dataKey) => {
      const keys = new RowKeys(dataKey);
      for (const { owner, name, wrapped } of driver.all('SELECT owner, name, wrapped FROM secret_keys')) {
        const bound = frame([notes.storeUuid, String(owner), String(name), Buffer.of(2)]);
        const rowKey = keys.unwrap(bound, wrapped as Uint8Array);
        if (rowKey === null) throw new Error('only whole rows can be put back');
        const old = firstWrap(dataKey, bound, rowKey);
        driver.run('UPDATE secret_keys SET wrapped = ? WHERE owner = ? AND name = ?', [
          old,
          String(owner),
          String(name),
        ]);
      }
    });
    driver.run(`UPDATE meta SET value = ? WHERE name = 'secrets.key'`, [JSON.stringify(notes)]);
  });
}

/** `docs/decisions/0016-row-keys.md`: the tag, and it with its last bit turned, give the pad. */
function firstWrap(dataKey: Buffer, bound: Buffer, rowKey: Buffer): Buffer {
  const hmac = (label: string) => createHmac('sha256', dataKey).update(label).digest();
  const tag = createHash('sha256').update(rowKey).update(bound).digest().subarray(0, 16);
  const turned = Buffer.from(tag);
  turned[15]! ^= 1;
  const aes = createCipheriv('aes-256-ecb', hmac('trustkeep row keys'), null).setAutoPadding(false);
  const pad = aes.update(Buffer.concat([tag, turned]));
  const hidden = rowKey.map((byte, index) => byte ^ pad[index]!);
  return Buffer.concat([Buffer.of(1), hmac('trustkeep row keys mark').subarray(0, 4), tag, hidden]);
}
