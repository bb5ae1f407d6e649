import { Button } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Endpoint } from '#shared/model/endpoint.ts';
import { factsOfTask } from '#shared/model/task.ts';
import { useBridge } from '../../bridge/context.tsx';
import { checkName } from '../../parts/check-name.ts';
import { FailureBar } from '../../parts/failure-bar.tsx';
import { Notice } from '../../parts/notice.tsx';
import { en } from '../../text/en.ts';
import { Edit } from './more-actions.tsx';

/** Why an endpoint cannot be managed, above whatever sheet of it is open: the check that fails, or why no nodes were found. */
export function EndpointTrouble({ endpoint }: { endpoint: Endpoint }) {
  const [editing, setEditing] = useState(false);
  const { probe } = endpoint;
  const failing = probe === null || probe.ok ? undefined : probe.checks.find(({ ok }) => !ok);
  if (failing === undefined) return <LastDiscovery endpoint={endpoint} />;
  return (
    <>
      <Notice
        intent="error"
        title={`${en.endpoints.someChecks}: ${checkName(failing.name)}`}
        actions={<Button onClick={() => setEditing(true)}>{en.endpoints.edit}</Button>}
      >
        {failing.sentence}
      </Notice>
      <Edit endpoint={endpoint} open={editing} onClose={() => setEditing(false)} />
    </>
  );
}

/** The failure of the newest discovery, unless one succeeded. */
function LastDiscovery({ endpoint }: { endpoint: Endpoint }) {
  const { queries } = useBridge();
  const { data } = useQuery(queries.tasks.list.queryOptions({ input: { about: endpoint.id, limit: 20 } }));
  const last = data?.find((task) => factsOfTask(task).findsNodes && task.finishedAt !== null);
  return <FailureBar failure={last?.state === 'failed' ? last.failure : null} />;
}
