import { Button } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Overview } from '#shared/model/overview.ts';
import { useBridge } from '../../bridge/context.tsx';
import { Answer } from '../../parts/answer.tsx';
import { en } from '../../text/en.ts';
import { RestartEndpoint } from '../forms.ts';

type Worst = Overview['worst'][number];

/** *Restart…*, beside a node whose new certificate waits for it; its endpoint is read once somebody asks. */
export function RestartHere({ node }: { node: Worst }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="small" aria-label={en.nodes.restartFor(node.name)} onClick={() => setOpen(true)}>
        {en.nodes.restart}
      </Button>
      {open && <Dialog node={node} onClose={() => setOpen(false)} />}
    </>
  );
}

function Dialog({ node, onClose }: { node: Worst; onClose(): void }) {
  const { queries } = useBridge();
  const endpoint = useQuery(queries.endpoints.show.queryOptions({ input: { endpoint: node.endpointId } }));
  return <Answer query={endpoint}>{(of) => <RestartEndpoint endpoint={of} open onClose={onClose} />}</Answer>;
}
