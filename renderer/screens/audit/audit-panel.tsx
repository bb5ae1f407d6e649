import type { AuditEntry } from '#shared/model/audit.ts';
import { Facts } from '../../parts/facts.tsx';
import { absoluteTime } from '../../parts/format.ts';
import { Hash, Mono } from '../../parts/hash.tsx';
import { Level } from '../../parts/level.tsx';
import { SidePanel } from '../../parts/side-panel.tsx';
import { en } from '../../text/en.ts';
import { outcomeShade } from './audit-columns.tsx';

export function AuditPanel({ entry, onClose }: { entry: AuditEntry; onClose(): void }) {
  return (
    <SidePanel title={en.audit.entry(entry.number)} onClose={onClose}>
      <p style={{ margin: 0 }}>{entry.sentence}</p>
      <Facts
        facts={[
          [
            en.audit.outcome,
            <Level key="o" shade={outcomeShade[entry.outcome]}>
              {en.audit.outcomes[entry.outcome]}
            </Level>,
          ],
          [en.audit.time, absoluteTime(entry.at)],
          [en.audit.origin, en.origins[entry.origin]],
          [en.audit.actor, entry.actor],
          [en.audit.action, <Mono key="a">{entry.action}</Mono>],
          [en.audit.subject, entry.subject === null ? null : <Mono key="s">{entry.subject}</Mono>],
          [en.audit.hash, <Hash key="h" value={entry.hash} what={en.audit.hash} whole />],
          [en.audit.previous, <Hash key="p" value={entry.previousHash} what={en.audit.previous} whole />],
        ]}
      />
    </SidePanel>
  );
}
