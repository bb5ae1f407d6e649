import { Button } from '@fluentui/react-components';
import { useState } from 'react';
import { connectionDefinition } from '#shared/model/connection.ts';
import type { Endpoint } from '#shared/model/endpoint.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useCommand } from '../../bridge/use-command.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { Facts } from '../../parts/facts.tsx';
import { Mono } from '../../parts/hash.tsx';
import { Notice } from '../../parts/notice.tsx';
import { en } from '../../text/en.ts';
import { mustBeSeenAgain, newHostKey } from './endpoint-text.ts';

/** Offers to pin the key that was seen: exactly that one, which a person has compared, not whatever comes next. */
export function HostKeyChanged({ endpoint }: { endpoint: Endpoint }) {
  const { client } = useBridge();
  const [asking, setAsking] = useState(false);
  const update = useCommand(client.endpoints.update);
  const keys = newHostKey(endpoint);
  const { identity } = connectionDefinition(endpoint.connection);
  if (identity === null) return null;
  if (keys === null)
    return mustBeSeenAgain(endpoint) ? <ProbeAgain what={identity.label.toLowerCase()} /> : null;
  const what = identity.label.toLowerCase();
  const accept = async (): Promise<void> => {
    const changes = { [identity.field]: keys.seen };
    if ((await update.run({ endpoint: endpoint.id, changes })) !== undefined) setAsking(false);
  };
  return (
    <div style={{ marginBottom: 12 }}>
      <Notice
        intent="warning"
        urgent
        title={en.endpoints.hostKeyChanged(what)}
        actions={
          <Button size="small" onClick={() => setAsking(true)}>
            {en.endpoints.acceptHostKey(what)}
          </Button>
        }
      >
        {en.endpoints.hostKeyChangedText(what)}
      </Notice>
      <Confirm
        open={asking}
        title={en.endpoints.acceptHostKeyTitle(what, endpoint.name)}
        yes={en.endpoints.acceptHostKeyYes(what)}
        busy={update.busy}
        failure={update.failure}
        onYes={() => void accept()}
        onClose={() => setAsking(false)}
      >
        <p style={{ marginTop: 0 }}>{en.endpoints.acceptHostKeyText(what, identity.seenBy)}</p>
        <Facts
          facts={[
            [en.endpoints.hostKeySeen(what), <Mono key="seen">{keys.seen}</Mono>],
            [en.endpoints.hostKeyPinned(what), <Mono key="pinned">{keys.pinned}</Mono>],
          ]}
        />
      </Confirm>
    </div>
  );
}

function ProbeAgain({ what }: { what: string }) {
  return (
    <div style={{ marginBottom: 12 }}>
      <Notice intent="warning" urgent title={en.endpoints.hostKeyChanged(what)}>
        {en.endpoints.hostKeyProbeAgain}
      </Notice>
    </div>
  );
}
