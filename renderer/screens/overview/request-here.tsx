import { Button } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Overview } from '#shared/model/overview.ts';
import { useBridge } from '../../bridge/context.tsx';
import { Answer } from '../../parts/answer.tsx';
import { en } from '../../text/en.ts';
import { RequestCertificate } from '../forms.ts';

type Worst = Overview['worst'][number];

/** *Request*, right beside what is wrong; node and endpoint are read once somebody asks. */
export function RequestHere({ node }: { node: Worst }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="small" aria-label={en.nodes.requestFor(node.name)} onClick={() => setOpen(true)}>
        {en.nodes.request}
      </Button>
      {open && <Dialog node={node} onClose={() => setOpen(false)} />}
    </>
  );
}

function Dialog({ node, onClose }: { node: Worst; onClose(): void }) {
  const { queries } = useBridge();
  const found = useQuery(queries.nodes.show.queryOptions({ input: { node: node.nodeId } }));
  const endpoint = useQuery(queries.endpoints.show.queryOptions({ input: { endpoint: node.endpointId } }));
  return (
    <Answer query={found}>
      {({ node: row }) => (
        <Answer query={endpoint}>
          {(of) => <RequestCertificate node={row} endpoint={of} onClose={onClose} />}
        </Answer>
      )}
    </Answer>
  );
}
